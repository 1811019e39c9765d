"""E with one element of a given value shifted, of many elements: what a numeric derivative asks for, without `advance`.

A shifted parameter or input changes nothing but what comes of it, and at first only the elements that it reaches. So
the unshifted numbers are kept, a pass computes the equations that depend on the shifted value alone, and several shifts
go on together, along the axis of the batch: (examples × shifts). Each number is computed as in a pass through the whole
program for each shift, to the last bit. Over complex numbers what does not depend on a shift stays real.
"""

from collections.abc import Sequence
from functools import cached_property
from math import prod
from typing import Generic

import numpy as np
from msgspec import Struct

from engine.formula.arithmetic import ordered_sum
from engine.formula.field import Functions, Number
from engine.formula.tree import Call, Formula, Ref
from engine.program.elementwise import operation
from engine.program.equations import Equation, Known, Program, computed
from engine.program.graph import joins_examples, operands_of
from engine.program.operations import Array, Places, Shape

CELLS = 1 << 14
"""Numbers of a value that are held at once: few, so that others get their turn between one pass and the next."""

Changed = Sequence[tuple[int, int]]
"""Number of the shift, and of the element that it changes."""


class Shifted(Struct, Generic[Number], frozen=True, eq=False):
    """What comes of several shifts.

    Attributes:
        errors: E of the batch, one per shift.
        kink_distances: how far what the shifts change lies from the kink of the function that it goes into, where there
            is one; shape (n,).
        shift_of: of each, the number of its shift.
    """

    errors: list[Number]
    kink_distances: Array
    shift_of: Places


class Unshifted:
    """The values of a batch, where the passes with a shifted value begin.

    Args:
        program: what is computed.
        known: its values.
        examples: how many the batch has.
        mean: whether E is the mean of the examples' and not their sum.
    """

    def __init__(self, program: Program, known: Known, examples: int, *, mean: bool) -> None:
        self.program, self.known, self.examples, self.mean = program, known, examples, mean
        self._kept: dict[Formula, Array] = {}
        self._reached: tuple[object, dict[Formula, Changed]] = (None, {})

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Those on which E depends as it is computed."""
        needed, found = set(self.program.errors), []
        for equation in reversed(self.program.equations):
            if equation.target in needed:
                needed.update(operands_of(equation.form))
                found.append(equation)
        return tuple(reversed(found))

    @cached_property
    def at_once(self) -> int:
        """How many shifts one pass should have at most: where examples meet, one has the whole batch for itself."""
        if any(joins_examples(equation.form) for equation in self.equations):
            return 1
        program = self.program
        largest = max(prod(shape) for name, shape in program.shapes.items() if name not in program.parameters)
        return max(1, CELLS // (self.examples * largest))

    def value(self, formula: Formula) -> Array:
        """What a formula is."""
        if formula not in self._kept:
            self._kept[formula] = computed(formula, self.known)
        return self._kept[formula]

    def shifted(self, name: str, shifts: Sequence[tuple[int, Number]], f: Functions[Number]) -> Shifted[Number]:
        """A pass for each shift.

        Args:
            name: of a given value.
            shifts: of which element, in C order (of a value that examples have, with the examples), and its shifted
                number.
            f: the field.
        """
        return _Pass(self, name, shifts, f).result()

    def reached(self, name: str, items: tuple[int, ...]) -> dict[Formula, Changed]:
        """What is known of how far these shifts reach: the same for complex numbers, for a step up and a step down."""
        if self._reached[0] != (name, items):
            self._reached = (name, items), {}
        return self._reached[1]


class _Part:
    """A value in a pass.

    Args:
        array: for every example under every shift, or for every example, or for all.
        count: how many shifts there are.
        changed: what the shifts change; None where that may be all of it.
    """

    def __init__(self, array: Array, count: int, changed: Changed | None = None) -> None:
        self.array, self.count, self.changed = array, count, changed

    def unshifted(self, columns: int) -> Array:
        """As `compute` takes it with a batch of so many columns, without a shift of its own."""
        return self.array if len(self.array) in (1, columns) else np.repeat(self.array, self.count, axis=0)

    def whole(self, columns: int) -> Array:
        """The same with it."""
        return self.unshifted(columns)

    def taken(self, at: Places, columns: int, items: Places) -> Array:
        """Of some columns elements of each, with it."""
        size = len(self.array)
        rows = at if size == columns else at // self.count if size > 1 else np.zeros_like(at)
        return np.asarray(self.array.reshape(size, -1)[_beside(rows, items), items])


class _Given(_Part):
    """The value that is shifted: as it was, and of each column one element's number."""

    def __init__(self, array: Array, shifts: Sequence[tuple[int, Number]], columns: int) -> None:
        examples, items = np.divmod(np.array([place for place, _ in shifts]), prod(array.shape[1:]))
        super().__init__(array, len(shifts), list(enumerate(items.tolist())))
        example, shift = np.divmod(np.arange(columns), self.count)
        self._items, self._numbers = items[shift], np.array([number for _, number in shifts])[shift]
        if len(array) > 1:  # in the other examples nothing is shifted
            elsewhere = np.flatnonzero(examples[shift] != example)
            self._numbers[elsewhere] = super().taken(elsewhere, columns, self._items[elsewhere])

    def whole(self, columns: int) -> Array:
        """With each column's shift."""
        array: Array = _broadcast(self.unshifted(columns), columns).astype(self._numbers.dtype, "C")
        array.reshape(columns, -1)[np.arange(columns), self._items] = self._numbers
        return array

    def taken(self, at: Places, columns: int, items: Places) -> Array:
        """With each column's shift."""
        own, numbers = _beside(self._items[at], items), _beside(self._numbers[at], items)
        return np.where(own == items, numbers, super().taken(at, columns, items))


