"""Activations whose outputs grow without bound, on a smooth curve."""

import math
from typing import Annotated, Literal, TypeVar

import numpy as np

from engine.formula.activation import Activation, Settings, called, of_operand
from engine.formula.arithmetic import Array
from engine.formula.bounded import SIGMOID, SIGMOID_IN_NUMPY, shares
from engine.formula.exact import of_arrays
from engine.formula.field import Functions, Number
from engine.formula.functions import (
    ADD,
    DIVIDE,
    ERROR_FUNCTION,
    EXP,
    HALF,
    HYPERBOLIC_TANGENT,
    LOG,
    MULTIPLY,
    NEGATE,
    PI,
    SQRT,
    SQUARE,
    SUBTRACT,
)
from engine.formula.setting import Positive, says
from engine.formula.tree import Formula, Lines, Spelled

Of = TypeVar("Of", float, complex, Array)


def _identities(x: Array) -> tuple[Array, Array]:
    return x, 1 + 0 * x


def _identity(x: Number, f: Functions[Number]) -> Number:
    return x


def _one(x: Number, f: Functions[Number]) -> Number:
    return 1 + 0 * x


def _plain_softplus(x: Number, f: Functions[Number]) -> Number:
    # ln(1 + e^x), without overflow
    return x + f.log1p(f.exp(-x)) if x.real > 0 else f.log1p(f.exp(x))


def softpluses(x: Array) -> tuple[Array, Array]:
    """softplus of each number, and its slope."""
    power = of_arrays("exp")(-np.abs(x))
    rest, below = of_arrays("log1p")(power), 1 + power
    return np.where(x > 0, x + rest, rest), np.where(x >= 0, 1 / below, power / below)


def _exact_gelu(x: Number, f: Functions[Number]) -> Number:
    # 1 + erf(z) as 1 − erf(−z), which keeps its digits where erf(z) nears −1
    return x / 2 * f.erfc(-x / math.sqrt(2))


def _exact_gelu_slope(x: Number, f: Functions[Number]) -> Number:
    return f.erfc(-x / math.sqrt(2)) / 2 + x * f.exp(-(x * x) / 2) / math.sqrt(2 * math.pi)


def _exact_gelus(x: Array) -> tuple[Array, Array]:
    share = of_arrays("erfc")(-x / math.sqrt(2))
    return x / 2 * share, share / 2 + x * of_arrays("exp")(-(x * x) / 2) / math.sqrt(2 * math.pi)


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


def _silus(x: Array) -> tuple[Array, Array]:
    share, rest = shares(x)
    return x * share, share * (1 + x * rest)


def _silu_slope_formula(x: Formula) -> Formula:
    share = SIGMOID.function(x)
    return MULTIPLY(share, ADD(1.0, MULTIPLY(x, SUBTRACT(1.0, share))))


def _exp(x: Number, f: Functions[Number]) -> Number:
    return f.exp(x)


def _exps(x: Array) -> tuple[Array, Array]:
    power = of_arrays("exp")(x)
    return power, power


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

IDENTITY = Activation("identity", "id", lambda x: x, lambda x, y: 1.0, _identity, _one, arrays=_identities)


class Softplus(Settings, frozen=True):
    """How sharp its bend is."""

    beta: Annotated[Positive, says("β of softplus, ln(1 + e^(β·x)) / β")] = 1.0


def _softplus(own: Softplus) -> Activation:
    beta = own.beta
    plain = beta == 1

    def scaled(x: Formula) -> Formula:
        return x if plain else MULTIPLY(beta, x)

    def formula(x: Formula) -> Formula:
        whole = LOG(ADD(1.0, EXP(scaled(x))))
        return whole if plain else DIVIDE(whole, beta)

    def arrays(x: Array) -> tuple[Array, Array]:
        values, slopes = softpluses(beta * x)
        return values / beta, slopes

    factor, below = ("", "") if plain else (f"{beta!r} * ", f" / {beta!r}")
    return Activation(
        "softplus",
        "softplus",
        formula,
        lambda x, y: DIVIDE(1.0, ADD(1.0, EXP(NEGATE(scaled(x))))),
        _plain_softplus if plain else lambda x, f: _plain_softplus(beta * x, f) / beta,
        _sigmoid if plain else lambda x, f: _sigmoid(beta * x, f),
        flat=0.04,
        lines=_SOFTPLUS_LINES if plain else None,
        scripts={
            "numpy": Spelled(
                of_operand(f"np.logaddexp(0, {factor}{{0}}){below}"),
                of_operand(f"sigmoid({factor}{{0}})"),
                SIGMOID_IN_NUMPY.define,
            ),
            # F.softplus is x above 20
            "torch": Spelled(of_operand(f"torch.logaddexp({factor}{{0}}, torch.zeros_like({{0}})){below}")),
        },
        settings=own,
        make=_softplus,
        arrays=softpluses if plain else arrays,
    )


SOFTPLUS = _softplus(Softplus())


class Gelu(Settings, frozen=True):
    """Whether Φ is exact."""

    approximate: Annotated[
        Literal["none", "tanh"], says("tanh: gelu with ½·(1 + tanh(√(2/π)·(x + 0.044715·x³))) for Φ(x)")
    ] = "none"


