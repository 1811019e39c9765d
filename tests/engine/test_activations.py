"""Settings of activations, slopes at corners, and layers in which each node has a function of its own."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from engine import Session, compare
from engine.ask.activation_curve import curve_of
from engine.ask.health import health
from engine.ask.lookup import value_at
from engine.check.gradients import check_gradient
from engine.explain.matrices import matrix_forms
from engine.explain.terms import explain
from engine.files import ScenarioError, parse_scenario
from engine.files.save.composed import composed
from engine.formula.activations import ACTIVATIONS, activation, forms, record_of, with_other_corners
from engine.formula.calculus import number_of
from engine.formula.corner import at_corner
from engine.formula.field import COMPLEX, REAL
from engine.formula.quantity import Quantity
from engine.formula.tree import Symbol
from engine.program.expression import ExpressionError, parse_expression
from engine.walking.fast.array_run import array_run
from engine.walking.fast.straight import straight_run
from tests.engine.test_straight import packed, stepped
from tests.networks import make

RECORDED = [
    (record["framework"], record["x"], *run)
    for record in map(json.loads, (path.read_text() for path in Path("tests/record").glob("activations_*.json")))
    for run in record["runs"]
]
SINGLE = [name for name, record in ACTIVATIONS.items() if not record.joint]
CORNERED = [name for name in SINGLE if ACTIVATIONS[name].corners]
STEP = 1e-30
LESS_EXACT = {("pytorch", "softplus"): 3e-9, ("pytorch", "hard_sigmoid"): 6e-9}
"""PyTorch's softplus is x above 20; its hard sigmoid takes a sixth of single precision."""
X, Y = Symbol("x"), Symbol("y")

with_settings = st.one_of(
    st.sampled_from(SINGLE).map(activation),
    st.builds(lambda a: activation("leaky_relu", {"slope": a}), st.floats(0, 2)),
    st.builds(lambda a: activation("elu", {"alpha": a}), st.floats(0.01, 5)),
    st.builds(lambda a: activation("softplus", {"beta": a}), st.floats(0.1, 20)),
    st.builds(lambda a: activation("hard_sigmoid", {"slope": a}), st.floats(0.01, 2)),
    st.just(activation("gelu", {"approximate": "tanh"})),
    st.builds(lambda name, a: activation(name, {"corner": a}), st.sampled_from(CORNERED), st.floats(0, 1)),
)


@pytest.mark.parametrize(("framework", "xs", "name", "options", "ys", "slopes"), RECORDED)
def test_values_and_slopes_are_those_of_frameworks(framework, xs, name, options, ys, slopes):
    """At many points, corners and far ends among them."""
    record = activation(name, options)
    within = LESS_EXACT.get((framework, name), 4e-16)
    for x, y, slope in zip(xs, ys, slopes, strict=True):
        assert record.value(x, REAL) == pytest.approx(y, rel=2e-15, abs=within), x
        assert record.slope(x, REAL) == pytest.approx(slope, rel=1e-14, abs=max(within, 2e-15)), x


@settings(deadline=None)
@given(with_settings, st.floats(-30, 30))
def test_the_slope_is_what_the_complex_step_finds(record, x):
    if x in record.kinks:
        return
    tilted = record.value(complex(x, STEP), COMPLEX)
    assert tilted.real == pytest.approx(record.value(x, REAL), rel=1e-15, abs=1e-55)
    assert tilted.imag / STEP == pytest.approx(record.slope(x, REAL), rel=1e-12, abs=1e-14)


@settings(deadline=None)
@given(with_settings, st.floats(-15, 15))
def test_what_is_written_is_what_is_computed(record, x):
    y = record.value(x, REAL)
    assert number_of(record.formula(X), {X: x}, REAL) == pytest.approx(y, rel=1e-9, abs=1e-13)
    slope = number_of(record.slope_formula(X, Y), {X: x, Y: y}, REAL)
    assert slope == pytest.approx(record.slope(x, REAL), rel=1e-8, abs=1e-13)
    if record.arrays is not None:
        values, slopes = record.arrays(np.array([x, -x, *record.kinks]))
        assert values.tolist() == [record.value(one, REAL) for one in (x, -x, *record.kinks)]
        assert slopes.tolist() == [record.slope(one, REAL) for one in (x, -x, *record.kinks)]


@pytest.mark.parametrize("record", [*forms()], ids=lambda record: record.called)
@pytest.mark.parametrize("x", [-1e300, -1e6, -800.0, 800.0, 1e6, 1e300])
def test_far_out_everything_is_a_number(record, x):
    steep = record.name == "exp" and x > 0
    assert math.isfinite(record.value(x, REAL)) != steep
    assert math.isfinite(record.slope(x, REAL)) != steep


