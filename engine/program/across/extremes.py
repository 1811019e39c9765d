"""The greatest and the least of a value's elements, of its rows or its columns."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace

from engine.formula.corner import AT
from engine.formula.corners import of_each, share
from engine.formula.field import Functions
from engine.formula.functions import CHOOSE, DIVIDE
from engine.formula.several import COUNT, LARGEST, SMALLEST
from engine.formula.tree import ATOM, CHOICE, PRODUCT, Call, Formula, Function, Writing
from engine.program.across.groups import Groups
from engine.program.across.reductions import Reduction, along
from engine.program.across.scripts import GREATEST, TIED
from engine.program.coded import TORCH, Code, Language
from engine.program.operations import Array, Operands, Operation, Shape


class Lead(Operation):
    """By how much each element is greater than the greatest of its group's others; only computed.

    Args:
        groups: which are compared.
        sign: −1 for by how much it is less than the least.
    """

    def __init__(self, groups: Groups, sign: float) -> None:
        self._groups, self._sign = groups, sign

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """A number for each element of a group."""
        return (self._groups.places(shapes[0]).members.size,)

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Above 0 of the one that is taken; ∞ of one alone."""
        terms = self._groups.terms(operands[0]) * self._sign
        number, first = np.arange(len(terms)).reshape(-1, *[1] * (terms.ndim - 1)), _first(terms)
        others = np.where(number == first, -np.inf, terms)
        second = np.take_along_axis(others, _first(others), axis=0)
        lead = terms - np.where(number == first, second, np.take_along_axis(terms, first, axis=0))
        return np.moveaxis(lead, 1, 0).reshape(terms.shape[1], -1)


def _first(terms: Array) -> Array:
    """Of each group the number of the greatest, of equal ones the first, shape (1, …)."""
    return np.asarray(np.argmax(terms.real, axis=0))[np.newaxis]


class Greatest(Reduction):
    """The greatest, of equal ones the first; all that comes back goes to it."""

    sign = 1.0
    method = "max"

    def __init__(self, groups: Groups) -> None:
        super().__init__(groups)
        self._lead = Function(
            name="lead", writing=Writing("lead({0})", ATOM, (CHOICE,)), across=Lead(groups, self.sign)
        )

    def corner(self, call: Call) -> Formula | None:
        """The lead over the others: where there is none, another element is as great."""
        return self._lead(*call.arguments)

    def join(self, terms: Array, f: Functions[Any]) -> Array:
        """By the real parts."""
        return np.asarray(np.take_along_axis(terms, self.which(terms), axis=0)[0])

    def which(self, terms: Array) -> Array:
        """Of each group the number of the one that is taken, shape (1, …)."""
        return _first(terms * self.sign)

    def joined(self, terms: Sequence[Formula]) -> Formula:
        """max(x, …)."""
        return LARGEST(*terms) if len(terms) > 1 else terms[0]

    def slope(self, terms: Sequence[Formula], number: int) -> Formula:
        """1 if it is greater than all before it and none behind it is greater, else 0."""
        x, before, behind = terms[number], terms[:number], terms[number + 1 :]
        slope: Formula = CHOOSE(0.0, self.joined(behind), x, 1.0) if behind else 1.0
        return CHOOSE(slope, x, self.joined(before), 0.0) if before else slope

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """1 of those that are taken, 0 of the others."""
        terms = self.groups.terms(operands[place])
        number = np.arange(len(terms)).reshape(-1, *[1] * (terms.ndim - 1))
        return np.where(number == self.which(terms), 1.0, 0.0)

    def joined_code(self, x: Code, language: Language) -> str:
        """PyTorch's along one axis: over all elements its `max` would share out among equal ones."""
        if language.library is not TORCH:
            return along(self.method, *self.groups.over(x, language), language)
        return f"{along(self.method, *self.groups.row(x, language), language)}.values"

    def pulled_to_elements(self, x: Code, result: Callable[[], Code], adjoint: Code, language: Language) -> Code:
        """To those that are taken."""
        language.define(GREATEST)
        row, axis = self.groups.row(x, language)
        slopes = f"greatest({'-' if self.sign < 0 else ''}{row}, {axis})"
        text = self.groups.unrolled(f"{slopes} * {self.groups.beside(adjoint)}", x, language)
        return Code(text, PRODUCT, x.shape, x.per_example)


