"""The functions that expressions may call, by the names and signs under which people and equations write them."""

from collections.abc import Mapping

from msgspec import Struct

from engine.formula.activation import Activation
from engine.formula.activations import ACTIVATIONS, activation
from engine.formula.calculus import value_of
from engine.formula.field import REAL
from engine.formula.functions import BY_NAME, LOG, SQRT
from engine.formula.several import AVERAGE, LARGEST, SMALLEST, VARIANCE
from engine.formula.tree import Call, Function, Symbol
from engine.program.settings import Setting


class NamedFunction(Struct, frozen=True):
    """What a name in an expression stands for.

    Attributes:
        function: what is computed.
        arguments: how many numbers it takes, in brackets; at least, where it takes any number.
        bare: whether one argument may follow without brackets: `ln 0.5`, `√2`.
        any_number: whether it takes more of them.
        record: the activation that it is, or of which it is the slope: its settings may follow.
        is_slope: whether it is the slope.
    """

    function: Function
    arguments: int = 1
    bare: bool = False
    any_number: bool = False
    record: Activation | None = None
    is_slope: bool = False

    def with_settings(self, settings: Mapping[str, Setting]) -> "NamedFunction":
        """The same function with other settings of its activation."""
        assert self.record is not None
        record = activation(self.record.name, settings)
        return NamedFunction(_slope(record) if self.is_slope else record.function)

    def __call__(self, *arguments: float) -> float:
        """The value; it never raises, but gives ±inf or nan."""
        return float(value_of(self.function, len(arguments))(*arguments, REAL))


def _slope(record: Activation) -> Function:
    slope = record.function.slopes[0](record.function(Symbol("x")))
    assert isinstance(slope, Call)
    return slope.function


_SINGLE = [record for record in ACTIVATIONS.values() if not record.joint]

FUNCTIONS: Mapping[str, NamedFunction] = {
    **{
        name: NamedFunction(record.function, record=record)
        for record in _SINGLE
        for name in (record.name, record.symbol)
    },
    **{name: NamedFunction(function, len(function.slopes), function is LOG) for name, function in BY_NAME.items()},
    "ln": NamedFunction(LOG, bare=True),
    "√": NamedFunction(SQRT, bare=True),
}
TOLD = tuple({named.function: name for name, named in reversed(list(FUNCTIONS.items()))}.values())[::-1]
"""One name of each function, for messages: the first one."""
OF_EQUATIONS: Mapping[str, NamedFunction] = {
    **{
        f"{name}′": NamedFunction(_slope(record), record=record, is_slope=True)
        for record in _SINGLE
        for name in (record.name, record.symbol)
    },
    **{function.name: NamedFunction(function, 2, any_number=True) for function in (LARGEST, SMALLEST)},
    **{function.name: NamedFunction(function, any_number=True) for function in (AVERAGE, VARIANCE)},
}
"""Those that equations write besides, or of more numbers: the slope of an activation, the mean of several numbers."""
CALLABLE: Mapping[str, NamedFunction] = {**FUNCTIONS, **OF_EQUATIONS}
"""All of them."""
