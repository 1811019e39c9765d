"""Every derivative again, by two methods that know no derivative.

The complex step takes E at w + ih: its imaginary part over h is dE/dw to the last digits, because nothing is
subtracted (Squire and Trapp, 1998). Central differences, (E(w + h) − E(w − h)) / 2h, are the second witness. Both put
numbers through the formulas of the activations and losses in plain Python; neither uses a slope.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.activations import Softmax
from engine.advance import begin_with, complete, first_state
from engine.field import COMPLEX, REAL, Functions, Number
from engine.network import Network
from engine.scenario import Scenario
from engine.steps import Steps

Array = NDArray[np.float64]

STEP = 1e-30
"""h of the complex step: nothing is subtracted, so it may be as small as one likes."""
COMPLEX_TOLERANCE = 1e-10
DIFFERENCE_TOLERANCE = 1e-6
CANCELLATION = 1e-4
"""A derivative so much smaller than the largest is what is left of larger numbers that cancel: it is judged against
this part of the largest one."""


@dataclass(frozen=True)
class ParameterCheck:
    """One parameter's derivative by three methods.

    Attributes:
        name: the parameter.
        analytic: dE/dw by backpropagation.
        complex_step: dE/dw by the complex step.
        difference: dE/dw by central differences.
        relative_error: of `analytic` against `complex_step`.
        verdict: `kink` where a node stands on a kink or the difference steps across one, so that no method decides.
    """

    name: str
    analytic: float
    complex_step: float
    difference: float
    relative_error: float
    verdict: Literal["ok", "kink", "wrong"]


@dataclass(frozen=True)
class GradientCheck:
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


def check_gradient(scenario: Scenario, theta: Array, examples: tuple[int, ...]) -> GradientCheck:
    """Backpropagation's derivatives of the batch's E, in the simultaneous order, against the other two methods.

    Args:
        scenario: network, loss, reduction and examples.
        theta: the parameters, shape (parameters,).
        examples: the batch, numbers from 0.
    """
    steps = Steps(scenario.network, scenario.training)
    values = complete(scenario, begin_with(scenario, steps, 0, theta, first_state(scenario), examples))
    layers = range(1, scenario.network.depth + 1)
    analytic = np.concatenate([values.need("dE/dw", layer) for layer in layers]).tolist()
    plain: list[float] = theta.tolist()
    on_kink = 0.0 in _kink_inputs(scenario, plain, examples)
    largest = max((abs(value) for value in analytic), default=0.0)
    checks = []
    for index, name in enumerate(scenario.network.parameter_names):
        shifted: list[complex] = [complex(value) for value in plain]
        shifted[index] += complex(0, STEP)
        by_complex = _batch_error(scenario, shifted, examples, COMPLEX).imag / STEP
        by_difference, crossed = _difference(scenario, plain, index, examples)
        scale = max(abs(by_complex), abs(analytic[index]), CANCELLATION * largest)
        error = abs(analytic[index] - by_complex) / scale if scale else 0.0
        agrees = error <= COMPLEX_TOLERANCE
        if not crossed:
            allowed = DIFFERENCE_TOLERANCE * max(1.0, largest)
            agrees = agrees and abs(analytic[index] - by_difference) <= allowed
        verdict: Literal["ok", "kink", "wrong"] = "kink" if on_kink else "ok" if agrees else "wrong"
        checks.append(ParameterCheck(name, analytic[index], by_complex, by_difference, error, verdict))
    return GradientCheck(tuple(checks))


def _difference(scenario: Scenario, theta: list[float], index: int, examples: tuple[int, ...]) -> tuple[float, bool]:
    """Central difference, and whether it steps across a kink."""
    h = 1e-5 * max(1.0, abs(theta[index]))
    above, below = theta.copy(), theta.copy()
    above[index] += h
    below[index] -= h
    rise = _batch_error(scenario, above, examples, REAL) - _batch_error(scenario, below, examples, REAL)
    sides = zip(_kink_inputs(scenario, above, examples), _kink_inputs(scenario, below, examples), strict=True)
    return rise / (above[index] - below[index]), any((a > 0) != (b > 0) for a, b in sides)


def _batch_error(scenario: Scenario, theta: list[Number], examples: tuple[int, ...], f: Functions[Number]) -> Number:
    """E of the batch, computed without `advance` and without numpy."""
    total = theta[0] - theta[0]
    for example in examples:
        x, y = _forward(scenario.network, theta, scenario.inputs[example].tolist(), f)[-1]
        targets = [0.0] * len(y) if scenario.targets is None else scenario.targets[example].tolist()
        loss = scenario.network.loss
        fused = loss.fused.get(scenario.network.layers[-1].activation.name)
        if fused is not None:
            parts = fused.errors(x, targets, f)
        else:
            parts = [loss.value(output, target, len(y), f) for output, target in zip(y, targets, strict=True)]
        for part in parts:
            total = total + part
    return total / len(examples) if scenario.training.reduction == "mean" else total


def _forward(
    network: Network, theta: list[Number], inputs: list[float], f: Functions[Number]
) -> list[tuple[list[Number], list[Number]]]:
    """(x, y) of each layer from 1 on."""
    zero = theta[0] - theta[0]
    y = [zero + value for value in inputs]
    layers = []
    for layer, span in zip(network.layers, network.spans, strict=True):
        n_in = len(y)
        x = []
        for j in range(len(layer.nodes)):
            start = span.start + j * n_in
            total = zero
            for weight, output in zip(theta[start : start + n_in], y, strict=True):
                total = total + weight * output
            if layer.bias_names:
                total = total + theta[span.stop - len(layer.bias_names) + (0 if layer.shared_bias else j)]
            x.append(total)
        activation = layer.activation
        y = activation.outputs(x, f) if isinstance(activation, Softmax) else [activation.value(value, f) for value in x]
        layers.append((x, y))
    return layers


def _kink_inputs(scenario: Scenario, theta: list[float], examples: tuple[int, ...]) -> list[float]:
    """How far each total input lies from its activation's kink, where there is one."""
    distances = []
    for example in examples:
        layers = _forward(scenario.network, theta, scenario.inputs[example].tolist(), REAL)
        for layer, (x, _) in zip(scenario.network.layers, layers, strict=True):
            if layer.activation.kink is not None:
                distances += [value - layer.activation.kink for value in x]
    return distances
