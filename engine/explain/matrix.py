"""Matrices as what a calculation is shown with: which number stands in which place, and how one is made of others."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from engine.formula.quantity import Quantity
from engine.formula.tree import Operand

Place = Callable[[int, int], tuple[Quantity, int]]
"""From row and column to the number that stands there: which quantity, of which example of the batch."""


NO_LAYER = -1
"""Where there are none."""


class Matrix(Struct, frozen=True, eq=False):
    """Numbers in rows and columns.

    Attributes:
        kind: what its numbers are; `b`, `b+` and `dE/db` where they are of biases.
        layer: of which layer, or `NO_LAYER`.
        rows: the rows' names.
        columns: the columns' names; of a vector one, which is empty.
        place: which number stands where.
        transposed: whether it is drawn lying on its side.
        argument: whether a function is applied to each of its numbers.
        name: of the program's value whose numbers, or whose derivatives, they are.
    """

    kind: str
    layer: int
    rows: Sequence[str]
    columns: Sequence[str]
    place: Place
    transposed: bool = False
    argument: bool = False
    name: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return len(self.rows), len(self.columns)


MatrixPiece = str | Operand | Matrix


class MatrixForm(Struct, frozen=True, eq=False):
    """One equation: matrices, and what stands between them, in reading order; the result comes first."""

    pieces: tuple[MatrixPiece, ...]

    @property
    def matrices(self) -> list[Matrix]:
        """The matrices among the pieces."""
        return [piece for piece in self.pieces if isinstance(piece, Matrix)]

    @property
    def result(self) -> Matrix:
        """What the equation computes."""
        return self.matrices[0]


def lying(matrix: Matrix) -> Matrix:
    """Rows as columns."""
    place = matrix.place
    turned = replace(matrix, rows=matrix.columns, columns=matrix.rows, transposed=not matrix.transposed)
    return replace(turned, place=lambda i, j: place(j, i))


def cut(matrix: Matrix, start: int, stop: int) -> Matrix:
    """The rows from `start` to before `stop`."""
    place = matrix.place
    return replace(matrix, rows=matrix.rows[start:stop], place=lambda i, j: place(start + i, j))


def row_of(matrix: Matrix, row: int) -> Matrix:
    """One row, as a column."""
    return replace(lying(cut(matrix, row, row + 1)), columns=("",), transposed=False)


def stacked(first: Matrix, second: Matrix) -> Matrix:
    """The rows of both, one below the other."""
    count, above, below = len(first.rows), first.place, second.place
    return replace(
        first,
        rows=(*first.rows, *second.rows),
        place=lambda i, j: above(i, j) if i < count else below(i - count, j),
        name=f"[{first.name}, {second.name}]",
    )


def spread(matrix: Matrix, rows: Sequence[str], columns: Sequence[str]) -> Matrix:
    """A number once for each place, or a vector once for each row."""
    place, alone = matrix.place, matrix.shape == (1, 1)
    return replace(matrix, rows=rows, columns=columns, place=lambda i, j: place(0, 0) if alone else place(j, 0))


def of_each_example(vector: Matrix, labels: Sequence[str]) -> Matrix:
    """A vector of one example as the columns of them all."""
    place = vector.place
    return replace(vector, columns=labels, place=lambda i, j: (place(i, 0)[0], j))
