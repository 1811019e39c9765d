"""No digit is lost that could be kept: every activation and loss against decimal arithmetic of sixty digits.

Total inputs go from −1000 to 1000, and the digits are compared relatively, however small the number is. So are those
of the complex step, which puts the same formulas to the test as the gradient check does.
"""

from decimal import Decimal, localcontext
from math import inf

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.check.gradients import NEGLIGIBLE, STEP, check_gradient
from engine.formula.activations import ACTIVATIONS
from engine.formula.calculus import number_of
from engine.formula.field import COMPLEX, REAL
from engine.formula.loss import ANY
from engine.formula.losses import LOSSES
from engine.formula.rectified import SELU_BELOW, SELU_SCALE
from engine.formula.softmax import Softmax
from engine.formula.tree import Symbol
from tests.networks import make

DIGITS = 60
SMALLEST = 1e-307
"""Below it a float has fewer digits."""
ROUNDING = 2e-15
BCE, CE = LOSSES["binary_cross_entropy"].fused["sigmoid"], LOSSES["cross_entropy"].fused["softmax"]

inputs = st.floats(-1000, 1000) | st.floats(-50, 50) | st.floats(-1e-3, 1e-3)
columns = st.lists(inputs, min_size=1, max_size=5)


def exact(*numbers):
    return [Decimal(number) for number in numbers]


def sigmoid(x):
    return 1 / (1 + (-x).exp())


def softplus(x):
    """ln(1 + e^x)."""
    power = x.exp()
    return (1 + power).ln() if power > 1e-25 else power - power * power / 2


PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


def normal(x):
    """How much of the normal distribution lies below x: by its power series, far out by the continued fraction."""
    density = (-x * x / 2).exp() / (2 * PI).sqrt()
    if abs(x) > 8:
        rest = abs(x)
        for number in range(300, 0, -1):
            rest = abs(x) + number / rest
        return density / rest if x < 0 else 1 - density / rest
    term = total = x
    for number in range(3, 500, 2):
        term = term * x * x / number
        total += term
    return Decimal("0.5") + density * total


def expm1(x):
    """e^x − 1."""
    return x.exp() - 1 if abs(x) > Decimal("1e-20") else x + x * x / 2


def gelu_slope(x):
    """Its two terms: they cancel where the curve is lowest."""
    return normal(x), x * (-x * x / 2).exp() / (2 * PI).sqrt()


def silu_slope(x):
    return sigmoid(x), x * sigmoid(x) * sigmoid(-x)


SCALE, BELOW = exact(SELU_SCALE, SELU_BELOW)
VALUES = {
    "sigmoid": sigmoid,
    "tanh": lambda x: expm1(2 * x) / (expm1(2 * x) + 2),
    "relu": lambda x: max(x, Decimal(0)),
    "leaky_relu": lambda x: x if x > 0 else Decimal("0.01") * x,
    "identity": lambda x: x,
    "softplus": softplus,
    "elu": lambda x: x if x > 0 else expm1(x),
    "selu": lambda x: SCALE * x if x > 0 else BELOW * expm1(x),
    "gelu": lambda x: x * normal(x),
    "silu": lambda x: x * sigmoid(x),
    "exp": lambda x: x.exp(),
    "softsign": lambda x: x / (1 + abs(x)),
    "hard_sigmoid": lambda x: max(Decimal(0), min(Decimal(1), (x + 3) / 6)),
    "hard_tanh": lambda x: max(Decimal(-1), min(Decimal(1), x)),
    "gaussian": lambda x: (-x * x).exp(),
    "step": lambda x: Decimal(int(x > 0)),
    "sign": lambda x: Decimal((x > 0) - (x < 0)),
}
SLOPES = {
    "sigmoid": lambda x: [sigmoid(x) * sigmoid(-x)],
    "tanh": lambda x: [4 * sigmoid(2 * x) * sigmoid(-2 * x)],
    "relu": lambda x: [Decimal(int(x > 0))],
    "leaky_relu": lambda x: [Decimal(1 if x > 0 else 0.01)],
    "identity": lambda x: [Decimal(1)],
    "softplus": lambda x: [sigmoid(x)],
    "elu": lambda x: [x.exp() if x < 0 else Decimal(1)],
    "selu": lambda x: [BELOW * x.exp() if x < 0 else SCALE],
    "gelu": gelu_slope,
    "silu": silu_slope,
    "exp": lambda x: [x.exp()],
    "softsign": lambda x: [1 / (1 + abs(x)) ** 2],
    "hard_sigmoid": lambda x: [Decimal(1) / 6 if abs(x) < 3 else Decimal(0)],
    "hard_tanh": lambda x: [Decimal(int(abs(x) <= 1))],
    "gaussian": lambda x: [-2 * x * (-x * x).exp()],
    "step": lambda x: [Decimal(0)],
    "sign": lambda x: [Decimal(0)],
}
"""What is summed for dy/dx, where it exists."""
OF_SQUARES = ("gelu", "gaussian")
"""Where e is raised to a square: what rounding does to the exponent counts as much as the exponent is large."""
LARGEST = {"exp": 700.0}
"""Beyond it the output is infinite."""


