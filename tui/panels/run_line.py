"""The line of a run: how far it is, E now, how long it will take, and how to stop it; afterwards what it came to.

Its fields keep their places while the numbers in them change: a line that shivers can't be read.
"""

import math
from collections.abc import Callable
from functools import partial

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from engine.walking.run import Measured
from tui.words.format import duration, fit, number
from tui.words.progress import progress_words

STOP = "escape stops"
DONE, AHEAD = "━", "─"
LEAST_BAR = 8
RESULT_DIGITS = 6
ERROR_WIDTH, LEFT_WIDTH = 9, len("9 min 59 s left")


class Progress(Struct, frozen=True):
    """How far a run is.

    Attributes:
        done: iterations made.
        total: iterations to make, or None where only an error ends the run.
        fraction: of the way, 0 … 1.
        error: E of the last iteration, if there is one.
        symbol: how E is called.
        seconds: how long it will still take, or None while nothing is known about it.
    """

    done: int
    total: int | None
    fraction: float
    error: float | None
    symbol: str
    seconds: float | None


def way_to(first: float, now: float, below: float) -> float:
    """How far an error has come towards a bound, 0 … 1: errors fall by factors, so by their logarithms."""
    if not (first > below > 0 and now > 0 and math.isfinite(first) and math.isfinite(now)):
        return 0.0
    return min(1.0, max(0.0, math.log(first / now) / math.log(first / below)))


def run_line(progress: Progress, width: int) -> Content:
    """The line in `width` cells; where that is too few, what matters least is left out."""
    total = "" if progress.total is None else f"{progress.total:,}"
    done = f"{progress.done:,}"
    of_total = f"{done.rjust(len(total))} of {total} iterations" if total else f"{done.rjust(9)} iterations"
    error = f"{progress.symbol} {fit(progress.error, ERROR_WIDTH).ljust(ERROR_WIDTH)}"
    left = ("" if progress.seconds is None else f"{duration(progress.seconds)} left").ljust(LEFT_WIDTH)
    percent = f"{math.floor(progress.fraction * 100):3} %"
    forms = [
        [percent, of_total, error, left],
        [percent, of_total.removesuffix(" iterations"), error, left],
        [percent, error, left],
        [percent, error],
        [percent],
    ]
    forms = forms if total else [[field for field in form if field != left] for form in forms]
    for fields in forms:
        text = "   ".join(fields)
        room = width - len(text) - len(STOP) - 6
        if room >= LEAST_BAR or fields is forms[-1]:
            break
    room = max(0, room)
    marks = min(room, math.floor(progress.fraction * room))
    return Content.assemble(
        (DONE * marks, "$primary"), (AHEAD * (room - marks), "$text-disabled"), "   ", text, "   ", (STOP, "bold")
    ).truncate(width, ellipsis=True)


class Working(Struct, frozen=True):
    """How far something is that is no run: a file that is read, a way back.

    Attributes:
        done: how much is done.
        of: of how much, or None where that is not known.
        what: what it is.
        stopping: whether it was stopped, and ends at its next word.
    """

    done: int
    of: int | None
    what: str
    stopping: bool = False


def working_line(working: Working, width: int) -> Content:
    """The line in `width` cells."""
    fraction = 0.0 if not working.of else min(1.0, working.done / working.of)
    words = progress_words(working.done, working.of, working.what)
    words = f"{math.floor(fraction * 100):3} %   {words}" if working.of else f"{words} …"
    end = "stopping …" if working.stopping else STOP
    room = max(0, width - cell_len(words) - len(end) - 6) if working.of else 0
    marks = math.floor(fraction * room)
    return Content.assemble(
        (DONE * marks, "$primary"),
        (AHEAD * (room - marks), "$text-disabled"),
        "   " if room else "",
        words,
        "   ",
        (end, "bold"),
    ).truncate(width, ellipsis=True)


class Result(Struct, frozen=True):
    """What a run came to.

    Attributes:
        reason: why it ended, in a sentence.
        brief: the same in few words.
        symbol: how E is called.
        before: what the network did with all examples before the run.
        after: what it does now.
        batch: how many examples are in a batch.
        test: what the network did with the test part before, and does now; None where there is none.
    """

    reason: str
    brief: str
    symbol: str
    before: Measured
    after: Measured
    batch: int
    test: tuple[Measured, Measured] | None = None


def _of_test(result: Result) -> tuple[str, str]:
    """E of the test part before and now, and how many of its examples are right; nothing where there is none."""
    if result.test is None or not math.isfinite(result.test[1].error):
        return "", ""
    before, after = result.test
    was, now = number(before.error, RESULT_DIGITS), number(after.error, RESULT_DIGITS)
    right = "" if after.right is None else f"{after.right:,} of {len(after.outputs):,}"
    return f"test {was} → {now}", right


def result_line(result: Result, width: int) -> Content:
    """The line in `width` cells, in ever fewer words."""
    before, after = result.before, result.after
    examples = len(after.outputs)
    error, of_all, accuracy = "", "", ""
    if math.isfinite(after.error):
        was, now = number(before.error, RESULT_DIGITS), number(after.error, RESULT_DIGITS)
        error = f"{result.symbol} {was} → {now}"
        of_all = f"{error} over all {examples:,} examples" if result.batch < examples else error
    if after.right is not None:
        accuracy = f"accuracy {after.right:,} of {examples:,}"
    test, test_right = _of_test(result)
    both = f"{accuracy}, test {test_right}" if accuracy and test_right else accuracy
    forms = (
        (result.reason, of_all, test, both),
        (result.brief, of_all, test, both),
        (result.brief, error, test, both),
        (result.brief, error, test),
        (result.brief, error),
    )
    lines = (Content.assemble((reason, "bold"), *(f"   {part}" for part in rest if part)) for reason, *rest in forms)
    line = next((line for line in lines if line.cell_length <= width), None)
    return line or Content.styled(result.brief, "bold").truncate(width, ellipsis=True)


class RunLine(Static):
    """The line, in the place of the step bar while a run goes on, and after it until the next move."""

    _draw_it: Callable[[int], Content] = staticmethod(lambda width: Content(""))

    def show(self, shown: Progress | Working | Result) -> None:
        """Draws it."""
        match shown:
            case Progress():
                self._draw_it = partial(run_line, shown)
            case Working():
                self._draw_it = partial(working_line, shown)
            case Result():
                self._draw_it = partial(result_line, shown)
        self.on_resize()

    def on_resize(self) -> None:
        """Another width has room for more words, or for fewer."""
        self.update(self._draw_it(max(1, self.app.size.width - 2)), layout=False)
