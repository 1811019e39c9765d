"""Elements in other places: values joined."""

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

from engine.formula.field import Functions
from engine.formula.tree import ATOM, CHOICE, Formula, Function, Writing
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


def _length(shape: Shape) -> int:
    return shape[0] if shape else 1


JOIN = Function(
    name="concat",
    value=lambda a, b, f: a,
    writing=Writing("[{0}, {1}]", ATOM, (CHOICE,)),
    general=lambda a, b: a,
    across=Joined(),
)
