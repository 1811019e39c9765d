"""How exactly a walk computes: in double precision unless someone else's numbers are to be met.

People write intermediate results down with a few digits and go on from those; frameworks compute in single precision
unless told otherwise, and take slopes from outputs. Each is a record here: the field in which equations are computed,
and what becomes of a number once it is made.
"""

import math
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.arithmetic import locked
from engine.formula.field import BY_HAND, OF_OUTPUTS, REAL, SINGLE, Functions

Array = NDArray[Any]
Precision = Literal["float64", "float32"]
Slope = Literal["input", "output"]

KEPT = 15
"""The significant digits that a number of double precision has for sure: what is beyond them is no part of a half."""


class Arithmetic(Struct, frozen=True, dict=True):
    """How numbers are computed, and what is kept of each.

    Attributes:
        decimals: every number is rounded to so many decimals as it is made, and one goes on from that; None: it is not.
        digits: likewise to so many significant digits.
        precision: of every operation.
        slope: whether slopes, and the error where loss and activation cancel, are taken from total inputs, with every
            digit that they have, or as one writes them from outputs, of which little is left next to a bound.
    """

    decimals: int | None = None
    digits: int | None = None
    precision: Precision = "float64"
    slope: Slope = "input"

    @cached_property
    def rounds(self) -> bool:
        """Whether a number is rounded once it is made."""
        return self.decimals is not None or self.digits is not None

    @cached_property
    def exact(self) -> bool:
        """Whether it is what everything else is measured by."""
        return self.field is REAL

    @cached_property
    def field(self) -> Functions[Any]:
        """In which equations are computed.

        Who rounds goes on from what is written down, and who computes in single precision has slopes from outputs.
        """
        if self.precision == "float32":
            return SINGLE
        if self.rounds:
            return BY_HAND
        return OF_OUTPUTS if self.slope == "output" else REAL

    def taken(self, given: Array) -> Array:
        """What is given, as it is computed with."""
        return locked(given.astype(np.float32)) if self.field.single and given.dtype != np.float32 else given

    def kept(self, made: Array) -> Array:
        """What is kept of what is made."""
        if not self.rounds:
            return made
        flat = [self.kept_of(number) for number in made.ravel().tolist()]
        return np.array(flat, made.dtype).reshape(made.shape)

    def kept_of(self, number: float) -> float:
        """What is kept of one number: a half goes away from 0, as one learns it."""
        if not self.rounds or not math.isfinite(number) or number == 0:
            return number
        exact = Decimal(f"{number:.{KEPT}g}")
        last = exact.adjusted() - self.digits + 1 if self.digits is not None else -(self.decimals or 0)
        if last <= exact.adjusted() - KEPT:
            return number
        return float(exact.quantize(Decimal(1).scaleb(last), ROUND_HALF_UP)) + 0.0


EXACT = Arithmetic()
"""Double precision, nothing rounded, slopes with all their digits."""
