"""Operations across the elements of a value: products of matrices, values joined, rows as a whole."""

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

from engine.formula.activations import Softmax
from engine.formula.arithmetic import ordered_sum, weighted_sum
from engine.formula.field import Functions
from engine.formula.functions import MULTIPLY, TOTAL
from engine.formula.tree import Call, Formula
from engine.program.operations import Array, Operands, Operation, Shape, ShapeError, Whole, said


class MatrixProduct(Operation):
    """Σ_q a[p, q]·b[q, r], from the first q to the last; a vector on the right is a column, on the left a row."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """(rows of the first, columns of the second), without the axis that a vector lacks."""
        first, second = shapes
        if not first or not second or len(first) > 2 or len(second) > 2 or first[-1] != second[0]:
            raise ShapeError(f"{said(first)} @ {said(second)}: the inner sizes must be the same")
        return first[:-1] + second[1:]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """The products added up in order, no BLAS."""
        first, second = operands
        if first.ndim == 3 and second.ndim == 2 and len(first) == 1:
            return weighted_sum(second, first[0])
        return _product(first, second)

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """The other factor."""
        return operands[1 - place]

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """d·bᵀ to the first, aᵀ·d to the second; where that is one column times one row, a product and no sum."""
        other: Array = np.asarray(local)
        if len(shapes[1 - place]) == 1:
            if len(shapes[place]) == 1:
                return np.asarray(adjoint[:, np.newaxis] * other)
            column, row = (adjoint, other) if place == 0 else (other, adjoint)
            return np.asarray(column[:, :, np.newaxis] * row[:, np.newaxis, :])
        if place == 0:
            return _product(adjoint, other.swapaxes(1, 2))
        if len(shapes[1]) == 1 and len(other) == 1:
            return weighted_sum(adjoint, other[0].T)
        return _product(other.swapaxes(1, 2), adjoint)

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """Over the columns, or the rows; not where the other factor is a vector."""
        return len(shapes[1 - place]) == 2

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """Σ_q a[p, q]·b[q, r]."""
        first, second = operands
        inner, columns = first.shape[-1], _columns(second.shape)
        row, column = divmod(item, columns)
        pairs = ((row * inner + q, q * columns + column) for q in range(inner))
        return _summed(MULTIPLY(first.element(left), second.element(right)) for left, right in pairs)

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """A row of the result, or a column."""
        columns = _columns(shapes[1])
        if place == 0:
            row = item // shapes[0][-1]
            return range(row * columns, (row + 1) * columns)
        return range(item % columns, prod(self.shape(shapes)), columns)

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """The other factor of the one product in which the element stands."""
        first, second = operands
        inner, columns = first.shape[-1], _columns(second.shape)
        row, column = divmod(of, columns)
        if place == 0:
            return second.element(item % inner * columns + column)
        return first.element(row * inner + item // columns)


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


class ByRow(Operation):
    """A function of each row (the last axis) as a whole, with a Jacobian.

    Args:
        joint: the function.
    """

    def __init__(self, joint: type[Softmax]) -> None:
        self._joint = joint

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
        """dy_j/dx_k of each row, shape (rows, n, n), from the outputs."""
        y = operands.result
        return np.array([self._joint.jacobian(row) for row in y.reshape(-1, y.shape[-1]).tolist()])

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """dE/dx_k = Σ_j dy_j/dx_k·dE/dy_j, from the first j to the last."""
        terms = local * adjoint.reshape(-1, adjoint.shape[-1])[:, :, np.newaxis]
        return ordered_sum(np.ascontiguousarray(terms.transpose(1, 0, 2))).reshape(adjoint.shape)

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


def _product(first: Array, second: Array) -> Array:
    """Σ_q of (batch, p, q) and (batch, q, r); a vector on either side lacks an axis."""
    left = first if first.ndim == 3 else first[:, np.newaxis, :]
    right = second if second.ndim == 3 else second[:, :, np.newaxis]
    terms = left.transpose(2, 0, 1)[:, :, :, np.newaxis] * right.transpose(1, 0, 2)[:, :, np.newaxis, :]
    product = ordered_sum(np.ascontiguousarray(terms))
    if second.ndim == 2:
        product = product[:, :, 0]
    return product if first.ndim == 3 else product[:, 0]


def _summed(terms: Iterable[Formula]) -> Formula:
    return Call(TOTAL, tuple(terms))


def _length(shape: Shape) -> int:
    return shape[0] if shape else 1


def _columns(shape: Shape) -> int:
    return shape[1] if len(shape) == 2 else 1
