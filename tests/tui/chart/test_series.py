"""Many errors on few columns."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.chart.series import Series, column_of, decimate, iteration_of

any_errors = arrays(np.float64, st.integers(1, 300), elements=st.floats(width=64))


@given(any_errors, st.integers(1, 100))
def test_every_column_keeps_its_extremes_and_ends(errors, columns):
    assume(columns <= len(errors))
    found = decimate(errors, len(errors), columns)
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


@given(any_errors, st.integers(0, 300), st.integers(1, 100))
def test_fewer_errors_than_iterations_stand_in_the_same_columns(errors, more, columns):
    span = len(errors) + more
    assume(columns <= span)
    found = decimate(errors, span, columns)
    groups = {}
    for iteration, error in enumerate(errors):
        groups.setdefault(column_of(iteration, span, columns), []).append(error)
    assert len(found.least) == len(groups)
    for column, group in groups.items():
        assert np.array_equal(found.greatest[column], max(filter(np.isfinite, group), default=np.nan), equal_nan=True)


@given(
    arrays(np.float64, st.integers(0, 60), elements=st.floats(0, 1e3)),
    st.integers(0, 20),
    st.integers(2, 9),
)
def test_the_mean_of_an_epoch_is_that_of_its_iterations(errors, first, batches):
    series = Series(errors, first, batches)
    for place, mean in enumerate(series.curve):
        epoch = (first + place) // batches
        start = epoch * batches - first
        own = errors[start : start + batches] if start >= 0 else []
        if len(own) == batches:
            assert mean == pytest.approx(math.fsum(own) / batches, rel=1e-12)
            assert np.isnan(series.rest.errors[place])
            assert series.epochs.means[epoch - series.epochs.number] == mean
        else:
            assert np.isnan(mean)
            assert series.rest.errors[place] == errors[place]


@given(
    arrays(np.float64, st.integers(1, 200), elements=st.floats(0, 1e3) | st.just(np.nan)),
    st.integers(0, 20),
    st.integers(2, 9),
    st.integers(0, 50),
    st.integers(1, 60),
)
def test_columns_hold_what_their_epochs_hold(errors, first, batches, more, columns):
    span = len(errors) + more
    assume(columns <= span)
    series = Series(errors, first, batches)
    curve, (least, greatest) = series.columns(span, columns), series.band(span, columns)
    epoch_of = (np.arange(len(errors)) + first) // batches
    whole = {e for e in epoch_of.tolist() if (epoch_of == e).sum() == batches}
    column = np.array([column_of(k, span, columns) for k in range(len(errors))])
    for c in range(column[-1] + 1):
        mine = column == c
        seen = mine | np.isin(epoch_of, [e for e in set(epoch_of[mine].tolist()) if e in whole])
        values = errors[seen][np.isfinite(errors[seen])]
        assert np.array_equal(least[c], values.min() if len(values) else np.nan, equal_nan=True)
        assert np.array_equal(greatest[c], values.max() if len(values) else np.nan, equal_nan=True)
        mine_means = series.curve[mine][np.isfinite(series.curve[mine])]
        assert np.array_equal(curve.least[c], mine_means.min() if len(mine_means) else np.nan, equal_nan=True)
        assert np.array_equal(curve.greatest[c], mine_means.max() if len(mine_means) else np.nan, equal_nan=True)
        inside = [e for e in epoch_of[mine].tolist() if e in whole]
        for end, place in ((curve.first, 0), (curve.last, -1)):
            mean = np.mean(errors[epoch_of == inside[place]]) if inside else np.nan
            assert end[c] == pytest.approx(mean, rel=1e-12, nan_ok=True)


def test_epochs_are_over_once_their_last_error_is_there():
    epochs = Series(np.arange(11.0), 4, 3).epochs  # iterations 4, 5 | 6, 7, 8 | 9, 10, 11 | 12, 13, 14
    assert (epochs.number, epochs.begin, epochs.means.tolist()) == (2, 2, [3.0, 6.0, 9.0])
    assert [epochs.until(reached) for reached in (0, 4, 5, 7, 8, 11)] == [0, 0, 1, 1, 2, 3]


def test_a_mean_of_great_errors_is_a_number_and_one_of_none_is_none():
    means = Series(np.array([1.7e308] * 3 + [1.0, np.nan, 2.0, 1.0, np.inf, 2.0]), 0, 3).curve
    assert means[:3] == pytest.approx([1.7e308] * 3)
    assert not np.isfinite(means[3:]).any()


def test_the_same_memory_is_the_same_errors():
    errors = np.arange(10.0)
    series = Series(errors[:5])
    assert series.holds(errors[:5])
    assert not series.holds(errors[:6])
    assert not series.holds(errors[1:6])
    assert not series.holds(errors[:5].copy())
    assert not series.holds(errors[:5], first=1)
    assert not series.holds(errors[:5], batches=2)
