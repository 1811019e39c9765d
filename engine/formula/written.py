"""A formula as text, LaTeX or code: one way through it, with the brackets that each function asks for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from string import Formatter
from typing import Any, TypeAlias

from msgspec import Struct

from engine.formula.functions import NEGATE
from engine.formula.tree import ATOM, CHOICE, FUNCTIONS, SUM, Call, Formula, Function, Leaf, Operand, Symbol, Writing

Piece: TypeAlias = str | Leaf


@cache
def _parts(template: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    return tuple(Formatter().parse(template))


class Style(Struct, frozen=True):
    """A way of writing.

    Attributes:
        writing: how a function is written.
        number: how a number is.
        brackets: puts brackets round something.
    """

    writing: Callable[[Function], Writing]
    number: Callable[[float], str]
    brackets: Callable[[list[Piece]], Iterable[Piece]]

    def level(self, formula: Formula) -> int:
        """How tightly a formula holds together."""
        if isinstance(formula, Call):
            return self.writing(formula.function).level
        return SUM if isinstance(formula, float) and formula < 0 else ATOM

    def pieces(self, formula: Formula) -> Iterator[Piece]:
        """The formula in reading order: text, and its leaves in between."""
        if isinstance(formula, float):
            yield self.number(formula)
        elif not isinstance(formula, Call):
            yield formula
        else:
            yield from self._call(formula)

    def _call(self, call: Call) -> Iterator[Piece]:
        writing = self.writing(call.function)
        if writing.end is not None:
            yield writing.begin
            for place in range(len(call.arguments)):
                yield writing.template if place else ""
                yield from self._argument(writing, call, place)
            yield writing.end
            return
        template = writing.template
        if writing.bracketed and self._needs_brackets(writing, call, 0):
            template = writing.bracketed
        for text, field, *_ in _parts(template):
            yield text
            if field:
                yield from self._argument(writing, call, int(field))

    def _argument(self, writing: Writing, call: Call, place: int) -> Iterable[Piece]:
        inside = self.pieces(call.arguments[place])
        return self.brackets(list(inside)) if self._needs_brackets(writing, call, place) else inside

    def _needs_brackets(self, writing: Writing, call: Call, place: int) -> bool:
        argument = call.arguments[place]
        if self.level(argument) >= writing.needs[min(place, len(writing.needs) - 1)]:
            return False
        return not (writing.takes_sign and self._is_signed_atom(argument))

    def _is_signed_atom(self, formula: Formula) -> bool:
        """Whether it is a sign and what needs no brackets: it may stand in an exponent as it is."""
        if isinstance(formula, float):
            return formula < 0
        return isinstance(formula, Call) and formula.function is NEGATE and self.level(formula.arguments[0]) == ATOM


def _in_brackets(pieces: list[Piece]) -> list[Piece]:
    return ["(", *pieces, ")"]


def _short(number: float) -> str:
    text = f"{number:.0f}" if number.is_integer() and abs(number) < 1e15 else repr(number)
    return text.replace("-", "−")


def put(writing: Writing, parts: Sequence[tuple[str, int]]) -> str:
    """Texts in a function's form, in brackets where they hold together less tightly than it needs.

    Args:
        writing: the form.
        parts: of each argument the text, and how tightly it holds together.
    """

    def argument(place: int) -> str:
        text, level = parts[place]
        return text if level >= writing.needs[min(place, len(writing.needs) - 1)] else f"({text})"

    if writing.end is not None:
        return writing.begin + writing.template.join(map(argument, range(len(parts)))) + writing.end
    return "".join(text + (argument(int(place)) if place else "") for text, place, *_ in _parts(writing.template))


OF_ONE = ("", "f.")
"""What stands before the functions of a single number: of `math` under their own names, or of a field."""
TEXT = Style(lambda function: function.writing, _short, _in_brackets)


def text_pieces(formula: Formula) -> tuple[str | Operand, ...]:
    """The formula as it is read: text, and the operands in between.

    Raises:
        TypeError: a leaf of it is no symbol and no operand.
    """
    pieces: list[str | Operand] = []
    for piece in TEXT.pieces(formula):
        if isinstance(piece, Symbol):
            piece = piece.text
        if not isinstance(piece, str | Operand):
            raise TypeError(f"{piece!r} has no name that a person reads")
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        elif piece:
            pieces.append(piece)
    return tuple(pieces)


def code(
    formula: Formula,
    name: Callable[[Any], str],
    functions: str = "",
    call: Callable[[Function], str] | None = None,
    library: str = "",
) -> str:
    """The formula as Python.

    Args:
        formula: of functions that have a form there, or are nothing but a formula of such.
        name: what a leaf is called.
        functions: what stands before `exp`, `log`, `sqrt`.
        library: whose scripts write some functions in a way of their own.
        call: by what name a function without a form of its own is called, with the field `R` behind its arguments.

    Raises:
        TypeError: a function has no form in Python, and there is no `call`.
    """

    def writing(function: Function) -> Writing:
        spelled = function.scripts.get(library)
        if spelled is not None and spelled.value is not None:
            return spelled.value
        if function.of_one is not None and functions in OF_ONE:
            return function.of_one
        if function.code is not None:
            return function.code
        if call is None:
            raise TypeError(f"{function.name} has no form in Python")
        return Writing(", ", ATOM, (CHOICE,), begin=f"{call(function)}(", end=", R)")

    pieces = Style(writing, repr, _in_brackets).pieces(_inlined(formula))
    texts = (piece if isinstance(piece, str) else _constant(piece) or name(piece) for piece in pieces)
    return "".join(texts).replace(FUNCTIONS, functions)


def _constant(leaf: Leaf) -> str:
    return repr(leaf.value) if isinstance(leaf, Symbol) and leaf.value is not None else ""


def _inlined(formula: Formula) -> Formula:
    """With functions that are nothing but a formula replaced by it."""
    if not isinstance(formula, Call):
        return formula
    arguments = tuple(_inlined(argument) for argument in formula.arguments)
    function = formula.function
    if function.formula is not None and function.value is None:
        return _inlined(function.formula(*arguments))
    return Call(function, arguments)
