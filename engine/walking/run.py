"""Running on: many iterations without looking at each, and what comes out."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from time import perf_counter
from typing import ClassVar, Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.program.batches import batches_per_epoch, weights_of
from engine.program.scenario import Scenario, Stop
from engine.told import Told, untold
from engine.walking.accuracy import are_classes, boundary, count_right
from engine.walking.advance import advance, begin_with, penalty_of, reduced
from engine.walking.timeline import Timeline
from engine.walking.values import Event, Values

Array = NDArray[np.float64]
StoppedBy = Literal["iterations", "error", "patience", "epoch-error", "non-finite", "interrupted"]

ITERATIONS = 1000
"""How long a run is where nothing says when to stop."""

AT_ONCE, PRODUCTS = 5_000, 2_000_000
"""The examples that are measured at once, and for them the products with a parameter, or the numbers computed."""

MOST = 10_000_000
"""Iterations after which a run ends that waits for an error in vain."""


class Measured(Struct, frozen=True, eq=False):
    """What the network does with all examples of the file, with one set of parameters.

    Attributes:
        error: E of all of them, reduced, with the penalty that a batch has, but not of a test part; nan where a number
            left the finite ones.
        outputs: shape (examples, outputs), likewise.
        right: how many outputs tell the right class, or None where targets are no classes.
        penalty: what of the error is made of parameters alone; None where there is no penalty.
    """

    error: float
    outputs: Array
    right: int | None
    penalty: float | None = None

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
        test_before: what the network did with the test part; None where there is none.
        test_after: what it does.
        best: the iteration at which the error of the test part was least, and that error; None unless a run waits for
            it to fall.
    """

    iterations: int
    before: Measured
    after: Measured
    theta: Array
    stopped_by: StoppedBy
    event: Event | None = None
    test_before: Measured | None = None
    test_after: Measured | None = None
    best: tuple[int, float] | None = None


