"""Asks before edits are lost."""

from collections.abc import Sequence
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label

from engine.files.problems import plural
from tui.terminal.closing import Dialog

MOST = 6
"""Edits that are listed."""


class Leave(Dialog[Literal["save", "leave"] | None]):
    """What is not saved, and what can be done about it."""

    BINDINGS = [
        ("s", "dismiss('save')", "save"),
        ("q", "dismiss('leave')", "leave"),
        ("escape", "dismiss", "stay"),
    ]

    def __init__(self, edits: Sequence[str]) -> None:
        super().__init__()
        self._edits = edits

    def compose(self) -> ComposeResult:
        """The edits and the keys."""
        count, listed = len(self._edits), self._edits[:MOST]
        with Vertical(classes="dialog", id="leave") as dialog:
            dialog.border_title = Content("leave")
            yield Label(f"{plural(count, 'edit')} {'is' if count == 1 else 'are'} not saved", markup=False)
            more = [f"… and {count - MOST} more"] if count > MOST else []
            yield Label("\n".join([*listed, *more]), classes="hint", markup=False)
            keys = (("s", " saves and leaves   "), ("q", " leaves without saving   "), ("escape", " stays"))
            yield Label(Content.assemble(*(part for key, does in keys for part in ((key, "bold"), does))), markup=False)
