"""Functions of whole arrays, and sums of products, are those of one number after the other, to the last bit."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.formula import exact
from engine.formula.activations import ACTIVATIONS
from engine.formula.arithmetic import ordered_sum, summed_products
from engine.formula.field import REAL
from engine.program.elementwise import Elementwise

NAMES = ["exp", "tanh", "log", "log1p"]
NUMBERS = st.floats(-750, 750) | st.floats(-1, 1) | st.sampled_from([0.0, -0.0, 5e-324, math.inf, -math.inf, math.nan])


def bits(array):
    return np.where(np.isnan(array), 0, np.asarray(array, dtype=np.float64).view(np.int64))


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("name", NAMES)
@given(numbers=arrays(np.float64, st.integers(1, 30), elements=NUMBERS))
@settings(max_examples=60, deadline=None)
def test_functions_are_those_of_math(name, trusted, numbers):
    made = exact.of_arrays(name) if trusted else exact._one_by_one(name)
    expected = np.array([getattr(REAL, name)(number) for number in numbers.tolist()])
    with np.errstate(all="ignore"):
        found = made(numbers)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert np.array_equal(bits(found), bits(expected))


@settings(max_examples=300, deadline=None)
@given(
    count=st.integers(1, 40),
    rows=st.integers(1, 12),
    columns=st.integers(1, 12),
    seed=st.integers(0, 10_000),
    turned=st.booleans(),
)
def test_products_are_added_one_after_the_other(count, rows, columns, seed, turned):
    random = np.random.default_rng(seed)
    first, second = (
        random.normal(size=(count, rows)),
        random.normal(size=(count, columns)) * 10.0 ** random.integers(-8, 8),
    )
    if turned:  # not in C order
        first = np.asfortranarray(first)
    expected = ordered_sum(np.ascontiguousarray(first[:, :, np.newaxis] * second[:, np.newaxis, :]))
    assert np.array_equal(bits(summed_products(first, second)), bits(expected))


@pytest.mark.parametrize("name", [name for name, record in ACTIVATIONS.items() if record.arrays is not None])
@given(numbers=arrays(np.float64, st.integers(17, 40), elements=NUMBERS))
@settings(max_examples=60, deadline=None)
def test_activations_of_arrays_are_those_of_numbers(name, numbers):
    record = ACTIVATIONS[name]
    with np.errstate(all="ignore"):
        values, slopes = record.arrays(numbers)
        found = Elementwise(record.function).compute([numbers], REAL)
    for of_arrays, of_one in ((values, record.value), (found, record.value), (slopes, record.slope)):
        expected = np.array([of_one(number, REAL) for number in numbers.tolist()])
        assert np.array_equal(np.isnan(of_arrays), np.isnan(expected))
        assert np.array_equal(bits(of_arrays), bits(expected))


def test_einsum_is_not_trusted_where_it_adds_otherwise(monkeypatch):
    exact.adds_in_order.cache_clear()
    monkeypatch.setattr(np, "einsum", lambda _, first, second: np.ascontiguousarray(first).T @ second)
    assert not exact.adds_in_order()
    exact.adds_in_order.cache_clear()
