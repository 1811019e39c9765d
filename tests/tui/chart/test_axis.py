"""Round numbers beside the errors and under the iterations."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.chart.axis import axis_for, count, iteration_ticks, on_rows


def marks(low, high, most=4, width=10, **options):
    return [tick.text for tick in axis_for(low, high, **{"logarithmic": False, **options}).ticks(most, width)]


def test_linear():
    assert marks(0.01, 0.3) == ["0", "0.1", "0.2", "0.3"]
    assert marks(0.28, 0.3) == ["0.28", "0.29", "0.3"]
    assert marks(-2, 2) == ["−2", "−1", "0", "1", "2"][::2]
    assert marks(0.291, 0.2984, most=3) == ["0.292", "0.298"]
    assert marks(5, 5) == ["0", "5", "10"]
    assert marks(0, 0) == ["0", "0.5", "1"]


def test_logarithmic():
    assert marks(1e-5, 1, most=8, logarithmic=True) == ["1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]
    assert marks(1e-12, 1, logarithmic=True) == ["1e-10", "1e-5", "1"]
    assert marks(0.02, 0.3, logarithmic=True) == ["0.02", "0.05", "0.1", "0.2"]
    assert marks(0.02, 0.3, logarithmic=True, floor="0") == ["0", "0.05", "0.1", "0.2"]
    assert marks(0.28, 0.3, logarithmic=True) == ["0.28", "0.29", "0.3"]


@given(st.floats(-1e308, 1e308), st.floats(-1e308, 1e308), st.integers(2, 9), st.booleans())
def test_any_range_has_few_numbers_inside_it(one, other, most, logarithmic):
    low, high = sorted((one, other))
    assume(low > 0 or not logarithmic)
    axis = axis_for(low, high, logarithmic=logarithmic)
    ticks = axis.ticks(most, 9)
    assert len(ticks) <= most
    assert all(0 <= tick.height <= 1 and 0 < len(tick.text) <= 9 for tick in ticks)
    heights = axis.heights(np.array([low, high, math.inf, math.nan]))
    assert 0 <= heights[0] <= heights[1] <= 1
    assert np.isnan(heights[2:]).all()


@pytest.mark.parametrize(
    ("iteration", "step", "text"),
    [(0, 1000, "0"), (4000, 1000, "4k"), (4500, 500, "4500"), (3_000_000, 1_000_000, "3M"), (500_000, 500_000, "500k")],
)
def test_long_iterations_are_short(iteration, step, text):
    assert count(iteration, step) == text


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000), st.integers(4, 200))
def test_iterations_are_in_steps(first, length, columns):
    ticks = [at for at, _ in iteration_ticks(first, first + length, columns)]
    steps = {later - earlier for earlier, later in itertools.pairwise(ticks)}
    assert len(steps) <= 1
    assert first <= ticks[0] <= ticks[-1] <= first + length
    assert first or ticks[0] == 0
    assert len(ticks) <= columns


def test_a_walk_that_begins_late_has_round_iterations_too():
    assert [text for _, text in iteration_ticks(950, 2210, 40)] == [
        "1000",
        "1200",
        "1400",
        "1600",
        "1800",
        "2000",
        "2200",
    ]
    assert iteration_ticks(57, 57, 40) == [(57, "57")]


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(4, 40))
def test_ticks_stand_on_whole_rows_each_as_far_from_the_next(low, span, rows):
    axis = axis_for(low, low + span, logarithmic=False)
    longer = on_rows(axis, rows, 4, rows // 2 + 1)
    assert longer.low <= axis.low + 1e-6 * span
    assert longer.high >= axis.high
    assume(longer is not axis)
    lines = [(1 - tick.height) * (rows * 4 - 1) / 4 for tick in longer.ticks(rows // 2 + 1, 20)]
    apart = {round(below - above, 6) for above, below in zip(lines[1:], lines, strict=False)}
    assert len(apart) == 1
    assert apart.pop() % 1 < 1e-6
