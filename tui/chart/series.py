"""A million errors on a few dozen columns: what each dot column shows of them.

Each column keeps the least and the greatest error of its iterations, so a spike of a single iteration stays visible,
and the first and the last, so the line between two columns is the one that really joins them. All is done by
whole-array operations, and none of it depends on where one is: moving about in a recorded run looks at no error again.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.batches import epoch_means

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


class Epochs(NamedTuple):
    """The means of the complete epochs of some errors, and how these are told from each other.

    Attributes:
        number: of the first complete epoch.
        begin: where its first iteration is among the errors.
        batches: iterations of an epoch.
        means: of each complete epoch the mean E of its iterations.
    """

    number: int
    begin: int
    batches: int
    means: Floats

    def until(self, reached: int) -> int:
        """How many of these epochs are over once so many of the errors are reached."""
        return max(0, min(len(self.means), (reached - self.begin) // self.batches))


class Series:
    """Errors with what was found out about them, so that moving the cursor need not look at all of them again.

    Args:
        errors: E of the iterations.
        first: the iteration of the first of them.
        batches: iterations of an epoch.
    """

    def __init__(self, errors: Floats, first: int = 0, batches: int = 1) -> None:
        self.errors = np.asarray(errors, dtype=np.float64).reshape(-1)
        self.first, self.batches = first, batches
        self._columns: dict[tuple[int, int], Columns] = {}

    def __len__(self) -> int:
        return len(self.errors)

    def holds(self, errors: Floats, first: int = 0, batches: int = 1) -> bool:
        """Whether these are the same errors: the same place in memory, which is ours as long as we are."""
        if (first, batches) != (self.first, self.batches):
            return False
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

    @cached_property
    def epochs(self) -> Epochs | None:
        """The epochs; None where an iteration is one."""
        if self.batches == 1:
            return None
        number, means = epoch_means(self.errors, self.first, self.batches)
        return Epochs(number, number * self.batches - self.first, self.batches, means)

    @cached_property
    def line(self) -> "Series":
        """What the curve goes through: the errors, or of each the mean of its epoch; nan where that is not complete."""
        epochs = self.epochs
        if epochs is None:
            return self
        means = np.full(len(self), np.nan)
        means[epochs.begin : epochs.begin + len(epochs.means) * epochs.batches] = np.repeat(
            epochs.means, epochs.batches
        )
        return Series(means)

    @cached_property
    def rest(self) -> "Series":
        """The errors that `line` has no mean for: those of epochs that are not complete."""
        return Series(np.where(np.isfinite(self.line.errors), np.nan, self.errors))

    def columns(self, span: int, columns: int) -> Columns:
        """As `decimate`, kept for the next time."""
        if (span, columns) not in self._columns:
            self._columns = {(span, columns): decimate(self.errors, span, columns)}
        return self._columns[span, columns]


def decimate(errors: Floats, span: int, columns: int) -> Columns:
    """Errors gathered into dot columns, as `column_of` has them; of `span` iterations, at least as many as columns.

    If there are fewer errors than iterations, so are the columns that are returned.
    """
    edges = -(-np.arange(columns, dtype=np.int64) * span // columns)
    edges = edges[edges < len(errors)]
    if not len(edges):
        return Columns(*[np.empty(0)] * 4)
    finite = np.isfinite(errors)
    if finite.all():
        least, greatest = np.minimum.reduceat(errors, edges), np.maximum.reduceat(errors, edges)
    else:
        least = np.minimum.reduceat(np.where(finite, errors, np.inf), edges)
        greatest = np.maximum.reduceat(np.where(finite, errors, -np.inf), edges)
    least = np.where(np.isfinite(least), least, np.nan)
    greatest = np.where(np.isfinite(greatest), greatest, np.nan)
    ends = np.append(edges[1:], len(errors)) - 1
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
