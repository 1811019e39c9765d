"""The list of a question: where it has no room for a line, or is not laid out yet, a page moves nothing."""

from contextlib import suppress

from textual.content import Content
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

    def replace_line(self, index: int, words: Content) -> None:
        """Gives an option that is one line other words, of one line too; Textual would draw all options anew for it."""
        option = self.get_option_at_index(index)
        option._set_prompt(words)
        for key in [key for key in self._option_render_cache.keys() if key[0] is option]:  # noqa: SIM118 it's no dict
            self._option_render_cache.discard(key)
        if index in self._index_to_line:  # it is laid out
            self.refresh_line(self._index_to_line[index])
