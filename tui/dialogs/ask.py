"""A question with one line for the answer. What can't be used is said in place, and the answer stays."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label

from tui.terminal.answer_line import TypedLine
from tui.terminal.closing import Dialog

Answer = TypeVar("Answer")


class Ask(Dialog[Answer | None]):
    """Asks until the answer can be used, or `escape`.

    The screen's result is what `read` makes of the answer; `read` raises a ValueError or LookupError whose message
    tells a person what is wrong.
    """

    BINDINGS = [("escape", "dismiss", "cancel")]

    def __init__(
        self,
        title: str,
        question: str,
        hint: str,
        does: str,
        read: Callable[[str], Answer],
        present: str = "",
        meanwhile: str = "",
    ) -> None:
        """Asks.

        Args:
            title: the key's word, which the frame bears.
            question: what is to be given.
            hint: what is accepted.
            does: what `enter` does, as in "enter goes there".
            read: makes the result of an answer.
            present: stands in the line to begin with, and the first key replaces it.
            meanwhile: what is said while `read` takes its time, beside the app; empty: it takes none.
        """
        super().__init__()
        self._title, self._question, self._hint, self._does = title, question, hint, does
        self._read, self._present, self._meanwhile = read, present, meanwhile

    def compose(self) -> ComposeResult:
        """Question, line, message, hint."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = Content(f"enter {self._does}   escape closes")
            yield Label(self._question, markup=False)
            yield TypedLine(self._present)
            yield Label("", classes="problem", markup=False)
            yield Label(self._hint, classes="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Uses the answer, or says why it can't be used."""
        if self._meanwhile:
            self.query_one(".problem", Label).update(self._meanwhile)
            self.run_worker(self._read_beside(event.value), exclusive=True)
            return
        try:
            self.dismiss(self._read(event.value))
        except (ValueError, LookupError) as error:
            self._say(error)

    async def _read_beside(self, value: str) -> None:
        """Uses the answer without holding up the app, which may close this meanwhile."""
        try:
            answer = await asyncio.to_thread(self._read, value)
        except (ValueError, LookupError) as error:
            self._say(error)
        else:
            self.dismiss(answer)

    def _say(self, error: Exception) -> None:
        self.query_one(".problem", Label).update(str(error.args[0]))
