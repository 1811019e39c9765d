"""What the function that `array_code` writes calls, besides numpy and the program's own operations."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.formula.arithmetic import ordered_sum, row_sums
from engine.formula.exact import einsum
from engine.program.chain_rule import added
from engine.program.operations import Operands, Shape

Array = NDArray[np.float64]


ALONE = 8192
"""Numbers from which a library of linear algebra may ask for threads."""


class Known(Operands):
    """The operands of a call, and what it makes."""

    def __init__(self, shapes: tuple[Shape, ...], operands: Sequence[Array], result: Array) -> None:
        self.shapes, self._operands, self._result = shapes, operands, result

    def __getitem__(self, place: int) -> Array:
        return self._operands[place]

    @property
    def result(self) -> Array:
        """The result."""
        return self._result


def in_order(terms: Array) -> Array:
    """The sum over the first axis, whatever order the terms have in memory."""
    return ordered_sum(np.ascontiguousarray(terms))


def joined(parts: Sequence[Array], shared: bool) -> Array:
    """What comes back through several equations; to what is one for the whole batch over all examples."""
    if shared:
        parts = [in_order(part)[np.newaxis] if len(part) > 1 else part for part in parts]
    return added(parts)


def error_of(parts: Array) -> float:
    """The sum of the examples' errors, each from its first part to its last; a row for each example."""
    return float(np.add.accumulate(row_sums(parts))[-1]) + 0.0


def total(array: Array) -> float:
    """A number that is not finite if one of these is not; of very large ones it may be as well."""
    if array.size < ALONE:
        return float(np.vdot(array, array))
    return float(einsum("i->", array.ravel(order="K")))
