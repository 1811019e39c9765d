"""Whole iterations on arrays that are there already, for any network, graph, batch and update rule.

`advance` keeps every row and names each number, which takes several times as long as the arithmetic. Nothing is kept
here but θ, what the optimizer remembers, and E; the order of arithmetic is that of `advance`, and a test proves it
equal to the last bit. What is not finite is left to it. (Rejected: the equations and their pulls as they stand. It
needs a third of the lines, but for a network of 16-64-64-10 nodes two and a half times as long: most of it goes into
finding out what to do, which `array_code` does once.)
"""

from collections.abc import Callable, Iterator, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from engine.formula.arithmetic import locked
from engine.formula.tree import calls
from engine.program.batches import batch_of, batches_per_epoch, weights_of
from engine.program.elementwise import operation
from engine.program.equations import Program
from engine.program.scenario import Scenario
from engine.program.steps import Steps
from engine.walking.advance import first_state, pack, penalty_of, unpack
from engine.walking.fast.array_calls import total
from engine.walking.fast.array_code import ArrayWriter, Numbers
from engine.walking.fast.array_rule import in_place
from engine.walking.fast.straight import straight_run

Array = NDArray[np.float64]

ArrayRun = Callable[[Array, int, int, float, list[float]], tuple[Array, int]]
"""As `Run` of the straight line, with what `pack` makes; the array that is given back is read-only."""

PER_EQUATION = 100
"""Numbers that straight-line code has computed in the time in which numpy is called for one equation."""
AT_ONCE = 16_384
"""Parameters that a rule takes at once: what it computes on the way stays in the processor's cache."""
AT_HAND = 32 << 20
"""Bytes of examples up to which their batches are kept."""


def fast_run(scenario: Scenario) -> ArrayRun | None:
    """The scenario's iterations by whichever is the faster way, or None where `advance` has to do them."""
    if not scenario.training.arithmetic.exact:
        return None
    program = Steps(scenario.network, scenario.training).program
    straight = straight_run(scenario) if is_small(scenario, program) else None
    if straight is None:
        return array_run(scenario)

    def run(packed: Array, first: int, last: int, below: float, errors: list[float]) -> tuple[Array, int]:
        numbers, reached = straight(packed.tolist(), first, last, below, errors)
        return locked(np.array(numbers)), reached

    return run


def is_small(scenario: Scenario, program: Program) -> bool:
    """Whether straight-line code is through with an iteration before numpy is."""
    made = [call for equation in program.equations for call in calls(equation.formula)]
    handled = sum(operation(call.function).handled([*map(program.shape, call.arguments)]) for call in made)
    remembered = len(scenario.theta) * len(scenario.training.optimizer.slots)
    return handled * scenario.training.batch + remembered <= PER_EQUATION * len(program.equations)


def array_run(scenario: Scenario) -> ArrayRun | None:
    """The scenario's iterations on arrays, or None where `advance` has to do them."""
    steps = Steps(scenario.network, scenario.training)
    if steps.ends or (steps.of_graph and scenario.training.immediate):
        return None
    return _Arrays(scenario, steps).run


