"""Loss functions: the error of one example and how it changes with an output, in one record.

Adding one is adding one entry to `LOSSES`. Where a loss and the last layer's activation cancel (sigmoid with binary
cross entropy, softmax with cross entropy), the record also holds the error as a function of the total input, which
cannot overflow; then dE/dx = y − t. As y nears 1 that would lose its digits one by one, so near a target near 1 it is
what both leave of 1 that is subtracted: (1 − t) − (1 − y), the same number.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct, field

from engine.formula.activations import ACTIVATIONS, sum_of_others
from engine.formula.field import REAL, Functions, Number


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
        formula: the part of one output in E, in terms of `{x}`, `{t}`.
        errors: the parts of one example in E.
        terms: what is subtracted for y − t.
        near_one: that in terms of `{x}`, `{t}`, where it is not y and t; empty where it is sums over the other outputs.
    """

    formula: str
    errors: InputFunction
    terms: DifferenceFunction
    near_one: str = ""

    def slopes(self, x: list[float], y: list[float], t: list[float]) -> list[float]:
        """dE/dx = y − t of each output of one example."""
        return [first - second for first, second in self.terms(x, y, t)]


def near_one(y: float, t: float) -> bool:
    """Whether y − t is taken from what both leave of 1: nearer to 1 than to 0, y has too few digits."""
    return y > 0.5 and t > 0.5


class Loss(Struct, frozen=True):
    """The error of one example: the sum over its outputs of `value`.

    Attributes:
        name: as scenario files write it.
        formula: the part of one output, in terms of `{y}`, `{t}` and `{m}` (the number of outputs).
        slope_formula: dE/dy of one output, in the same terms.
        value: the part of one output.
        slope: dE/dy of one output.
        fused: by the last activation's name, the error from x where the two cancel.
        needs_targets: whether an example must have targets.
    """

    name: str
    formula: str
    slope_formula: str
    value: OutputFunction
    slope: OutputFunction
    fused: Mapping[str, Fused] = field(default_factory=dict)
    needs_targets: bool = True


def _half_squared(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return 0.5 * ((y - t) * (y - t))


def _difference(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return y - t


def _squared(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return (y - t) * (y - t)


def _twice_difference(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return 2 * (y - t)


def _mean_squared(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return (y - t) * (y - t) / m


def _mean_twice_difference(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return 2 * (y - t) / m


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


def _output(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return y


def _one(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return 1 + 0 * y


def _quotient(numerator: float, denominator: Number) -> Number:
    """numerator / denominator, which is 0 where the numerator is, and infinite at a zero denominator."""
    if numerator == 0:
        return denominator - denominator
    return numerator / denominator if denominator != 0 else denominator + float("inf")


def _softplus(x: Number, f: Functions[Number]) -> Number:
    """ln(1 + e^x), without overflow."""
    return x + f.log1p(f.exp(-x)) if x.real > 0 else f.log1p(f.exp(x))


def _sigmoid_binary_cross_entropy(x: list[Number], t: list[float], f: Functions[Number]) -> list[Number]:
    return [
        target * _softplus(-value, f) + (1 - target) * _softplus(value, f) for value, target in zip(x, t, strict=True)
    ]


def _sigmoid_terms(x: list[float], y: list[float], t: list[float]) -> list[tuple[float, float]]:
    """1 − y is σ(−x), and 1 − t exact where t is more than a half."""
    sigmoid = ACTIVATIONS["sigmoid"].value
    return [
        (1 - target, sigmoid(-value, REAL)) if near_one(output, target) else (output, target)
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


LOSSES = {
    record.name: record
    for record in (
        Loss("half_squared_error", "½·({y} − {t})²", "{y} − {t}", _half_squared, _difference),
        Loss("squared_error", "({y} − {t})²", "2·({y} − {t})", _squared, _twice_difference),
        Loss("mean_squared_error", "({y} − {t})² / {m}", "2·({y} − {t}) / {m}", _mean_squared, _mean_twice_difference),
        Loss(
            "binary_cross_entropy",
            "−({t}·ln {y} + (1 − {t})·ln(1 − {y}))",
            "(1 − {t}) / (1 − {y}) − {t} / {y}",
            _binary_cross_entropy,
            _binary_cross_entropy_slope,
            {
                "sigmoid": Fused(
                    "{t}·ln(1 + e^−{x}) + (1 − {t})·ln(1 + e^{x})",
                    _sigmoid_binary_cross_entropy,
                    _sigmoid_terms,
                    "(1 − {t}) − σ(−{x})",
                )
            },
        ),
        Loss(
            "cross_entropy",
            "−{t}·ln {y}",
            "−{t} / {y}",
            _cross_entropy,
            _cross_entropy_slope,
            {"softmax": Fused("{t}·(ln Σ e^x − {x})", _softmax_cross_entropy, _softmax_terms)},
        ),
        Loss("output", "{y}", "1", _output, _one, needs_targets=False),
    )
}

SUM_TOLERANCE = 1e-11
"""How far targets of cross entropy may be from the sum 1."""


def target_problem(targets: Sequence[float], loss: str) -> tuple[str, str] | None:
    """Why this loss cannot take these targets of one example, and a remedy; or None."""
    if loss not in ("binary_cross_entropy", "cross_entropy"):
        return None
    outside = next((target for target in targets if not 0 <= target <= 1), None)
    if outside is not None:
        return f"the target {outside:g} is out of range", f"targets of {loss} lie in 0 … 1"
    total = math.fsum(targets)
    if loss == "cross_entropy" and abs(total - 1) > SUM_TOLERANCE:
        return f"the targets sum to {total:.12g}", "targets of cross_entropy are probabilities: they sum to 1"
    return None
