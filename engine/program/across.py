"""Operations across the elements of a value: products of matrices, values joined, rows as a whole."""

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

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

    def pull(self, place: int, operands: Operands, adjoint: Array, f: Functions[Any]) -> Array:
        """d·bᵀ to the first, aᵀ·d to the second; where that is one column times one row, a product and no sum."""
        first_axes, second_axes = map(len, operands.shapes)
        if place == 0:
            second = operands[1]
            if second_axes == 1:
                return (
                    adjoint[:, :, np.newaxis] * second[:, np.newaxis, :]
                    if first_axes == 2
                    else adjoint[:, None] * second
                )
            return _product(adjoint, second.swapaxes(1, 2))
        first = operands[0]
        if first_axes == 1:
            return first[:, :, np.newaxis] * adjoint[:, np.newaxis, :] if second_axes == 2 else adjoint[:, None] * first
        if second_axes == 1 and len(first) == 1:
            return weighted_sum(adjoint, first[0].T)
        return _product(first.swapaxes(1, 2), adjoint)

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

    def pull(self, place: int, operands: Operands, adjoint: Array, f: Functions[Any]) -> Array:
        """The operand's own part."""
        sizes = list(map(_length, operands.shapes))
        start = sum(sizes[:place])
        part = adjoint[:, start : start + sizes[place]]
        return part if operands.shapes[place] else part[:, 0]

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
    """A function of each row (the last axis) as a whole, with a Jacobian: softmax.

    Args:
        outputs: of one row, from its numbers and the field.
        jacobian: from a row's outputs; row j, column k is dy_j/dx_k.
        output: one of the outputs as a formula: of the row's elements, and its number.
        slope: an entry of the Jacobian as a formula: of the row's outputs as formulas, j and k.
    """

    def __init__(
        self,
        outputs: Callable[[list[Any], Functions[Any]], list[Any]],
        jacobian: Callable[[list[float]], list[list[float]]],
        output: Callable[[Sequence[Formula], int], Formula],
        slope: Callable[[Sequence[Formula], int, int], Formula],
    ) -> None:
        self._outputs, self.jacobian, self._output, self._slope = outputs, jacobian, output, slope

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The operand's, which must have an axis."""
        if not shapes[0]:
            raise ShapeError("a number alone has no row")
        return shapes[0]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Row by row."""
        (x,) = operands
        return np.array([self._outputs(row, f) for row in x.reshape(-1, x.shape[-1]).tolist()]).reshape(x.shape)

    def jacobians(self, y: Array) -> Array:
        """dy_j/dx_k of each row, shape (rows, n, n), from the outputs."""
        return np.array([self.jacobian(row) for row in y.reshape(-1, y.shape[-1]).tolist()])

    def pull(self, place: int, operands: Operands, adjoint: Array, f: Functions[Any]) -> Array:
        """dE/dx_k = Σ_j dy_j/dx_k·dE/dy_j, from the first j to the last."""
        terms = self.jacobians(operands.result) * adjoint.reshape(-1, adjoint.shape[-1])[:, :, np.newaxis]
        return ordered_sum(np.ascontiguousarray(terms.transpose(1, 0, 2))).reshape(adjoint.shape)

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """Over the outputs."""
        return True

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The formula of one output."""
        return self._output(self._row(operands[0], item), item % operands[0].shape[-1])

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
        return self._slope(outputs, of - start, item - start)

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
