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


class Span(NamedTuple):
    """A row and its steps: the numbers of the first and of the last, from 1."""

    row: Row
    first: int
    last: int


class Bar:
    """The steps of a session's iteration."""

    def __init__(self, session: Session) -> None:
        self.done = session.done
        furthest, steps = session.furthest, session.timeline.steps
        self.reached = steps.done(furthest.rows, furthest.hidden, session.detail)
        if furthest.iteration != session.iteration:
            self.reached = session.count if furthest.iteration > session.iteration else 0
        ends = range(1, session.count + 1) if session.detail == "layer" else steps.scalar_ends
        spans = [
            Span(row, last - (len(row.items) if session.detail == "scalar" else 1) + 1, last)
            for row, last in zip(steps.rows, ends, strict=True)
        ]
        self.phases = [list(group) for _, group in groupby(spans, key=lambda span: span.row.phase)]
        self.count = session.count

    def state(self, step: int) -> str:
        """`done`, `here`, `recorded` or `ahead`."""
        if step <= self.done:
            return "here" if step == self.done else "done"
        return "recorded" if step <= self.reached else "ahead"

    def heading(self, phase: list[Span]) -> Content:
        """The phase's name, bold where the last step belongs to it."""
        here = phase[0].first <= self.done <= phase[-1].last
        return Content.styled(phase[0].row.phase, "bold" if here else "$text-muted")

    def each(self, span: Span, between: str) -> Content:
        """A mark for each step of a row."""
        return Content(between).join([_mark(span.row, self.state(step)) for step in range(span.first, span.last + 1)])

    def joined(self, span: Span) -> Content:
        """One mark for a row: `here` from its first step to its last."""
        here = span.first <= self.done <= span.last
        return _mark(span.row, "here" if here else self.state(span.last))

    def counted(self, phase: list[Span]) -> Content:
        """`forward 3/5`: how many steps of a phase are done."""
        steps = phase[-1].last - phase[0].first + 1
        done = min(steps, max(0, self.done - phase[0].first + 1))
        return Content.assemble(self.heading(phase), f" {done}/{steps}")


def bar(session: Session, width: int) -> Content:
    """The bar in at most `width` cells."""
    steps = Bar(session)
    forms: list[tuple[Callable[[Span], Content], str]] = [(steps.joined, " "), (steps.joined, "")]
    if steps.count <= width:
        forms = [
            (lambda span: steps.each(span, " "), " "),
            (lambda span: steps.each(span, ""), " "),
            (lambda span: steps.each(span, ""), ""),
            *forms,
        ]
    for draw, between in forms:
        groups = [
            Content.assemble(steps.heading(phase), " ", Content(between).join(map(draw, phase)))
            for phase in steps.phases
        ]
        line = Content(GAP).join(groups)
        if line.cell_length <= width:
            return line
    return Content(GAP).join([steps.counted(phase) for phase in steps.phases]).truncate(width, ellipsis=True)


def _mark(row: Row, state: str) -> Content:
    colour = role_style(row.quantity)
    style = {"here": f"bold {colour}", "done": colour}.get(state, "$text-disabled")
    return Content.styled(SIGNS[state], style)


class StepBar(Static):
    """One line."""

    def show(self, view: View) -> None:
        """Draws the view's iteration."""
        self.update(bar(view.session, self.size.width or self.app.size.width - 2), layout=False)
