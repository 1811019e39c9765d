"""How far another program's numbers may be from ours because it rounds otherwise: measured, not estimated.

Two programs that add in another order, or have another `exp`, differ in a number's last digits: about 1e-16 of it.
Where numbers nearly cancel, little is left of them but those digits: an output next to its target leaves few digits of
y − t, and so of every derivative that comes from it. So the iteration is computed again, three times, with every number
of every row moved by a small part of itself, and what this does to the numbers after it is what they may be off by.
A number too small to have all its digits may be 0 elsewhere (1 / (1 + e^720) is, where e^720 is infinite), so there it
is 0.
"""

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.ask.arrays import column_d_error_d_y
from engine.formula.arithmetic import locked, ordered_sum
from engine.formula.tree import Call, calls
from engine.program.elementwise import operation
from engine.program.equations import as_written, computed
from engine.program.layers import SUM
from engine.program.scenario import Scenario
from engine.program.steps import Row
from engine.walking.advance import advance, with_errors
from engine.walking.session import Session
from engine.walking.values import Values

Array = NDArray[np.float64]
Uncertainties = dict[tuple[str, int | str], float]
"""By quantity, and layer or node of a graph."""

SMALLEST = float(np.finfo(np.float64).tiny)
"""The smallest number that has all its digits."""
PART = 1e-12
"""By which part of itself a number is moved at most: some thousand times what rounding does, for sums of many."""
PASSES = 3
"""How often it is measured: by chance, what moved may cancel."""


def uncertainties(session: Session, *, slopes_from_outputs: bool = False) -> Uncertainties:
    """By quantity and subject, as the rows are called, the most that a number may be off; dE/dy of the inputs, too.

    It is infinite where a number may leave the finite ones: then no digit of it says anything.

    Args:
        session: a place where an iteration is complete.
        slopes_from_outputs: whether the other program takes a slope from y, as y·(1 − y) or 1 − y², and y − t as it
            is written: of a saturated node those are differences of nearly equal numbers, too.
    """
    random = np.random.Generator(np.random.PCG64(0))
    passes = [_pass(session, random, slopes_from_outputs) for _ in range(PASSES)]
    found = {row: max(one[row] for one in passes) for row in passes[0]}
    if session.scenario.graph is None:  # an error may be computed as the difference of numbers as large as x
        depth = session.scenario.layered.depth
        found["E", depth] += PART * (1 + float(np.max(np.abs(session.values.need("x", depth)))))
    return found


def _pass(session: Session, random: np.random.Generator, slopes_from_outputs: bool) -> Uncertainties:
    """How far the numbers of one pass through the iteration are off, each moved by another part of itself."""
    scenario, values, other = session.scenario, session.values, session.values
    found: Uncertainties = {}
    moved = moved_rows(scenario, values.beginning, PART, random, slopes_from_outputs=slopes_from_outputs)
    with np.errstate(all="ignore"):
        for row, result, other in zip(values.steps.rows, values.results, moved, strict=True):
            found[row.quantity, row.subject] = _most(other.results[-1], result)
        for number in () if scenario.graph else range(scenario.layered.depth):  # of a layer's inputs: they have no row
            ours, others = (column_d_error_d_y(at, number) for at in (session, replace(session, values=other)))
            if ours is not None and others is not None:
                found["dE/dy", number] = _most(others, ours)
    return found


def _most(others: Array, ours: Array) -> float:
    """How far they are apart at most, of our finite numbers."""
    apart = np.nan_to_num(np.abs(others - ours), nan=np.inf, posinf=np.inf)
    return float(np.max(apart, initial=0.0, where=np.isfinite(ours)))


def moved_rows(
    scenario: Scenario, start: Values, part: float, random: np.random.Generator, *, slopes_from_outputs: bool = False
) -> Iterator[Values]:
    """An iteration row by row, with every number that a row computes moved by a part of itself, up or down.

    Args:
        scenario: what is walked.
        start: the iteration with nothing computed.
        part: by which part.
        random: says which way.
        slopes_from_outputs: as of `uncertainties`.
    """

    def moved(array: Array, by: Array) -> Array:
        new = array + part * by * drawn(random, array.shape)
        return locked(np.where(np.abs(new) < SMALLEST, 0.0, new))

    values = start
    for row in start.steps.rows:
        with np.errstate(all="ignore"):
            values = advance(scenario, replace(values, event=None))
            by = _terms(values, row, slopes_from_outputs=slopes_from_outputs)
            result = moved(values.results[-1], by)
            values = replace(values, results=(*values.results[:-1], result))
            if row.quantity == "E":
                values = with_errors(scenario, values, ordered_sum(np.ascontiguousarray(result.T)))
            elif row.quantity == "w+":
                values = replace(values, theta=_with_trained(scenario, values, row, result))
        yield values


def drawn(random: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Which way numbers are moved; not all as far, or what is moved up and what is moved down would cancel in sums."""
    return np.asarray(random.choice((-1.0, 1.0), shape) * random.uniform(0.5, 1.0, shape))


def _terms(values: Values, row: Row, *, slopes_from_outputs: bool) -> Array:
    """How large the numbers are of which a row's are made, where others make them by subtracting; else they are it."""
    by = np.abs(values.results[-1])
    program, targets = values.steps.program, values.targets
    if row.quantity == "E" and program.direct:  # from x, or as a logarithm of y next to 1
        (x,), (y,) = program.direct, program.passed
        by = by + 1.0 + np.abs(values.value(x))
        if slopes_from_outputs and targets is not None:
            by = by + _finite(values.value(y) * values.pulled(y))
    elif row.quantity == "dE/dx" and row.values[0] in program.direct:  # y − t
        if slopes_from_outputs and targets is not None:
            summed = any(call.function is SUM for call in calls(as_written(program.direct[row.values[0]])))
            total = np.abs(targets).sum(axis=1, keepdims=True) if summed else 1.0
            by = by + total * np.abs(values.need("y", row.subject)) + np.abs(targets)
    elif row.quantity == "dE/dx" and slopes_from_outputs:
        by = by + _finite(values.need("dE/dy", row.subject))
    elif values.steps.of_graph and row.quantity in ("y", "E"):
        by = by + max((_subtracted(values, name) for name in row.values if name in program.equation), default=0.0)
    return by


def _subtracted(values: Values, name: str) -> float:
    """How large the numbers are that other programs may subtract for a node."""
    operands = [call.arguments[0] for call in calls(values.steps.program.equation[name].form) if _cancels(call)]
    return max((1.0 + float(np.max(np.abs(computed(operand, values.value)))) for operand in operands), default=0.0)


def _cancels(call: Call) -> bool:
    return operation(call.function).cancels


def _with_trained(scenario: Scenario, values: Values, row: Row, new: Array) -> Array:
    """The parameters with a row's new values; frozen ones stay what they are."""
    theta, span = values.theta.copy(), values.steps.span(row)
    trained = [index for index in range(span.start, span.stop) if index not in scenario.training.frozen]
    theta[trained] = new[[index - span.start for index in trained]]
    return locked(theta)


def _finite(array: Array) -> Array:
    return np.where(np.isfinite(array), np.abs(array), 0.0)