class _Arrays:
    """One θ and one dE/dθ, which every iteration overwrites."""

    def __init__(self, scenario: Scenario, steps: Steps) -> None:
        self._scenario, self._program, training = scenario, steps.program, scenario.training
        count = len(scenario.theta)
        start = pack(scenario.theta, first_state(scenario))
        self._watched = np.concatenate((start, np.zeros(count)))
        """What must be finite after an iteration: θ, memory, dE/dθ."""
        self._packed, self._gradients = self._watched[: len(start)], self._watched[len(start) :]
        self._theta, self._state = unpack(self._packed, count)
        trained = np.zeros(count, bool)
        for row in steps.rows:
            if row.quantity == "w+":
                trained[steps.span(row)] = True
        trained[sorted(training.frozen)] = False
        self._kept = np.flatnonzero(~trained)
        self._together = [] if training.clip is None else [one.indices for one in steps.together(training.clip)]
        self._rule = in_place(training.optimizer)
        self._spare = np.empty((self._rule.spare, min(count, AT_ONCE)))
        self._all, self._pieces = slice(0, count), dict[int, list[tuple[slice, Array, Array, Array]]]()
        self._steps, self._numbers = steps, dict[int, Numbers]()
        """By the number of a batch's examples."""
        self._keeps = training.shuffle is None and scenario.inputs.nbytes <= AT_HAND
        self._batches: dict[int, tuple[Sequence[Array], int]] = {}
        self._k = 0
        self._alone = Lock()  # a check in a thread asks for iterations of the walk that runs on

    def run(self, packed: Array, first: int, last: int, below: float, errors: list[float]) -> tuple[Array, int]:
        """Iterations `first` … `last` − 1, or fewer: see `ArrayRun`."""
        with self._alone, np.errstate(all="ignore"):  # `advance` names what is not finite
            self._packed[:] = packed
            for k in range(first, last):
                error = self._iterate(k)
                if error is None:  # what was written over is made once more: to keep it each time costs more
                    self._packed[:] = packed
                    for before in range(first, k):
                        self._iterate(before)
                    return locked(self._packed.copy()), k
                errors.append(error)
                if error < below:
                    return locked(self._packed.copy()), k + 1
            return locked(self._packed.copy()), last

    def _iterate(self, k: int) -> float | None:
        """E of an iteration, and θ after it; None where a number may not be finite."""
        given, count = self._given(k)
        self._k = k
        penalty = penalty_of(self._scenario, self._theta, count)
        error, seen = self._numbers_of(count).function(given)
        if penalty is not None:
            error += penalty
        if not self._scenario.training.immediate:
            self._update(self._all)
        # one sum is not finite if any of its terms is not: then `advance` looks closer
        if (error + seen + total(self._watched)) * 0.0 != 0.0:
            return None
        return error

    def _numbers_of(self, count: int) -> Numbers:
        """What computes a batch of so many examples."""
        if count not in self._numbers:
            update = self._update if self._scenario.training.immediate else None
            writer = ArrayWriter(self._scenario, self._steps, self._theta, self._gradients, count, update)
            self._numbers[count] = writer.function()
        return self._numbers[count]

    def _update(self, span: slice) -> None:
        """Gives a part of θ, and what is remembered of it, their new numbers."""
        training, gradients, kept = self._scenario.training, self._gradients, self._kept
        if training.clip is not None:
            norms = np.zeros(len(gradients))
            for group in self._together:
                norms[group] = training.clip.size(gradients[group])
            gradients = training.clip.clipped(gradients, norms)
        if len(kept):
            as_they_were = self._theta[kept], self._state[:, kept]
        if span.start not in self._pieces:
            self._pieces[span.start] = [*self._in_pieces(span)]
        rate, time = training.rate(self._k), self._k + 1
        for some, theta, state, spare in self._pieces[span.start]:
            self._rule.update(theta, gradients[some], state, spare, rate, time)
        if len(kept):
            self._theta[kept], self._state[:, kept] = as_they_were

    def _in_pieces(self, span: slice) -> Iterator[tuple[slice, Array, Array, Array]]:
        """Which of θ are updated at once, and these, what is remembered of them, and what is needed besides."""
        for first in range(span.start, span.stop, AT_ONCE):
            some = slice(first, min(first + AT_ONCE, span.stop))
            yield some, self._theta[some], self._state[:, some], self._spare[:, : some.stop - first]

    def _given(self, k: int) -> tuple[Sequence[Array], int]:
        """What the batch's examples give, of each value, and how many they are."""
        number = k % batches_per_epoch(self._scenario)
        found = self._batches.get(number) if self._keeps else None
        if found is None:
            chosen = list(batch_of(self._scenario, k))
            scenario = self._scenario
            # all columns of a few rows: to pick both takes several times as long
            sources: dict[str, Callable[[], Array | None]] = {
                "inputs": lambda: scenario.inputs[chosen],
                "targets": lambda: None if scenario.targets is None else scenario.targets[chosen],
                "weights": lambda: weights_of(scenario, chosen),
            }
            given = []
            for name, at in self._program.given.items():
                rows, shape = sources[at.of](), self._program.shapes[name]
                if rows is None:
                    given.append(np.zeros((len(chosen), *shape)))
                    continue
                whole = at.columns == tuple(range(rows.shape[1]))
                given.append((rows if whole else rows[:, at.columns]).reshape(-1, *shape))
            given += [np.ascontiguousarray(given[place].T) for place in self._numbers_of(len(chosen)).turned]
            found = given, len(chosen)
            if self._keeps:
                self._batches[number] = found
        return found
