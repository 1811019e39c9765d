"""Every activation function by its name.

Adding one is writing its record in the file of those like it, and naming it at the end of that.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec.structs import replace

from engine.formula.activation import Activation, Settings, called, with_corners
from engine.formula.bounded import BOUNDED, SIGMOID, TANH
from engine.formula.functions import DIVIDE, EXP, MULTIPLY, SIGMA, SUBTRACT
from engine.formula.rectified import LEAKY_RELU, RECTIFIED, RELU
from engine.formula.softmax import Softmax
from engine.formula.tree import ATOM, CHOICE, Function, Spelled, Writing
from engine.formula.unbounded import IDENTITY, UNBOUNDED

_SOFTMAX_IN_NUMPY = Spelled(
    called("softmax"),
    called("softmax_slopes"),
    define="""
def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_slopes(y):
    one = np.eye(y.shape[-1])
    others = y @ (1 - one)  # 1 - y, where y near 1 leaves digits of it
    return one * (y * others)[..., np.newaxis] - (1 - one) * y[..., np.newaxis] * y[..., np.newaxis, :]
""",
)

SOFTMAX = Activation(
    "softmax",
    "softmax",
    lambda x: DIVIDE(EXP(x), SIGMA(EXP(x))),
    lambda x, y: MULTIPLY(y, SUBTRACT(1.0, y)),
    IDENTITY.value,
    IDENTITY.slope,
    scripts={"numpy": _SOFTMAX_IN_NUMPY, "torch": Spelled(Writing("F.softmax({0}, dim=-1)", ATOM, (CHOICE,)))},
    joint=Softmax,
    bent=6.0,
)

_FIRST = (SIGMOID, TANH, RELU, LEAKY_RELU, IDENTITY, SOFTMAX)
"""Those that most people look for."""
ACTIVATIONS = {record.name: record for record in (*_FIRST, *RECTIFIED, *UNBOUNDED, *BOUNDED)}


_BY_FUNCTION = {record.function: record for record in ACTIVATIONS.values() if not record.joint}


def record_of(function: Function) -> Activation | None:
    """The activation that a function of equations is, if it is one of single numbers."""
    return _BY_FUNCTION.get(function)


def forms() -> Iterator[Activation]:
    """Every activation of single numbers, with the settings that frameworks have for it too."""
    for name, record in ACTIVATIONS.items():
        if record.joint is None:
            yield record
            yield from (_made(name, settings, ()) for settings in record.elsewhere)


def with_other_corners(record: Activation) -> Iterator[Activation]:
    """The same activation with another slope at its corners, where it has some."""
    if any(corner.jumps for corner in record.corners):
        for share in (0.0, 0.5, 1.0):
            other = _made(record.name, record.settings, (share,) * len(record.corners))
            if other is not record:
                yield other


def activation(name: str, options: Mapping[str, Any] | None = None) -> Activation:
    """An activation with settings: the same record each time.

    Args:
        name: its name.
        options: settings by name, `corner` among them: one number for all of its corners, or one for each.
    """
    given = dict(options or {})
    corner = given.pop("corner", None)
    record = ACTIVATIONS[name]
    each: Sequence[float] = corner if isinstance(corner, Sequence) else [corner] * len(record.corners)
    return _made(name, replace(record.settings, **given), () if corner is None else tuple(map(float, each)))


@cache
def _made(name: str, settings: Settings, shares: tuple[float, ...]) -> Activation:
    record = ACTIVATIONS[name]
    if settings != record.settings:
        assert record.make is not None
        record = record.make(settings)
    if shares not in ((), tuple(one.corner for one in record.corners)):
        record = with_corners(record, shares)
    return _BY_FUNCTION.setdefault(record.function, record)
