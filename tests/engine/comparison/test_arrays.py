"""Mistakes of programs on arrays: an axis too many in a sum, shapes that broadcast, the wrong array in a slope."""

import numpy as np
import pytest

from engine import compare
from tests.engine.comparison.numbers import arrays_of, completed
from tests.networks import make

EXAMPLES = 5


def program(own, inputs, dz1):
    """The derivatives by parameters that follow."""
    return {
        "dW2": own["dz2"].T @ own["a1"] / EXAMPLES,
        "db2": own["dz2"].mean(axis=0),
        "dW1": dz1.T @ inputs / EXAMPLES,
        "db1": dz1.mean(axis=0),
    }


def causes(found):
    return [(cause.cause, cause.at) for cause in found.causes]


@pytest.fixture(scope="module")
def session():
    return completed(make((3, 4, 2), "relu", examples=EXAMPLES, batch=EXAMPLES, seed=3))


@pytest.mark.parametrize("total", [lambda dz: dz.sum() / EXAMPLES, np.mean])
def test_biases_over_all_axes(session, total):
    own = arrays_of(session)
    wrong = program(own, session.scenario.inputs, own["dz1"])
    wrong |= {"db1": np.full(4, total(own["dz1"])), "db2": np.full(2, total(own["dz2"]))}
    assert causes(compare(session, wrong)) == [("reduction", "dE/dw:2")]


@pytest.mark.parametrize("all_given", [True, False])
def test_the_slope_of_what_comes_back(session, all_given):
    """`dZ[dA <= 0] = 0` in the place of `dZ[Z <= 0] = 0`."""
    own = arrays_of(session)
    dz1 = own["da1"] * (own["da1"] > 0)
    wrong = program(own, session.scenario.inputs, dz1) | ({"da1": own["da1"], "dz1": dz1} if all_given else {})
    found = compare(session, wrong)
    assert causes(found) == [("other-quantity", "dE/dx:1")]
    assert "the slope, asked of dE/dy" in found.causes[0].words


def test_past_the_slope_of_the_layer_after_it(session):
    """dA1 is right, and dZ1 is made of dA2 all the same."""
    own = arrays_of(session)
    dz1 = own["da2"] @ own["W2"] * (own["z1"] > 0)
    wrong = program(own, session.scenario.inputs, dz1)
    assert causes(compare(session, wrong | {"da1": own["da1"], "dz1": dz1})) == [("slope-forgotten", "dE/dx:1")]
    assert causes(compare(session, wrong)) == [("slope-forgotten", "dE/dy:1")]  # nothing is known of dA1


@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy"])
@pytest.mark.parametrize("share", [EXAMPLES**2, EXAMPLES])
def test_shapes_that_broadcast(loss, share):
    """y of shape (m, 1) beside t of shape (m,): every output meets every target."""
    session = completed(make((3, 4, 1), "tanh", "sigmoid", loss, examples=EXAMPLES, batch=EXAMPLES, seed=3))
    own = arrays_of(session)
    y, t = own["a2"], session.scenario.targets.ravel()
    errors = (y - t) ** 2 / 2 if loss == "half_squared_error" else -t * np.log(y) - (1 - t) * np.log(1 - y)
    error = {"E": np.array(errors.sum() / share)}
    right = program(own, session.scenario.inputs, own["dz1"])
    assert causes(compare(session, error)) == causes(compare(session, error | right)) == [("reduction", "E")]
    slope = y * (1 - y) if loss == "half_squared_error" else 1
    wrong = own | {"dz2": (y - t).sum(axis=1, keepdims=True) * slope * EXAMPLES / share}
    wrong["dz1"] = wrong["dz2"] @ own["W2"] * (1 - own["a1"] ** 2)
    derivatives = program(wrong, session.scenario.inputs, wrong["dz1"])
    (cause,) = compare(session, derivatives).causes
    assert cause.cause == "reduction"
    assert "every target" in cause.words


def test_the_sign_of_biases_alone(session):
    own, rate = arrays_of(session), session.scenario.training.learning_rate
    signs = {"W1": 1, "b1": -1, "W2": 1, "b2": -1}
    new = {f"{name}_new": own[name] - sign * rate * own[f"d{name}"] for name, sign in signs.items()}
    assert causes(compare(session, new)) == [("sign", "w+:2")]
