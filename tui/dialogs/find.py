"""Finds a node or a parameter by its name: what is typed narrows a list of names."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from engine.program.tokens import shown
from tui.terminal.answer_line import TypedLine
from tui.terminal.choices import Choices
from tui.terminal.closing import Dialog
from tui.view.named import Named, NameIndex


class Find(Dialog[str | None]):
    """Asks for a name; its result is one of the network's."""

    BINDINGS = [("escape", "dismiss", "cancel"), ("down", "move(1)", "next"), ("up", "move(-1)", "previous")]

    def __init__(
        self,
        names: NameIndex,
        title: str = "find",
        question: str = "Find a node or a parameter",
        value: Callable[[str], str] | None = None,
    ) -> None:
        """Asks for one of the names; `value` writes what stands beside one that is listed."""
        super().__init__()
        self._names, self._title, self._question, self._value = names, title, question, value
        self._found: list[Named] = []

    def compose(self) -> ComposeResult:
        """Question, line, the names that it may mean, message."""
        with Vertical(classes="dialog", id="find") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = Content("↑ ↓ choose   enter selects   escape closes")
            yield Label(self._question, markup=False)
            yield TypedLine(placeholder="its name, or a part of it")
            names = Choices(markup=False)
            names.can_focus = False
            yield names
            yield Label("", id="rest", classes="hint", markup=False)
            yield Label("", classes="problem", markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrows the list."""
        self._list(event.value)

    def on_mount(self) -> None:
        """The list begins with all."""
        self._list("")

    def _list(self, text: str) -> None:
        self._found = self._names.found(text)
        listed = self.query_one(OptionList)
        listed.clear_options()
        width = max((len(entry.name) for entry in self._found), default=0)
        values = ["" if self._value is None else f"   {self._value(entry.name)}" for entry in self._found]
        meanings = max((len(entry.meaning) for entry in self._found), default=0) if any(values) else 0
        listed.add_options(
            [
                Option(
                    Content.assemble(f"{entry.name:{width}}  ", (f"{entry.meaning:{meanings}}", "$text-muted"), value),
                    entry.name,
                )
                for entry, value in zip(self._found, values, strict=True)
            ]
        )
        listed.highlighted = 0 if self._found else None
        listed.display = bool(self._found)
        rest = self._names.holding(text) - len(self._found)
        self.query_one("#rest", Label).update(f"… and {rest:,} more: type a part of the name" if rest > 0 else "")
        problem = "" if self._found else f"No node or parameter is called {shown(text.strip())}, or anything like it."
        self.query_one(".problem", Label).update(problem)

    def action_move(self, by: int) -> None:
        """Chooses in the list."""
        listed = self.query_one(OptionList)
        (listed.action_cursor_down if by > 0 else listed.action_cursor_up)()

    def on_input_submitted(self) -> None:
        """The chosen name."""
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None and self._found:
            self.dismiss(self._found[chosen].name)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click on a name; the list may be another by now."""
        self.dismiss(event.option_id)
