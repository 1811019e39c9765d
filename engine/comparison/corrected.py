"""What follows from the slopes, and from the parts of a sum, that somebody gives."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.ask.lookup import value_of
from engine.comparison.singles import Single
from engine.comparison.slots import Slot, Slots
from engine.formula.quantity import Quantity
from engine.walking.values import Values

Array = NDArray[np.float64]


def corrected(
    slots: Slots, singles: Sequence[Single], values: Values, slot: Slot, followed: Array
) -> tuple[Array, Array]:
    """What follows where parts of it are as they are given, and how far that is open by their digits.

    Args:
        slots: of the walk.
        singles: what is given of which no row is.
        values: the walk on somebody's numbers.
        slot: of what.
        followed: what follows by the rule.
    """
    found, open_ = followed.copy(), np.zeros(followed.shape)
    if slot.role != "derivative":
        return found, open_
    item = {quantity: number for number, quantity in enumerate(slots.quantities(slot))}
    of_one = max(1, len(item)) if slots.per_example(slot) else 0
    for single in singles:
        part = _part(slots, values, single)
        at = None if part is None else item.get(part[0])
        if part is not None and at is not None:
            _, rule, by = part
            found.flat[at + single.example * of_one] += by * (single.number - rule)
            open_.flat[at + single.example * of_one] += abs(by) * single.half
    return found, open_


def _part(slots: Slots, values: Values, single: Single) -> tuple[Quantity, float, float] | None:
    """In what a number goes in, what it is by the rule, and times what it goes in; None of one that goes in nowhere."""
    quantity, by = single.quantity, 1.0
    if quantity is None:
        return None
    if quantity.kind == "dy/dx" and quantity.through is None:
        goes_into = Quantity("dE/dx", quantity.subject)
        back = value_of(slots.scenario, values, Quantity("dE/dy", quantity.subject), single.example)
        by = np.nan if back is None else back
    elif quantity.kind in ("dE/dy", "dE/dw") and quantity.through is not None:
        goes_into = Quantity(quantity.kind, quantity.subject)
    else:
        return None
    rule = value_of(slots.scenario, values, quantity, single.example)
    return None if rule is None or not np.isfinite(by) else (goes_into, rule, by)
