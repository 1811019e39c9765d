"""Every derivative again, by two methods that know no derivative.

The complex step takes E at w + ih: its imaginary part over h is dE/dw to the last digits, because nothing is
subtracted (Squire and Trapp, 1998). Every activation and loss here allows it, so it decides. Central differences,
(E(w + h) − E(w − h)) / 2h, are the second witness: less exact, but anyone can do them by hand. Both put numbers
through the formulas of the activations and losses in plain Python; neither uses a slope.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.activations import Softmax
from engine.advance import begin_with, complete, first_state, is_fused, jacobians, slopes
from engine.field import COMPLEX, REAL, Functions, Number
from engine.network import Network
from engine.scenario import Scenario
from engine.steps import Steps
from engine.values import Values

Array = NDArray[np.float64]

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


@dataclass(frozen=True)
class ParameterCheck:
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


def check_gradient(
    scenario: Scenario, theta: Array, examples: tuple[int, ...], only: Collection[str] | None = None
) -> GradientCheck:
    """Backpropagation's derivatives of the batch's E, in the simultaneous order, against the other two methods.

    Args:
        scenario: network, loss, reduction and examples.
        theta: the parameters, shape (parameters,).
        examples: the batch, numbers from 0.
        only: the names of the parameters to check, or None for all: each takes several forward passes.

    Raises:
        ArithmeticError: a number leaves the finite ones; the message says which.
    """
    scenario = replace(scenario, training=replace(scenario.training, immediate=False))
    steps = Steps(scenario.network, scenario.training)
    values = complete(scenario, begin_with(scenario, steps, 0, theta, first_state(scenario), examples))
    if values.event is not None:
        raise ArithmeticError(str(values.event))
    layers = [number for number in range(1, scenario.network.depth + 1) if scenario.network.owns(number)]
    analytic = np.concatenate([values.need("dE/dw", layer) for layer in layers]).tolist()
    sizes = _sizes_of_terms(scenario, values).tolist()
    plain: list[float] = theta.tolist()
    checks = []
    for index, name in enumerate(scenario.network.parameter_names):
        if only is not None and name not in only:
            continue
        shifted: list[complex] = [complex(value) for value in plain]
        shifted[index] += complex(0, STEP)
        by_complex = _batch_error(scenario, shifted, examples, COMPLEX).imag / STEP
        by_difference = _difference(scenario, plain, index, examples)
        scale = max(abs(by_complex), abs(analytic[index]), CANCELLATION * sizes[index], NEGLIGIBLE)
        error = abs(analytic[index] - by_complex) / scale
        on_kink = any(x.real == 0 and x.imag != 0 for x in _kink_inputs(scenario, shifted, examples, COMPLEX))
        verdict: Literal["ok", "kink", "wrong"] = "kink" if on_kink else "ok" if error <= TOLERANCE else "wrong"
        checks.append(ParameterCheck(name, analytic[index], by_complex, by_difference, error, verdict))
    return GradientCheck(tuple(checks))


def _sizes_of_terms(scenario: Scenario, values: Values) -> Array:
    """How large the terms are whose sum each dE/dw is: backpropagation with every product's absolute value."""
    network, sizes = scenario.network, np.zeros(len(scenario.theta))
    d_error_d_y = np.abs(values.need("dE/dy", network.depth))
    for number in range(network.depth, 0, -1):
        layer = network.layer(number)
        if is_fused(scenario, number):
            y = values.need("y", number)
            d_error_d_x = np.abs(y) + (0.0 if values.targets is None else np.abs(values.targets))
        elif layer.activation.joint:
            d_error_d_x = np.einsum("ejk,ej->ek", np.abs(jacobians(values, number)), d_error_d_y)
        else:
            d_error_d_x = np.abs(slopes(scenario, values, number)) * d_error_d_y
        of_biases = d_error_d_x.sum(axis=0)
        if layer.shared_bias:
            of_biases = of_biases.sum(keepdims=True)
        of_weights = d_error_d_x.T @ np.abs(values.need("y", number - 1))
        sizes[network.spans[number - 1]] += np.concatenate((of_weights.ravel(), of_biases if layer.bias_names else []))
        weights = network.weights(values.beginning.theta, number)[:, : len(network.computed(number - 1))]
        d_error_d_y = d_error_d_x @ np.abs(weights)
    batch = len(values.examples) if scenario.training.reduction == "mean" else 1
    return sizes / batch


def _difference(scenario: Scenario, theta: list[float], index: int, examples: tuple[int, ...]) -> float | None:
    """Central difference, or None where it steps across a kink."""
    h = DIFFERENCE_STEP * max(1.0, abs(theta[index]))
    above, below = theta.copy(), theta.copy()
    above[index] += h
    below[index] -= h
    sides = zip(*(_kink_inputs(scenario, side, examples, REAL) for side in (above, below)), strict=True)
    if any((a > 0) != (b > 0) for a, b in sides):
        return None
    rise = _batch_error(scenario, above, examples, REAL) - _batch_error(scenario, below, examples, REAL)
    return rise / (above[index] - below[index])


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
    y: list[Number] = []
    layers = []
    for layer, span, places in zip(network.layers, network.spans, network.input_places[:-1], strict=True):
        y = y + [zero + inputs[place] for place in places]
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


def _kink_inputs(
    scenario: Scenario, theta: list[Number], examples: tuple[int, ...], f: Functions[Number]
) -> list[Number]:
    """How far each total input lies from its activation's kink, where there is one."""
    distances = []
    for example in examples:
        layers = _forward(scenario.network, theta, scenario.inputs[example].tolist(), f)
        for layer, (x, _) in zip(scenario.network.layers, layers, strict=True):
            if layer.activation.kink is not None:
                distances += [value - layer.activation.kink for value in x]
    return distances
