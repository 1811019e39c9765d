"""Every derivative again, by two methods that know no derivative.

The complex step takes E at w + ih: its imaginary part over h is dE/dw to the last digits, because nothing is
subtracted (Squire and Trapp, 1998). Every activation and loss here allows it, so it decides. Central differences,
(E(w + h) − E(w − h)) / 2h, are the second witness: less exact, but anyone can do them by hand. Both put numbers
through the formulas of the activations and losses (`shifted`); neither uses a slope.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.check.shifted import Unshifted
from engine.formula.field import COMPLEX, REAL, Functions, Number
from engine.formula.precision import EXACT
from engine.program.chain_rule import added, parts_of, sizes
from engine.program.scenario import Scenario
from engine.program.steps import Row, Steps
from engine.walking.advance import begin_with, complete, first_state
from engine.walking.values import Values

Array = NDArray[np.float64]
Verdict = Literal["ok", "kink", "wrong"]
Of = Literal["parameter", "input"]

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
"""Derivatives are judged against this at least, times the largest by a node where that is more than 1: where slopes are
smaller, h times them is no longer a normal number, whatever huge derivative they are multiplied by."""


class ParameterCheck(Struct, frozen=True):
    """One parameter's derivative by three methods.

    Attributes:
        name: the parameter.
        analytic: dE/dw by backpropagation.
        complex_step: dE/dw by the complex step.
        difference: dE/dw by central differences; None where they step across a kink.
        relative_error: of `analytic` against `complex_step`.
        verdict: by the complex step; `kink` where the parameter moves a node that stands on a kink: no method decides.
        of: a parameter, or an input of a graph, which is called `x@2` where it is of the second of several examples.
    """

    name: str
    analytic: float
    complex_step: float
    difference: float | None
    relative_error: float
    verdict: Verdict
    of: Of = "parameter"


class GradientCheck(Struct, frozen=True):
    """The check of every parameter, in the order of θ, and of every input of a graph, in the order of the examples."""

    parameters: tuple[ParameterCheck, ...]
    inputs: tuple[ParameterCheck, ...] = ()

    @classmethod
    def of(cls, checks: Iterable[ParameterCheck]) -> "GradientCheck":
        """Of what `each_derivative` gives."""
        checks = tuple(checks)
        parameters, inputs = (tuple(check for check in checks if check.of == of) for of in ("parameter", "input"))
        return cls(parameters, inputs)

    @property
    def all(self) -> tuple[ParameterCheck, ...]:
        """All derivatives."""
        return self.parameters + self.inputs

    @property
    def ok(self) -> bool:
        """Whether no derivative is wrong."""
        return all(check.verdict != "wrong" for check in self.all)

    @property
    def max_relative_error(self) -> float:
        """The worst of the derivatives that could be decided."""
        return max((check.relative_error for check in self.all if check.verdict != "kink"), default=0.0)


def nothing_to_check(scenario: Scenario) -> str:
    """Why a scenario has no derivatives to check; empty where it has."""
    rule = scenario.training.learning_rule
    return "" if rule is None else f"nothing to check: the {rule.name} rule learns without derivatives"


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
    return GradientCheck.of(each_derivative(scenario, theta, examples, only))


def each_derivative(
    scenario: Scenario, theta: Array, examples: tuple[int, ...], only: Collection[str] | None = None
) -> Iterator[ParameterCheck]:
    """`check_gradient` one derivative after the other, for who wants to see how far it is, or to stop.

    By a rule that learns without derivatives there are none.
    """
    if scenario.training.learning_rule is not None:
        return
    scenario = replace(scenario, training=replace(scenario.training, immediate=False, arithmetic=EXACT))
    steps = Steps(scenario.network, scenario.training)
    values = complete(scenario, begin_with(scenario, steps, 0, theta, first_state(scenario), examples))
    if values.event is not None:
        raise ArithmeticError(str(values.event))
    program, numeric = steps.program, _Numeric(scenario, values)
    sizes, by_nodes = _sizes_of_terms(scenario, values), _largest(values)
    largest = 0.0 if scenario.graph is None else by_nodes
    least = NEGLIGIBLE * max(1.0, by_nodes)
    inputs = [name for name, given in program.given.items() if given.of == "inputs"] if scenario.graph else []
    for name in (*(name for name in program.parameters if name in program.live), *inputs):
        analytic, names = _analytic(scenario, values, name).tolist(), _names(scenario, values, name)
        size = sizes[name].tolist()
        wanted = [item for item in range(len(names)) if only is None or names[item] in only]
        for start in range(0, len(wanted), numeric.at_once):
            chunk = wanted[start : start + numeric.at_once]
            for item, (by_complex, on_kink, by_difference) in zip(chunk, numeric.derivatives(name, chunk), strict=True):
                own = analytic[item]
                scale = max(abs(by_complex), abs(own), CANCELLATION * max(size[item], largest), least)
                error = abs(own - by_complex) / scale
                verdict: Verdict = "kink" if on_kink else "ok" if error <= TOLERANCE else "wrong"
                of: Of = "input" if name in inputs else "parameter"
                yield ParameterCheck(names[item], own, by_complex, by_difference, error, verdict, of)


def _largest(values: Values) -> float:
    """The largest derivative by a node: what cancels between the paths of a graph is only as exact as they are."""
    rows = zip(values.steps.rows, values.results, strict=True)
    back = [result for row, result in rows if row.quantity in ("dE/dy", "dE/dx")]
    return max((float(np.abs(result).max(initial=0.0)) for result in back), default=0.0)


def _names(scenario: Scenario, values: Values, name: str) -> list[str]:
    """Of each number of a given value, in C order, what it is called: of several examples with the example's number."""
    names = values.steps.program.names[name][1]
    if name in values.steps.program.parameters or len(scenario.inputs) == 1:
        return list(names)
    return [f"{one}@{example + 1}" for example in values.examples for one in names]


