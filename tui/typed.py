"""The line of every question: what is pasted into it is text too, and ctrl+C leaves, as everywhere."""

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
