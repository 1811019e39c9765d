"""Examples that are drawn: held against what the two programs do that people know them from."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.files.made_data import KINDS, made_examples
from engine.files.problems import ScenarioError
from tests.engine.data.scenarios import scenario

counts = some.integers(2, 60)
noises = some.floats(0, 1)
seeds = some.integers(0, 2**63 - 1)


@given(some.sampled_from(sorted(KINDS)), counts, noises, seeds)
def test_every_kind_gives_so_many_short_numbers_and_the_same_each_time(kind, count, noise, seed):
    inputs, targets = made_examples(kind, count, noise, seed)
    assert inputs.shape == (count, 2)
    assert targets.shape == (count,)
    again = made_examples(kind, count, noise, seed)
    assert inputs.tobytes() == again[0].tobytes()
    assert targets.tobytes() == again[1].tobytes()
    for numbers in (inputs, targets):
        assert all(len(repr(abs(x)).partition(".")[2]) <= 4 for x in numbers.ravel().tolist())
    if KINDS[kind].classes:
        assert set(targets.tolist()) <= {0.0, 1.0}


FIRST = {
    "circle": ([0.0688, 0.0029], 1.0),
    "xor": ([-3.2654, -2.6769], 1.0),
    "gauss": ([-1.6573, -0.8684], 0.0),
    "spiral": ([-1.3931, 2.1953], 1.0),
    "moons": ([1.5539, -0.3326], 1.0),
    "plane": ([-3.5585, -2.8522], -0.6411),
    "waves": ([-3.5585, -2.8522], -0.2767),
}


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_these_on_every_machine(kind):
    inputs, targets = made_examples(kind, 200, 0.0, 1)
    assert (inputs[0].tolist(), targets[0]) == FIRST[kind]


@given(counts, seeds)
def test_without_noise_the_points_are_where_the_kind_has_them(count, seed):
    inputs, targets = made_examples("circle", count, 0.0, seed)
    radius = np.hypot(inputs[:, 0], inputs[:, 1])
    assert ((radius < 2.5 + 1e-3) == (targets == 1)).all()
    assert ((radius < 2.5 + 1e-3) | ((radius > 3.5 - 1e-3) & (radius < 5 + 1e-3))).all()
    inputs, targets = made_examples("xor", count, 0.0, seed)
    assert (np.abs(inputs) >= 0.2999).all()
    assert ((np.sign(inputs[:, 0]) == np.sign(inputs[:, 1])) == (targets == 1)).all()
    inputs, targets = made_examples("plane", count, 0.0, seed)
    assert np.abs(targets - inputs.sum(axis=1) / 10).max() < 1e-4
    inputs, targets = made_examples("waves", count, 0.0, seed)
    assert np.abs(targets - (np.sin(inputs[:, 0]) + np.cos(inputs[:, 1])) / 2).max() < 2e-4
    inputs, targets = made_examples("spiral", count, 0.0, seed)
    for cls, turn in ((1.0, 0.0), (0.0, math.pi)):
        arm = inputs[targets == cls]
        n = len(arm)
        expected = [
            (5 * i / n * math.sin(3.5 * math.pi * i / n + turn), 5 * i / n * math.cos(3.5 * math.pi * i / n + turn))
            for i in range(n)
        ]
        assert np.abs(np.sort(arm, axis=0) - np.sort(np.array(expected), axis=0)).max() < 1e-3
    inputs, targets = made_examples("moons", count, 0.0, seed)
    outer, inner = inputs[targets == 0], inputs[targets == 1]
    assert np.abs(np.hypot(*outer.T) - 1).max() < 1e-3
    assert np.abs(np.hypot(1 - inner[:, 0], 0.5 - inner[:, 1]) - 1).max() < 1e-3


def test_noise_of_a_cloud_is_its_variance():
    for noise in (0.0, 0.5):
        inputs, targets = made_examples("gauss", 20_000, noise, 3)
        away = inputs - np.where(targets[:, None] == 1, 2.0, -2.0)
        assert np.abs(away.var(axis=0) - (0.5 + 7 * noise)).max() < 0.15
        assert np.abs(away.mean(axis=0)).max() < 0.1


def test_noise_changes_classes_of_points_that_stay():
    plain, noisy = (made_examples("circle", 300, noise, 3) for noise in (0.0, 0.3))
    assert plain[0].shape == noisy[0].shape
    radius = np.hypot(noisy[0][:, 0], noisy[0][:, 1])
    assert ((radius < 2.501) | (radius > 3.499)).all()
    assert 0 < np.count_nonzero((radius < 3) != (noisy[1] == 1)) < 100


@pytest.mark.parametrize(
    ("last", "loss", "outputs", "targets"),
    [
        ("tanh", "half_squared_error", 1, [[-1.0], [1.0]]),
        ("identity", "half_squared_error", 1, [[-1.0], [1.0]]),
        ("sigmoid", "half_squared_error", 1, [[0.0], [1.0]]),
        ("relu", "half_squared_error", 1, [[0.0], [1.0]]),
        ("sigmoid", "binary_cross_entropy", 1, [[0.0], [1.0]]),
        ("identity", "hinge", 1, [[-1.0], [1.0]]),
        ("sigmoid", "hinge", 1, [[-1.0], [1.0]]),
        ("softmax", "cross_entropy", 2, [[0.0, 1.0], [1.0, 0.0]]),
    ],
)
def test_classes_are_as_output_and_loss_take_them(last, loss, outputs, targets):
    made = scenario('make = { kind = "xor" }', last=last, loss=loss, outputs=outputs)
    assert np.unique(made.targets, axis=0).tolist() == targets
    inputs, classes = made_examples("xor", 200, 0.1, 1)
    assert made.inputs.tolist() == inputs.tolist()
    assert ((made.targets[:, -1] == 1) == (classes == 1)).all()


GRAPH = """
title = "made"
[graph]
inputs = ["x1", "x2"]
targets = ["t"]
nodes = ["y = sigmoid(w * x1 + v * x2)", "E = half_squared_error(y, t)"]
error = "E"
[graph.parameters]
w = 0.5
v = 0.5
[data]
make = { kind = "gauss", count = 20 }
test = 0.3
standardize = true
"""


def test_a_graph_has_made_data_too():
    from engine.files import parse_scenario

    made = parse_scenario(GRAPH, "graph.toml")
    inputs, classes = made_examples("gauss", 20, 0.1, 1)
    assert (len(made.inputs), len(made.test.inputs)) == (14, 6)
    assert sorted(
        made.preparation.raw_of(made.inputs).round(9).tolist()
        + made.preparation.raw_of(made.test.inputs).round(9).tolist()
    ) == sorted(inputs.tolist())
    assert made.inputs.std(axis=0) == pytest.approx([1, 1])
    assert sorted(np.concatenate((made.targets, made.test.targets)).ravel()) == sorted(classes)


@pytest.mark.parametrize(
    ("data", "settings", "told"),
    [
        ('make = { kind = "circel" }', {}, 'data.make.kind: "circel" is not known: the nearest is circle'),
        ("make = { count = 20 }", {}, "data.make.kind: it is missing"),
        ('make = { kind = "xor", noise = 2 }', {}, "data.make.noise: 2 is out of range: it must be at most 1"),
        ('make = { kind = "xor", count = 1 }', {}, "data.make.count: 1 is out of range: it must be at least 2"),
        ('make = { kind = "xor" }\ncsv = "a.csv"', {}, "data.csv: make gives the examples already"),
        ('make = { kind = "xor" }\ntargets = ["t"]', {}, "data.targets: make gives the examples already"),
        ("test = 0.3", {}, "data.csv: it is missing: give the name of a file, or make"),
        ('make = { kind = "xor" }', {"outputs": 3}, "xor gives one target, but the network has 3 outputs: give it one"),
        ('make = { kind = "plane" }', {"outputs": 2}, "plane gives one target, but the network has 2 outputs"),
        ('make = { kind = "plane" }', {"last": "sigmoid", "loss": "binary_cross_entropy"}, "of plane the target"),
        ('make = { kind = "xor" }\ntest = 1.5', {}, "data.test: 1.5 is out of range: it must be below 1"),
        ('make = { kind = "xor" }\ntest = { seed = 1 }', {}, "data.test.part: it is missing"),
        (
            'make = { kind = "xor", count = 3 }\ntest = 0.1',
            {"training": ""},
            "0.1 of 3 examples leaves nothing for the test",
        ),
        (
            'make = { kind = "xor", count = 3 }\ntest = 0.9',
            {"training": ""},
            "0.9 of 3 examples leaves nothing to train on",
        ),
        ('make = { kind = "xor" }', {"training": "stop = { patience = 3 }"}, "there is no test part to wait for"),
        (
            'make = { kind = "xor" }\ntest = 0.5',
            {"training": "batch = 101"},
            "101 is more than there are: there are 100",
        ),
    ],
)
def test_what_is_wrong_is_told(data, settings, told):
    with pytest.raises(ScenarioError) as caught:
        scenario(data, **settings)
    assert told in str(caught.value)
    assert len(caught.value.problems) == 1
