"""A screen that opens with the styles it will have; Textual finds each widget's three times before it is seen."""

from textual import events
from textual.geometry import Size

from tui.terminal.changes import QuickScreen


class Opening(QuickScreen[None]):
    """A screen whose size is told before it opens."""

    _was_open = False

    def fit(self, size: Size) -> None:
        """Takes the classes of its breakpoints now: with its first size they would change, and all styles with them."""
        for cells, breakpoints in (
            (size.width, self.HORIZONTAL_BREAKPOINTS),
            (size.height, self.VERTICAL_BREAKPOINTS),
        ):
            fitting = [name for least, name in sorted(breakpoints or ()) if cells >= least]
            self.add_class(*fitting[-1:], update=False)  # its styles are found when it opens

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """It is on top; the first time its widgets were given their styles just now, when they were mounted."""
        event.refresh_styles = event.refresh_styles and self._was_open
        self._was_open = True
