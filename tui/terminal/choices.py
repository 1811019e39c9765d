"""The list of a question: where it has no room for a line, or is not laid out yet, a page moves nothing."""

from contextlib import suppress

from textual.widgets import OptionList


class Choices(OptionList):
    """A list to choose from."""

    def action_page_down(self) -> None:
        """A page on. Where only lines that can't be chosen follow, Textual would leave nothing chosen."""
        with suppress(KeyError):  # Textual looks for the line of the choice
            super().action_page_down()  # type: ignore[no-untyped-call]
        if self.highlighted is None:
            self.action_last()

    def action_page_up(self) -> None:
        """A page back, likewise."""
        with suppress(KeyError):
            super().action_page_up()  # type: ignore[no-untyped-call]
        if self.highlighted is None:
            self.action_first()
