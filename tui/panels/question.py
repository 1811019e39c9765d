"""The question of predict mode with its answer line, in the place of the calculation while it is open."""

import textwrap

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static

from engine.predict.lesson import Lesson, Said
from engine.predict.mistakes import called
from engine.predict.words import asked, help_next, meaning, said
from tui.panels.calculation import wrapped
from tui.terminal.answer_line import TypedLine
from tui.terminal.borders import label
from tui.view.seen import View
from tui.words.hints import hint_lines

STYLES: dict[Said, str] = {
    "right": "$text-success",
    "wrong": "$text-error",
    "coarse": "$text-warning",
    "unreadable": "$text-warning",
    "told": "$text",
}
SIGNS: dict[Said, str] = {"right": "✓ ", "wrong": "✗ ", "coarse": "… ", "unreadable": "", "told": ""}
DIRECTIONS = "+  or  -  or  0"
NUMBER = "a number, or arithmetic with numbers and names"


def below(lesson: Lesson, view: View, width: int, height: int) -> Content:
    """What stands under the answer line: what was said to the last answer, then the hints, in `width` × `height` cells.

    Where there is not enough room, sums are shortened, then the first hints go.
    """
    spoken = _spoken(lesson, view, width)
    for most in (24, 12, 8, 6, 4, 3):
        hints = [
            line
            for left, runs in hint_lines(lesson, view.notation, view.digits, most)
            for line in wrapped(left, runs, width)
        ]
        if len(spoken) + len(hints) <= height:
            break
    room = max(0, height - len(spoken))
    shown = hints[-room:] if room else []
    return Content("\n").join([*spoken[:height], *shown])


def _spoken(lesson: Lesson, view: View, width: int) -> list[Content]:
    feedback, question = lesson.feedback, lesson.question
    if feedback is None or question is None:
        return []
    text = SIGNS[feedback.said] + said(lesson, question, view.notation)
    return [Content.styled(line, STYLES[feedback.said]) for line in textwrap.wrap(text, max(20, width))]


class AnswerLine(TypedLine):
    """Where the answer is typed."""

    BINDINGS = [
        Binding("enter", "submit", "answer, or help"),
        Binding("escape", "screen.do('predict.leave')", "leave predict mode"),
    ]
    keys = frozenset(
        key
        for binding in (*Input.BINDINGS, *BINDINGS)
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    )
    """What it takes."""


class QuestionPanel(Vertical):
    """Question, answer line, what was said, hints."""

    def compose(self) -> ComposeResult:
        """Question, line, the rest."""
        yield Static(id="asked", markup=False)
        with Horizontal(id="answer"):
            yield Label(id="prompt", markup=False)
            yield AnswerLine(compact=True, select_on_focus=False)
        yield Static(id="said", markup=False)

    @property
    def line(self) -> AnswerLine:
        """Where the answer is typed."""
        return self.query_one(AnswerLine)

    def show(self, lesson: Lesson, view: View) -> None:
        """Draws the lesson's open question."""
        self._shown = lesson, view
        question = lesson.question
        if question is None:
            return
        label(self, f"predict: {meaning(question, view.notation)}", f"enter alone: {help_next(lesson)}")
        self.query_one("#asked", Static).update(Content.styled(asked(lesson, view.notation), "bold"), layout=False)
        prompt = "? " if lesson.asks_direction else f"{called(question.quantity, view.notation)} = "
        self.query_one("#prompt", Label).update(Content(prompt))
        self.line.placeholder = DIRECTIONS if lesson.asks_direction else NUMBER
        self._draw()

    def on_resize(self) -> None:
        """Fits the words to the new size."""
        if hasattr(self, "_shown"):
            self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        panel = self.query_one("#said", Static)
        size = panel.content_size
        if size.width and size.height:
            panel.update(below(*self._shown, size.width, size.height), layout=False)
