"""Each loss as its formula is written, at its edges, and from x where it cancels with the last activation."""

from math import exp, inf, log

import numpy as np
import pytest

from engine.formula.activations import ACTIVATIONS
from engine.formula.field import REAL
from engine.formula.losses import LOSSES
from engine.formula.softmax import Softmax
from tests.engine.walks import walked
from tests.networks import make

WRITTEN = {
    "half_squared_error": lambda y, t, m: (y - t) ** 2 / 2,
    "squared_error": lambda y, t, m: (y - t) ** 2,
    "mean_squared_error": lambda y, t, m: (y - t) ** 2 / m,
    "binary_cross_entropy": lambda y, t, m: -(t * log(y) + (1 - t) * log(1 - y)),
    "cross_entropy": lambda y, t, m: -t * log(y),
    "output": lambda y, t, m: y,
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("y", "t"), [(0.2, 0.7), (0.9, 0.25), (0.4, 0.0), (0.4, 1.0)])
def test_as_the_formula_is_written_and_its_slope_is_that_of_the_value(name, y, t):
    loss, m, h = LOSSES[name], 3, 1e-6
    assert loss.value(y, t, m, REAL) == pytest.approx(WRITTEN[name](y, t, m), rel=1e-12)
    rise = WRITTEN[name](y + h, t, m) - WRITTEN[name](y - h, t, m)
    assert loss.slope(y, t, m, REAL) == pytest.approx(rise / (2 * h), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", LOSSES)
def test_the_error_of_a_batch(name, reduction):
    """Of each example the sum over its three outputs; of the batch their mean or sum."""
    last = "softmax" if name == "cross_entropy" else "sigmoid"
    scenario = make((2, 2, 3), "tanh", last, name, examples=2, batch=2, reduction=reduction)
    (values,) = walked(scenario, 1)
    targets = np.zeros((2, 3)) if scenario.targets is None else scenario.targets
    examples = [
        sum(map(WRITTEN[name], outputs, wanted, [3] * 3))
        for outputs, wanted in zip(values.need("y", 2).tolist(), targets.tolist(), strict=True)
    ]
    assert values.example_errors == pytest.approx(examples, rel=1e-12)
    assert values.error == pytest.approx(sum(examples) / (2 if reduction == "mean" else 1), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "y", "t", "value", "slope"),
    [
        ("binary_cross_entropy", 0.0, 0.0, 0.0, 1.0),
        ("binary_cross_entropy", 1.0, 1.0, 0.0, -1.0),
        ("binary_cross_entropy", 1.0, 0.0, inf, inf),
        ("binary_cross_entropy", 0.0, 1.0, inf, -inf),
        ("cross_entropy", 0.0, 0.0, 0.0, 0.0),
        ("cross_entropy", 0.0, 1.0, inf, -inf),
        ("cross_entropy", 1.0, 0.0, 0.0, 0.0),
    ],
)
def test_where_a_logarithm_has_no_value_a_part_without_weight_is_0(name, y, t, value, slope):
    loss = LOSSES[name]
    assert (loss.value(y, t, 1, REAL), loss.slope(y, t, 1, REAL)) == (value, slope)


def test_the_error_from_x_is_that_of_the_outputs():
    x, t = [-1.5, 0.0, 0.5, 3.0], [0.1, 0.2, 0.3, 0.4]
    sigmoids = [1 / (1 + exp(-value)) for value in x]
    errors = LOSSES["binary_cross_entropy"].fused["sigmoid"].errors(x, t, REAL)
    assert errors == pytest.approx(list(map(WRITTEN["binary_cross_entropy"], sigmoids, t, [4] * 4)))
    shares = np.exp(x) / np.sum(np.exp(x))
    assert Softmax.outputs(x, REAL) == pytest.approx(shares)
    errors = LOSSES["cross_entropy"].fused["softmax"].errors(x, t, REAL)
    assert errors == pytest.approx(list(map(WRITTEN["cross_entropy"], shares, t, [4] * 4)))


def test_small_errors_keep_their_digits():
    """Where the outputs are as good as right, E is about e^−|x|: 1 − y would have lost all of it."""
    assert LOSSES["binary_cross_entropy"].fused["sigmoid"].errors([40.0], [1.0], REAL) == pytest.approx([exp(-40)])
    assert LOSSES["binary_cross_entropy"].fused["sigmoid"].errors([-40.0], [0.0], REAL) == pytest.approx([exp(-40)])
    errors = LOSSES["cross_entropy"].fused["softmax"].errors([0.0, 40.0, 0.0], [0.0, 1.0, 0.0], REAL)
    assert errors == pytest.approx([0, 2 * exp(-40), 0])
    for name, expected in (("sigmoid", exp(-40)), ("tanh", 4 * exp(-80))):
        slope = ACTIVATIONS[name].slope
        assert slope(40.0, REAL) == slope(-40.0, REAL) == pytest.approx(expected)


@pytest.mark.parametrize("name", LOSSES)
def test_targets_that_a_loss_can_take(name):
    of_probabilities = name in ("binary_cross_entropy", "cross_entropy")
    assert LOSSES[name].target_problem([0.0, 1.0]) is None
    assert LOSSES[name].target_problem([0.25, 0.75 + 1e-12]) is None
    for outside in ([1.5, -0.5], [-0.25, 1.25]):
        assert (LOSSES[name].target_problem(outside) is not None) == of_probabilities
    for sums_to_other in ([0.5, 0.25], [0.5, 0.5 + 1e-9], [1.0, 1.0]):
        assert (LOSSES[name].target_problem(sums_to_other) is not None) == (name == "cross_entropy")
