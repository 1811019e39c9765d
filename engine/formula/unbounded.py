"""Activations whose outputs grow without bound: relu, and what is like it."""

import math

import numpy as np

from engine.formula.activation import Activation, called, of_operand
from engine.formula.arithmetic import Array
from engine.formula.bounded import SIGMOID, SIGMOID_IN_NUMPY
from engine.formula.field import Functions, Number
from engine.formula.functions import (
    ADD,
    CHOOSE,
    DIVIDE,
    ERROR_FUNCTION,
    EXP,
    HALF,
    LOG,
    MAXIMUM,
    MULTIPLY,
    NEGATE,
    PI,
    SQRT,
    SQUARE,
    SUBTRACT,
)
from engine.formula.tree import Formula, Lines, Spelled


def _relu(x: Number, f: Functions[Number]) -> Number:
    return x if x.real > 0 else x - x


def _relu_slope(x: Number, f: Functions[Number]) -> Number:
    return 1 + 0 * x if x.real > 0 else x - x


LEAK = 0.01
"""The slope of `leaky_relu` below zero."""


def _leaky_relu(x: Number, f: Functions[Number]) -> Number:
    return x if x.real > 0 else LEAK * x


def _leaky_relu_slope(x: Number, f: Functions[Number]) -> Number:
    return 1 + 0 * x if x.real > 0 else LEAK + 0 * x


def _relus(x: Array) -> tuple[Array, Array]:
    return np.where(x > 0, x, x - x), np.where(x > 0, 1 + 0 * x, x - x)


def _leaky_relus(x: Array) -> tuple[Array, Array]:
    return np.where(x > 0, x, LEAK * x), np.where(x > 0, 1 + 0 * x, LEAK + 0 * x)


def _identities(x: Array) -> tuple[Array, Array]:
    return x, 1 + 0 * x


def _identity(x: Number, f: Functions[Number]) -> Number:
    return x


def _one(x: Number, f: Functions[Number]) -> Number:
    return 1 + 0 * x


def _softplus(x: Number, f: Functions[Number]) -> Number:
    # ln(1 + e^x), without overflow
    return x + f.log1p(f.exp(-x)) if x.real > 0 else f.log1p(f.exp(x))


def _elu(x: Number, f: Functions[Number]) -> Number:
    return x if x.real > 0 else f.expm1(x)


def _elu_slope(x: Number, f: Functions[Number]) -> Number:
    return 1 + 0 * x if x.real > 0 else f.exp(x)


SELU_SCALE = 1.0507009873554804934193349852946
"""λ of Klambauer and others (2017): with it and α, outputs keep mean 0 and variance 1."""
SELU_BELOW = SELU_SCALE * 1.6732632423543772848170429916717
"""λ·α."""


def _selu(x: Number, f: Functions[Number]) -> Number:
    return SELU_SCALE * x if x.real > 0 else SELU_BELOW * f.expm1(x)


def _selu_slope(x: Number, f: Functions[Number]) -> Number:
    return SELU_SCALE + 0 * x if x.real > 0 else SELU_BELOW * f.exp(x)


def _gelu(x: Number, f: Functions[Number]) -> Number:
    # 1 + erf(z) as 1 − erf(−z), which keeps its digits where erf(z) nears −1
    return x / 2 * f.erfc(-x / math.sqrt(2))


def _gelu_slope(x: Number, f: Functions[Number]) -> Number:
    return f.erfc(-x / math.sqrt(2)) / 2 + x * f.exp(-(x * x) / 2) / math.sqrt(2 * math.pi)


_sigmoid = SIGMOID.value


def _normal(x: Formula) -> Formula:
    """½·(1 + erf(x / √2)): how much of a normal distribution lies below x."""
    return MULTIPLY(HALF, ADD(1.0, ERROR_FUNCTION(DIVIDE(x, SQRT(2.0)))))


def _normal_density(x: Formula) -> Formula:
    return DIVIDE(EXP(NEGATE(MULTIPLY(HALF, SQUARE(x)))), SQRT(MULTIPLY(2.0, PI)))


def _silu(x: Number, f: Functions[Number]) -> Number:
    return x * _sigmoid(x, f)


def _silu_slope(x: Number, f: Functions[Number]) -> Number:
    return _sigmoid(x, f) * (1 + x * _sigmoid(-x, f))


def _silu_slope_formula(x: Formula) -> Formula:
    share = SIGMOID.function(x)
    return MULTIPLY(share, ADD(1.0, MULTIPLY(x, SUBTRACT(1.0, share))))


def _exp(x: Number, f: Functions[Number]) -> Number:
    return f.exp(x)