def softmax(x):
    powers = [(value - max(x)).exp() for value in x]
    return [power / sum(powers) for power in powers]


def near(found, wanted, size, rounding=ROUNDING, smallest=SMALLEST):
    """Whether the two agree to rounding, of numbers of that size."""
    return abs(Decimal(found) - wanted) <= max(Decimal(rounding) * abs(size), Decimal(smallest))


@pytest.fixture(autouse=True, scope="module")
def many_digits():
    with localcontext() as context:
        context.prec = DIGITS
        yield


@pytest.mark.parametrize("name", [name for name, record in ACTIVATIONS.items() if not record.joint])
@given(x=inputs)
@example(-0.75)
@example(-1.28)
@example(30.0)
@example(-38.0)
def test_an_activation_and_its_slope(name, x):
    assume(x not in ACTIVATIONS[name].kinks and x < LARGEST.get(name, inf))
    rounding = ROUNDING + (4e-16 * x * x if name in OF_SQUARES else 0.0)
    terms, value = SLOPES[name](Decimal(x)), VALUES[name](Decimal(x))
    wanted, size = sum(terms), sum(map(abs, terms))
    assert near(ACTIVATIONS[name].value(x, REAL), value, value, rounding)
    assert near(ACTIVATIONS[name].slope(x, REAL), wanted, size, rounding)
    tilted = ACTIVATIONS[name].value(complex(x, STEP), COMPLEX)
    assert abs(tilted.real - ACTIVATIONS[name].value(x, REAL)) < 2 * STEP**2
    assert near(tilted.imag / STEP, wanted, size, rounding, NEGLIGIBLE)


@pytest.mark.parametrize("name", [name for name, record in ACTIVATIONS.items() if not record.joint])
@given(x=st.floats(-20, 20))
def test_what_is_written_is_what_is_computed(name, x):
    """The formulas that people read, put in numbers as they stand."""
    record, of_x, of_y = ACTIVATIONS[name], Symbol("x"), Symbol("y")
    y = record.value(x, REAL)
    assert number_of(record.formula(of_x), {of_x: x}, REAL) == pytest.approx(y, rel=1e-9, abs=1e-14)
    slope = number_of(record.slope_formula(of_x, of_y), {of_x: x, of_y: y}, REAL)
    assert slope == pytest.approx(record.slope(x, REAL), rel=1e-9, abs=1e-14)


@given(columns)
@example([20.0, 0.0])
@example([0.0, 0.0])
def test_the_slopes_of_softmax(x):
    y, rounding = softmax(exact(*x)), ROUNDING + 1e-15 * max(map(abs, x))  # differences of x are rounded
    jacobian = Softmax.jacobian(Softmax.outputs(x, REAL))
    for k in range(len(x)):
        tilted = Softmax.outputs([complex(value, STEP if i == k else 0) for i, value in enumerate(x)], COMPLEX)
        assert [value.real for value in tilted] == Softmax.outputs(x, REAL)
        for j in range(len(x)):
            wanted = y[j] * sum(y[:k] + y[k + 1 :]) if j == k else -y[j] * y[k]
            assert near(jacobian[j][k], wanted, wanted, rounding)
            assert near(tilted[j].imag / STEP, wanted, wanted, rounding, NEGLIGIBLE)


@given(columns, st.data())
def test_the_slopes_of_softmax_along_any_direction(x, data):
    """As a weight of a hidden layer shifts several total inputs at once: only what cancels by nature may cancel."""
    along = data.draw(st.lists(st.floats(-100, 100), min_size=len(x), max_size=len(x)))
    y, rounding = softmax(exact(*x)), ROUNDING + 1e-15 * max(map(abs, x))
    b, tilted = exact(*along), [complex(value, STEP * way) for value, way in zip(x, along, strict=True)]
    for j, found in enumerate(Softmax.outputs(tilted, COMPLEX)):
        terms = [y[j] * y[k] * (b[j] - b[k]) for k in range(len(x))]
        size = sum(map(abs, terms)) + y[j] * Decimal("1e-13")
        assert near(found.imag / STEP, sum(terms), size, 10 * rounding, NEGLIGIBLE)


@given(inputs, st.floats(0, 1) | st.sampled_from([0.0, 1.0, 1 - 2**-53, 1e-20]))
@example(20.0, 1.0)
@example(37.0, 1.0)
@example(1000.0, 1.0)
def test_sigmoid_with_binary_cross_entropy(x, t):
    (value, target), y = exact(x, t), ACTIVATIONS["sigmoid"].value(x, REAL)
    terms = (1 - target) * sigmoid(value), target * sigmoid(-value)
    (found,) = BCE.slopes([x], [y], [t])
    (tilted,) = BCE.errors([complex(x, STEP)], [t], COMPLEX)
    assert near(found, terms[0] - terms[1], sum(terms))
    assert near(tilted.imag / STEP, terms[0] - terms[1], sum(terms), smallest=NEGLIGIBLE)
    error = target * softplus(-value) + (1 - target) * softplus(value)
    assert near(BCE.errors([x], [t], REAL)[0], error, error)
    if not (y > 0.5 and t > 0.5):
        assert found == y - t


