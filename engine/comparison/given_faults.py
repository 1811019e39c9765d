"""Parameters that are not the scenario's: turned round, with another sign, or something else shown in their place."""

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.cause import WORDS, Cause
from engine.comparison.slots import Slot
from engine.comparison.verdicts import Judge

Array = NDArray[np.float64]


def of_given(judge: Judge) -> tuple[Cause | None, Judge | None]:
    """What was done to the parameters that are given, and the rest of what is given, judged without them."""
    wrong = [slot for slot in judge.rows_given.by_row.get(-1, ()) if (judge.marks[slot] == 4).any()]
    if not all(judge.slots.is_parameter(slot) for slot in wrong):
        return None, None
    ways: tuple[tuple[str, str, Callable[[Slot], Array | None]], ...] = (
        ("sign", "−w for w", lambda slot: -judge.our(slot)),
        ("transposed", "Wᵀ for W", lambda slot: _turned(judge.our(slot))),
        ("derivative-for-parameter", "dE/dw for w", lambda slot: judge.our(Slot("derivative", slot.name))),
        ("other-quantity", "w⁺, the new parameters, for w", lambda slot: judge.our(Slot("new", slot.name))),
    )
    for cause, words, made in ways:
        if all(_is(judge, slot, made(slot)) for slot in wrong):
            rest = {slot: placed for slot, placed in judge.given.slots.items() if slot not in wrong}
            alone = Judge(replace(judge.given, slots=rest), judge.slots, judge.ours, judge.tolerance) if rest else None
            if alone is not None:
                alone.going_on = judge.going_on
            explains = sum(int(np.count_nonzero(judge.marks[slot] >= 3)) for slot in judge.given.slots)
            at = judge.slots.whole(wrong[0])
            return Cause(cause, at, explains, f"{WORDS[cause]}. Yours: {words}"), alone
    return None, None


def _turned(array: Array) -> Array | None:
    if array.ndim != 2:
        return None
    return array.T if array.shape[0] == array.shape[1] else array.T.reshape(array.shape)


def _is(judge: Judge, slot: Slot, made: Array | None) -> bool:
    placed = judge.given.slots[slot]
    if made is None:
        return False
    there = np.isfinite(placed.numbers)
    return bool((np.abs(placed.numbers - made)[there] <= judge.tolerance.single(slot, placed, made)[there]).all())
