"""Published figures that are not what is computed: what was done to get them, and how a file declares that.

A figure is searched like somebody's own number, by itself: at its iteration, to the digits that are printed. Where
several are left of which that tells nothing, one cause of them together is looked for.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_UP, Decimal

import numpy as np
from msgspec.structs import replace

from engine.check.audit import Audit, Auditor
from engine.check.verdict import FigureCheck
from engine.check.walked import last_iteration
from engine.comparison.cause import Cause
from engine.comparison.compared import compare_numbers
from engine.comparison.containers import Numbers
from engine.comparison.entries import Entry, NumbersError
from engine.comparison.epochs import Epochs, epochs_of
from engine.comparison.settings import settings_of
from engine.comparison.together import explained_together
from engine.formula.quantity import kind_of
from engine.program.scenario import Published, Scenario
from engine.walking.session import Session

LATEST = 10_000
"""The last iteration whose figures are searched: each setting that is tried walks there."""
MOST = 10
"""Figures of a scenario that are searched, the first of those that differ: the others most often follow from them."""
MOST_TOGETHER = 60
"""Figures that are searched for one cause of several."""

CUT = "its last digits are cut off, not rounded"


def causes_of(
    done: Audit, watch: Callable[[int, int], None] = lambda number, count: None
) -> dict[int, tuple[Cause, ...]]:
    """What was done to get figures that differ undeclared, by their number in the audit; none where it is not found.

    Figures of which nothing is looked for are left out: what is beyond `LATEST` or `MOST`.

    Args:
        done: the audit.
        watch: is told before each which one of how many is searched; what it raises ends the search.
    """
    scenario, wanted = done.scenario, [number for number, check in enumerate(done.figures) if _is_undeclared(check)]
    all_of_them = {number: done.figures[number].figure for number in wanted[:MOST_TOGETHER]}
    all_of_them = {n: one for n, one in all_of_them.items() if last_iteration(scenario, one, one.iteration) <= LATEST}
    figures = {number: figure for number, figure in all_of_them.items() if number in wanted[:MOST]}
    epochs = [epoch for figure in figures.values() for epoch in epochs_of(figure)]
    of_epochs = Epochs(scenario, max(epochs)) if epochs else None
    found: dict[int, tuple[Cause, ...] | None] = {}
    for place, (number, figure) in enumerate(figures.items(), 1):
        watch(place, len(figures))
        if of_epochs is not None and epochs_of(figure):
            found[number] = of_epochs.causes(figure)
        else:
            found[number] = _causes(scenario, figure)
    if sum(not causes for causes in found.values()) > 1:
        for number, causes in explained_together(scenario, all_of_them).items():
            found[number] = found.get(number) or causes
    return {number: causes for number, causes in found.items() if causes is not None}


def declared(scenario: Scenario, check: FigureCheck, causes: Sequence[Cause]) -> Published | None:
    """The figure as a file would declare it, so that the check agrees; None where no cause is known.

    Args:
        scenario: whose figure it is.
        check: of the figure.
        causes: what was done to get it.
    """
    if not causes:
        return None
    note = " ".join(f"{cause.words[:1].upper()}{cause.words[1:]}." for cause in causes)
    auditor = Auditor(scenario)
    ways = _ways(scenario, replace(check.figure, note=note), check.computed, causes)
    return next((figure for figure in ways if auditor.check(figure).ok), None)


def _ways(scenario: Scenario, figure: Published, computed: float, causes: Sequence[Cause]) -> Iterator[Published]:
    """The ways to declare a figure, first the one that says most.

    A mistake in a row may be one that a setting makes in all of them.
    """
    (first, *others) = causes
    alike = [setting.variant for setting in settings_of(scenario) if setting.cause == first.cause]
    for variant in (first.variant, *alike) if not others else ():
        if variant is not None:
            yield replace(figure, verdict="variant", variant=variant)
    if first.cause == "rounded":
        off = Decimal(abs(computed - figure.number))
        yield replace(figure, verdict="rounded", within=float(off.quantize(_unit_of(off), ROUND_UP)))
    yield replace(figure, verdict="erratum")


def _unit_of(number: Decimal) -> Decimal:
    """One unit of the second digit."""
    return Decimal(1).scaleb(number.adjusted() - 1)


def _is_undeclared(check: FigureCheck) -> bool:
    return check.verdict == "mismatch" and check.figure.verdict == "match" and bool(np.isfinite(check.computed))


def _causes(scenario: Scenario, figure: Published) -> tuple[Cause, ...] | None:
    """What was done to get a figure; None where that is not looked for."""
    session = Session.open(scenario).seek(figure.iteration, 1)
    if session.iteration != figure.iteration:
        return None
    example = _by_itself(session, figure)
    entry = Entry(str(figure.expression), np.array(figure.number), np.array(figure.resolution / 2))
    try:
        found = compare_numbers(session, Numbers(scenario.name, (entry,)), example=example)
    except NumbersError:
        return None
    if any(row.cut for row in found.rows):
        return (Cause("rounded", str(figure.expression), 1, CUT, {"cut": True}),)
    return found.causes


def _by_itself(session: Session, figure: Published) -> int | None:
    """The example of which a figure is, if that is not the batch, or it is of whatever the batch is."""
    if figure.example is None or session.values.examples == (figure.example - 1,):
        return None
    if all(kind_of(quantity.kind).over == "iteration" for quantity in figure.expression.quantities()):
        return None
    return figure.example - 1
