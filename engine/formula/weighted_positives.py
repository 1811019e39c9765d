"""Binary cross entropy whose targets near 1 count more: −Σ(p·t ln y + (1 − t) ln(1 − y))."""

from typing import Annotated

import numpy as np
from msgspec.structs import replace

from engine.formula.arithmetic import Array
from engine.formula.bounded import SIGMOID_IN_NUMPY, shares
from engine.formula.cancelling import Fused, OfRows
from engine.formula.exact import of_arrays
from engine.formula.field import REAL, Functions, Number
from engine.formula.functions import ADD, DIVIDE, EXP, LOG, MULTIPLY, NEGATE, SUBTRACT
from engine.formula.likelihoods import BINARY_CROSS_ENTROPY as PLAIN
from engine.formula.likelihoods import QUOTIENT_IN_NUMPY, SIGMOID, SOFTPLUS, quotient, quotients
from engine.formula.loss import Loss, Settings, of_outputs, usual
from engine.formula.setting import NotNegative, says
from engine.formula.tree import ATOM, CHOICE, Formula, Spelled, Writing


class BinaryCrossEntropy(Settings, frozen=True, kw_only=True):
    """Settings of binary_cross_entropy."""

    pos_weight: Annotated[NotNegative, says("p: a factor of the part t·ln y, of what should be 1")] = 1.0


def _made(settings: BinaryCrossEntropy) -> Loss:
    p = settings.pos_weight
    return replace(PLAIN, settings=settings, make=_made) if p == 1 else _weighted(p)


def _of(hit: Formula, miss: Formula, t: Formula, p: float) -> Formula:
    """p·t·hit + (1 − t)·miss."""
    return ADD(MULTIPLY(MULTIPLY(p, t), hit), MULTIPLY(SUBTRACT(1.0, t), miss))


def _weighted(p: float) -> Loss:
    def value(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
        hit = p * t * f.log(y) if p * t else y - y
        return -(hit + ((1 - t) * f.log1p(-y) if t != 1 else y - y))

    def slope(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
        return quotient(1 - t, 1 - y) - quotient(p * t, y)

    def values(y: Array, t: Array, m: int) -> Array:
        hit = np.where(p * t != 0, p * t * of_arrays("log")(y), y - y)
        return np.asarray(-(hit + np.where(t != 1, (1 - t) * of_arrays("log1p")(-y), y - y)))

    def slopes(y: Array, t: Array, m: int) -> Array:
        return quotients(1 - t, 1 - y) - quotients(p * t, y)

    def written(library: str) -> Spelled:
        log, log1p, where = (f"{library}.{name}" for name in ("log", "log1p", "where"))
        hit = f"{p!r} * {{1}} * {log}({where}({{1}} != 0, {{0}}, 1.0))"
        return Spelled(of_outputs(f"-({hit} + (1 - {{1}}) * {log1p}({where}({{1}} != 1, -{{0}}, 0.0)))"))

    slope_text = f"quotient(1 - {{1}}, 1 - {{0}}) - quotient({p!r} * {{1}}, {{0}})"
    numpy = replace(written("np"), slope=of_outputs(slope_text), define=QUOTIENT_IN_NUMPY)
    return replace(
        PLAIN,
        formula=lambda y, t, m: NEGATE(_of(LOG(y), LOG(SUBTRACT(1.0, y)), t, p)),
        slope_formula=lambda y, t, m: SUBTRACT(DIVIDE(SUBTRACT(1.0, t), SUBTRACT(1.0, y)), DIVIDE(MULTIPLY(p, t), y)),
        stable=(value, slope),
        fused={"sigmoid": _fused(p)},
        arrays=(values, slopes),
        scripts={"numpy": numpy, "torch": written("torch")},
        make=_made,
    )


def _fused(p: float) -> Fused:
    def errors(x: list[Number], t: list[float], f: Functions[Number]) -> list[Number]:
        return [
            p * target * SOFTPLUS.value(-value, f) + (1 - target) * SOFTPLUS.value(value, f)
            for value, target in zip(x, t, strict=True)
        ]

    def of_rows(x: Array, t: Array) -> Array:
        rest, positive = of_arrays("log1p")(of_arrays("exp")(-np.abs(x))), x > 0
        hit = p * t * np.where(x < 0, rest - x, rest)
        return np.asarray(hit + (1 - t) * np.where(positive, x + rest, rest))

    def terms(x: list[float], y: list[float], t: list[float]) -> list[tuple[float, float]]:
        return [
            ((1 - target) * output, p * target * SIGMOID.value(-value, REAL))
            for value, output, target in zip(x, y, t, strict=True)
        ]

    numpy = Spelled(
        of_outputs(f"{p!r} * {{1}} * np.logaddexp(0, -{{0}}) + (1 - {{1}}) * np.logaddexp(0, {{0}})"),
        of_outputs(f"(1 - {{2}}) * {{1}} - {p!r} * {{2}} * sigmoid(-{{0}})"),
        define=SIGMOID_IN_NUMPY.define,
        remark="sigmoid and binary_cross_entropy cancel: (1 - t) y less what is missing where t is 1",
    )
    torch = f'F.binary_cross_entropy_with_logits({{0}}, {{1}}, pos_weight=tensor({p!r}), reduction="none")'
    return Fused(
        lambda x, t: _of(LOG(ADD(1.0, EXP(NEGATE(x)))), LOG(ADD(1.0, EXP(x))), t, p),
        errors,
        terms,
        OfRows(of_rows, lambda x, y, t: (1 - t) * y - p * t * shares(x)[1]),
        lambda x, t: SUBTRACT(
            MULTIPLY(SUBTRACT(1.0, t), SIGMOID.function(x)), MULTIPLY(MULTIPLY(p, t), SIGMOID.function(NEGATE(x)))
        ),
        {"numpy": numpy, "torch": Spelled(Writing(torch, ATOM, (CHOICE,)))},
        slope=lambda y, t: SUBTRACT(MULTIPLY(SUBTRACT(1.0, t), y), MULTIPLY(MULTIPLY(p, t), SUBTRACT(1.0, y))),
    )


BINARY_CROSS_ENTROPY = usual(_made, BinaryCrossEntropy())
