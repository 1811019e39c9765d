"""A calculation as a record: the rule, the summands with their numbers, the result; and what makes such of formulas."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import overload

from msgspec import Struct

from engine.explain.batch_terms import BatchTerms
from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.functions import ADD, CHOOSE, SIGMA, SUBTRACT, TOTAL
from engine.formula.quantity import Quantity, kind_of
from engine.formula.tree import Call, Formula, Leaf, Operand, filled, leaves
from engine.formula.written import text_pieces
from engine.program.graph import value_name
from engine.showing import bundle

Piece = str | Operand


class Part(Struct, frozen=True, dict=True):
    """One summand: its formula, and what it comes to."""

    formula: Formula
    value: float | None = None

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The formula in reading order: text, and the operands in between."""
        return text_pieces(self.formula)

    @cached_property
    def operands(self) -> tuple[Operand, ...]:
        """Its operands in reading order."""
        return tuple(leaf for leaf in leaves(self.formula) if isinstance(leaf, Operand))


class Parts(Sequence[Part]):
    """Summands of a long sum, each made when somebody asks for it: few of them are shown.

    Args:
        count: how many there are.
        make: makes the one with this number.
    """

    def __init__(self, count: int, make: Callable[[int], Part]) -> None:
        self._made: list[Part | None] = [None] * count
        self._make = make

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, at: int) -> Part: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Part, ...]: ...
    def __getitem__(self, at: int | slice) -> Part | tuple[Part, ...]:
        places = range(len(self))[at]
        return self._part(places) if isinstance(places, int) else tuple(map(self._part, places))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parts | tuple) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def _part(self, at: int) -> Part:
        part = self._made[at]
        if part is None:
            part = self._made[at] = self._make(at)
        return part


LONG = 64
"""Summands from which on they are made when somebody asks for them: as many do not fit on a line."""


def summands(count: int, make: Callable[[int], Part]) -> Sequence[Part]:
    """So many summands, of which `make` makes the one with a number; those of a long sum later."""
    return tuple(map(make, range(count))) if count < LONG else Parts(count, make)


class Explanation(Struct, frozen=True):
    """The calculation of one number.

    Attributes:
        quantity: the number's name.
        value: the number, or None while it is not computed.
        example: of which example of the batch, from 0.
        rule: the general rule, with operands that have no subject.
        parts: the summands, in the order in which they are added; a formula that is no sum is one part. Of a
            long sum each is made when it is asked for.
        divisor: by what their sum is divided: the examples of the batch, where its mean is taken; else 1.
        where: calculations of operands that have no step of their own.
        words: what formulas do not say.
        earlier: the calculation that made it, at a step of the iteration before; its operands are those of that step.
        batch: of a sum over several examples, their numbers in the file, from 0, in the batch's order; else none. Its
            operands are told apart by their example.
        common: the values of which the batch has one: their operands need not be told apart.
        written: the rule as the file has it, where it has one.
        beside: summands that are added to the rest, whatever that is divided by: what a penalty has in it.
    """

    quantity: Quantity
    value: float | None
    example: int
    rule: Formula
    parts: Sequence[Part]
    divisor: int = 1
    where: tuple["Explanation", ...] = ()
    words: str = ""
    earlier: "Explanation | None" = None
    batch: tuple[int, ...] = ()
    common: frozenset[str] = frozenset()
    written: str = ""
    beside: tuple[Part, ...] = ()

    def __repr__(self) -> str:
        return f"<{self.quantity} = {'not computed' if self.value is None else repr(self.value)}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the calculation, where the terminal's side is installed."""
        return bundle(self)

    @property
    def summands(self) -> Sequence[Part]:
        """All that is added up, whatever is divided."""
        if not self.beside:
            return self.parts
        if isinstance(self.parts, BatchTerms):
            return self.parts.followed_by(self.beside)
        return (*self.parts, *self.beside)

    @property
    def of_each_name(self) -> Sequence[Part]:
        """Summands that have all its names: of a sum over a large batch those of one example, and what is beside."""
        summands = self.summands
        return summands.of_first if isinstance(summands, BatchTerms) else summands

    def example_of(self, operand: Operand) -> int | None:
        """The number in the file, from 1, by which an operand is told apart from that of other examples, or None."""
        of_each = kind_of(operand.quantity.kind).over == "example"
        if not self.batch or not of_each or value_name(operand.quantity.subject or "") in self.common:
            return None
        return self.batch[operand.example] + 1


def symbol(kind: str) -> Operand:
    """A kind of quantity in a general rule."""
    return Operand(Quantity(kind))


def part_of(formula: Formula) -> Part:
    """A summand with what it comes to, as far as its operands are known."""
    values: dict[Leaf, float | None] = {leaf: leaf.value for leaf in leaves(formula) if isinstance(leaf, Operand)}
    known = all(value is not None for value in values.values())
    return Part(formula, number_of(formula, values, REAL) if known else None)


def terms_of(formula: Formula) -> list[Formula]:
    """The summands of a sum, from the first to the last."""
    if isinstance(formula, Call) and formula.function in (TOTAL, ADD):
        return [term for argument in formula.arguments for term in terms_of(argument)]
    return [formula]


def defined(formula: Formula) -> Formula:
    """A function replaced by its definition, where it has one."""
    if isinstance(formula, Call) and formula.function.formula is not None:
        return formula.function.formula(*formula.arguments)
    return formula


def decided(formula: Formula) -> Formula:
    """A formula that is one of two cases as the one that its numbers come to, once they are known."""
    if not isinstance(formula, Call) or formula.function is not CHOOSE:
        return formula
    chosen, greater, smaller, other = formula.arguments
    compared = part_of(SUBTRACT(greater, smaller)).value
    return formula if compared is None else chosen if compared > 0 else other


def opened(formula: Formula) -> Formula:
    """A formula with functions of several numbers as one writes them: losses, and slopes of powers and of losses."""
    if not isinstance(formula, Call):
        return formula
    arguments, function = tuple(map(opened, formula.arguments)), formula.function
    if function.formula is not None and len(arguments) > 1:
        return opened(function.formula(*arguments))
    return Call(function, arguments)


def in_general(parts: Sequence[Part], *, summed: bool) -> Formula:
    """What summands have in common: the first one's formula in general terms, as a sum."""
    general = without_subjects(parts[0].formula)
    return SIGMA(general) if summed else general


def without_subjects(formula: Formula) -> Formula:
    """A formula in general terms."""
    operands = {leaf for leaf in leaves(formula) if isinstance(leaf, Operand)}
    return filled(formula, {operand: symbol(operand.quantity.kind) for operand in operands})
