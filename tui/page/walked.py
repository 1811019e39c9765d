"""The walk that a page holds: of every place only what is otherwise than at the one before."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from engine.ask.notes import notes_at
from engine.explain.trace import walk
from engine.formula.quantity import Quantity
from engine.program.notation import Notation
from engine.told import Told, untold
from engine.walking.session import Session
from tui.page.calculation import calculations
from tui.page.drawing import SIZES, Drawer, Table
from tui.page.question import WORDS, asked_before
from tui.page.runs import flat_words, ink_of
from tui.page.tables import cells_of, frames_of
from tui.panels.header import PHASE_WORDS, purpose
from tui.view.seen import View
from tui.words.batches import titled
from tui.words.calculation import symbol
from tui.words.format import number
from tui.words.notes import note_runs
from tui.words.rows import rate_counts, shape_words

MOST_EXAMPLES = 4
"""Examples of a batch that a page shows, the first ones."""
MOST_BYTES = 12_000_000
"""Of a page: a phone has to read it."""

MOST_PARAMETERS = 20_000
"""Rows of a table that a browser shows without waiting, and places that are written down in seconds."""


class TooLargeError(Exception):
    """A walk that has no room in a page.

    Attributes:
        iterations: how many of its first iterations would have.
    """

    def __init__(self, iterations: int) -> None:
        super().__init__(iterations)
        self.iterations = iterations


def walked(
    start: Session, first: int, iterations: int, notation: Notation, digits: int | None, told: Told = untold
) -> dict[str, Any]:
    """All that a page shows.

    Args:
        start: any place of the walk.
        first: the first iteration.
        iterations: how many.
        notation: the names.
        digits: significant digits; None for all.
        told: is told how many places are written down.

    Raises:
        TooLargeError: it is more than a page should hold.
    """
    return _Recorder(start, notation, digits).record(first, iterations, told)


class _Recorder:
    """Writes down places one after the other; keeps what the last one was, of each example shown."""

    def __init__(self, start: Session, notation: Notation, digits: int | None) -> None:
        self.start, self.notation, self.digits = start, notation, digits
        self.rows, self.looks = Table(), Table()
        self.drawers = {size: Drawer(size, self.rows, self.looks) for size in SIZES}
        self._last: dict[tuple[str, int], list[Any]] = {}
        self._bytes, self._rows_counted = 0, 0

    def record(self, first: int, iterations: int, told: Told) -> dict[str, Any]:
        """The whole walk."""
        scenario, names = self.start.scenario, self.notation
        if len(scenario.theta) > MOST_PARAMETERS:
            raise TooLargeError(0)
        places = list[dict[str, Any]]()
        tables: list[dict[str, Any]] = []
        session = self.start
        for session in self._places(first, iterations):
            told(len(places), iterations * session.count + (first == session.first), "places")
            tables = tables or frames_of(self._view(session, 0))
            places.append(self._place(session))
            self._weigh(places[-1], session.iteration - first)
        rate = f", {symbol_of_rate(names)} = {number(scenario.training.learning_rate, self.digits)}"
        return {
            "title": scenario.title,
            "document": scenario.document or "",
            "shape": shape_words(scenario) + (rate if rate_counts(scenario) else ""),
            "ends": "" if session.event is None else f"the walk ends here: {session.event}",
            "words": WORDS,
            "looks": self.looks.things,
            "rows": self.rows.things,
            "sizes": {size: [drawer.columns, drawer.rows] for size, drawer in self.drawers.items()},
            "tables": tables,
            "places": places,
        }

    def _places(self, first: int, iterations: int) -> Iterator[Session]:
        """Every place; of the walk's first iteration also that where nothing is computed."""
        begin = [self.start.home()] if first == self.start.first else []
        return chain(begin, walk(self.start, first, iterations))

    def _weigh(self, place: dict[str, Any], iteration: int) -> None:
        """Counts what a place adds."""
        added = [place, *self.rows.things[self._rows_counted :]]
        self._rows_counted = len(self.rows.things)
        self._bytes += len(json.dumps(added, ensure_ascii=False).encode())
        if self._bytes > MOST_BYTES:
            raise TooLargeError(iteration)

    def _view(self, session: Session, example: int) -> View:
        notes = notes_at(session)
        return View(session, session, example, self.notation, self.digits, wide=True, notes=notes)

    def _place(self, session: Session) -> dict[str, Any]:
        """What is shown at a place."""
        row, view = session.row, self._view(session, 0)
        examples = session.values.examples
        return {
            "iteration": session.iteration,
            "step": session.done,
            "of": session.count,
            "batch": titled(examples) if len(self.start.scenario.inputs) > 1 else "",
            "phase": "" if row is None else PHASE_WORDS[row.phase],
            "ink": "" if row is None else ink_of(row.quantity),
            "what": "nothing is computed yet" if row is None else purpose(view, row),
            "notes": [flat_words(note_runs(note, self.notation)) for note in view.notes],
            "examples": [example + 1 for example in examples[:MOST_EXAMPLES]] if len(examples) > 1 else [],
            "views": [self._seen(session, example) for example in range(min(len(examples), MOST_EXAMPLES))],
        }

    def _seen(self, session: Session, example: int) -> dict[str, Any]:
        """What differs in one example from what was seen of the one in its place before."""
        view = self._view(session, example)
        cells, lit, legends = cells_of(view)
        found: dict[str, Any] = {
            size: self._changes(size, example, drawer.draw(view)) for size, drawer in self.drawers.items()
        }
        found |= {"cells": self._changes("cells", example, cells), "lit": lit, "legends": legends}
        found["calculation"] = calculations(view)
        question = asked_before(session, example, self.notation, self.digits)
        return found if question is None else found | {"question": question}

    def _changes(self, what: str, example: int, now: list[Any]) -> list[Any]:
        """Number and new thing, of each that is another one than before, in one list."""
        before = self._last.get((what, example), [])
        self._last[what, example] = now
        changed = ((i, new) for i, new in enumerate(now) if i >= len(before) or before[i] != new)
        return [one for pair in changed for one in pair]


def symbol_of_rate(notation: Notation) -> str:
    """What the learning rate is called."""
    return symbol(Quantity("learning_rate"), notation).text
