"""How far another program's numbers may be from ours because it rounds otherwise: measured, not estimated.

Two programs that add in another order, or have another `exp`, differ in a number's last digits: about 1e-16 of it.
Where numbers nearly cancel, little is left of them but those digits: an output next to its target leaves few digits of
y − t, and so of every derivative that comes from it. So the iteration is computed once more with every number of every
row moved by a small part of itself, and what this does to the numbers after it is what they may be off by.
"""

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.advance import advance, begin_with
from engine.arithmetic import locked
from engine.arrays import column_d_error_d_y
from engine.session import Session

Array = NDArray[np.float64]

PART = 1e-12
"""By which part of itself a number is moved: a thousand times what rounding does, for sums of many and bad luck."""


def uncertainties(session: Session, *, slopes_from_outputs: bool = False) -> dict[tuple[str, int], float]:
    """By quantity and layer, as the rows are called, the most that a number may be off; dE/dy of the inputs, too.

    Args:
        session: a place where an iteration is complete.
        slopes_from_outputs: whether the other program takes a slope from y, as y·(1 − y) or 1 − y²: of a saturated
            node that is a difference of nearly equal numbers, too.
    """
    scenario, values = session.scenario, session.values
    random = np.random.Generator(np.random.PCG64(0))

    def moved(array: Array, by: Array | None = None) -> Array:
        return locked(array + PART * (array if by is None else by) * random.choice((-1.0, 1.0), array.shape))

    start = values.beginning
    other = begin_with(scenario, start.steps, start.iteration, start.theta, start.state, start.examples)
    other = replace(other, targets=None if other.targets is None else moved(other.targets))
    found: dict[tuple[str, int], float] = {}
    with np.errstate(all="ignore"):
        for row, result in zip(values.steps.rows, values.results, strict=True):
            other = advance(scenario, replace(other, event=None))
            new = moved(other.results[-1])
            if row.quantity == "dE/dx" and slopes_from_outputs:
                new = moved(new, other.need("dE/dy", row.layer))
            other = replace(other, results=(*other.results[:-1], new))
            found[row.quantity, row.layer] = _largest(new - result)
        for number in range(scenario.network.depth):  # of inputs, too, which have no row
            ours, others = (column_d_error_d_y(at, number) for at in (session, replace(session, values=other)))
            if ours is not None and others is not None:
                found["dE/dy", number] = _largest(others - ours)
    # an error may be computed as the difference of numbers as large as x
    found["E", scenario.network.depth] += PART * (1 + _largest(values.need("x", scenario.network.depth)))
    return found


def _largest(array: Array) -> float:
    return float(np.max(np.abs(array), initial=0.0, where=np.isfinite(array)))
