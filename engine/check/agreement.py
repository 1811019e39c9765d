"""Whether a printed figure is the number that is computed, and in what sense.

A figure agrees within half a unit of its last printed digit, either way of rounding a half. Where its digits differ by
no more than rounding may do to the number, it agrees to rounding: nobody can say more of it.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import numpy as np

from engine.program.scenario import Published

Agreement = Literal["digits", "zeros", "rounding", "saturated-slope", "float32"]
"""How a figure agrees: to its printed digits; to those before the zeros that end a whole number; to what rounding
leaves of the number; to what is left where slopes are taken from saturated outputs; to what single precision leaves."""

Spread = Callable[[bool], float]
"""By how much rounding may move the number, at most; told whether slopes are taken from outputs."""

LAST_BITS = 4
"""Units of a number's last bit that a bound may be passed by: the bound is itself a rounded number."""
TELLING = 1e-6
"""What differs by more than this part is never put down to rounding."""
WEAK = 2
"""A figure of fewer significant digits says little: 1 agrees with 0.774."""
SINGLE = 2.0**29
"""How many times as large roundings are in single precision."""
ALL_OF_SINGLE = 13
"""The least digits by which a number is known to be one of single precision, printed in full."""
DIGITS_OF_SINGLE = range(7, 10)
"""The digits with which numbers of single precision are printed: those it keeps, and two that tell them apart."""
FACTORS = tuple(
    sign * factor
    for size in (1, 2, 3, 4, 5, 6, 8, 10, 16, 100, 1000)
    for sign in (1, -1)
    for factor in (Fraction(size), Fraction(1, size))
    if sign * factor != 1
)
"""The factors that are looked for between a figure and a number, from the plainest on."""


def agreement(figure: Published, value: float, spread: Spread) -> Agreement | None:
    """How a figure agrees with a number, or None where it does not.

    Args:
        figure: what is printed.
        value: what is computed.
        spread: asked only where the digits differ, and by little.
    """
    if not math.isfinite(value):
        return None
    if digits_agree(figure, value):
        return "digits"
    if figure.zeros and within(value - figure.number, _unit_before_zeros(figure) / 2, figure.number, value):
        return "zeros"
    single = _is_single(figure)
    if single and np.float32(value) == np.float32(figure.number):
        return "float32"
    beyond = _beyond(figure, value)
    if not single and not _may_be_rounding(figure, value):
        return None
    plain = spread(False)
    if beyond < plain:  # of what is given nothing is rounded, and plain is 0
        return "rounding"
    if beyond < spread(True):
        return "saturated-slope"
    return "float32" if single and beyond < SINGLE * plain else None


def needs_spread(figure: Published, value: float) -> bool:
    """Whether `agreement` has to know what rounding may do: the digits differ, and it could be by that."""
    asked = False

    def ask(_: bool) -> float:
        nonlocal asked
        asked = True
        return math.inf

    agreement(figure, value, ask)
    return asked


def like_single(figure: Published, value: float, spread: Spread) -> bool:
    """Whether a figure that does not agree differs by no more than single precision would make it."""
    if figure.digits not in DIGITS_OF_SINGLE or not _may_be_rounding(figure, value):
        return False
    return _beyond(figure, value) <= SINGLE * spread(False)


def differs_by(figure: Published, value: float) -> Fraction | None:
    """The simple factor by which a figure differs from a number, to all its digits: −1, 2, 1/4, 10 …; None without."""
    for factor in FACTORS:
        if figure.digits >= (2 if factor == -1 else 3) and digits_agree(figure, float(factor) * value):
            return factor
    return None


def digits_agree(figure: Published, value: float) -> bool:
    """Whether a number, rounded as the figure is, gives the figure.

    A half may be rounded away from zero or to the even digit: 0.125 is printed as 0.13 or 0.12, and 1.5 as 2, never
    as 1. What is next to a half in its last bits may be rounded either way: 2.675 is 2.67 or 2.68.
    Where dots say that the digits go on, they may be cut off there, too.
    """
    off, half = value - figure.number, figure.resolution / 2
    if figure.goes_on and within(off - math.copysign(half, figure.number), half, figure.number, value):
        return True
    return within(off, half, figure.number, value) and not _is_odd_below_a_half(figure, value)


def is_weak(figure: Published, how: Agreement) -> bool:
    """Whether a figure that agrees has too few digits to say much."""
    return figure.digits - (figure.zeros if how == "zeros" else 0) < WEAK


def within(off: float, bound: float, *sizes: float) -> bool:
    """Whether a difference of numbers of these sizes is within a bound, but for the last bits."""
    return math.isfinite(off) and abs(off) <= bound + LAST_BITS * math.ulp(max(map(abs, sizes)))


def _is_single(figure: Published) -> bool:
    """Whether a figure is a number of single precision, printed with all the digits that it has in double precision."""
    if figure.digits < ALL_OF_SINGLE:
        return False
    with np.errstate(over="ignore"):
        exact = float(np.float32(figure.number))
    return abs(exact - figure.number) <= figure.resolution / 2


def _is_odd_below_a_half(figure: Published, value: float) -> bool:
    """Whether a number is a half exactly, and the figure the odd digit below it."""
    if abs(value) <= abs(figure.number) or not within(
        abs(value - figure.number) - figure.resolution / 2, 0.0, figure.number, value
    ):
        return False
    number, unit = Fraction(repr(figure.number)), Fraction(repr(figure.resolution))
    return abs(Fraction(value) - number) * 2 == unit and number / unit % 2 == 1


def _may_be_rounding(figure: Published, value: float) -> bool:
    return _beyond(figure, value) <= TELLING * max(abs(figure.number), abs(value), 1.0)


def _beyond(figure: Published, value: float) -> float:
    """By how much a number lies outside the half unit."""
    return abs(value - figure.number) - figure.resolution / 2


def _unit_before_zeros(figure: Published) -> float:
    return figure.resolution * 10.0**figure.zeros
