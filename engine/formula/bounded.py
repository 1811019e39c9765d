"""Activations whose outputs stay between two bounds."""

from typing import Annotated

import numpy as np

from engine.formula.activation import Activation, Settings, called, of_operand
from engine.formula.arithmetic import Array
from engine.formula.corner import Corner
from engine.formula.exact import of_arrays
from engine.formula.field import Functions, Number
from engine.formula.functions import (
    ABSOLUTE,
    ADD,
    CHOOSE,
    DIVIDE,
    EXP,
    HALF,
    HYPERBOLIC_TANGENT,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    NEGATE,
    SQUARE,
    SUBTRACT,
    signs,
)
from engine.formula.setting import Positive, says
from engine.formula.tree import Formula, Lines, Spelled

ZERO, ONE, FOUR, MINUS_TWO = map(np.array, (0.0, 1.0, 4.0, -2.0))
"""As arrays numpy takes them in half the time."""


def _sigmoid(x: Number, f: Functions[Number]) -> Number:
    if x.real >= 0 or f.single:  # in single precision as those write it whose numbers are to be met
        return 1 / (1 + f.exp(-x))
    power = f.exp(x)
    return power / (1 + power)


def _sigmoid_slope(x: Number, f: Functions[Number]) -> Number:
    # y·(1 − y), with 1 − σ(x) taken as σ(−x): subtracting would lose every digit of a saturated node's slope.
    return _sigmoid(x, f) * _sigmoid(-x, f)


def shares(x: Array) -> tuple[Array, Array]:
    """σ(x) and σ(−x), with one call of exp for both."""
    power = of_arrays("exp")(-np.abs(x))
    below = 1 + power
    large, small, positive = 1 / below, power / below, x >= 0
    return np.where(positive, large, small), np.where(positive, small, large)


def _sigmoids(x: Array) -> tuple[Array, Array]:
    power = np.abs(x)
    power = of_arrays("exp")(np.negative(power, out=power))
    below = power + ONE
    large, small = ONE / below, np.divide(power, below, out=power)
    return np.where(x >= ZERO, large, small), np.multiply(large, small, out=below)


def _tanh(x: Number, f: Functions[Number]) -> Number:
    return f.tanh(x)


def _tanh_slope(x: Number, f: Functions[Number]) -> Number:
    # 1 − y², as 4e/(1 + e)² with e = exp(−2|x|) for the same reason
    power = f.exp(-2 * x if x.real >= 0 else 2 * x)
    return 4 * power / ((1 + power) * (1 + power))


def _tanhs(x: Array) -> tuple[Array, Array]:
    power = np.abs(x)
    power = of_arrays("exp")(np.multiply(power, MINUS_TWO, out=power))
    below = power + ONE
    np.multiply(below, below, out=below)
    np.multiply(power, FOUR, out=power)
    return of_arrays("tanh")(x), np.divide(power, below, out=below)


def _softsign(x: Number, f: Functions[Number]) -> Number:
    size = f.abs(x)
    if size.real < 1:
        return x / (1 + size)
    # far out 1 − 1/(1 + |x|): the complex step would subtract nearly equal numbers in x / (1 + |x|)
    return f.sign(x) * (1 - 1 / (1 + size))


def _softsign_slope(x: Number, f: Functions[Number]) -> Number:
    below = 1 + f.abs(x)
    return 1 / (below * below)


def _softsigns(x: Array) -> tuple[Array, Array]:
    size = np.abs(x)
    below = 1 + size
    return np.where(size < 1, x / below, signs(x) * (1 - 1 / below)), 1 / (below * below)


def _hard_tanh(x: Number, f: Functions[Number]) -> Number:
    return x if abs(x.real) < 1 else f.sign(x)


def _hard_tanh_slope(x: Number, f: Functions[Number]) -> Number:
    return x - x if abs(x.real) > 1 else 1 + 0 * x


def _hard_tanhs(x: Array) -> tuple[Array, Array]:
    size = np.abs(x)
    return np.where(size < 1, x, signs(x)), np.where(size > 1, x - x, 1 + 0 * x)


