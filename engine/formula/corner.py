"""The slope at a corner, where it jumps from one on the left to another on the right: a choice, and shown as one.

It is left + corner·(right − left), by a number `corner` from 0 to 1. What a record says of itself is what most
frameworks take; another choice is one more case in its slope's formula: so a reader sees it, and scripts have it.
"""

from typing import Any

import numpy as np
from msgspec import Struct

from engine.formula.conditional import conditional
from engine.formula.field import Functions, Number
from engine.formula.tree import Formula


def at_corner(left: float, right: float, corner: float) -> float:
    """The slope there; the ends themselves to the last bit."""
    if corner in (0, 1):
        return right if corner else left
    return left + corner * (right - left)


class Corner(Struct, frozen=True):
    """Where a slope jumps.

    Attributes:
        at: the x.
        left: the slope on the left.
        right: the slope on the right.
        corner: from 0 to 1, which of both is taken.
    """

    at: float
    left: float
    right: float
    corner: float = 0.0

    @property
    def slope(self) -> float:
        """The slope that is taken there."""
        return at_corner(self.left, self.right, self.corner)

    @property
    def jumps(self) -> bool:
        """Whether it is one: of some functions a setting makes it smooth."""
        return self.left != self.right


def _equal(value: Number, x: Number, place: Number, other: Number, f: Functions[Number]) -> Number:
    return value if x.real == place.real else other


AT = conditional("at", "=", _equal, lambda value, x, place, other: np.where(x == place, value, other), "==")
"""The first argument where the second is the third, else the last."""


def chosen(slope: Formula, at: Formula, x: Formula, place: Formula = 0.0) -> Formula:
    """A slope's formula, with another one at a corner, where x is `place`."""
    return AT(at, x, place, slope)


def told(corner: Corner, x: str = "x", of: str = "the slope") -> str:
    """Words for a walk that stands on a corner of a function of x."""
    left, right, slope = (f"{one:g}".replace("-", "−") for one in (corner.left, corner.right, corner.slope))
    return f"At {x} = {corner.at:g} {of} jumps from {left} to {right}: {slope} is taken (corner = {corner.corner:g})."


def numbers_at(slope: Any, places: dict[float, float]) -> Any:
    """How a slope is computed, with other ones at some places."""

    def value(x: Any, f: Any) -> Any:
        at = places.get(x.real)
        return slope(x, f) if at is None else at + 0 * x

    return value
