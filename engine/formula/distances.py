"""Losses of how far outputs are from targets, and of the side on which they are."""

import math
from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np

from engine.formula.arithmetic import Array
from engine.formula.corner import Corner, chosen
from engine.formula.corners import extreme
from engine.formula.exact import of_arrays
from engine.formula.field import Functions, Number
from engine.formula.functions import (
    ABSOLUTE,
    CHOOSE,
    DIVIDE,
    HALF,
    HYPERBOLIC_COSINE,
    HYPERBOLIC_TANGENT,
    LOG,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    NEGATE,
    SIGN,
    SQUARE,
    SUBTRACT,
)
from engine.formula.loss import SIGNS, Halved, Loss, Settings, of_outputs, usual
from engine.formula.setting import Positive, Share, says
from engine.formula.tree import ATOM, CHOICE, PRODUCT, Formula, Spelled, Writing


class Huber(Settings, frozen=True, kw_only=True):
    """Settings of huber."""

    delta: Annotated[Positive, says("δ: the distance from which it is a straight line")] = 1.0


class SmoothL1(Settings, frozen=True, kw_only=True):
    """Settings of smooth_l1."""

    beta: Annotated[Positive, says("β: the distance from which it is a straight line")] = 1.0


_Corner = Annotated[
    Share, says("which slope is taken where it jumps: left + corner · (right − left), by y − t at 0 or by t·y at 1")
]


class AbsoluteError(Settings, frozen=True, kw_only=True):
    """Settings of absolute_error."""

    corner: Annotated[
        Share, says("the slope where y is t is −1 + 2 · corner; where ty is 1 it is t · (corner − 1)")
    ] = 0.5


class Hinge(Settings, frozen=True, kw_only=True):
    """Settings of hinge."""

    corner: Annotated[
        Share, says("the slope where y is t is −1 + 2 · corner; where ty is 1 it is t · (corner − 1)")
    ] = 1.0


class HalfSquared(Halved, frozen=True, kw_only=True):
    """Settings of half_squared_error."""

    half: Annotated[bool, says("whether there is a ½ before it")] = True


class MeanSquared(Halved, frozen=True, kw_only=True):
    """Settings of mean_squared_error."""

    over_outputs: Annotated[
        Literal["sum", "mean"], says("whether an example's error is the sum or the mean over its outputs")
    ] = "mean"


def _squared(name: str) -> Callable[[Halved], Loss]:
    """½(y − t)², or without the ½; three names that differ in what is usual."""

    def made(settings: Halved) -> Loss:
        def part(y: Formula, t: Formula, m: Formula) -> Formula:
            square = SQUARE(SUBTRACT(y, t))
            return MULTIPLY(HALF, square) if settings.half else square

        def slope(y: Formula, t: Formula, m: Formula) -> Formula:
            difference = SUBTRACT(y, t)
            return difference if settings.half else MULTIPLY(2.0, difference)

        return Loss(name, part, slope, family="squared_error", make=made)

    return made


def _halved(formula: Formula, *, half: bool) -> Formula:
    return MULTIPLY(HALF, formula) if half else formula


def _huber(settings: Huber) -> Loss:
    """½(y − t)² up to a distance of δ, and a straight line beyond."""
    delta = settings.delta

    def part(y: Formula, t: Formula, m: Formula) -> Formula:
        size = ABSOLUTE(SUBTRACT(y, t))
        line = SUBTRACT(size, HALF) if delta == 1 else MULTIPLY(delta, SUBTRACT(size, delta / 2))
        return CHOOSE(line, size, delta, MULTIPLY(HALF, SQUARE(SUBTRACT(y, t))))

    return Loss(
        "huber",
        part,
        lambda y, t, m: MAXIMUM(-delta, MINIMUM(delta, SUBTRACT(y, t))),
        scripts={
            "numpy": _huber_in_numpy("" if delta == 1 else f", {delta!r}"),
            "torch": Spelled(Writing(f"F.huber_loss({{0}}, {{1}}, {_delta('delta', delta)}{_NONE})", ATOM, (CHOICE,))),
        },
        make=_huber,
    )


