"""The elementary functions over the real and over the complex numbers.

Activations and losses are written once, over either field: stepping uses the real functions, and the gradient check
puts complex numbers through the same formulas (the complex step of Squire and Trapp, 1998). The real ones come from
`math` and not from numpy, whose `exp` differs in the last bit between processors. What compares, compares real parts.
"""

import cmath
import math
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace

Number = TypeVar("Number", float, complex)

NOT_A_NUMBER = complex(math.nan, math.nan)


class Functions(Struct, Generic[Number], frozen=True, kw_only=True):
    """Functions over one field. Outside their domain they give ±inf or nan and never raise.

    Attributes:
        single: whether numbers are of single precision, every operation rounded to it.
        of_outputs: whether slopes are computed as one writes them, from outputs.
        as_defined: whether an error is computed as it is defined, from outputs, too.
    """

    exp: Callable[[Number], Number]
    expm1: Callable[[Number], Number]
    log: Callable[[Number], Number]
    log1p: Callable[[Number], Number]
    sqrt: Callable[[Number], Number]
    sin: Callable[[Number], Number]
    cos: Callable[[Number], Number]
    tan: Callable[[Number], Number]
    sinh: Callable[[Number], Number]
    cosh: Callable[[Number], Number]
    tanh: Callable[[Number], Number]
    erf: Callable[[Number], Number]
    erfc: Callable[[Number], Number]
    abs: Callable[[Number], Number]
    sign: Callable[[Number], Number]
    quotient: Callable[[Number, Number], Number]
    power: Callable[[Number, Number], Number]
    single: bool = False
    of_outputs: bool = False
    as_defined: bool = False


# The real numbers


