"""How a walk does on all examples of a part along its course: E of the test part, and how many classes are right.

Measured at some of its iterations only, at their start, as exactly as anything else: so many that a chart can be drawn
and so few that they cost little of the run itself. They lie at a uniform stride, a power of two: there the timeline has
its checkpoints, and nothing is replayed. Once there are too many, every second is dropped and the stride doubles.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.walking.run import Measured, measured
from engine.walking.timeline import FIRST_STRIDE, Timeline

Array = NDArray[np.float64]

MOST, LEAST = 96, 8
"""Iterations that are measured, of a small scenario and of a large one."""
PRODUCTS = 10_000_000
"""Products of an example with a parameter that all of them may take together."""


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


class Tested:
    """What is measured along one course of one part of the examples, found when it is asked for and kept."""

    def __init__(self, timeline: Timeline, *, test: bool) -> None:
        """Before anything is measured; of the test part, which must be there, or of the training examples."""
        self._timeline, self._test = timeline, test
        part = timeline.scenario.test if test else None
        examples = timeline.scenario.inputs if part is None else part.inputs
        self._products = len(examples) * max(1, len(timeline.scenario.theta))
        self._most = max(LEAST, min(MOST, PRODUCTS // self._products))
        self._stride = 1
        self._rows: list[tuple[int, float, float]] = []
        self._here: tuple[int, Measured] | None = None

    @property
    def is_cheap(self) -> bool:
        """Whether it can be measured anywhere in no time worth mentioning."""
        return self._products <= PRODUCTS // MOST

    def until(self, iteration: int) -> Points:
        """What was measured up to an iteration, which is recorded."""
        first, last = self._timeline.first, iteration - self._timeline.first
        while last // self._stride >= self._most:
            self._stride *= 2
            self._rows = self._rows[::2]
        for place in range(len(self._rows) * self._stride, last + 1, self._stride):
            if self._stride < FIRST_STRIDE and place % FIRST_STRIDE <= self._stride:
                # the furthest one first: what is replayed for it is kept for those before
                self._timeline.start(first + max(place, min(last, place | FIRST_STRIDE - 1) - 1))
            found = self.at(first + place)
            self._rows.append((first + place, found.error, np.nan if found.accuracy is None else found.accuracy))
        table = np.array(self._rows[: last // self._stride + 1], dtype=np.float64).reshape(-1, 3)
        return Points(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])

    def at(self, iteration: int) -> Measured:
        """What the network does with these examples at the start of an iteration."""
        if self._here is None or self._here[0] != iteration:
            scenario = self._timeline.scenario_at(iteration)
            self._here = iteration, measured(scenario, self._timeline.start(iteration), test=self._test)
        return self._here[1]
