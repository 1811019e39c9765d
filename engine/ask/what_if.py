"""What the error would be if one parameter, or an input of an example, had another value: a curve, the tangent, and
what the update makes of a parameter.

E is of the iteration's batch, at the parameters with which the iteration starts; everything is computed by `advance`.
"""

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.ask.lookup import value_of
from engine.formula.arithmetic import locked
from engine.formula.quantity import Quantity
from engine.program.steps import Steps
from engine.told import Told, untold
from engine.walking.advance import advance, begin_with, complete
from engine.walking.session import Session

Array = NDArray[np.float64]

CALL, PRODUCT = 25_000, 2
"""Nanoseconds that an equation takes however small it is, and a product of a parameter with an example."""
ITERATION = "an iteration"


class WhatIf(Struct, frozen=True):
    """One parameter at the start of an iteration, or one input of an example.

    Attributes:
        name: of the parameter or the input.
        value: w, or the input.
        error: E there; None if it is not finite.
        slope: dE/dw, the slope of E along w with everything else as it is; None likewise.
        updated: w+, what the walk's update makes of it; None of a frozen one, of an input, or where the walk ends
            before.
        updated_error: E if this parameter alone moves to w+; None where it is not finite.
    """

    name: str
    value: float
    error: float | None
    slope: float | None
    updated: float | None
    updated_error: float | None

    def tangent(self, value: float) -> float | None:
        """The error that the tangent predicts for another value of the parameter."""
        if self.error is None or self.slope is None:
            return None
        return self.error + self.slope * (value - self.value)


def work(session: Session) -> int:
    """About how many nanoseconds one E takes."""
    products = max(1, len(session.scenario.theta)) * len(session.values.examples)
    return CALL * len(session.timeline.steps.program.equations) + PRODUCT * products


def at_hand(session: Session, name: str, example: int = 0) -> WhatIf:
    """What is known of a parameter, or an input, before anything is computed: its value. Errors as of `what_if`."""
    start, of_input = session.values.beginning, name in session.scenario.network.inputs
    if of_input:
        value = float(start.inputs[example, _column(session, name)])
    else:
        value = float(start.theta[session.scenario.network.parameter_index[name]])
    return WhatIf(name, value, None, None, None, None)


def what_if(session: Session, name: str, example: int = 0, told: Told = untold) -> WhatIf:
    """What there is to say of a parameter, or an input, at the start of the session's iteration.

    Args:
        session: any place of the iteration.
        name: the parameter or the input.
        example: of an input, the example's number within the batch, from 0.
        told: is told that it goes on; what it raises ends it.

    Raises:
        KeyError: there is neither of this name.
    """
    scenario, start, of_input = session.scenario, session.values.beginning, name in session.scenario.network.inputs
    value = at_hand(session, name, example).value
    trained = not of_input and scenario.network.parameter_index[name] not in scenario.training.frozen
    told(0, None, ITERATION)
    walked = complete(scenario, session.values)
    told(0, None, ITERATION)
    updated = value_of(scenario, walked, Quantity("w+", name)) if trained else None
    if scenario.training.immediate:  # the walk's derivatives mix old and new parameters: they are no slope of E
        scenario = replace(scenario, training=replace(scenario.training, immediate=False))
        steps = Steps(scenario.network, scenario.training)
        walked = begin_with(scenario, steps, start.iteration, start.theta, start.state, start.examples)
        walked = complete(scenario, walked)
    told(0, None, ITERATION)
    slope = value_of(scenario, walked, Quantity("dE/dy" if of_input else "dE/dw", name), example)
    if of_input and slope is not None and scenario.training.reduction == "mean":
        slope /= len(start.examples)  # dE/dy is of the example's own E, or of the sum
    error = _finite(float(errors_along(session, name, np.array([value]), example)[0]))
    updated = _finite(updated)
    after = None if updated is None else _finite(float(errors_along(session, name, np.array([updated]))[0]))
    return WhatIf(name, value, error, _finite(slope), updated, after)


def errors_along(session: Session, name: str, values: Array, example: int = 0, told: Told = untold) -> Array:
    """E of the iteration's batch for each of these values, shape (n,); nan where it is not finite.

    Arguments and errors as of `what_if`.
    """
    found = np.empty(len(values))
    for place, value in enumerate(values.tolist()):
        told(place, len(values), "points of the curve")
        found[place] = error_with(session, {name: value}, example)
    return found


def error_with(session: Session, numbers: Mapping[str, float], example: int = 0) -> float:
    """E of the iteration's batch with other numbers, by name: of parameters, or inputs; nan where it is not finite.

    Raises:
        KeyError: as of `what_if`.
    """
    scenario, start = session.scenario, session.values.beginning
    theta, inputs = start.theta.copy(), start.inputs.copy()
    for name, value in numbers.items():
        if name in scenario.network.inputs:
            inputs[example, _column(session, name)] = value
        else:
            theta[scenario.network.parameter_index[name]] = value
    there = begin_with(scenario, start.steps, start.iteration, theta, start.state, start.examples)
    there = replace(there, inputs=locked(inputs))
    while there.error is None and there.event is None:
        there = advance(scenario, there)
    return there.error if there.error is not None and np.isfinite(there.error) else np.nan


def _column(session: Session, name: str) -> int:
    return session.scenario.network.inputs.index(name)


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
