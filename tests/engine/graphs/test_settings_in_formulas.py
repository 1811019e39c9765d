"""Settings of losses and of corners in formulas: as layers have them, and as frameworks choose slopes at corners."""

import numpy as np
import pytest

from engine import Session
from engine import read as number
from engine.check.gradients import check_gradient
from engine.explain.terms import explain
from engine.formula.quantity import Quantity
from engine.walking.fast.array_run import array_run
from engine.walking.fast.straight import straight_run
from tests.engine.graphs.files import problems_of, read
from tests.engine.test_straight import stepped
from tests.tui.test_export_graphs import agrees

GRAPH = """title = "settings"
[graph]
inputs = {{ x = [3] }}
targets = {{ t = [3] }}
constants = {{ c = [0.5, 1, 3] }}
nodes = ["y = {activation}(w * x)", "E = {formula}"]
error = "E"
parameters = {{ w = 1 }}
[[example]]
inputs = {{ x = {x} }}
targets = {{ t = {t} }}
"""
LAYERS = """title = "settings"
[network]
inputs = ["a", "b", "c"]
loss = {loss}
[[network.layer]]
nodes = ["p", "q", "r"]
activation = "{activation}"
weights = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
[[example]]
inputs = {x}
targets = {t}
"""
SAME = [
    ("huber", "identity", "delta = 2", {}),
    ("huber", "identity", "delta = 0.5", {"by_place": "0.5"}),
    ("smooth_l1", "identity", "beta = 0.25, over_outputs = mean", {}),
    ("squared_error", "tanh", "half = true, over_outputs = mean", {}),
    ("half_squared_error", "tanh", "half = false", {}),
    ("mean_squared_error", "tanh", "over_outputs = sum", {}),
    ("absolute_error", "identity", "corner = 1", {}),
    ("absolute_error", "identity", "corner = 0.25, class_weights = c", {}),
    ("squared_error", "tanh", "class_weights = c", {}),
    ("log_cosh", "tanh", "over_outputs = mean", {}),
    ("poisson", "exp", "class_weights = c, over_outputs = mean", {}),
    ("kl_divergence", "softmax", "over_outputs = mean", {}),
    ("output", "tanh", "over_outputs = mean, class_weights = c", {}),
]


def made(formula, x=(1.0, 1.0, 1.0), t=(0.0, 0.0, 0.0), activation="identity"):
    return read(GRAPH.format(formula=formula, x=list(x), t=list(t), activation=activation))


def done(scenario):
    start = Session.open(scenario)
    return start.seek(0, start.count)


def slopes(formula, x=(1.0, 1.0, 1.0), t=(0.0, 0.0, 0.0)):
    session = done(made(formula, x, t))
    return [number(session, f"dE/dy[y.{i}]") for i in (1, 2, 3)]


@pytest.mark.parametrize(("loss", "activation", "settings", "more"), SAME)
def test_a_loss_has_its_settings_as_in_layers(loss, activation, settings, more):
    x, t = [0.5, -1.5, 3.0], [0.5, 0.25, 0.25]
    values = "y" if loss == "output" else "y, t"
    graph = done(made(f"{loss}({values}, {more.get('by_place', settings)})", x, t, activation))
    table = settings.replace("mean", '"mean"').replace("= sum", '= "sum"').replace("= c", "= [0.5, 1, 3]")
    layers = LAYERS.format(loss=f'{{ name = "{loss}", {table} }}', activation=activation, x=x, t=t)
    layers = done(read(layers.replace(f"targets = {t}\n", "") if loss == "output" else layers))
    assert number(graph, "E") == pytest.approx(number(layers, "E"), rel=1e-15)
    for i, name in enumerate("abc", 1):
        assert number(graph, f"dE/dy[x.{i}]") == pytest.approx(number(layers, f"dE/dy[{name}]"), rel=1e-13, abs=1e-16)
    scenario = made(f"{loss}({values}, {settings})", [0.7, -1.5, 3.0], t, activation)
    result = check_gradient(scenario, scenario.theta, (0,))
    assert result.ok
    assert result.max_relative_error < 1e-10


