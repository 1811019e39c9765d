"""The list of the picker, and the line to search it by."""

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.widgets.option_list import Option

from tui.picker.entries import Entry
from tui.terminal.answer_line import TypedLine
from tui.terminal.choices import Choices


class EntryList(Choices, can_focus=False):
    """Lines to choose from: a click shows what one opens, a double click opens it.

    The screen has the keys, so that they do the same while something is typed.
    """

    def on_click(self, event: events.Click) -> None:
        """Moves the choice; Textual's own list opens at the first click."""
        event.prevent_default()
        clicked = event.style.meta.get("option")
        if clicked is None or self.get_option_at_index(clicked).disabled:
            return
        self.highlighted = clicked
        if event.chain > 1:
            self.action_select()


class Line(Option):
    """A line of the list, which knows what it opens: the list may be another before a choice reaches the screen."""

    def __init__(self, content: Content, entry: Entry) -> None:
        super().__init__(content, disabled=not entry.chosen)
        self.entry = entry


class Search(TypedLine):
    """What is typed; the footer goes on to tell what `enter` does."""

    BINDINGS = [Binding("enter", "submit", "open", key_display="enter")]
