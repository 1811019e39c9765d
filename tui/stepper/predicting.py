"""Predict mode: each step asks before it shows. The lesson is the engine's; this is its question on the screen."""

from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input

from engine.walking.session import Position
from tui import dialogs
from tui.graph.widget import NetworkGraph
from tui.panels.equation import RIGHT
from tui.stepper.running import ENTRIES, RunningScreen
from tui.stepper.selecting import SelectingScreen
from tui.view.keys import KEYS

if TYPE_CHECKING:
    from engine.predict.lesson import Lesson
    from engine.predict.question import Question
    from tui.panels.question import QuestionPanel

ACTIONS = {entry.action.partition("(")[0] for entry in KEYS}
WHILE_ASKING = {"digits", "notation", "logarithmic", "large"}
"""Actions that tell nothing of the answer: the palette has them while a question is open."""
ANSWER_FIRST = "Answer first: enter on an empty line gives a hint, escape leaves predict mode."


class PredictingScreen(RunningScreen, SelectingScreen):
    """A screen with a lesson: while it predicts, a step on is a question first."""

    def __init__(self) -> None:
        super().__init__()
        self._predicting = False
        self._lesson: Lesson | None = None
        """None until predict mode begins for the first time: most walks need nothing of it. Scores are kept when it is
        left."""
        self._remark: tuple[Position, str] | None = None
        """What is said of the answer that led to this place."""

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self.question is not None

    @property
    def question(self) -> "Question | None":
        """The open question."""
        return None if self._lesson is None else self._lesson.question

    @property
    def lesson(self) -> "Lesson":
        """The lesson, which has begun."""
        assert self._lesson is not None
        return self._lesson

    @property
    def panel(self) -> "QuestionPanel":
        """Where it is asked."""
        from tui.panels.question import QuestionPanel

        return self.query_one(QuestionPanel)

    @property
    def score(self) -> str:
        """The score in a few words; nothing out of predict mode."""
        if not self._predicting:
            return ""
        return f"predict {self.lesson.right}/{self.lesson.asked}" if self.lesson.asked else "predict"

    @property
    def remark(self) -> str:
        """What is said of the answer that led here."""
        return self._remark[1] if self._remark is not None and self._remark[0] == self.session.position else ""

    # What is refused meanwhile

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a question is open, only what can't tell its answer."""
        if self.asking and action in ACTIONS:
            return action in WHILE_ASKING
        return super().check_action(action, parameters)

    def leave_preview(self) -> None:
        """Shows an example of the batch, if another one of the file is previewed."""
        raise NotImplementedError

    def busy(self) -> bool:
        """Whether nothing may move the walk, which it then says."""
        if self.asking:
            self._answer_first()
            return True
        return super().busy()

    def _answer_first(self) -> None:
        self._say(ANSWER_FIRST)
        self.panel.line.focus()

    def _select(self, name: str | None) -> None:
        if self.asking:
            self._answer_first()
        else:
            super()._select(name)

    def action_run_on(self) -> None:
        """Not while predicting."""
        if not self._refused():
            super().action_run_on()

    def action_play(self) -> None:
        """Not while predicting."""
        if not self._refused():
            super().action_play()

    def _refused(self) -> bool:
        if self._predicting:
            self._say("Predict mode asks step by step: t leaves it.")
        return self._predicting

    def on_key(self, event: events.Key) -> None:
        """Keys that neither the answer line nor the walk takes now say why; enter asks on, escape leaves."""
        if self.asking:
            typing = self.focused is self.panel.line
            if event.key == "escape" and not typing:
                self.action_leave_predicting()
            elif event.key in ENTRIES and not (typing and event.key in self.panel.line.keys):
                event.stop()
                self._answer_first()
        elif self._predicting and self._selected is None and event.key in ("enter", "escape"):
            event.stop()
            event.prevent_default()  # the handlers of the base classes
            if event.key == "escape":
                self.action_leave_predicting()
            else:
                self.call_later(self.run_action, "forward")

    # Asking

    async def action_predict(self) -> None:
        """Begins, or leaves."""
        if self._predicting:
            self.action_leave_predicting()
        elif not self.busy():
            if self._lesson is None:
                await self._begin()
            self._predicting = True
            if not self.asked_first():
                self._say("Predict mode: → asks before each step, escape leaves.", 3)
                self._draw()

    async def _begin(self) -> None:
        from engine.predict.lesson import Lesson
        from tui.panels.question import QuestionPanel

        await self.mount(QuestionPanel(id="question"), after="#equation")
        self._lesson = Lesson()

    def asked_first(self) -> bool:
        """Asks about the next step, if it is to be predicted; whether it did."""
        if not self._predicting or self.asking:
            return self.asking
        self._lesson = self.lesson.ask(self.session, self._selected, self.view.example)
        if self.asking:
            self.leave_preview()
            self._show_question()
        elif self.lesson.passed_over:
            self._remark = self.session.forward().position, "not asked this time"
        return self.asking

    def _show_question(self) -> None:
        self.add_class("asking")
        self._draw()
        self.panel.line.value = ""
        self.panel.line.focus()
        self.refresh_bindings()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """An answer, or without one a hint."""
        question, before = self.question, self._lesson
        if question is None or before is None or event.input is not self.panel.line:
            return
        event.stop()
        self._lesson = lesson = before.answer(event.value, self.names)
        if lesson.question is None:
            told = lesson.feedback is not None and lesson.feedback.said == "told"
            self._remark = question.after.position, "the answer" if told else RIGHT
            self._close()
            self.session = question.after
            return
        if lesson.asks_direction != before.asks_direction:
            event.input.value = ""
        event.input.select_all()  # what is typed next replaces it
        self._draw()

    def _close(self) -> None:
        self.remove_class("asking")
        self.query_one(NetworkGraph).focus()
        self.refresh_bindings()

    def action_leave_predicting(self) -> None:
        """Out of predict mode, with a summary if there is one."""
        self._lesson = lesson = self.lesson.leave()
        self._predicting = False
        self._close()
        self._draw()
        if lesson.asked:
            self.app.push_screen(dialogs.Scores(lesson, self.names))
        else:
            self._say("Predict mode is off.")

    def _draw_question(self) -> None:
        """Draws the open question."""
        if self.asking:
            self.panel.show(self.lesson, self.view)
