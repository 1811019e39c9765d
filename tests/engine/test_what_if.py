"""E along one parameter: the walk's own E at its value, and its slope the derivative that backpropagation gives."""

import numpy as np
import pytest

from engine.ask.lookup import value_at
from engine.ask.what_if import WhatIf, errors_along, what_if
from engine.files import parse_scenario
from engine.formula.activations import ACTIVATIONS
from engine.formula.quantity import Quantity
from engine.walking.advance import begin_with, complete
from engine.walking.preview import error_after_update
from engine.walking.session import Session
from tests.engine.graphs.files import CIRCUIT, read
from tests.networks import make, mazur


def at(scenario, iteration=0, done=None):
    session = Session.open(scenario)
    return session.seek(iteration, session.count if done is None else done)


@pytest.mark.parametrize("last", ACTIVATIONS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_tangent_touches_the_curve(last, reduction):
    loss = "cross_entropy" if last == "softmax" else "half_squared_error"
    session = at(make((2, 3, 2), "tanh", last, loss, examples=4, batch=3, reduction=reduction), 5)
    for name in session.scenario.network.parameter_names:
        what, step = what_if(session, name), 1e-6
        assert what.error == session.values.error
        assert what.slope == value_at(session, Quantity("dE/dw", name))
        assert what.updated == value_at(session, Quantity("w+", name))
        around = errors_along(session, name, np.array([what.value - step, what.value + step]))
        assert (around[1] - around[0]) / (2 * step) == pytest.approx(what.slope, abs=1e-7)
        assert what.tangent(what.value + step) == pytest.approx(around[1], abs=1e-10)


def test_it_is_the_same_from_every_step_of_the_iteration():
    scenario = mazur()
    here = [what_if(at(scenario, 3, done), "w5") for done in range(1, 15)]
    assert len(set(here)) == 1
    assert what_if(Session.open(scenario), "w5") == what_if(at(scenario), "w5")


def test_the_error_at_another_value_is_that_of_a_network_with_that_value():
    session = at(mazur(), 2)
    start = session.values.beginning
    theta = start.theta.copy()
    theta[5] = 0.9
    other = complete(session.scenario, begin_with(session.scenario, start.steps, 0, theta, start.state, (0,)))
    assert errors_along(session, "w5", np.array([0.9]))[0] == other.error


def test_where_only_one_parameter_is_trained_the_true_error_is_that_after_the_update():
    scenario = mazur(frozen=frozenset({*range(10)} - {7}))
    session = at(scenario)
    what = what_if(session, "w7")
    assert what.updated_error == error_after_update(session)
    assert what.tangent(what.updated) == what.error - 0.5 * what.slope**2
    assert what_if(session, "w5").updated is None


def test_immediate_updates_have_the_true_slope_and_their_own_update():
    simultaneous, immediate = at(mazur()), at(mazur(immediate=True))
    first, second = what_if(simultaneous, "w1"), what_if(immediate, "w1")
    assert first.slope == second.slope
    assert first.updated != second.updated == value_at(immediate, Quantity("w+", "w1"))


def test_what_leaves_the_finite_numbers_is_a_gap():
    session = at(make((1, 1, 1), "identity", "identity"), 0, 1)
    errors = errors_along(session, "w1_1_1", np.array([1e300, 0.5, -1e300]))
    assert np.isnan(errors).tolist() == [True, False, True]
    diverged = Session.open(make((2, 2, 2), "identity", "identity", learning_rate=1e6)).fast_forward(1000)
    what = what_if(diverged, "w1_1_1")
    assert (what.error, what.slope, what.updated, what.updated_error) == (None, None, None, None)
    assert what.tangent(0.5) is None


def test_a_tangent_needs_the_error_and_its_slope():
    assert WhatIf("w", 1.0, 2.0, 3.0, None, None).tangent(1.5) == 3.5
    assert WhatIf("w", 1.0, None, 3.0, None, None).tangent(1.5) is None
    assert WhatIf("w", 1.0, 2.0, None, None, None).tangent(1.5) is None


def test_an_unknown_parameter():
    with pytest.raises(KeyError):
        what_if(at(mazur()), "w99")


GRAPH = """
title = "A graph"
[graph]
inputs = ["x", "z"]
targets = ["t"]
nodes = ["h = tanh(w * x + z)", "n = h - batch_mean(h)", "E = half_squared_error(n * w, t)"]
error = "E"
parameters = { w = 0.7 }
[training]
batch = "all"
learning_rate = 0.1
[[example]]
inputs = [0.5, 0.1]
targets = [1]
[[example]]
inputs = [-1.5, 0.4]
targets = [0]
"""
CASES = [
    (parse_scenario(GRAPH, "graph"), "x"),
    (parse_scenario(GRAPH, "graph"), "w"),
    (make(examples=2, batch=2), "i1"),
]


@pytest.mark.parametrize(("scenario", "name"), CASES)
@pytest.mark.parametrize("example", [0, 1])
def test_of_graphs_and_of_inputs_the_slope_is_that_of_the_errors(scenario, name, example):
    session = at(scenario)
    what = what_if(session, name, example)
    assert what.error == complete(scenario, session.values).error
    step = 1e-6
    below, above = errors_along(session, name, np.array([what.value - step, what.value + step]), example)
    assert what.slope == pytest.approx((above - below) / (2 * step), rel=1e-7)
    if name == "w":
        assert what.updated == pytest.approx(0.7 - 0.1 * what.slope)
    else:
        assert what.value == session.values.inputs[example, 0]
        assert what.updated is None


def test_where_nothing_is_trained_there_is_no_update():
    circuit = at(read(CIRCUIT))
    assert what_if(circuit, "x") == WhatIf("x", -2.0, -12.0, -4.0, None, None)