# At a corner, what frameworks take: see the table of slopes
CORNERS = [
    ("abs(y.1 - 1, corner = 0.5)", (1, 0, 0), (0, 0, 0)),  # PyTorch, autograd, tinygrad
    ("abs(y.1 - 1, corner = 1)", (1, 0, 0), (1, 0, 0)),  # JAX
    ("abs(y.1 - 1, corner = 0)", (1, 0, 0), (-1, 0, 0)),  # TensorFlow.js
    ("max(y.1, 0, corner = 0.5)", (0, 0, 0), (0.5, 0, 0)),  # PyTorch's maximum, JAX, Keras
    ("max(y.1, 0, corner = 1)", (0, 0, 0), (1, 0, 0)),  # PyTorch's clamp
    ("max(y.1, 0)", (0, 0, 0), (1, 0, 0)),  # PyTorch's fmax(x, 0)
    ("max(0, y.1)", (0, 0, 0), (0, 0, 0)),  # and fmax(0, x)
    ("relu(y.1, corner = 0.25)", (0, 0, 0), (0.25, 0, 0)),
    ("min(y.1, y.2, corner = shared)", (2, 2, 0), (0.5, 0.5, 0)),
    ("min(y.1, y.2, corner = 0)", (2, 2, 0), (1, 1, 0)),
    ("max(y)", (3, 3, 3), (1, 0, 0)),  # PyTorch's max along an axis
    ("max(y, corner = shared)", (3, 3, 3), (1 / 3, 1 / 3, 1 / 3)),  # PyTorch's max() and amax, JAX
    ("max(y, corner = 1)", (1, 3, 3), (0, 1, 1)),  # TensorFlow.js, chainer
    ("min(y, corner = shared)", (3, 1, 1), (0, 0.5, 0.5)),
    ("min(y, corner = 1)", (3, 1, 1), (0, 0, 0)),
    ("max(reshape(y, 1, 3), axis = rows, corner = 0.25).1", (3, 3, 1), (0.25, 0.25, 0)),
]


@pytest.mark.parametrize(("formula", "x", "expected"), CORNERS)
def test_the_slope_at_a_corner_is_a_choice(formula, x, expected):
    assert slopes(formula, x) == pytest.approx(list(expected), rel=1e-15)
    session = done(made(formula, x))
    used = [i for i in (1, 2, 3) if f"y.{i}" in formula or "y)" in formula or "(y," in formula]
    for i in used:
        found = explain(session, Quantity("dE/dy", f"y.{i}"))
        assert "is taken" in found.words
        assert sum(part.value for part in found.parts) == pytest.approx(found.value, rel=1e-15)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("max(y)", "Several are the greatest: the slope by the first of them is taken as 1, by the others 0."),
        ("min(y, corner = 1)", "Several are the least: the slope by each of them is taken as 0 (corner = 1)."),
        (
            "max(y, corner = shared)",
            "Several are the greatest: the slope by each of them is taken as 1 over their number (corner = shared).",
        ),
        ("absolute_error(y, t, corner = 1)", "At y − t = 0 the slope jumps from −1 to 1: 1 is taken (corner = 1)."),
        ("hinge(y, t, corner = 0)", "At t·y = 1 the slope jumps from −1 to 0: −1 is taken (corner = 0)."),
    ],
)
def test_a_walk_that_takes_a_corner_says_so(formula, words):
    session = done(made(formula, t=(1, 1, 1)))
    assert explain(session, Quantity("dE/dy", "y.2")).words == words
    assert explain(done(made(formula, (0.25, 0.5, 0.75), (0.125, 4, 4))), Quantity("dE/dy", "y.2")).words == ""


@pytest.mark.parametrize("corner", [0, 0.25, 1])
def test_by_a_target_the_corner_is_the_same(corner):
    text = GRAPH.replace('["y =', '["s = 1 * y", "y =').replace("s = 1 * y", "u = 1 * x")
    text = text.replace("{formula}", f"hinge(t, u, corner = {corner}) + 0 * sum(y)")
    session = done(read(text.format(activation="identity", x=[1, 1, 1], t=[1, 1, 1])))
    assert number(session, "dE/dy[u.1]") == corner - 1


MIXED = (
    "huber(y, t, 0.25) + max(y, corner = shared) + min(y, corner = 0.25) + max(y.1, y.2, corner = 1)"
    " + abs(y.1 - 0.5, corner = 1) + relu(y.2 - 0.5, corner = 0.5)"
    " + absolute_error(y, t, corner = 1, class_weights = c)"
)


@pytest.mark.parametrize("x", [[0.5, 0.5, 0.5], [0.25, -1.5, 2.0]])
def test_every_way_has_the_same_numbers(x):
    text = GRAPH.format(formula=MIXED, x=x, t=[0.5, 0.5, 2.0], activation="identity")
    scenario = read(f"{text}[training]\nlearning_rate = 0.01\n")
    expected, errors, _ = stepped(scenario, 5)
    for way in (straight_run, array_run):
        run = way(scenario)
        if run is not None:
            found, reached = run(scenario.theta, 0, 5, -np.inf, ran := [])
            assert (reached, ran) == (5, errors)
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("x", [[0.5, 0.5, 0.5], [0.25, -1.5, 2.0]])
def test_scripts_have_them(x):
    agrees(GRAPH.format(formula=MIXED, x=x, t=[0.5, 0.5, 2.0], activation="identity"))


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("huber(y, t, delta = 0)", "delta must be a number above 0: huber(y, t) or huber(y, t, delta = 1)"),
        ("huber(y, t, deltas = 2)", "huber has no option 'deltas': is delta meant?"),
        ("huber(y, t, 2, 3)", "huber takes 2 arguments, not 4"),
        ("squared_error(y, t, half = 1)", "half must be true or false"),
        ("squared_error(y, t, over_outputs = average)", "over_outputs must be mean or sum"),
        ("squared_error(y, t, class_weights = q)", "there is no 'q' before this line"),
        ("squared_error(y.1, t.1, class_weights = c)", "class_weights are (3,), but the outputs a number"),
        ("max(y, corner = 2)", "corner must be a number from 0 to 1, the slope by each"),
        ("max(y, corner = first)", "corner must be a number from 0 to 1, the slope by each"),
        ("abs(y.1, corner = shared)", "corner must be a number from 0 to 1: abs(x) or abs(x, corner = 0.5)"),
    ],
)
def test_what_cannot_be_is_told(formula, message):
    (problem,) = problems_of(GRAPH.format(formula=formula, x=[1, 1, 1], t=[0, 0, 0], activation="identity"))
    assert message in f"{problem.message}: {problem.remedy}"


