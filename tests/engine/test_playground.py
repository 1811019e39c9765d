"""Every choice of TensorFlow Playground can be said in a file, and walks as its rule does, written here once more.

Playground goes through its examples in their order and updates after each full batch: by the mean of dE/dw, and by what
its penalty adds. Its sums begin with the bias, ours end with it: so numbers agree to rounding and not to the last bit.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.files import parse_scenario
from engine.walking.session import Session

ACTIVATIONS = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Linear": "identity"}
FEATURES = {
    "X1": None,
    "X2": None,
    "X1^2": 'f1 = "x1**2"',
    "X2^2": 'f2 = "x2**2"',
    "X1X2": 'f3 = "x1 * x2"',
    "sin(X1)": 'f4 = "sin(x1)"',
    "sin(X2)": 'f5 = "sin(x2)"',
}
DATA = {"circle": "tanh", "xor": "tanh", "gauss": "tanh", "spiral": "tanh", "plane": "identity"}
"""Of each kind of data the output's function: classes take tanh, numbers none."""
RATES = (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
PENALTIES = ("None", "L1", "L2")
PENALTY_RATES = (0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
COUNT = 30


def file(
    activation="Tanh",
    hidden=(3, 2),
    data="circle",
    features=tuple(FEATURES),
    rate=0.03,
    batch=10,
    penalty="None",
    penalty_rate=0.0,
):
    """A scenario's text, as README says it."""
    formulas = ", ".join(FEATURES[name] for name in features if FEATURES[name])
    layers = []
    for units, function in [*((n, ACTIVATIONS[activation]) for n in hidden), (1, DATA[data])]:
        layers.append(
            f'[[network.layer]]\nunits = {units}\nactivation = "{function}"\n'
            f'weights = {{ init = "uniform", low = -0.5, high = 0.5, seed = 5 }}\nbias = {[0.1] * units}\n'
        )
    penalized = f"penalty = {{ {penalty.lower()} = {penalty_rate} }}\n" if penalty != "None" and penalty_rate else ""
    return (
        f'title = "Playground"\n[network]\ninputs = ["x1", "x2"]\nloss = "half_squared_error"\n'
        f"features = {{ {formulas} }}\n{''.join(layers)}"
        f"[training]\nlearning_rate = {rate}\nbatch = {batch}\n{penalized}"
        f'[data]\nmake = {{ kind = "{data}", count = {COUNT}, noise = 0.1, seed = 1 }}\n'
    )


OUTPUT = {
    "relu": lambda x: np.maximum(0.0, x),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "identity": lambda x: x,
}
SLOPE = {
    "relu": lambda x: np.where(x <= 0, 0.0, 1.0),
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "sigmoid": lambda x: OUTPUT["sigmoid"](x) * (1 - OUTPUT["sigmoid"](x)),
    "identity": np.ones_like,
}


def constructed(x1, x2, features):
    made = {
        "X1": x1,
        "X2": x2,
        "X1^2": x1 * x1,
        "X2^2": x2 * x2,
        "X1X2": x1 * x2,
        "sin(X1)": np.sin(x1),
        "sin(X2)": np.sin(x2),
    }
    return np.array([made[name] for name in features])


def played(points, targets, weights, biases, functions, *, features, rate, batch, penalty, penalty_rate, updates):
    """The parameters after so many updates; None where L1 takes a weight across 0, which is then put out for good."""
    weights, biases = [w.copy() for w in weights], [b.copy() for b in biases]
    sums_w, sums_b = [np.zeros_like(w) for w in weights], [np.zeros_like(b) for b in biases]
    done = seen = 0
    while done < updates:
        i = seen % len(points)
        outputs, totals = [constructed(*points[i], features)], []
        for w, b, function in zip(weights, biases, functions, strict=True):
            totals.append(b + w @ outputs[-1])
            outputs.append(OUTPUT[function](totals[-1]))
        delta = outputs[-1] - targets[i]
        for layer in reversed(range(len(weights))):
            delta = delta * SLOPE[functions[layer]](totals[layer])
            sums_w[layer] += np.outer(delta, outputs[layer])
            sums_b[layer] += delta
            delta = weights[layer].T @ delta
        seen += 1
        if seen % batch == 0:
            for layer in range(len(weights)):
                regular = {"None": 0.0, "L1": np.where(weights[layer] < 0, -1.0, 1.0), "L2": weights[layer]}[penalty]
                between = weights[layer] - rate / batch * sums_w[layer]
                weights[layer] = between - rate * penalty_rate * regular
                if penalty == "L1" and (between * weights[layer] < 0).any():
                    return None
                biases[layer] -= rate * sums_b[layer] / batch
                sums_w[layer][:], sums_b[layer][:] = 0.0, 0.0
            done += 1
    return weights, biases


def check(updates=6, **choice):
    scenario = parse_scenario(file(**choice), "playground.toml")
    network, functions = scenario.layered, [layer.activation.name for layer in scenario.layered.layers]
    settled = {"features": tuple(FEATURES), "rate": 0.03, "batch": 10, "penalty": "None", "penalty_rate": 0.0}
    settled |= {key: value for key, value in choice.items() if key in settled}
    numbers = range(1, network.depth + 1)
    expected = played(
        scenario.inputs[:, :2],
        scenario.targets,
        [network.weights(scenario.theta, layer) for layer in numbers],
        [network.biases(scenario.theta, layer) for layer in numbers],
        functions,
        updates=updates,
        **settled,
    )
    session = Session.open(scenario).seek(updates, 1)
    if expected is None or session.event is not None:
        return False
    theta = session.values.beginning.theta
    for layer, weights, biases in zip(numbers, *expected, strict=True):
        size = max(1.0, float(np.abs(weights).max()))
        np.testing.assert_allclose(network.weights(theta, layer), weights, rtol=1e-9, atol=1e-12 * size)
        np.testing.assert_allclose(network.biases(theta, layer), biases, rtol=1e-9, atol=1e-12 * size)
    return True


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("data", DATA)
def test_activations_and_data(activation, data):
    assert check(activation=activation, data=data)


@pytest.mark.parametrize("hidden", [(), (1,), (8,), (4, 2), (2, 2, 2, 2, 2, 2)])
def test_layers(hidden):
    assert check(hidden=hidden)


@pytest.mark.parametrize("rate", RATES)
def test_learning_rates(rate):
    assert check(rate=rate, activation="Sigmoid")


@pytest.mark.parametrize("batch", [1, 2, 3, 5, 6, 10, 15, 30])
def test_batches(batch):
    assert check(batch=batch, updates=8)


@pytest.mark.parametrize("feature", [name for name in FEATURES if FEATURES[name]])
def test_each_feature(feature):
    assert check(features=("X1", "X2", feature))


@pytest.mark.parametrize("penalty_rate", PENALTY_RATES)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_penalties(penalty, penalty_rate):
    rate = 0.0001 if penalty == "L1" else 0.03  # with larger steps weights cross 0, where Playground puts them out
    assert check(penalty=penalty, penalty_rate=penalty_rate, rate=rate, updates=3)


@settings(max_examples=25, deadline=None)
@given(
    activation=st.sampled_from(list(ACTIVATIONS)),
    hidden=st.lists(st.integers(1, 8), max_size=4).map(tuple),
    data=st.sampled_from(list(DATA)),
    rate=st.sampled_from(RATES[:8]),
    batch=st.sampled_from([1, 2, 3, 5, 6, 10, 15, 30]),
    penalty=st.sampled_from(PENALTIES),
    penalty_rate=st.sampled_from(PENALTY_RATES[:6]),
)
def test_choices_go_together(**choice):
    check(updates=4, **choice)


def test_an_input_that_is_switched_off():
    """Its weights are 0 and frozen."""
    features = ("X1X2", "sin(X1)")
    text = file(hidden=(), features=("X1", "X2", *features))
    drawn = 'weights = { init = "uniform", low = -0.5, high = 0.5, seed = 5 }'
    assert text.count(drawn) == 1
    text = text.replace(drawn, "weights = [[0, 0, 0.25, -0.5]]")
    text = text.replace("batch = 10", 'batch = 10\nfrozen = ["w_x1_o1", "w_x2_o1"]')
    scenario = parse_scenario(text, "playground.toml")
    weights, biases = played(
        scenario.inputs[:, :2],
        scenario.targets,
        [np.array([[0.25, -0.5]])],
        [np.array([0.1])],
        ["tanh"],
        features=features,
        rate=0.03,
        batch=10,
        penalty="None",
        penalty_rate=0,
        updates=6,
    )
    theta = Session.open(scenario).seek(6, 1).values.beginning.theta
    np.testing.assert_allclose(theta, [0, 0, *weights[0][0], *biases[0]], rtol=1e-12)