def _analytic(scenario: Scenario, values: Values, name: str) -> Array:
    """dE/d(a given value), flat; of an input in each example, of the E that is reduced as that of parameters is."""
    steps = values.steps
    if name in steps.program.parameters:
        row, part = steps.derivatives[name][-1]  # where the sum over its uses is whole
        return values.results[row][part]
    mean = scenario.training.reduction == "mean"
    return values.derivative(name).ravel() / (len(values.examples) if mean else 1)


class _Numeric:
    """Both numeric derivatives, of elements of one given value at a time."""

    def __init__(self, scenario: Scenario, values: Values) -> None:
        known = _at_old_parameters(values).value
        self._training, self._program, self._count = scenario.training, values.steps.program, len(values.examples)
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
        found = []
        for i, item in enumerate(items):
            tilt, rise = in_complex.errors[i].imag, above.errors[i] - below.errors[i]
            kink, across = i in on_kink, i in crossed
            if self._is_penalized(name, item):
                tilt += self._penalty(tilted[i], COMPLEX).imag
                rise += self._penalty(up[i], REAL) - self._penalty(down[i], REAL)
                kink = kink or self._jumps(numbers[i], numbers[i])
                across = across or self._jumps(down[i], up[i])
            found.append((tilt / STEP, kink, None if across else rise / (up[i] - down[i])))
        return found

    def _is_penalized(self, name: str, item: int) -> bool:
        """Whether an element of a given value is a parameter of which the penalty is made, too."""
        penalty, span = self._training.penalty, self._program.parameters.get(name)
        return penalty is not None and span is not None and span.start + item in penalty.of

    def _penalty(self, w: Number, f: Functions[Number]) -> Number:
        """What E has of a parameter itself."""
        assert self._training.penalty is not None
        return self._training.penalty.of_number(w, self._count, f)

    def _jumps(self, low: float, high: float) -> bool:
        """Whether the penalty's slope jumps between two numbers."""
        assert self._training.penalty is not None
        return self._training.penalty.jumps(low, high)


def _at_old_parameters(values: Values) -> Values:
    """The last stage with the parameters with which the iteration started."""
    theta = values.beginning.theta
    return next(stage for stage in values.history() if stage.theta is theta)


def _sizes_of_terms(scenario: Scenario, values: Values) -> dict[str, Array]:
    """How large the terms are whose sum each derivative is: backpropagation with every product's absolute value.

    By the name of a given value, flat.
    """
    program, stage = values.steps.program, _at_old_parameters(values)
    back = {name: stage.of_itself(name) for name in program.errors}

    def size(name: str) -> Array:
        parts = [stage.of_itself(name)] if name in program.errors else []
        parts += parts_of(program, name, stage.value, back.__getitem__, sizes)
        return added(parts) if parts else np.zeros_like(stage.value(name))

    for row in values.steps.rows:
        if row.phase == "backward" and row.per_example:
            (name,) = row.values
            back[name] = _size_of_difference(scenario, row, stage) if name in program.direct else size(name)
    batch = len(values.examples) if scenario.training.reduction == "mean" else 1
    inputs = [name for name, given in program.given.items() if given.of == "inputs"]
    found = {name: size(name).sum(axis=0).ravel() / batch for name in program.parameters}
    if (penalty := scenario.training.penalty) is not None:
        for name, span in program.parameters.items():
            at = penalty.within(span)
            found[name][at] += np.abs(penalty.slope_of_array(stage.theta[span][at], len(values.examples)))
    return found | {name: size(name).ravel() / batch for name in inputs}


def _size_of_difference(scenario: Scenario, row: Row, stage: Values) -> Array:
    """How large the numbers are whose difference y − t is."""
    loss, fused = scenario.layered.loss, scenario.layered.fused(row.layer)
    assert fused is not None
    x, y, t = (stage.value(name).tolist() for name in (*row.values, f"y{row.layer}", "t"))
    factors = np.array(loss.settings.class_weights or 1.0)
    of_slopes = (factors * np.array(t)).tolist() if fused.of_classes else t
    sizes = np.array([fused.sizes(*example) for example in zip(x, y, of_slopes, strict=True)])
    sizes = sizes if fused.of_classes else sizes * factors
    sizes = sizes if stage.weights is None else sizes * stage.weights
    if loss.whole:  # y − t takes the targets' sum for 1: it is no more exact than that
        off = np.array([abs(math.fsum(targets) - 1) for targets in t])
        sizes += off[:, np.newaxis] * np.array(y) / (TOLERANCE * CANCELLATION)
    return np.asarray(sizes)
