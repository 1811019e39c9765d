"""Rules that learn without derivatives, against their own formulas written down here in plain Python."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine import ScenarioError, Session, compare, parse_scenario, read
from engine.ask.health import health
from engine.ask.what_if import what_if
from engine.check.audit import audit
from engine.check.gradients import check_gradient, nothing_to_check
from engine.explain.matrices import matrix_forms
from engine.explain.parts import part_of
from engine.explain.terms import explain
from engine.files import load_scenario
from engine.files.save.composed import composed
from engine.formula.precision import Arithmetic
from engine.formula.quantity import Quantity
from engine.predict.mistakes import slips_of
from engine.predict.question import question_of
from engine.program.learning_rules import LEARNING_RULES, Delta, Perceptron
from engine.program.schedules import SCHEDULES
from engine.walking.fast.array_run import array_run, fast_run
from engine.walking.journey import Journey
from engine.walking.run import run_on
from engine.walking.timeline import Timeline
from tests.engine.test_straight import stepped
from tests.networks import make
from tui.paper.script_numpy import NumpyScript

SMALL = """title = "small"
[network]
inputs = ["i1", "i2"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["out"]
activation = "step"
weights = [[0.31, -0.12]]
weight_names = [["w1", "w2"]]
bias = [-0.2]
bias_names = ["b"]
[training]
learning_rate = 0.37
rule = "perceptron"
[[example]]
inputs = [1.5, 0.25]
targets = [0]
[[example]]
inputs = [-2.0, 0.75]
targets = [1]
"""
TABLE = [(1, 1, 1), (2, 1, 0), (2, 1, -1), (2, 2, -1), (2, 1, -2), (2, 1, -2)]
"""w1, w2 and b of the lesson after each epoch, as one gets them on paper."""


def by_hand(scenario, iterations):
    """The parameters after each update: lists and loops, the sums from left to right."""
    network, training = scenario.network, scenario.training
    layer, (n_out, n_in) = network.layers[0], network.layers[0].shape
    compared, batch = training.optimizer.compared, training.batch
    theta, found = scenario.theta.tolist(), []
    for k in range(iterations):
        first = k % -(-len(scenario.inputs) // batch) * batch
        examples = range(first, min(first + batch, len(scenario.inputs)))
        changes = [0.0] * len(theta)
        for e in examples:
            inputs, targets = scenario.inputs[e].tolist(), scenario.targets[e].tolist()
            of_shared = 0.0
            for j in range(n_out):
                x = 0.0
                for i in range(n_in):
                    x += theta[j * n_in + i] * inputs[i]
                if layer.bias_names:
                    x += theta[n_out * n_in + (0 if layer.shared_bias else j)]
                y = {"step": float(x > 0), "sign": float((x > 0) - (x < 0)), "identity": x}[layer.function_name]
                off = targets[j] - (y if compared == "y" else x)
                for i in range(n_in):
                    changes[j * n_in + i] += off * inputs[i]
                if layer.shared_bias:
                    of_shared += off
                elif layer.bias_names:
                    changes[n_out * n_in + j] += off
            if layer.shared_bias:
                changes[n_out * n_in] += of_shared
        mean = len(examples) if training.reduction == "mean" else 1
        rate = training.rate(k)
        for index, change in enumerate(changes):
            if index not in training.frozen:
                theta[index] += rate * (change / mean)
        found.append(list(theta))
    return found


def made(name="perceptron", last="step", shape=(3, 2), **more):
    scenario = make(shape, last=last, optimizer=LEARNING_RULES[name](), **more)
    targets = np.where(scenario.targets > 0.5, 1.0, -1.0 if last == "sign" else 0.0)
    return replace(scenario, targets=targets)


KINDS = [
    *(("perceptron", last) for last in Perceptron.activations),
    *(("delta", last) for last in Delta.activations),
]


@settings(max_examples=60)
@given(
    st.sampled_from(KINDS),
    st.sampled_from(["each", "shared", "none"]),
    st.sampled_from(["mean", "sum"]),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(0, 2**16),
)
def test_it_is_the_rule_on_paper_to_the_last_bit(kind, bias, reduction, batch, n_in, n_out, seed):
    scenario = made(
        *kind, (n_in, n_out), examples=4, bias=bias, batch=batch, reduction=reduction, seed=seed, learning_rate=0.3
    )
    errors = []
    expected = by_hand(scenario, 9)
    for k in (1, 5, 9):
        theta, errors, reached = stepped(scenario, k)
        assert reached == k
        np.testing.assert_array_equal(theta, expected[k - 1])
    for way in (fast_run, array_run):
        fast, reached = way(scenario)(scenario.theta, 0, 9, -1.0, ran := [])
        assert reached == 9
        np.testing.assert_array_equal(fast, expected[-1])
        assert ran == errors


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("frozen", [frozenset(), frozenset({1, 6})])
def test_on_arrays_it_is_the_same(kind, frozen):
    scenario = made(*kind, (4, 3), examples=5, frozen=frozen, schedule=SCHEDULES["inverse"](rate=0.2))
    expected, errors, _ = stepped(scenario, 12)
    found, reached = array_run(scenario)(scenario.theta, 0, 12, -1.0, ran := [])
    assert reached == 12
    np.testing.assert_array_equal(found, expected)
    assert ran == errors
    np.testing.assert_array_equal(found, by_hand(scenario, 12)[-1])


def test_the_delta_rule_of_a_linear_layer_is_gradient_descent():
    plain = make((3, 2), last="identity", examples=4, batch=4)
    by_rule = replace(plain, training=replace(plain.training, optimizer=Delta()))
    np.testing.assert_array_equal(stepped(by_rule, 7)[0], stepped(plain, 7)[0])


@pytest.mark.parametrize("immediate", [False, True])
def test_nothing_goes_back(immediate):
    start = Session.open(made(examples=2, immediate=immediate))
    rows = [(row.phase, row.quantity) for row in start.timeline.steps.rows]
    assert rows == [("forward", "y"), ("forward", "x"), ("forward", "y"), ("error", "E"), ("update", "w+")]
    end = start.seek(0, start.count)
    assert end.values.complete
    with pytest.raises(LookupError, match="there is no dE/dw: the perceptron rule learns without derivatives"):
        read(end, "dE/dw[w1_1_1]")
    assert end.back().forward().values.theta.tolist() == end.values.theta.tolist()


def test_single_precision_rounds_each_operation():
    scenario = made("delta", "identity", examples=3, arithmetic=Arithmetic(precision="float32"))
    theta, _, _ = stepped(scenario, 4)
    np.testing.assert_array_equal(theta, theta.astype(np.float32))
    np.testing.assert_allclose(theta, by_hand(scenario, 4)[-1], rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("bias", "batch"), [("each", 1), ("shared", 1), ("shared", 3), ("each", 3)])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_an_explanation_comes_to_the_number(kind, bias, batch, reduction):
    start = Session.open(made(*kind, examples=3, bias=bias, batch=batch, reduction=reduction))
    end = start.seek(0, start.count)
    for name in end.scenario.network.parameter_names:
        found = explain(end, Quantity("w+", name))
        (part,) = found.parts
        assert part_of(part.formula).value == pytest.approx(found.value, rel=1e-14)
        kinds = {operand.quantity.kind for operand in part.operands}
        assert kinds <= {"w", "learning_rate", "t", "y", (kind[0] == "delta" and "x") or "y"}


def text_of(pieces):
    return "".join(piece if isinstance(piece, str) else str(piece.quantity) for piece in pieces)


def test_the_update_shows_the_rule():
    start = Session.open(parse_scenario(SMALL, "small.toml"))
    end = start.seek(0, start.count)
    weight, bias = (explain(end, Quantity("w+", name)) for name in ("w1", "b"))
    assert text_of(part_of(weight.rule).pieces) == "w + learning_rate·(t − y)·input"
    assert text_of(weight.parts[0].pieces) == "w[w1] + learning_rate·(t[out] − y[out])·y[i1]"
    assert text_of(part_of(bias.rule).pieces) == "w + learning_rate·(t − y)"
    assert text_of(bias.parts[0].pieces) == "w[b] + learning_rate·(t[out] − y[out])"
    (first, second) = matrix_forms(end, end.row).forms
    assert len(first.matrices) == 5
    assert len(second.matrices) == 4


def test_of_a_batch_of_many_examples_some_are_shown():
    start = Session.open(made("delta", "identity", examples=20, batch=20))
    found = explain(start.seek(0, start.count), Quantity("w+", "w1_1_1"))
    assert "more …" in text_of(found.parts[0].pieces)


def test_there_is_nothing_to_check():
    scenario = load_scenario("perceptron")
    assert nothing_to_check(scenario) == "nothing to check: the perceptron rule learns without derivatives"
    assert check_gradient(scenario, scenario.theta, (0,)).ok
    assert not check_gradient(scenario, scenario.theta, (0,)).all
    assert audit(scenario).ok


def test_no_slope_is_asked_for():
    start = Session.open(load_scenario("perceptron"))
    session = start.seek(3, start.count)
    assert health(session) == {}
    found = what_if(session, "w1")
    assert (found.value, found.error, found.slope, found.updated, found.updated_error) == (0, 0.5, None, 1, 0)


@pytest.mark.parametrize("epoch", range(1, 7))
def test_the_lesson_has_the_table_that_one_makes_on_paper(epoch):
    session = Session.open(load_scenario("perceptron")).seek(4 * epoch, 1)
    assert tuple(read(session, f"w[{name}]") for name in ("w1", "w2", "b")) == TABLE[epoch - 1]


def test_the_lesson_ends_with_an_epoch_without_a_mistake():
    scenario = load_scenario("perceptron")
    outcome = run_on(scenario, scenario.training.stop)
    assert (outcome.iterations, outcome.stopped_by, outcome.after.right) == (24, "epoch-error", 4)
    errors = Timeline(scenario).errors(24).reshape(6, 4).sum(axis=1)
    assert errors.tolist() == [0.5, 1.5, 1.5, 1.0, 0.5, 0.0]


def test_a_run_waits_for_a_whole_epoch():
    scenario = load_scenario("perceptron")
    start = Session.open(scenario)
    journey = Journey(start, 100, epoch_error=0.1)
    assert journey.go_on(10.0)
    assert journey.arrived().iteration == 24
    late = Journey(start.seek(21, 1), 100, epoch_error=0.1)  # the epoch in which it stands is not whole
    assert late.go_on(10.0)
    assert late.arrived().iteration == 28
    assert run_on(scenario, replace(scenario.training.stop, iterations=10)).stopped_by == "iterations"


@pytest.mark.parametrize("name", LEARNING_RULES)
@pytest.mark.parametrize("batch", [1, 2])
def test_a_script_recomputes_it(name, batch, tmp_path):
    start = Session.open(made(name, "step", examples=3, bias="shared", batch=batch, frozen=frozenset({2})))
    script = tmp_path / "script.py"
    script.write_text(NumpyScript(start.seek(1, start.count)).text())
    assert "dE_d" not in script.read_text()
    subprocess.run([sys.executable, script], check=True, capture_output=True)
    script.write_text(script.read_text().replace("learning_rate = 0.5", "learning_rate = 0.4"))
    assert subprocess.run([sys.executable, script], check=False, capture_output=True).returncode


@pytest.mark.parametrize("name", LEARNING_RULES)
def test_it_is_saved(name):
    scenario = parse_scenario(SMALL.replace("perceptron", name), "small.toml")
    again = parse_scenario(composed(scenario), "again.toml")
    assert again.training.optimizer == scenario.training.optimizer == LEARNING_RULES[name]()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"step"', '"sigmoid"', "perceptron is no rule for outputs of sigmoid: give step or sign"),
        ('"step"', '"softmax"', "perceptron is no rule for outputs of softmax"),
        ("perceptron", "percepton", "the nearest is perceptron"),
        ('"perceptron"', '"perceptron"\noptimizer = "adam"', "it takes the place of an optimizer"),
        ('"perceptron"', '"perceptron"\noptimizer = { name = "sgd" }', "it takes the place of an optimizer"),
        ('"perceptron"', '"perceptron"\nclip = { norm = 1 }', "there are no derivatives to clip"),
        ('"perceptron"', '"perceptron"\npenalty = { l2 = 1 }', "there is no E of which a penalty could be a part"),
        ('"perceptron"', '"perceptron"\nweight_decay = 0.1', "weights do not decay with it"),
        (
            "[training]",
            '[[network.layer]]\nunits = 1\nactivation = "step"\nweights = [[1]]\n[training]',
            "single layer",
        ),
        (
            "[training]",
            "[training]\nstop = { patience = 2, epoch_error = 1 }",
            "there are both epoch_error and patience",
        ),
        *(
            (
                "[training]",
                f'[[note]]\nat = "{at}"\ntext = "never shown"\n[training]',
                f"{told} the perceptron rule learns without derivatives.*put it at",
            )
            for at, told in (
                ("dE/dw[w1]", "there is no dE/dw:"),
                ("dE/dy", "there is no dE/dy:"),
                ("backward", "there is no backward phase:"),
            )
        ),
        ('loss = "half_squared_error"', 'loss = "output"', "goes by targets, and the loss output has none"),
    ],
)
def test_what_it_cannot_be_is_told(old, new, message):
    with pytest.raises(ScenarioError, match=message) as caught:
        parse_scenario(SMALL.replace(old, new), "small.toml")
    assert all(problem.remedy for problem in caught.value.problems)


def test_a_graph_has_no_layer_for_it():
    text = (
        'title = "g"\n[graph]\ninputs = { x = [] }\nnodes = ["E = (w * x)**2"]\nerror = "E"\nparameters = { w = 1 }\n'
    )
    with pytest.raises(ScenarioError, match="delta is a rule for a layer, and a graph has none"):
        parse_scenario(f'{text}[training]\nrule = "delta"\n[[example]]\ninputs = {{ x = 1 }}\n', "g.toml")


def test_a_figure_of_another_rule_is_a_variant():
    figure = '[[published]]\nquantity = "w+[w1]"\nvalue = "{}"\nverdict = "variant"\nnote = "n"\n'
    figure += 'variant = {{ rule = "{}" }}\n'
    delta = 0.31 + 0.37 * (0 - (0.31 * 1.5 - 0.12 * 0.25 - 0.2)) * 1.5
    done = audit(parse_scenario(SMALL + figure.format(f"{delta:.6f}", "delta"), "small.toml"))
    assert [check.verdict for check in done.figures] == ["variant"]
    plain = audit(parse_scenario(SMALL + figure.format("0.310000", "gradient"), "small.toml"))  # a step has no slope
    assert [check.verdict for check in plain.figures] == ["variant"]


def test_usual_mistakes_are_known():
    start = Session.open(parse_scenario(SMALL, "small.toml")).seek(0, 4)
    question = question_of(start, "w1")
    x = 0.31 * 1.5 - 0.12 * 0.25 - 0.2
    found = {diagnosis.mistake.name: diagnosis.slip.value for diagnosis in reversed([*slips_of(question)])}
    assert found["sign turned"] == pytest.approx(0.31 + 0.37 * 1.5)
    assert found["another difference"] == pytest.approx(0.31 - 0.37 * x * 1.5)
    assert found["input forgotten"] == pytest.approx(0.31 - 0.37)
    assert found["learning rate forgotten"] == pytest.approx(0.31 - 1.5)
    assert "derivative alone" not in found


@pytest.mark.parametrize(
    ("wrong", "cause"), [(lambda w, new: 2 * w - new, "sign"), (lambda w, new: w + (new - w) / 0.37, "learning-rate")]
)
def test_a_wrong_update_is_explained(wrong, cause):
    scenario = parse_scenario(SMALL, "small.toml")
    start = Session.open(scenario)
    end = start.seek(1, start.count)
    given = {
        f"w+[{name}]": wrong(read(end, f"w[{name}]"), read(end, f"w+[{name}]"))
        for name in scenario.network.parameter_names
    }
    assert [one.cause for one in compare(end, given).causes] == [cause]


def test_derivatives_that_somebody_has_are_passed_over():
    start = Session.open(parse_scenario(SMALL, "small.toml"))
    found = compare(start.seek(0, start.count), {"dW1": [[0.1, 0.2]], "E": 0.125})
    assert "dW1" in found.unknown