CANCELLING = [
    (loss, activation, settings)
    for loss, activation in (("cross_entropy", "softmax"), ("binary_cross_entropy", "sigmoid"))
    for settings in (
        *("", "over_outputs = mean", "class_weights = c", "over_outputs = mean, class_weights = c"),
        *(("pos_weight = 3", "pos_weight = 3, over_outputs = mean") if activation == "sigmoid" else ()),
    )
]


@pytest.mark.parametrize("by_node", [False, True])
@pytest.mark.parametrize(("loss", "activation", "settings"), CANCELLING)
def test_what_cancels_has_its_settings_too(loss, activation, settings, by_node):
    t = [1, 0, 0.5] if activation == "sigmoid" else [1, 0, 0]
    of = f"y, t, {settings}" if settings else "y, t"
    text = GRAPH.replace("{activation}(w * x)", "w * x").format(
        formula=f"{loss}({of})", x=[1, -1, 0.5], t=t, activation=""
    )
    text = text.replace('"y = w * x"', '"z = w * x", "y = {a}(z)"' if by_node else '"z = w * x"')
    text = text.replace("(y, t", "(y, t" if by_node else f"({activation}(z), t").replace("{a}", activation)
    scenario = read(text)
    table = settings.replace("mean", '"mean"').replace("= c", "= [0.5, 1, 3]")
    head = f'{{ name = "{loss}"{f", {table}" if table else ""} }}'
    layers = done(read(LAYERS.format(loss=head, activation=activation, x=[1, -1, 0.5], t=t)))
    session = done(scenario)
    assert number(session, "E") == pytest.approx(number(layers, "E"), rel=1e-14)
    for i, name in enumerate("pqr", 1):
        assert number(session, f"dE/dy[z.{i}]") == pytest.approx(number(layers, f"dE/dx[{name}]"), rel=1e-13)
        found = explain(session, Quantity("dE/dy", f"z.{i}"))
        assert sum(part.value for part in found.parts) == pytest.approx(found.value, rel=1e-12)
    assert check_gradient(scenario, scenario.theta, (0,)).max_relative_error < 1e-10
    trained = read(f"{text}[training]\nlearning_rate = 0.25\n")
    expected, errors, _ = stepped(trained, 4)
    for way in (straight_run, array_run):
        run = way(trained)
        if run is not None:
            after, reached = run(trained.theta, 0, 4, -np.inf, ran := [])
            assert (reached, ran) == (4, errors)
            np.testing.assert_array_equal(after, expected)
    agrees(text)


@pytest.mark.parametrize("by_node", [False, True])
@pytest.mark.parametrize(
    ("formula", "slopes_of_z"),
    [
        ("cross_entropy(softmax(z), t, class_weights = c)", [-0.5 * np.exp(-80), 0.5 * np.exp(-80)]),
        ("binary_cross_entropy(sigmoid(z), t, pos_weight = 3)", [-3 * np.exp(-40), np.exp(-40)]),
        ("binary_cross_entropy(sigmoid(z), t, over_outputs = mean)", [-np.exp(-40) / 3, np.exp(-40) / 3]),
        ("binary_cross_entropy(sigmoid(z), t, class_weights = c)", [-0.5 * np.exp(-40), np.exp(-40)]),
        ("binary_cross_entropy(sigmoid(z), 1 - t, class_weights = c)", [0.5, -1]),
    ],
)
def test_saturated_outputs_keep_all_digits(formula, slopes_of_z, by_node):
    if by_node:
        inner = formula[formula.index("(") + 1 : formula.index(")") + 1]
        nodes = f'"z = w * x", "y = {inner}"'
        formula = formula.replace(inner, "y")
    else:
        nodes = '"z = w * x"'
    text = GRAPH.replace('"y = {activation}(w * x)"', nodes)
    session = done(read(text.format(formula=formula, x=[40, -40, -60], t=[1, 0, 0], activation="")))
    found = [number(session, f"dE/dy[z.{i}]") for i in (1, 2)]
    assert found == pytest.approx(slopes_of_z, rel=1e-8 if "softmax" in formula else 1e-14)
