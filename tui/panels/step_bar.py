"""The step bar: every step of the iteration as a mark, grouped by phase.

Marks that do not fit become one for each row, then one count for each phase.
"""

from collections.abc import Callable
from itertools import groupby
from typing import NamedTuple

from textual.content import Content
from textual.widgets import Static

from engine.session import Session
from engine.steps import Row
from tui.formula import role_style
from tui.view import View

SIGNS = {"done": "●", "here": "◉", "recorded": "◌", "ahead": "○"}
"""done: walked; here: the last step; recorded: walked before and now ahead; ahead: not walked yet."""
GAP = "   "


class Mark(NamedTuple):
    """One step or row of them: its state, and the row that it belongs to."""

    state: str
    row: Row


def marks(session: Session) -> list[list[Mark]]:
    """A list for each row with a mark for each of its steps."""
    furthest = session.furthest
    reached = session.timeline.steps.done(furthest.rows, furthest.hidden, session.detail)
    if furthest.iteration != session.iteration:
        reached = session.count if furthest.iteration > session.iteration else 0
    step = 0
    result: list[list[Mark]] = []
    for row in session.timeline.steps.rows:
        result.append([])
        for _ in row.items if session.detail == "scalar" else (row,):
            step += 1
            state = "done" if step < session.done else "here" if step == session.done else "ahead"
            result[-1].append(Mark("recorded" if state == "ahead" and step <= reached else state, row))
    return result


def bar(session: Session, width: int) -> Content:
    """The bar in at most `width` cells."""
    rows = marks(session)
    phases = [list(group) for _, group in groupby(rows, key=lambda row: row[0].row.phase)]
    forms: tuple[tuple[Callable[[list[Mark]], Content], str], ...] = (
        (_spaced, " "),
        (_close, " "),
        (_close, ""),
        (_joined, " "),
        (_joined, ""),
    )
    for draw, between in forms:
        groups = [Content.assemble(_heading(rows), " ", Content(between).join(map(draw, rows))) for rows in phases]
        line = Content(GAP).join(groups)
        if line.cell_length <= width:
            return line
    counted = [Content.assemble(_heading(phase), f" {_done(phase)}/{sum(map(len, phase))}") for phase in phases]
    return Content(GAP).join(counted).truncate(width, ellipsis=True)


def _heading(phase: list[list[Mark]]) -> Content:
    here = any(mark.state == "here" for row in phase for mark in row)
    return Content.styled(phase[0][0].row.phase, "bold" if here else "$text-muted")


def _done(phase: list[list[Mark]]) -> int:
    return sum(mark.state in ("done", "here") for row in phase for mark in row)


def _sign(mark: Mark) -> Content:
    colour = role_style(mark.row.quantity)
    style = {"here": f"bold {colour}", "done": colour}.get(mark.state, "$text-disabled")
    return Content.styled(SIGNS[mark.state], style)


def _close(row: list[Mark]) -> Content:
    return Content("").join([_sign(mark) for mark in row])


def _spaced(row: list[Mark]) -> Content:
    return Content(" ").join([_sign(mark) for mark in row])


def _joined(row: list[Mark]) -> Content:
    """One mark for a whole row: `here` from its first step to the one before its last."""
    states = {mark.state for mark in row}
    if "here" in states or ("done" in states and len(states) > 1):
        return _sign(Mark("here", row[0].row))
    return _sign(row[-1])


class StepBar(Static):
    """One line."""

    def show(self, view: View) -> None:
        """Draws the view's iteration."""
        self.update(bar(view.session, self.size.width or self.app.size.width - 2), layout=False)