@pytest.mark.parametrize("name", CORNERED)
@pytest.mark.parametrize("corner", [0, 0.25, 0.5, 1])
def test_the_slope_at_a_corner_is_as_chosen(name, corner):
    """left + corner·(right − left), of slopes as they are beside it; elsewhere all is as it was."""
    usual, chosen = activation(name), activation(name, {"corner": corner})
    for place in usual.corners:
        left, right = (usual.slope(math.nextafter(place.at, way), REAL) for way in (-math.inf, math.inf))
        assert chosen.slope(place.at, REAL) == pytest.approx(left + corner * (right - left), rel=1e-14)
        assert chosen.value(place.at, REAL) == usual.value(place.at, REAL)
        assert usual.slope(place.at, REAL) == pytest.approx(place.slope, rel=1e-14)
    for x in (-5.0, -0.3, 0.4, 7.0):
        assert chosen.slope(x, REAL) == usual.slope(x, REAL)


def test_the_ends_are_met_exactly():
    assert at_corner(0.1, 0.7, 1) == 0.7
    assert at_corner(0.1, 0.7, 0) == 0.1


@pytest.mark.parametrize(
    ("name", "slopes"),
    [
        ("relu", [0.0]),  # eleven of the packages that were asked
        ("leaky_relu", [0.01]),  # PyTorch, dlib, TensorFlow.js, chainer; JAX and tinygrad have 1
        ("selu", [1.7580993408473766]),  # PyTorch, JAX, TensorFlow.js
        ("hard_tanh", [1.0, 1.0]),  # JAX, tinygrad, Keras on JAX; PyTorch has 0
        ("hard_sigmoid", [0.0, 0.0]),  # PyTorch, JAX
    ],
)
def test_without_a_choice_the_slope_is_that_of_most_packages(name, slopes):
    record = activation(name)
    assert [record.slope(corner.at, REAL) for corner in record.corners] == pytest.approx(slopes, rel=1e-15)
    assert [corner.slope for corner in record.corners] == pytest.approx(slopes, rel=1e-15)


def test_one_record_for_the_same_settings():
    assert activation("leaky_relu", {"slope": 0.01}) is ACTIVATIONS["leaky_relu"]
    assert activation("relu", {"corner": 0}) is ACTIVATIONS["relu"]
    assert activation("hard_tanh", {"corner": [1, 0]}) is ACTIVATIONS["hard_tanh"]
    other = activation("leaky_relu", {"slope": 0.2, "corner": 0.5})
    assert other is activation("leaky_relu", {"slope": 0.2, "corner": [0.5]})
    assert (other.called, record_of(other.function)) == ("leaky_relu (slope = 0.2, corner = 0.5)", other)
    assert {record.called for record in with_other_corners(ACTIVATIONS["relu"])} == {
        "relu (corner = 0.5)",
        "relu (corner = 1)",
    }
    assert not [*with_other_corners(ACTIVATIONS["elu"])], "with α = 1 there is no corner"


MIXED = ["sigmoid", activation("leaky_relu", {"slope": 0.2}), activation("leaky_relu", {"slope": 0.3}), "gelu"]


@settings(deadline=None, max_examples=60)
@given(
    shape=st.lists(st.integers(2, 5), min_size=2, max_size=4),
    hidden=st.lists(with_settings, min_size=1, max_size=4),
    last=st.lists(with_settings, min_size=1, max_size=3),
    seed=st.integers(0, 99),
    batch=st.sampled_from([1, 2]),
    of_corners=st.booleans(),
)
def test_running_on_is_bit_equal_to_stepping(shape, hidden, last, seed, batch, of_corners):
    """With functions of each node's own and with corners, on which a walk of zeros stands."""
    scale = 0.0 if of_corners else 1.0
    scenario = make(
        shape, hidden, last, "half_squared_error", examples=3, seed=seed, batch=batch, scale=scale, learning_rate=0.01
    )
    theta, errors, reached = stepped(scenario, 4)
    for run in (straight_run(scenario), array_run(scenario)):
        if run is None:
            continue
        straight = run.__name__ == "run" and not hasattr(run, "__self__")
        start, found = packed(scenario.theta, np.empty((0,))), []
        fast, done = run(start.tolist() if straight else start, 0, 4, -math.inf, found)
        wanted, whole = (theta, errors) if done == reached else stepped(scenario, done)[:2]
        assert np.asarray(fast).tobytes() == np.asarray(wanted).tobytes()
        assert [error.hex() for error in found] == [error.hex() for error in whole[:done]]


@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy"])
def test_the_gradient_of_layers_whose_nodes_differ(loss):
    last = ["sigmoid", "gaussian"] if loss == "binary_cross_entropy" else ["identity", "tanh", "relu"]
    scenario = make((3, 4, 3), MIXED, last, loss, examples=2, batch=2)
    start = Session.open(scenario)
    values = start.seek(0, start.count).values
    check = check_gradient(scenario, values.beginning.theta, values.examples)
    assert check.ok
    assert not [one for one in check.all if one.verdict == "kink"]