class _Pass(Generic[Number]):
    """Several shifts of one value."""

    def __init__(
        self, unshifted: Unshifted, name: str, shifts: Sequence[tuple[int, Number]], f: Functions[Number]
    ) -> None:
        self._unshifted, self._program = unshifted, unshifted.program
        self._f: Functions[Number] = f
        self._count, self._columns = len(shifts), unshifted.examples * len(shifts)
        self._number_type: type[Number] = type(shifts[0][1])
        self._reached = unshifted.reached(name, tuple(place for place, _ in shifts))
        self._parts: dict[str, _Part] = {name: _Given(unshifted.known(name), shifts, self._columns)}
        self._distances: list[Array] = [np.zeros(0)]
        self._shift_of: list[Places] = [np.zeros(0, np.intp)]

    def result(self) -> Shifted[Number]:
        """Through the equations that depend on the value."""
        with np.errstate(all="ignore"):
            for equation in self._unshifted.equations:
                if self._depends(equation.form):
                    self._parts[equation.target] = self._part(equation.form, Ref(equation.target))
            errors = self._errors(
                [self._part(Ref(name), Ref(name)).whole(self._columns) for name in self._program.errors]
            )
        return Shifted(errors, np.concatenate(self._distances), np.concatenate(self._shift_of))

    def _depends(self, formula: Formula) -> bool:
        """Whether a shift changes it, as far as a derivative goes through what it is made of."""
        if isinstance(formula, Call):
            return operation(formula.function).differentiates and any(map(self._depends, formula.arguments))
        return isinstance(formula, Ref) and formula.name in self._parts

    def _part(self, formula: Formula, made: Formula) -> _Part:
        """A formula's value; unshifted it is that of `made`."""
        if not self._depends(formula):
            return _Part(self._unshifted.value(formula), self._count, ())
        if not isinstance(formula, Call):
            assert isinstance(formula, Ref)
            return self._parts[formula.name]
        operands = [self._part(argument, argument) for argument in formula.arguments]
        for kink in formula.function.kinks:
            self._note(operands[0], kink)
        corner = operation(formula.function).corner(formula)
        if corner is not None:
            self._note(self._part(corner, corner), 0.0)
        if formula not in self._reached:
            self._reached[formula] = self._reach(formula, operands)
        does, reached = operation(formula.function), self._reached[formula]
        if not reached:
            return _Part(does.compute([one.whole(self._columns) for one in operands], self._f), self._count)
        if any(one.changed is None for one in operands):
            around = does.compute([one.unshifted(self._columns) for one in operands], self._f)
            return _Part(self._by_element(formula, operands, around, reached), self._count)
        around = _Part(self._unshifted.value(made), self._count).unshifted(self._columns)
        return _Part(self._by_element(formula, operands, around, reached), self._count, reached)

    def _by_element(self, call: Call, operands: Sequence[_Part], around: Array, reached: Changed) -> Array:
        """A call's value where some elements are computed by themselves, and those around them are known."""
        array: Array = _broadcast(around, self._columns).astype(self._number_type, "C")
        at, items = self._places(reached)
        does, shapes = operation(call.function), self._shapes(call)
        taken = [one.taken(at, self._columns, does.needs(place, shapes, items)) for place, one in enumerate(operands)]
        array.reshape(self._columns, -1)[at, items] = does.compute(taken, self._f)
        return array

    def _reach(self, call: Call, operands: Sequence[_Part]) -> Changed:
        """What is computed by itself; nothing where all is computed, as it changes or as it must be."""
        does, shapes = operation(call.function), self._shapes(call)
        all_change = any(one.changed is None for one in operands)
        found = {
            (shift, target)
            for place, one in enumerate(operands)
            if does.single and (isinstance(one, _Given) or not all_change)
            for shift, item in one.changed or ()
            for target in does.reach(place, shapes, item)
        }
        return sorted(found) if len(found) < self._count * prod(self._program.shape(call)) else ()

    def _shapes(self, call: Call) -> list[Shape]:
        return [self._program.shape(argument) for argument in call.arguments]

    def _note(self, operand: _Part, kink: float) -> None:
        """Distances of what goes into a function with a kink."""
        if operand.changed is None:
            array = operand.array.reshape(len(operand.array), -1)
            self._distances.append((array - kink).ravel())
            self._shift_of.append(np.repeat(np.arange(len(array)) % self._count, array.shape[1]))
        elif operand.changed:
            at, items = self._places(operand.changed)
            self._distances.append(operand.taken(at, self._columns, items) - kink)
            self._shift_of.append(at % self._count)

    def _places(self, changed: Sequence[tuple[int, int]]) -> tuple[Places, Places]:
        """Column and element of each, in every example."""
        shifts, items = np.array(changed).T
        examples = np.arange(self._unshifted.examples)[:, np.newaxis]
        return (examples * self._count + shifts).ravel(), np.tile(items, len(examples))

    def _errors(self, terms: Sequence[Array]) -> list[Number]:
        """E of the batch under each shift, from the terms of each column's: one sum, from the first to the last."""
        examples, columns = self._unshifted.examples, self._columns
        flat = [_broadcast(term, columns).reshape(columns, -1) for term in terms]
        parts = np.concatenate(flat, axis=1).reshape(examples, self._count, -1).swapaxes(1, 2)
        totals: list[Number] = ordered_sum(np.ascontiguousarray(parts).reshape(-1, self._count)).tolist()
        return [total / examples for total in totals] if self._unshifted.mean else totals


def _broadcast(array: Array, columns: int) -> Array:
    """As it is, for so many columns."""
    return np.broadcast_to(array, (columns, *array.shape[1:]))


def _beside(of_columns: Places, items: Places) -> Array:
    """A number for each column, beside one or several elements of each."""
    return of_columns.reshape(-1, *[1] * (items.ndim - 1))
