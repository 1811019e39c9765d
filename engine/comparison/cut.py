"""Printed numbers whose last digits are cut off, not rounded: 0.7513 for 0.75136507.

What is printed so lies anywhere from the number itself to one unit of its last digit beyond it, away from 0: half a
unit beyond it, give or take half a unit. So the numbers are moved, and everything else goes on as with rounded ones.
All numbers of a file are cut off, or none is: else every number that is wrong by one in its last digit would be right.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.placing import Given, Placed
from engine.comparison.singles import Single
from engine.comparison.slots import Slot

Array = NDArray[np.float64]
SAYS_ENOUGH = 100
"""So many units of its last digit a number has at least that says by itself that it is cut off."""


def as_cut(given: Given, ours: Mapping[Slot, Array], of_singles: Mapping[Single, float]) -> Given | None:
    """The same numbers as cut off; None where no number is that and not rounded.

    Args:
        given: somebody's numbers.
        ours: by slot those of the walk.
        of_singles: likewise those that have none.
    """
    evidence = [*_units_of_cut(given, ours, of_singles)]
    if not evidence or (len(evidence) < 2 and evidence[0] < SAYS_ENOUGH):
        return None
    slots = {slot: _moved(placed) for slot, placed in given.slots.items()}
    singles = tuple(map(_moved_single, given.singles))
    return replace(given, slots=slots, singles=singles, said=(*given.said, "printed digits are cut off, not rounded"))


def _units_of_cut(given: Given, ours: Mapping[Slot, Array], of_singles: Mapping[Single, float]) -> Iterator[float]:
    """Of numbers that are ours cut off, and not rounded, how many units of their last digits they are."""
    for slot, placed in given.slots.items():
        for number, our, half in zip(placed.numbers.flat, ours[slot].flat, placed.half.flat, strict=True):
            if _is_cut(float(number), float(our), float(half)):
                yield abs(float(number)) / (2 * float(half))
    for single, own in of_singles.items():
        if _is_cut(single.number, own, single.half):
            yield abs(single.number) / (2 * single.half)


def _is_cut(number: float, our: float, half: float) -> bool:
    """Whether a number is another one cut off, and not rounded."""
    return bool(half > 0 and number * our > 0 and half < abs(our) - abs(number) < 2 * half)


def _moved(placed: Placed) -> Placed:
    printed = placed.numbers
    numbers = np.where(printed == 0, printed, printed + np.copysign(placed.half, printed))
    return Placed(numbers, np.where(printed == 0, 2 * placed.half, placed.half), placed.unit, printed)


def _moved_single(single: Single) -> Single:
    number, half = single.number, single.half
    if number == 0:
        return replace(single, half=2 * half, printed=number)
    return replace(single, number=float(number + np.copysign(half, number)), printed=number)
