"""What the function that `array_code` writes calls, besides numpy and the program's own operations."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.formula.arithmetic import ordered_sum, row_sums, summed_products
from engine.program.chain_rule import added
from engine.program.operations import Operands, Shape

Array = NDArray[np.float64]


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


def outer_sum(column: Array, row: Array, out: Array) -> None:
    """Of each example a column times a row, added up; a single one as it is."""
    if len(column) == 1:
        np.multiply(column[0][:, np.newaxis], row[0], out=out)
    else:
        summed_products(column, row, out)


def mean_of(sums: Array, count: int) -> None:
    """Divides by the number of examples; in no case −0 is left."""
    if count == 1:
        np.add(sums, 0.0, out=sums)
    elif count & (count - 1):
        np.divide(sums, count, out=sums)
    else:  # by a power of 2 a product is the same to the last bit, and quicker
        np.multiply(sums, 1 / count, out=sums)


def joined(parts: Sequence[Array], shared: bool) -> Array:
    """What comes back through several equations; to what is one for the whole batch over all examples."""
    if shared:
        parts = [ordered_sum(part)[np.newaxis] if len(part) > 1 else part for part in parts]
    return added(parts)


def error_of(terms: Sequence[Array], count: int) -> float:
    """The sum of the examples' errors, each from its first term to its last."""
    flat = [term if term.ndim == 2 else term.reshape(len(term), -1) for term in terms]
    if any(len(term) != count for term in flat):
        flat = [np.broadcast_to(term, (count, term.shape[1])) for term in flat]
    parts = flat[0] if len(flat) == 1 else np.concatenate(flat, axis=1)
    return float(np.add.accumulate(row_sums(parts))[-1]) + 0.0


def total(array: Array) -> float:
    """A number that is not finite if one of these is not; of very large ones it may be as well."""
    return float(np.vdot(array, array)) if array.size < 8192 else float(np.add.reduce(array, axis=None))
