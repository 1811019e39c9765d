"""A question that only `y` answers with yes: `enter` comes too easily."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label


class Confirm(ModalScreen[bool]):
    """Asks before something is lost."""

    BINDINGS = [("y", "answer(True)", "yes"), ("n,escape,q", "answer(False)", "no")]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Question, answers."""
        with Vertical(classes="dialog"):
            yield Label(self._question, markup=False)
            yield Label("y: yes   n or escape: no", classes="hint", markup=False)

    def action_answer(self, answer: bool) -> None:
        """The result."""
        self.dismiss(answer)
