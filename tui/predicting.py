"""Predict mode: each step asks before it shows. The lesson is the engine's; this is its question on the screen."""

from textual import events
from textual.binding import Binding
from textual.widgets import Input

from engine.learning.lesson import Lesson
from engine.session import Position
from tui import dialogs
from tui.graph.widget import NetworkGraph
from tui.keys import KEYS
from tui.panels.question import AnswerLine, QuestionPanel
from tui.running import ENTRIES, RunningScreen
from tui.selecting import SelectingScreen

ANSWER_KEYS = {
    key
    for binding in (*Input.BINDINGS, *AnswerLine.BINDINGS)
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
}
ACTIONS = {entry.action.partition("(")[0] for entry in KEYS}
WHILE_ASKING = {"digits", "notation", "logarithmic", "large"}
"""Actions that tell nothing of the answer: the palette has them while a question is open."""
ANSWER_FIRST = "Answer first: enter on an empty line gives a hint, escape leaves predict mode."


class PredictingScreen(RunningScreen, SelectingScreen):
    """A screen with a lesson: while it predicts, a step on is a question first."""

    def __init__(self) -> None:
        super().__init__()
        self._predicting = False
        self._lesson = Lesson()
        """Scores are kept when predict mode is left."""
        self._remark: tuple[Position, str] | None = None
        """What is said of the answer that led to this place."""

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self._lesson.question is not None

    @property
    def score(self) -> str:
        """The score in a few words; nothing out of predict mode."""
        if not self._predicting:
            return ""
        return f"predict {self._lesson.right}/{self._lesson.asked}" if self._lesson.asked else "predict"

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
        self.query_one(AnswerLine).focus()

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
            typing = isinstance(self.focused, AnswerLine)
            if event.key == "escape" and not typing:
                self.action_leave_predicting()
            elif event.key in ENTRIES and not (typing and event.key in ANSWER_KEYS):
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

    def action_predict(self) -> None:
        """Begins, or leaves."""
        if self._predicting:
            self.action_leave_predicting()
        elif not self.busy():
            self._predicting = True
            if not self.asked_first():
                self._say("Predict mode: → asks before each step, escape leaves.", 3)
                self._draw()

    def asked_first(self) -> bool:
        """Asks about the next step, if it is to be predicted; whether it did."""
        if not self._predicting or self.asking:
            return self.asking
        self._lesson = self._lesson.ask(self.session, self._selected, self.view.example)
        if self.asking:
            self.leave_preview()
            self._show_question()
        elif self._lesson.passed_over:
            self._remark = self.session.forward().position, "not asked this time"
        return self.asking

    def _show_question(self) -> None:
        self.add_class("asking")
        self._draw()
        line = self.query_one(AnswerLine)
        line.value = ""
        line.focus()
        self.refresh_bindings()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """An answer, or without one a hint."""
        question = self._lesson.question
        if question is None or not isinstance(event.input, AnswerLine):
            return
        event.stop()
        at_direction = self._lesson.asks_direction
        self._lesson = self._lesson.answer(event.value, self.names)
        if not self.asking:
            told = self._lesson.feedback is not None and self._lesson.feedback.said == "told"
            self._remark = question.after.position, "the answer" if told else "✓ right"
            self._close()
            self.session = question.after
            return
        if self._lesson.asks_direction != at_direction:
            event.input.value = ""
        event.input.select_all()  # what is typed next replaces it
        self._draw()

    def _close(self) -> None:
        self.remove_class("asking")
        self.query_one(NetworkGraph).focus()
        self.refresh_bindings()

    def action_leave_predicting(self) -> None:
        """Out of predict mode, with a summary if there is one."""
        self._lesson = self._lesson.leave()
        self._predicting = False
        self._close()
        self._draw()
        if self._lesson.asked:
            self.app.push_screen(dialogs.Scores(self._lesson, self.names))
        else:
            self._say("Predict mode is off.")

    def _draw_question(self) -> None:
        """Draws the open question."""
        if self.asking:
            self.query_one(QuestionPanel).show(self._lesson, self.view)
