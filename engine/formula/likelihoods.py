"""Losses that are logarithms of probabilities."""

import numpy as np

from engine.formula.activations import ACTIVATIONS
from engine.formula.arithmetic import Array, ordered_sum
from engine.formula.bounded import SIGMOID_IN_NUMPY, shares
from engine.formula.cancelling import Fused, OfRows, near_one
from engine.formula.exact import of_arrays
from engine.formula.field import REAL, Functions, Number
from engine.formula.functions import ADD, DIVIDE, EXP, LOG, MULTIPLY, NEGATE, SIGMA, SUBTRACT
from engine.formula.lines import OF_SIGMOID, OF_SOFTMAX
from engine.formula.loss import NOT_NEGATIVE, UNIT, Loss, of_outputs
from engine.formula.softmax import sum_of_others, sums_of_others
from engine.formula.tree import ATOM, CHOICE, Formula, Spelled, Symbol, Writing

SUM_OF_POWERS = SIGMA(EXP(Symbol("x")))
"""Σ e^x over the layer, in the error of softmax."""
ZERO, ONE_HALF = np.array(0.0), np.array(0.5)
SIGMOID, SOFTPLUS = (ACTIVATIONS[name] for name in ("sigmoid", "softplus"))


def _binary_cross_entropy(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    # a part whose factor is 0 is 0 even where the logarithm is not finite
    hit = t * f.log(y) if t else y - y
    miss = (1 - t) * f.log1p(-y) if t != 1 else y - y
    return -(hit + miss)


def _binary_cross_entropy_slope(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return quotient(1 - t, 1 - y) - quotient(t, y)


def _cross_entropy(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return -t * f.log(y) if t else y - y


def _cross_entropy_slope(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return -quotient(t, y)


def _kl_divergence(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return -t * f.log(y / t) if t else y - y


def _softmax_kl_divergences(x: Array, t: Array) -> Array:
    return _softmax_cross_entropies(x, t) + np.where(t != 0, t * of_arrays("log")(t), 0.0)


def _softmax_kl_divergence(x: list[Number], t: list[float], f: Functions[Number]) -> list[Number]:
    """t·ln (t / y): the cross entropy, less what there is of it where y is t."""
    own = [target * REAL.log(target) if target else 0.0 for target in t]
    return [part + less for part, less in zip(_softmax_cross_entropy(x, t, f), own, strict=True)]


def _poisson(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return y - t * f.log(y) if t else y


def _poisson_slope(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return 1 - quotient(t, y)


def _binary_cross_entropies(y: Array, t: Array, m: int) -> Array:
    hit = np.where(t != 0, t * of_arrays("log")(y), y - y)
    miss = np.where(t != 1, (1 - t) * of_arrays("log1p")(-y), y - y)
    return np.asarray(-(hit + miss))


def _binary_cross_entropy_slopes(y: Array, t: Array, m: int) -> Array:
    return quotients(1 - t, 1 - y) - quotients(t, y)


def _cross_entropies(y: Array, t: Array, m: int) -> Array:
    return np.where(t != 0, -t * of_arrays("log")(y), y - y)


def _cross_entropy_slopes(y: Array, t: Array, m: int) -> Array:
    return -quotients(t, y)


def _kl_divergences(y: Array, t: Array, m: int) -> Array:
    return np.where(t != 0, -t * of_arrays("log")(y / t), y - y)


def _poissons(y: Array, t: Array, m: int) -> Array:
    return np.where(t != 0, y - t * of_arrays("log")(y), y)


def _poisson_slopes(y: Array, t: Array, m: int) -> Array:
    return np.asarray(1 - quotients(t, y))


def quotients(numerators: Array, denominators: Array) -> Array:
    """`quotient` of arrays."""
    quotients = np.where(denominators != 0, numerators / denominators, np.inf)
    return np.where(numerators == 0, denominators - denominators, quotients)


def quotient(numerator: float, denominator: Number) -> Number:
    """numerator / denominator, which is 0 where the numerator is, and infinite at a zero denominator."""
    if numerator == 0:
        return denominator - denominator
    return numerator / denominator if denominator != 0 else denominator + float("inf")


def _sigmoid_binary_cross_entropy(x: list[Number], t: list[float], f: Functions[Number]) -> list[Number]:
    return [
        target * SOFTPLUS.value(-value, f) + (1 - target) * SOFTPLUS.value(value, f)
        for value, target in zip(x, t, strict=True)
    ]


def _sigmoid_cross_entropies(x: Array, t: Array) -> Array:
    rest, positive = of_arrays("log1p")(of_arrays("exp")(-np.abs(x))), x > 0
    return np.asarray(t * np.where(x < 0, rest - x, rest) + (1 - t) * np.where(positive, x + rest, rest))


def _sigmoid_differences(x: Array, y: Array, t: Array) -> Array:
    found, near = y - t, np.minimum(y, t) > ONE_HALF
    if np.count_nonzero(near):
        found[near] = (1 - t[near]) - shares(x[near])[1]
    return found


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


def _softmax_cross_entropies(x: Array, t: Array) -> Array:
    return np.ascontiguousarray(_softmax_and_cross_entropies(x, t)[1])


def _softmax_and_cross_entropies(x: Array, t: Array) -> tuple[Array, Array]:
    turned = np.ascontiguousarray(x.T)
    at = turned.argmax(axis=0) * len(x) + np.arange(len(x))  # of each row the largest
    differences = turned - turned.ravel()[at]
    powers = of_arrays("exp")(differences)
    y = powers / ordered_sum(powers)
    powers.ravel()[at] = 0.0
    rest = of_arrays("log1p")(ordered_sum(powers))
    return y.T, ((rest - differences) * t.T).T


def _softmax_differences(x: Array, y: Array, t: Array) -> Array:
    y, t = np.ascontiguousarray(y.T), np.ascontiguousarray(t.T)
    found, near = y - t, np.minimum(y, t) > ONE_HALF
    count = np.count_nonzero(near)
    if count and count == np.count_nonzero(np.logical_or.reduce(near)):  # at most one of an example, as y sums to 1
        others = ordered_sum(np.where(near, ZERO, t)) - ordered_sum(np.where(near, ZERO, y))
        found = np.where(near, others, found)
    elif count:
        columns, rows = near.nonzero()
        found[columns, rows] = sums_of_others(t.T[rows], columns) - sums_of_others(y.T[rows], columns)
    return np.ascontiguousarray(found.T)


def _softmax_terms(x: list[float], y: list[float], t: list[float]) -> list[tuple[float, float]]:
    """1 − y is the sum of the other outputs, 1 − t that of the other targets."""
    return [
        (sum_of_others(t, j), sum_of_others(y, j)) if near_one(output, target) else (output, target)
        for j, (output, target) in enumerate(zip(y, t, strict=True))
    ]


def _cross_entropy_of(hit: Formula, miss: Formula, t: Formula) -> Formula:
    """t·hit + (1 − t)·miss."""
    return ADD(MULTIPLY(t, hit), MULTIPLY(SUBTRACT(1.0, t), miss))


QUOTIENT_IN_NUMPY = """
def quotient(a, b):
    with np.errstate(all="ignore"):
        return np.where(a == 0, 0, np.divide(a, b))  # 0 where a is
"""
_LOG_SOFTMAX_IN_NUMPY = """
def others(y):
    return y @ (1 - np.eye(y.shape[-1]))  # the sum of the others of a row: 1 - y, where y near 1 leaves digits of it


def log_softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
"""


def _difference(near_one: str) -> Writing:
    """y − t of x, y and t in a script for numpy."""
    return Writing(f"np.where(({{1}} > 0.5) & ({{2}} > 0.5), {near_one}, {{1}} - {{2}})", ATOM, (ATOM,))


_REMARK = "{0} and {1} cancel: y - t, near 1 from what both leave of it"

BINARY_CROSS_ENTROPY = Loss(
    "binary_cross_entropy",
    lambda y, t, m: NEGATE(_cross_entropy_of(LOG(y), LOG(SUBTRACT(1.0, y)), t)),
    lambda y, t, m: SUBTRACT(DIVIDE(SUBTRACT(1.0, t), SUBTRACT(1.0, y)), DIVIDE(t, y)),
    (_binary_cross_entropy, _binary_cross_entropy_slope),
    {
        "sigmoid": Fused(
            lambda x, t: _cross_entropy_of(LOG(ADD(1.0, EXP(NEGATE(x)))), LOG(ADD(1.0, EXP(x))), t),
            _sigmoid_binary_cross_entropy,
            _sigmoid_terms,
            OfRows(_sigmoid_cross_entropies, _sigmoid_differences),
            lambda x, t: SUBTRACT(SUBTRACT(1.0, t), SIGMOID.function(NEGATE(x))),
            {
                "numpy": Spelled(
                    of_outputs("{1} * np.logaddexp(0, -{0}) + (1 - {1}) * np.logaddexp(0, {0})"),
                    _difference("(1 - {2}) - sigmoid(-{0})"),
                    define=SIGMOID_IN_NUMPY.define,
                    remark=_REMARK.format("sigmoid", "binary_cross_entropy"),
                ),
                "torch": Spelled(
                    Writing('F.binary_cross_entropy_with_logits({0}, {1}, reduction="none")', ATOM, (CHOICE,))
                ),
            },
            OF_SIGMOID,
        )
    },
    targets=UNIT,
    arrays=(_binary_cross_entropies, _binary_cross_entropy_slopes),
    scripts={
        "numpy": Spelled(
            of_outputs(
                "-({1} * np.log(np.where({1} != 0, {0}, 1)) + (1 - {1}) * np.log1p(np.where({1} != 1, -{0}, 0)))"
            ),
            of_outputs("quotient(1 - {1}, 1 - {0}) - quotient({1}, {0})"),
            define=QUOTIENT_IN_NUMPY,
        ),
        # F.binary_cross_entropy is not exact: it holds the logarithm above -100, and y (1 - y) above 1e-12
        "torch": Spelled(
            of_outputs(
                "-({1} * torch.log(torch.where({1} != 0, {0}, 1.0))"
                " + (1 - {1}) * torch.log1p(torch.where({1} != 1, -{0}, 0.0)))"
            )
        ),
    },
)
CROSS_ENTROPY = Loss(
    "cross_entropy",
    lambda y, t, m: NEGATE(MULTIPLY(t, LOG(y))),
    lambda y, t, m: NEGATE(DIVIDE(t, y)),
    (_cross_entropy, _cross_entropy_slope),
    {
        "softmax": Fused(
            lambda x, t: MULTIPLY(t, SUBTRACT(LOG(SUM_OF_POWERS), x)),
            _softmax_cross_entropy,
            _softmax_terms,
            OfRows(_softmax_cross_entropies, _softmax_differences, _softmax_and_cross_entropies),
            None,
            {
                "numpy": Spelled(
                    of_outputs("-{1} * log_softmax({0})"),
                    _difference("others({2}) - others({1})"),
                    define=_LOG_SOFTMAX_IN_NUMPY,
                    remark=_REMARK.format("softmax", "cross_entropy"),
                ),
                "torch": Spelled(of_outputs("-{1} * F.log_softmax({0}, dim=-1)")),
            },
            OF_SOFTMAX,
            of_sum=True,
        )
    },
    targets=NOT_NEGATIVE,
    shares=True,
    arrays=(_cross_entropies, _cross_entropy_slopes),
    scripts={
        "numpy": Spelled(
            of_outputs("-{1} * np.log(np.where({1} != 0, {0}, 1))"),
            of_outputs("-quotient({1}, {0})"),
            define=QUOTIENT_IN_NUMPY,
        ),
        "torch": Spelled(of_outputs("-{1} * torch.log(torch.where({1} != 0, {0}, 1.0))")),
    },
)
KL_DIVERGENCE = Loss(
    "kl_divergence",
    lambda y, t, m: MULTIPLY(t, LOG(DIVIDE(t, y))),
    lambda y, t, m: NEGATE(DIVIDE(t, y)),
    (_kl_divergence, _cross_entropy_slope),
    {
        "softmax": Fused(
            lambda x, t: MULTIPLY(t, ADD(LOG(t), SUBTRACT(LOG(SUM_OF_POWERS), x))),
            _softmax_kl_divergence,
            _softmax_terms,
            OfRows(_softmax_kl_divergences, _softmax_differences),
            None,
            {
                "numpy": Spelled(
                    of_outputs("{1} * (np.log(np.where({1} > 0, {1}, 1)) - log_softmax({0}))"),
                    _difference("others({2}) - others({1})"),
                    define=_LOG_SOFTMAX_IN_NUMPY,
                    remark=_REMARK.format("softmax", "kl_divergence"),
                ),
                "torch": Spelled(
                    of_outputs("{1} * (torch.log(torch.where({1} > 0, {1}, 1.0)) - F.log_softmax({0}, dim=-1))")
                ),
            },
        )
    },
    targets=UNIT,
    shares=True,
    whole=True,
    arrays=(_kl_divergences, _cross_entropy_slopes),
    scripts={
        "numpy": Spelled(
            of_outputs("{1} * np.log(np.where({1} > 0, {1}, 1) / np.where({1} > 0, {0}, 1))"),
            of_outputs("-quotient({1}, {0})"),
            define=QUOTIENT_IN_NUMPY,
        ),
        "torch": Spelled(
            of_outputs("{1} * (torch.log(torch.where({1} > 0, {1}, 1.0)) - torch.log(torch.where({1} != 0, {0}, 1.0)))")
        ),
    },
)
POISSON = Loss(
    "poisson",
    lambda y, t, m: SUBTRACT(y, MULTIPLY(t, LOG(y))),
    lambda y, t, m: SUBTRACT(1.0, DIVIDE(t, y)),
    (_poisson, _poisson_slope),
    targets=NOT_NEGATIVE,
    arrays=(_poissons, _poisson_slopes),
    scripts={
        "numpy": Spelled(
            of_outputs("{0} - {1} * np.log(np.where({1} != 0, {0}, 1))"),
            of_outputs("1 - quotient({1}, {0})"),
            define=QUOTIENT_IN_NUMPY,
        ),
        "torch": Spelled(of_outputs("{0} - {1} * torch.log(torch.where({1} != 0, {0}, 1.0))")),
    },
    suits="exp",
)
