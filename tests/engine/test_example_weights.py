"""Weights of examples: factors of their parts in E, held against walks of each example by itself."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine import ScenarioError, Session, compare, load_scenario, parse_scenario, read
from engine.check.audit import audit
from engine.check.gradients import check_gradient
from engine.explain.parts import part_of
from engine.explain.terms import explain
from engine.files.save.composed import composed
from engine.files.save.save import save
from engine.formula.losses import loss_of
from engine.formula.precision import Arithmetic
from engine.formula.quantity import Quantity
from engine.formula.tree import Operand
from engine.program.batches import with_weights
from engine.walking.fast.array_run import array_run, fast_run
from engine.walking.fast.straight import straight_run
from engine.walking.run import measured, measured_test
from engine.walking.timeline import Timeline
from tests.engine.test_straight import stepped
from tests.networks import make
from tui.paper.script_numpy import NumpyScript

SMALL = """title = "weighted"
[network]
inputs = ["i1"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["out"]
activation = "identity"
weights = [[0.5]]
weight_names = [["w"]]
[training]
learning_rate = 0.1
batch = "all"
[[example]]
inputs = [1.0]
targets = [1.0]
weight = 3
[[example]]
inputs = [2.0]
targets = [0.0]
"""
LOSSES = [
    ("sigmoid", "half_squared_error"),
    ("sigmoid", "binary_cross_entropy"),
    ("softmax", "cross_entropy"),
    ("tanh", "hinge"),
    ("identity", "output"),
]


def made(weights, last="sigmoid", loss="half_squared_error", **more):
    scenario = make((2, 3, 2), last=last, loss=loss, examples=len(weights), **more)
    whole = np.repeat(np.array(weights, dtype=float)[:, np.newaxis], 2, axis=1)
    return replace(scenario, weights=whole, network=replace(scenario.network, weighted=True))


def done(scenario, iteration=0):
    start = Session.open(scenario)
    return start.seek(iteration, start.count)


@pytest.mark.parametrize(("last", "loss"), LOSSES)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_each_is_a_factor_of_its_example(last, loss, reduction):
    weights = [2.0, 0.5, 0.0, 1.0]
    ours = done(made(weights, last, loss, batch=4, reduction=reduction))
    plain = make((2, 3, 2), last=last, loss=loss, examples=4)
    alone = [
        done(
            replace(
                plain,
                inputs=plain.inputs[i : i + 1],
                targets=None if plain.targets is None else plain.targets[i : i + 1],
            )
        )
        for i in range(4)
    ]
    count = 4 if reduction == "mean" else 1
    for what in ("E", *(f"dE/dw[{name}]" for name in plain.network.parameter_names)):
        expected = sum(weight * read(one, what) for weight, one in zip(weights, alone, strict=True)) / count
        assert read(ours, what) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@settings(max_examples=30)
@given(
    st.sampled_from(LOSSES),
    st.lists(st.floats(0, 4), min_size=1, max_size=4),
    st.integers(1, 4),
    st.sampled_from(["mean", "sum"]),
    st.booleans(),
)
def test_the_fast_ways_are_equal_to_the_last_bit(kind, weights, batch, reduction, immediate):
    scenario = made(weights, *kind, batch=min(batch, len(weights)), reduction=reduction, immediate=immediate)
    expected, errors, _ = stepped(scenario, 6)
    for way in (fast_run, array_run):
        found, reached = way(scenario)(scenario.theta, 0, 6, -np.inf, ran := [])
        assert reached == 6
        np.testing.assert_array_equal(found, expected)
        assert ran == errors


@pytest.mark.parametrize(("last", "loss"), LOSSES)
def test_the_derivatives_are_checked(last, loss):
    scenario = made([2.0, 0.5], last, loss, batch=2)
    assert check_gradient(scenario, scenario.theta, (0, 1)).max_relative_error < 1e-10


def text_of(pieces):
    return "".join(piece if isinstance(piece, str) else str(piece.quantity) for piece in pieces)


def test_the_equation_shows_it():
    session = done(parse_scenario(SMALL, "small.toml"))
    error, back = (explain(session, Quantity(kind, "out")) for kind in ("E", "dE/dy"))
    assert text_of(part_of(error.rule).pieces) == "weight·½·(y − t)²"
    assert text_of(error.parts[0].pieces) == "3·½·(y[out] − t[out])²"
    assert text_of(part_of(back.rule).pieces) == "weight·(y − t)"
    assert text_of(back.parts[0].pieces) == "3·(y[out] − t[out])"
    for example, weight in enumerate((3, 1)):
        found = explain(session, Quantity("E", "out"), example)
        assert text_of(found.parts[0].pieces).startswith(f"{weight}·")
        assert part_of(found.parts[0].formula).value == found.value
    assert read(session, "E") == (3 * 0.125 + 0.5) / 2


def test_an_explanation_comes_to_the_number_with_class_weights_too():
    text = SMALL.replace('"half_squared_error"', '{ name = "squared_error", class_weights = [2.5] }')
    session = done(parse_scenario(text, "small.toml"))
    for kind in ("E", "dE/dy"):
        found = explain(session, Quantity(kind, "out"))
        assert part_of(found.parts[0].formula).value == pytest.approx(found.value, rel=1e-15)
        assert text_of(found.parts[0].pieces).startswith("3·2.5·")


def test_single_precision_has_them():
    exact = made([2.0, 0.3], batch=2)
    single = made([2.0, 0.3], batch=2, arithmetic=Arithmetic(precision="float32"))
    theta = stepped(single, 3)[0]
    np.testing.assert_array_equal(theta, theta.astype(np.float32))
    np.testing.assert_allclose(theta, stepped(exact, 3)[0], rtol=1e-5)


@pytest.mark.parametrize("batch", [1, 2])
def test_a_script_recomputes_it(batch, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(NumpyScript(done(made([2.0, 0.3], "softmax", "cross_entropy", batch=batch), 1)).text())
    subprocess.run([sys.executable, script], check=True, capture_output=True)


def test_it_is_saved(tmp_path):
    scenario = parse_scenario(SMALL, "small.toml")
    again = parse_scenario(composed(scenario), "again.toml")
    np.testing.assert_array_equal(again.weights, [[3.0], [1.0]])
    assert save(scenario, tmp_path / "kept.toml")
    kept = load_scenario(tmp_path / "kept.toml")
    np.testing.assert_array_equal(kept.weights, scenario.weights)
    assert kept.network.weighted


def test_weights_of_1_are_none():
    plain = parse_scenario(SMALL.replace("weight = 3", "weight = 1.0"), "small.toml")
    assert plain.weights is None
    assert not plain.network.weighted


def test_they_may_be_a_column(tmp_path):
    (tmp_path / "data.csv").write_text("a,k,b\n1,3,1\n2,1,0\n4,0.5,1\n5,2,0\n")
    head = SMALL.partition("[[example]]")[0]
    text = f'{head}[data]\ncsv = "data.csv"\ninputs = ["a"]\ntargets = ["b"]\nweight = "k"\n'
    scenario = parse_scenario(text, "small.toml", tmp_path / "small.toml")
    np.testing.assert_array_equal(scenario.weights, [[3.0], [1.0], [0.5], [2.0]])
    parted = parse_scenario(f"{text}test = 0.5\n", "small.toml", tmp_path / "small.toml")
    of_all = np.concatenate((parted.weights, parted.test.weights)).ravel()
    assert sorted(of_all) == [0.5, 1.0, 2.0, 3.0]
    start = Timeline(parted).start(0)
    for part, found in ((parted, measured(parted, start)), (parted.test, measured_test(parted, start))):
        expected = (part.weights * 0.5 * (0.5 * part.inputs - part.targets) ** 2).sum(axis=1).mean()
        assert found.error == pytest.approx(expected, rel=1e-14)
    text = text.replace("targets", "standardize = true\ntargets")
    np.testing.assert_array_equal(parse_scenario(text, "small.toml", tmp_path / "small.toml").weights, scenario.weights)
    (tmp_path / "data.csv").write_text("a,k,b\n1,3,1\n2,-1,0\n")
    with pytest.raises(ScenarioError, match="line 3: the weight -1 is out of range"):
        parse_scenario(text, "small.toml", tmp_path / "small.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("weight = 3", "weight = -1", "weight: .* out of range"),
        ("weight = 3", 'weight = "a"', "weight: "),
        ("weight = 3", "sample_weight = 3", "here it is called weight"),
        ("[training]", '[training]\nrule = "delta"', "examples have weights, which are factors of their parts in E"),
    ],
)
def test_what_cannot_be_is_told(old, new, message):
    with pytest.raises(ScenarioError, match=message):
        parse_scenario(SMALL.replace(old, new), "small.toml")


WEIGHED = """title = "saturated"
[network]
inputs = ["a", "b"]
loss = {loss}
[[network.layer]]
nodes = ["p", "q"]
activation = "{last}"
weights = [[40, 0], [0, 40]]
[training]
batch = "all"
[[example]]
inputs = [1, -1]
targets = {targets}
weight = 2.5
[[example]]
inputs = [-1, 1]
targets = {targets}
"""
SMALLEST = np.exp(-80.0) / (1 + np.exp(-80.0)), np.exp(-40.0) / (1 + np.exp(-40.0))
"""What the smaller of two outputs is, of softmax and of sigmoid."""


@pytest.mark.parametrize("factors", [(1.0, 1.0), (0.25, 3.0)])
@pytest.mark.parametrize("loss", ["cross_entropy", "kl_divergence"])
def test_saturated_outputs_of_softmax_have_all_digits(loss, factors):
    head = f'{{ name = "{loss}", class_weights = {list(factors)} }}'
    session = done(parse_scenario(WEIGHED.format(loss=head, last="softmax", targets=[1, 0]), "s.toml"))
    p, one = SMALLEST[0], factors[0]
    assert [read(session, f"dE/dx[{node}]") for node in "pq"] == pytest.approx(
        [-2.5 * one * p, 2.5 * one * p], rel=1e-14
    )
    slopes = [read(session, f"dE/dx[{node}]", example=1) for node in "pq"]
    assert slopes == pytest.approx([-one * (1 - p), one * (1 - p)], rel=1e-15)
    assert read(session, "E[p]") == pytest.approx(2.5 * one * p, rel=1e-14)
    assert read(session, "E") == pytest.approx((2.5 * one * p + one * 80) / 2, rel=1e-15)


@pytest.mark.parametrize("factors", [(1.0, 1.0), (0.25, 3.0)])
@pytest.mark.parametrize("positive", [1.0, 3.0])
def test_saturated_outputs_of_sigmoid_have_all_digits(positive, factors):
    head = f'{{ name = "binary_cross_entropy", pos_weight = {positive}, class_weights = {list(factors)} }}'
    session = done(parse_scenario(WEIGHED.format(loss=head, last="sigmoid", targets=[1, 0]), "s.toml"))
    s, (c, d) = SMALLEST[1], factors
    assert read(session, "dE/dx[p]") == pytest.approx(-2.5 * c * positive * s, rel=1e-14)
    assert read(session, "dE/dx[q]") == pytest.approx(2.5 * d * s, rel=1e-14)
    assert read(session, "dE/dx[p]", example=1) == pytest.approx(-c * positive * (1 - s), rel=1e-15)
    assert read(session, "dE/dx[q]", example=1) == pytest.approx(d * (1 - s), rel=1e-15)
    assert read(session, "E") == pytest.approx((c * positive * 40 + d * 40) / 2, rel=1e-15)
    assert check_gradient(session.scenario, session.scenario.theta, (0, 1)).ok


@settings(max_examples=30)
@given(
    st.sampled_from([("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy"), ("softmax", "kl_divergence")]),
    st.lists(st.floats(0.25, 4), min_size=2, max_size=2),
    st.lists(st.floats(0.25, 4), min_size=1, max_size=4),
    st.integers(1, 4),
    st.booleans(),
    st.booleans(),
)
def test_with_weights_of_classes_every_way_is_equal_to_the_last_bit(kind, classes, weights, batch, weighted, scaled):
    scenario = made(weights, *kind, batch=min(batch, len(weights)), by_weights=scaled)
    if not weighted:
        scenario = replace(scenario, weights=None, network=replace(scenario.network, weighted=False))
    loss = loss_of(kind[1], replace(loss_of(kind[1]).settings, class_weights=tuple(classes)))
    scenario = with_weights(replace(scenario, network=replace(scenario.network, loss=loss).taking(scenario.targets)))
    expected, errors, _ = stepped(scenario, 5)
    for way in (fast_run, array_run):
        found, reached = way(scenario)(scenario.theta, 0, 5, -np.inf, ran := [])
        assert (reached, ran) == (5, errors)
        np.testing.assert_array_equal(found, expected)
    session = done(scenario, 1)
    for node in scenario.network.outputs:  # what is explained comes to the number
        for kind_of_number in ("E", "dE/dy", "dE/dx"):
            found = explain(session, Quantity(kind_of_number, node))
            value = part_of(found.parts[0].formula).value
            assert value == pytest.approx(found.value, rel=1e-9, abs=1e-13)
    assert check_gradient(scenario, scenario.theta, tuple(range(min(batch, len(weights))))).ok


def test_of_a_weighted_mean_e_is_divided_by_what_weights_sum_to(tmp_path):
    scenario = parse_scenario(
        SMALL.replace('batch = "all"', 'batch = "all"\nreduction = "weighted_mean"'), "small.toml"
    )
    session = done(scenario)
    assert read(session, "E") == (3 * 0.125 + 0.5) / 4
    assert read(session, "dE/dw[w]") == (3 * -0.5 + 2.0) / 4
    assert "divided by what they sum to" in explain(session, Quantity("E")).words
    assert measured(scenario, Timeline(scenario).start(0)).error == (3 * 0.125 + 0.5) / 4
    assert save(scenario, tmp_path / "kept.toml")
    for again in (load_scenario(tmp_path / "kept.toml"), parse_scenario(composed(scenario), "again.toml")):
        assert (again.training.reduction, again.training.by_weights) == ("mean", True)
        assert read(done(again), "E") == read(session, "E")
    script = tmp_path / "script.py"
    script.write_text(NumpyScript(session).text())
    subprocess.run([sys.executable, script], check=True, capture_output=True)
    two = SMALL.replace("weight = 3", "weight = 2")
    plain = done(parse_scenario(two, "small.toml"))
    session = done(
        parse_scenario(two.replace("[[example]]", 'reduction = "weighted_mean"\n[[example]]', 1), "small.toml")
    )
    found = compare(session, {name: read(plain, name) for name in ("E", "dE/dw[w]", "w+[w]")})
    assert [cause.cause for cause in found.causes] == ["reduction"]
    figure = '[[published]]\nquantity = "E"\nvalue = "0.21875"\nverdict = "variant"\n'
    text = f'{SMALL}{figure}variant = {{ reduction = "weighted_mean" }}\nnote = "why"\n'
    assert audit(parse_scenario(text, "small.toml")).figures[0].verdict == "variant"


def test_a_batch_in_which_nothing_weighs_is_told():
    text = SMALL.replace('batch = "all"', 'reduction = "weighted_mean"').replace("weight = 3", "weight = 0")
    session = done(parse_scenario(text, "small.toml"))
    assert "E[out] became not a number at iteration 0" in str(session.values.event)


GRAPH = """title = "weighted"
[graph]
inputs = ["x"]
targets = ["t"]
nodes = {nodes}
{of}
parameters = {{ w = 0.5, b = 0.25 }}
[training]
batch = {batch}
reduction = "{reduction}"
"""
GRAPHS = [
    (["y = sigmoid(w * x + b)", "E = binary_cross_entropy(y, t)"], 'error = "E"'),
    (["y = w * x + b", "E1 = (y - t)**2", "E2 = sin(y)", "E3 = E1 * 2"], 'error = ["E1", "E2", "E3"]'),
    (["y = w * x", "z = y + b * t"], "upstream = { y = 0.5, z = -2 }"),
    (["E = (w - b)**2 + 0 * x * t"], 'error = "E"'),
]


def graph_of(nodes, of, weights, batch='"all"', reduction="mean"):
    head = GRAPH.format(nodes=json.dumps(nodes), of=of, batch=batch, reduction=reduction)
    pairs = zip([1.5, -2.0, 0.75], [1.0, 0.0, 0.5], weights, strict=False)
    return head + "".join(f"[[example]]\ninputs = [{x}]\ntargets = [{t}]\nweight = {w}\n" for x, t, w in pairs)


@pytest.mark.parametrize(("nodes", "of"), GRAPHS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_in_a_graph_each_is_a_factor_of_its_example(nodes, of, reduction, tmp_path):
    weights = [3.0, 0.5, 0.0]
    scenario = parse_scenario(graph_of(nodes, of, weights, reduction=reduction), "graph.toml")
    ours, plain = done(scenario), parse_scenario(graph_of(nodes, of, [1, 1, 1]), "graph.toml")
    alone = [done(replace(plain, inputs=plain.inputs[i : i + 1], targets=plain.targets[i : i + 1])) for i in range(3)]
    count = 3 if reduction == "mean" else 1
    for what in ("E", "dE/dw[w]", "dE/dw[b]"):
        expected = sum(weight * read(one, what) for weight, one in zip(weights, alone, strict=True)) / count
        assert read(ours, what) == pytest.approx(expected, rel=1e-14)
    expected = [weight * read(one, "dE/dy[x]") for weight, one in zip(weights, alone, strict=True)]
    assert [read(ours, "dE/dy[x]", example=i) for i in range(3)] == pytest.approx(expected, rel=1e-14)
    assert check_gradient(scenario, scenario.theta, (0, 1, 2)).max_relative_error < 1e-9
    script = tmp_path / "script.py"
    script.write_text(NumpyScript(ours).text())
    subprocess.run([sys.executable, script], check=True, capture_output=True)


@pytest.mark.parametrize(("nodes", "of"), GRAPHS)
@pytest.mark.parametrize("batch", ["1", "2", '"all"'])
def test_in_a_graph_the_fast_ways_are_equal_to_the_last_bit(nodes, of, batch):
    scenario = parse_scenario(graph_of(nodes, of, [3.0, 0.5, 0.0], batch), "graph.toml")
    expected, errors, _ = stepped(scenario, 6)
    for way in (straight_run, fast_run, array_run):
        run = way(scenario)
        if run is not None:
            found, reached = run(scenario.theta, 0, 6, -np.inf, ran := [])
            assert (reached, ran) == (6, errors)
            np.testing.assert_array_equal(found, expected)


def test_in_a_graph_where_examples_meet_each_is_a_factor_too():
    nodes = ["y = w * x + b", "z = (y - batch_mean(y)) / sqrt(batch_var(y) + 0.1)", "E = (z - t)**2 + batch_var(y)"]
    scenario = parse_scenario(graph_of(nodes, 'error = "E"', [3.0, 0.5, 2.0]), "graph.toml")
    assert check_gradient(scenario, scenario.theta, (0, 1, 2)).max_relative_error < 1e-9
    ours = done(scenario)
    each = [read(ours, "E[E]", example=i) / weight for i, weight in enumerate((3, 0.5, 2))]
    plain = done(parse_scenario(graph_of(nodes, 'error = "E"', [1, 1, 1]), "graph.toml"))
    assert each == pytest.approx([read(plain, "E[E]", example=i) for i in range(3)], rel=1e-14)


def test_a_graph_shows_its_weights_and_keeps_them(tmp_path):
    scenario = parse_scenario(graph_of(*GRAPHS[0], [3.0, 0.5]), "graph.toml")
    session = done(scenario)
    error, back = (explain(session, Quantity(kind, "E")) for kind in ("E", "dE/dy"))
    assert text_of(part_of(error.rule).pieces) == "t[weight·]·y[E]"
    assert part_of(error.parts[0].formula).value == error.value == read(session, "E[E]") == 3 * read(session, "y[E]")
    assert (back.value, back.rule) == (3.0, Operand(Quantity("t", "weight·")))
    assert scenario.names(canonical=True).symbol(Quantity("t", "weight·")) == "weight"
    again = parse_scenario(composed(scenario), "again.toml")
    np.testing.assert_array_equal(again.weights, [[3.0], [0.5]])
    assert save(scenario, tmp_path / "kept.toml")
    assert load_scenario(tmp_path / "kept.toml").graph.weighted
    forgotten = done(parse_scenario(graph_of(*GRAPHS[0], [1, 1]), "graph.toml"))
    found = compare(session, {name: read(forgotten, name) for name in ("dE/dw[w]", "dE/dw[b]")})
    assert [cause.cause for cause in found.causes] == ["example-weights-forgotten"]


def test_in_a_graph_they_may_be_a_column(tmp_path):
    (tmp_path / "data.csv").write_text("a,k,b\n1,3,1\n2,1,0\n4,0.5,1\n")
    text = GRAPH.format(nodes=json.dumps(GRAPHS[0][0]), of=GRAPHS[0][1], batch='"all"', reduction="mean")
    text += '[data]\ncsv = "data.csv"\ninputs = ["a"]\ntargets = ["b"]\nweight = "k"\n'
    scenario = parse_scenario(text, "graph.toml", tmp_path / "graph.toml")
    np.testing.assert_array_equal(scenario.weights, [[3.0], [1.0], [0.5]])
    (tmp_path / "data.csv").write_text("a,k,b\n1,3,1\n2,-1,0\n")
    with pytest.raises(ScenarioError, match="line 3: the weight -1 is out of range"):
        parse_scenario(text, "graph.toml", tmp_path / "graph.toml")


def test_whoever_leaves_them_out_is_told():
    scenario = made([2.0, 0.3], batch=2)
    unweighted = done(replace(scenario, weights=None, network=replace(scenario.network, weighted=False)))
    names = [f"dE/dw[{name}]" for name in scenario.network.parameter_names]
    found = compare(done(scenario), {name: read(unweighted, name) for name in names})
    assert [cause.cause for cause in found.causes] == ["example-weights-forgotten"]
