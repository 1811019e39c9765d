"""The vertical axis: from errors to heights, and the round numbers to write beside it."""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.words.format import MINUS, fit, number, scientific

_STEPS = (1.0, 2.0, 5.0)

_SMALLEST_PLAIN = 1e-3
"""From here down powers of ten are written as such on a logarithmic axis."""


_ABOUT, _INEXACT = "≈", 1e-3
"""Before a rounded number; how far, in lengths of the axis, one that is not called so may be off."""

_MOST_APART, _LONGER, _FEW = 10, 1.5, 0.5
"""Rows from one number to the next, at most; how much longer an axis may become for them; what few of them cost."""

_NARROW = 1e-7
"""So much narrower than its numbers, an axis has no steps that are told apart in what is written."""

_BEYOND = 0.5
"""How far outside an axis, in its lengths, a curve is followed: its end must be a number of dots."""


class Tick(NamedTuple):
    """A round number on an axis, and what is written."""

    value: float
    text: str


class Axis(NamedTuple):
    """A range of errors, linear or logarithmic.

    `floor` names what lies below a logarithmic one, if anything does; `step` is how far its round numbers are apart (of
    a logarithmic one in powers of ten), if that is settled.
    """

    low: float
    high: float
    logarithmic: bool = False
    floor: str = ""
    step: float | None = None

    def heights(self, errors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where errors stand, from 0 (bottom) to 1 (top), or not far outside; nan where they are not finite."""
        errors = np.asarray(errors, dtype=np.float64)
        with np.errstate(all="ignore"):
            if self.logarithmic:
                logs = np.log10(np.where(errors > 0, errors, self.low))
                low, high = np.log10([self.low, self.high])  # as above: the last bit of `math`'s is another one
                heights = (logs - low) / (high - low)
            else:
                # Halved, so that the range from −1e308 to 1e308 is a number as well.
                heights = (errors / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return np.where(np.isfinite(errors), np.clip(heights, -_BEYOND, 1.0 + _BEYOND), np.nan)

    def ticks(self, most: int, width: int) -> list[Tick]:
        """Round numbers inside the range, at most so many, in so many cells; the floor's name too, if there is one.

        A number that cannot be written in them is left out; where none can, the first one is rounded, and says so.
        """
        values = self._at_steps(self.step) if self.step else max(self._choices(max(most, 2)), key=len, default=[])
        ticks = [Tick(value, self._text(value, width)) for value in values]
        if self.floor:
            ticks = [Tick(0.0, self.floor), *(tick for tick in ticks if tick.value > self.low)]
        stated = [tick for tick in ticks if tick.text == self.floor or self._states(tick)]
        return stated or [Tick(value, _ABOUT + self._text(value, width - len(_ABOUT))) for value in values[:1]]

    def _states(self, tick: Tick) -> bool:
        """Whether what is written is the number, as far as a chart shows it."""
        try:
            written = float(tick.text.replace(MINUS, "-"))
        except ValueError:
            return False
        heights = self.heights(np.array([tick.value, written]))
        return abs(float(heights[1] - heights[0])) <= _INEXACT

    @property
    def scaled(self) -> tuple[float, float]:
        """Its ends, of a logarithmic one their logarithms."""
        return (math.log10(self.low), math.log10(self.high)) if self.logarithmic else (self.low, self.high)

    def _at_steps(self, step: float) -> list[float]:
        low, high = self.scaled
        places = range(math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6) + 1)
        return [float(f"1e{round(at * step)}") if self.logarithmic else _clean(at, step) for at in places]

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
    if floor and low > 1e-300:
        low /= 10  # what is below has a place of its own
    apart = high > low * _TOLD_APART
    if logarithmic and (apart or low == high or floor):
        return Axis(low, high, True, floor) if apart else Axis(low / 2 or low, min(high * 2, _GREATEST), True, floor)
    if low / 2 == high / 2:
        return _around(high)
    if 0 < low <= high / 2:
        low = 0.0  # E cannot fall below 0: with it in sight the height says how far there is to go
    return Axis(low, high)


@lru_cache(maxsize=32)
def on_rows(axis: Axis, rows: int, most: int) -> Axis:
    """The axis a little longer, so that its round numbers, two or more but at most so many, are the middles of rows.

    Its ends are the middles of the lowest and the highest row. Where no such axis is near, it stays as it is.
    """
    low, high = axis.scaled
    span = high - low
    if rows < 2 or not max(1e-290, _NARROW * max(abs(low), abs(high))) < span < 1e290:
        return axis
    power = math.floor(math.log10(span))
    choices = []
    for exponent, factor in product(range(power - 2, power + 2), _STEPS):
        step = float(f"{factor:g}e{exponent}")
        if axis.logarithmic and step < 1:  # between powers of ten there are no even steps of round numbers
            continue
        begin = math.floor(low / step + 1e-9) * step
        for apart in range(1, _MOST_APART + 1):
            numbers, longer = 1 + (rows - 1) // apart, step / apart * (rows - 1)
            if 1 < numbers <= most and begin + longer >= high - 1e-9 * span and longer <= _LONGER * span:
                choices.append((longer / span + _FEW / (numbers - 1), begin, begin + longer, step))
    if not choices:
        return axis
    _, begin, end, step = min(choices)
    if not axis.logarithmic:
        return axis._replace(low=begin, high=end, step=step)
    return axis._replace(low=10.0**begin, high=10.0**end, step=step) if begin > -300 and end < 300 else axis


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
