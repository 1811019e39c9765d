"""Rows as a whole: each element of the result depends on every element of the row (the last axis)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from engine.formula.activations import Softmax
from engine.formula.field import REAL, Functions
from engine.formula.tree import ATOM, CHOICE, Call, Formula, Function, Writing
from engine.program.across.derivatives import THROUGH_ROWS, Jacobian
from engine.program.operations import Array, Operands, Operation, Shape, ShapeError, Whole


class ByRow(Operation):
    """A function of each row (the last axis) as a whole, with a Jacobian.

    Args:
        joint: the function.
    """

    def __init__(self, joint: type[Softmax]) -> None:
        self._joint = joint
        self._slopes = Jacobian(joint.jacobian)
        self._jacobian = Function(name="Jacobian", writing=Writing("J({0})", ATOM, (CHOICE,)), across=self._slopes)

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The operand's, which must have an axis."""
        if not shapes[0]:
            raise ShapeError("a number alone has no row")
        return shapes[0]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Row by row."""
        (x,) = operands
        return np.array([self._joint.outputs(row, f) for row in x.reshape(-1, x.shape[-1]).tolist()]).reshape(x.shape)

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """dy_j/dx_k of each row, shape (batch, *shape, n), from the outputs."""
        return self._slopes.compute((operands.result,), f)

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """dE/dx_k = Σ_j dy_j/dx_k·dE/dy_j, from the first j to the last."""
        return THROUGH_ROWS.across.compute((np.asarray(local), adjoint), REAL)  # type: ignore[no-any-return]

    def local_formula(self, place: int, call: Call) -> Formula:
        """dy_j/dx_k of each row, from the outputs."""
        return self._jacobian(call)

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """Jᵀ·dE/dy of each row."""
        return THROUGH_ROWS(local, adjoint)

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """Over the outputs."""
        return True

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The formula of one output."""
        return self._joint.output(self._row(operands[0], item), item % operands[0].shape[-1])

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """The whole row."""
        start = item - item % shapes[0][-1]
        return range(start, start + shapes[0][-1])

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """An entry of the Jacobian."""
        (x,) = operands
        width = x.shape[-1]
        start = of - of % width
        outputs = [self.element(operands, number) for number in range(start, start + width)]
        return self._joint.slope(outputs, of - start, item - start)

    def _row(self, operand: Whole, item: int) -> list[Formula]:
        start = item - item % operand.shape[-1]
        return [operand.element(place) for place in range(start, start + operand.shape[-1])]


class Rows(Operation):
    """A function of rows as a whole that is only computed: how a fused loss is.

    Args:
        value: of one row of each operand, and the field.
    """

    def __init__(self, value: Callable[..., list[Any]]) -> None:
        self.value = value

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The first operand's."""
        return shapes[0]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Row by row."""
        rows = zip(*(array.tolist() for array in operands), strict=True)
        return np.array([self.value(*of_one, f) for of_one in rows])
