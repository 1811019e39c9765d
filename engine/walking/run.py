"""Running on: many iterations without looking at each, and what comes out."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.program.scenario import Scenario, Stop
from engine.walking.accuracy import are_classes, count_right
from engine.walking.advance import advance, begin_with, reduced
from engine.walking.timeline import Timeline
from engine.walking.values import Event, Values

Array = NDArray[np.float64]
StoppedBy = Literal["iterations", "error", "non-finite", "interrupted"]

ITERATIONS = 1000
"""How long a run is where nothing says when to stop."""

AT_ONCE, PRODUCTS = 5_000, 500_000
"""The examples that are measured before others have their turn, and for them the products with a parameter."""

MOST = 10_000_000
"""Iterations after which a run ends that waits for an error in vain."""


class Measured(Struct, frozen=True, eq=False):
    """What the network does with all examples of the file, with one set of parameters.

    Attributes:
        error: E of all of them, reduced; nan where a number left the finite ones.
        outputs: shape (examples, outputs), likewise.
        right: how many outputs tell the right class, or None where targets are no classes.
    """

    error: float
    outputs: Array
    right: int | None

    @property
    def accuracy(self) -> float | None:
        """The part of the examples whose class is right."""
        return None if self.right is None else self.right / len(self.outputs)


class Outcome(Struct, frozen=True, eq=False):
    """What a run came to.

    Attributes:
        iterations: the updates made, those before the walk began included.
        before: what the network did at the beginning.
        after: what it does with the last parameters.
        theta: the parameters.
        stopped_by: what ended it.
        event: the number that left the finite ones, if that did.
    """

    iterations: int
    before: Measured
    after: Measured
    theta: Array
    stopped_by: StoppedBy
    event: Event | None = None


def measure(scenario: Scenario, start: Values) -> Iterator[Measured | None]:
    """What the network does with all examples at the start of an iteration; before that None after some of them, often.

    All at once they might need more memory than there is: a batch has been allowed for its size, the file has not.

    Args:
        scenario: what is walked there.
        start: the iteration, with nothing computed.
    """
    network, count, program = scenario.network, len(scenario.inputs), start.steps.program
    at_once = max(1, min(AT_ONCE, PRODUCTS // max(1, len(scenario.theta))))
    if scenario.graph is not None and scenario.graph.joins_examples:  # the same examples together as in the walk
        at_once = scenario.training.batch
    outputs, errors = np.full((count, len(network.outputs)), np.nan), np.full(count, np.nan)
    for first in range(0, count, at_once):
        if first:
            yield None
        some = tuple(range(first, min(count, first + at_once)))
        values = begin_with(scenario, start.steps, start.iteration, start.theta, start.state, some)
        while values.error is None and values.event is None:
            values = advance(scenario, values)
        if values.error is not None:
            ys = [values.value(name) for name in program.outputs]
            outputs[first : first + at_once] = np.hstack(
                [np.broadcast_to(y.reshape(len(y), -1), (len(some), y[0].size)) for y in ys]
            )
        errors[first : first + at_once] = np.nan if values.example_errors is None else values.example_errors
    targets = scenario.targets
    classes = targets is not None and targets.shape == outputs.shape and are_classes(targets)
    right = count_right(outputs, targets) if targets is not None and classes else None
    with np.errstate(all="ignore"):  # numbers that have left the finite ones
        error = float(reduced(scenario, errors[:, np.newaxis])[0])
    yield Measured(error, outputs, right)


def measured(scenario: Scenario, start: Values) -> Measured:
    """The same, without a pause."""
    return next(found for found in measure(scenario, start) if found is not None)


def stop_ahead(stop: Stop, iteration: int) -> Stop:
    """What is still ahead of a scenario's own stop, whose iterations count from 0; those of the result from here."""
    if stop.iterations is None:
        return stop
    return Stop(stop.iterations - iteration, stop.error) if stop.iterations > iteration else Stop()


def run_on(scenario: Scenario, stop: Stop, timeline: Timeline | None = None) -> Outcome:
    """Iterates until `stop`, or 1,000 times where it says nothing. Ctrl+C stops it and keeps what is done.

    Its iterations count from where the walk begins. A run ends at the first iteration whose E is below `stop.error`,
    before updating.
    """
    timeline = timeline or Timeline(scenario)
    iterations = stop.iterations if stop.iterations is not None or stop.error is not None else ITERATIONS
    stopped_by: StoppedBy = "iterations"
    reached: int | None = None
    try:
        last = MOST if iterations is None else min(MOST, timeline.first + iterations)
        reached = timeline.extend(last, below=stop.error)
    except KeyboardInterrupt:
        stopped_by = "interrupted"
    if reached is not None:
        stopped_by = "error"
    elif timeline.event is not None:
        stopped_by = "non-finite"
    done = timeline.recorded if reached is None else reached
    start, first = timeline.start(done), timeline.start(timeline.first)
    before, after = measured(scenario, first), measured(scenario, start)
    return Outcome(done, before, after, start.theta, stopped_by, timeline.event)
