"""Someone else's arithmetic: single precision, every step rounded, slopes from outputs, each against its own method."""

import math
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine import Session, layer_arrays, load_scenario, parse_scenario, read, shipped_names
from engine.check.audit import audit
from engine.check.gradients import check_gradient
from engine.files.problems import ScenarioError
from engine.files.save.composed import composed
from engine.formula.precision import EXACT, Arithmetic
from engine.walking.fast.array_run import fast_run
from engine.walking.timeline import Timeline
from tests.engine.graphs.files import CIRCUIT, RECURRENT
from tests.networks import make
from tui.cli import main

F = np.float32
SINGLE = Arithmetic(precision="float32")


MANY = """
title = "many functions"
[graph]
inputs = { P = [4, 4], v = [3] }
targets = { t = [3] }
parameters = { K = [[0.3, -0.2], [0.5, 0.1]], W = [[0.2, 0.4, -0.3], [0.1, -0.6, 0.5], [0.7, 0.3, 0.2]], g = 0.7 }
nodes = [
  "c = conv(P, K)",
  "m = max_pool(c, 2)",
  "n = layer_norm(v)",
  "z = W @ n + sum(m)",
  "s = sigmoid(g * z)",
  "l = log_softmax(s)",
  "L = cross_entropy(softmax(z), t)",
  "B = binary_cross_entropy(sigmoid(z), t)",
  "E = L + B + mean(l * s) + tanh(g)",
]
error = "E"
[[example]]
inputs = { P = [[1, 2, 0, 1], [0, 1, 3, 1], [2, 1, 0, 0], [1, 0, 1, 2]], v = [0.5, -1.0, 2.0] }
targets = { t = [0.2, 0.3, 0.5] }
"""


def under(scenario, arithmetic):
    """The scenario in another arithmetic."""
    return replace(scenario, training=replace(scenario.training, arithmetic=arithmetic))


def at(scenario, iteration=0):
    session = Session.open(scenario)
    return session.seek(0 if session.timeline.steps.ends else iteration, session.count)


# Single precision, with numpy alone


def sigmoid(x):
    return np.array([F(1) / (F(1) + F(math.exp(-float(one)))) for one in x], F)


def times(matrix, vector):
    total = np.zeros(len(matrix), F)
    for column, number in zip(matrix.T, vector, strict=True):
        total = total + column * number
    return total


def walked_in_single(scenario, iterations):
    """A program of sigmoids, half the squared error, biases last, by hand in numpy's single precision."""
    network, rate = scenario.network, F(scenario.training.learning_rate)
    theta = scenario.theta.astype(F)
    for k in range(iterations + 1):
        x0, t = (of[k % len(scenario.inputs)].astype(F) for of in (scenario.inputs, scenario.targets))
        ws, bs, xs, ys = [], [], [], [x0]
        for layer, span in zip(network.layers, network.spans, strict=True):
            n_out, n_in = layer.shape
            part = theta[span]
            ws.append(part[: n_out * n_in].reshape(n_out, n_in))
            bs.append(part[n_out * n_in :])
            xs.append(times(ws[-1], ys[-1]) + (bs[-1] if len(bs[-1]) else F(0)))
            ys.append(sigmoid(xs[-1]))
        d = ys[-1] - t
        new = theta.copy()
        found = {}
        for number in range(len(ws), 0, -1):
            dx = (ys[number] * (F(1) - ys[number])) * d
            found[number] = {"y": ys[number], "x": xs[number - 1], "d_x": dx, "d_y": d, "W": ws[number - 1]}
            found[number]["d_W"] = np.outer(dx, ys[number - 1])
            layer, span = network.layers[number - 1], network.spans[number - 1]
            db = np.array([times(dx[np.newaxis], np.ones(len(dx), F))[0]]) if layer.shared_bias else dx
            gradient = np.concatenate([found[number]["d_W"].ravel(), db if layer.bias_names else []]).astype(F)
            new[span] = theta[span] - rate * gradient
            d = times(ws[number - 1].T, dx)
        frozen = sorted(scenario.training.frozen)
        new[frozen] = theta[frozen]
        theta = new
    return found


@pytest.mark.parametrize("name", ["mazur", "mazur-with-biases", "google", "vanishing", "xor"])
@pytest.mark.parametrize("iteration", [0, 1, 7])
def test_single_precision_is_numpys_digit_by_digit(name, iteration):
    scenario = load_scenario(name)
    plain = {layer.activation.name for layer in scenario.network.layers} == {"sigmoid"}
    if not plain or scenario.network.loss.name != "half_squared_error" or scenario.training.batch != 1:
        pytest.skip("another program")
    session = at(under(scenario, SINGLE), iteration)
    for number, own in walked_in_single(scenario, iteration).items():
        ours = layer_arrays(session, number)
        assert np.array_equal(ours.x[0], own["x"])
        assert np.array_equal(ours.y[0], own["y"])
        assert np.array_equal(ours.d_error_d_x[0], own["d_x"])
        assert np.array_equal(ours.d_error_d_y[0], own["d_y"])
        assert np.array_equal(ours.d_error_d_weights, own["d_W"])