def measure(scenario: Scenario, start: Values, *, test: bool = False, told: Told = untold) -> Iterator[Measured | None]:
    """What the network does with all examples at the start of an iteration; before that None after each small part.

    All at once they might need more memory than there is: a batch has been allowed for its size, the file has not.

    Args:
        scenario: what is walked there.
        start: the iteration, with nothing computed.
        test: whether of the test part, which must be there, and not of the examples that are trained on.
        told: is told how many examples are measured.
    """
    trained_on = scenario.targets
    if test and scenario.test is not None:
        held = scenario.test
        scenario = replace(scenario, inputs=held.inputs, targets=held.targets, weights=held.weights)
    if scenario.training.by_weights:  # of all, and not of each part by itself
        of_all = weights_of(scenario, range(len(scenario.inputs)))
        scenario = replace(scenario, weights=of_all, training=replace(scenario.training, by_weights=False))
    network, count, program = scenario.network, len(scenario.inputs), start.steps.program
    computed = sum(math.prod(program.shapes[equation.target]) for equation in program.equations)
    at_once = max(1, min(AT_ONCE, PRODUCTS // max(1, len(scenario.theta), computed)))
    if scenario.graph is not None and scenario.graph.joins_examples:  # the same examples together as in the walk
        at_once = scenario.training.batch
    outputs, errors = np.full((count, len(network.outputs)), np.nan), np.full(count, np.nan)
    for first in range(0, count, at_once):
        told(first, count, f"examples{' of the test part' if test else ''} measured")
        some = tuple(range(first, min(count, first + at_once)))
        values = begin_with(scenario, start.steps, start.iteration, start.theta, start.state, some)
        while values.error is None and values.event is None:
            values = advance(scenario, values)
            yield None
        if values.error is not None:
            ys = [values.value(name) for name in program.outputs]
            outputs[first : first + at_once] = np.hstack(
                [np.broadcast_to(y.reshape(len(y), -1), (len(some), y[0].size)) for y in ys]
            )
        errors[first : first + at_once] = np.nan if values.example_errors is None else values.example_errors
    targets = scenario.targets
    right = None
    if targets is not None and trained_on is not None and targets.shape == outputs.shape and are_classes(trained_on):
        right = count_right(outputs, targets, boundary(trained_on))
    with np.errstate(all="ignore"):  # numbers that have left the finite ones
        error = float(reduced(scenario, errors[:, np.newaxis])[0])
        penalty = None if test else penalty_of(scenario, start.theta, scenario.training.batch)
    yield Measured(error + (penalty or 0.0), outputs, right, penalty)


def measured(scenario: Scenario, start: Values, *, test: bool = False, told: Told = untold) -> Measured:
    """The same, without a pause."""
    for found in measure(scenario, start, test=test, told=told):
        if found is not None:
            return found
    raise AssertionError("the last thing that is yielded is what was measured")


def measured_test(scenario: Scenario, start: Values, told: Told = untold) -> Measured | None:
    """What the network does with the test part, if there is one."""
    return None if scenario.test is None else measured(scenario, start, test=True, told=told)


class Watch(ABC):
    """Looks at something once an epoch, and ends a run.

    Attributes:
        next: the iteration at whose start it looks next.
        over: whether the run ends there.
        best: the iteration at which the error of the test part was least, and that error; None where it is not looked
            at.
    """

    stops_by: ClassVar[StoppedBy]
    best: tuple[int, float] | None = None

    def __init__(self, timeline: Timeline, first: int) -> None:
        self._timeline, self._epoch = timeline, batches_per_epoch(timeline.scenario)
        self.next, self.over = first, False

    @abstractmethod
    def look(self, seconds: float | None = None) -> bool:
        """At the iteration to look at next, which is recorded, for about so long; whether that is done."""


class EpochError(Watch):
    """Adds up the errors of each epoch's iterations, and ends a run when they are below a bound."""

    stops_by: ClassVar[StoppedBy] = "epoch-error"

    def __init__(self, timeline: Timeline, first: int, below: float) -> None:
        super().__init__(timeline, first)
        self._below = below
        self.next = (-(-first // self._epoch) + 1) * self._epoch  # the end of the first whole epoch

    def look(self, seconds: float | None = None) -> bool:
        """At the epoch before, which takes no time."""
        total = 0.0
        for error in self._timeline.errors(self.next, self.next - self._epoch).tolist():
            total += error
        self.over = total < self._below
        if not self.over:
            self.next += self._epoch
        return True


class Patience(Watch):
    """Looks at the error of the test part once an epoch, and gives up when it has not fallen for too many of them."""

    stops_by: ClassVar[StoppedBy] = "patience"

    def __init__(self, timeline: Timeline, first: int, epochs: int) -> None:
        super().__init__(timeline, first)
        self._wait = epochs * self._epoch
        self.best: tuple[int, float] = (first, math.inf)
        self._measuring: Iterator[Measured | None] | None = None

    def look(self, seconds: float | None = None) -> bool:
        """At the iteration to look at next, which is recorded."""
        until = None if seconds is None else perf_counter() + seconds
        if self._measuring is None:
            self._measuring = measure(self._timeline.scenario, self._timeline.start(self.next), test=True)
        while (found := next(self._measuring)) is None:
            if until is not None and perf_counter() >= until:
                return False
        self._measuring = None
        if found.error < self.best[1]:
            self.best = self.next, found.error
        self.over = self.next - self.best[0] >= self._wait
        if not self.over:
            self.next += self._epoch
        return True


def watch_of(stop: Stop, timeline: Timeline, first: int) -> Watch | None:
    """What looks at a run once an epoch, from an iteration on; None where nothing has to."""
    if stop.epoch_error is not None:
        return EpochError(timeline, first, stop.epoch_error)
    return None if stop.patience is None else Patience(timeline, first, stop.patience)


def stop_ahead(stop: Stop, iteration: int) -> Stop:
    """What is still ahead of a scenario's own stop, whose iterations count from 0; those of the result from here."""
    if stop.iterations is None:
        return stop
    return replace(stop, iterations=stop.iterations - iteration) if stop.iterations > iteration else Stop()


def run_on(scenario: Scenario, stop: Stop, timeline: Timeline | None = None) -> Outcome:
    """Iterates until `stop`, or 1,000 times where it says nothing. Ctrl+C stops it and keeps what is done.

    Its iterations count from where the walk begins. A run ends at the first iteration whose E is below `stop.error`,
    before updating.
    """
    timeline = timeline or Timeline(scenario)
    endless = all(one is None for one in (stop.iterations, stop.error, stop.patience, stop.epoch_error))
    iterations = ITERATIONS if endless else stop.iterations
    watch = watch_of(stop, timeline, timeline.first)
    stopped_by: StoppedBy = "iterations"
    reached: int | None = None
    try:
        last = MOST if iterations is None else min(MOST, timeline.first + iterations)
        reached = extended(timeline, last, stop.error, watch)
    except KeyboardInterrupt:
        stopped_by = "interrupted"
    if reached is not None:
        stopped_by = "error"
    elif watch is not None and watch.over:
        stopped_by = watch.stops_by
    elif timeline.event is not None:
        stopped_by = "non-finite"
    done = timeline.recorded if reached is None else reached
    if watch is not None and stopped_by == watch.stops_by:
        done = watch.next
    start, first = timeline.start(done), timeline.start(timeline.first)
    told = timeline.told
    before, after = measured(scenario, first, told=told), measured(scenario, start, told=told)
    test_before, test_after = measured_test(scenario, first, told), measured_test(scenario, start, told)
    best = None if watch is None else watch.best
    return Outcome(done, before, after, start.theta, stopped_by, timeline.event, test_before, test_after, best)


def extended(
    timeline: Timeline, last: int, below: float | None, watch: Watch | None, seconds: float | None = None
) -> int | None:
    """Records as `Timeline.extend` does, and no further than what watches over it lets it."""
    begun = perf_counter()
    while watch is not None and not watch.over and watch.next <= last:
        left = None if seconds is None else begun + seconds - perf_counter()
        if left is not None and left <= 0:
            return None
        reached = timeline.extend(watch.next, below=below, seconds=left)
        if reached is not None or timeline.recorded < watch.next:
            return reached
        if not watch.look(left):
            return None
    return None if watch is not None and watch.over else timeline.extend(last, below=below, seconds=seconds)
