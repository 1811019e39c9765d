"""A branch's whole course, from its first iteration on: a memo, not state.

Everything here follows from the scenario and its parent's course, so a timeline may be shared, forgotten and made
again. It holds the error of every iteration, and checkpoints at a uniform stride; anything between two checkpoints is
replayed. What lies before the iteration at which a branch leaves its parent is asked of the parent.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.formula.arithmetic import locked
from engine.program.scenario import Scenario
from engine.program.steps import Steps
from engine.told import Told, untold
from engine.walking.advance import begin, complete, first_state, pack, penalty_of, unpack
from engine.walking.values import Event, Values

if TYPE_CHECKING:
    from engine.walking.fast.array_run import ArrayRun
    from engine.walking.tested import Tested

Array = NDArray[np.float64]

BUDGET = 44 << 20
"""Bytes of checkpoints: of 6,000 parameters every 1,024th iteration of a million, a quarter of a second to replay."""
REPLAYED = 8 << 20
"""Bytes of iterations that are kept after a replay, the last ones of it: one steps back through them."""
FEW, MANY = 8, 64
"""Iterations row by row that take as long as writing the code of whole ones, of a small network and at the most: an
edit is often followed by fewer."""
FIRST_STRIDE = 16
"""Iterations from one checkpoint to the next, until the budget makes it twice as many, and again."""
PRODUCTS = 10_000_000
"""Products of a parameter with an example after which somebody who waits is heard: a hundredth of a second."""
LONG = 50_000_000
"""Nanoseconds, roughly, after which somebody would wait: half of the time after which he is told."""
UPDATE, ROW, ROW_ALONE = 15, 10_000, 70_000
"""Nanoseconds, roughly, for a parameter's update, where its product with an example takes one; for a row of a whole
iteration, and for one that is walked by itself: too many rather than too few, as they differ widely."""


class Timeline:
    """The recorded part of one branch.

    Attributes:
        scenario: what is walked from `fork` on.
        parent: the course that it shares before that, or None.
        fork: the iteration at which its own course begins: where the scenario resumes, else 0.
        first: the first iteration that there is, at which the oldest of its parents begins.
        steps: the rows of its iterations.
        event: where and why it ends, if a number has left the finite ones.
        told: is told how far it is recorded, and replayed; what it raises leaves what is recorded already.
    """

    def __init__(
        self,
        scenario: Scenario,
        budget: int = BUDGET,
        parent: "Timeline | None" = None,
        steps: Steps | None = None,
    ) -> None:
        self.scenario, self.parent = scenario, parent
        self.told: Told = untold
        self.fork = scenario.first_iteration
        self.first: int = self.fork if parent is None else parent.first
        own = steps if parent is None else parent.steps
        self.steps: Steps = Steps(scenario.network, scenario.training) if own is None else own
        self.event: Event | None = None
        start = pack(scenario.theta, first_state(scenario))
        self._capacity = max(2, budget // max(1, start.nbytes))
        self._checkpoints = np.empty((min(64, self._capacity), start.size))
        self._checkpoints[0] = start
        self._count, self._stride = 1, FIRST_STRIDE
        self._errors = np.empty(64)
        self._known = 0  # errors: one more than iterations once E of the next one is known, which may end after it
        self._recorded = self.fork
        if parent is not None:
            self._put_errors(parent.errors(self.fork), self.first)
        self._tip = start
        self._replay_from, self._replayed = self.fork, start[np.newaxis]
        self._stage: Values | None = None
        self._next: Values | None = None
        self._asked = 0

    @property
    def _run(self) -> "ArrayRun | None":
        """Whole iterations at once, as soon as so many are asked for that writing them takes less than these do."""
        return self._written if self._asked >= min(FEW + len(self.scenario.theta) // FEW, MANY) else None

    @cached_property
    def _written(self) -> "ArrayRun | None":
        from engine.walking.fast.array_run import fast_run

        return fast_run(self.scenario)

    @cached_property
    def tested(self) -> "Tested":
        """What was measured along the course with the test part, which must be there."""
        from engine.walking.tested import Tested

        return Tested(self, test=True)

    @cached_property
    def trained(self) -> "Tested":
        """Likewise with the training examples, all of them, where E of an iteration is of its batch."""
        from engine.walking.tested import Tested

        return Tested(self, test=False)

    @cached_property
    def _at_once(self) -> int:
        """Iterations in which nobody need be heard."""
        return max(1, PRODUCTS // max(1, len(self.scenario.theta) * self.scenario.training.batch))

    def away(self, iteration: int) -> int:
        """How many iterations are to be walked before it is known how this one begins: those not recorded, or some
        that are, once more.
        """
        if self.parent is not None and iteration < self.fork:
            return self.parent.away(iteration)
        if iteration >= self._recorded:
            return iteration - self._recorded
        offset = iteration - self._replay_from
        return 0 if 0 <= offset < len(self._replayed) else max(0, iteration - self.fork) % self._stride

    def takes_long(self, iteration: int, rows: int = 0) -> bool:
        """Whether that, and to walk so many of its rows, is so much that somebody would wait for it."""
        every, training = len(self.steps.rows), self.scenario.training
        numbers = len(self.scenario.theta) * (training.batch + UPDATE)
        return self.away(iteration) * (numbers + ROW * every) + rows * (numbers / every + ROW_ALONE) > LONG

    @property
    def over(self) -> bool:
        """Whether there is nothing more to record: it ended early, or nothing is trained and its E is known."""
        return self.event is not None or (self.steps.ends and self._known > 0)

    @property
    def stride(self) -> int:
        """Iterations from one of its checkpoints to the next, the first of which is where its own course begins."""
        return self._stride

    @property
    def recorded(self) -> int:
        """How many iterations are recorded whole: the start of each up to this one is known."""
        return self._recorded

    def scenario_at(self, iteration: int) -> Scenario:
        """What is walked at iteration k: before the fork it is the parent's scenario."""
        if iteration >= self.fork or self.parent is None:
            return self.scenario
        return self.parent.scenario_at(iteration)

    def errors(self, until: int, since: int | None = None) -> Array:
        """E of iterations `since` … `until` − 1, read-only; fewer where the branch ends earlier, or begins later.

        Without `since` they begin with the first that there is.
        """
        if until > self.first + self._known:
            self.extend(until)
        start = 0 if since is None else max(0, since - self.first)
        view = self._errors[start : max(start, min(until - self.first, self._known))]
        view.setflags(write=False)
        return view

    def penalties(self, until: int) -> list[float]:
        """What the penalty has of each of these E; nothing where there is none."""
        if self.scenario.training.penalty is None:
            return []
        last = self.first + len(self.errors(until))
        found: list[float] = []
        for k in reversed(range(self.first, last)):  # the last of a stride replays all of it
            self.told(len(found), last - self.first, "penalties")
            found.append(self._penalty(k))
        return found[::-1]

    def _penalty(self, iteration: int) -> float:
        start = self.start(iteration)
        return penalty_of(self.scenario, start.theta, len(start.examples)) or 0.0

    @contextmanager
    def telling(self, told: Told) -> Iterator[None]:
        """Tells somebody how far it is, and its parents are, for the time of a work."""
        course = [self]
        while (parent := course[-1].parent) is not None:
            course.append(parent)
        before = [one.told for one in course]
        for one in course:
            one.told = told
        try:
            yield
        finally:
            for one, told_before in zip(course, before, strict=True):
                one.told = told_before

    def extend(self, iterations: int, *, below: float | None = None, seconds: float | None = None) -> int | None:
        """Records until that iteration's start is known, an iteration's E is below `below`, or the time is up.

        Returns:
            the iteration whose E is below the bound, if one is; it is recorded.
        """
        bound = -math.inf if below is None else below
        if self.steps.ends:
            return self._only_iteration(bound) if iterations > self.fork else None
        until = None if seconds is None else perf_counter() + seconds
        begun = self._recorded
        self._asked += max(0, iterations - begun)
        while self._recorded < iterations and self.event is None:
            stride = self._stride if until is None else FIRST_STRIDE  # a slice looks at the clock often
            boundary = self._recorded - (self._recorded - self.fork) % stride + stride
            known = self._recorded - self.first
            self.told(self._recorded - begun, iterations - begun, "iterations")
            self._extend_by(min(iterations, boundary, self._recorded + self._at_once), bound)
            if self._known > known and self._errors[self._known - 1] < bound:
                return self.first + self._known - 1
            if until is not None and perf_counter() >= until:
                return None
        return None

    def _only_iteration(self, below: float) -> int | None:
        """Knows E of the one iteration that there is where nothing is trained."""
        if self._known == 0 and self.event is None:
            values = complete(self.scenario, self._beginning)
            self.event = values.event
            if values.error is not None and math.isfinite(values.error):
                self._append_errors([values.error])
        return self.fork if self._known and self._errors[0] < below else None

    def _extend_by(self, last: int, below: float) -> None:
        """Records iterations up to `last`, at most the next checkpoint: one at least, unless it is not finite."""
        walked = self._walked
        if self._run is not None and walked is None:
            errors: list[float] = []
            theta, reached = self._run(self._tip, self._recorded, last, below, errors)
            if errors:
                self._record(errors, reached, theta)
                return
        values = walked or complete(self.scenario, self._beginning)
        if values.event is None:
            self._record([values.error or 0.0], values.iteration + 1, pack(values.theta, values.state))
            return
        self.event = values.event
        if values.error is not None and math.isfinite(values.error):
            self._append_errors([values.error])

    def start(self, iteration: int) -> Values:
        """Iteration k with nothing computed.

        Raises:
            IndexError: the branch ends before it (`event` says why), or begins after it.
        """
        if self.parent is not None and iteration < self.fork:
            return self.parent.start(iteration)
        self.extend(iteration)
        if iteration < self.first:
            raise IndexError(f"the walk begins at iteration {self.first:,}: there is no iteration {iteration:,}")
        if iteration > self._recorded:
            raise IndexError(f"iteration {iteration} is not reached: {self.event}")
        return self._beginning if iteration == self._recorded else self._begin(iteration, self._packed(iteration))

    def stage(self, iteration: int, rows: int) -> Values:
        """Iteration k with the most rows done that are still known of it, up to so many; errors as of `start`."""
        known = self._stage
        if known is not None and known.iteration == iteration:
            return next((values for values in known.history() if len(values.results) <= rows), known.beginning)
        return self.start(iteration)

    def keep_stage(self, values: Values) -> None:
        """Remembers the rows done of one iteration: an explanation of this update's numbers asks for them again."""
        self._stage = values

    def know(self, values: Values) -> None:
        """Takes E from rows done of the first iteration that is not recorded, so that no others are computed for it.

        Others are none of its business: rows of a recorded iteration, or of other examples or parameters.
        """
        error = values.error
        if self.steps.ends or error is None or not math.isfinite(error) or self._known > self._recorded - self.first:
            return
        if self._is_next(values):
            self._append_errors([error])

    def _is_next(self, values: Values) -> bool:
        """Whether these are rows of the first iteration that is not recorded, as it begins here."""
        return values.iteration == self._recorded and values.beginning is self._next

    @property
    def _walked(self) -> Values | None:
        """All rows of that iteration, where somebody has walked through them."""
        known = self._stage
        return known if known is not None and known.complete and self._is_next(known) else None

    @property
    def _beginning(self) -> Values:
        """That iteration with nothing computed: always the same one, by which what follows from it is known."""
        if self._next is None:
            self._next = self._begin(self._recorded, self._tip)
        return self._next

    def _begin(self, iteration: int, packed: Array) -> Values:
        return begin(self.scenario, self.steps, iteration, *unpack(packed, len(self.scenario.theta)))

    def _record(self, errors: list[float], recorded: int, tip: Array) -> None:
        self._append_errors(errors)
        self._recorded, self._tip, self._next = recorded, tip, None
        if (recorded - self.fork) % self._stride == 0:
            self._checkpoint()

    def _append_errors(self, errors: list[float]) -> None:
        """Behind those of the recorded iterations: E of the next one may stand there already."""
        self._put_errors(errors, self._recorded)

    def _put_errors(self, errors: list[float] | Array, iteration: int) -> None:
        """E of this iteration and of those behind it; what is known ends with them."""
        place = iteration - self.first
        known = place + len(errors)
        if known > len(self._errors):
            self._errors = np.concatenate((self._errors, np.empty(max(known, len(self._errors)))))
        self._errors[place:known] = errors
        self._known = known

    def _checkpoint(self) -> None:
        if self._count == self._capacity:  # every second one is dropped
            kept = self._checkpoints[: self._count : 2]
            self._checkpoints[: len(kept)] = kept.copy()
            self._count, self._stride = len(kept), self._stride * 2
            if (self._recorded - self.fork) % self._stride:
                return
        if self._count == len(self._checkpoints):
            more = min(self._count, self._capacity - self._count)
            self._checkpoints = np.concatenate((self._checkpoints, np.empty((more, self._tip.size))))
        self._checkpoints[self._count] = self._tip
        self._count += 1

    def _packed(self, iteration: int) -> Array:
        """Parameters and state at the start of an iteration: remembered, or replayed from the checkpoint before it."""
        if iteration == self._recorded:
            return self._tip
        number, beyond = divmod(iteration - self.fork, self._stride)
        if not beyond:
            return locked(self._checkpoints[number].copy())
        offset = iteration - self._replay_from
        if not 0 <= offset < len(self._replayed):
            self._replay(number, iteration)
            offset = iteration - self._replay_from
        replayed: Array = self._replayed[offset]
        return replayed

    def _later(self, packed: Array, iteration: int, until: int) -> Array:
        """Parameters and state at iteration `until`, from those at `iteration`: what is recorded already, once more."""
        while iteration < until:
            reached = iteration
            if self._run is not None:
                packed, reached = self._run(packed, iteration, until, -math.inf, [])
            if reached == iteration:
                values = complete(self.scenario, self._begin(iteration, packed))
                packed, reached = pack(values.theta, values.state), iteration + 1
            iteration = reached
        return packed

    def _replay(self, number: int, iteration: int) -> None:
        """Fills the cache with the iterations from a checkpoint up to `iteration`, as many as fit the budget."""
        start, packed = self.fork + number * self._stride, locked(self._checkpoints[number].copy())
        self._asked += iteration - start
        first = max(start, iteration - max(1, REPLAYED // packed.nbytes))
        rows = [self._later(packed, start, first)]
        for k in range(first, iteration):
            self.told(k - first, iteration - first, "iterations walked again")
            rows.append(self._later(rows[-1], k, k + 1))
        self._replay_from, self._replayed = first, locked(np.stack(rows))
