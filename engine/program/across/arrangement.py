"""Elements in other places: values joined and transposed."""

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

from engine.formula.field import Functions
from engine.formula.tree import ATOM, CHOICE, POWER, Call, Formula, Function, Writing
from engine.program.across.derivatives import part_of
from engine.program.operations import Array, Operands, Operation, Shape, ShapeError, Whole, said


class Joined(Operation):
    """Operands one behind the other along the first axis; a number is one element."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """As long as all together."""
        rests = {shape[1:] for shape in shapes}
        if len(rests) > 1:
            raise ShapeError(f"{', '.join(map(said, shapes))} cannot stand one behind the other")
        return (sum(map(_length, shapes)), *rests.pop())

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """The operands' elements."""
        batch = max(len(operand) for operand in operands)
        whole = [operand if operand.ndim > 1 else operand[:, np.newaxis] for operand in operands]
        return np.concatenate([np.broadcast_to(array, (batch, *array.shape[1:])) for array in whole], axis=1)

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """1."""
        return 1.0

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """The operand's own part."""
        sizes = list(map(_length, shapes))
        start = sum(sizes[:place])
        part = adjoint[:, start : start + sizes[place]]
        return part if shapes[place] else part[:, 0]

    def local_formula(self, place: int, call: Call) -> Formula:
        """1."""
        return 1.0

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """The operand's own part."""
        sizes = list(map(_length, shapes))
        start = sum(sizes[:place])
        return part_of(start, start + sizes[place], alone=not shapes[place])(adjoint)

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """No."""
        return False

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The element of the operand that stands there."""
        for operand in operands:
            if item < prod(operand.shape):
                return operand.element(item)
            item -= prod(operand.shape)
        raise IndexError(item)

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """Where it stands."""
        return (sum(map(prod, shapes[:place])) + item,)

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """1."""
        return 1.0


class Transposed(Operation):
    """Rows of a matrix as columns."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """(columns, rows)."""
        if len(shapes[0]) != 2:
            raise ShapeError(f"{said(shapes[0])} is no matrix: only a matrix is transposed")
        return shapes[0][::-1]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """The same elements."""
        return np.ascontiguousarray(operands[0].swapaxes(1, 2))

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """1."""
        return 1.0

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """Turned back."""
        return np.ascontiguousarray(adjoint.swapaxes(1, 2))

    def local_formula(self, place: int, call: Call) -> Formula:
        """1."""
        return 1.0

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """Turned back."""
        return transposed(adjoint)

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """No."""
        return False

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The element with row and column exchanged."""
        return operands[0].element(self._turned(item, *operands[0].shape[::-1]))

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """Where it stands."""
        return (self._turned(item, *shapes[0]),)

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """1."""
        return 1.0

    def _turned(self, item: int, rows: int, columns: int) -> int:
        return item % columns * rows + item // columns


def _length(shape: Shape) -> int:
    return shape[0] if shape else 1


JOIN = Function(
    name="concat",
    value=lambda a, b, f: a,
    writing=Writing("[{0}, {1}]", ATOM, (CHOICE,)),
    general=lambda a, b: a,
    across=Joined(),
)
TRANSPOSE = Function(
    name=".T",
    writing=Writing("{0}ᵀ", ATOM, (ATOM,)),
    latex=Writing(r"{{{0}}}^{{\top}}", POWER, (ATOM,)),
    general=lambda a: a,
    across=Transposed(),
)


def transposed(formula: Formula) -> Formula:
    """Rows as columns; twice, it is as it was."""
    if isinstance(formula, Call) and formula.function is TRANSPOSE:
        return formula.arguments[0]
    return TRANSPOSE(formula)
