"""Sums run left to right: held against plain Python loops, to the last bit."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from engine.formula.arithmetic import divided, mapped, multiplied, ordered_sum, summed_products, weighted_sum

numbers = st.floats(-1e6, 1e6)


def left_to_right(terms):
    total = 0.0
    for term in terms:
        total = total + term
    return total


@given(arrays(float, array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=40), elements=numbers))
@example(np.full((1, 2), -0.0))  # a sum that begins with 0 is never −0
@example(np.full((3, 1), -0.0))
@example(np.full((3, 2), -0.0))
def test_ordered_sum_adds_in_order(terms):
    rest = [terms[(slice(None), *index)] for index in np.ndindex(terms.shape[1:])]
    expected = np.array([left_to_right(column.tolist()) for column in rest]).reshape(terms.shape[1:])
    assert ordered_sum(terms).tobytes() == expected.tobytes()


@pytest.mark.parametrize(("batch", "n", "m"), [(1, 1, 1), (1, 300, 1), (3, 17, 1), (1, 9, 5), (4, 300, 3), (2, 1, 2)])
def test_weighted_sum_adds_products_in_order(batch, n, m):
    random = np.random.default_rng(batch * n * m)
    factors, weights = random.normal(size=(batch, n)), random.normal(size=(m, n))
    expected = [[left_to_right([w * f for w, f in zip(row, one, strict=True)]) for row in weights] for one in factors]
    assert weighted_sum(factors, weights).tobytes() == np.array(expected).tobytes()


def test_weighted_sum_in_blocks_is_the_same(monkeypatch):
    random = np.random.default_rng(5)
    factors, weights = random.normal(size=(6, 11)), random.normal(size=(4, 11))
    monkeypatch.setattr("engine.formula.arithmetic.adds_in_order", lambda: False)
    whole = weighted_sum(factors, weights)
    products = []
    monkeypatch.setattr(
        "engine.formula.arithmetic.ordered_sum", lambda terms: products.append(terms.size) or ordered_sum(terms)
    )
    for limit, held in ((6 * 11 * 4, [6 * 11 * 4]), (6 * 11 * 4 - 1, [11 * 4] * 6), (1, [11 * 4] * 6)):
        monkeypatch.setattr("engine.formula.arithmetic.LARGEST_BLOCK", limit)
        products.clear()
        parts = weighted_sum(factors, weights)
        assert (parts.shape, parts.tobytes()) == (whole.shape, whole.tobytes())
        assert products == held


@pytest.mark.parametrize("shape", [(40, 130, 70), (40, 70, 5000), (3, 5000, 2)])
def test_large_results_are_made_some_rows_at_a_time(shape):
    n, rows, columns = shape
    random = np.random.default_rng(1)
    first, second = random.normal(size=(n, rows)), random.normal(size=(n, columns))
    expected = np.zeros((rows, columns))
    for one, other in zip(first, second, strict=True):
        expected = expected + one[:, np.newaxis] * other
    assert np.array_equal(summed_products(first, second), expected)


def test_the_same_row_over_and_over_is_added_in_order():
    terms = np.broadcast_to(np.array([0.1, 0.7, 1e9]), (50, 3))
    assert ordered_sum(terms).tolist() == [left_to_right(column) for column in terms.T.tolist()]


def test_a_plain_numpy_sum_would_differ():
    """Otherwise the tests above prove nothing."""
    terms = np.random.default_rng(0).normal(size=300)
    assert np.sum(terms) != ordered_sum(terms)


@pytest.mark.parametrize(
    ("first", "second"), [("real", "real"), ("complex", "real"), ("real", "complex"), ("complex",) * 2]
)
def test_products_and_quotients_are_those_of_python(first, second):
    """Also of complex numbers, and where a number meets a row."""
    random = np.random.default_rng(0)
    a = random.normal(size=(50, 1)) + (1j * random.normal(size=(50, 1)) if first == "complex" else 0)
    b = random.normal(size=(50, 3)) + (1j * random.normal(size=(50, 3)) if second == "complex" else 0)
    assert multiplied(a, b).tolist() == [[x * y for y in row] for (x,), row in zip(a.tolist(), b.tolist(), strict=True)]
    if second == "real":
        assert divided(a, b).tolist() == [
            [x / y for y in row] for (x,), row in zip(a.tolist(), b.tolist(), strict=True)
        ]
    by_row = np.array([[sum(x * y for x, y in zip(row, b[0].tolist(), strict=True))] for row in b.tolist()])
    assert weighted_sum(b, b[:1]).tolist() == by_row.tolist()


def test_mapped_calls_the_function_once_for_each_element():
    assert mapped(math.exp, np.array([[0.0, 1.0], [-1.0, 2.0]])).tolist() == [
        [1.0, math.exp(1.0)],
        [math.exp(-1.0), math.exp(2.0)],
    ]