def _smooth_l1(settings: SmoothL1) -> Loss:
    """½(y − t)²/β up to a distance of β, and |y − t| − ½β beyond."""
    beta = settings.beta

    def part(y: Formula, t: Formula, m: Formula) -> Formula:
        size, square = ABSOLUTE(SUBTRACT(y, t)), MULTIPLY(HALF, SQUARE(SUBTRACT(y, t)))
        curve = square if beta == 1 else DIVIDE(square, beta)
        return CHOOSE(SUBTRACT(size, HALF if beta == 1 else beta / 2), size, beta, curve)

    def slope(y: Formula, t: Formula, m: Formula) -> Formula:
        difference = SUBTRACT(y, t)
        return MAXIMUM(-1.0, MINIMUM(1.0, difference if beta == 1 else DIVIDE(difference, beta)))

    numpy = _huber_in_numpy("") if beta == 1 else _huber_in_numpy(f", {beta!r}", f" / {beta!r}")
    return Loss(
        "smooth_l1",
        part,
        slope,
        scripts={
            "numpy": numpy,
            "torch": Spelled(
                Writing(f"F.smooth_l1_loss({{0}}, {{1}}, {_delta('beta', beta)}{_NONE})", ATOM, (CHOICE,))
            ),
        },
        make=_smooth_l1,
    )


_NONE = 'reduction="none"'


def _delta(name: str, value: float) -> str:
    return "" if value == 1 else f"{name}={value!r}, "


