"""Ailments are found where they are, and nowhere else."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.ask import health as asked
from engine.ask.health import FACTOR, health
from engine.ask.lookup import value_at
from engine.files import load_scenario, parse_scenario, shipped_names
from engine.formula.quantity import Quantity
from engine.walking.session import Session
from tests.networks import make, mazur, unrolled
from tests.shipped import UNTRAINED

AILING = {
    "vanishing": {0: {"n1": "vanishing", "n2": "vanishing"}, 200: {"n1": "vanishing"}},
    "exploding": {0: {"n1": "exploding"}},
    "saturation": {0: {"h1": "saturated", "h2": "saturated", "out": "saturated"}},
    "dead-relu": {0: {}, 1: {"h1": "dead", "h2": "dead"}, 300: {"h1": "dead", "h2": "dead"}},
    "four-layer-relu": {0: {}, 50: {"h3_2": "dead"}},
}
"""By scenario and iteration, the worst ailment of each node. All other shipped scenarios are well."""


def whole(scenario, iteration=0):
    session = Session.open(scenario)
    return session.seek(iteration, session.count)


def kinds(session):
    return {name: ailments[0].kind for name, ailments in health(session).items()}


def with_parameters(scenario, **values):
    theta = scenario.theta.copy()
    for name, value in values.items():
        theta[scenario.network.parameter_index[name]] = value
    return replace(scenario, theta=theta)


@pytest.mark.parametrize(("name", "iteration"), [(name, k) for name, places in AILING.items() for k in places])
def test_each_lesson_shows_its_ailment(name, iteration):
    assert kinds(whole(load_scenario(name), iteration)) == AILING[name][iteration]


@pytest.mark.parametrize("name", [name for name in shipped_names() if name not in AILING])
def test_a_healthy_network_shows_nothing(name):
    scenario = load_scenario(name)
    later = () if name in UNTRAINED else (1, 20, scenario.training.stop.iterations or 500)
    for iteration in (0, *later):
        assert kinds(whole(scenario, iteration)) == {}


@pytest.mark.parametrize(
    ("activation", "x", "expected"),
    [
        ("sigmoid", 4.0, {}),
        ("sigmoid", 5.0, {"h1_1": "saturated"}),
        ("sigmoid", -5.0, {"h1_1": "saturated"}),
        ("tanh", 2.0, {}),
        ("tanh", -2.5, {"h1_1": "saturated"}),
        ("relu", 0.1, {}),
        ("relu", 0.0, {"h1_1": "dead"}),
        ("leaky_relu", -5.0, {}),
        ("identity", 100.0, {}),
    ],
)
def test_a_node_is_flat_where_its_slope_is(activation, x, expected):
    scenario = with_parameters(make((1, 1, 1), activation, "identity"), w1_1_1=0.0, b1_1=x)
    assert {name: kind for name, kind in kinds(whole(scenario)).items() if kind != "vanishing"} == expected


def test_one_example_for_which_a_node_works_makes_it_well():
    scenario = replace(make((1, 1, 1), "relu", "identity", examples=3), inputs=np.array([[-1.0], [-2.0], [3.0]]))
    scenario = with_parameters(scenario, w1_1_1=1.0, b1_1=0.0)
    assert value_at(whole(scenario), Quantity("y", "h1_1")) == 0
    assert kinds(whole(scenario)) == {}
    dead = replace(scenario, inputs=np.array([[-1.0], [-2.0], [-3.0]]))
    assert kinds(whole(dead)) == {"h1_1": "dead"}


def test_an_output_that_is_right_or_whose_slope_is_not_used_is_well():
    scenario = with_parameters(make((1, 1, 1), "tanh"), w2_1_1=0.0, b2_1=6.0)
    wrong, right = (replace(scenario, targets=np.array([[target]])) for target in (0.2, 0.95))
    assert kinds(whole(wrong))["o1"] == "saturated"
    assert "o1" not in kinds(whole(right))
    both = with_parameters(make((1, 1, 2), "tanh"), w2_1_1=0.0, w2_1_2=0.0, b2_1=6.0, b2_2=6.0)
    assert [*kinds(whole(replace(both, targets=np.array([[0.95, 0.2]]))))] == ["o2"]
    fused = with_parameters(make((1, 1, 1), "tanh", loss="binary_cross_entropy"), w2_1_1=0.0, b2_1=6.0)
    assert "o1" not in kinds(whole(replace(fused, targets=np.array([[0.2]]))))


@pytest.mark.parametrize("weight", [0.5 / FACTOR, 2 / FACTOR, FACTOR / 2, FACTOR * 2])
def test_vanishing_and_exploding_begin_at_the_factor(weight):
    scenario = with_parameters(make((1, 1, 1), "identity", "identity"), w2_1_1=weight)
    (ailments,) = health(whole(scenario)).values() or [()]
    if 1 / FACTOR <= weight <= FACTOR:
        assert ailments == ()
    else:
        assert ailments[0].number == pytest.approx(weight, rel=1e-12)
        assert ailments[0].kind == ("exploding" if weight > 1 else "vanishing")


@pytest.mark.parametrize("detail", ["layer", "scalar"])
def test_nothing_is_said_before_its_number_is_shown(detail):
    session, seen = Session.open(load_scenario("saturation"), detail), {}
    while session.iteration == 0:
        for name in health(session):
            seen.setdefault(name, str(Quantity(session.row.quantity, session.fresh[-1])))
        session = session.forward()
    first = {"layer": {"h1": "y[h2]", "h2": "y[h2]"}, "scalar": {"h1": "y[h1]", "h2": "y[h2]"}}[detail]
    assert seen == first | {"out": "y[out]"}


def test_slopes_of_a_batch_are_looked_at_once_in_an_iteration(monkeypatch):
    looked, slopes = [], asked.slopes
    monkeypatch.setattr(asked, "slopes", lambda *of: looked.append(of[1]) or slopes(*of))
    session = Session.open(make((2, 3, 2), last="tanh"))
    for _ in range(session.count):
        session = session.forward()
        health(session)
    assert looked == ["y1", "y2"]
    health(session.forward().next_phase())
    assert looked == ["y1", "y2"] * 2


def test_what_is_not_finite_harms_nothing():
    session = Session.open(make((2, 2, 2), "identity", "identity", learning_rate=1e6)).fast_forward(1000)
    assert session.event is not None
    assert isinstance(health(session), dict)
    assert kinds(whole(mazur(), 10_000)) == {}


def test_inputs_between_the_layers_have_no_health():
    scenario = with_parameters(unrolled(activation="relu"), b1=-1e4, b2=1.0)
    dead = {name for name, kind in kinds(whole(scenario)).items() if kind == "dead"}
    assert dead == {"h1_1", "h2_1", "h3_1"}


GRAPH = """
title = "Gates"
[graph]
inputs = ["x"]
targets = ["t"]
nodes = [
  "i = sigmoid({w} * x)", "z = -x", "r = relu(z)", "g = tanh(r + i)", "v = concat(g, i)", "u = sigmoid(100 * v)",
  "p = sigmoid(sum(u))", "k = -x * {w}", "E = half_squared_error(p, t) + k + sum(u)",
]
error = "E"
[[example]]
inputs = [1]
targets = [{t}]
[[example]]
inputs = [{other}]
targets = [{t}]
"""


@pytest.mark.parametrize(
    ("w", "other", "t", "expected"),
    [
        (9.0, 2.0, 0.0, {"i": "saturated", "r": "dead", "u.1": "saturated", "u.2": "saturated"}),
        (9.0, -2.0, 0.0, {"i": "saturated", "u.1": "saturated"}),  # at either end
        (9.0, 0.0, 0.0, {"r": "dead", "u.1": "saturated", "u.2": "saturated"}),
        (0.01, 2.0, 0.0, {"r": "dead", "u.1": "saturated", "u.2": "saturated"}),
    ],
)
def test_of_graphs_activations_that_are_flat_for_all_examples(w, other, t, expected):
    session = whole(parse_scenario(GRAPH.format(w=w, other=other, t=t), "gates"))
    assert kinds(session) == expected


def test_a_graphs_output_near_its_target_is_well():
    text = """
title = "One"
[graph]
inputs = ["x"]
targets = ["t"]
nodes = ["p = sigmoid(x)", "E = half_squared_error(p, t)"]
error = "E"
[[example]]
inputs = [9]
targets = [TARGET]
"""
    assert kinds(whole(parse_scenario(text.replace("TARGET", "0"), "one"))) == {"p": "saturated"}
    assert kinds(whole(parse_scenario(text.replace("TARGET", "1"), "one"))) == {}
    fused = text.replace("TARGET", "0").replace("half_squared_error", "binary_cross_entropy")
    assert kinds(whole(parse_scenario(fused, "one"))) == {}  # the error goes back past the slope


def test_a_graphs_slopes_are_those_before_its_parameters_were_updated():
    text = """
title = "One weight"
[graph]
inputs = ["x"]
nodes = ["h = sigmoid(w * x)", "E = -h"]
error = "E"
parameters = { w = 0.1 }
[training]
learning_rate = 1000
[[example]]
inputs = [1]
"""
    session = whole(parse_scenario(text, "one"))
    assert session.values.theta[0] > 100
    assert kinds(session) == {}
    assert kinds(session.forward().forward()) == {"h": "saturated"}