def _within(function: Callable[[float], float], beyond: Callable[[float], float]) -> Callable[[float], float]:
    """The function, with ±inf as `beyond` has it where it is too large for a float, and nan where it has no value."""

    def never_raises(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return beyond(x)
        except ValueError:
            return math.nan

    return never_raises


def _infinite(x: float) -> float:
    return math.inf


def _infinite_as_signed(x: float) -> float:
    return math.copysign(math.inf, x)


def _log(x: float) -> float:
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan


def _log1p(x: float) -> float:
    if x > -1:
        return math.log1p(x)
    return -math.inf if x == -1 else math.nan


def _sqrt(x: float) -> float:
    return math.sqrt(x) if x >= 0 else math.nan


def _sign(x: Number) -> Number:
    zero = x - x
    if x.real > 0:
        return zero + 1
    return zero - 1 if x.real < 0 else zero


def _abs(x: Number) -> Number:
    if x.real > 0:
        return x
    return -x if x.real < 0 else x - x


def _quotient(a: float, b: float) -> float:
    if b != 0:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _power(a: float, b: float) -> float:
    # floats only, so the work is bounded whatever the exponent
    try:
        result: Any = a**b
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    return math.nan if isinstance(result, complex) else float(result)


# The complex numbers: real ones with the least imaginary part, as far as it goes


def _complex(function: Callable[[complex], complex], real: Callable[[float], float]) -> Callable[[complex], complex]:
    """The function; where it is too large for a float, or has no value, what the real one has there."""

    def never_raises(z: complex) -> complex:
        try:
            return function(z)
        except (OverflowError, ValueError):
            return complex(real(z.real), math.nan)

    return never_raises


def _complex_exp(z: complex) -> complex:
    try:
        return cmath.exp(z)
    except (OverflowError, ValueError):
        return complex(REAL.exp(z.real), math.nan)


def _complex_expm1(z: complex) -> complex:
    half = math.sin(z.imag / 2)
    power = math.exp(z.real)
    return complex(math.expm1(z.real) * math.cos(z.imag) - 2 * half * half, power * math.sin(z.imag))


def _complex_log(z: complex) -> complex:
    if z.real < 0:
        return NOT_A_NUMBER
    return cmath.log(z) if z else complex(-math.inf)


def _complex_log1p(z: complex) -> complex:
    """ln(1 + a + ib) as ln(1 + a) + ln(1 + ib/(1 + a)): of a small a no digit is lost."""
    if z.real <= -1:
        return _complex_log(1 + z)
    ratio = z.imag / (1 + z.real)
    return complex(math.log1p(z.real) + math.log1p(ratio * ratio) / 2, math.atan2(z.imag, 1 + z.real))


def _complex_sqrt(z: complex) -> complex:
    return cmath.sqrt(z) if not z.real < 0 else NOT_A_NUMBER


def _complex_quotient(a: complex, b: complex) -> complex:
    return a / b if b else complex(_quotient(a.real, b.real), math.nan)


def _complex_power(a: complex, b: complex) -> complex:
    """r(1 + is) to the p + iq, as r^p·e^((p + iq)·ln(1 + is) + iq·ln r): of a negative r for a whole p alone."""
    r, p = a.real, b.real
    value = _power(r, p)
    if r == 0:
        return complex(a) if b == 1 else complex(value)
    if (r < 0 and b.imag != 0) or not math.isfinite(value):
        return complex(value, math.nan)
    ratio = a.imag / r
    turned = complex(math.log1p(ratio * ratio) / 2, math.atan(ratio))
    return value * _complex_exp(b * turned + complex(0, b.imag * math.log(abs(r)) if b.imag else 0.0))


SERIES_BELOW = 1.4
"""Up to here the power series of the error function serves, beyond it the continued fraction of 1 − erf."""
FRACTION = 120
"""Its terms: at 1.4 more of them change nothing."""


def _erf_series(z: complex) -> complex:
    """2/√π·(z − z³/3 + z⁵/10 − …)."""
    power, total, number = z, z, 0
    while abs(power) > 1e-18 * abs(total):
        number += 1
        power = -power * z * z / number
        total += power / (2 * number + 1)
    return total * (2 / math.sqrt(math.pi))


def _erfc_fraction(z: complex) -> complex:
    """e^(−z²)/√π / (z + ½/(z + 1/(z + 3/2/(z + …)))), for Re z > 0."""
    rest = z
    for number in range(FRACTION, 0, -1):
        rest = z + number / 2 / rest
    return cmath.exp(-z * z) / (rest * math.sqrt(math.pi))


def _erf_beside(z: complex) -> complex:
    """erf z − erf(Re z): what the imaginary part makes of it, from formulas that know no derivative."""
    x = z.real
    if not math.isfinite(x) or math.erfc(abs(x)) == 0:  # so far out there is nothing left, and z² may be too large
        return 0j
    if abs(x) < SERIES_BELOW:
        return _erf_series(z) - _erf_series(complex(x))
    side = 1 if x > 0 else -1
    return side * (_erfc_fraction(complex(side * x)) - _erfc_fraction(side * z))


def _complex_erf(z: complex) -> complex:
    return math.erf(z.real) + _erf_beside(z)


def _complex_erfc(z: complex) -> complex:
    return math.erfc(z.real) - _erf_beside(z)


REAL = Functions[float](
    exp=_within(math.exp, _infinite),
    expm1=_within(math.expm1, _infinite),
    log=_log,
    log1p=_log1p,
    sqrt=_sqrt,
    sin=_within(math.sin, _infinite),
    cos=_within(math.cos, _infinite),
    tan=_within(math.tan, _infinite),
    sinh=_within(math.sinh, _infinite_as_signed),
    cosh=_within(math.cosh, _infinite),
    tanh=math.tanh,
    erf=math.erf,
    erfc=math.erfc,
    abs=_abs,
    sign=_sign,
    quotient=_quotient,
    power=_power,
)
COMPLEX = Functions[complex](
    exp=_complex_exp,
    expm1=_complex(_complex_expm1, REAL.expm1),
    log=_complex_log,
    log1p=_complex_log1p,
    sqrt=_complex_sqrt,
    sin=_complex(cmath.sin, REAL.sin),
    cos=_complex(cmath.cos, REAL.cos),
    tan=_complex(cmath.tan, REAL.tan),
    sinh=_complex(cmath.sinh, REAL.sinh),
    cosh=_complex(cmath.cosh, REAL.cosh),
    tanh=_complex(cmath.tanh, REAL.tanh),
    erf=_complex(_complex_erf, REAL.erf),
    erfc=_complex(_complex_erfc, REAL.erfc),
    abs=_abs,
    sign=_sign,
    quotient=_complex_quotient,
    power=_complex_power,
)

OF_OUTPUTS = replace(REAL, of_outputs=True)
"""The real numbers, for who takes slopes from outputs."""
BY_HAND = replace(REAL, of_outputs=True, as_defined=True)
"""The real numbers, for who computes by hand, from the numbers that are written down."""


def _in_single(function: Callable[..., Any]) -> Callable[..., np.float32]:
    """The function computed in double precision and rounded."""

    def rounded(*numbers: np.float32) -> np.float32:
        return np.float32(function(*map(float, numbers)))

    return rounded


_SINGLE: dict[str, Any] = {name: _in_single(one) for name, one in asdict(REAL).items() if callable(one)}
SINGLE: Functions[Any] = Functions(**_SINGLE | {"single": True, "of_outputs": True})
"""The numbers of single precision, as frameworks compute with them: numpy's, whose own operations round likewise."""
