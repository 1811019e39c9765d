"""The list of the picker, and the line to search it by."""

from textual import events
from textual.binding import Binding
from textual.widgets import OptionList

from tui.typed import TypedLine


class EntryList(OptionList, can_focus=False):
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

    def action_page_down(self) -> None:
        """A page on. Where only lines that can't be chosen follow, Textual would leave nothing chosen."""
        super().action_page_down()  # type: ignore[no-untyped-call]
        if self.highlighted is None:
            self.action_last()

    def action_page_up(self) -> None:
        """A page back, likewise."""
        super().action_page_up()  # type: ignore[no-untyped-call]
        if self.highlighted is None:
            self.action_first()


class Search(TypedLine):
    """What is typed; the footer goes on to tell what `enter` does."""

    BINDINGS = [Binding("enter", "submit", "open", key_display="enter")]
