"""Iterations at once, straight-line or on arrays, are those of stepping to the last bit: errors, parameters and memory.

`python -m tests.engine.test_fast_ways 400` holds as many networks against it as it says.
"""

import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from engine.formula import arithmetic, exact
from engine.formula.activations import forms
from engine.formula.losses import LOSSES, loss_of
from engine.program.clip import Clip
from engine.program.schedules import Exponential, Warmup
from engine.program.steps import Steps
from engine.walking.advance import first_state, pack
from engine.walking.fast.array_run import array_run, fast_run
from tests.engine.graphs.files import read
from tests.engine.graphs.random_graphs import graphs
from tests.engine.graphs.test_batch_statistics import NORMALIZED
from tests.engine.graphs.test_straight_graph import scenarios
from tests.engine.test_straight import OPTIMIZERS, PENALTIES, stepped, within
from tests.networks import goes_with, make, unrolled

ITERATIONS = 4
FORMS = [*forms()]
NAMES = [*dict.fromkeys(form.name for form in FORMS), "softmax"]


def drawn(seed):
    """A network by the numbers of a seed: of any functions, loss, rule, batch and order."""
    random = np.random.default_rng(seed)

    def one_of(*things):
        return things[random.integers(len(things))]

    examples = one_of(1, 3, 7, 40)
    training = {
        "batch": one_of(1, 2, 3, examples),
        "reduction": one_of("mean", "sum"),
        "shuffle": one_of(None, None, 4),
        "immediate": one_of(False, False, False, True),
        "learning_rate": one_of(0.0625, 0.5, 3.0),
        "schedule": one_of(None, None, Exponential(rate=0.5), Warmup(iterations=3)),
        "optimizer": one_of(*OPTIMIZERS),
        "clip": one_of(None, None, Clip(value=0.0625), Clip(norm=0.25), Clip(norm=0.125, over="parameter")),
        "frozen": frozenset(random.integers(0, 2, size=one_of(0, 0, 3)).tolist()),
    }
    training["batch"] = min(training["batch"], examples)
    if training["immediate"]:
        training["clip"] = one_of(None, Clip(value=0.0625), Clip(norm=0.125, over="layer"))
    if seed % 4 == 0:
        hidden, bias = int(one_of(1, 2, 5)), one_of("each", "shared", "none")
        activation = one_of("tanh", "sigmoid", "softmax", "relu")
        steps, inputs = int(random.integers(2, 5)), one_of(1, 2)
        return unrolled(steps, hidden, inputs, bias=bias, activation=activation, examples=examples, **training)
    shape = [int(one_of(1, 2, 3, 5, 18)) for _ in range(random.integers(2, 5))]
    hidden = [one_of(*FORMS) for _ in range(3)] if seed % 4 == 1 else one_of(*FORMS, "softmax", "sigmoid", "tanh")
    loss = one_of(*LOSSES)
    last = one_of(*(name for name in NAMES if goes_with(name, loss)))
    if shape[:2] == [1, 1]:
        training["frozen"] -= {1}  # there may be no second parameter
    penalty = within(one_of(None, *PENALTIES), shape)
    scenario = make(
        shape, hidden, last, loss, bias=one_of("each", "shared", "none"), seed=seed, scale=one_of(0.3, 1.0),
        examples=examples, penalty=penalty, **training,
    )  # fmt: skip
    weights = tuple(random.uniform(0.5, 2, size=shape[-1]).tolist()) if seed % 3 == 0 else None
    record = LOSSES[loss]
    chosen = replace(record.settings, over_outputs=one_of("sum", "mean"), class_weights=weights)
    return replace(scenario, network=replace(scenario.network, loss=loss_of(loss, chosen)))


def equal_to_stepping(scenario, ways=(fast_run, array_run)):
    """Holds each way against it; how many iterations could be compared of how many there are."""
    compared = there = 0
    if Steps(scenario.network, scenario.training).ends:  # nothing is trained: there is one iteration
        return 0, 0
    start = pack(scenario.theta, first_state(scenario))
    expected, errors, until = stepped(scenario, ITERATIONS)
    for way in ways:
        run = way(scenario)
        if run is None:
            continue
        found_errors = []
        found, reached = run(start, 0, ITERATIONS, -math.inf, found_errors)
        assert reached <= until  # it may leave large numbers to `advance`, never take a wrong one
        theirs, own = (expected, errors) if reached == until else stepped(scenario, reached)[:2]
        assert found.tobytes() == theirs.tobytes()
        assert [error.hex() for error in found_errors] == [error.hex() for error in own]
        compared, there = compared + reached, there + until
    return compared, there


def start_of(scenario):
    """The bits of θ and memory after some iterations on arrays, and of their errors."""
    errors = []
    found, _ = array_run(scenario)(pack(scenario.theta, first_state(scenario)), 0, ITERATIONS, -math.inf, errors)
    return found.tobytes(), errors


def all_of(seeds):
    """The share of the iterations that were compared."""
    counts = np.array([equal_to_stepping(drawn(seed)) for seed in seeds])
    return counts[:, 0].sum() / counts[:, 1].sum()


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_networks(first):
    assert all_of(range(first, first + 20)) > 0.9


@pytest.fixture
def nothing_is_trusted(monkeypatch):
    """As on a machine whose functions and sums of arrays are not those of numbers."""
    monkeypatch.setattr(exact, "_is_as_math", lambda *_: False)
    monkeypatch.setattr(arithmetic, "adds_in_order", lambda: False)
    exact.of_arrays.cache_clear()
    yield
    exact.of_arrays.cache_clear()


TRUSTED = [start_of(drawn(seed)) for seed in range(200, 216)]


def test_where_nothing_is_trusted_the_numbers_are_the_same(nothing_is_trusted):
    assert "number by number" in exact.ways_in_use()[0]
    assert [start_of(drawn(seed)) for seed in range(200, 216)] == TRUSTED


@settings(max_examples=60, deadline=None)
@given(text=scenarios())
def test_graphs_of_numbers_and_vectors(text):
    equal_to_stepping(read(text))


@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_graphs_of_anything(graph):
    equal_to_stepping(read(graph.text))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_where_examples_meet(reduction):
    scenario = read(NORMALIZED.replace("REDUCTION", reduction))
    assert equal_to_stepping(scenario) == (2 * ITERATIONS, 2 * ITERATIONS)


if __name__ == "__main__":
    print(f"bit-equal; compared {all_of(range(int(sys.argv[1]))):.3f} of the iterations")
