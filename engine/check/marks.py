"""A document's figures as a walk meets them: where each is computed, and which are on the screen now."""

from typing import TYPE_CHECKING

from msgspec import Struct

from engine.ask.lookup import is_partial, value_at
from engine.ask.whereabouts import place_of
from engine.check.agreement import Agreement, agreement, needs_spread
from engine.check.verdict import Verdict, judged
from engine.formula.quantity import Quantity, kind_of
from engine.program.scenario import Published
from engine.walking.session import Position, Session

if TYPE_CHECKING:
    from engine.check.rounding import Rounding

WORST_FIRST: tuple[Verdict, ...] = ("mismatch", "stale", "erratum", "variant", "rounded", "match")
"""Of a number that is printed twice, the verdict that wants to be seen."""


PATIENCE = 0.2
"""Seconds that a look at a place may take to learn what rounding does to a figure far from the start."""


class Mark(Struct, frozen=True):
    """A number that the document prints: what is printed, and the verdict on it."""

    figure: Published
    verdict: Verdict


def figures_here(session: Session, example: int = 0) -> dict[Quantity, Mark]:
    """The figures of this iteration that are one quantity each, as far as they are computed.

    The settings of a `variant` are not walked for this; the audit does that. Far from the start, a figure whose last
    digits differ may have no mark at the first look: what rounding does is walked to little by little.

    Args:
        session: the place.
        example: which example of the batch is looked at, from 0.
    """
    found: dict[Quantity, Mark] = {}
    for figure in session.scenario.published:
        quantity = plain_quantity(figure)
        if figure.iteration != session.iteration or quantity is None or not is_of(session, figure, quantity, example):
            continue
        value = value_at(session, quantity, example)
        if value is None or is_partial(session, quantity):
            continue
        if not _is_known(session, figure, value):
            continue
        verdict = judged(figure, value, _agreement(session, figure, value))
        before = found.get(quantity)
        if before is None or WORST_FIRST.index(verdict) < WORST_FIRST.index(before.verdict):
            found[quantity] = Mark(figure, verdict)
    return found


def _has_spread(session: Session) -> bool:
    """What rounding does is known on the scenario's own course, not on a branch's."""
    return session.timeline.parent is None and session.scenario is session.timeline.scenario


def _rounding(session: Session) -> "Rounding":
    from engine.check.rounding import rounding_of  # here, because nearly all figures agree in their digits

    return rounding_of(session.scenario)


def _is_known(session: Session, figure: Published, value: float) -> bool:
    """Whether it can be said at once how a figure agrees; if not, the next look at it may know."""
    if figure.verdict != "match" or not _has_spread(session) or not needs_spread(figure, value):
        return True
    return _rounding(session).reach(figure, figure.iteration, PATIENCE)


def _agreement(session: Session, figure: Published, value: float) -> Agreement | None:
    """How a figure agrees; a variant is taken at its word."""
    if figure.verdict == "variant":
        return "digits"

    def spread(slopes_from_outputs: bool) -> float:
        if not _has_spread(session):
            return 0.0
        return _rounding(session).spread(figure, figure.iteration, value, slopes_from_outputs=slopes_from_outputs)

    return agreement(figure, value, spread)


def plain_quantity(figure: Published) -> Quantity | None:
    """The quantity that a figure is, or None where it is arithmetic."""
    (first, *others) = figure.expression.program
    return first if isinstance(first, Quantity) and not others and first.epoch is None else None


def is_of(session: Session, figure: Published, quantity: Quantity, example: int) -> bool:
    """Whether a figure is of what is looked at: this example, or the batch.

    Args:
        session: where it is looked at.
        figure: of its iteration.
        quantity: the figure's.
        example: which one of the batch.
    """
    batch = session.values.examples
    kind = kind_of(quantity.kind)
    whole_batch = kind.of == "parameter" or quantity == Quantity("E")
    if figure.example is None:
        return whole_batch or example == 0
    if whole_batch and kind.over == "iteration":
        return True
    return batch[example] == figure.example - 1 and not (whole_batch and len(batch) > 1)


def go_to_figure(session: Session, figure: Published) -> Session:
    """Where the walk computes a figure; of arithmetic, where the last of its quantities is computed.

    Raises:
        LookupError: the walk has no such step.
    """
    return session.seek_position(place_of_figure(session, figure))


def place_of_figure(session: Session, figure: Published) -> Position:
    """That place; nothing is walked for it. Arguments and errors as of `go_to_figure`."""
    places = [_place_of(session, figure, quantity) for quantity in figure.expression.quantities()]
    return max(places, key=lambda place: place.order)


def _place_of(session: Session, figure: Published, quantity: Quantity) -> Position:
    if quantity.epoch is not None:
        return place_of(session, None, quantity)
    network, frozen = session.scenario.network, session.scenario.training.frozen
    if quantity.kind == "w+" and network.parameter_index[quantity.subject or ""] in frozen:
        quantity = Quantity("w", quantity.subject)  # it has no step that makes a new value
    return place_of(session, figure.iteration, quantity)
