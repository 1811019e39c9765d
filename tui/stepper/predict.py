"""Predict mode: each step asks before it shows. The lesson is the engine's; this is its question on the screen."""

import asyncio
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input

from engine.walking.session import Position
from tui import dialogs
from tui.graph.widget import NetworkGraph
from tui.panels.equation import RIGHT
from tui.stepper.host import Stepper
from tui.view.keys import BY_KEY, KEYS
from tui.words.quoted import in_notation

if TYPE_CHECKING:
    from engine.predict.answer import Answer
    from engine.predict.lesson import Lesson
    from engine.predict.question import Question
    from tui.panels.question import QuestionPanel

OF_KEYS = {entry.does for entry in KEYS}
WHILE_ASKING = {"see.digits", "see.notation", "see.logarithmic", "see.large"}
"""What tells nothing of the answer: the palette has it while a question is open."""


class Predict:
    """The lesson: while it is on, a step forward is a question first.

    Attributes:
        on: whether it is.
        lesson: None until predict mode begins for the first time: most walks need nothing of it. Scores are kept when
            it is left.
    """

    def __init__(self, screen: Stepper) -> None:
        self.screen = screen
        self.on = False
        self.lesson: Lesson | None = None
        self._panel: QuestionPanel
        """There as soon as the lesson is."""
        self._remark: tuple[Position, str] | None = None
        """What is said of the answer that led to this place."""

    @property
    def question(self) -> "Question | None":
        """The open question."""
        return None if self.lesson is None else self.lesson.question

    @property
    def score(self) -> str:
        """The score in a few words; nothing out of predict mode."""
        if not self.on or self.lesson is None:
            return ""
        return f"predict {self.lesson.right}/{self.lesson.asked}" if self.lesson.asked else "predict"

    @property
    def remark(self) -> str:
        """What is said of the answer that led here."""
        return self._remark[1] if self._remark is not None and self._remark[0] == self.screen.session.position else ""

    # What is refused meanwhile

    def allows(self, does: str) -> bool:
        """Of the keys' actions, while a question is open, only what can't tell its answer."""
        return self.question is None or does not in OF_KEYS or does.partition("(")[0] in WHILE_ASKING

    def answer_first(self) -> bool:
        """Whether a question is open, which it then says."""
        if self.lesson is None or self.question is None:
            return False
        from engine.predict.words import help_next  # like the lesson

        gives = help_next(self.lesson)
        self.screen.say(f"Answer first: enter on an empty line gives {gives}, escape leaves predict mode.")
        self._panel.line.focus()
        return True

    def refuses(self) -> bool:
        """Whether it goes step by step, which it then says."""
        if self.on:
            self.screen.say("Predict mode asks step by step: t leaves it.")
        return self.on

    def takes(self, event: events.Key) -> bool:
        """While a question is open: escape leaves, and keys that the answer line does not take say why."""
        if self.question is None:
            return False
        typing = self.screen.host.focused is self._panel.line
        if event.key == "escape" and not typing:
            self.leave()
            return True
        return event.key in BY_KEY and not (typing and event.key in self._panel.line.keys) and self.answer_first()

    # Asking

    async def toggle(self) -> None:
        """Begins, or leaves."""
        if self.on:
            self.leave()
        elif not self.screen.busy():
            if self.lesson is None:
                from engine.predict.lesson import Lesson
                from tui.panels.question import QuestionPanel

                self._panel = QuestionPanel(id="question")
                await self.screen.textual.mount(self._panel, after="#equation")
                self.lesson = Lesson()
            self.on = True
            if not self.asked_first():
                self.screen.say("Predict mode: → asks before each step, escape leaves.", 3)
                self.screen.redraw()

    def asked_first(self) -> bool:
        """Asks about the next step, if it is to be predicted; whether it did."""
        if not self.on or self.lesson is None or self.lesson.question is not None:
            return self.question is not None
        session, chosen = self.screen.session, self.screen.chosen
        self.lesson = self.lesson.ask(session, chosen.selected, self.screen.view.example)
        if self.lesson.question is not None:
            if chosen.example not in session.values.examples:  # it is asked of the batch
                chosen.example = None
            self.screen.textual.set_class(True, "asking")
            self.screen.redraw()
            self._panel.line.value = ""
            self._panel.line.focus()
            self.screen.textual.refresh_bindings()
        elif self.lesson.passed_over:
            self._remark = session.forward().position, "not asked this time"
        return self.question is not None

    def answered(self, event: Input.Submitted) -> None:
        """An answer, or without one a hint."""
        question, before = self.question, self.lesson
        if question is None or before is None or event.input is not self._panel.line:
            return
        event.stop()
        self.lesson = lesson = before.answer(event.value, self.screen.view.notation)
        if lesson.question is None:
            told = lesson.feedback is not None and lesson.feedback.said == "told"
            self._remark = question.after.position, "the answer" if told else RIGHT
            self._close()
            self.screen.session = question.after
            return
        if lesson.asks_direction != before.asks_direction:
            event.input.value = ""
        event.input.select_all()  # what is typed next replaces it
        self.screen.redraw()
        if lesson.feedback is not None and lesson.feedback.answer is not None:
            self.screen.textual.run_worker(self._search(lesson, question, lesson.feedback.answer), group="answer")

    async def _search(self, lesson: "Lesson", question: "Question", answer: "Answer") -> None:
        """Says what was done to get a wrong answer, once that is found in the steps before."""
        from engine.comparison.answers import cause_of, searched  # here: right answers need no search

        cause = await asyncio.to_thread(cause_of, question, answer) if searched(question) else ""
        if cause and self.lesson is lesson:
            self.lesson = lesson.with_cause(in_notation(cause, self.screen.view.notation))
            self.screen.redraw()

    def _close(self) -> None:
        self.screen.textual.set_class(False, "asking")
        self.screen.textual.query_one(NetworkGraph).focus()
        self.screen.textual.refresh_bindings()

    def leave(self) -> None:
        """Out of predict mode, with a summary if there is one."""
        self.on = False
        if self.lesson is None:
            return
        self.lesson = self.lesson.leave()
        self._close()
        self.screen.redraw()
        if self.lesson.asked:
            self.screen.host.push_screen(dialogs.Scores(self.lesson, self.screen.view.notation))
        else:
            self.screen.say("Predict mode is off.")

    def draw(self) -> None:
        """Draws the open question."""
        if self.lesson is not None and self.question is not None:
            self._panel.show(self.lesson, self.screen.view)