class Least(Greatest):
    """The least, likewise."""

    sign = -1.0
    method = "min"

    def joined(self, terms: Sequence[Formula]) -> Formula:
        """min(x, …)."""
        return SMALLEST(*terms) if len(terms) > 1 else terms[0]

    def slope(self, terms: Sequence[Formula], number: int) -> Formula:
        """1 if it is less than all before it and none behind it is less, else 0."""
        x, before, behind = terms[number], terms[:number], terms[number + 1 :]
        slope: Formula = CHOOSE(0.0, x, self.joined(behind), 1.0) if behind else 1.0
        return CHOOSE(slope, self.joined(before), x, 0.0) if before else slope


SHARED = "shared"
"""A corner where all that are the same share what comes back."""


class _Tied:
    """Of several that are the same each has a slope that is chosen.

    Args:
        groups: which are compared.
        corner: from 0 to 1, by which of the two slopes beside the corner; or `SHARED`.
    """

    method: str
    sign: float
    groups: Groups

    def __init__(self, groups: Groups, corner: float | str) -> None:
        super().__init__(groups)  # type: ignore[call-arg]
        self._slope = None if isinstance(corner, str) else share(self.method, corner)
        slope = "1 over their number" if self._slope is None else f"{self._slope:g}"
        own = f"{corner:g}" if isinstance(corner, float) else corner
        record = LARGEST if self.sign > 0 else SMALLEST
        self._of_several = replace(record, tie=of_each(self.method, slope, own))

    def joined(self, terms: Sequence[Formula]) -> Formula:
        """max(x, …) or min(x, …)."""
        return self._of_several(*terms) if len(terms) > 1 else terms[0]

    def slope(self, terms: Sequence[Formula], number: int) -> Formula:
        """1 if it is greater than all others, what is chosen if another is as great, else 0."""
        x, others = terms[number], [*terms[:number], *terms[number + 1 :]]
        if not others:
            return 1.0
        other = self.joined(others)
        chosen: Formula = DIVIDE(1.0, COUNT(x, *others)) if self._slope is None else self._slope
        first, second = (x, other) if self.sign > 0 else (other, x)
        return CHOOSE(1.0, first, second, AT(chosen, x, other, 0.0))

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """Likewise of all."""
        terms = self.groups.terms(operands[place]).real
        first = (terms * self.sign).max(axis=0) * self.sign
        count = (terms == first).sum(axis=0)
        chosen = 1.0 / np.maximum(count, 1) if self._slope is None else self._slope
        return np.where(terms == first, np.where(count > 1, chosen, 1.0), 0.0)

    def joined_code(self, x: Code, language: Language) -> str:
        """In PyTorch what has these slopes."""
        row, axis = self.groups.row(x, language)
        if language.library is not TORCH:
            return along(self.method, *self.groups.over(x, language), language)
        if self._slope is None:
            return along(f"a{self.method}", row, axis, language)
        language.define(TIED["torch"])
        sign = "-" if self.sign < 0 else ""
        return f"{sign}greatest_of({sign}{row}, {axis}, {self._slope!r})"

    def pulled_to_elements(self, x: Code, result: Callable[[], Code], adjoint: Code, language: Language) -> Code:
        """To those that are as great."""
        language.define(TIED["numpy"])
        row, axis = self.groups.row(x, language)
        chosen = "" if self._slope is None else f", {self._slope!r}"
        slopes = f"slopes_of_greatest({'-' if self.sign < 0 else ''}{row}, {axis}{chosen})"
        text = self.groups.unrolled(f"{slopes} * {self.groups.beside(adjoint)}", x, language)
        return Code(text, PRODUCT, x.shape, x.per_example)


class TiedGreatest(_Tied, Greatest):
    """The greatest."""


class TiedLeast(_Tied, Least):
    """The least."""
