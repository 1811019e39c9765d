"""The functions that expressions may call, by the names and signs under which people and equations write them."""

import math
from collections.abc import Mapping

from msgspec import Struct

from engine.formula.activations import ACTIVATIONS
from engine.formula.calculus import value_of
from engine.formula.field import REAL
from engine.formula.functions import EXP, LOG, MAXIMUM, SQRT
from engine.formula.tree import Function


class NamedFunction(Struct, frozen=True):
    """What a name in an expression stands for.

    Attributes:
        function: what is computed.
        bare: whether one argument may follow without brackets: `ln 0.5`, `√2`.
    """

    function: Function
    bare: bool = False

    @property
    def arguments(self) -> int:
        """How many numbers it takes, in brackets."""
        return len(self.function.slopes)

    def __call__(self, *arguments: float) -> float:
        """The value; it never raises, but gives ±inf or nan."""
        try:
            return float(value_of(self.function, len(arguments))(*arguments, REAL))
        except OverflowError:
            return math.inf


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


_SINGLE = [record for record in ACTIVATIONS.values() if not record.joint]

FUNCTIONS: Mapping[str, NamedFunction] = {
    **{name: NamedFunction(record.function) for record in _SINGLE for name in (record.name, record.symbol)},
    "exp": NamedFunction(EXP),
    "ln": NamedFunction(LOG, bare=True),
    "log": NamedFunction(LOG, bare=True),
    "sqrt": NamedFunction(SQRT),
    "√": NamedFunction(SQRT, bare=True),
    "max": NamedFunction(MAXIMUM),
}
"""`log` is the natural one, as in programs."""
