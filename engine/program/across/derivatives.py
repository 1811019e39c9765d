"""What stands only in formulas of derivatives: outer products, parts of values, Jacobians.

None of it is differentiated, so each is computed and no more.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from engine.formula.arithmetic import FEW, ordered_sum, scalars
from engine.formula.field import REAL, Functions
from engine.formula.tree import ATOM, PRODUCT, Function, Writing
from engine.program.coded import Code, Language, atom, contracted
from engine.program.operations import Array, Operation, Shape


class OuterProduct(Operation):
    """a[p]·b[q]: a column times a row; only computed."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """(elements of the first, elements of the second)."""
        return shapes[0] + shapes[1]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """A product and no sum."""
        column, row = operands
        return np.asarray(column[:, :, np.newaxis] * row[:, np.newaxis, :])

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """By the letters of the axes."""
        first, second = operands
        shape = first.shape + second.shape
        if not first.per_example and not second.per_example:
            return Code(f"{language.library.prefix}outer({first.text}, {second.text})", ATOM, shape)
        return contracted(language, first, second, ("p", "q", "pq"), shape)


class Part(Operation):
    """Some of the rows of a matrix, or elements of a vector; only computed.

    Args:
        start: the first.
        stop: behind the last.
        alone: whether it is one, which is a number by itself.
    """

    def __init__(self, start: int, stop: int, *, alone: bool) -> None:
        self.start, self.stop, self.alone = start, stop, alone

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """As many as they are."""
        return shapes[0][1:] if self.alone else (self.stop - self.start, *shapes[0][1:])

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """The elements as they are."""
        (whole,) = operands
        return whole[:, self.start] if self.alone else whole[:, self.start : self.stop]

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """Behind the examples."""
        (whole,) = operands
        part = f"{self.start or ''}:{'' if self.stop == whole.shape[0] else self.stop}"
        text = f"{atom(whole)}[{':, ' * whole.per_example}{self.start if self.alone else part}]"
        return Code(text, ATOM, self.shape([whole.shape]), whole.per_example)


class Jacobian(Operation):
    """dy_j/dx_k of each row (the last axis) of y; only computed.

    Args:
        of_row: it from one row, and whether it is taken as one writes it, `of_outputs`.
        of_rows: it from many rows of real numbers, to the last bit.
    """

    def __init__(self, of_row: Callable[..., list[list[float]]], of_rows: Callable[[Array], Array]) -> None:
        self._of_row, self._of_rows = of_row, of_rows

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """Of each row a matrix."""
        return (*shapes[0], shapes[0][-1])

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Row by row, or all rows at once."""
        (y,) = operands
        if f is REAL and y.size > FEW:
            return self._of_rows(y.reshape(-1, y.shape[-1])).reshape(*y.shape, y.shape[-1])
        rows = scalars(y.reshape(-1, y.shape[-1]))
        found = [self._of_row(row, of_outputs=True) if f.of_outputs else self._of_row(row) for row in rows]
        return np.array(found).reshape(*y.shape, y.shape[-1])


class ThroughRows(Operation):
    """dE/dx_k = Σ_j dy_j/dx_k·dE/dy_j of each row, from the first j to the last; only computed."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """That of dE/dy."""
        return shapes[1]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """All rows at once."""
        slopes, adjoint = operands
        return ordered_sum(np.ascontiguousarray(np.moveaxis(slopes * adjoint[..., np.newaxis], -2, 0)))

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """By the letters of the last axes."""
        slopes, adjoint = operands
        text = f'{language.library.prefix}einsum("...jk,...j->...k", {slopes.text}, {adjoint.text})'
        return Code(text, ATOM, adjoint.shape, adjoint.per_example)


OUTER_PRODUCT = Function(
    name="outer product",
    writing=Writing("{0}·{1}ᵀ", PRODUCT, (PRODUCT, ATOM)),
    latex=Writing(r"{0} \cdot {{{1}}}^{{\top}}", PRODUCT, (PRODUCT, ATOM)),
    across=OuterProduct(),
)
THROUGH_ROWS = Function(
    name="through rows",
    writing=Writing("{0}ᵀ·{1}", PRODUCT, (ATOM, PRODUCT)),
    latex=Writing(r"{{{0}}}^{{\top}} \cdot {1}", PRODUCT, (ATOM, PRODUCT)),
    across=ThroughRows(),
)


@cache
def part_of(start: int, stop: int, *, alone: bool) -> Function:
    """The function that takes elements or rows from `start` to before `stop`; `alone`, one of them by itself."""
    chosen, latex = (f"[{stop}]" if alone else f"[{start + 1}{dots}{stop}]" for dots in ("…", r"\dots "))
    return Function(
        name="part",
        writing=Writing(f"{{0}}{chosen}", ATOM, (ATOM,)),
        latex=Writing(f"{{0}}{latex}", ATOM, (ATOM,)),
        across=Part(start, stop, alone=alone),
    )
