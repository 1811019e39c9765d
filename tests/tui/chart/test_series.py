"""Many errors on few columns."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.chart.series import Series, column_of, decimate, iteration_of

any_errors = arrays(np.float64, st.integers(1, 300), elements=st.floats(width=64))


@given(any_errors, st.integers(1, 100))
def test_every_column_keeps_its_extremes_and_ends(errors, columns):
    assume(columns <= len(errors))
    found = decimate(errors, columns)
    groups = [[] for _ in range(columns)]
    for iteration, error in enumerate(errors):
        groups[column_of(iteration, len(errors), columns)].append(error)
    for column, group in enumerate(groups):
        finite = [error for error in group if np.isfinite(error)]
        assert np.array_equal(found.least[column], min(finite, default=np.nan), equal_nan=True)
        assert np.array_equal(found.greatest[column], max(finite, default=np.nan), equal_nan=True)
        for end, error in ((found.first, group[0]), (found.last, group[-1])):
            assert np.array_equal(end[column], error if np.isfinite(error) else np.nan, equal_nan=True)


@given(st.integers(1, 10_000_000), st.integers(2, 400), st.data())
def test_columns_and_iterations_lead_to_each_other(size, columns, data):
    column = data.draw(st.integers(0, columns - 1))
    iteration = iteration_of(column, size, columns)
    assert 0 <= iteration < size
    if size >= columns:
        assert column_of(iteration, size, columns) == column
    else:
        spacing = (columns - 1) / max(size - 1, 1)
        assert size == 1 or abs(column_of(iteration, size, columns) - column) <= spacing / 2 + 1


def test_the_extent_leaves_out_what_is_not_finite():
    assert Series(np.array([np.nan, 3.0, 0.0, np.inf, 0.5])).extent == (0.0, 3.0, 0.5)
    assert np.isnan(Series(np.array([np.nan])).extent).all()
    assert np.isnan(Series(np.array([-1.0, 0.0])).extent.positive)


def test_the_same_memory_is_the_same_errors():
    errors = np.arange(10.0)
    series = Series(errors[:5])
    assert series.holds(errors[:5])
    assert not series.holds(errors[:6])
    assert not series.holds(errors[1:6])
    assert not series.holds(errors[:5].copy())
