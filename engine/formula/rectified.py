"""Activations that are a straight line on the right and bend at 0: relu, and what is like it."""

from typing import Annotated

import numpy as np

from engine.formula.activation import Activation, Settings, called, of_operand
from engine.formula.arithmetic import Array
from engine.formula.corner import Corner
from engine.formula.exact import of_arrays
from engine.formula.field import Functions, Number
from engine.formula.functions import CHOOSE, EXP, MAXIMUM, MULTIPLY, SUBTRACT
from engine.formula.setting import NotNegative, Positive, says
from engine.formula.tree import Formula, Spelled


def _relu(x: Number, f: Functions[Number]) -> Number:
    return x if x.real > 0 else x - x


def _relu_slope(x: Number, f: Functions[Number]) -> Number:
    return 1 + 0 * x if x.real > 0 else x - x


def _relus(x: Array) -> tuple[Array, Array]:
    return np.where(x > 0, x, x - x), np.where(x > 0, 1 + 0 * x, x - x)


def _selus(x: Array) -> tuple[Array, Array]:
    values = np.where(x > 0, SELU_SCALE * x, SELU_BELOW * of_arrays("expm1")(x))
    return values, np.where(x > 0, SELU_SCALE + 0 * x, SELU_BELOW * of_arrays("exp")(x))


SELU_SCALE = 1.0507009873554804934193349852946
"""λ of Klambauer and others (2017): with it and α, outputs keep mean 0 and variance 1."""
SELU_BELOW = SELU_SCALE * 1.6732632423543772848170429916717
"""λ·α."""


def _selu(x: Number, f: Functions[Number]) -> Number:
    return SELU_SCALE * x if x.real > 0 else SELU_BELOW * f.expm1(x)


def _selu_slope(x: Number, f: Functions[Number]) -> Number:
    return SELU_SCALE + 0 * x if x.real > 0 else SELU_BELOW * f.exp(x)


RELU = Activation(
    "relu",
    "ReLU",
    lambda x: MAXIMUM(0.0, x),
    lambda x, y: CHOOSE(1.0, x, 0.0, 0.0),
    _relu,
    _relu_slope,
    corners=(Corner(0.0, 0.0, 1.0),),
    flat=0.0,
    arrays=_relus,
    scripts={"torch": Spelled(called("F.relu"))},  # its slope at 0 is ours; that of a maximum is another
)


class LeakyRelu(Settings, frozen=True):
    """How much leaks."""

    slope: Annotated[NotNegative, says("of leaky_relu the slope below 0")] = 0.01


def _leaky_relu(own: LeakyRelu) -> Activation:
    slope = own.slope

    def value(x: Number, f: Functions[Number]) -> Number:
        return x if x.real > 0 else slope * x

    def slope_at(x: Number, f: Functions[Number]) -> Number:
        return 1 + 0 * x if x.real > 0 else slope + 0 * x

    def arrays(x: Array) -> tuple[Array, Array]:
        return np.where(x > 0, x, slope * x), np.where(x > 0, 1 + 0 * x, slope + 0 * x)

    return Activation(
        "leaky_relu",
        "LReLU",
        lambda x: CHOOSE(x, x, 0.0, MULTIPLY(slope, x)),
        lambda x, y: CHOOSE(1.0, x, 0.0, slope),
        value,
        slope_at,
        corners=(Corner(0.0, slope, 1.0),),
        arrays=arrays,
        settings=own,
        make=_leaky_relu,
        elsewhere=(LeakyRelu(slope=0.2), LeakyRelu(slope=0.3)),
    )


LEAKY_RELU = _leaky_relu(LeakyRelu())


class Elu(Settings, frozen=True):
    """How far down it goes."""

    alpha: Annotated[Positive, says("α of elu, which is α·(e^x − 1) below 0")] = 1.0


def _elu(own: Elu) -> Activation:
    alpha = own.alpha
    plain = alpha == 1

    def value(x: Number, f: Functions[Number]) -> Number:
        return x if x.real > 0 else alpha * f.expm1(x)

    def slope_at(x: Number, f: Functions[Number]) -> Number:
        return 1 + 0 * x if x.real > 0 else alpha * f.exp(x)

    def arrays(x: Array) -> tuple[Array, Array]:
        values = np.where(x > 0, x, alpha * of_arrays("expm1")(x))
        return values, np.where(x > 0, 1 + 0 * x, alpha * of_arrays("exp")(x))

    def below(formula: Formula) -> Formula:
        return formula if plain else MULTIPLY(alpha, formula)

    factor = "" if plain else f"{alpha!r} * "
    return Activation(
        "elu",
        "ELU",
        lambda x: CHOOSE(x, x, 0.0, below(SUBTRACT(EXP(x), 1.0))),
        lambda x, y: CHOOSE(1.0, x, 0.0, below(EXP(x))),
        value,
        slope_at,
        corners=(Corner(0.0, alpha, 1.0),),
        flat=0.04 * alpha,
        arrays=arrays,
        scripts={
            "numpy": Spelled(
                of_operand(f"np.where({{0}} > 0, {{0}}, {factor}np.expm1(np.minimum({{0}}, 0)))"),
                of_operand(
                    "np.exp(np.minimum({0}, 0))"
                    if plain
                    else f"np.where({{0}} > 0, 1.0, {factor}np.exp(np.minimum({{0}}, 0)))"
                ),
            ),
            "torch": Spelled(called("F.elu") if plain else of_operand(f"F.elu({{0}}, alpha={alpha!r})")),
        },
        settings=own,
        make=_elu,
    )


ELU = _elu(Elu())
SELU = Activation(
    "selu",
    "SELU",
    lambda x: CHOOSE(MULTIPLY(SELU_SCALE, x), x, 0.0, MULTIPLY(SELU_BELOW, SUBTRACT(EXP(x), 1.0))),
    lambda x, y: CHOOSE(SELU_SCALE, x, 0.0, MULTIPLY(SELU_BELOW, EXP(x))),
    _selu,
    _selu_slope,
    corners=(Corner(0.0, SELU_BELOW, SELU_SCALE),),
    flat=0.07,
    arrays=_selus,
    scripts={
        "numpy": Spelled(
            of_operand(f"np.where({{0}} > 0, {SELU_SCALE} * {{0}}, {SELU_BELOW} * np.expm1(np.minimum({{0}}, 0)))"),
            of_operand(f"np.where({{0}} > 0, {SELU_SCALE}, {SELU_BELOW} * np.exp(np.minimum({{0}}, 0)))"),
        ),
        "torch": Spelled(called("F.selu")),
    },
)

RECTIFIED = (RELU, LEAKY_RELU, ELU, SELU)
