"""The straight-line function is bit-equal to stepping, for whatever it takes on."""

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.formula.activations import ACTIVATIONS
from engine.program.clip import Clip
from engine.program.frameworks import FRAMEWORKS
from engine.program.optimizers import OPTIMIZERS as RULES
from engine.program.optimizers import Adagrad, Adam, Momentum, RMSprop, Sgd
from engine.program.penalty import Penalty, Per
from engine.program.steps import Steps
from engine.walking.advance import begin, complete, first_state
from engine.walking.fast.array_run import array_run
from engine.walking.fast.straight import straight_run
from tests.networks import make, mazur

SINGLE = [name for name, record in ACTIVATIONS.items() if not record.joint]
LOSSES = ["half_squared_error", "squared_error", "mean_squared_error", "binary_cross_entropy", "output"]


def stepped(scenario, iterations):
    steps = Steps(scenario.network, scenario.training)
    theta, state, errors = scenario.theta, first_state(scenario), []
    for k in range(iterations):
        values = complete(scenario, begin(scenario, steps, k, theta, state))
        if values.event is not None:
            return packed(theta, state), errors, k
        theta, state = values.theta, values.state
        errors.append(values.error)
    return packed(theta, state), errors, iterations


def within(penalty, shape):
    """Of those parameters that a network of this shape has."""
    return penalty and replace(penalty, of=tuple(index for index in penalty.of if index < shape[0] * shape[1]))


def packed(theta, state):
    return np.concatenate((theta, state.ravel()))


PENALTIES = [
    None,
    *(Penalty(l2=0.125, half=half, per=per, of=(0, 2), examples=3) for half in (True, False) for per in get_args(Per)),
    Penalty(l1=0.1, of=(0,)),
    Penalty(l2=0.3, l1=0.1, per="example", of=(0, 1)),
]
OPTIMIZERS = [
    *(Sgd(), Momentum(0.75), Momentum(0.5, nesterov=True), Adam(0.5, 0.75, 1e-3)),
    *(rule() for rule in RULES.values()),
    *(rule(weight_decay=0.25, coupled=coupled) for rule in RULES.values() for coupled in (False, True)),
    *(one.optimizer({}) for one in FRAMEWORKS),
    *(Momentum(dampening=0.5), RMSprop(momentum=0.5), RMSprop(centered=True, epsilon_inside=True)),
    *(Adam(epsilon_inside=True), Adam(epsilon_inside=True, epsilon_before=True), Adagrad(rate_decay=0.5)),
    *(Adam(0.5, 0.75, amsgrad=True), Adam(amsgrad=True, largest_corrected=True)),
]


CLIPS = [
    *(None, None, None, Clip(value=0.0625), Clip(norm=0.25), Clip(norm=0.125, epsilon=1e-6)),
    *(Clip(norm=0.0625, over=over) for over in ("layer", "parameter")),
]


@settings(max_examples=150, deadline=None)
@given(
    shape=st.lists(st.integers(1, 3), min_size=2, max_size=4),
    hidden=st.sampled_from(SINGLE),
    last=st.sampled_from(SINGLE),
    loss=st.sampled_from(LOSSES),
    bias=st.sampled_from(["each", "shared", "none"]),
    order=st.sampled_from([(1, False), (1, True), (2, False), (3, False)]),
    shuffle=st.sampled_from([None, 4]),
    reduction=st.sampled_from(["mean", "sum"]),
    frozen=st.frozensets(st.integers(0, 20), max_size=4),
    rate=st.sampled_from([0.0625, 0.5, 1e3]),
    optimizer=st.sampled_from(OPTIMIZERS),
    clip=st.sampled_from(CLIPS),
    penalty=st.sampled_from(PENALTIES),
    seed=st.integers(0, 1000),
)
def test_bit_equal_to_stepping(
    shape, hidden, last, loss, bias, order, shuffle, reduction, frozen, rate, optimizer, clip, penalty, seed
):
    if clip is not None and clip.over == "all" and order[1]:
        clip = Clip(norm=0.125, over="layer")
    if loss == "binary_cross_entropy":
        last = "sigmoid"
    scenario = make(
        shape, hidden, last, loss, examples=3, bias=bias, seed=seed, batch=order[0], immediate=order[1],
        shuffle=shuffle, reduction=reduction, frozen=frozen, learning_rate=rate, optimizer=optimizer, clip=clip,
        penalty=within(penalty, shape),
    )  # fmt: skip
    run = straight_run(scenario)
    theta, errors, reached = stepped(scenario, 6)
    fast_errors = []
    fast_theta, fast_reached = run(packed(scenario.theta, first_state(scenario)).tolist(), 0, 6, -math.inf, fast_errors)
    assert fast_reached <= reached
    if fast_reached < reached:  # it may leave large numbers to `advance`, never take a wrong one
        theta, errors, _ = stepped(scenario, fast_reached)
    assert [value.hex() for value in fast_theta] == [value.hex() for value in theta.tolist()]
    assert [value.hex() for value in fast_errors] == [value.hex() for value in errors]


def test_it_ends_after_the_first_error_below_the_bound():
    errors = []
    _, reached = straight_run(mazur())(mazur().theta.tolist(), 0, 1000, 0.2, errors)
    assert reached == len(errors)
    assert errors[-1] < 0.2 <= errors[-2]
    _, reached = straight_run(mazur())(mazur().theta.tolist(), 0, 1000, errors[3], [])
    assert reached == 5  # the fourth is not below itself


@pytest.mark.parametrize("way", [straight_run, array_run])
def test_a_derivative_of_nothing_leaves_a_weight_of_minus_0_as_it_is(way):
    """dE/dw is a sum, which is never −0: −0 − α·0 is −0, but −0 − α·(−0) would be 0."""
    scenario = make((2, 2), last="identity", bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = -0.0, 0.0, 1.0
    theta = scenario.theta if way is array_run else scenario.theta.tolist()
    there, _ = way(scenario)(theta, 0, 1, -math.inf, [])
    assert np.asarray(there).tobytes() == stepped(scenario, 1)[0].tobytes() == scenario.theta.tobytes()


def test_it_ends_before_what_is_not_finite():
    scenario = make((2, 2, 2), "identity", "identity", learning_rate=1e6)
    errors = []
    _, reached = straight_run(scenario)(scenario.theta.tolist(), 0, 1000, -math.inf, errors)
    assert reached == stepped(scenario, 1000)[2]


@pytest.mark.parametrize(
    "scenario",
    [
        make((30, 30, 2)),
        make((2, 2), last="softmax", loss="cross_entropy"),
        make((2, 2, 2), last="softmax", loss="cross_entropy"),
        make(examples=2, batch=2, immediate=True),
    ],
    ids=["large", "softmax", "softmax after a sigmoid", "immediate batches"],
)
def test_what_it_does_not_take_on(scenario):
    assert straight_run(scenario) is None
