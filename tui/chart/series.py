"""A million errors on a few dozen columns: what each dot column shows of them.

Each column keeps the least and the greatest error of its iterations, so a spike of a single iteration stays visible,
and the first and the last, so the line between two columns is the one that really joins them. All is done by
whole-array operations, and none of it depends on where one is: moving about in a recorded run looks at no error again.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Columns(NamedTuple):
    """Errors by dot column: the extremes of each, its first and last; nan where there is nothing finite."""

    least: Floats
    greatest: Floats
    first: Floats
    last: Floats


class Extent(NamedTuple):
    """The least and greatest of the finite errors, and the least positive one; nan where there is none."""

    low: float
    high: float
    positive: float


class Series:
    """Errors with what was found out about them, so that moving the cursor need not look at all of them again."""

    def __init__(self, errors: Floats) -> None:
        self.errors = np.asarray(errors, dtype=np.float64).reshape(-1)
        self._columns: dict[int, Columns] = {}

    def __len__(self) -> int:
        return len(self.errors)

    def holds(self, errors: Floats) -> bool:
        """Whether these are the same errors: the same place in memory, which is ours as long as we are."""
        own, other = self.errors.__array_interface__, errors.__array_interface__
        return all(own[key] == other[key] for key in ("data", "shape", "strides", "typestr"))

    @cached_property
    def extent(self) -> Extent:
        """Where the finite errors lie."""
        errors = self.errors
        if not (len(errors) and np.isfinite(errors).all()):
            errors = errors[np.isfinite(errors)]
        if not len(errors):
            return Extent(np.nan, np.nan, np.nan)
        low, high = float(errors.min()), float(errors.max())
        if low > 0:
            return Extent(low, high, low)
        positive = float(errors.min(where=errors > 0, initial=np.inf))
        return Extent(low, high, positive if positive < np.inf else np.nan)

    def columns(self, columns: int) -> Columns:
        """As `decimate`, kept for the next time."""
        if columns not in self._columns:
            self._columns = {columns: decimate(self.errors, columns)}
        return self._columns[columns]


def decimate(errors: Floats, columns: int) -> Columns:
    """Errors, at least as many as columns, gathered into them."""
    size = len(errors)
    edges = -(-np.arange(columns, dtype=np.int64) * size // columns)
    finite = np.isfinite(errors)
    if finite.all():
        least, greatest = np.minimum.reduceat(errors, edges), np.maximum.reduceat(errors, edges)
    else:
        least = np.minimum.reduceat(np.where(finite, errors, np.inf), edges)
        greatest = np.maximum.reduceat(np.where(finite, errors, -np.inf), edges)
    least = np.where(np.isfinite(least), least, np.nan)
    greatest = np.where(np.isfinite(greatest), greatest, np.nan)
    ends = np.append(edges[1:], size) - 1
    return Columns(least, greatest, _finite(errors[edges]), _finite(errors[ends]))


def column_of(iteration: int, size: int, columns: int) -> int:
    """The dot column of an iteration among `size`; few ones are spread over all the columns."""
    if size >= columns:
        return min(iteration * columns // size, columns - 1)
    return 0 if size < 2 else (2 * iteration * (columns - 1) + size - 1) // (2 * (size - 1))


def iteration_of(column: int, size: int, columns: int) -> int:
    """The iteration nearest to a dot column: the other way round."""
    if size >= columns:
        return min(-(-column * size // columns), size - 1)
    return 0 if size < 2 else min((2 * column * (size - 1) + columns - 1) // (2 * (columns - 1)), size - 1)


def _finite(errors: Floats) -> Floats:
    return np.where(np.isfinite(errors), errors, np.nan)
