"""The line of every question: what is pasted into it is text too."""

from textual.widgets import Input


class TypedLine(Input):
    """A line without control characters: a plain one would send those of what is pasted on to the terminal."""

    def validate_value(self, value: str) -> str:
        """Takes them out, before they are drawn or read."""
        return value if value.isprintable() else "".join(letter for letter in value if letter.isprintable())
