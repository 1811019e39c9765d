"""The straight-line function is bit-equal to stepping, for whatever it takes on."""

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.formula.activations import ACTIVATIONS, activation
from engine.formula.loss import SIGNS, with_settings
from engine.formula.losses import LOSSES as ALL
from engine.program.clip import Clip
from engine.program.frameworks import FRAMEWORKS
from engine.program.optimizers import OPTIMIZERS as RULES
from engine.program.optimizers import Adagrad, Adam, Momentum, RMSprop, Sgd
from engine.program.penalty import Penalty, Per
from engine.program.steps import Steps
from engine.walking.advance import begin, complete, first_state
from engine.walking.fast.array_run import array_run
from engine.walking.fast.straight import straight_run
from tests.networks import goes_with, make, mazur, unrolled

SINGLE = [name for name, record in ACTIVATIONS.items() if not record.joint]
OF_NODES = [["sigmoid", "tanh", "relu"], ["silu", activation("leaky_relu", {"slope": 0.25})]]
"""Functions of the nodes of a layer."""
WITH_SETTINGS = [activation("softplus", {"beta": 2.0}), activation("gelu", {"approximate": "tanh"})]
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


@st.composite
def losses(draw, shape, last):
    """A loss with settings of its own that goes with an activation."""
    name = draw(
        st.sampled_from([name for name in ALL if isinstance(last, str) and goes_with(last, name)] or LOSSES[:3])
    )
    weights = draw(st.sampled_from([None, None, [0.5, 2.0, 1.25][: shape[-1]]]))
    mean = draw(st.sampled_from(["sum", "mean"]))
    return with_settings(ALL[name], replace(ALL[name].settings, over_outputs=mean, class_weights=weights))


@st.composite
def scenarios(draw):
    """Networks of all functions and losses, and recurrent ones, trained in every way."""
    shape = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    hidden = draw(st.sampled_from([*ACTIVATIONS, *WITH_SETTINGS, *OF_NODES]))
    last = draw(st.sampled_from([*ACTIVATIONS, "softmax", "softmax", "sigmoid", "sigmoid", *OF_NODES]))
    loss, (batch, immediate) = (
        draw(losses(shape, last)),
        draw(st.sampled_from([(1, False), (1, True), (2, False), (3, False)])),
    )
    clip = draw(st.sampled_from(CLIPS))
    if clip is not None and clip.over == "all" and immediate:
        clip = Clip(norm=0.125, over="layer")
    training = {
        "batch": batch, "immediate": immediate, "clip": clip, "shuffle": draw(st.sampled_from([None, 4])),
        "reduction": draw(st.sampled_from(["mean", "sum"])), "optimizer": draw(st.sampled_from(OPTIMIZERS)),
        "frozen": draw(st.frozensets(st.integers(0, 20), max_size=4)),
        "learning_rate": draw(st.sampled_from([0.0625, 0.5, 1e3])),
        "penalty": within(draw(st.sampled_from(PENALTIES)), shape),
    }  # fmt: skip
    seed, bias = draw(st.integers(0, 1000)), draw(st.sampled_from(["each", "shared", "none"]))
    if draw(st.integers(0, 5)) == 0:
        return unrolled(shape[0] + 1, shape[-1], bias=bias, examples=3, seed=seed, **training)
    scale = draw(st.sampled_from([1.0, 1.0, 1.0, 30.0]))
    scenario = make(
        shape, hidden, last, "half_squared_error", examples=3, bias=bias, seed=seed, scale=scale, **training
    )
    targets = scenario.targets
    if loss.shares and not loss.whole and draw(st.booleans()):
        targets = targets * 2
    elif loss.shares:
        targets = (
            np.eye(shape[-1])[[e % shape[-1] for e in range(3)]]
            if draw(st.booleans())
            else targets / targets.sum(axis=1, keepdims=True)
        )
    elif loss.targets is SIGNS:
        targets = np.where(targets > 0.5, 1.0, -1.0)
    network = replace(scenario.network, loss=loss)
    targets = targets if loss.needs_targets else None
    return replace(scenario, network=network.taking(targets), targets=targets)


@settings(max_examples=150, deadline=None)
@given(scenario=scenarios())
def test_bit_equal_to_stepping(scenario):
    run = straight_run(scenario)
    theta, errors, reached = stepped(scenario, 6)
    fast_errors = []
    fast_theta, fast_reached = run(packed(scenario.theta, first_state(scenario)).tolist(), 0, 6, -math.inf, fast_errors)
    assert fast_reached <= reached
    if fast_reached < reached:  # it may leave large numbers to `advance`, never take a wrong one
        theta, errors, _ = stepped(scenario, fast_reached)
    assert [value.hex() for value in fast_theta] == [value.hex() for value in theta.tolist()]
    assert [value.hex() for value in fast_errors] == [value.hex() for value in errors]


@pytest.mark.parametrize("batch", [1, 2])
def test_what_is_written_serves_other_numbers(batch):
    """Parameters, examples and the learning rate are not part of it, but whether targets are shares is."""
    scenario = make((2, 3), last="softmax", loss="cross_entropy", examples=3, batch=batch)
    straight_run(scenario)
    training = replace(scenario.training, learning_rate=0.125)
    changed = replace(scenario, training=training, inputs=scenario.inputs + 1, theta=scenario.theta * 2)
    for one in (changed, replace(changed, targets=scenario.targets * 1.5), scenario):
        errors: list[float] = []
        found, _ = straight_run(one)(one.theta.tolist(), 0, 4, -math.inf, errors)
        theta, expected, _ = stepped(one, 4)
        assert (found, errors) == (theta.tolist(), expected)


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
        make(examples=2, batch=2, immediate=True),
    ],
    ids=["large", "immediate batches"],
)
def test_what_it_does_not_take_on(scenario):
    assert straight_run(scenario) is None
