"""Numbers that are rounded, or cut off, as they are written down: at every step, by whoever goes on from those."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.formula.precision import EXACT, Arithmetic

Array = NDArray[np.float64]
DIGITS = range(1, 11)
"""To so many decimals, or digits, is tried."""
SHORT_OF = 1e-9
"""By which part of a unit a number may fall short of a whole one, and be it: so much the last bits of doubles do."""


class Rounding(Struct, frozen=True, eq=False):
    """One way to write every number down.

    Attributes:
        details: it, by the names of its JSON.
        order: less is plainer.
        words: what was done.
        made: what becomes of numbers.
        arithmetic: the setting of a file that says the same; None where there is none.
    """

    details: Mapping[str, Any]
    order: tuple[int, ...]
    words: str
    made: Callable[[Array], Array]
    arithmetic: Arithmetic | None = None


def roundings() -> Iterator[Rounding]:
    """Every one, to decimals and to digits."""
    for count in DIGITS:
        for kind, made in (("decimals", _to_decimals(count)), ("digits", _to_digits(count))):
            words = f"every step was rounded to {count} {kind}; our numbers are rounded nowhere"
            details = {kind: count}
            yield Rounding(details, (count, kind == "digits", 0), words, made, replace(EXACT, **details))
        for kind, made in (("decimals", _cut_to_decimals(count)), ("digits", _cut_to_digits(count))):
            words = f"every step was cut off after {count} {kind}, not rounded; our numbers have all of their digits"
            yield Rounding({kind: count, "cut": True}, (count, kind == "digits", 1), words, made)


def _to_decimals(count: int) -> Callable[[Array], Array]:
    return lambda array: np.round(array, count)


def _to_digits(count: int) -> Callable[[Array], Array]:
    return lambda array: _each(array, lambda number: float(f"{number:.{count - 1}e}"))


def _cut_to_decimals(count: int) -> Callable[[Array], Array]:
    return lambda array: _each(array, lambda number: cut(number, -count))


def _cut_to_digits(count: int) -> Callable[[Array], Array]:
    return lambda array: _each(array, lambda number: cut(number, _exponent(number) - count + 1))


def _exponent(number: float) -> int:
    return int(np.floor(np.log10(abs(number)))) if number and np.isfinite(number) else 0


def cut(number: float, exponent: int) -> float:
    """A number without what is less than a power of ten."""
    if not np.isfinite(number):
        return number
    units = number * 10.0**-exponent
    return float(f"{np.trunc(units + np.copysign(SHORT_OF, units)):.0f}e{exponent}")


def _each(array: Array, made: Callable[[float], float]) -> Array:
    return np.array([made(number) for number in array.ravel().tolist()], np.float64).reshape(array.shape)
