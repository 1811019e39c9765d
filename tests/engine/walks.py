"""Walks computed by nothing but `advance`, iteration after iteration, to hold timelines and sessions against."""

from engine.program.optimizers import OPTIMIZERS, Adam, Momentum, Sgd
from engine.program.steps import Steps
from engine.walking.advance import begin, complete, first_state
from tests.networks import make, mazur

SCENARIOS = {
    "mazur": lambda: mazur(),
    "immediate": lambda: mazur(immediate=True),
    "sgd in batches": lambda: make((2, 3, 1), "tanh", examples=5, batch=2, seed=2, optimizer=Sgd()),
    "sgd shuffled": lambda: make((2, 3, 2), "relu", "softmax", "cross_entropy", examples=5, batch=2, shuffle=1),
    "softmax inside": lambda: make((2, 3, 2), "softmax", "sigmoid", "squared_error", examples=3, batch=2, shuffle=1),
    "momentum": lambda: make(optimizer=Momentum(0.9), learning_rate=0.1, examples=3, frozen=frozenset({1})),
    "nesterov": lambda: make(optimizer=Momentum(0.9, nesterov=True), learning_rate=0.1, examples=3, shuffle=4),
    **{
        f"{name}, decaying": lambda rule=rule: make(optimizer=rule(weight_decay=0.01), learning_rate=0.01, examples=2)
        for name, rule in OPTIMIZERS.items()
    },
    "adam": lambda: make(optimizer=Adam(), bias="shared", learning_rate=0.1, examples=3, batch=2, reduction="sum"),
    "adam, immediate": lambda: make((2, 2, 2, 1), "tanh", optimizer=Adam(), learning_rate=0.1, immediate=True),
}
"""Every optimizer, batches, shuffling, both orders of updates."""


def walked(scenario, iterations, theta=None, state=None, first=0):
    """The iterations first … first + iterations − 1, each complete."""
    steps = Steps(scenario.network, scenario.training)
    theta = scenario.theta if theta is None else theta
    state = first_state(scenario) if state is None else state
    done = []
    for k in range(first, first + iterations):
        values = complete(scenario, begin(scenario, steps, k, theta, state))
        theta, state = values.theta, values.state
        done.append(values)
    return done


def numbers(values):
    """Every number of an iteration as far as it is computed, to the last bit."""
    return (
        values.iteration,
        values.examples,
        values.beginning.theta.tobytes(),
        values.beginning.state.tobytes(),
        values.theta.tobytes(),
        values.state.tobytes(),
        values.error,
        [result.tobytes() for result in values.results],
    )
