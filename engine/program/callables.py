"""The functions that expressions may call, by the names and signs under which people and equations write them."""

from collections.abc import Mapping

from msgspec import Struct

from engine.formula.activations import ACTIVATIONS
from engine.formula.calculus import value_of
from engine.formula.field import REAL
from engine.formula.functions import BY_NAME, LOG, SQRT
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
        return float(value_of(self.function, len(arguments))(*arguments, REAL))


_SINGLE = [record for record in ACTIVATIONS.values() if not record.joint]

FUNCTIONS: Mapping[str, NamedFunction] = {
    **{name: NamedFunction(record.function) for record in _SINGLE for name in (record.name, record.symbol)},
    **{name: NamedFunction(function, bare=function is LOG) for name, function in BY_NAME.items()},
    "ln": NamedFunction(LOG, bare=True),
    "√": NamedFunction(SQRT, bare=True),
}
