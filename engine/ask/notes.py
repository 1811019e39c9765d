"""Where in a walk a teacher's notes belong: which are of the place one stands at, and where the next ones are."""

from collections.abc import Iterator
from functools import lru_cache

from engine.ask.whereabouts import place_of
from engine.formula.quantity import Quantity
from engine.program.expression import parse_place
from engine.program.scenario import Note
from engine.program.steps import PHASES
from engine.walking.session import Position, Session


def notes_at(session: Session) -> tuple[Note, ...]:
    """The notes of the session's place, in file order.

    One of a node or parameter belongs to the step that computes it: at detail `scalar` its own, at `layer` its row's.
    """
    here, k = session.position, session.iteration
    return tuple(
        note
        for note in session.scenario.notes
        if iteration_of(session, note) in (None, k) and place_of_note(session, note, k) == here
    )


def iteration_of(session: Session, note: Note) -> int | None:
    """The only iteration that a note is of, or None where it is of every one.

    One of the `start` is read before the walk's first step: it would return at each iteration, long after it was true.
    """
    return session.first if note.at == "start" and note.iteration is None else note.iteration


def shown_first(session: Session) -> Quantity | None:
    """Which number of the last step is explained first: one of which a note of the place speaks, else the first."""
    row = session.row
    if row is None:
        return None
    for note in notes_at(session):
        if note.at in ("start", "end", *PHASES):
            continue
        quantity = _quantity(note.at)
        if quantity.subject in session.fresh:
            return Quantity(row.quantity, quantity.subject)
        if quantity in (Quantity("E"), Quantity("E_penalty")) and not session.hidden:
            return quantity
    return Quantity(row.quantity, session.fresh[0])


def noted_place(session: Session, direction: int) -> Position | None:
    """The nearest place ahead (1) or behind (−1) that has a note, or None where there is none."""
    here = session.position.order
    places = [
        place
        for note in session.scenario.notes
        for place in _places(session, note, direction)
        if (place.order > here if direction > 0 else place.order < here)
    ]
    nearest = min if direction > 0 else max
    return nearest(places, key=lambda place: place.order, default=None)


def _places(session: Session, note: Note, direction: int) -> Iterator[Position]:
    """A note's place in its own iteration; of a note of every iteration, those in this one and in the next that way."""
    k, only = session.iteration, iteration_of(session, note)
    for iteration in (k, k + direction) if only is None else (only,):
        place = place_of_note(session, note, iteration)
        if place is not None:
            yield place


def place_of_note(session: Session, note: Note, iteration: int) -> Position | None:
    """Where in an iteration a note belongs, at the session's detail; None where the walk has no such step.

    `start` is where nothing is computed, which only the first iteration has: of a later one it is the first step.
    """
    if iteration < session.first or (session.timeline.steps.ends and iteration > session.first):
        return None
    if note.at == "start":
        return session.place(iteration, 0 if iteration == session.first else 1)
    if note.at == "end":
        return session.place(iteration, session.count)
    rows = session.timeline.steps.rows
    if note.at in PHASES:
        first = next((i for i, row in enumerate(rows) if row.phase == note.at), None)
        return None if first is None else _first_step(session, iteration, first)
    quantity = _quantity(note.at)
    if quantity.subject is None and quantity.kind not in ("E", "E_epoch"):  # a total is known once its row is done
        index = next((i for i, row in enumerate(rows) if row.quantity == quantity.kind), None)
        return None if index is None else _first_step(session, iteration, index)
    try:
        place = place_of(session, None if quantity.epoch is not None else iteration, quantity)
    except LookupError:
        return None
    return place if place.iteration == iteration else None


def _first_step(session: Session, iteration: int, row: int) -> Position:
    items = session.timeline.steps.rows[row].items
    return Position(iteration, row + 1, 0 if session.detail == "layer" else len(items) - 1)


@lru_cache(maxsize=4096)
def _quantity(at: str) -> Quantity:
    """The quantity that a note names."""
    _, quantity = parse_place(at)
    assert quantity is not None  # the file was checked
    return quantity
