"""Iterations on arrays are bit-equal to stepping, for whatever they take on."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.files import parse_scenario
from engine.formula.precision import Arithmetic
from engine.program.optimizers import Adam, Momentum, Sgd
from engine.walking.advance import first_state
from engine.walking.fast.array_run import AT_ONCE, array_run, fast_run
from engine.walking.timeline import Timeline
from tests.engine.test_fast_ways import ITERATIONS, equal_to_stepping
from tests.engine.test_straight import CLIPS, LOSSES, OPTIMIZERS, PENALTIES, packed, stepped
from tests.networks import make


@settings(max_examples=120, deadline=None)
@given(
    shape=st.lists(st.integers(2, 9), min_size=2, max_size=4),
    hidden=st.sampled_from(["sigmoid", "tanh", "relu", "leaky_relu", "identity"]),
    last=st.sampled_from(["sigmoid", "tanh", "relu", "identity"]),
    loss=st.sampled_from(LOSSES),
    bias=st.sampled_from(["each", "shared", "none"]),
    shuffle=st.sampled_from([None, 4]),
    frozen=st.frozensets(st.integers(0, 8), max_size=4),
    rate=st.sampled_from([0.0625, 0.5, 1e3]),
    optimizer=st.sampled_from(OPTIMIZERS),
    clip=st.sampled_from(CLIPS),
    penalty=st.sampled_from(PENALTIES),
    seed=st.integers(0, 1000),
)
def test_bit_equal_to_stepping(shape, hidden, last, loss, bias, shuffle, frozen, rate, optimizer, clip, penalty, seed):
    if loss == "binary_cross_entropy":
        last = "sigmoid"
    frozen = frozenset(index for index in frozen if index < shape[0] * shape[1])
    scenario = make(
        shape, hidden, last, loss, examples=3, bias=bias, seed=seed, shuffle=shuffle, frozen=frozen,
        learning_rate=rate, optimizer=optimizer, clip=clip, penalty=penalty,
    )  # fmt: skip
    theta, errors, reached = stepped(scenario, 6)
    fast_errors, start = [], packed(scenario.theta, first_state(scenario))
    fast_theta, fast_reached = array_run(scenario)(start, 0, 6, -math.inf, fast_errors)
    assert fast_reached <= reached
    if fast_reached < reached:  # it may leave large numbers to `advance`, never take a wrong one
        theta, errors, _ = stepped(scenario, fast_reached)
    assert fast_theta.tobytes() == np.asarray(theta).tobytes()
    assert [value.hex() for value in fast_errors] == [value.hex() for value in errors]


def test_a_large_network_is_walked_so():
    """Its timeline has the errors and parameters of stepping, at checkpoints and between them."""
    scenario = make((12, 24, 8), examples=2)
    theta, errors, _ = stepped(scenario, 21)
    timeline = Timeline(scenario)
    assert timeline.errors(40)[:21].tolist() == errors
    assert timeline.start(21).theta.tobytes() == np.asarray(theta).tobytes()


def test_it_ends_after_the_first_error_below_the_bound():
    scenario, errors = make((30, 30, 2)), []
    _, reached = fast_run(scenario)(scenario.theta, 0, 1000, 0.01, errors)
    assert reached == len(errors)
    assert errors[-1] < 0.01 <= errors[-2]
    _, reached = fast_run(scenario)(scenario.theta, 0, 1000, errors[-2], [])
    assert reached == len(errors)  # the last but one is not below itself


@pytest.mark.filterwarnings("error")
def test_it_ends_before_what_is_not_finite():
    scenario, errors = make((2, 2, 2), "identity", "identity", learning_rate=1e6), []
    theta, reached = array_run(scenario)(scenario.theta, 0, 1000, -math.inf, errors)
    assert reached == stepped(scenario, 1000)[2] == len(errors)
    assert np.isfinite(theta).all()


def tied():
    """Two layers with the same parameters."""
    scenario = make((3, 3, 3))
    first, last = scenario.network.layers
    last = replace(last, weight_names=first.weight_names, bias_names=first.bias_names)
    network = replace(scenario.network, layers=(first, last))
    return replace(scenario, network=network, theta=scenario.theta[: len(network.parameter_names)])


def later_input():
    """A fourth input that comes into the second layer."""
    scenario = make((3, 3, 3))
    first, last = scenario.network.layers
    rows = tuple((*row, f"w{j}") for j, row in enumerate(last.weight_names))
    layers = (first, replace(last, weight_names=rows, inputs=("i4",)))
    network = replace(scenario.network, layers=layers, inputs=(*scenario.network.inputs, "i4"))
    return replace(scenario, network=network, theta=np.zeros(len(network.parameter_names)), inputs=np.zeros((1, 4)))


@pytest.mark.parametrize(
    "scenario",
    [
        make((3, 3), last="softmax", loss="cross_entropy"),
        make((3, 3, 3), "softmax", "softmax", "half_squared_error", examples=3, batch=2),
        make((3, 3), immediate=True),
        make((3, 1, 3), examples=2, batch=2),
        tied(),
        later_input(),
    ],
    ids=["softmax", "softmax within", "immediate", "single node", "tied", "later input"],
)
def test_what_is_less_common(scenario):
    assert equal_to_stepping(scenario, [array_run]) == (ITERATIONS, ITERATIONS)


@pytest.mark.parametrize("optimizer", [Sgd(), Adam(amsgrad=True, weight_decay=0.25)], ids=["sgd", "adam"])
def test_a_network_of_more_parameters_than_are_updated_at_once(optimizer):
    scenario = make(
        (130, 140, 3), examples=9, batch=5, scale=0.1, optimizer=optimizer, frozen=frozenset({0, 16_384, 16_400})
    )
    assert len(scenario.theta) > AT_ONCE
    assert equal_to_stepping(scenario, [array_run]) == (ITERATIONS, ITERATIONS)


def test_what_is_remembered_is_as_it_was_where_a_number_is_not_finite():
    """What an iteration has written over by then is made once more."""
    scenario = make((2, 3, 2), "identity", "identity", learning_rate=1e6, optimizer=Momentum(), examples=3, batch=2)
    _, _, until = stepped(scenario, 1000)
    found, reached = array_run(scenario)(packed(scenario.theta, first_state(scenario)), 0, 1000, -math.inf, [])
    assert 2 < reached <= until < 1000
    assert found.tobytes() == stepped(scenario, reached)[0].tobytes()


def test_what_it_does_not_take_on():
    assert fast_run(make(arithmetic=Arithmetic(precision="float32"))) is None


def test_threads_that_ask_for_the_same_run_do_not_meet():
    """A walk's numbers are checked in a thread while it runs on."""
    scenario = make((12, 24, 8), examples=3)
    run, start = array_run(scenario), packed(scenario.theta, first_state(scenario))
    later, _ = run(start, 0, 50, -math.inf, [])
    expected = [run(start, 0, 200, -math.inf, [])[0].tobytes(), run(later, 50, 150, -math.inf, [])[0].tobytes()]
    with ThreadPoolExecutor(2) as threads:
        asked = [
            threads.submit(run, *((start, 0, 200) if number % 2 == 0 else (later, 50, 150)), -math.inf, [])
            for number in range(12)
        ]
        found = [one.result()[0].tobytes() for one in asked]
    assert found == expected * 6


DEEP = """
title = "deep"
[graph]
inputs = ["x"]
targets = ["t"]
constants = { h0 = 0 }
nodes = [
  { for = "k = 1..1500", nodes = ["h{k} = tanh(w * h{k-1} + u * x)"] },
  "E = half_squared_error(h1500, t)",
]
error = "E"
[graph.parameters]
w = 0.5
u = 0.3
[training]
learning_rate = 0.1
[[example]]
inputs = [1.0]
targets = [0.5]
"""


def test_a_graph_of_thousands_of_nodes_is_compiled():
    scenario, reached = parse_scenario(DEEP, "deep"), []
    theta, errors, _ = stepped(scenario, 1)
    fast, _ = array_run(scenario)(packed(scenario.theta, first_state(scenario)), 0, 1, -math.inf, reached)
    assert (reached, fast.tolist()) == (errors, np.asarray(theta).tolist())
