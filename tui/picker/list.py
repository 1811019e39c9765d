"""The list of the picker: a click shows what a line opens, a double click opens it."""

from textual import events
from textual.widgets import OptionList


class EntryList(OptionList, can_focus=False):
    """Lines to choose from. The screen has the keys, so that they do the same while something is typed."""

    def on_click(self, event: events.Click) -> None:
        """Moves the choice; Textual's own list opens at the first click."""
        event.prevent_default()
        clicked = event.style.meta.get("option")
        if clicked is None or self.get_option_at_index(clicked).disabled:
            return
        self.highlighted = clicked
        if event.chain > 1:
            self.action_select()
