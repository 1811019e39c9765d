"""How far a number may be from ours and still be it: by the digits it is printed with, and by what rounding does.

Rounding depends on how large the numbers are of which one is made: where they cancel, little is left of it but
their last digits. So the iteration is walked again with every number moved by a small part of itself, as the check of
published figures does it, and what that does to a number is what it may be off by.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.check.uncertainty import PART, PASSES, moved_rows
from engine.comparison.entries import DOUBLE, EXACT, PRINTED, SINGLE
from engine.comparison.placing import Placed
from engine.comparison.slots import Slot, Slots
from engine.walking.values import Values

Array = NDArray[np.float64]

IN_FULL = 1e-13
"""What is printed to this part of itself is a number as a program held it."""
ROUNDINGS = 4.0
"""How many times what single roundings do a number may be off: other programs add up in other orders."""
ROUNDINGS_OF_SINGLE = 32.0
"""The same in single precision, where libraries for fast processors take exp and tanh to several units only."""


class OfRounding(NamedTuple):
    """How far a slot's numbers may be off by rounding.

    Attributes:
        in_double: in double precision, with what their digits leave open.
        sizes: how large the numbers are of which they are made.
        of_held: how many roundings they may be off, which are held or printed.
        is_single: where they are of single precision.
    """

    in_double: Array
    sizes: Array
    of_held: Array
    is_single: NDArray[np.bool_]


class Tolerance:
    """What numbers may be off by.

    Args:
        slots: of the walk.
        values: ours, every row done.
        rtol: the relative tolerance that a reader asks for; None: as it is usual.
    """

    def __init__(self, slots: Slots, values: Values, rtol: float | None = None) -> None:
        self._slots, self._values, self._rtol = slots, values, rtol
        self._known: dict[tuple[Slot, bool], Array] = {}
        self._of_given: dict[tuple[Slot, Placed], OfRounding] = {}

    def plain(self, given: Placed, number: Array) -> Array:
        """By its digits alone."""
        in_full = given.half <= IN_FULL * np.abs(number)
        part = np.where(in_full, EXACT, PRINTED) if self._rtol is None else self._rtol
        return np.asarray(given.half + part * np.abs(number))

    def double(self, slot: Slot, given: Placed, number: Array) -> Array:
        """With what rounding does in double precision."""
        return np.maximum(self.plain(given, number), self._of(slot, given).in_double)

    def single(self, slot: Slot, given: Placed, number: Array) -> Array:
        """With what it does in the precision in which the number was computed, where that is less."""
        of = self._of(slot, given)
        beyond = np.maximum(of.sizes, np.abs(number)) * given.unit * of.of_held
        return np.maximum(self.double(slot, given, number), np.where(of.is_single, given.half + beyond, 0.0))

    def _of(self, slot: Slot, given: Placed) -> "OfRounding":
        """What is the same whatever number it is of: hundreds of trials ask for it."""
        key = slot, given
        if key not in self._of_given:
            noise, from_outputs = self._noise(slot), self._noise(slot, from_outputs=True)
            saturated = ROUNDINGS * from_outputs * DOUBLE / PART
            self._of_given[key] = OfRounding(
                given.half + np.maximum(2 * noise, saturated),
                np.maximum(noise, from_outputs) / PART,
                np.where(given.half > 0, 1.0, ROUNDINGS_OF_SINGLE),
                given.unit >= SINGLE,
            )
        return self._of_given[key]

    def _noise(self, slot: Slot, *, from_outputs: bool = False) -> Array:
        """What moving every number by a part of itself does to ours; with slopes that are taken from outputs."""
        key = slot, from_outputs
        if key not in self._known:
            ours = self._slots.array(self._values, slot)
            moved = self._moved_with_slopes_from_outputs if from_outputs else self._moved
            others = [self._slots.array(values, slot) for values in moved]
            apart = [np.abs(other - ours) for other in others if other is not None and ours is not None]
            with np.errstate(invalid="ignore"):
                most = np.max(apart, axis=0) if apart else np.zeros(self._slots.whole_shape(slot))
            self._known[key] = np.nan_to_num(most, nan=0.0, posinf=0.0)
        return self._known[key]

    @cached_property
    def _moved(self) -> list[Values]:
        return list(self._walks(slopes_from_outputs=False))

    @cached_property
    def _moved_with_slopes_from_outputs(self) -> list[Values]:
        return list(self._walks(slopes_from_outputs=True))

    def _walks(self, *, slopes_from_outputs: bool) -> Iterator[Values]:
        random, scenario = np.random.Generator(np.random.PCG64(0)), self._slots.scenario
        for _ in range(PASSES):
            *_, last = moved_rows(
                scenario, self._values.beginning, PART, random, slopes_from_outputs=slopes_from_outputs
            )
            yield last