FILE = """
title = "Corners"
[network]
inputs = ["i1"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["h1", "h2"]
activation = {activation}
weights = [[1], [1]]
bias = [0, 0.5]
[[network.layer]]
nodes = ["o1"]
activation = "identity"
weights = [[1, 1]]
[[example]]
inputs = [0]
targets = [2]
"""


def walked(activation):
    start = Session.open(parse_scenario(FILE.replace("{activation}", activation), "file.toml"))
    return start.seek(0, start.count)


@pytest.mark.parametrize(
    ("text", "slope", "words"),
    [
        ('"relu"', 0.0, "the slope jumps from 0 to 1: 0 is taken (corner = 0)."),
        ('{ name = "relu", corner = 0.5 }', 0.5, "0.5 is taken (corner = 0.5)."),
        ('{ name = "leaky_relu", slope = 0.2 }', 0.2, "from 0.2 to 1: 0.2 is taken (corner = 0)."),
        ('{ name = "leaky_relu", slope = 0.2, corner = 1 }', 1.0, "1 is taken (corner = 1)."),
        ('[{ name = "elu", alpha = 3, corner = 0.5 }, "relu"]', 2.0, "from 3 to 1: 2 is taken"),
        ('"elu"', 1.0, ""),
        ('"sigmoid"', 0.25, ""),
    ],
)
def test_a_walk_on_a_corner_says_so(text, slope, words):
    session = walked(text)
    calculation = explain(session, Quantity("dy/dx", "h1"), 0)
    assert calculation.value == slope
    assert words in calculation.words
    assert bool(calculation.words) == bool(words)
    assert not explain(session, Quantity("dy/dx", "h2"), 0).words
    check = check_gradient(session.scenario, session.values.beginning.theta, session.values.examples)
    assert check.ok
    assert ("kink" in {one.verdict for one in check.all}) == bool(words)


@pytest.mark.parametrize(
    "text",
    [
        '{ name = "leaky_relu", slope = 0.2 }',
        '{ name = "hard_tanh", corner = [0, 1] }',
        '{ name = "gelu", approximate = "tanh" }',
        '["sigmoid", { name = "elu", alpha = 2.0, corner = 1.0 }]',
    ],
)
def test_a_file_written_anew_has_the_settings(text):
    scenario = walked(text).scenario
    again = parse_scenario(composed(scenario), "again.toml")
    assert [layer.activation for layer in again.network.layers] == [
        layer.activation for layer in scenario.network.layers
    ]


def test_all_of_one_kind_is_one_function_for_the_layer():
    scenario = walked('["tanh", { name = "tanh" }]').scenario
    assert scenario.network.layers[0].activation is ACTIVATIONS["tanh"]


def test_every_setting_has_a_form_of_its_own():
    """What frameworks have otherwise is known with other settings than the usual ones."""
    for record in forms():
        assert record.given == {} or asdict(record.settings) != asdict(ACTIVATIONS[record.name].settings)
    assert {record.called for record in forms() if record.given} >= {
        "leaky_relu (slope = 0.2)",
        "hard_sigmoid (slope = 0.2)",
        "gelu (approximate = tanh)",
    }


GRAPH = """
title = "Settings in formulas"
[graph]
inputs = ["x"]
nodes = ["z = w * x", "f = FORMULA"]
error = "f"
parameters = { w = 0.5 }
[[example]]
inputs = [INPUT]
"""


def graph_of(formula, x=-1.5):
    return parse_scenario(GRAPH.replace("FORMULA", formula).replace("INPUT", str(x)), "graph.toml")


@pytest.mark.parametrize(
    ("formula", "name", "options"),
    [
        ("leaky_relu(z, 0.2)", "leaky_relu", {"slope": 0.2}),
        ("LReLU(z, slope = 0.2)", "leaky_relu", {"slope": 0.2}),
        ("elu(z, alpha = 2, corner = 1)", "elu", {"alpha": 2, "corner": 1}),
        ("softplus(z, 3)", "softplus", {"beta": 3}),
        ("gelu(z, approximate = tanh)", "gelu", {"approximate": "tanh"}),
        ("hard_sigmoid(z, 0.2, corner = 0.5)", "hard_sigmoid", {"slope": 0.2, "corner": 0.5}),
        ("relu(z, corner = 0.5)", "relu", {"corner": 0.5}),
    ],
)
@pytest.mark.parametrize("x", [-1.5, 0.0, 0.8])
def test_formulas_and_figures_take_settings(formula, name, options, x):
    start = Session.open(graph_of(formula, x))
    session, record = start.seek(0, start.count), activation(name, options)
    assert evaluated(session, "y[f]") == record.value(0.5 * x, REAL)
    assert evaluated(session, "dE/dy[z]") == record.slope(0.5 * x, REAL)
    assert evaluated(session, formula.replace("z", "y[z]")) == record.value(0.5 * x, REAL)


