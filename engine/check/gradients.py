"""Every derivative again, by two methods that know no derivative.

The complex step takes E at w + ih: its imaginary part over h is dE/dw to the last digits, because nothing is
subtracted (Squire and Trapp, 1998). Every activation and loss here allows it, so it decides. Central differences,
(E(w + h) − E(w − h)) / 2h, are the second witness: less exact, but anyone can do them by hand. Both put numbers
through the formulas of the activations and losses (`shifted`); neither uses a slope.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from math import prod
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.check.shifted import Unshifted
from engine.formula.field import COMPLEX, REAL
from engine.program.equations import added, parts_of
from engine.program.scenario import Scenario
from engine.program.steps import Row, Steps
from engine.walking.advance import begin_with, complete, first_state
from engine.walking.values import Values

Array = NDArray[np.float64]
Verdict = Literal["ok", "kink", "wrong"]

STEP = 1e-30
"""h of the complex step: nothing is subtracted, so it may be as small as one likes."""
DIFFERENCE_STEP = 1e-5
"""h of the central differences, relative to the parameter."""
TOLERANCE = 1e-10
"""The relative error allowed between backpropagation and the complex step."""
CANCELLATION = 1e-4
"""A derivative that is much smaller than the terms whose sum it is, is what is left when they cancel, and only as exact
as they are: it is judged against this part of their size at least."""

NEGLIGIBLE = 1e-240
"""Derivatives are judged against this at least: of a smaller one, h times its factors is no longer a normal number."""


class ParameterCheck(Struct, frozen=True):
    """One parameter's derivative by three methods.

    Attributes:
        name: the parameter.
        analytic: dE/dw by backpropagation.
        complex_step: dE/dw by the complex step.
        difference: dE/dw by central differences; None where they step across a kink.
        relative_error: of `analytic` against `complex_step`.
        verdict: by the complex step; `kink` where the parameter moves a node that stands on a kink: no method decides.
    """

    name: str
    analytic: float
    complex_step: float
    difference: float | None
    relative_error: float
    verdict: Verdict


class GradientCheck(Struct, frozen=True):
    """The check of every parameter, in the order of θ."""

    parameters: tuple[ParameterCheck, ...]

    @property
    def ok(self) -> bool:
        """Whether no derivative is wrong."""
        return all(check.verdict != "wrong" for check in self.parameters)

    @property
    def max_relative_error(self) -> float:
        """The worst of the derivatives that could be decided."""
        return max((check.relative_error for check in self.parameters if check.verdict != "kink"), default=0.0)


def check_gradient(
    scenario: Scenario, theta: Array, examples: tuple[int, ...], only: Collection[str] | None = None
) -> GradientCheck:
    """Backpropagation's derivatives of the batch's E, in the simultaneous order, against the other two methods.

    Args:
        scenario: network, loss, reduction and examples.
        theta: the parameters, shape (parameters,).
        examples: the batch, numbers from 0.
        only: the names of the parameters to check, or None for all.

    Raises:
        ArithmeticError: a number leaves the finite ones; the message says which.
    """
    return GradientCheck(tuple(each_derivative(scenario, theta, examples, only)))


def each_derivative(
    scenario: Scenario, theta: Array, examples: tuple[int, ...], only: Collection[str] | None = None
) -> Iterator[ParameterCheck]:
    """`check_gradient` one parameter after the other, for who wants to see how far it is, or to stop."""
    scenario = replace(scenario, training=replace(scenario.training, immediate=False))
    steps = Steps(scenario.network, scenario.training)
    values = complete(scenario, begin_with(scenario, steps, 0, theta, first_state(scenario), examples))
    if values.event is not None:
        raise ArithmeticError(str(values.event))
    program, numeric = steps.program, _Numeric(scenario, values)
    sizes = _sizes_of_terms(scenario, values).tolist()
    for name, span in program.parameters.items():
        if name not in program.live:
            continue
        analytic = _analytic(values, name).tolist()
        names = program.names[name][1]
        wanted = [item for item in range(len(names)) if only is None or names[item] in only]
        for start in range(0, len(wanted), numeric.at_once):
            chunk = wanted[start : start + numeric.at_once]
            for item, (by_complex, on_kink, by_difference) in zip(chunk, numeric.derivatives(name, chunk), strict=True):
                own = analytic[item]
                scale = max(abs(by_complex), abs(own), CANCELLATION * sizes[span.start + item], NEGLIGIBLE)
                error = abs(own - by_complex) / scale
                verdict: Verdict = "kink" if on_kink else "ok" if error <= TOLERANCE else "wrong"
                yield ParameterCheck(names[item], own, by_complex, by_difference, error, verdict)


def _analytic(values: Values, name: str) -> Array:
    """dE/d(a parameter of the program), flat: of the last row that holds it, where the sum over its uses is whole."""
    rows = zip(reversed(values.steps.rows), reversed(values.results), strict=True)
    row, result = next((row, result) for row, result in rows if row.quantity == "dE/dw" and name in row.values)
    sizes = [prod(values.steps.program.shapes[one]) for one in row.values]
    place = row.values.index(name)
    return result[sum(sizes[:place]) : sum(sizes[: place + 1])]


class _Numeric:
    """Both numeric derivatives, of elements of one given value at a time."""

    def __init__(self, scenario: Scenario, values: Values) -> None:
        known = _at_old_parameters(values).value
        mean = scenario.training.reduction == "mean"
        self._known, self._from = known, Unshifted(values.steps.program, known, len(values.examples), mean=mean)
        self.at_once = self._from.at_once

    def derivatives(self, name: str, items: Sequence[int]) -> list[tuple[float, bool, float | None]]:
        """For each element: by the complex step; whether a node it moves is on a kink; by the central difference.

        The central difference is None where it steps across a kink.
        """
        numbers = self._known(name).ravel()[list(items)].tolist()
        h = [DIFFERENCE_STEP * max(1.0, abs(number)) for number in numbers]
        up = [number + step for number, step in zip(numbers, h, strict=True)]
        down = [number - step for number, step in zip(numbers, h, strict=True)]
        tilted = [complex(number, STEP) for number in numbers]
        in_complex = self._from.shifted(name, list(zip(items, tilted, strict=True)), COMPLEX)
        above, below = (self._from.shifted(name, list(zip(items, side, strict=True)), REAL) for side in (up, down))
        distances = in_complex.kink_distances
        on_kink = set(in_complex.shift_of[(distances.real == 0) & (distances.imag != 0)].tolist())
        crossed = set(above.shift_of[(above.kink_distances > 0) != (below.kink_distances > 0)].tolist())
        return [
            (
                in_complex.errors[i].imag / STEP,
                i in on_kink,
                None if i in crossed else (above.errors[i] - below.errors[i]) / (up[i] - down[i]),
            )
            for i in range(len(items))
        ]


def _at_old_parameters(values: Values) -> Values:
    """The last stage with the parameters with which the iteration started."""
    theta = values.beginning.theta
    return next(stage for stage in values.history() if stage.theta is theta)


def _sizes_of_terms(scenario: Scenario, values: Values) -> Array:
    """How large the terms are whose sum each dE/dw is: backpropagation with every product's absolute value."""
    program, stage, sizes = values.steps.program, _at_old_parameters(values), np.zeros(len(scenario.theta))
    back = {name: stage.of_itself(name) for name in program.errors}

    def size(name: str) -> Array:
        parts = [stage.of_itself(name)] if name in program.errors else []
        parts += parts_of(program, name, stage.value, back.__getitem__, sizes=True)
        return added(parts) if parts else np.zeros_like(stage.value(name))

    for row in values.steps.rows:
        if row.phase == "backward" and row.per_example:
            (name,) = row.values
            back[name] = _size_of_difference(scenario, row, stage) if name in program.direct else size(name)
    for name, span in program.parameters.items():
        sizes[span] = size(name).sum(axis=0).ravel()
    batch = len(values.examples) if scenario.training.reduction == "mean" else 1
    return sizes / batch


def _size_of_difference(scenario: Scenario, row: Row, stage: Values) -> Array:
    """How large the numbers are whose difference y − t is."""
    loss, fused = scenario.layered.loss, scenario.layered.fused(row.layer)
    assert fused is not None
    x, y, t = (stage.value(name).tolist() for name in (*row.values, f"y{row.layer}", "t"))
    sizes = np.array([fused.terms(*example) for example in zip(x, y, t, strict=True)]).sum(axis=2)
    if loss.shares:  # y − t takes the targets' sum for 1: it is no more exact than that
        off = np.array([abs(math.fsum(targets) - 1) for targets in t])
        sizes += off[:, np.newaxis] * np.array(y) / (TOLERANCE * CANCELLATION)
    return np.asarray(sizes)
