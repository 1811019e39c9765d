"""Loss functions: the error of one example and how it changes with an output, in one record.

Adding one is adding one entry to `LOSSES`. Where a loss and the last layer's activation cancel (sigmoid with binary
cross entropy, softmax with cross entropy), the record also holds the error as a function of the total input, which
cannot overflow; then dE/dx = y − t. As y nears 1 that would lose its digits one by one, so near a target near 1 it is
what both leave of 1 that is subtracted: (1 − t) − (1 − y), the same number.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Protocol

from msgspec import Struct, field

from engine.formula.activations import ACTIVATIONS
from engine.formula.bounded import SIGMOID_IN_NUMPY
from engine.formula.calculus import value_of
from engine.formula.field import REAL, Functions, Number
from engine.formula.functions import ADD, DIVIDE, EXP, HALF, LOG, MULTIPLY, NEGATE, SIGMA, SQUARE, SUBTRACT
from engine.formula.softmax import sum_of_others
from engine.formula.tree import (
    ATOM,
    CHOICE,
    SUM,
    Call,
    Formula,
    Function,
    Scripts,
    Spelled,
    Symbol,
    Writing,
    of_slopes,
)

SUM_OF_POWERS = SIGMA(EXP(Symbol("x")))
"""Σ e^x over the layer, in the error of softmax."""
SIGMOID, SOFTPLUS = (ACTIVATIONS[name] for name in ("sigmoid", "softplus"))
SUM_TOLERANCE = 1e-11
"""How far targets that are shares may be from the sum 1."""


class OutputFunction(Protocol):
    """A function of one output y, its target t and the number m of outputs, over either field."""

    def __call__(self, y: Number, t: float, m: int, f: Functions[Number], /) -> Number:
        """The value at y."""


class InputFunction(Protocol):
    """The errors of one example from the last layer's total inputs x and targets t, one per output."""

    def __call__(self, x: list[Number], t: list[float], f: Functions[Number], /) -> list[Number]:
        """The errors at x."""


class DifferenceFunction(Protocol):
    """Two numbers for each output of one example whose difference is y − t, from total inputs x, outputs y, targets t.

    They are y and t themselves, or 1 − t and 1 − y where `near_one` says so.
    """

    def __call__(self, x: list[float], y: list[float], t: list[float], /) -> list[tuple[float, float]]:
        """The first less the second is y − t."""


class Fused(Struct, frozen=True):
    """The error straight from the total inputs, where dE/dx = y − t.

    Attributes:
        formula: the part of one output in E, of x and t.
        errors: the parts of one example in E.
        terms: what is subtracted for y − t.
        near_one: y − t of x and t, where it is not y and t that are subtracted; None where it is sums over the other
            outputs.
        scripts: in scripts for libraries of arrays the parts of E, of x and t, and dE/dx, of x, y and t.
    """

    formula: Callable[[Formula, Formula], Formula]
    errors: InputFunction
    terms: DifferenceFunction
    near_one: Callable[[Formula, Formula], Formula] | None = None
    scripts: Scripts = field(default_factory=dict)

    def slopes(self, x: list[float], y: list[float], t: list[float]) -> list[float]:
        """dE/dx = y − t of each output of one example."""
        return [first - second for first, second in self.terms(x, y, t)]


def near_one(y: float, t: float) -> bool:
    """Whether y − t is taken from what both leave of 1: nearer to 1 than to 0, y has too few digits."""
    return y > 0.5 and t > 0.5