def evaluated(session, text):
    return parse_expression(text).evaluate(lambda quantity: value_at(session, quantity))


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("leaky_relu(z, -1)", "slope must be a number of at least 0: leaky_relu(x) or leaky_relu(x, slope = 0.2)"),
        ("leaky_relu(z, w)", "slope must be a number of at least 0"),
        ("leaky_relu(z, 1, 2)", "leaky_relu takes 1 argument, not 3"),
        ("leaky_relu(z, 0.2, slope = 0.3)", "slope is given twice"),
        ("leaky_relu(z, alpha = 1)", "leaky_relu has no option 'alpha': there are slope, corner"),
        ("gelu(z, approximate = erf)", "approximate must be none or tanh"),
        ("relu(z, corner = 2)", "corner must be a number from 0 to 1"),
        ("sigmoid(z, corner = 0)", "sigmoid has no option 'corner': it takes none"),
    ],
)
def test_a_wrong_setting_in_a_formula_is_told(formula, words):
    with pytest.raises(ScenarioError) as caught:
        graph_of(formula)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("leaky_relu(1, -0.2)", "slope = a number of at least 0"),
        ("leaky_relu(1, 1, 1)", "column 18: leaky_relu takes settings like these"),
        ("elu(1, slope = 1)", "alpha = a number above 0, corner = a number from 0 to 1"),
        ("leaky_relu(1,", "column 14"),
        ("1 = 1", "'=' does not belong here"),
    ],
)
def test_a_wrong_setting_in_a_figure_is_told(text, words):
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5 if 0 = 0, else 1 if 0 > 0, else 0", 0.5),
        ("0.5 if 1 = 0, else 1 if 1 > 0, else 0", 1.0),
        ("ReLU′(0, corner = 0.25)", 0.25),
        ("GELU(0, approximate = tanh)", 0.0),
        ("elu(-1, alpha = 1e-3)", 1e-3 * math.expm1(-1)),
    ],
)
def test_what_equations_write_of_choices_is_read(text, value):
    assert parse_expression(text).evaluate(lambda quantity: math.nan) == value


def test_a_graph_on_a_corner_says_so():
    start = Session.open(graph_of("w * leaky_relu(z - 1, 0.2)", 2.0))
    session = start.seek(0, start.count)
    words = explain(session, Quantity("dE/dy", "z"), 0).words
    assert words == "At z − 1 = 0 the slope of leaky_relu jumps from 0.2 to 1: 0.2 is taken (corner = 0)."
    away = Session.open(graph_of("w * leaky_relu(z - 1, 0.2)", 2.5))
    assert not explain(away.seek(0, away.count), Quantity("dE/dy", "z"), 0).words


def test_a_flat_function_is_said_to_teach_nothing():
    assert "by gradient, nothing before it is learned" in explain(walked('"step"'), Quantity("dy/dx", "h2"), 0).words


def test_another_slope_at_a_corner_is_found_by_comparing():
    session = walked('{ name = "leaky_relu", slope = 0.2 }')
    given = walked('{ name = "leaky_relu", slope = 0.2, corner = 0.5 }')
    numbers = {f"dE/dx[{name}]": value_at(given, Quantity("dE/dx", name)) for name in ("h1", "h2")}
    done = compare(session, numbers)
    assert done.first.quantity == "dE/dx[h1]"
    assert [(cause.cause, cause.details) for cause in done.causes] == [
        ("other-activation", {"activation": "leaky_relu", "slope": 0.2, "corner": 0.5})
    ]


MIXED_FILE = '["relu", { name = "leaky_relu", slope = 0.2 }]'


def test_a_nodes_curve_and_health_are_of_its_own_function():
    session, xs = walked(MIXED_FILE), np.array([-2.0, 0.5])
    assert [found.tolist() for found in curve_of(session, "h1", xs)] == [[0.0, 0.5], [0.0, 1.0]]
    assert [found.tolist() for found in curve_of(session, "h2", xs)] == [[-0.4, 0.5], [0.2, 1.0]]
    assert [*health(session)] == ["h1"], "a leaky one never dies"


def test_matrices_and_latex_tell_the_functions():
    session = walked(MIXED_FILE)
    at_outputs = session.seek(0, 3)
    assert at_outputs.row.quantity == "y"
    assert matrix_forms(at_outputs, at_outputs.row).words == "f is each node's own: relu, leaky_relu (slope = 0.2)."
    writing = activation("gelu", {"approximate": "tanh"}).function.latex
    assert writing.template == r"\mathrm{{GELU}}_{{\text{{approximate}} = \text{{tanh}}}}{0}"