def _gaussian(x: Number, f: Functions[Number]) -> Number:
    if abs(x.real) > 1e150:  # x² is too large, and of a complex number nan: all that is left of either is 0
        return f.exp(-f.abs(x))
    return f.exp(-(x * x))


def _gaussian_slope(x: Number, f: Functions[Number]) -> Number:
    return -2 * x * f.exp(-(x * x))


def _gaussians(x: Array) -> tuple[Array, Array]:
    power = of_arrays("exp")(-(x * x))
    return power, -2 * x * power


def _step(x: Number, f: Functions[Number]) -> Number:
    return 1 + 0 * x if x.real > 0 else x - x


def _sign(x: Number, f: Functions[Number]) -> Number:
    return f.sign(x)


def _zero(x: Number, f: Functions[Number]) -> Number:
    return x - x


def _steps(x: Array) -> tuple[Array, Array]:
    return np.where(x > 0, 1 + 0 * x, x - x), x - x


def _all_signs(x: Array) -> tuple[Array, Array]:
    return signs(x), x - x


_SIGMOID_LINES = Lines(
    (
        "if {x} >= 0:",
        "    power = exp(-{x})",
        "    {y} = 1 / (1 + power)",
        "    c{y} = power / (1 + power)",
        "else:",
        "    power = exp({x})",
        "    {y} = power / (1 + power)",
        "    c{y} = 1 / (1 + power)",
    ),
    "{y} * c{y}",
)
"""c is σ(−x) = 1 − y, without another call of exp."""
_TANH_LINES = Lines(
    ("{y} = tanh({x})", "t{y} = exp(-2 * {x} if {x} >= 0 else 2 * {x})"), "4 * t{y} / ((1 + t{y}) * (1 + t{y}))"
)

SIGMOID_IN_NUMPY = Spelled(
    called("sigmoid"),
    called("sigmoid_slope"),
    """
def sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))  # 1 / (1 + exp(-x)), without overflow


def sigmoid_slope(x):
    return sigmoid(x) * sigmoid(-x)  # y (1 - y), where y near 1 leaves digits of 1 - y
""",
)
_TANH_IN_NUMPY = Spelled(
    slope=called("tanh_slope"),
    define="""
def tanh_slope(x):
    power = np.exp(-2 * np.abs(x))
    return 4 * power / (1 + power) ** 2  # 1 - y^2, where y near 1 leaves digits of it
""",
)

SIGMOID = Activation(
    "sigmoid",
    "σ",
    lambda x: DIVIDE(1.0, ADD(1.0, EXP(NEGATE(x)))),
    lambda x, y: MULTIPLY(y, SUBTRACT(1.0, y)),
    _sigmoid,
    _sigmoid_slope,
    flat=0.01,
    lines=_SIGMOID_LINES,
    latex=r"\sigma",
    scripts={"numpy": SIGMOID_IN_NUMPY, "torch": Spelled(called("torch.sigmoid"))},
    bent=6.0,
    arrays=_sigmoids,
)
TANH = Activation(
    "tanh",
    "tanh",
    lambda x: HYPERBOLIC_TANGENT(x),
    lambda x, y: SUBTRACT(1.0, SQUARE(y)),
    _tanh,
    _tanh_slope,
    flat=0.04,
    lines=_TANH_LINES,
    arrays=_tanhs,
    latex=r"\tanh",
    scripts={"numpy": _TANH_IN_NUMPY},
)
SOFTSIGN = Activation(
    "softsign",
    "softsign",
    lambda x: DIVIDE(x, ADD(1.0, ABSOLUTE(x))),
    lambda x, y: DIVIDE(1.0, SQUARE(ADD(1.0, ABSOLUTE(x)))),
    _softsign,
    _softsign_slope,
    flat=0.04,
    bent=8.0,
    arrays=_softsigns,
)


class HardSigmoid(Settings, frozen=True):
    """How steep the straight line is."""

    slope: Annotated[Positive, says("of hard_sigmoid that between its corners: 1/6, in the older form 0.2")] = 1 / 6