class Loss(Struct, frozen=True, dict=True):
    """The error of one example: the sum over its outputs of `value`.

    Attributes:
        name: as scenario files write it.
        formula: the part of one output, of y, t and m, the number of outputs.
        slope_formula: dE/dy of one output, likewise.
        stable: value and slope of one output where the formulas, computed as they are written, would not do.
        fused: by the last activation's name, the error from x where the two cancel.
        needs_targets: whether an example must have targets.
        in_unit: whether targets lie in 0 … 1.
        shares: whether an example's targets, and the outputs, are probabilities of which one is true: they sum to 1.
        scripts: in scripts for libraries of arrays value and slope, of y and t, where they are not as the formulas say.
    """

    name: str
    formula: Callable[[Formula, Formula, Formula], Formula]
    slope_formula: Callable[[Formula, Formula, Formula], Formula]
    stable: tuple[OutputFunction, OutputFunction] | None = None
    fused: Mapping[str, Fused] = field(default_factory=dict)
    needs_targets: bool = True
    in_unit: bool = False
    shares: bool = False
    scripts: Scripts = field(default_factory=dict)

    def target_problem(self, targets: Sequence[float]) -> tuple[str, str] | None:
        """Why it cannot take these targets of one example, and a remedy; or None."""
        outside = next((target for target in targets if self.in_unit and not 0 <= target <= 1), None)
        if outside is not None:
            return f"the target {outside:g} is out of range", f"targets of {self.name} lie in 0 … 1"
        total = math.fsum(targets) if self.shares else 1.0
        if abs(total - 1) > SUM_TOLERANCE:
            return f"the targets sum to {total:.12g}", f"targets of {self.name} are probabilities: they sum to 1"
        return None

    @cached_property
    def value(self) -> OutputFunction:
        """The part of one output in E."""
        return value_of(self._part, 3)

    @cached_property
    def slope(self) -> OutputFunction:
        """dE/dy of one output."""
        return value_of(self._slope, 3)

    @cached_property
    def _part(self) -> Function:
        return self._function(self.name, self.formula, 0)

    @cached_property
    def _slope(self) -> Function:
        return self._function(f"{self.name}′", self.slope_formula, 1)

    def _function(self, name: str, formula: Callable[..., Formula], which: int) -> Function:
        stable = None if self.stable is None else self.stable[which]
        scripts = of_slopes(self.scripts) if which else self.scripts
        writing = Writing(f"{name}({{0}}, {{1}})", ATOM, (0,))
        return Function(name=name, formula=formula, value=stable, writing=writing, scripts=scripts)

    def function(self, outputs: int) -> Function:
        """The same for equations: the part of one output, a function of y and t."""
        count = float(outputs)

        def of(record: Function, slopes: tuple[Callable[[Call], Formula], ...] = ()) -> Function:
            value = None if record.value is None else partial(_counted, record.value, outputs)
            formula = None if record.formula is None else partial(_with_count, record.formula, count)
            return Function(
                name=record.name,
                formula=formula,
                value=value,
                slopes=slopes,
                writing=record.writing,
                scripts=record.scripts,
            )

        slope = of(self._slope)
        return of(self._part, (lambda call: slope(*call.arguments),))


def _counted(value: OutputFunction, outputs: int, y: Number, t: float, f: Functions[Number]) -> Number:
    return value(y, t, outputs, f)


def _with_count(
    formula: Callable[[Formula, Formula, Formula], Formula], count: float, y: Formula, t: Formula
) -> Formula:
    return formula(y, t, count)


