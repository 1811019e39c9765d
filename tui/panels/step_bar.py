"""The step bar: every step of the iteration as a mark, grouped by phase.

Marks that do not fit become one for each row, then one count for each phase.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from textual import events
from textual.content import Content
from textual.message import Message

from engine.program.steps import Row
from engine.walking.session import Session
from tui.panels.header import purpose
from tui.panels.lines import LinesPanel
from tui.view.kept import Places
from tui.view.seen import View
from tui.words.kinds import role_style

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
        self.steps, self.detail, self.count = steps, session.detail, session.count

    @cached_property
    def phases(self) -> list[list[Span]]:
        """The rows of each."""
        ends = range(1, self.count + 1) if self.detail == "layer" else self.steps.scalar_ends
        spans = [
            Span(row, last - (len(row.items) if self.detail == "scalar" else 1) + 1, last)
            for row, last in zip(self.steps.rows, ends, strict=True)
        ]
        return [list(group) for _, group in groupby(spans, key=lambda span: span.row.phase)]

    def state(self, step: int) -> str:
        """`done`, `here`, `recorded` or `ahead`."""
        if step <= self.done:
            return "here" if step == self.done else "done"
        return "recorded" if step <= self.reached else "ahead"

    def heading(self, phase: list[Span]) -> Content:
        """The phase's name, bold where the last step belongs to it."""
        here = phase[0].first <= self.done <= phase[-1].last
        return Content.styled(phase[0].row.phase, "bold" if here else "$text-muted")

    def each(self, span: Span, between: str) -> list["Piece"]:
        """A mark for each step of a row."""
        return _joined(
            between, [[Piece(_mark(span.row.quantity, self.state(n)), n)] for n in range(span.first, span.last + 1)]
        )

    def joined(self, span: Span) -> list["Piece"]:
        """One mark for a row: `here` from its first step to its last."""
        here = span.first <= self.done <= span.last
        return [Piece(_mark(span.row.quantity, "here" if here else self.state(span.last)), span.last)]

    def counted(self, phase: list[Span]) -> list["Piece"]:
        """`forward 3/5`: how many steps of a phase are done."""
        steps = phase[-1].last - phase[0].first + 1
        done = min(steps, max(0, self.done - phase[0].first + 1))
        return [Piece(Content.assemble(self.heading(phase), f" {done}/{steps}"), phase[0].first)]

    def drawn(self, phase: list[Span], draw: Callable[[Span], list["Piece"]], between: str) -> list["Piece"]:
        """A phase with its heading, which stands for its first step."""
        heading = Piece(self.heading(phase) + " ", phase[0].first)
        return [heading, *_joined(between, [draw(span) for span in phase])]


class Piece(NamedTuple):
    """A part of the bar, and the step to which a click on it goes."""

    content: Content
    step: int


def bar(session: Session, width: int) -> Content:
    """The bar in at most `width` cells."""
    return Content("").join([piece.content for piece in pieces(session, width)]).truncate(width, ellipsis=True)


def step_at(session: Session, width: int, column: int) -> int | None:
    """The step whose mark is at a column of the bar, or the last before it; None beyond the last one."""
    end = 0
    for piece in pieces(session, width):
        end += piece.content.cell_length
        if column < end:
            return piece.step
    return None


def meaning(view: View, step: int) -> str:
    """`step 9: dE/dx  error by total input of layer 2; a click goes there`."""
    rows = (span for phase in Bar(view.session).phases for span in phase)
    row = next(span.row for span in rows if step <= span.last)
    return f"step {step}: {purpose(view, row)}; a click goes there"


def pieces(session: Session, width: int) -> list[Piece]:
    """The parts of the bar, in the longest form that fits."""
    steps = Bar(session)
    forms: list[tuple[Callable[[Span], list[Piece]], str]] = []
    if len(steps.steps.rows) <= width:
        forms = [(steps.joined, " "), (steps.joined, "")]
    if steps.count <= width:
        forms = [
            (lambda span: steps.each(span, " "), " "),
            (lambda span: steps.each(span, ""), " "),
            (lambda span: steps.each(span, ""), ""),
            *forms,
        ]
    for draw, between in forms:
        line = _joined(GAP, [steps.drawn(phase, draw, between) for phase in steps.phases])
        if sum(piece.content.cell_length for piece in line) <= width:
            return line
    return _joined(GAP, [steps.counted(phase) for phase in steps.phases])


def _joined(between: str, groups: list[list[Piece]]) -> list[Piece]:
    """The groups in a row; what stands between two of them belongs to the one before."""
    line: list[Piece] = []
    for group in groups:
        if line and between:
            line.append(Piece(Content(between), line[-1].step))
        line += group
    return line


@lru_cache
def _mark(quantity: str, state: str) -> Content:
    colour = role_style(quantity)
    style = {"here": f"bold {colour}", "done": colour}.get(state, "$text-disabled")
    return Content.styled(SIGNS[state], style)


class StepBar(LinesPanel):
    """One line."""

    class Picked(Message):
        """Someone clicked on a step of the iteration, counted from 1."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._view: View | None = None
        self._bars = Places(0)

    @property
    def _width(self) -> int:
        return self.size.width or self.app.size.width - 2

    def show(self, view: View) -> None:
        """Draws the view's iteration."""
        self._view, session, width = view, view.session, self._width
        steps = Bar(session)  # no number of an iteration is in it
        kept = self._bars.at((steps.steps, steps.detail, steps.done, steps.reached, width))
        self.paint(kept.get("bar", lambda: [bar(session, width)]), width, kept)

    def _step_under(self, event: events.MouseEvent) -> int | None:
        """The step whose mark is under the mouse."""
        offset = event.get_content_offset(self)
        if offset is None or self._view is None:
            return None
        return step_at(self._view.session, self._width, offset.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Says what the mark under the mouse stands for, and that it can be clicked on."""
        step = self._step_under(event)
        self.tooltip = None if step is None or self._view is None else Content(meaning(self._view, step))

    def on_click(self, event: events.Click) -> None:
        """Tells which step was meant."""
        step = self._step_under(event)
        if step is not None:
            event.stop()
            self.post_message(self.Picked(step))
