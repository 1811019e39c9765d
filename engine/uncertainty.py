"""How far another program's numbers may be from ours because it rounds otherwise: measured, not estimated.

Two programs that add in another order, or have another `exp`, differ in a number's last digits: about 1e-16 of it.
Where numbers nearly cancel, little is left of them but those digits: an output next to its target leaves few digits of
y − t, and so of every derivative that comes from it. So the iteration is computed again, three times, with every number
of every row moved by a small part of itself, and what this does to the numbers after it is what they may be off by.
A number too small to have all its digits may be 0 elsewhere (1 / (1 + e^720) is, where e^720 is infinite), so there it
is 0.
"""

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.advance import advance, begin_with, is_fused
from engine.arithmetic import locked
from engine.arrays import column_d_error_d_y
from engine.session import Session

Array = NDArray[np.float64]

SMALLEST = float(np.finfo(np.float64).tiny)
"""The smallest number that has all its digits."""
PART = 1e-12
"""By which part of itself a number is moved at most: some thousand times what rounding does, for sums of many."""
PASSES = 3
"""How often it is measured: by chance, what moved may cancel."""


def uncertainties(session: Session, *, slopes_from_outputs: bool = False) -> dict[tuple[str, int], float]:
    """By quantity and layer, as the rows are called, the most that a number may be off; dE/dy of the inputs, too.

    It is infinite where a number may leave the finite ones: then no digit of it says anything.

    Args:
        session: a place where an iteration is complete.
        slopes_from_outputs: whether the other program takes a slope from y, as y·(1 − y) or 1 − y², and y − t as it
            is written: of a saturated node those are differences of nearly equal numbers, too.
    """
    random = np.random.Generator(np.random.PCG64(0))
    passes = [_pass(session, random, slopes_from_outputs) for _ in range(PASSES)]
    found = {row: max(one[row] for one in passes) for row in passes[0]}
    # an error may be computed as the difference of numbers as large as x
    depth = session.scenario.network.depth
    found["E", depth] += PART * (1 + float(np.max(np.abs(session.values.need("x", depth)))))
    return found


def _pass(session: Session, random: np.random.Generator, slopes_from_outputs: bool) -> dict[tuple[str, int], float]:
    """How far the numbers of one pass through the iteration are off, each moved by another part of itself."""
    scenario, values = session.scenario, session.values

    def moved(array: Array, by: Array | None = None) -> Array:
        new = array + PART * (array if by is None else by) * random.uniform(-1.0, 1.0, array.shape)
        return locked(np.where(np.abs(new) < SMALLEST, 0.0, new))

    start = values.beginning
    other = begin_with(scenario, start.steps, start.iteration, start.theta, start.state, start.examples)
    found: dict[tuple[str, int], float] = {}
    with np.errstate(all="ignore"):
        for row, result in zip(values.steps.rows, values.results, strict=True):
            other = advance(scenario, replace(other, event=None))
            new = moved(other.results[-1])
            if row.quantity == "dE/dx" and slopes_from_outputs:
                by = other.need("dE/dy", row.layer)
                if is_fused(scenario, row.layer) and values.targets is not None:
                    by = values.need("y", row.layer) + values.targets
                new = moved(new, by)
            other = replace(other, results=(*other.results[:-1], new))
            found[row.quantity, row.layer] = _most(new, result)
        for number in range(scenario.network.depth):  # of inputs, too, which have no row
            ours, others = (column_d_error_d_y(at, number) for at in (session, replace(session, values=other)))
            if ours is not None and others is not None:
                found["dE/dy", number] = _most(others, ours)
    return found


def _most(others: Array, ours: Array) -> float:
    """How far they are apart at most, of our finite numbers."""
    apart = np.nan_to_num(np.abs(others - ours), nan=np.inf, posinf=np.inf)
    return float(np.max(apart, initial=0.0, where=np.isfinite(ours)))
