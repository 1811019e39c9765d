"""The words of expressions: numbers, quantities, operators, each with its column, so that a message can point at it."""

import math
import re
from collections.abc import Collection, Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from engine.formula.activations import ACTIVATIONS
from engine.formula.quantity import KINDS, KINDS_OF_RULES, SPELLINGS, Quantity, any_of, kind_of
from engine.formula.similar import is_another, most_similar, told_apart
from engine.program.callables import CALLABLE, FUNCTIONS, TOLD
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.settings import names_of

MAX_LENGTH = 1000
MAX_ITERATIONS = 10_000_000

FORBIDDEN_IN_NAMES = "[]<>,+*/()-−"
"""A name of a node or parameter holds none of these, and no white space, or expressions would be ambiguous."""
FORBIDDEN_IN_GRAPHS = FORBIDDEN_IN_NAMES + ".^@={}·"
"""A name of a graph holds none of these, and no white space; it does not begin with a digit."""

_ALONE = {spelling: kind for spelling, kind in SPELLINGS.items() if KINDS[kind].alone}
_WITH_SUBJECT = {spelling: kind for spelling, kind in SPELLINGS.items() if KINDS[kind].of != "walk"}
_BEFORE_BRACKET = _WITH_SUBJECT | {symbol: symbol for symbol in KINDS_OF_RULES}
_THROUGH = tuple(symbol for symbol, kind in KINDS.items() if kind.through)
_NAME = rf"[^\s{re.escape(FORBIDDEN_IN_NAMES)}]+"
_BEGIN = re.compile(rf"({any_of(_BEFORE_BRACKET)})\[")
_INSIDE = re.compile(rf"\s*({_NAME})\s*(?:<-\s*({_NAME})\s*)?\]")
NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+\-−]?[0-9]+)?")
_WORD = re.compile(_NAME)
ALSO_WRITTEN = {"−": "-", "·": "*", "×": "*", "^": "**"}
"""Signs as people write them, and what they are."""
INSTEAD = {"÷": "a quotient is written /", ":": "a quotient is written /", "%": "12 % is written 0.12"}
"""Signs that are none, and what to do instead."""
_SIGNS = "·×^²½√>=|"
_PLAIN_WORD = re.compile(rf"[^\s{re.escape(FORBIDDEN_IN_NAMES + _SIGNS)}]+")
"""A name may hold these signs; where none that does stands there, they end it."""
SPACE = re.compile(r"\s*")
_OPERATORS = {sign: sign for sign in ("**", "+", "-", "*", "/", "(", ")", ",", ">", "²", "½", "√", "|")} | ALSO_WRITTEN
_NONE_HERE = INSTEAD | {
    "=": "give what stands on one side of it",
    "Σ": "a sum is written with +",
    "∑": "a sum is written with +",
}
_WORDS = frozenset({*CALLABLE, "e", "π", "if", "else"})


class ExpressionError(ValueError):
    """Text that is no quantity, no arithmetic or no place; the message says what is wrong and at which column."""


class Token(NamedTuple):
    """A number, a quantity, or a word (an operator, a function, `end`), with the column (from 1) where it begins."""

    column: int
    value: float | Quantity | str


class Like(NamedTuple):
    """Names for the examples of messages: such as whoever reads them has before them.

    Attributes:
        node: of a node.
        parameter: of a parameter; none where there is none.
    """

    node: str = "h1"
    parameter: str = "w5"

    @property
    def quantity(self) -> str:
        """A quantity of the way back."""
        return f"dE/dw[{self.parameter}]" if self.parameter else f"dE/dy[{self.node}]"


SOME = Like()


def like(network: Network | Graph) -> Like:
    """Names that a graph has; where there are layers, those of the best known example."""
    if not isinstance(network, Graph):
        return SOME
    last = network.graph_nodes[-1].name
    node = next((node.name for node in network.graph_nodes if node.name in network.live), last)
    return Like(network.elements(node)[0], next(iter(network.parameter_names), ""))


def tokens_of(text: str, names: Network | Graph | None, like: Like = SOME) -> list[Token]:
    """The tokens of a text; the last one is `end`.

    Args:
        text: at most `MAX_LENGTH` characters.
        names: a network whose names may stand alone, or None.
        like: names for the examples of messages.

    Raises:
        ExpressionError: a piece of it is not known.
    """
    check_text(text, like)
    known = _Known(names)
    tokens: list[Token] = []
    position = 0
    while True:
        space = SPACE.match(text, position)
        position = space.end() if space else position
        if position == len(text):
            return [*tokens, Token(position + 1, "end")]
        if setting := _setting(text, position, tokens):
            tokens.append(Token(position + 1, f"{setting[1]}={setting[2]}"))
            position = setting.end()
            continue
        if text[position] == "=" and _in_condition(tokens):
            tokens.append(Token(position + 1, "="))
            position += 1
            continue
        value, end = _token(text, position, known, like)
        tokens.append(Token(position + 1, value))
        position = end


def _setting(text: str, position: int, tokens: list[Token]) -> re.Match[str] | None:
    """A setting of a function that stands behind its argument, `slope = 0.2`."""
    return _settings().match(text, position) if tokens and tokens[-1].value == "," else None


@cache  # most formulas have none
def _settings() -> re.Pattern[str]:
    names = dict.fromkeys(name for record in ACTIVATIONS.values() for name in names_of(record))
    return re.compile(rf"({any_of(names)})\s*=\s*([−+\-]?[0-9.]+(?:[eE][+\-−]?[0-9]+)?|[a-z]+)")


def _in_condition(tokens: list[Token]) -> bool:
    """Whether it goes on behind an `if` whose `else` is still to come."""
    return next((token.value == "if" for token in reversed(tokens) if token.value in ("if", "else")), False)


