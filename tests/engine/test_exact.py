"""Functions of whole arrays, and sums of products, are those of one number after the other, to the last bit."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from msgspec.structs import replace

from engine.formula import exact
from engine.formula.activations import ACTIVATIONS, SIGMOID, forms
from engine.formula.arithmetic import ordered_sum, summed_products
from engine.formula.field import REAL
from engine.formula.losses import LOSSES, loss_of
from engine.formula.softmax import Softmax
from engine.formula.tree import Symbol
from engine.program.across.rows import LogSoftmax
from engine.program.elementwise import Elementwise

NAMES = exact.FUNCTIONS
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


@pytest.mark.parametrize("record", [one for one in forms() if one.arrays is not None], ids=lambda one: one.called)
@given(numbers=arrays(np.float64, st.integers(17, 40), elements=NUMBERS))
@settings(max_examples=60, deadline=None)
def test_activations_of_arrays_are_those_of_numbers(record, numbers):
    with np.errstate(all="ignore"):
        values, slopes = record.arrays(numbers)
        found = Elementwise(record.function).compute([numbers], REAL)
    for of_arrays, of_one in ((values, record.value), (found, record.value), (slopes, record.slope)):
        expected = np.array([of_one(number, REAL) for number in numbers.tolist()])
        assert np.array_equal(np.isnan(of_arrays), np.isnan(expected))
        assert np.array_equal(bits(of_arrays), bits(expected))


def test_einsum_is_not_trusted_where_it_adds_otherwise(monkeypatch):
    exact.adds_in_order.cache_clear()
    monkeypatch.setattr(exact, "einsum", lambda _, first, second, **out: np.ascontiguousarray(first).T @ second)
    assert not exact.adds_in_order()
    exact.adds_in_order.cache_clear()


def numbers_of(found):
    """Bits of an array, one not-a-number like the other."""
    return np.isnan(found).tolist(), bits(np.asarray(found, dtype=np.float64)).tolist()


TARGETS = {
    "hinge": [-1.0, 1.0],
    "squared_hinge": [-1.0, 1.0],
}


@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss != "output"])
@given(
    outputs=arrays(np.float64, (9, 3), elements=st.floats(0, 1) | st.floats(-30, 30) | st.sampled_from([0.0, 1.0])),
    share=st.floats(0, 1),
    seed=st.integers(0, 100),
)
@settings(max_examples=25, deadline=None)
def test_losses_of_arrays_are_those_of_numbers(loss, mean, outputs, share, seed):
    record = LOSSES[loss]
    record = loss_of(loss, replace(record.settings, over_outputs="mean" if mean else "sum"))
    targets = np.random.default_rng(seed).choice(TARGETS.get(loss, [0.0, 1.0, share, share / 3]), size=(9, 3))
    part = record.function(3)
    (slope,) = (one(part(Symbol("y"), Symbol("t"))).function for one in part.slopes)
    for function, of_one in ((part, record.value), (slope, record.slope)):
        found = Elementwise(function).compute([outputs, targets], REAL)
        pairs = zip(outputs.ravel().tolist(), targets.ravel().tolist(), strict=True)
        expected = np.array([of_one(y, t, 3, REAL) for y, t in pairs]).reshape(9, 3)
        assert numbers_of(found) == numbers_of(expected)


@pytest.mark.parametrize("rows", [Softmax, LogSoftmax])
@given(x=arrays(np.float64, (4, 5), elements=st.floats(-3, 3) | NUMBERS))
@settings(max_examples=100, deadline=None)
def test_rows_at_once_are_rows_by_themselves(rows, x):
    with np.errstate(all="ignore"):
        y = rows.outputs_of_rows(x)
        slopes = rows.jacobians(y)
    assert numbers_of(y) == numbers_of(np.array([rows.outputs(row, REAL) for row in x.tolist()]))
    if np.isfinite(y).all():
        assert numbers_of(slopes) == numbers_of(np.array([rows.jacobian(row) for row in y.tolist()]))


@pytest.mark.parametrize("of_any", [False, True])
@pytest.mark.parametrize("loss", ["cross_entropy", "kl_divergence", "binary_cross_entropy"])
@given(
    x=arrays(np.float64, (6, 4), elements=st.floats(-3, 3) | st.floats(-750, 750)),
    near=st.integers(0, 3),
    divisor=st.sampled_from([1, 4]),
)
@settings(max_examples=100, deadline=None)
def test_fused_losses_of_rows_are_those_of_one(loss, of_any, x, near, divisor):
    ((name, fused),) = LOSSES[loss].fused.items()
    fused = fused.over(divisor) if divisor > 1 else fused
    t = np.random.default_rng(near).dirichlet([0.2] * 4, size=6)
    t[0] = np.eye(4)[near]
    t = t * 1.5 if of_any and fused.of_sum else t
    softmax = ACTIVATIONS[name].joint
    of_row = (lambda row: softmax.outputs(row, REAL)) if softmax else lambda row: [SIGMOID.value(v, REAL) for v in row]
    y = np.array(list(map(of_row, x.tolist())))
    rows = list(zip(x.tolist(), y.tolist(), t.tolist(), strict=True))
    with np.errstate(all="ignore"):
        parts, slopes = fused.parts_of_rows(x, t), fused.slopes_of_rows(x, y, t)
    assert numbers_of(parts) == numbers_of(np.array([fused.parts(row, targets, REAL) for row, _, targets in rows]))
    assert numbers_of(slopes) == numbers_of(np.array([fused.slopes(*row) for row in rows]))


def test_the_probe_of_sums_tells_fused_ones():
    """Multiplying and adding with one rounding, as some processors do, gives other sums of the probe's numbers."""
    first, second = exact._mixed(33 * 8, 1).reshape(33, 8), exact._mixed(33 * 3, 2).reshape(33, 3)
    in_order, fused = 0.0, Fraction(0)
    for a, b in zip(first[:, 0].tolist(), second[:, 0].tolist(), strict=True):
        in_order += a * b
        fused = Fraction(float(fused + Fraction(a) * Fraction(b)))
    assert in_order != float(fused)