CUBIC = 0.044715
"""Of the approximation by Hendrycks and Gimpel (2016)."""


def _tanh_of(x: Formula) -> Formula:
    cubic = ADD(x, MULTIPLY(CUBIC, MULTIPLY(x, SQUARE(x))))
    return HYPERBOLIC_TANGENT(MULTIPLY(SQRT(DIVIDE(2.0, PI)), cubic))


def _gelu_by_tanh_slope_formula(x: Formula) -> Formula:
    inner = MULTIPLY(SQRT(DIVIDE(2.0, PI)), ADD(1.0, MULTIPLY(3 * CUBIC, SQUARE(x))))
    steep = MULTIPLY(MULTIPLY(HALF, x), MULTIPLY(SUBTRACT(1.0, SQUARE(_tanh_of(x))), inner))
    return ADD(MULTIPLY(HALF, ADD(1.0, _tanh_of(x))), steep)


def _twice(x: Of) -> Of:
    """2·√(2/π)·(x + 0.044715·x³): ½·(1 + tanh u) is σ(2u), which keeps its digits where tanh u nears −1."""
    return 2 * math.sqrt(2 / math.pi) * x * (1 + CUBIC * x * x)


def _gelu_by_tanh(x: Number, f: Functions[Number]) -> Number:
    return x * _sigmoid(_twice(x), f)


def _gelu_by_tanh_slope(x: Number, f: Functions[Number]) -> Number:
    z = _twice(x)
    inner = 2 * math.sqrt(2 / math.pi) * (1 + 3 * CUBIC * x * x)
    share, rest = _sigmoid(z, f), _sigmoid(-z, f)
    # far out one of them is 0 where the factor beside it may be infinite
    return share * (1 + x * inner * rest) if share.real > 0 and rest.real > 0 else share


def _gelus_by_tanh(x: Array) -> tuple[Array, Array]:
    share, rest = shares(_twice(x))
    inner = 2 * math.sqrt(2 / math.pi) * (1 + 3 * CUBIC * x * x)
    return x * share, np.where((share > 0) & (rest > 0), share * (1 + x * inner * rest), share)


_GELU_BY_TANH_IN_NUMPY = f"""
def gelu_by_tanh(x):
    return x * sigmoid(twice(x))  # x (1 + tanh u) / 2, where tanh u near -1 leaves digits of it


def gelu_by_tanh_slope(x):
    inner = 2 * np.sqrt(2 / np.pi) * (1 + 3 * {CUBIC} * x * x)
    return sigmoid(twice(x)) * (1 + x * inner * sigmoid(-twice(x)))


def twice(x):
    return 2 * np.sqrt(2 / np.pi) * x * (1 + {CUBIC} * x * x)  # 2 u
"""


def _gelu(own: Gelu) -> Activation:
    if own.approximate == "tanh":
        in_torch = f"{{0}} * torch.sigmoid(2 * (2 / torch.pi) ** 0.5 * {{0}} * (1 + {CUBIC} * {{0}} * {{0}}))"
        in_numpy = SIGMOID_IN_NUMPY.define.rstrip() + "\n\n" + _GELU_BY_TANH_IN_NUMPY
        return Activation(
            "gelu",
            "GELU",
            lambda x: MULTIPLY(MULTIPLY(HALF, x), ADD(1.0, _tanh_of(x))),
            lambda x, y: _gelu_by_tanh_slope_formula(x),
            _gelu_by_tanh,
            _gelu_by_tanh_slope,
            flat=0.01,
            scripts={
                "numpy": Spelled(called("gelu_by_tanh"), called("gelu_by_tanh_slope"), in_numpy),
                "torch": Spelled(of_operand(in_torch)),  # F.gelu loses the digits of small outputs
            },
            arrays=_gelus_by_tanh,
            settings=own,
            make=_gelu,
        )
    return Activation(
        "gelu",
        "GELU",
        lambda x: MULTIPLY(x, _normal(x)),
        lambda x, y: ADD(_normal(x), MULTIPLY(x, _normal_density(x))),
        _exact_gelu,
        _exact_gelu_slope,
        flat=0.01,
        scripts={
            "numpy": _GELU_IN_NUMPY,
            # F.gelu loses the digits of small outputs
            "torch": Spelled(of_operand("{0} / 2 * torch.special.erfc(-{0} / 2**0.5)")),
        },
        arrays=_exact_gelus,
        settings=own,
        make=_gelu,
        elsewhere=(Gelu(approximate="tanh"),),
    )


GELU = _gelu(Gelu())
SILU = Activation(
    "silu",
    "SiLU",
    lambda x: DIVIDE(x, ADD(1.0, EXP(NEGATE(x)))),
    lambda x, y: _silu_slope_formula(x),
    _silu,
    _silu_slope,
    flat=0.01,
    lines=_SILU_LINES,
    arrays=_silus,
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
    arrays=_exps,
)

UNBOUNDED = (IDENTITY, SOFTPLUS, GELU, SILU, EXPONENTIAL)
