"""Mistakes from one iteration to the next: examples in another order, derivatives that are never set to zero."""

import numpy as np
import pytest

from engine import Session, compare
from engine.walking.advance import begin_with, complete, first_state
from tests.networks import make

COUNT, BATCH = 6, 3


def scenario(**training):
    return make((3, 4, 2), "tanh", examples=COUNT, batch=BATCH, seed=3, **training)


def walked(scenario, until, batch, *, kept=False):
    """A plain training loop: parameters, derivatives and E of its last iteration, as arrays."""
    steps = Session.open(scenario).timeline.steps
    theta, held, state = scenario.theta.copy(), np.zeros_like(scenario.theta), first_state(scenario)
    for iteration in range(until + 1):
        begun = begin_with(scenario, steps, iteration, theta, state, batch(iteration))
        values = complete(scenario, begun)
        held = held * kept
        for name, span in steps.program.parameters.items():
            row, part = steps.derivatives[name][-1]
            held[span] += values.results[row][part]
        before, theta = theta, theta - scenario.training.learning_rate * held
    spans = steps.program.parameters.items()
    shapes = steps.program.shapes
    return (
        {name: before[span].reshape(shapes[name]) for name, span in spans},
        {f"d{name}": held[span].reshape(shapes[name]) for name, span in spans},
        {"E": np.array(values.error)},
    )


def at(scenario, iteration):
    start = Session.open(scenario)
    return start.seek(iteration, start.count)


def side_by_side(iteration):
    first = iteration * BATCH % COUNT
    return tuple(range(first, first + BATCH))


ORDERS = {
    "from the end": lambda k: tuple(COUNT - 1 - one for one in side_by_side(k)),
    "the first batch was left": lambda k: side_by_side(k + 1),
    "the first example was left": lambda k: tuple((one + 1) % COUNT for one in side_by_side(k)),
    "lie 2 apart": lambda k: tuple(k % 2 + 2 * one for one in range(BATCH)),
}


@pytest.mark.parametrize("words", ORDERS)
@pytest.mark.parametrize("iteration", [0, 2])
def test_examples_in_another_order(words, iteration):
    parameters, derivatives, error = walked(scenario(), iteration, ORDERS[words])
    for given in (derivatives, parameters | error):
        (cause,) = compare(at(scenario(), iteration), given).causes
        assert (cause.cause, cause.at) == ("batch-order", "setting")
        assert words in cause.words


def test_a_shuffle_left_out():
    shuffled = scenario(shuffle=5)
    _, derivatives, error = walked(shuffled, 1, side_by_side)
    (cause,) = compare(at(shuffled, 1), derivatives | error).causes
    assert cause.cause == "batch-order"
    assert "they should be shuffled" in cause.words


@pytest.mark.parametrize("iteration", [1, 3])
def test_derivatives_that_are_not_set_to_zero(iteration):
    parameters, derivatives, error = walked(scenario(), iteration, side_by_side, kept=True)
    for given in (derivatives, derivatives | error | parameters, *([error, parameters] if iteration > 1 else [])):
        (cause,) = compare(at(scenario(), iteration), given).causes
        assert (cause.cause, cause.at) == ("gradients-kept", "setting")
        assert "zero_grad" in cause.words
