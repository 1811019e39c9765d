"""Every derivative again, by two methods that know no derivative.

The complex step takes E at w + ih: its imaginary part over h is dE/dw to the last digits, because nothing is
subtracted (Squire and Trapp, 1998). Every activation and loss here allows it, so it decides. Central differences,
(E(w + h) − E(w − h)) / 2h, are the second witness: less exact, but anyone can do them by hand. Both put numbers
through the formulas of the activations and losses (`shifted`); neither uses a slope.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.check.shifted import Unshifted
from engine.formula.field import COMPLEX, REAL
from engine.formula.losses import Fused, Loss
from engine.program.equations import joined
from engine.program.scenario import Scenario
from engine.program.steps import Steps
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
    network = scenario.layered
    steps = Steps(network, scenario.training)
    values = complete(scenario, begin_with(scenario, steps, 0, theta, first_state(scenario), examples))
    if values.event is not None:
        raise ArithmeticError(str(values.event))
    layers = [number for number in range(1, network.depth + 1) if network.owns(number)]
    analytic = np.concatenate([values.need("dE/dw", layer) for layer in layers]).tolist()
    sizes = _sizes_of_terms(scenario, values).tolist()
    numeric = _Numeric(scenario, theta.tolist(), examples)
    names = network.parameter_names
    for layer in layers:
        span = network.spans[layer - 1]
        wanted = [index for index in range(span.start, span.stop) if only is None or names[index] in only]
        for start in range(0, len(wanted), numeric.at_once):
            chunk = wanted[start : start + numeric.at_once]
            for index, (by_complex, on_kink, by_difference) in zip(
                chunk, numeric.derivatives(layer, chunk), strict=True
            ):
                scale = max(abs(by_complex), abs(analytic[index]), CANCELLATION * sizes[index], NEGLIGIBLE)
                error = abs(analytic[index] - by_complex) / scale
                verdict: Verdict = "kink" if on_kink else "ok" if error <= TOLERANCE else "wrong"
                yield ParameterCheck(names[index], analytic[index], by_complex, by_difference, error, verdict)


class _Numeric:
    """Both numeric derivatives, of parameters of one layer at a time."""

    def __init__(self, scenario: Scenario, theta: list[float], examples: tuple[int, ...]) -> None:
        self._theta = theta
        self._real = Unshifted(scenario, theta, examples, REAL)
        self._complex = Unshifted(scenario, [complex(value) for value in theta], examples, COMPLEX)
        self.at_once = self._real.at_once

    def derivatives(self, layer: int, indices: Sequence[int]) -> list[tuple[float, bool, float | None]]:
        """For each index in θ: by the complex step; whether a node it moves is on a kink; by the central difference.

        The central difference is None where it steps across a kink.
        """
        theta = self._theta
        tilted = self._complex.shifted(layer, [(index, complex(theta[index], STEP)) for index in indices])
        h = [DIFFERENCE_STEP * max(1.0, abs(theta[index])) for index in indices]
        up = [theta[index] + step for index, step in zip(indices, h, strict=True)]
        down = [theta[index] - step for index, step in zip(indices, h, strict=True)]
        above, below = (self._real.shifted(layer, list(zip(indices, side, strict=True))) for side in (up, down))
        distances = tilted.kink_distances
        on_kink = ((distances.real == 0) & (distances.imag != 0)).any(axis=0).tolist()
        crossed = ((above.kink_distances > 0) != (below.kink_distances > 0)).any(axis=0).tolist()
        return [
            (
                tilted.errors[i].imag / STEP,
                on_kink[i],
                None if crossed[i] else (above.errors[i] - below.errors[i]) / (up[i] - down[i]),
            )
            for i in range(len(indices))
        ]


def _sizes_of_terms(scenario: Scenario, values: Values) -> Array:
    """How large the terms are whose sum each dE/dw is: backpropagation with every product's absolute value."""
    network, program, sizes = scenario.layered, values.steps.program, np.zeros(len(scenario.theta))
    theta = values.beginning.theta
    known = next(stage for stage in values.history() if stage.theta is theta).value
    back = {error: np.ones_like(known(error)) for error in program.errors}
    for row in values.steps.rows:
        if row.phase == "backward" and row.per_example:
            (name,) = row.values
            fused = network.fused(row.layer) if name in program.direct else None
            back[name] = (
                joined(program, name, known, back.__getitem__, sizes=True)
                if fused is None
                else _sizes_of_difference(network.loss, fused, known(name), known(f"y{row.layer}"), known("t"))
            )
    for name, span in program.parameters.items():
        sizes[span] = joined(program, name, known, back.__getitem__, sizes=True).sum(axis=0).ravel()
    batch = len(values.examples) if scenario.training.reduction == "mean" else 1
    return sizes / batch


def _sizes_of_difference(loss: Loss, fused: Fused, x: Array, y: Array, t: Array) -> Array:
    """How large the numbers are whose difference y − t is."""
    rows = zip(x.tolist(), y.tolist(), t.tolist(), strict=True)
    sizes = np.array([fused.terms(*example) for example in rows]).sum(axis=2)
    if loss.shares:  # y − t takes the targets' sum for 1: it is no more exact than that
        off = np.array([abs(math.fsum(targets) - 1) for targets in t.tolist()])
        sizes += off[:, np.newaxis] * y / (TOLERANCE * CANCELLATION)
    return np.asarray(sizes)
