"""Slopes as engineers get them wrong, in plain numpy: all arrays after it given, or gradients alone."""

import numpy as np
import pytest

from engine import compare
from tests.engine.comparison.numbers import arrays_of, completed
from tests.networks import make


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


WRONG = {
    ("sigmoid", "slope-of-x"): lambda own: own["z1"] * (1 - own["z1"]),
    ("sigmoid", "slope-of-y"): lambda own: sigmoid(own["a1"]) * (1 - sigmoid(own["a1"])),
    ("sigmoid", "function-for-slope"): lambda own: own["a1"],
    ("sigmoid", "slope-mistaken"): lambda own: own["a1"] * (1 + own["a1"]),
    ("sigmoid", "other-layer"): lambda own: own["a2"] * (1 - own["a2"]),
    ("tanh", "slope-of-x"): lambda own: 1 - own["z1"] ** 2,
    ("tanh", "slope-of-y"): lambda own: 1 - np.tanh(own["a1"]) ** 2,
    ("tanh", "function-for-slope"): lambda own: own["a1"],
    ("tanh", "slope-mistaken"): lambda own: 1 - own["a1"],
    ("relu", "function-for-slope"): lambda own: own["a1"],
}


@pytest.mark.parametrize(("hidden", "cause"), WRONG)
@pytest.mark.parametrize("all_given", [True, False])
def test_a_wrong_slope_is_told(hidden, cause, all_given):
    scenario = make((3, 3, 3), hidden, examples=4, batch=4, seed=4)
    session = completed(scenario)
    own = arrays_of(session)
    wrong = dict(own)
    wrong["dz1"] = own["da1"] * WRONG[hidden, cause](own)
    wrong["dW1"], wrong["db1"] = wrong["dz1"].T @ scenario.inputs / 4, wrong["dz1"].mean(axis=0)
    names = ("dz2", "da1", "dz1", "dW2", "db2", "dW1", "db1") if all_given else ("dW2", "db2", "dW1", "db1")
    found = compare(session, {name: wrong[name] for name in names})
    assert [(one.cause, one.at) for one in found.causes] == [(cause, "dE/dx:1")]
