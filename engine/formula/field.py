"""The elementary functions over the real and over the complex numbers.

Activations and losses are written once, over either field: stepping uses the real functions, and the gradient check
puts complex numbers through the same formulas (the complex step of Squire and Trapp, 1998). The real ones come from
`math` and not from numpy, whose `exp` differs in the last bit between processors.
"""

import cmath
import math
from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct

Number = TypeVar("Number", float, complex)


class Functions(Struct, Generic[Number], frozen=True):
    """exp, tanh, log, log(1 + x) and √x over one field. Outside their domain they give ±inf or nan and never raise."""

    exp: Callable[[Number], Number]
    tanh: Callable[[Number], Number]
    log: Callable[[Number], Number]
    log1p: Callable[[Number], Number]
    sqrt: Callable[[Number], Number]


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


def _complex_log(z: complex) -> complex:
    return cmath.log(z) if z else complex(-math.inf)


REAL = Functions[float](math.exp, math.tanh, _log, _log1p, _sqrt)
COMPLEX = Functions[complex](cmath.exp, cmath.tanh, _complex_log, lambda z: _complex_log(1 + z), cmath.sqrt)
