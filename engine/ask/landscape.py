"""E over two parameters at once, with everything else as it is at the start of an iteration: a landscape.

E is of the iteration's batch. Those for a picture are computed by functions of numpy's, a single one by `advance`. Of
a graph an input of an example may be looked at like a parameter.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.ask.surface import given_to
from engine.ask.what_if import WhatIf, at_hand, error_with, what_if
from engine.program.coded import NoCodeError
from engine.program.compiled import Forward, forward_of
from engine.told import Told, untold
from engine.walking.advance import penalty_of
from engine.walking.session import Session

Array = NDArray[np.float64]

MOST_POINTS = 128
"""Of the walk's path at most: their iterations are a power of two apart, where the timeline has checkpoints."""
CALLS, SLOW = 25_000, 40
"""Nanoseconds that even a small E takes; and how many times as long the walk's own functions do."""
CALL, FEW = 2_000, 12
"""Nanoseconds of an equation more than those few that a small E has."""


LINES = "lines of points"


class Landscape:
    """E over two numbers, the first across and the second up.

    Attributes:
        across: what there is to say of the first: where it stands, the slope of E along it, its update.
        up: of the second.
        is_known: whether that is all there is to say.
    """

    def __init__(self, session: Session, across: str, up: str, example: int = 0, *, known: bool = True) -> None:
        """At the session's iteration; arguments and errors as of `what_if`.

        Not `known`, nothing is computed yet: there are the two values, and `completed` has the rest.
        """
        look = what_if if known else at_hand
        self.across, self.up = look(session, across, example), look(session, up, example)
        self.is_known = known
        self._session, self._example = session, example

    def completed(self, told: Told = untold) -> "Landscape":
        """The same with all that there is to say of the two numbers."""
        found = Landscape(self._session, self.across.name, self.up.name, self._example, known=False)
        found.across, found.up = (what_if(self._session, one.name, self._example, told) for one in self._both)
        found.is_known = True
        return found

    @property
    def work(self) -> int:
        """About how many nanoseconds one E takes."""
        scenario, slow = self._session.scenario, 1 if self._forward else SLOW
        more = max(0, len(self._session.timeline.steps.program.equations) - FEW)
        return slow * (CALLS + CALL * more + 2 * len(scenario.theta) * len(self._session.values.examples))

    def errors(self, xs: Array, ys: Array, told: Told = untold) -> Array:
        """E at each x beside each y, shape (len(ys), len(xs)); not finite where it has no value."""
        found = np.empty((len(ys), len(xs)))
        if self._forward is None:
            for row, y in enumerate(ys.tolist()):
                told(row, len(ys), LINES)
                found[row] = [self._or_nan(self.error(x, y)) for x in xs.tolist()]
            return found
        scenario, start = self._session.scenario, self._session.values.beginning
        theta, inputs = start.theta.copy(), start.inputs.copy()
        program = start.steps.program
        given = given_to(program, theta, inputs, start.targets, start.weights)
        of_inputs = any(what.name in scenario.network.inputs for what in self._both)
        first, second = (_place(self._session, what.name, theta, inputs, self._example) for what in self._both)
        has_penalty, count = scenario.training.penalty is not None, len(start.examples)
        with np.errstate(all="ignore"):
            for row, y in enumerate(ys.tolist()):
                told(row, len(ys), LINES)
                second[...] = y
                for column, x in enumerate(xs.tolist()):
                    first[...] = x
                    if of_inputs:  # these are picked, where parameters are views
                        given = given_to(program, theta, inputs, start.targets, start.weights)
                    error = self._reduced(self._forward(given))
                    found[row, column] = error + (penalty_of(scenario, theta, count) or 0.0) if has_penalty else error
        return found

    def error(self, x: float, y: float) -> float | None:
        """E at one place, as the walk has it; None where it is not finite."""
        found = error_with(self._session, {self.across.name: x, self.up.name: y}, self._example)
        return found if np.isfinite(found) else None

    def path(self) -> Array:
        """The way of the walk so far, and where it stands: shape (points, 2). Other parameters moved meanwhile."""
        timeline, here = self._session.timeline, self._session.iteration
        stride = 1
        while (here - timeline.first) // stride > MOST_POINTS:
            stride *= 2
        names = self._session.scenario.network.parameter_index
        places = [names[what.name] for what in self._both if what.name in names]
        if len(places) < 2:  # an input stays where it is
            return np.array([[what.value for what in self._both]])
        iterations = [*range(timeline.first, here, stride), here]
        thetas = {k: timeline.start(k).theta[places] for k in reversed(iterations)}  # a stride is replayed once
        return np.array([thetas[k] for k in iterations])

    @property
    def _both(self) -> tuple[WhatIf, WhatIf]:
        return self.across, self.up

    @cached_property
    def _forward(self) -> Forward | None:
        """The parts of E; None where they are to be had from the walk alone."""
        if not self._session.scenario.training.arithmetic.exact:
            return None
        program = self._session.values.steps.program
        try:
            return forward_of(program, tuple(program.errors))
        except NoCodeError:
            return None

    def _reduced(self, parts: Sequence[Array]) -> float:
        """E of the batch from its parts."""
        program, count = self._session.values.steps.program, len(self._session.values.examples)
        mean, total = self._session.scenario.training.reduction == "mean", 0.0
        for name, part in zip(program.errors, parts, strict=True):
            of_all = float(np.sum(part)) * (count if name in program.shared else 1)
            total += of_all / count if mean else of_all
        return total

    @staticmethod
    def _or_nan(error: float | None) -> float:
        return np.nan if error is None else error


def _place(session: Session, name: str, theta: Array, inputs: Array, example: int) -> Array:
    """Where a number stands, as a view of one element."""
    network = session.scenario.network
    if name in network.parameter_index:
        index = network.parameter_index[name]
        return theta[index : index + 1]
    column = network.inputs.index(name)
    return inputs[example, column : column + 1]
