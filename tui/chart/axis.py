"""The vertical axis: from errors to heights, and the round numbers to write beside it."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.format import fit, number, scientific

_STEPS = (1.0, 2.0, 5.0)

_SMALLEST_PLAIN = 1e-3
"""From here down powers of ten are written as such on a logarithmic axis."""


_LEAST_ROWS, _ROWS_APART, _LONGER = 4, (2, 3, 4, 5), 1.5
"""Rows of a chart that has room for more than one number, and from one of them to the next; how much that may cost."""


class Tick(NamedTuple):
    """A round number on an axis: where, from 0 (bottom) to 1, and what is written."""

    height: float
    text: str


class Axis(NamedTuple):
    """A range of errors, linear or logarithmic. `floor` names what lies below a logarithmic one, if anything does."""

    low: float
    high: float
    logarithmic: bool = False
    floor: str = ""

    def heights(self, errors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where errors stand, from 0 (bottom) to 1 (top); nan where they are not finite."""
        errors = np.asarray(errors, dtype=np.float64)
        with np.errstate(all="ignore"):
            if self.logarithmic:
                logs = np.log10(np.where(errors > 0, errors, self.low))
                heights = (logs - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
            else:
                # Halved, so that the range from −1e308 to 1e308 is a number as well.
                heights = (errors / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return np.where(np.isfinite(errors), np.clip(heights, 0.0, 1.0), np.nan)

    def ticks(self, most: int, width: int) -> list[Tick]:
        """Round numbers inside the range, at most so many, in so many cells; the floor's name too, if there is one.

        Where the cells do not suffice to tell two numbers apart, only the first of them is written.
        """
        values = max(self._choices(max(most, 2)), key=len, default=[])
        heights = self.heights(np.array(values, dtype=np.float64)).tolist()
        ticks = [Tick(height, self._text(value, width)) for height, value in zip(heights, values, strict=True)]
        if self.floor:
            ticks = [Tick(0.0, self.floor), *(tick for tick in ticks if tick.height > 0)]
        return list({tick.text: tick for tick in reversed(ticks)}.values())[::-1]

    def _choices(self, most: int) -> Iterable[list[float]]:
        """Sets of ticks that are not too many."""
        sets: Iterable[list[float]] = [_evenly(self.low, self.high, most)]
        if self.logarithmic:
            sets = [*_decades(self.low, self.high), *([] if self.high / self.low > 10 else sets)]
        for values in sets:
            if len(values) <= most:
                yield values

    def _text(self, value: float, width: int) -> str:
        short = scientific(value, 9) if self.logarithmic and value < _SMALLEST_PLAIN else number(value, 9)
        return short if len(short) <= width else fit(value, width, 9)


_TOLD_APART = 1 + 1e-9
"""The least ratio of a logarithmic axis: nearer numbers have one logarithm, or nearly, and a linear axis shows them."""


_GREATEST = 1.7e308
"""About the greatest float there is."""


def axis_for(low: float, high: float, *, logarithmic: bool, floor: str = "") -> Axis:
    """The axis on which errors from `low` to `high` are seen best; for a logarithmic one both are positive."""
    apart = high > low * _TOLD_APART
    if logarithmic and (apart or low == high or floor):
        return Axis(low, high, True, floor) if apart else Axis(low / 2 or low, min(high * 2, _GREATEST), True, floor)
    if low / 2 == high / 2:
        return _around(high)
    if 0 < low <= high / 2:
        low = 0.0  # E cannot fall below 0: with it in sight the height says how far there is to go
    return Axis(low, high)


def on_rows(axis: Axis, rows: int, dots: int, most: int) -> Axis:
    """The axis a little longer, so that its ticks, at most so many, fall on whole rows, each as far from the next.

    A row has so many `dots`; the lowest one of the lowest row is the low end. A logarithmic axis stays as it is.
    """
    span = axis.high - axis.low
    if axis.logarithmic or rows < _LEAST_ROWS or not 1e-290 < span < 1e290:
        return axis
    power = math.floor(math.log10(span))
    choices = []
    for step in (float(f"{m:g}e{exponent}") for exponent in range(power - 2, power + 2) for m in _STEPS):
        low = math.floor(axis.low / step + 1e-9) * step
        highs = (low + step / apart * (rows - 1 / dots) for apart in _ROWS_APART)
        choices += [(high - low, low, high, step) for high in highs if high >= axis.high]
    for longer, low, high, step in sorted(choices):
        if longer > _LONGER * span:
            break
        values = _evenly(low, high, most)
        if len(values) > 1 and math.isclose(values[1] - values[0], step):
            return Axis(low, high)
    return axis


def _around(value: float) -> Axis:
    """The linear axis of a constant: it lies in the middle, with 0 in sight."""
    if abs(value) > _GREATEST / 2:
        return Axis(min(value, value / 2), max(value, value / 2))
    low, high = min(0.0, 2 * value), max(0.0, 2 * value)
    return Axis(low, high) if high / 2 > low / 2 else Axis(0.0, 1.0)


def iteration_ticks(first: int, last: int, columns: int) -> list[tuple[int, str]]:
    """Round iterations from `first` to `last` whose labels do not touch on so many columns."""
    for power in range(len(str(last)) + 1):
        for factor in (1, 2, 5):
            step = factor * 10**power
            begin, end = -(-first // step) * step, last // step * step
            widest = max(len(count(at, step)) for at in (begin, begin + step, end))
            if begin + step > last or (widest + 2) * (last - first) <= step * max(columns - 1, 1):
                return [(at, count(at, step)) for at in range(begin, last + 1, step)] or [(first, str(first))]
    return [(first, str(first))]


def count(iteration: int, step: int = 1) -> str:
    """An iteration among others in such steps: long ones in thousands (`20k`) and millions."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if iteration and step % size == 0:
            return f"{iteration // size}{letter}"
    return str(iteration)


def _evenly(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    span = high / 2 - low / 2
    if not span > 0:
        return []
    power = math.floor(math.log10(span)) - 2
    finer: list[float] = []
    for factor in (float(f"{step:g}e{exponent}") for exponent in range(power, power + 5) for step in _STEPS):
        if not 0 < factor < math.inf or span / factor > 1e6:
            continue
        first, last = math.ceil(low / factor - 1e-9), math.floor(high / factor + 1e-9)
        values = [_clean(index, factor) for index in range(first, min(last, first + 20) + 1)]
        if len(values) <= most:
            # One number says nothing of the scale: then rather two of the finer ones.
            return values if len(values) > 1 or len(finer) < 2 else [finer[0], finer[-1]]
        finer = values
    return []


def _clean(index: int, factor: float) -> float:
    """The multiple without the dust of binary fractions: 0.3, not 0.30000000000000004."""
    return float(f"{index * factor:.15g}")


def _decades(low: float, high: float) -> Iterable[list[float]]:
    """Powers of ten, every one or fewer, and with 2 and 5 between them."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    for stride in (1, 2, 5, 10, 20, 50, 100, 200):
        exponents = range(-(-first // stride) * stride, last + 1, stride)
        yield _inside([float(f"1e{exponent}") for exponent in exponents], low, high)
    yield _inside([float(f"{m:g}e{exponent}") for exponent in range(first - 1, last + 1) for m in _STEPS], low, high)


def _inside(values: Sequence[float], low: float, high: float) -> list[float]:
    return [value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9) and value > 0]
