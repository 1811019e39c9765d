"""The words of formulas: numbers, names, signs, each with its column, so that a message can point at it."""

import math
import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from engine.program.tokens import ALSO_WRITTEN, FORBIDDEN_IN_GRAPHS, INSTEAD, NUMBER, SPACE, ExpressionError, shown

MAX_LENGTH = 10_000
"""Characters of a formula."""

Kind = Literal["number", "name", "function", "pick", "sign", "end"]

_SIGNS_IN_NAMES = "×²½√|"
"""A name may hold these signs; where none that does stands there, they end it."""
_NAME = re.compile(rf"[^\s{re.escape(FORBIDDEN_IN_GRAPHS)}]+")
_PLAIN = re.compile(rf"[^\s{re.escape(FORBIDDEN_IN_GRAPHS + _SIGNS_IN_NAMES)}]+")
_PICK = re.compile(r"\.([0-9]+(?:\.[0-9]+)*)")
_TRANSPOSED = re.compile(rf"\.T(?![^\s{re.escape(FORBIDDEN_IN_GRAPHS + _SIGNS_IN_NAMES)}])")
_MEANT = {sign: sign for sign in ("**", "+", "-", "*", "/", "@", "(", ")", ",", "=", "²", "½", "√")} | ALSO_WRITTEN
_NONE_HERE = INSTEAD | {
    "Σ": "a sum is written sum(x), or with +",
    "∑": "a sum is written sum(x), or with +",
    "|": "an absolute value is written abs(x)",
    "[": "an element is written h.1, A.2.3",
    "{": "only a repetition has a number to put in its place",
    ">": "step(x) is 1 where x is above 0",
    "<": "step(-x) is 1 where x is below 0",
    ".": "behind a name or a bracket come .T, or the number of an element, counted from 1",
}
_MODULE = re.compile(r"(?<!\w)(np|numpy|math|torch|jnp|tf|F|nn)\Z")
"""What stands before a function's name in programs."""


class Word(NamedTuple):
    """A piece of a formula.

    Attributes:
        start: where it begins, from 0.
        end: behind its last character.
        kind: what it is.
        text: a sign as it is meant; of a pick the numbers with dots between.
        number: of a number its value.
    """

    start: int
    end: int
    kind: Kind
    text: str
    number: float = 0.0


class FormulaError(ExpressionError):
    """A formula that cannot be read; the message says at which column what is wrong.

    Attributes:
        missing: the name that there is not, if it is that.
        later: the name that is made further down, if it is that.
    """

    def __init__(self, start: int, message: str, missing: str = "", later: str = "") -> None:
        super().__init__(f"column {start + 1}: {message}")
        self.start, self.missing, self.later = start, missing, later


def words_of(text: str, is_known: Callable[[str], bool], start: int = 0) -> list[Word]:
    """The words of a formula; the last one is `end`.

    Args:
        text: in which it stands.
        is_known: whether there is a value of this name.
        start: where in the text the formula begins.

    Raises:
        FormulaError: a piece of it is none.
    """
    if len(text) - start > MAX_LENGTH:
        raise FormulaError(start, f"it is {len(text) - start:,} characters long: {MAX_LENGTH:,} are the most")
    words: list[Word] = []
    while True:
        space = SPACE.match(text, start)
        begin = space.end() if space else start
        if begin == len(text):
            return [*words, Word(begin, begin, "end", "")]
        attached = bool(words) and words[-1].end == begin and (words[-1].kind in ("name", "pick") or _closes(words[-1]))
        words.append(_word(text, begin, is_known, attached=attached))
        start = words[-1].end


def _closes(word: Word) -> bool:
    """Whether a pick may follow: behind a bracket, or `.T`."""
    return word.kind == "sign" and word.text in (")", ".T")


def _word(text: str, start: int, is_known: Callable[[str], bool], *, attached: bool) -> Word:
    if attached and (match := _PICK.match(text, start)):
        return Word(start, match.end(), "pick", match[1])
    if attached and (match := _TRANSPOSED.match(text, start)):
        return Word(start, match.end(), "sign", ".T")
    if match := NUMBER.match(text, start):
        return _number(match)
    plain, match = _PLAIN.match(text, start), _NAME.match(text, start)
    if match and is_known(match[0]) and not _is_called(text, match):
        return Word(start, match.end(), "name", match[0])
    if plain and _is_called(text, plain):
        return Word(start, plain.end(), "function", plain[0])
    for sign, meant in _MEANT.items():
        if text.startswith(sign, start):
            return Word(start, start + len(sign), "sign", meant)
    if text[start] == "." and (module := _MODULE.search(text, 0, start)) and plain is None:
        raise FormulaError(module.start(), f"{module[0]} is no value: functions stand without a module, as exp(x)")
    if text[start] in _NONE_HERE:
        raise FormulaError(start, f"{shown(text[start])} does not belong here: {_NONE_HERE[text[start]]}")
    if plain is None:
        raise FormulaError(start, f"{shown(text[start])} does not belong here")
    return Word(start, plain.end(), "name", plain[0])


def _is_called(text: str, name: re.Match[str]) -> bool:
    """Whether a name stands before a bracket: then it is a function's."""
    space = SPACE.match(text, name.end())
    return text.startswith("(", space.end() if space else name.end())


def _number(match: re.Match[str]) -> Word:
    number = float(match[0].replace("−", "-"))
    if not math.isfinite(number):
        raise FormulaError(match.start(), f"{shown(match[0])} is too large for a number")
    return Word(match.start(), match.end(), "number", match[0], number)