def check_text(text: str, like: Like = SOME) -> None:
    """Raises ExpressionError for a text that is empty or longer than `MAX_LENGTH`."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"it is {len(text):,} characters long: {MAX_LENGTH:,} are the most")
    if not text.strip():
        raise ExpressionError(f"it is empty: give a quantity like {like.quantity}")


class _Known:
    """The names of a network, or of a graph, that may stand alone: there may be a million, of which a text has few."""

    def __init__(self, network: Network | Graph | None) -> None:
        self._network = network

    def __contains__(self, name: str) -> bool:
        return self._network is not None and (name in self._network.parameter_index or name in self._nodes)

    def __getitem__(self, name: str) -> Quantity:
        of_parameter = self._network is not None and name in self._network.parameter_index
        return Quantity("w" if of_parameter else "y", name)

    def __iter__(self) -> Iterator[str]:
        yield from self._nodes
        if isinstance(self._network, Network):  # those of a graph are among its elements
            yield from self._network.parameter_names

    @property
    def _nodes(self) -> Collection[str]:
        if self._network is None:
            return ()
        return self._network.value_of_element if isinstance(self._network, Graph) else self._network.node_index


def _token(text: str, start: int, known: _Known, like: Like) -> tuple[float | Quantity | str, int]:
    """The token that begins at `start`, and where it ends."""
    if match := _BEGIN.match(text, start):
        return _with_subject(text, match)
    number, called = NUMBER.match(text, start), _called(text, start)
    if called:
        return called, start + len(called)
    word = _WORD.match(text, start)
    if word is None or word[0] not in known:
        word = _PLAIN_WORD.match(text, start)
    if word and word[0] in _ALONE:
        return Quantity(_ALONE[word[0]]), word.end()
    if word and word[0] in known and not (number and number.end() >= word.end()):
        return known[word[0]], word.end()
    if number:
        return float(number[0].replace("−", "-")), number.end()
    for operator, meant in _OPERATORS.items():
        if text.startswith(operator, start):
            return meant, start + len(operator)
    if word and word[0] in _WORDS:
        return word[0], word.end()
    raise ExpressionError(f"column {start + 1}: {_unknown(text, start, word, known, like)}")


def _called(text: str, start: int) -> str:
    """The function that is called here, or the e of a power: signs that no name has follow them. Else nothing."""
    word = _PLAIN_WORD.match(text, start)
    if word is None:
        return ""
    if word[0] == "e":
        return "e" if text.startswith("^", word.end()) else ""
    return word[0] if word[0] in CALLABLE and text.startswith("(", word.end()) else ""


def _unknown(text: str, start: int, word: re.Match[str] | None, known: _Known, like: Like) -> str:
    bare = max((spelling for spelling in _WITH_SUBJECT if text.startswith(spelling, start)), key=len, default=None)
    if bare and (word is None or len(bare) >= len(word[0])):
        example = {"epoch": "3", "parameter": like.parameter or "w"}.get(KINDS[_WITH_SUBJECT[bare]].of, like.node)
        return f"{bare} stands alone: say of which, {bare}[{example}]"
    sign = text[start]
    if sign in _NONE_HERE:
        return f"{shown(sign)} does not belong here: {_NONE_HERE[sign]}"
    if word is None:
        return f"{shown(sign)} does not belong here"
    if word[0].startswith("_") and text[:start][-1:].isdigit():
        return f"{shown(word[0])} does not belong to a number: write its digits without _"
    called = text.startswith("(", word.end())
    if called and (told := told_apart(word[0], FUNCTIONS)):
        return f"{shown(word[0])} is not known: {told}"
    another = called and is_another(word[0])
    near = None if another else most_similar(word[0], chain(_WITH_SUBJECT, _ALONE, FUNCTIONS, known))
    if near is None and called:
        return f"{shown(word[0])} is not known: the functions are {', '.join(TOLD)}"
    return f"{shown(word[0])} is not known" + (f": is {near} meant?" if near else "")


def _with_subject(text: str, match: re.Match[str]) -> tuple[Quantity, int]:
    kind = _BEFORE_BRACKET[match[1]]
    inside = _INSIDE.match(text, match.end())
    if inside is None:
        raise ExpressionError(f"column {match.end() + 1}: {match[1]}[ needs one name and a closing ]")
    subject, through = inside[1], inside[2]
    if not inside[0].isprintable():
        raise ExpressionError(f"column {match.end() + 1}: a name holds a control character or an invisible one")
    if through is not None and kind not in _THROUGH:
        which = f"{', '.join(_THROUGH[:-1])} and {_THROUGH[-1]}"
        raise ExpressionError(f"column {inside.start(2) + 1}: {kind} takes one name; only {which} take <-")
    if kind_of(kind).of != "epoch":
        return Quantity(kind, subject, through), inside.end()
    if not (subject.isascii() and subject.isdigit() and int(subject) <= MAX_ITERATIONS):
        raise ExpressionError(f"column {match.end() + 1}: {kind} needs the number of an epoch, from 0: {kind}[3]")
    return Quantity(kind, epoch=int(subject)), inside.end()


def typed_number(text: str) -> float | None:
    """The finite number that a person types, or None: no `1_000`, which Python takes, no digits of other scripts."""
    try:
        number = float(text.replace("−", "-"))
    except ValueError:
        return None
    return number if math.isfinite(number) and text.replace("−", "-").isascii() and "_" not in text else None


def shown(text: str) -> str:
    """A piece of someone's text as a message can hold it: short, with control characters escaped."""
    text = text if len(text) <= 40 else text[:39] + "…"
    return repr(text)