@pytest.mark.parametrize("name", shipped_names())
def test_every_number_is_one_of_single_precision_and_near_the_exact_one(name):
    scenario = load_scenario(name)
    single, exact = at(under(scenario, SINGLE), 1), at(scenario, 1)
    assert all(result.dtype == F for result in single.values.results)
    assert F(single.values.error) == single.values.error
    for ours, own in zip(single.values.results, exact.values.results, strict=True):
        assert np.allclose(ours, own, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("text", [CIRCUIT, RECURRENT, MANY], ids=["circuit", "recurrent", "many"])
def test_graphs_in_single_precision(text):
    scenario = parse_scenario(text, "graph.toml")
    single, exact = at(under(scenario, SINGLE)), at(scenario)
    for ours, own in zip(single.values.results, exact.values.results, strict=True):
        assert ours.dtype == F
        assert np.allclose(ours, own, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("optimizer", ['"sgd"', '{ name = "momentum" }', '{ name = "adam" }'])
def test_optimizers_in_single_precision(optimizer):
    text = Path(load_scenario("mazur").path).read_text().split("[[published]]")[0]
    text = text.replace('optimizer = "sgd"', f'optimizer = {optimizer}\nprecision = "float32"')
    session = at(parse_scenario(text, "mazur.toml"), 3)
    assert session.scenario.training.arithmetic == SINGLE
    assert session.values.theta.dtype == session.values.state.dtype == F


def test_a_place_has_one_value_however_it_is_reached():
    """Checkpoints and replays keep what single precision keeps."""
    scenario = under(make(), SINGLE)
    session = Session.open(scenario)
    stepped = session
    for _ in range(3 * session.count):
        stepped = stepped.forward()
    Timeline(scenario).extend(100)
    far = session.seek(100, 1).seek(3 - 1, session.count)
    assert [one.tolist() for one in stepped.values.results] == [one.tolist() for one in far.values.results]


# Rounding


@given(st.floats(-1e6, 1e6).map(lambda x: round(x, 6)), st.integers(0, 5))
def test_decimals_are_rounded_as_one_learns_it(number, decimals):
    expected = Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert Arithmetic(decimals=decimals).kept_of(number) == float(expected)


@given(st.floats(1e-6, 1e6), st.integers(1, 9), st.sampled_from([1, -1]))
def test_digits_are_significant(number, digits, sign):
    kept = Arithmetic(digits=digits).kept_of(sign * number)
    assert abs(kept - sign * number) <= 0.5000001 * 10.0 ** (math.floor(math.log10(number)) - digits + 1)
    assert len(f"{Decimal(repr(abs(kept))).normalize():f}".replace(".", "").strip("0")) <= digits


def test_what_is_next_to_a_half_in_its_last_bits_goes_up():
    two = Arithmetic(decimals=2)
    assert [two.kept_of(x) for x in (2.675, -2.675, 0.125, 0.1 * 3 + 0.005, 1e300, -0.001)] == [
        2.68,
        -2.68,
        0.13,
        0.31,
        1e300,
        0.0,
    ]
    assert math.isnan(two.kept_of(math.nan))
    assert EXACT.kept_of(0.123456789012345678) == 0.123456789012345678


@pytest.mark.parametrize("arithmetic", [Arithmetic(decimals=3), Arithmetic(digits=2), Arithmetic(decimals=9)])
def test_every_step_goes_on_from_what_is_written_down(arithmetic):
    """A calculation by hand: each number is rounded when it is made, slopes are those of the rounded outputs."""
    kept = np.vectorize(arithmetic.kept_of)
    scenario = load_scenario("mazur")
    session = at(under(scenario, arithmetic))
    one, two = (layer_arrays(session, number) for number in (1, 2))
    w1, w2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
    x1 = kept(w1 @ [0.05, 0.1] + 0.35)
    y1 = kept(1 / (1 + np.exp(-x1)))
    x2 = kept(w2 @ y1 + 0.6)
    y2 = kept(1 / (1 + np.exp(-x2)))
    d_y2 = kept(y2 - [0.01, 0.99])
    d_x2 = kept(kept(y2 * (1 - y2)) * d_y2)
    d_y1 = kept(w2.T @ d_x2)
    d_x1 = kept(kept(y1 * (1 - y1)) * d_y1)
    for ours, own in [
        (one.x, x1),
        (one.y, y1),
        (two.x, x2),
        (two.y, y2),
        (two.d_error_d_y, d_y2),
        (two.d_error_d_x, d_x2),
        (one.d_error_d_y, d_y1),
        (one.d_error_d_x, d_x1),
    ]:
        assert ours[0].tolist() == own.tolist()
    assert two.d_error_d_weights.tolist() == kept(np.outer(d_x2, y1)).tolist()
    w5 = kept(np.array([0.4 - 0.5 * two.d_error_d_weights[0, 0]]))[0]
    assert read(session, "w+[w5]") == w5
    errors = kept((y2 - [0.01, 0.99]) ** 2 / 2)
    assert read(session, "E") == kept(np.array([errors[0] + errors[1]]))[0]
    assert read(session, "dy/dx[o1]") == kept(y2 * (1 - y2))[0]


def test_a_loss_that_cancels_is_taken_from_what_is_written_down():
    session = at(under(load_scenario("softmax"), Arithmetic(decimals=3)))
    last = layer_arrays(session, session.scenario.network.depth)
    y, t = last.y[0], session.values.targets[0]
    assert np.allclose(last.d_error_d_x[0], y - t, atol=1e-12)
    parts = [read(session, f"E[{name}]") for name in session.scenario.network.outputs]
    assert parts == pytest.approx([-b * math.log(a) for a, b in zip(y, t, strict=True)], abs=5.1e-4)
    assert all(part == round(part, 3) for part in parts)


# Slopes from outputs


SATURATED = """
title = "saturated"
[network]
inputs = ["i"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o"]
activation = "{activation}"
weights = [[{weight}]]
[[example]]
inputs = [1.0]
targets = [0.5]
"""


@pytest.mark.parametrize(("activation", "slope"), [("sigmoid", lambda y: y * (1 - y)), ("tanh", lambda y: 1 - y * y)])
@pytest.mark.parametrize("weight", [0.3, 17.0, 35.0, 50.0])
def test_slopes_of_saturated_outputs(activation, slope, weight):
    scenario = parse_scenario(SATURATED.format(activation=activation, weight=weight), "s.toml")
    session = at(under(scenario, Arithmetic(slope="output")))
    y = read(session, "y[o]")
    assert read(session, "dy/dx[o]") == slope(y)
    assert read(session, "dE/dx[o]") == slope(y) * (y - 0.5)
    assert read(at(scenario), "dy/dx[o]") > 0


def test_softmax_and_what_cancels_as_one_writes_them():
    session = at(under(load_scenario("softmax"), Arithmetic(slope="output")))
    last = layer_arrays(session, session.scenario.network.depth)
    y, t = last.y[0], session.values.targets[0]
    assert last.d_error_d_x[0].tolist() == (y - t).tolist()
    name = session.scenario.network.outputs[0]
    assert read(session, f"dy/dx[{name}]") == y[0] * (1 - y[0])


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(shipped_names()), st.sampled_from([Arithmetic(slope="output"), SINGLE]))
def test_where_nothing_is_saturated_it_is_the_same_to_rounding(name, arithmetic):
    scenario = load_scenario(name)
    exact, other = at(scenario), at(under(scenario, arithmetic))
    assume(exact.event is None)
    bound = 1e-9 if arithmetic.precision == "float64" else 2e-5
    for ours, own in zip(other.values.results, exact.values.results, strict=True):
        assert np.allclose(ours, own, rtol=bound, atol=bound)


# What stays as it is


@pytest.mark.parametrize("arithmetic", [SINGLE, Arithmetic(decimals=3), Arithmetic(slope="output")])
def test_fast_paths_leave_it_alone_and_gradients_are_checked_exactly(arithmetic):
    scenario = under(load_scenario("mazur"), arithmetic)
    assert fast_run(scenario) is None
    assert fast_run(load_scenario("mazur")) is not None
    assert check_gradient(scenario, scenario.theta, (0,)).ok


# In files


def with_figure(lines, training=""):
    text = Path(load_scenario("mazur").path).read_text().split("[[published]]")[0]
    return text.replace("[training]\n", f"[training]\n{training}\n") + "[[published]]\n" + lines


def checked(lines, training=""):
    return audit(parse_scenario(with_figure(lines, training), "m.toml")).figures[0]


def declared(quantity, value, variant):
    note = 'verdict = "variant"\nnote = "n"'
    return f'quantity = "{quantity}"\nvalue = "{value}"\nvariant = {{ {variant} }}\n{note}\n'


@pytest.mark.parametrize(
    ("quantity", "value", "variant", "verdict"),
    [
        ("dE/dy[h1<-o2]", "-0.019049119", "decimals = 9", "variant"),
        ("dE/dw[w5]", "0.0817", "digits = 3", "mismatch"),
        ("w+[w5]", "0.36", "digits = 2", "stale"),
        ("y[h1]", "0.5932700037956238", 'precision = "float32"', "variant"),
        ("E", "0.2983711063861847", 'precision = "float32"', "variant"),
        ("x[h1]", "0.0275", "bias = false", "variant"),
        ("x[h1]", "0.385", "set = { i1 = 0.1 }", "variant"),
        ("x[h1]", "0.385", "set = { 'i1@1' = 0.1 }", "variant"),
        ("dE/dy[o1]", "0.25136507", "set = { o1 = 0.5 }", "variant"),
    ],
)
def test_variants(quantity, value, variant, verdict):
    check = checked(declared(quantity, value, variant))
    assert check.verdict == verdict
    assert list(check.figure.variant.told) == [variant.partition(" = ")[0]]


def test_a_rounded_figure_is_met_exactly_or_not_at_all():
    assert checked(declared("dE/dy[h1<-o2]", "-0.019049120", "decimals = 9")).verdict == "mismatch"


def test_without_biases_they_stay_out():
    lines = declared("w+[b2]", "0", "bias = false, frozen = []").replace("}", "}\niteration = 3")
    check = checked(lines)
    assert check.under_variant == 0.0


def test_precision_of_a_whole_file():
    check = checked('quantity = "dE/dw[w5]"\nvalue = "0.08216704428195953"\n', 'precision = "float32"')
    assert (check.verdict, check.agreement) == ("match", "digits")
    late = at(parse_scenario(with_figure('quantity = "E"\nvalue = "1"\n', 'precision = "float32"'), "m.toml"), 40)
    value = repr(read(late, "w[w5]") * (1 + 3e-8))
    near = checked(f'quantity = "w[w5]"\niteration = 40\nvalue = "{value}"\n', 'precision = "float32"')
    assert near.ok, "another order of sums in single precision"


@pytest.mark.parametrize(
    ("lines", "say"),
    [
        (
            declared("E", "1", "decimals = 3, digits = 3"),
            "a number is rounded to decimals or to digits",
        ),
        (declared("E", "1", "decimals = -1"), "decimals"),
        (declared("E", "1", "digits = 0"), "digits"),
        (declared("E", "1", 'precision = "float16"'), "precision"),
        (declared("E", "1", 'slope = "y"'), "slope"),
        (declared("E", "1", "set = { i9 = 1 }"), "there is no parameter i9 and no input"),
        (declared("E", "1", "set = { 'i1@2' = 1 }"), "there is no example 2"),
        (declared("E", "1", 'loss = "binary_cross_entropy", set = { o1 = 2 }'), "the target 2 is out of range"),
    ],
)
def test_what_is_wrong_is_said(lines, say):
    with pytest.raises(ScenarioError, match=say):
        parse_scenario(with_figure(lines), "m.toml")


def test_decimals_of_training_are_no_key_of_a_file():
    with pytest.raises(ScenarioError, match="decimals"):
        parse_scenario(with_figure('quantity = "E"\nvalue = "0.3"\n', "decimals = 3"), "m.toml")


@pytest.mark.parametrize("arithmetic", [Arithmetic(decimals=6), Arithmetic(slope="output"), SINGLE])
@pytest.mark.parametrize("text", [CIRCUIT, MANY], ids=["circuit", "many"])
def test_local_derivatives_of_graphs_are_the_walks(text, arithmetic):
    """What comes back to a value through its only use is all that comes back to it."""
    session = at(under(parse_scenario(text, "graph.toml"), arithmetic))
    program = session.timeline.steps.program
    for name, uses in program.consumers.items():
        kind, elements = program.names[name]
        if kind != "y" or len(uses) != 1 or name in program.constants or name == "t":
            continue
        for element in elements:
            whole = read(session, f"dE/dy[{element}]")
            part = read(session, f"dE/dy[{element}<-{uses[0].target}]")
            bound = {"float32": 1e-5}.get(arithmetic.precision, 2e-6 if arithmetic.rounds else 1e-12)
            assert part == pytest.approx(whole, rel=bound, abs=bound)


def test_saving_keeps_the_precision_and_scripts_refuse_it(tmp_path, capsys):
    path = tmp_path / "m.toml"
    path.write_text(with_figure('quantity = "E"\nvalue = "0.298"\n', 'precision = "float32"'))
    scenario = load_scenario(str(path))
    assert 'precision = "float32"' in composed(scenario)
    assert main(["export", str(path), "--format", "numpy"]) == 2
    assert 'take precision = "float32" out of [training]' in capsys.readouterr().err
