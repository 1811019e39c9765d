"""Mistakes as people report them: programs whose fault is known, and their numbers beside a walk's."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine import Session, compare
from engine.program.penalty import Penalty
from tests.engine.comparison.numbers import arrays_of, completed
from tests.engine.graphs.files import read
from tests.networks import make, mazur

RECURRENT = """
title = "A recurrent cell, twice"
[graph]
inputs = ["h0"]
nodes = ["r1 = w * h0", "h1 = tanh(r1)", "r2 = w * h1", "h2 = tanh(r2)", "y = v * h2"]
error = "y"
parameters = { w = 2, v = 40 }
[[example]]
inputs = [0.5]
"""


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def told(scenario, numbers):
    return compare(Session.open(scenario), numbers)


def causes(found):
    return [(cause.cause, cause.at) for cause in found.causes]


@pytest.mark.parametrize("shape", [(2, 3, 2), (3, 4, 1)])
def test_errors_sent_back_without_the_slope_and_through_new_weights(shape):
    """Two mistakes in what one row is put together from, of which only the new parameters are shown."""
    scenario = make(shape, seed=7)
    network, rate = scenario.network, scenario.training.learning_rate
    w, b = ([None, *(np.array(of(scenario.theta, k)) for k in (1, 2))] for of in (network.weights, network.biases))
    x, t = scenario.inputs[0], scenario.targets[0]
    h = sigmoid(w[1] @ x + b[1])
    o = sigmoid(w[2] @ h + b[2])
    error = t - o
    step = rate * error * o * (1 - o)
    new = w[2] + np.outer(step, h)
    hidden = rate * (new.T @ error) * h * (1 - h)
    found = told(
        scenario,
        {
            "weights_ho_new": new,
            "bias_o_new": b[2] + step,
            "weights_ih_new": w[1] + np.outer(hidden, x),
            "bias_h_new": b[1] + hidden,
        },
    )
    assert not found.unknown
    assert causes(found) == [("slope-forgotten", "dE/dy:1"), ("updated-weight", "dE/dy:1")]
    assert found.causes[0].explains == w[1].size + b[1].size


def test_deltas_by_their_nodes_letters():
    scenario = make((3, 4, 2), seed=3)
    network = scenario.network
    w1, w2 = (np.array(network.weights(scenario.theta, k)) for k in (1, 2))
    b1, b2 = (np.array(network.biases(scenario.theta, k)) for k in (1, 2))
    h = sigmoid(w1 @ scenario.inputs[0] + b1)
    o = sigmoid(w2 @ h + b2)
    delta_o = (o - scenario.targets[0]) * o * (1 - o)
    numbers = {"h": h, "o": o, "delta_o": delta_o, "delta_h": (w2.T @ delta_o) * h * (1 - h)}
    assert told(scenario, numbers).agrees
    assert len(told(scenario, numbers).rows) == 12
    wrong = told(scenario, numbers | {"delta_h": (w2.T @ delta_o) * w1.sum(axis=1) * (1 - h)})
    assert wrong.first.whole == "dE/dx:1"


def test_slopes_from_total_inputs_in_a_cell_that_is_used_twice():
    r1, w, v = 1.0, 2.0, 40.0
    h1 = np.tanh(r1)
    r2 = w * h1
    d_r2 = v * (1 - r2**2)
    d_w = h1 * d_r2 + 0.5 * w * d_r2 * (1 - r1**2)
    found = told(read(RECURRENT), {"w.grad": d_w, "v.grad": np.tanh(r2)})
    assert causes(found) == [("slope-of-x", "dE/dy:r2")]
    assert found.first.quantity == "dE/dw[w]"


def test_weights_forgotten_in_each_hidden_layer_of_which_one_number_is_known():
    scenario = make((1, 1, 2, 1), seed=2)
    network = scenario.network
    w = [None, *(np.array(network.weights(scenario.theta, k)) for k in (1, 2, 3))]
    b = [None, *(np.array(network.biases(scenario.theta, k)) for k in (1, 2, 3))]
    y = [scenario.inputs[0]]
    for k in (1, 2, 3):
        y.append(sigmoid(w[k] @ y[-1] + b[k]))
    slope = [None, *(one * (1 - one) for one in y[1:])]
    d_w = (y[3] - scenario.targets[0]) * slope[3] * slope[2].sum() * slope[1] * y[0]
    (cause,) = told(scenario, {"dE/dw[w1_1_1]": d_w[0]}).causes
    assert (cause.cause, cause.at) == ("weight-forgotten", "dE/dy:2")
    assert "(and so in dE/dy:1)" in cause.words


def two_classes(batch=6, outputs=1):
    scenario = make((2, 5, outputs), examples=batch, batch=batch, loss="binary_cross_entropy", seed=4)
    targets = (np.arange(batch * outputs).reshape(batch, outputs) % 3 == 0) * 1.0
    return replace(scenario, targets=targets)


@pytest.mark.parametrize(
    ("first", "second", "cause"), [(1, -1, "sign"), (-1, 1, "sign"), (1, 0, "path-forgotten"), (0, 1, "path-forgotten")]
)
def test_one_of_the_two_summands_of_cross_entropy(first, second, cause):
    scenario = two_classes()
    y = completed(scenario).values.value("y2")
    t = scenario.targets
    error = -(first * t * np.log(y) + second * (1 - t) * np.log(1 - y)).mean()
    assert causes(told(scenario, {"loss": float(error)})) == [(cause, "E")]


def test_derivatives_of_biases_over_one_axis_too_many():
    scenario = two_classes(outputs=3)
    walk = completed(scenario).values
    d1, d2, a1, x = walk.derivative("x1"), walk.derivative("x2"), walk.value("y1"), scenario.inputs
    weights = {"dW1": d1.T @ x / 6, "dW2": d2.T @ a1 / 6}
    right = {"db1": d1.mean(axis=0), "db2": d2.mean(axis=0)}
    assert told(scenario, weights | right).agrees

    (nodes,) = told(scenario, weights | {"db1": right["db1"], "db2": np.full(3, right["db2"].sum())}).causes
    assert (nodes.cause, nodes.at) == ("reduction", "dE/dw:2")
    assert "over the nodes as well" in nodes.words
    (inputs,) = told(scenario, weights | {f"db{k}": weights[f"dW{k}"].sum(axis=1) for k in (1, 2)}).causes
    assert inputs.cause == "other-quantity"
    assert "(and so in dE/dw:1)" in inputs.words
    (twice,) = told(scenario, weights | {name: array / 6 for name, array in right.items()}).causes
    assert (twice.cause, twice.explains) == ("reduction", 8)


def test_nothing_is_told_from_zeros():
    """A derivative that was never filled in is no parameter that is zero, nor a sum that cancels."""
    scenario = two_classes(outputs=3)
    none = replace(scenario, theta=np.where(np.arange(len(scenario.theta)) >= len(scenario.theta) - 3, 0, 0.5))
    assert not told(none, {"db2": np.zeros(3)}).causes
    assert not told(none, {"db2": [0.0, 0.0, 0.0]}).causes


@pytest.mark.parametrize("declared", [False, True])
def test_a_penalty_on_biases_that_is_in_the_error_only(declared):
    plain = two_classes(outputs=2)
    network = plain.network
    weights = tuple(index for index, name in enumerate(network.parameter_names) if name.startswith("w"))
    penalized = replace(plain, training=replace(plain.training, penalty=Penalty(l2=0.2, of=weights)))
    arrays, walk = arrays_of(completed(penalized)), completed(penalized).values
    biases = np.delete(plain.theta, weights)
    numbers = {name: arrays[name] for name in ("dW1", "db1", "dW2", "db2")}
    numbers["loss"] = float(walk.error + 0.1 * (biases**2).sum())
    (cause,) = told(penalized if declared else plain, numbers).causes
    assert (cause.cause, dict(cause.details)) == ("penalty", {"lambda": 0.2})
    assert ("Σw² (of the biases)" if declared else "of the biases it is missing there") in cause.words


def test_a_parameter_that_is_alone_may_be_a_plain_number():
    scenario = make((1, 1), examples=4, batch=4, last="identity", loss="squared_error", seed=1)
    arrays = arrays_of(completed(scenario))
    d_w, d_b = float(arrays["dW1"][0, 0]), float(arrays["db1"][0])
    assert told(scenario, {"W1.grad": d_w, "b1.grad": d_b}).agrees
    found = told(scenario, {"W1.grad": 4 * d_w})
    assert [cause.cause for cause in found.causes] == ["reduction"]


@pytest.mark.parametrize(
    ("name", "number", "shows"),
    [
        ("dE/dy[h1]", 0.0413703226, "dE/dy[h2]"),
        ("dE/dw[w5]", 0.0826676278, "dE/dw[w6]"),
        ("y[h1]", 0.596884378, "y[h2]"),
        ("dE/dx[o1]", -0.0380982365, "dE/dx[o2]"),
        ("w+[w5]", 0.408666186, "w+[w6]"),
    ],
)
def test_the_number_of_another_node_or_weight(name, number, shows):
    (cause,) = told(mazur(), {name: number}).causes
    assert (cause.cause, cause.at) == ("other-quantity", name)
    assert f"{name} shows {shows}" in cause.words


def batch_of(scenario):
    arrays, walk = arrays_of(completed(scenario)), completed(scenario).values
    return arrays, walk.inputs, len(walk.inputs)


@pytest.mark.parametrize("divided", [False, True])
@pytest.mark.parametrize("example", [0, 3])
def test_derivatives_that_a_loop_over_examples_sets_and_does_not_add_to(divided, example):
    scenario = make((3, 4, 2), examples=4, batch=4, seed=5)
    arrays, x, count = batch_of(scenario)
    share = count if divided else 1
    numbers = {
        f"dW{k}": np.outer(arrays[f"dz{k}"][example], into[example]) / share
        for k, into in {1: x, 2: arrays["a1"]}.items()
    }
    (cause,) = told(scenario, numbers).causes
    assert (cause.cause, dict(cause.details)) == ("example-left-out", {"example": example + 1, "alone": True})
    assert ("divided by the 4 examples" in cause.words) == divided


@pytest.mark.parametrize(
    ("hidden", "slope", "activation"),
    [
        ("tanh", lambda y: y * (1 - y), "sigmoid"),
        ("sigmoid", lambda y: 1 - y * y, "tanh"),
        ("relu", lambda y: y * (1 - y), "sigmoid"),
    ],
)
def test_another_functions_slope_of_the_outputs(hidden, slope, activation):
    """The activation function was changed, and the slope that was made of its outputs was not."""
    scenario = make((3, 5, 2), hidden, examples=3, batch=3, seed=8)
    arrays, x, count = batch_of(scenario)
    wrong = arrays["da1"] * slope(arrays["a1"])
    (cause,) = told(scenario, {"dW1": wrong.T @ x / count, "dW2": arrays["dW2"]}).causes
    assert (cause.cause, cause.details["activation"]) == ("other-activation", activation)
    assert f"the slope of {activation}" in cause.words


def test_dropout_that_is_left_on():
    scenario = make((3, 5, 2), examples=3, batch=3, seed=8)
    arrays, *_ = batch_of(scenario)
    kept = np.random.default_rng(2).random(arrays["a1"].shape) > 0.4
    for rate in (0.5, 0.2):
        numbers = {"z1": arrays["z1"], "a1": arrays["a1"] * kept / (1 - rate)}
        (cause,) = told(scenario, numbers).causes
        assert (cause.cause, cause.at, dict(cause.details)) == ("dropout", "y:1", {"rate": rate})
    mixed = np.where(kept, arrays["a1"] * np.random.default_rng(3).uniform(1, 2, kept.shape), 0.0)
    assert not told(scenario, {"a1": mixed}).causes


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_step_with_the_sum_for_the_mean(reduction):
    scenario = make((3, 4, 2), examples=5, batch=5, seed=5, reduction=reduction)
    arrays, *_ = batch_of(scenario)
    by = 5.0 if reduction == "mean" else 0.2
    found = told(scenario, {"W2_new": arrays["W2"] - 0.5 * by * arrays["dW2"]})
    assert [cause.cause for cause in found.causes] == ["reduction"]
