"""A walk: a place in a branch and the values there. Every move gives another session; nothing is ever undone.

Going anywhere is the nearest checkpoint and a replay, and the arithmetic is fixed, so a place has one value however it
is reached. A move that changes nothing returns the same session.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.program.scenario import Scenario
from engine.program.steps import Detail, Row
from engine.showing import bundle
from engine.walking.advance import advance
from engine.walking.position import Position
from engine.walking.timeline import Timeline
from engine.walking.tree import Tree
from engine.walking.values import Event, Values

__all__ = ["Position", "Session"]

Array = NDArray[np.float64]

ALL_THERE_IS = "nothing is trained, so this iteration is the only one"
"""Why a walk ends whose numbers are all finite."""


class Session(Struct, frozen=True, eq=False, dict=True):
    """One place of a walk.

    Example:
        >>> from engine import Session, load_scenario
        >>> start = Session.open(load_scenario("mazur"))
        >>> start.iteration, start.done, start.count  # k, d, N
        (0, 0, 14)
        >>> later = start.seek(1000, 9)
        >>> later.row.quantity, later.row.layer, later.fresh
        ('dE/dw', 2, ('w5', 'w6', 'w7', 'w8', 'b2'))
        >>> later.back().done, start.done
        (8, 0)

    Attributes:
        tree: the branches, and in which of them it is.
        values: the rows done at this place.
        detail: how much one step computes.
        hidden: how many items of the last row are not shown yet (detail `scalar`).
        furthest: the furthest place of the branch reached.
    """

    tree: Tree
    values: Values
    detail: Detail
    hidden: int
    furthest: Position

    def __repr__(self) -> str:
        where = f"iteration {self.iteration}, step {self.done} of {self.count}"
        row = self.row
        what = "" if row is None else f": {row.quantity} of {row.node or f'layer {row.layer}'}"
        return f"<Session of {self.scenario.name or self.scenario.title}, {where}{what}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: network and calculation, where the terminal's side is installed."""
        return bundle(self)

    @classmethod
    def open(cls, scenario: Scenario, detail: Detail = "layer", timeline: Timeline | None = None) -> "Session":
        """A walk of the scenario with nothing computed; `timeline` is its course, if it is there already."""
        return cls.at_start(Tree.of(timeline or Timeline(scenario)), detail)

    @classmethod
    def at_start(cls, tree: Tree, detail: Detail) -> "Session":
        """The first place of the present branch."""
        branch = tree.branch
        return cls(tree, branch.timeline.start(branch.timeline.first), detail, 0, branch.furthest)

    # Where it stands

    @cached_property
    def timeline(self) -> Timeline:
        """The course of the branch."""
        return self.tree.branch.timeline

    @cached_property
    def scenario(self) -> Scenario:
        """What is walked here: where a branch still shares its parent's course, the parent's scenario."""
        return self.timeline.scenario_at(self.iteration)

    @property
    def first(self) -> int:
        """The first iteration that there is."""
        return self.timeline.first

    @property
    def iteration(self) -> int:
        """k, the number of updates made before this iteration."""
        return self.values.iteration

    @property
    def position(self) -> Position:
        """The place."""
        return Position(self.iteration, len(self.values.results), self.hidden)

    @cached_property
    def done(self) -> int:
        """d, the steps done of this iteration, 0 … `count`."""
        return self.timeline.steps.done(len(self.values.results), self.hidden, self.detail)

    @property
    def count(self) -> int:
        """N, the steps of an iteration."""
        return self.timeline.steps.count(self.detail)

    @cached_property
    def row(self) -> Row | None:
        """What the last step computed, or belongs to; None where nothing is computed."""
        rows = len(self.values.results)
        return self.timeline.steps.rows[rows - 1] if rows else None

    @cached_property
    def fresh(self) -> Sequence[str]:
        """The names that the last step computed: a row's items, or the one of a scalar step."""
        if self.row is None:
            return ()
        shown = len(self.row.items) - self.hidden
        return self.row.items if self.detail == "layer" else self.row.items[shown - 1 : shown]

    @property
    def next_row(self) -> Row:
        """The row to which the next step belongs."""
        rows = self.timeline.steps.rows
        if self.hidden:
            return rows[len(self.values.results) - 1]
        return rows[len(self.values.results) % len(rows)]

    @property
    def event(self) -> Event | None:
        """Why the walk can't go on from here, once the number that left the finite ones is shown."""
        return None if self.hidden > self._hidden_at_event else self.values.event

    @property
    def ending(self) -> str | None:
        """Why no step follows this one, in words; None where one does."""
        if self.event is not None:
            return str(self.event)
        return ALL_THERE_IS if self.timeline.steps.ends and self.values.complete and not self.hidden else None

    @property
    def _hidden_at_event(self) -> int:
        """How many items of the last row are still hidden once the number that left the finite ones is shown."""
        event, row = self.values.event, self.row
        if event is None or row is None or event.quantity.subject is None:  # a total comes with its row's last item
            return 0
        return len(row.items) - 1 - row.items.index(event.quantity.subject)

    @property
    def history(self) -> Array:
        """E of every iteration reached so far, the recorded future included; iteration `first` is its first."""
        self.timeline.know(self.values)
        return self.timeline.errors(self.errors_until(self.furthest))

    @property
    def errors_done(self) -> int:
        """How many of `history` lie at or before this place."""
        return self.errors_until(self.position) - self.first

    def errors_until(self, place: Position) -> int:
        """The first iteration whose E is not known at a place of any branch."""
        rows = place.rows - (1 if place.hidden else 0)
        return place.iteration + (rows > self.error_row)

    @property
    def error_row(self) -> int:
        """The index of the row that computes E."""
        return self.timeline.steps.error_row

    @property
    def unshown(self) -> Sequence[str]:
        """The names in the last row whose numbers are not shown yet."""
        return self.row.items[len(self.row.items) - self.hidden :] if self.row else ()

    # Moves

    def forward(self) -> "Session":
        """One step on; itself where the walk has ended."""
        if self.ending is not None:
            return self
        if self.hidden:
            return self._at(self.values, self.hidden - 1)
        values = self.values
        if values.complete:
            self.timeline.keep_stage(values)
            values = self.timeline.start(values.iteration + 1)
        values = advance(self.timeline.scenario_at(values.iteration), values)
        return self._at(
            values, 0 if self.detail == "layer" else len(values.steps.rows[len(values.results) - 1].items) - 1
        )

    def back(self) -> "Session":
        """One step back; itself where nothing is computed."""
        if self.done > 1 or (self.iteration == self.first and self.done == 1):
            return self.seek(self.iteration, self.done - 1)
        return self if self.done == 0 else self.seek(self.iteration - 1, self.count)

    def seek(self, iteration: int, done: int) -> "Session":
        """The place (k, d); where the branch ends before it, the last place there is.

        Raises:
            IndexError: no such place.
        """
        return self.seek_position(self.place(iteration, done))

    def place(self, iteration: int, done: int) -> Position:
        """The position of (k, d) at this detail.

        Raises:
            IndexError: no such place: k before the first iteration, or after it where nothing is trained; d beyond
                0 … `count`, or d = 0 at a later one.
        """
        if iteration < self.first:
            raise IndexError(f"no place at iteration {iteration:,}: the walk begins at iteration {self.first:,}")
        if iteration > self.first and self.timeline.steps.ends:
            raise IndexError(
                f"no place at iteration {iteration:,}: nothing is trained, so it ends with iteration {self.first:,}"
            )
        if not (done > 0 or iteration == self.first) or not 0 <= done <= self.count:
            raise IndexError(f"no place ({iteration}, {done}): d is 1 … {self.count}, or 0 at iteration {self.first}")
        rows, hidden = self.timeline.steps.rows_and_hidden(done, self.detail)
        return Position(iteration, rows, hidden)

    def next_phase(self) -> "Session":
        """The first step of the next phase."""
        start = next((s for s in self.timeline.steps.phase_starts if s >= len(self.values.results)), None)
        if start is None:
            return self.seek_position(self._first_step(self.iteration + 1, 0))
        return self.seek_position(self._first_step(self.iteration, start))

    def previous_phase(self) -> "Session":
        """The first step of the present phase, or of the phase before if it is there already."""
        here = self.position.order
        starts = [self._first_step(self.iteration, s) for s in self.timeline.steps.phase_starts]
        before = [start for start in starts if start.order < here]
        if before:
            return self.seek_position(before[-1])
        if self.iteration == self.first:
            return self.home()
        return self.seek_position(self._first_step(self.iteration - 1, self.timeline.steps.phase_starts[-1]))

    def next_iteration(self) -> "Session":
        """The same step of the next iteration, at least its first; itself where nothing is trained."""
        return self if self.timeline.steps.ends else self.seek(self.iteration + 1, max(1, self.done))

    def previous_iteration(self) -> "Session":
        """The same step of the iteration before; itself in the first."""
        return self if self.iteration == self.first else self.seek(self.iteration - 1, self.done)

    def home(self) -> "Session":
        """Nothing computed."""
        return self.seek(self.first, 0)

    def end(self) -> "Session":
        """The furthest place reached."""
        return self.seek_shown(self.furthest)

    def seek_shown(self, place: Position) -> "Session":
        """A place that was reached at either detail; at detail `layer`, the last whole row."""
        return self.seek_position(place if self.detail == "scalar" or not place.hidden else self._whole(place))

    def with_detail(self, detail: Detail) -> "Session":
        """The same place at another detail; from the middle of a row, the last whole row."""
        if detail == self.detail:
            return self
        changed = replace(self, detail=detail)
        if self.hidden:
            return changed.seek_position(self.last_whole)
        return changed

    def run_end(self, iteration: int) -> "Session":
        """Where a run to an iteration ends: at its error step, which tells what the updates before it have done.

        Itself where that step is done already: a run never goes back.
        """
        place = Position(iteration, self.error_row + 1)
        return self.seek_position(place) if place.order > self.position.order else self

    def fast_forward(self, iterations: int, *, below: float | None = None) -> "Session":
        """`iterations` updates on, or to the first iteration from here whose E is below `below`: to the error step."""
        target = self.iteration + iterations
        if below is not None:
            known = self.timeline.errors(min(target, self.timeline.recorded), self.iteration)
            found = np.flatnonzero(known < below)
            hit = self.iteration + int(found[0]) if len(found) else self.timeline.extend(target, below=below)
            target = target if hit is None else hit
        return self.run_end(target)

    def _first_step(self, iteration: int, row: int) -> Position:
        items = self.timeline.steps.rows[row].items
        return Position(iteration, row + 1, 0 if self.detail == "layer" else len(items) - 1)

    @property
    def last_whole(self) -> Position:
        """The last place at or before this one with no row half shown."""
        return self._whole(self.position)

    def _whole(self, place: Position) -> Position:
        """Likewise of another place."""
        rows = place.rows - (1 if place.hidden else 0)
        if rows or place.iteration == self.first:
            return Position(place.iteration, rows)
        return Position(place.iteration - 1, len(self.timeline.steps.rows))

    def seek_position(self, place: Position) -> "Session":
        """The place; where the branch ends before it, the last place there is."""
        if place == self.position:
            return self
        values = next((v for v in self.values.history() if (v.iteration, len(v.results)) == place[:2]), None)
        if values is None:
            values = self._walked(place)
        there = (values.iteration, len(values.results)) == place[:2]
        found = self._at(values, place.hidden if there else 0)
        if self.detail == "scalar" and found.hidden < found._hidden_at_event:  # where stepping ends, too
            return self._at(values, found._hidden_at_event)
        return found

    def _walked(self, place: Position) -> Values:
        """The rows of this place, or of the last one before it where the branch ends earlier; none walked past."""
        values = self.values
        if values.iteration != place.iteration:
            self.timeline.extend(place.iteration)
            iteration = min(place.iteration, self.timeline.recorded)
            if iteration < place.iteration:
                place = Position(iteration, len(self.timeline.steps.rows))
            values = self.timeline.stage(iteration, place.rows)
        scenario = self.timeline.scenario_at(values.iteration)
        while len(values.results) < place.rows and values.event is None:
            self.timeline.told(len(values.results), place.rows, "steps")
            values = advance(scenario, values)
        self.timeline.keep_stage(values)
        return values

    def _at(self, values: Values, hidden: int) -> "Session":
        moved = replace(self, values=values, hidden=hidden)
        if moved.position.order > self.furthest.order:
            moved = replace(moved, furthest=moved.position)
        return self if moved.position == self.position else moved
