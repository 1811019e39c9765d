"""How a walk does on all examples of a part along its course: E of the test part, and how many classes are right.

Measured at some of its iterations only, at their start, as exactly as anything else: so many that a chart can be drawn
and so few that they cost little of the run itself. They lie at a uniform stride, a power of two: there the timeline has
its checkpoints, and nothing is replayed. Once there are too many, every second is dropped and the stride doubles.

Many examples of a large network take seconds. So it is measured in small parts, between which whoever asks for it does
what else there is to do, and what is known of it so far can be seen meanwhile.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.walking.run import Measured, measure
from engine.walking.timeline import FIRST_STRIDE, Timeline

Array = NDArray[np.float64]

MOST, LEAST = 96, 8
"""Iterations that are measured, of a small scenario and of a large one."""
PRODUCTS = 10_000_000
"""Products of an example with a parameter that all of them may take together; and those of a replay."""
CALLS = 500
"""Such products that take as long as calling what computes an equation."""

KEPT = 256
"""Measured iterations that are not of the course and are kept all the same: one goes back and forth between them."""


class Points(NamedTuple):
    """What was measured, one behind the other.

    Attributes:
        iterations: at whose start.
        errors: E of all examples.
        accuracy: the part of the examples whose class is right; nan where targets are no classes.
    """

    iterations: NDArray[np.int64]
    errors: Array
    accuracy: Array


class Point(NamedTuple):
    """What was measured at the start of one iteration; as of `Measured`."""

    error: float
    accuracy: float | None


class _Begun(NamedTuple):
    """What is being measured."""

    iteration: int
    parts: Iterator[Measured | None]


class Tested:
    """What is measured along one course of one part of the examples, found when it is asked for and kept."""

    def __init__(self, timeline: Timeline, *, test: bool) -> None:
        """Before anything is measured; of the test part, which must be there, or of the training examples."""
        self._timeline, self._test = timeline, test
        scenario = timeline.scenario
        examples = scenario.inputs if not test or scenario.test is None else scenario.test.inputs
        parameters, calls = max(1, len(scenario.theta)), CALLS * len(timeline.steps.program.equations)
        self.examples = len(examples)
        """How many it has."""
        self._products, self._calls = len(examples) * parameters, calls
        self._most = max(LEAST, min(MOST, PRODUCTS // self._products))
        replayed = FIRST_STRIDE * (parameters * scenario.training.batch + calls)
        self._stride = 1 if replayed <= PRODUCTS else FIRST_STRIDE
        self._before = self._of_parent()
        self._first: int = timeline.first if self._before is None else timeline.fork
        self._rows: list[tuple[int, float, float]] = []
        self._others: dict[int, Point] = {}
        self._begun: _Begun | None = None
        self._measured = 0

    def _of_parent(self) -> "Tested | None":
        """What is measured of the course that is shared; None where that is measured here.

        Where iterations are large, only those are measured of which nothing has to be replayed: a parent's checkpoints
        are none of its branch's.
        """
        parent = self._timeline.parent
        if parent is None or self._stride < FIRST_STRIDE or parent.first == self._timeline.fork:
            return None
        return parent.tested if self._test else parent.trained

    @property
    def is_cheap(self) -> bool:
        """Whether it can be measured anywhere in no time worth mentioning."""
        return self._products + self._calls <= PRODUCTS // MOST

    def until(self, iteration: int) -> Points:
        """What there is to measure up to an iteration, which is recorded: all of it."""
        while (place := self._next_until(iteration)) is not None:
            self._go_on(place)
        return self.known(iteration)

    def at(self, iteration: int) -> Point:
        """What the network does with these examples at the start of an iteration."""
        while (known := self.known_at(iteration)) is None:
            self._go_on(iteration)
        return known

    # In parts

    def known(self, iteration: int) -> Points:
        """What of it is measured already, from the first iteration on."""
        table = np.array(self._rows_until(iteration), dtype=np.float64).reshape(-1, 3)
        return Points(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])

    def known_at(self, iteration: int) -> Point | None:
        """Likewise at an iteration; None where it is not measured."""
        if self._before is not None and iteration < self._first:
            return self._before.known_at(iteration)
        if iteration in self._others:
            return self._others[iteration]
        place, beyond = divmod(iteration - self._first, self._stride)
        if beyond or not 0 <= place < len(self._rows):
            return None
        _, error, accuracy = self._rows[place]
        return Point(error, None if np.isnan(accuracy) else accuracy)

    def go_on(self, here: int, until: int, *, here_first: bool = True) -> bool:
        """Measures a small part of what is missing here, and of the course up to an iteration; whether there is more.

        Args:
            here: any iteration that is recorded.
            until: another.
            here_first: which of the two comes first.
        """
        unknown, course = self.known_at(here) is None, self._next_until(until)
        if unknown and (here_first or course is None):
            self._go_on(here)
        elif course is not None:
            self._go_on(course)
        return not self.is_known(here, until)

    def is_known(self, here: int, until: int) -> bool:
        """Whether all of that is measured."""
        return self.known_at(here) is not None and self._next_until(until) is None

    def count(self, until: int) -> tuple[int, int]:
        """How many iterations up to this one are measured, and how many are to be."""
        known, of = (0, 0) if self._before is None else self._before.count(min(until, self._first - 1))
        if until < self._first:
            return known, of
        self._thin(until)
        own = (until - self._first) // self._stride + 1
        return known + min(len(self._rows), own), of + own

    def measured_at(self, iteration: int) -> int:
        """How many examples are measured at an iteration that is not known yet."""
        if self._before is not None and iteration < self._first:
            return self._before.measured_at(iteration)
        return self._measured if self._begun is not None and self._begun.iteration == iteration else 0

    def _rows_until(self, iteration: int) -> list[tuple[int, float, float]]:
        before = [] if self._before is None else self._before._rows_until(min(iteration, self._first - 1))
        return [*before, *self._rows[: max(0, (iteration - self._first) // self._stride + 1)]]

    def _thin(self, until: int) -> None:
        """Doubles the stride until there are few enough, and none between the checkpoints of large iterations."""
        apart = 1 if self._stride < FIRST_STRIDE else self._timeline.stride
        while (until - self._first) // self._stride >= self._most or self._stride < apart:
            self._stride *= 2
            self._rows = self._rows[::2]

    def _next_until(self, until: int) -> int | None:
        """The next iteration of the course up to one; None where all is measured."""
        before = None if self._before is None else self._before._next_until(min(until, self._first - 1))
        if before is not None or until < self._first:
            return before
        self._thin(until)
        place = self._first + len(self._rows) * self._stride
        return place if place <= until else None

    def _go_on(self, iteration: int) -> None:
        """Measures a part of what there is at an iteration; the course goes on with what is measured there."""
        if self._before is not None and iteration < self._first:
            self._before._go_on(iteration)
            return
        found = self.known_at(iteration) or self._part(iteration)
        if found is None:
            return
        if iteration == self._first + len(self._rows) * self._stride:
            self._rows.append((iteration, found.error, np.nan if found.accuracy is None else found.accuracy))
        else:
            self._others[iteration] = found
            if len(self._others) > KEPT:
                del self._others[next(iter(self._others))]

    def _part(self, iteration: int) -> Point | None:
        """What is measured once the last part of it is."""
        if self._begun is None or self._begun.iteration != iteration:
            self._replay(iteration)
            scenario, start = self._timeline.scenario_at(iteration), self._timeline.start(iteration)
            self._begun = _Begun(iteration, measure(scenario, start, test=self._test, told=self._told))
        found = next(self._begun.parts)
        if found is None:
            return None
        self._begun = None
        return Point(found.error, found.accuracy)

    def _told(self, done: int, of: int | None, what: str) -> None:
        self._measured = done

    def _replay(self, iteration: int) -> None:
        """Has the furthest one replayed that comes before the next checkpoint: it is kept for those before."""
        timeline, place = self._timeline, iteration - self._first
        if self._stride < FIRST_STRIDE and 0 <= place % FIRST_STRIDE <= self._stride:
            last = timeline.recorded - self._first
            timeline.start(self._first + max(place, min(last, place | FIRST_STRIDE - 1) - 1))
