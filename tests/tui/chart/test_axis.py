"""Round numbers beside the errors and under the iterations."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tui.chart.axis import Axis, axis_for, count, iteration_ticks, on_rows


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
    assert marks(0.02, 0.3, logarithmic=True, floor="0") == ["0", "0.01", "0.1"]
    assert marks(0.28, 0.3, logarithmic=True) == ["0.28", "0.29", "0.3"]


def test_what_is_no_more_than_a_decade_may_be_in_even_steps():
    assert marks(1, 10, most=5, logarithmic=True) == ["2", "4", "6", "8", "10"]
    assert marks(1, 10.01, most=5, logarithmic=True) == ["1", "2", "5", "10"]


def test_a_floor_has_a_decade_of_its_own_while_there_is_one():
    assert axis_for(1e-300, 1.0, logarithmic=True, floor="0").low == 1e-300
    assert axis_for(1.5e-300, 1.0, logarithmic=True, floor="0").low == pytest.approx(1.5e-301)


def test_an_axis_on_rows_is_half_longer_at_most():
    assert on_rows(Axis(0.0, 4 / 3), 2, 9) == Axis(0.0, 2.0, step=2.0)
    assert on_rows(Axis(0.0, 1.333), 2, 9) == Axis(0.0, 1.333)


@pytest.mark.parametrize("rows", [4, 7, 10])
def test_powers_of_ten_on_rows(rows):
    assert on_rows(Axis(1e-3, 1.0, logarithmic=True), rows, 9).step == 1.0


@pytest.mark.parametrize(("low", "kept"), [(1e-299, False), (1e-300, True)])
def test_near_the_end_of_floats_powers_of_ten_stay_where_they_are(low, kept):
    axis = Axis(low, low * 1e8, logarithmic=True)
    assert (on_rows(axis, 9, 9) == axis) is kept


@given(st.floats(-1e308, 1e308), st.floats(-1e308, 1e308), st.integers(2, 9), st.booleans())
@example(0.0894841775, 1.0, 2, True)
def test_any_range_has_few_numbers_inside_it(one, other, most, logarithmic):
    low, high = sorted((one, other))
    assume(low > 0 or not logarithmic)
    axis = axis_for(low, high, logarithmic=logarithmic)
    ticks = axis.ticks(most, 9)
    assert len(ticks) <= most
    assert all(0 < len(tick.text) <= 9 for tick in ticks)
    at = axis.heights(np.array([tick.value for tick in ticks]))
    assert ((at > -1e-6) & (at < 1 + 1e-6)).all()
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


def rows_of(axis, rows, most):
    """Where the round numbers are, in rows from the middle of the lowest one."""
    return axis.heights(np.array([tick.value for tick in axis.ticks(most, 20)])) * (rows - 1)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 40))
def test_ticks_are_the_middles_of_rows_each_as_far_from_the_next(low, span, rows):
    axis = axis_for(low, low + span, logarithmic=False)
    longer = on_rows(axis, rows, rows // 2 + 1)
    assert longer.low <= axis.low + 1e-6 * span
    assert longer.high >= axis.high - 1e-6 * span
    assume(longer is not axis)
    places = rows_of(longer, rows, rows // 2 + 1)
    assert 2 <= len(places) <= max(2, rows // 2 + 1)
    assert places == pytest.approx(np.rint(places), abs=1e-5)
    assert len(set(np.diff(np.rint(places)))) == 1
    if low >= 0:
        assert longer.low >= 0


@given(st.floats(1e-12, 1e12), st.floats(100, 1e12), st.integers(4, 40))
def test_powers_of_ten_are_the_middles_of_rows_too(low, ratio, rows):
    axis = axis_for(low, low * ratio, logarithmic=True)
    longer = on_rows(axis, rows, rows // 2 + 1)
    assume(longer is not axis)
    assert longer.low <= low * 1.000001
    assert longer.high >= low * ratio * 0.999999
    places = rows_of(longer, rows, rows // 2 + 1)
    assert len(places) >= 2
    assert places == pytest.approx(np.rint(places), abs=1e-5)


def test_an_axis_is_lengthened_for_its_ticks_wherever_that_costs_little():
    """Else the property above would hold of nothing."""
    found = [on_rows(axis_for(0.0, span, logarithmic=False), rows, rows // 2 + 1).step for span, rows in
             itertools.product((0.03, 0.11, 0.95, 1.57, 7.3), (2, 3, 5, 6, 8, 12, 30))]  # fmt: skip
    assert sum(step is None for step in found) <= 4
