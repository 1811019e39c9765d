"""Each loss as its formula is written, at its edges, and from x where it cancels with the last activation."""

from decimal import Decimal, localcontext
from math import cosh, exp, inf, log

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.check.gradients import check_gradient
from engine.formula.activations import ACTIVATIONS
from engine.formula.field import COMPLEX, REAL
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
    "absolute_error": lambda y, t, m: abs(y - t),
    "huber": lambda y, t, m: (y - t) ** 2 / 2 if abs(y - t) <= 1 else abs(y - t) - 0.5,
    "smooth_l1": lambda y, t, m: (y - t) ** 2 / 2 if abs(y - t) < 1 else abs(y - t) - 0.5,
    "log_cosh": lambda y, t, m: log(cosh(y - t)),
    "hinge": lambda y, t, m: max(0, 1 - t * y),
    "squared_hinge": lambda y, t, m: max(0, 1 - t * y) ** 2,
    "kl_divergence": lambda y, t, m: t * log(t / y) if t else 0.0,
    "poisson": lambda y, t, m: y - t * log(y),
}


WITH_LOGARITHMS = ("binary_cross_entropy", "cross_entropy", "kl_divergence", "poisson")


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("y", "t"), [(0.2, 0.7), (0.9, 0.25), (0.4, 0.0), (0.4, 1.0), (0.7, -1.0)])
def test_as_the_formula_is_written_and_its_slope_is_that_of_the_value(name, y, t):
    if name in WITH_LOGARITHMS and t < 0:
        pytest.skip("no such target")
    loss, m, h = LOSSES[name], 3, 1e-6
    assert loss.value(y, t, m, REAL) == pytest.approx(WRITTEN[name](y, t, m), rel=1e-12)
    rise = WRITTEN[name](y + h, t, m) - WRITTEN[name](y - h, t, m)
    assert loss.slope(y, t, m, REAL) == pytest.approx(rise / (2 * h), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", LOSSES)
def test_the_error_of_a_batch(name, reduction):
    """Of each example the sum over its three outputs; of the batch their mean or sum."""
    last = "softmax" if LOSSES[name].shares else "sigmoid"
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
        ("kl_divergence", 0.0, 0.0, 0.0, 0.0),
        ("kl_divergence", 0.0, 1.0, inf, -inf),
        ("poisson", 0.0, 0.0, 0.0, 1.0),
        ("poisson", 0.0, 2.0, inf, -inf),
        ("absolute_error", 0.5, 0.5, 0.0, 0.0),
        ("absolute_error", 2.0, 0.5, 1.5, 1.0),
        ("huber", 3.0, 0.0, 2.5, 1.0),
        ("huber", 0.0, 1.0, 0.5, -1.0),
        ("smooth_l1", -3.0, 0.0, 2.5, -1.0),
        ("hinge", 1.0, 1.0, 0.0, 0.0),
        ("hinge", 2.0, -1.0, 3.0, 1.0),
        ("squared_hinge", -1.0, 1.0, 4.0, -4.0),
        ("log_cosh", 1000.0, 0.0, 1000 - log(2), 1.0),
    ],
)
def test_at_its_edges(name, y, t, value, slope):
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


@pytest.mark.parametrize(
    ("name", "taken", "refused", "words"),
    [
        ("half_squared_error", [[-3.0, 7.0]], [], ""),
        ("binary_cross_entropy", [[0.0, 1.0], [1.0, 1.0]], [[1.5, -0.5], [-0.25, 1.25]], "lie in 0 … 1"),
        ("cross_entropy", [[0.0, 1.0], [0.5, 0.25], [1.5, 3.0]], [[1.5, -0.5], [-0.25, 1.25]], "are 0 or more"),
        ("kl_divergence", [[0.0, 1.0], [0.25, 0.75]], [[1.5, -0.5]], "lie in 0 … 1"),
        ("kl_divergence", [[0.25, 0.75 + 1e-12]], [[0.5, 0.25], [0.5, 0.5 + 1e-9], [1.0, 1.0]], "they sum to 1"),
        ("hinge", [[-1.0, 1.0]], [[0.0, 1.0], [1.0, 2.0]], "are −1 and 1"),
        ("squared_hinge", [[-1.0, 1.0]], [[0.0, 1.0], [0.5, 1.0]], "are −1 and 1"),
        ("poisson", [[0.0, 7.0]], [[-1.0, 2.0]], "are 0 or more"),
    ],
)
def test_targets_that_a_loss_can_take(name, taken, refused, words):
    for targets in taken:
        assert LOSSES[name].target_problem(targets) is None
    for targets in refused:
        problem, remedy = LOSSES[name].target_problem(targets)
        assert problem
        assert remedy.startswith(f"targets of {name} ")
        assert words in remedy


@given(st.floats(-1000, 1000) | st.floats(-1e-3, 1e-3))
@example(1e-9)
@example(0.999999)
def test_the_logarithm_of_cosh_keeps_its_digits(difference):
    """Against decimals of sixty digits, as do the value's complex step and the slope."""
    loss = LOSSES["log_cosh"]
    with localcontext() as context:
        context.prec = 60
        d = Decimal(difference)
        exact = ((d.exp() + (-d).exp()) / 2).ln() if abs(d) > Decimal("1e-15") else d * d / 2
        slope = 1 - 2 / ((2 * d).exp() + 1) if abs(d) > Decimal("1e-15") else d
        tilted = loss.value(complex(difference, 1e-30), 0.0, 1, COMPLEX).imag / 1e-30
        for found, wanted in (
            (loss.value(difference, 0.0, 1, REAL), exact),
            (loss.slope(difference, 0.0, 1, REAL), slope),
            (tilted, slope),
        ):
            assert abs(Decimal(found) - wanted) <= Decimal("1e-15") * abs(wanted) + Decimal("1e-200")


@pytest.mark.parametrize(("y", "on"), [(0.5, True), (0.5 + 1e-7, False)])
def test_a_difference_across_the_kink_of_a_loss_is_left_out(y, on):
    scenario = make((1, 1), last="identity", loss="absolute_error", bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = y, 1.0, 0.5
    (check,) = check_gradient(scenario, scenario.theta, (0,)).parameters
    assert check.difference is None
    assert (check.verdict == "kink") == on
    assert check.analytic == (0.0 if on else 1.0)