@given(columns, st.data())
@example([20.0, 0.0], None)
@example([37.0, 0.0, 0.0], None)
def test_softmax_with_cross_entropy(x, data):
    drawn = data and data.draw(st.lists(st.integers(0, 2**20), min_size=len(x), max_size=len(x)))
    if not drawn or not sum(drawn):
        drawn = [1] + [0] * (len(x) - 1)
    t, y = [part / sum(drawn) for part in drawn], Softmax.outputs(x, REAL)
    targets = [target / sum(exact(*t)) for target in exact(*t)]
    outputs, rounding = softmax(exact(*x)), ROUNDING + 1e-15 * max(map(abs, x))
    found = CE.slopes(x, y, t)
    for k, (output, target) in enumerate(zip(outputs, targets, strict=True)):
        others = [j for j in range(len(x)) if j != k]
        wanted = sum(targets[j] * output - target * outputs[j] for j in others)
        size = sum(targets[j] * output + target * outputs[j] for j in others)
        assert near(found[k], wanted, size, rounding)
        errors = CE.errors([complex(value, STEP if j == k else 0) for j, value in enumerate(x)], t, COMPLEX)
        assert near(sum(error.imag for error in errors) / STEP, wanted, size, 4 * rounding, NEGLIGIBLE)
        if not (y[k] > 0.5 and t[k] > 0.5):
            assert found[k] == y[k] - t[k]


def checked(scenario):
    return check_gradient(scenario, scenario.theta, tuple(range(len(scenario.inputs))))


@settings(max_examples=200, deadline=None)
@given(
    shape=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    hidden=st.sampled_from([name for name, record in ACTIVATIONS.items() if not record.joint]),
    last=st.sampled_from([*ACTIVATIONS]),
    loss=st.sampled_from([name for name in LOSSES if name == "output" or LOSSES[name].targets is ANY] + ["fused"]),
    scale=st.sampled_from([1.0, 10.0, 40.0, 300.0]),
    certain=st.booleans(),
    seed=st.integers(0, 10_000),
)
@example([1, 3, 2], "exp", "gelu", "half_squared_error", 300.0, False, 6466)  # of x around 1e217, z² is no number
@example([1, 3, 2], "exp", "gaussian", "half_squared_error", 300.0, False, 6466)
@example([1, 1, 3, 3], "tanh", "exp", "half_squared_error", 300.0, False, 0)  # a slope of 1e-280 times one of 1e234
def test_right_derivatives_are_right_however_large_the_weights(shape, hidden, last, loss, scale, certain, seed):
    """Also of targets 0 and 1, to which saturated outputs come as near as a float can."""
    if loss == "fused":
        last, loss = ("softmax", "cross_entropy") if last == "softmax" else ("sigmoid", "binary_cross_entropy")
    scenario = make(shape, hidden, last, loss, examples=2, batch=2, seed=seed, scale=scale)
    if certain and scenario.targets is not None:
        scenario.targets[:] = 0
        scenario.targets[:, 0] = 1
    try:
        result = checked(scenario)
    except ArithmeticError:  # an event, which has no check
        return
    assert result.ok, [check for check in result.parameters if check.verdict == "wrong"]


@pytest.mark.parametrize("weight", [0.5, 16.0, 20.0, 37.0, 100.0, 500.0])
@pytest.mark.parametrize(
    ("last", "loss"), [("softmax", "squared_error"), ("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")]
)
def test_wrong_derivatives_are_wrong_however_small(last, loss, weight, monkeypatch):
    """Each derivative a millionth too large, of outputs that are nearly, and then exactly, 1."""
    scenario = make((1, 2), last=last, loss=loss, bias="none")
    targets = (0.0, 1.0) if loss == "squared_error" else (1.0, 0.0)
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = (weight, -0.25), 1.0, targets
    assert checked(scenario).ok
    if loss == "squared_error":
        right = Softmax.jacobian
        monkeypatch.setattr(
            Softmax, "jacobian", staticmethod(lambda y: [[d * (1 + 1e-6) for d in row] for row in right(y)])
        )
        wrong = scenario
    else:
        ((name, fused),) = scenario.network.loss.fused.items()

        def terms(x, y, t):
            return [(first * (1 + 1e-6), second * (1 + 1e-6)) for first, second in fused.terms(x, y, t)]

        mistaken = replace(scenario.network.loss, fused={name: replace(fused, terms=terms)})
        wrong = replace(scenario, network=replace(scenario.network, loss=mistaken))
    assert [check.verdict for check in checked(wrong).parameters] == ["wrong", "wrong"]
