"""What a person answers to "run on how far?"."""

import math
import re

from engine.files.problems import plural
from engine.formula.quantity import Quantity
from engine.program.notation import Notation
from engine.program.scenario import Stop
from engine.program.tokens import MAX_ITERATIONS, MAX_LENGTH, shown
from engine.walking.run import ITERATIONS, stop_ahead
from engine.walking.session import Session
from tui.dialogs.ask import Ask
from tui.words.format import number

BOUND = re.compile(r"(?P<symbol>[^\s<,]*)\s*(?:<|under\b|below\b)\s*(?P<bound>.*)", re.IGNORECASE)
COUNT = re.compile(r"(\d{1,3}(?:[,_ ]\d{3})+|\d+(?:\.\d*)?(?:e\+?\d+)?)(?:\s+(?:iterations?|times))?", re.IGNORECASE)
HOW = "give iterations (1000), or an error (E < 0.01)"


def read_stop(text: str, symbol: str = "E") -> Stop:
    """Reads `1000`, `1,000,000`, `1e6`, `E < 0.01`, or both: `1000, E < 0.01`. Iterations count from here.

    Raises:
        ValueError: it can't be read; the message says why.
    """
    text = text.strip()
    if len(text) > MAX_LENGTH:  # the search below would try each start of a word: seconds for what can be pasted
        raise ValueError(f"It is {len(text):,} characters long: {HOW}")
    match = BOUND.search(text)
    before = (text[: match.start()] if match else text).strip()
    before = re.sub(r"(?:^|[\s,;])(?:(?:or|and|until)\s*)+$", "", before, flags=re.IGNORECASE).rstrip(" ,;")
    if not match:
        return Stop(_count(before), None)
    name = match["symbol"]
    if name.casefold() not in ("", "e", "error", symbol.casefold()):
        raise ValueError(f"{shown(name)} is not what a run waits for: {HOW}")
    return Stop(_count(before) if before else None, _bound(match["bound"].strip()))


def _count(text: str) -> int:
    match = COUNT.fullmatch(text)
    value = float(re.sub("[,_ ]", "", match[1])) if match else math.nan
    if not match:
        raise ValueError(f"{shown(text)} is no number of iterations: {HOW}" if text else f"It is empty: {HOW}")
    if value < 1 or (value <= MAX_ITERATIONS and value != int(value)):
        raise ValueError("Iterations are counted in whole numbers from 1")
    if value > MAX_ITERATIONS:
        raise ValueError(f"{shown(text)} are too many: {MAX_ITERATIONS:,} iterations are the most")
    return int(value)


def _bound(text: str) -> float:
    try:
        value = float(text.replace("_", "?"))  # Python would take 1_000
    except ValueError:
        raise ValueError(f"{shown(text)} is no number: {HOW}" if text else f"The error is missing: {HOW}") from None
    if not (math.isfinite(value) and value > 0):
        raise ValueError("The error must be a number above 0")
    return value


def usual_stop(session: Session) -> Stop:
    """How far it runs where the answer is empty: the scenario's own stop, as far as it is ahead."""
    ahead = stop_ahead(session.scenario.training.stop, session.iteration)
    return Stop(ITERATIONS) if ahead == Stop() else ahead


def in_words(stop: Stop, symbol: str) -> str:
    """`1,000 iterations`, `until E < 0.01`, or both."""
    parts = [] if stop.iterations is None else [plural(stop.iterations, "iteration")]
    if stop.error is not None:
        parts.append(f"until {symbol} < {number(stop.error, None)}")
    if stop.patience is not None:
        parts.append(f"until test {symbol} has not fallen for {plural(stop.patience, 'epoch')}")
    if stop.epoch_error is not None:
        parts.append(f"until {symbol} of an epoch's iterations together < {number(stop.epoch_error, None)}")
    return ", or ".join(parts)


def ask_how_far(session: Session, notation: Notation) -> Ask[Stop]:
    """The question."""
    symbol, usual = notation.symbol(Quantity("E")), usual_stop(session)

    def read(text: str) -> Stop:
        if not text.strip():
            return usual
        stop = read_stop(text, symbol)
        last = session.iteration + (stop.iterations or 0)
        if last > MAX_ITERATIONS:
            raise ValueError(f"That leads to iteration {last:,}: {MAX_ITERATIONS:,} is the last")
        return stop

    return Ask(
        "run on",
        "Run on for how many iterations, or until which error?",
        f"1000, or {symbol} < 0.01, or both: 1000, {symbol} < 0.01\nnothing typed: {in_words(usual, symbol)}",
        "runs",
        read,
    )
