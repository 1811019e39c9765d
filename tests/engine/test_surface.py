"""What is drawn over two inputs or two parameters: the walk's own numbers, to 12 digits, at any place."""

import json

import numpy as np
import pytest

from engine import load_scenario
from engine.ask.landscape import MOST_POINTS, Landscape
from engine.ask.surface import inputs_of_data, output_at, outputs_at, plane_of, why_no_surface
from engine.files.read import parse_scenario
from engine.formula.activations import ACTIVATIONS
from engine.formula.precision import Arithmetic
from engine.walking.session import Session
from tests.networks import make, mazur
from tests.networks import unrolled as recurrent
from tui.cli import main

PLACES = 10
GRAPH = """
title = "a graph"
[graph]
inputs = { p = [2], r = [] }
targets = { t = [] }
parameters = { W = [[0.3, -0.2], [0.5, 0.4]], c = 0.7 }
nodes = ["h = tanh(W @ p)", "q = exp(c * r) * (h @ h)", "E = (q - t) ** 2"]
error = "E"
[training]
learning_rate = 0.1
[[example]]
inputs = { p = [0.5, -0.3], r = 0.2 }
targets = { t = 0.4 }
"""


def agrees(session, names, over=None, example=0):
    """At random points every node as the walk's own functions have it."""
    start, random = session.values.beginning, np.random.default_rng(1)
    plane = plane_of(session.scenario, start, example, over)
    xs, ys = random.normal(size=(2, PLACES)) * 2
    quick = outputs_at(start, plane, plane.inputs(xs, ys), names)
    for name, found in zip(names, quick, strict=True):
        own = [output_at(start, plane, name, x, y) for x, y in zip(xs, ys, strict=True)]
        np.testing.assert_allclose(found, own, rtol=1e-12, atol=1e-12)
    return quick


@pytest.mark.parametrize("hidden", sorted(set(ACTIVATIONS) - {"softmax"}))
def test_every_activation_is_as_the_walk_has_it(hidden):
    session = Session.open(make((3, 4, 2), hidden, "sigmoid", examples=5, batch=5)).fast_forward(3)
    agrees(session, ["h1_1", "h1_4", "o1", "o2"], ("i3", "i1"), example=2)


def test_a_layer_of_several_functions_softmax_and_late_inputs():
    agrees(
        Session.open(make((2, 3, 3), [ACTIVATIONS["relu"], ACTIVATIONS["tanh"]], "softmax", "cross_entropy")), ["o1"]
    )
    unrolled = recurrent(steps=3, inputs=1)
    names = unrolled.network.inputs
    agrees(Session.open(unrolled), [unrolled.network.outputs[0]], (names[1], names[2]))


def test_single_precision_and_rounded_numbers_are_met_too():
    for arithmetic in (Arithmetic(precision="float32"), Arithmetic(decimals=2)):
        agrees(Session.open(make((2, 3, 1), arithmetic=arithmetic)), ["h1_2", "o1"])


def test_of_a_graph_every_element_and_the_error_itself():
    scenario = parse_scenario(GRAPH, "a graph")
    session = Session.open(scenario)
    assert inputs_of_data(scenario) == ("p.1", "p.2", "r")
    agrees(session, ["h.1", "h.2", "q", "E", "p.1"], ("p.2", "r"))


def test_features_and_a_common_scale_are_made_anew_at_each_point(tmp_path):
    assert main(["new", str(tmp_path / "s.toml"), "--data", "spiral", "--layers", "2-3-1"]) == 0
    text = (tmp_path / "s.toml").read_text()
    text = text.replace("# features =", "features =")
    scenario = parse_scenario(text, "features")
    assert scenario.preparation is not None
    assert scenario.preparation.features
    assert scenario.preparation.means is not None
    session = Session.open(scenario)
    agrees(session, ["h1", "o1"])
    start = session.values.beginning
    plane = plane_of(scenario, start, 4)
    raw = scenario.preparation.raw_of(start.inputs[4:5])[0]
    here = output_at(start, plane, "o1", *raw)
    there = session.seek(0, session.count).values
    assert here == pytest.approx(there.get("y", 2)[4, 0], rel=1e-12)


def test_what_has_no_map_says_why():
    assert "two inputs" in why_no_surface(make((1, 2, 1)))
    with pytest.raises(LookupError, match="no input z"):
        plane_of(mazur(), Session.open(mazur()).values, 0, ("i1", "z"))
    norm = GRAPH.replace('"h = tanh(W @ p)"', '"m = p - batch_mean(p)", "h = tanh(W @ m)"')
    assert "meet" in why_no_surface(parse_scenario(norm, "norm"))


# E over two parameters


def errors_agree(session, across, up):
    land, random = Landscape(session, across, up), np.random.default_rng(2)
    xs, ys = (random.normal(size=n) for n in (5, 4))
    grid = land.errors(xs, ys)
    assert grid.shape == (4, 5)
    own = [[land.error(x, y) for x in xs] for y in ys]
    np.testing.assert_allclose(grid, np.array(own, dtype=float), rtol=1e-12, atol=1e-15)
    return land


@pytest.mark.parametrize(
    "scenario",
    [
        mazur(),
        make((2, 3, 3), "tanh", "softmax", "cross_entropy", examples=5, batch=3, reduction="sum"),
        make((2, 3, 2), "relu", "sigmoid", "binary_cross_entropy", examples=4, batch=4),
        make((2, 2, 1), arithmetic=Arithmetic(precision="float32")),
        recurrent(steps=2),
    ],
    ids=["mazur", "softmax", "binary", "single", "tied"],
)
def test_a_landscape_is_as_the_walk_has_it(scenario):
    names = scenario.network.parameter_names
    errors_agree(Session.open(scenario).fast_forward(2), names[0], names[-1])


def test_a_graph_s_landscape_takes_inputs_too():
    session = Session.open(parse_scenario(GRAPH, "a graph"))
    errors_agree(session, "W.2.1", "c")
    errors_agree(session, "p.1", "c")


def test_values_are_those_of_the_command(capsys):
    session, random = Session.open(load_scenario("mazur")), np.random.default_rng(3)
    land = Landscape(session, "w5", "w1")
    start = session.values.beginning
    plane = plane_of(session.scenario, start, 0)
    for x, y in random.normal(size=(PLACES, 2)):
        assert _value(capsys, "E", f"w5={x!r}", f"w1={y!r}") == land.error(x, y)
        assert land.errors(np.array([x]), np.array([y]))[0, 0] == pytest.approx(land.error(x, y), rel=1e-12)
        own = _value(capsys, "y[o2]", f"i1={x!r}", f"i2={y!r}")
        assert own == output_at(start, plane, "o2", x, y)


def _value(capsys, quantity, *changes):
    options = [part for change in changes for part in ("--set", change.replace("np.float64(", "").replace(")", ""))]
    assert main(["value", "mazur", quantity, "--json", *options]) == 0
    return json.loads(capsys.readouterr().out)[quantity]


def test_the_path_ends_where_the_walk_stands():
    session = Session.open(mazur()).fast_forward(1000)
    land = Landscape(session, "w5", "w6")
    path = land.path()
    assert len(path) <= MOST_POINTS + 2
    assert path[-1].tolist() == [land.across.value, land.up.value]
    assert path[0].tolist() == [0.4, 0.45]
    at_8 = session.timeline.start(8).theta[session.scenario.network.parameter_index["w5"]]
    assert path[1, 0] == at_8  # every eighth of a thousand
