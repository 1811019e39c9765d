"""Products of matrices."""

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

from engine.formula.arithmetic import multiplied, ordered_sum, summed_products, weighted_sum
from engine.formula.field import Functions
from engine.formula.functions import MULTIPLY, SIGMA, TOTAL
from engine.formula.tree import ATOM, CHOICE, PRODUCT, Call, Formula, Function, Writing
from engine.program.across.arrangement import transposed
from engine.program.across.derivatives import OUTER_PRODUCT
from engine.program.coded import Code, Language, contracted
from engine.program.operations import Array, Operands, Operation, Places, Shape, ShapeError, Whole, said, times


class MatrixProduct(Operation):
    """Σ_q a[p, q]·b[q, r], from the first q to the last; a vector on the right is a column, on the left a row."""

    single = True

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """(rows of the first, columns of the second), without the axis that a vector lacks."""
        first, second = shapes
        if not first or not second or len(first) > 2 or len(second) > 2 or first[-1] != second[0]:
            needed = "the last size of the first must be the first of the second, at most two axes each"
            raise ShapeError(f"{said(first)} @ {said(second)}: {needed}")
        return first[:-1] + second[1:]

    def handled(self, shapes: Sequence[Shape]) -> int:
        """All products that are added up."""
        return prod(self.shape(shapes)) * shapes[1][0]

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

    def pull_sum(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """Of a column times a row for each example, without all of their products at once."""
        other: Array = np.asarray(local)
        outer = len(shapes[1 - place]) == 1 and len(shapes[place]) == 2
        if not outer or len(adjoint) == 1 or len(other) != len(adjoint):
            return self.pull(place, shapes, local, adjoint)
        column, row = (adjoint, other) if place == 0 else (other, adjoint)
        return summed_products(column, row)[np.newaxis]

    def local_formula(self, place: int, call: Call) -> Formula:
        """The other factor."""
        return call.arguments[1 - place]

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """d·bᵀ to the first, aᵀ·d to the second; of vectors, which are columns, what comes to the same."""
        if len(shapes[1 - place]) == 1:
            if len(shapes[place]) == 1:
                return times(local, adjoint)
            return OUTER_PRODUCT(adjoint, local) if place == 0 else OUTER_PRODUCT(local, adjoint)
        if place == 1:
            return MATRIX_PRODUCT(transposed(local), adjoint)
        if len(shapes[0]) == 1:
            return MATRIX_PRODUCT(local, adjoint)
        return MATRIX_PRODUCT(adjoint, transposed(local))

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """With `@`, or by the letters of the axes."""
        first, second = operands
        rows, columns = "p" * (len(first.shape) - 1), "r" * (len(second.shape) - 1)
        axes = (f"{rows}q", f"q{columns}", f"{rows}{columns}")
        return contracted(language, first, second, axes, self.shape([first.shape, second.shape]))

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """Over the columns, or the rows; not where the other factor is a vector."""
        return len(shapes[1 - place]) == 2

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """Σ_q a[p, q]·b[q, r]."""
        first, second = operands
        inner, columns = first.shape[-1], _columns(second.shape)
        row, column = divmod(item, columns)
        pairs = ((row * inner + q, q * columns + column) for q in range(inner))
        return TOTAL(*(MULTIPLY(first.element(left), second.element(right)) for left, right in pairs))

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

    def needs(self, place: int, shapes: Sequence[Shape], items: Places) -> Places:
        """A row of the first, a column of the second."""
        inner, columns = shapes[0][-1], _columns(shapes[1])
        rows, column = np.divmod(items[:, np.newaxis], columns)
        q = np.arange(inner)
        return rows * inner + q if place == 0 else q * columns + column


class InnerProduct(MatrixProduct):
    """Σ a·b of two vectors."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """A number."""
        first, second = shapes
        if len(first) != 1 or first != second:
            raise ShapeError(f"dot({said(first)}, {said(second)}): two vectors of the same length are needed")
        return ()


def _product(first: Array, second: Array) -> Array:
    """Σ_q of (batch, p, q) and (batch, q, r); a vector on either side lacks an axis."""
    left = first if first.ndim == 3 else first[:, np.newaxis, :]
    right = second if second.ndim == 3 else second[:, :, np.newaxis]
    terms = multiplied(left.transpose(2, 0, 1)[:, :, :, np.newaxis], right.transpose(1, 0, 2)[:, :, np.newaxis, :])
    product = ordered_sum(terms)
    if second.ndim == 2:
        product = product[:, :, 0]
    return product if first.ndim == 3 else product[:, 0]


def _columns(shape: Shape) -> int:
    return shape[1] if len(shape) == 2 else 1


MATRIX_PRODUCT = Function(
    name="@",
    value=lambda a, b, f: a * b,
    writing=Writing("{0}·{1}", PRODUCT, (PRODUCT, PRODUCT)),
    latex=Writing(r"{0} \cdot {1}", PRODUCT, (PRODUCT, PRODUCT)),
    general=lambda a, b: SIGMA(MULTIPLY(a, b)),
    across=MatrixProduct(),
)
DOT = Function(
    name="dot",
    writing=Writing("dot({0}, {1})", ATOM, (CHOICE,)),
    latex=Writing(r"{0} \cdot {1}", PRODUCT, (PRODUCT, PRODUCT)),
    general=lambda a, b: SIGMA(MULTIPLY(a, b)),
    across=InnerProduct(),
)