def _log_cosh(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    size = f.abs(y - t)
    if size.real < 1:  # cosh² is 1 / (1 − tanh²)
        part = f.tanh(y - t)
        return -f.log1p(-(part * part)) / 2
    return size + f.log1p(f.exp(-2 * size)) - math.log(2)


def _log_cosh_slope(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return f.tanh(y - t)


def _log_coshes(y: Array, t: Array, m: int) -> Array:
    size, part = np.abs(y - t), of_arrays("tanh")(y - t)
    near = -of_arrays("log1p")(-(part * part)) / 2
    return np.where(size < 1, near, size + of_arrays("log1p")(of_arrays("exp")(-2 * size)) - math.log(2))


def _log_cosh_slopes(y: Array, t: Array, m: int) -> Array:
    return of_arrays("tanh")(y - t)


def _missing(y: Formula, t: Formula, corner: float = 1.0) -> Formula:
    """How much an output lacks of being 1 or more on its target's side."""
    greater = MAXIMUM if corner == 1 else extreme("max", 1 - corner)
    return greater(0.0, SUBTRACT(1.0, MULTIPLY(t, y)))


_LOG_COSH_IN_NUMPY = """
def log_cosh(d):
    near, size = np.clip(d, -1, 1), np.abs(d)  # without overflow, and where cosh is near 1 with the digits beyond
    return np.where(size < 1, -np.log1p(-np.tanh(near) ** 2) / 2, size + np.log1p(np.exp(-2 * size)) - np.log(2))
"""
_LOG_COSH_IN_TORCH = """
def log_cosh(d):
    near, size = d.clamp(-1, 1), d.abs()  # without overflow, and where cosh is near 1 with the digits beyond
    beyond = size + torch.log1p(torch.exp(-2 * size)) - torch.log(tensor(2.0))
    return torch.where(size < 1, -torch.log1p(-torch.tanh(near) ** 2) / 2, beyond)
"""


def _huber_in_numpy(delta: str, over: str = "") -> Spelled:
    if not delta:
        return Spelled(
            of_outputs("huber({0} - {1})"),
            define="""
def huber(d):
    near = np.minimum(np.abs(d), 1)
    return near * (np.abs(d) - near / 2)  # d^2 / 2 up to 1, |d| - 1/2 beyond, without overflow
""",
        )
    return Spelled(
        Writing(f"huber({{0}} - {{1}}{delta}){over}", PRODUCT, (ATOM,)),
        define="""
def huber(d, delta):
    near = np.minimum(np.abs(d), delta)
    return near * (np.abs(d) - near / 2)  # d^2 / 2 up to delta, delta (|d| - delta / 2) beyond, without overflow
""",
    )


def _squared_hinge(settings: Halved) -> Loss:
    text = "F.relu(1 - {1} * {0}) ** 2"
    return Loss(
        "squared_hinge",
        lambda y, t, m: _halved(SQUARE(_missing(y, t)), half=settings.half),
        lambda y, t, m: MULTIPLY(MULTIPLY(-1.0 if settings.half else -2.0, t), _missing(y, t)),
        targets=SIGNS,
        scripts={"torch": Spelled(of_outputs(f"{text} / 2" if settings.half else text))},
        make=_squared_hinge,
    )


def _absolute_error(settings: AbsoluteError) -> Loss:
    """|y − t|, whose slope jumps from −1 to 1 where y is t."""
    corner = Corner(0.0, -1.0, 1.0, settings.corner)

    def slope(y: Formula, t: Formula, m: Formula) -> Formula:
        difference = SUBTRACT(y, t)
        return chosen(SIGN(difference), corner.slope, difference) if corner.slope else SIGN(difference)

    text = f"torch.abs({{0}} - {{1}}) + torch.where({{0}} == {{1}}, {corner.slope!r} * ({{0}} - {{1}}), 0.0)"
    return Loss(
        "absolute_error",
        lambda y, t, m: ABSOLUTE(SUBTRACT(y, t)),
        slope,
        scripts={"torch": Spelled(of_outputs(text))} if corner.slope else {},
        corner=lambda y, t: SUBTRACT(y, t),
        jump=(corner, "y − t"),
        make=_absolute_error,
    )


def _hinge(settings: Hinge) -> Loss:
    """max(0, 1 − t·y), whose slope by t·y jumps from −1 to 0 at 1."""
    corner = Corner(1.0, -1.0, 0.0, settings.corner)

    def slope(y: Formula, t: Formula, m: Formula) -> Formula:
        found = CHOOSE(NEGATE(t), 1.0, MULTIPLY(t, y), 0.0)
        return chosen(found, MULTIPLY(corner.slope, t), MULTIPLY(t, y), 1.0) if corner.slope else found

    text = "F.relu(1 - {1} * {0})"
    if corner.slope:
        text += f" + torch.where({{1}} * {{0}} == 1, {corner.slope!r} * ({{1}} * {{0}} - 1), 0.0)"
    return Loss(
        "hinge",
        lambda y, t, m: _missing(y, t, settings.corner),
        slope,
        targets=SIGNS,
        scripts={"torch": Spelled(of_outputs(text))},
        corner=lambda y, t: SUBTRACT(1.0, MULTIPLY(t, y)),
        jump=(corner, "t·y"),
        make=_hinge,
    )


ABSOLUTE_ERROR, HINGE = usual(_absolute_error, AbsoluteError()), usual(_hinge, Hinge())
HALF_SQUARED_ERROR = usual(_squared("half_squared_error"), HalfSquared())
SQUARED_ERROR = usual(_squared("squared_error"), Halved())
MEAN_SQUARED_ERROR = usual(_squared("mean_squared_error"), MeanSquared())
HUBER, SMOOTH_L1 = usual(_huber, Huber()), usual(_smooth_l1, SmoothL1())
LOG_COSH = Loss(
    "log_cosh",
    lambda y, t, m: LOG(HYPERBOLIC_COSINE(SUBTRACT(y, t))),
    lambda y, t, m: HYPERBOLIC_TANGENT(SUBTRACT(y, t)),
    (_log_cosh, _log_cosh_slope),
    arrays=(_log_coshes, _log_cosh_slopes),
    scripts={
        "numpy": Spelled(of_outputs("log_cosh({0} - {1})"), of_outputs("np.tanh({0} - {1})"), _LOG_COSH_IN_NUMPY),
        "torch": Spelled(of_outputs("log_cosh({0} - {1})"), define=_LOG_COSH_IN_TORCH),
    },
)
SQUARED_HINGE = usual(_squared_hinge, Halved())