def _hard_sigmoid(own: HardSigmoid) -> Activation:
    slope, sixth = own.slope, own.slope == 1 / 6
    end = 3.0 if sixth else 0.5 / slope

    def value(x: Number, f: Functions[Number]) -> Number:
        if x.real >= end:
            return 1 + 0 * x
        if not x.real > -end:
            return x - x
        return (x + 3) / 6 if sixth else slope * x + 0.5

    def slope_at(x: Number, f: Functions[Number]) -> Number:
        return slope + 0 * x if abs(x.real) < end else x - x

    def line(x: Formula) -> Formula:
        return DIVIDE(ADD(x, 3.0), 6.0) if sixth else ADD(MULTIPLY(slope, x), HALF)

    def arrays(x: Array) -> tuple[Array, Array]:
        inner = (x + 3) / 6 if sixth else slope * x + 0.5
        value = np.where(x >= end, 1 + 0 * x, np.where(x > -end, inner, x - x))
        return value, np.where(np.abs(x) < end, slope + 0 * x, x - x)

    # F.hardsigmoid takes a sixth with seven digits; torch.clamp has the inner slope at the corners
    in_torch = "F.relu6({0} + 3) / 6" if sixth else f"F.hardtanh({slope!r} * {{0}} + 0.5, 0.0, 1.0)"
    return Activation(
        "hard_sigmoid",
        "hardsigmoid",
        lambda x: MAXIMUM(0.0, MINIMUM(1.0, line(x))),
        lambda x, y: CHOOSE(DIVIDE(1.0, 6.0) if sixth else slope, end, ABSOLUTE(x), 0.0),
        value,
        slope_at,
        corners=(Corner(-end, 0.0, slope), Corner(end, slope, 0.0, 1.0)),
        flat=0.006 if sixth else 0.036 * slope,
        scripts={"torch": Spelled(of_operand(in_torch))},
        bent=2 * end,
        arrays=arrays,
        settings=own,
        make=_hard_sigmoid,
        elsewhere=(HardSigmoid(slope=0.2),),
    )


HARD_SIGMOID = _hard_sigmoid(HardSigmoid())
HARD_TANH = Activation(
    "hard_tanh",
    "hardtanh",
    lambda x: MAXIMUM(-1.0, MINIMUM(1.0, x)),
    lambda x, y: CHOOSE(0.0, ABSOLUTE(x), 1.0, 1.0),
    _hard_tanh,
    _hard_tanh_slope,
    corners=(Corner(-1.0, 0.0, 1.0, 1.0), Corner(1.0, 1.0, 0.0)),  # as JAX, Keras on it and tinygrad; PyTorch has 0
    flat=0.04,
    scripts={"torch": Spelled(of_operand("torch.clamp({0}, -1.0, 1.0)"))},  # F.hardtanh has slope 0 there
    arrays=_hard_tanhs,
)
GAUSSIAN = Activation(
    "gaussian",
    "gaussian",
    lambda x: EXP(NEGATE(SQUARE(x))),
    lambda x, y: MULTIPLY(MULTIPLY(-2.0, x), y),
    _gaussian,
    _gaussian_slope,
    flat=0.01,
    arrays=_gaussians,
)
STEP = Activation(
    "step",
    "step",
    lambda x: CHOOSE(1.0, x, 0.0, 0.0),
    lambda x, y: 0.0,
    _step,
    _zero,
    jumps=(0.0,),
    flat=0.0,
    scripts={"torch": Spelled(of_operand("torch.sign(F.relu({0}))"))},
    arrays=_steps,
)
SIGN = Activation(
    "sign",
    "sgn",
    lambda x: CHOOSE(1.0, x, 0.0, CHOOSE(-1.0, 0.0, x, 0.0)),
    lambda x, y: 0.0,
    _sign,
    _zero,
    jumps=(0.0,),
    flat=0.0,
    scripts={"torch": Spelled(called("torch.sign"))},
    arrays=_all_signs,
)

BOUNDED = (SIGMOID, TANH, SOFTSIGN, HARD_SIGMOID, HARD_TANH, GAUSSIAN, STEP, SIGN)
