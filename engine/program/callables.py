"""The functions that expressions may call, by the names and signs under which people and equations write them."""

import math
from collections.abc import Callable, Mapping
from functools import partial

from msgspec import Struct

from engine.formula.activations import ACTIVATIONS
from engine.formula.field import REAL


class Function(Struct, frozen=True):
    """What a name in an expression stands for; it never raises, but gives ±inf or nan.

    Attributes:
        value: the function.
        arguments: how many numbers it takes, in brackets.
        bare: whether one argument may follow without brackets: `ln 0.5`, `√2`.
    """

    value: Callable[..., float]
    arguments: int = 1
    bare: bool = False


def power(a: float, b: float) -> float:
    """a to the b; nan where that is no real number."""
    # floats only, so the work is bounded whatever the exponent
    try:
        result = a**b
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    return math.nan if isinstance(result, complex) else float(result)


def _exp(a: float) -> float:
    try:
        return math.exp(a)
    except OverflowError:
        return math.inf


def _root(a: float) -> float:
    return math.sqrt(a) if a >= 0 else math.nan


def _activations() -> dict[str, Function]:
    """Each by its name in files and by its sign in equations: `sigmoid(…)`, `σ(…)`."""
    single = [record for record in ACTIVATIONS.values() if not record.joint]
    values = [(record, Function(partial(_value_of, record.value))) for record in single]
    return {name: function for record, function in values for name in (record.name, record.symbol)}


def _value_of(value: Callable[..., float], x: float) -> float:
    return value(x, REAL)


FUNCTIONS: Mapping[str, Function] = {
    **_activations(),
    "exp": Function(_exp),
    "ln": Function(REAL.log, bare=True),
    "log": Function(REAL.log, bare=True),
    "sqrt": Function(_root),
    "√": Function(_root, bare=True),
    "max": Function(max, 2),
}
"""`log` is the natural one, as in programs."""
