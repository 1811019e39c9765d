"""A million errors on a few dozen columns: what each dot column shows of them.

Each column keeps the least and the greatest error of its iterations, so a spike of a single iteration stays visible,
and the first and the last, so the line between two columns is the one that really joins them. All is done by
whole-array operations, and none of it depends on where one is: moving about in a recorded run looks at no error again.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.program.batches import epoch_means

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
T = TypeVar("T")


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

    @property
    def end(self) -> int:
        """Where the first iteration after them is, or would be, among the errors."""
        return self.begin + len(self.means) * self.batches

    def within(self, starts: Places, ends: Places) -> tuple[Places, Places]:
        """The first and the last of these epochs that have iterations among those from `starts` to `ends`.

        Where there is none the last one is before the first.
        """
        first, last = (starts - self.begin) // self.batches, (ends - self.begin) // self.batches
        return np.maximum(0, first), np.minimum(len(self.means) - 1, last)

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
        self._kept_size = (0, 0)
        self._found: dict[str, Any] = {}

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
    def curve(self) -> Floats:
        """What the curve goes through: the errors, or of each the mean of its epoch; nan where that is not complete."""
        epochs = self.epochs
        if epochs is None:
            return self.errors
        means = np.full(len(self), np.nan)
        means[epochs.begin : epochs.end] = np.repeat(epochs.means, epochs.batches)
        return means

    @cached_property
    def rest(self) -> "Series":
        """The errors of the epochs that are not complete; nan elsewhere."""
        rest = self.errors.copy()
        if self.epochs is not None:
            rest[self.epochs.begin : self.epochs.end] = np.nan
        return Series(rest)

    def columns(self, span: int, columns: int) -> Columns:
        """The curve, as `decimate` gathers it; kept for the next time."""
        return self._kept("curve", span, columns, self._curve_columns)

    def band(self, span: int, columns: int) -> tuple[Floats, Floats]:
        """The least and the greatest error by dot column, of an epoch all in each column that it reaches into."""
        return self._kept("band", span, columns, self._band)

    def _curve_columns(self, span: int, columns: int) -> Columns:
        epochs = self.epochs
        if epochs is None:
            return decimate(self.errors, span, columns)
        first, last = epochs.within(*_edges(len(self), span, columns))
        there = first <= last
        found = np.full((4, len(there)), np.nan)
        if there.any():
            first, last = first[there], last[there]
            found[:2, there] = _extremes(epochs.means, first, last)
            found[2:, there] = _finite(epochs.means[[first, last]])
        return Columns(*found)

    def _band(self, span: int, columns: int) -> tuple[Floats, Floats]:
        starts, ends = _edges(len(self), span, columns)
        epochs = self.epochs
        if epochs is not None:
            first, last = epochs.within(starts, ends)
            there = first <= last
            starts = np.where(there, np.minimum(starts, epochs.begin + first * epochs.batches), starts)
            ends = np.where(there, np.maximum(ends, epochs.begin + (last + 1) * epochs.batches - 1), ends)
        return _extremes(self.errors, starts, ends)

    def _kept(self, what: str, span: int, columns: int, found: Callable[[int, int], T]) -> T:
        if self._kept_size != (span, columns):
            self._kept_size, self._found = (span, columns), {}
        if what not in self._found:
            self._found[what] = found(span, columns)
        result: T = self._found[what]
        return result


def decimate(errors: Floats, span: int, columns: int) -> Columns:
    """Errors gathered into dot columns, as `column_of` has them; of `span` iterations, at least as many as columns.

    If there are fewer errors than iterations, so are the columns that are returned.
    """
    edges, ends = _edges(len(errors), span, columns)
    return Columns(*_extremes(errors, edges, ends), _finite(errors[edges]), _finite(errors[ends]))


def _extremes(values: Floats, starts: Places, ends: Places) -> tuple[Floats, Floats]:
    """The least and the greatest finite value from each start to its end, which is included; nan for none."""
    if not len(starts):
        return np.empty(0), np.empty(0)
    bounds = np.column_stack([starts, ends + 1]).reshape(-1)  # what is between an end and the next start is left out
    finite = np.isfinite(values)
    all_finite = finite.all()
    extremes = []
    for ufunc, none in ((np.minimum, np.inf), (np.maximum, -np.inf)):
        padded = np.append(values if all_finite else np.where(finite, values, none), none)  # for a bound just beyond
        extremes.append(_finite(ufunc.reduceat(padded, bounds)[::2]))
    return extremes[0], extremes[1]


def _edges(size: int, span: int, columns: int) -> tuple[Places, Places]:
    """The first and the last one of so many errors in each dot column that has any."""
    edges = -(-np.arange(columns, dtype=np.int64) * span // columns)
    edges = edges[edges < size]
    return edges, np.append(edges[1:], size)[: len(edges)] - 1


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
