"""Running on: many iterations without looking at each, and what comes out."""

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.advance import advance, begin_with
from engine.scenario import Scenario, Stop
from engine.timeline import Timeline
from engine.values import Event

Array = NDArray[np.float64]
StoppedBy = Literal["iterations", "error", "non-finite", "interrupted"]

ITERATIONS = 1000
"""How long a run is where nothing says when to stop."""

MOST = 10_000_000
"""Iterations after which a run ends that waits for an error in vain."""


class Outcome(Struct, frozen=True, eq=False):
    """What a run came to.

    Attributes:
        iterations: the updates made, those before the walk began included.
        error: E of all examples with the last parameters.
        outputs: shape (examples, outputs), likewise.
        theta: the parameters.
        stopped_by: what ended it.
        event: the number that left the finite ones, if that did.
    """

    iterations: int
    error: float
    outputs: Array
    theta: Array
    stopped_by: StoppedBy
    event: Event | None = None


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
    start = timeline.start(done)
    values = begin_with(scenario, start.steps, done, start.theta, start.state, tuple(range(len(scenario.inputs))))
    while values.error is None and values.event is None:
        values = advance(scenario, values)
    outputs = values.get("y", scenario.network.depth)
    if outputs is None:
        outputs = np.full((len(scenario.inputs), len(scenario.network.outputs)), np.nan)
    error = np.nan if values.error is None else values.error
    return Outcome(done, float(error), outputs, start.theta, stopped_by, timeline.event)