_SOFTPLUS_LINES = Lines(
    (
        "if {x} > 0:",
        "    power = exp(-{x})",
        "    {y} = {x} + log1p(power)",
        "    s{y} = 1 / (1 + power)",
        "else:",
        "    power = exp({x})",
        "    {y} = log1p(power)",
        "    s{y} = power / (1 + power)",
    ),
    "s{y}",
)
_SILU_LINES = Lines(
    (
        "if {x} >= 0:",
        "    power = exp(-{x})",
        "    s{y} = 1 / (1 + power)",
        "    c{y} = power / (1 + power)",
        "else:",
        "    power = exp({x})",
        "    s{y} = power / (1 + power)",
        "    c{y} = 1 / (1 + power)",
        "{y} = {x} * s{y}",
        "s{y} = s{y} * (1 + {x} * c{y})",
    ),
    "s{y}",
)
_GELU_IN_NUMPY = Spelled(
    called("gelu"),
    called("gelu_slope"),
    """
import math

erfc = np.vectorize(math.erfc, otypes=[float])


def gelu(x):
    return x / 2 * erfc(-x / math.sqrt(2))  # x (1 + erf(x / sqrt(2))) / 2, where erf near -1 leaves digits of it


def gelu_slope(x):
    return erfc(-x / math.sqrt(2)) / 2 + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
""",
)
_SILU_IN_NUMPY = Spelled(
    of_operand("{0} * sigmoid({0})"), of_operand("sigmoid({0}) * (1 + {0} * sigmoid(-{0}))"), SIGMOID_IN_NUMPY.define
)

RELU = Activation(
    "relu",
    "ReLU",
    lambda x: MAXIMUM(0.0, x),
    lambda x, y: CHOOSE(1.0, x, 0.0, 0.0),
    _relu,
    _relu_slope,
    kinks=(0.0,),
    flat=0.0,
    arrays=_relus,
    scripts={"torch": Spelled(called("F.relu"))},  # its slope at 0 is ours; that of a maximum is another
)
LEAKY_RELU = Activation(
    "leaky_relu",
    "LReLU",
    lambda x: CHOOSE(x, x, 0.0, MULTIPLY(LEAK, x)),
    lambda x, y: CHOOSE(1.0, x, 0.0, LEAK),
    _leaky_relu,
    _leaky_relu_slope,
    kinks=(0.0,),
    arrays=_leaky_relus,
)
IDENTITY = Activation("identity", "id", lambda x: x, lambda x, y: 1.0, _identity, _one, arrays=_identities)
SOFTPLUS = Activation(
    "softplus",
    "softplus",
    lambda x: LOG(ADD(1.0, EXP(x))),
    lambda x, y: DIVIDE(1.0, ADD(1.0, EXP(NEGATE(x)))),
    _softplus,
    _sigmoid,
    flat=0.04,
    lines=_SOFTPLUS_LINES,
    scripts={
        "numpy": Spelled(of_operand("np.logaddexp(0, {0})"), called("sigmoid"), SIGMOID_IN_NUMPY.define),
        "torch": Spelled(of_operand("torch.logaddexp({0}, torch.zeros_like({0}))")),  # F.softplus is x above 20
    },
)
ELU = Activation(
    "elu",
    "ELU",
    lambda x: CHOOSE(x, x, 0.0, SUBTRACT(EXP(x), 1.0)),
    lambda x, y: CHOOSE(1.0, x, 0.0, EXP(x)),
    _elu,
    _elu_slope,
    flat=0.04,
    scripts={
        "numpy": Spelled(
            of_operand("np.where({0} > 0, {0}, np.expm1(np.minimum({0}, 0)))"), of_operand("np.exp(np.minimum({0}, 0))")
        ),
        "torch": Spelled(called("F.elu")),
    },
)
SELU = Activation(
    "selu",
    "SELU",
    lambda x: CHOOSE(MULTIPLY(SELU_SCALE, x), x, 0.0, MULTIPLY(SELU_BELOW, SUBTRACT(EXP(x), 1.0))),
    lambda x, y: CHOOSE(SELU_SCALE, x, 0.0, MULTIPLY(SELU_BELOW, EXP(x))),
    _selu,
    _selu_slope,
    kinks=(0.0,),
    flat=0.07,
    scripts={
        "numpy": Spelled(
            of_operand(f"np.where({{0}} > 0, {SELU_SCALE} * {{0}}, {SELU_BELOW} * np.expm1(np.minimum({{0}}, 0)))"),
            of_operand(f"np.where({{0}} > 0, {SELU_SCALE}, {SELU_BELOW} * np.exp(np.minimum({{0}}, 0)))"),
        ),
        "torch": Spelled(called("F.selu")),
    },
)
GELU = Activation(
    "gelu",
    "GELU",
    lambda x: MULTIPLY(x, _normal(x)),
    lambda x, y: ADD(_normal(x), MULTIPLY(x, _normal_density(x))),
    _gelu,
    _gelu_slope,
    flat=0.01,
    scripts={
        "numpy": _GELU_IN_NUMPY,
        # F.gelu loses the digits of small outputs
        "torch": Spelled(of_operand("{0} / 2 * torch.special.erfc(-{0} / 2**0.5)")),
    },
)
SILU = Activation(
    "silu",
    "SiLU",
    lambda x: DIVIDE(x, ADD(1.0, EXP(NEGATE(x)))),
    lambda x, y: _silu_slope_formula(x),
    _silu,
    _silu_slope,
    flat=0.01,
    lines=_SILU_LINES,
    scripts={"numpy": _SILU_IN_NUMPY, "torch": Spelled(called("F.silu"))},
    bent=6.0,
)
EXPONENTIAL = Activation(
    "exp",
    "exp",
    lambda x: EXP(x),
    lambda x, y: y,
    _exp,
    _exp,
    flat=0.04,
    lines=Lines(("{y} = exp({x})",), "{y}"),
    latex=r"\exp",
    bent=3.0,
    steep=True,
)
