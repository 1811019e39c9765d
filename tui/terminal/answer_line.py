"""The line of every question: what is pasted into it is text too, and ctrl+C leaves, as everywhere."""

from textual import events
from textual.binding import Binding
from textual.widgets import Input


class TypedLine(Input):
    """A line without control characters: a plain one would send those of what is pasted on to the terminal.

    In a plain one, ctrl+C copies what is selected.
    """

    BINDINGS = [Binding("ctrl+c", "app.help_quit", show=False)]

    def validate_value(self, value: str) -> str:
        """Takes them out, before they are drawn or read."""
        return value if value.isprintable() else "".join(letter for letter in value if letter.isprintable())

    async def on_key(self, event: events.Key) -> None:
        """Does what a key of its own does before the next letter is typed.

        Textual lets such a key go round by the app first. Of keys that come together, as from a slow line, the letters
        would be typed before it: `1`, `2`, backspace, `3` would be 12 and not 13.
        """
        bound = self._bindings.key_to_bindings.get(event.key)
        if bound and not event.is_printable and await self.app.run_action(bound[0].action, self):
            event.stop()