def _binary_cross_entropy(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    # a part whose factor is 0 is 0 even where the logarithm is not finite
    hit = t * f.log(y) if t else y - y
    miss = (1 - t) * f.log1p(-y) if t != 1 else y - y
    return -(hit + miss)


def _binary_cross_entropy_slope(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return _quotient(1 - t, 1 - y) - _quotient(t, y)


def _cross_entropy(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return -t * f.log(y) if t else y - y


def _cross_entropy_slope(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return -_quotient(t, y)


def _quotient(numerator: float, denominator: Number) -> Number:
    """numerator / denominator, which is 0 where the numerator is, and infinite at a zero denominator."""
    if numerator == 0:
        return denominator - denominator
    return numerator / denominator if denominator != 0 else denominator + float("inf")


def _sigmoid_binary_cross_entropy(x: list[Number], t: list[float], f: Functions[Number]) -> list[Number]:
    return [
        target * SOFTPLUS.value(-value, f) + (1 - target) * SOFTPLUS.value(value, f)
        for value, target in zip(x, t, strict=True)
    ]


def _sigmoid_terms(x: list[float], y: list[float], t: list[float]) -> list[tuple[float, float]]:
    """1 − y is σ(−x), and 1 − t exact where t is more than a half."""
    return [
        (1 - target, SIGMOID.value(-value, REAL)) if near_one(output, target) else (output, target)
        for value, output, target in zip(x, y, t, strict=True)
    ]


def _softmax_cross_entropy(x: list[Number], t: list[float], f: Functions[Number]) -> list[Number]:
    """−t_j ln y_j = t_j·(ln Σ e^x − x_j), with the largest x taken out of the sum."""
    largest = max(range(len(x)), key=lambda k: x[k].real)
    rest = x[largest] - x[largest]
    for k, value in enumerate(x):
        if k != largest:
            rest = rest + f.exp(value - x[largest])
    log_rest = f.log1p(rest)
    return [target * ((x[largest] - value) + log_rest) for value, target in zip(x, t, strict=True)]


def _softmax_terms(x: list[float], y: list[float], t: list[float]) -> list[tuple[float, float]]:
    """1 − y is the sum of the other outputs, 1 − t that of the other targets."""
    return [
        (sum_of_others(t, j), sum_of_others(y, j)) if near_one(output, target) else (output, target)
        for j, (output, target) in enumerate(zip(y, t, strict=True))
    ]


def _cross_entropy_of(hit: Formula, miss: Formula, t: Formula) -> Formula:
    """t·hit + (1 − t)·miss."""
    return ADD(MULTIPLY(t, hit), MULTIPLY(SUBTRACT(1.0, t), miss))


_QUOTIENT_IN_NUMPY = """
def quotient(a, b):
    with np.errstate(divide="ignore", over="ignore"):
        return np.divide(a, b, out=np.zeros_like(b), where=a != 0)  # 0 where a is
"""
_LOG_SOFTMAX_IN_NUMPY = """
def others(y):
    return y @ (1 - np.eye(y.shape[-1]))  # the sum of the others of a row: 1 - y, where y near 1 leaves digits of it


def log_softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
"""


def _of_outputs(template: str) -> Writing:
    """What a script writes of outputs and targets: as a loss, or as its slope."""
    return Writing(template, SUM, (ATOM,))


def _difference(near_one: str) -> Writing:
    """y − t of x, y and t in a script for numpy."""
    return Writing(f"np.where(({{1}} > 0.5) & ({{2}} > 0.5), {near_one}, {{1}} - {{2}})", ATOM, (ATOM,))


_REMARK = "{0} and {1} cancel: y - t, near 1 from what both leave of it"

LOSSES = {
    record.name: record
    for record in (
        Loss(
            "half_squared_error",
            lambda y, t, m: MULTIPLY(HALF, SQUARE(SUBTRACT(y, t))),
            lambda y, t, m: SUBTRACT(y, t),
        ),
        Loss("squared_error", lambda y, t, m: SQUARE(SUBTRACT(y, t)), lambda y, t, m: MULTIPLY(2.0, SUBTRACT(y, t))),
        Loss(
            "mean_squared_error",
            lambda y, t, m: DIVIDE(SQUARE(SUBTRACT(y, t)), m),
            lambda y, t, m: DIVIDE(MULTIPLY(2.0, SUBTRACT(y, t)), m),
        ),
        Loss(
            "binary_cross_entropy",
            lambda y, t, m: NEGATE(_cross_entropy_of(LOG(y), LOG(SUBTRACT(1.0, y)), t)),
            lambda y, t, m: SUBTRACT(DIVIDE(SUBTRACT(1.0, t), SUBTRACT(1.0, y)), DIVIDE(t, y)),
            (_binary_cross_entropy, _binary_cross_entropy_slope),
            {
                "sigmoid": Fused(
                    lambda x, t: _cross_entropy_of(LOG(ADD(1.0, EXP(NEGATE(x)))), LOG(ADD(1.0, EXP(x))), t),
                    _sigmoid_binary_cross_entropy,
                    _sigmoid_terms,
                    lambda x, t: SUBTRACT(SUBTRACT(1.0, t), SIGMOID.function(NEGATE(x))),
                    {
                        "numpy": Spelled(
                            _of_outputs("{1} * np.logaddexp(0, -{0}) + (1 - {1}) * np.logaddexp(0, {0})"),
                            _difference("(1 - {2}) - sigmoid(-{0})"),
                            define=SIGMOID_IN_NUMPY.define,
                            remark=_REMARK.format("sigmoid", "binary_cross_entropy"),
                        ),
                        "torch": Spelled(
                            Writing('F.binary_cross_entropy_with_logits({0}, {1}, reduction="none")', ATOM, (CHOICE,))
                        ),
                    },
                )
            },
            in_unit=True,
            scripts={
                "numpy": Spelled(
                    _of_outputs(
                        "-({1} * np.log(np.where({1} > 0, {0}, 1)) + (1 - {1}) * np.log1p(np.where({1} < 1, -{0}, 0)))"
                    ),
                    _of_outputs("quotient(1 - {1}, 1 - {0}) - quotient({1}, {0})"),
                    define=_QUOTIENT_IN_NUMPY,
                ),
                # F.binary_cross_entropy is not exact: it holds the logarithm above -100, and y (1 - y) above 1e-12
                "torch": Spelled(
                    _of_outputs(
                        "-({1} * torch.log(torch.where({1} > 0, {0}, 1.0))"
                        " + (1 - {1}) * torch.log1p(torch.where({1} < 1, -{0}, 0.0)))"
                    )
                ),
            },
        ),
        Loss(
            "cross_entropy",
            lambda y, t, m: NEGATE(MULTIPLY(t, LOG(y))),
            lambda y, t, m: NEGATE(DIVIDE(t, y)),
            (_cross_entropy, _cross_entropy_slope),
            {
                "softmax": Fused(
                    lambda x, t: MULTIPLY(t, SUBTRACT(LOG(SUM_OF_POWERS), x)),
                    _softmax_cross_entropy,
                    _softmax_terms,
                    None,
                    {
                        "numpy": Spelled(
                            _of_outputs("-{1} * log_softmax({0})"),
                            _difference("others({2}) - others({1})"),
                            define=_LOG_SOFTMAX_IN_NUMPY,
                            remark=_REMARK.format("softmax", "cross_entropy"),
                        ),
                        "torch": Spelled(_of_outputs("-{1} * F.log_softmax({0}, dim=-1)")),
                    },
                )
            },
            in_unit=True,
            shares=True,
            scripts={
                "numpy": Spelled(
                    _of_outputs("-{1} * np.log(np.where({1} > 0, {0}, 1))"),
                    _of_outputs("-quotient({1}, {0})"),
                    define=_QUOTIENT_IN_NUMPY,
                ),
                "torch": Spelled(_of_outputs("-{1} * torch.log(torch.where({1} > 0, {0}, 1.0))")),
            },
        ),
        Loss("output", lambda y, t, m: y, lambda y, t, m: 1.0, needs_targets=False),
    )
}
