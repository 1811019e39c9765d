"""The number in focus, large, for a room to read."""

from textual.content import Content

from tui.panels.lines import LinesPanel
from tui.terminal.borders import label
from tui.view.seen import View
from tui.words.format import fit
from tui.words.kinds import meaning, role_style
from tui.words.names import ELLIPSIS
from tui.words.thick import largest, thick

LEAST_ROWS = 3
"""Rows of thick digits, which come before what they tell."""
CELLS_OF_A_NUMBER = (12, 11, 10, 9, 8, 7, 6, 5)
"""Signs of a number, ever fewer where they do not fit."""


def large_number(value: float | None, columns: int, rows: int, digits: int | None) -> tuple[str, ...]:
    """The number in the thickest strokes in which all its digits fit; where they do not, with fewer digits."""
    texts = [fit(value, width, digits) for width in CELLS_OF_A_NUMBER]
    for text in texts:
        if dot := largest(text, columns, rows):
            return thick(text, dot)
    return (texts[-1],)


class BigNumber(LinesPanel):
    """Its name on the border, its digits, and what it tells."""

    def show(self, view: View) -> None:
        """Draws the number of the view's focus."""
        self._view = view
        focus = view.focus
        label(self, "" if focus is None else view.notation.symbol(focus))
        columns, rows = self.content_size
        if not columns or not rows:
            return
        words = Content("" if focus is None else meaning(focus, view.session.scenario.network, view.notation))
        told = list(words.wrap(columns)) if words else []
        gap = int(len(told) < rows - LEAST_ROWS)
        if (room := max(0, rows - LEAST_ROWS - gap)) < len(told):
            told = [] if room == 0 else [*told[: room - 1], told[room - 1].truncate(columns - 1) + ELLIPSIS]
        value = None if view.explanation is None else view.explanation.value
        drawn = large_number(value, columns, max(1, rows - len(told) - gap), view.digits)
        style = role_style(focus.kind if focus is not None else "", "")
        lines = [Content.styled(line, f"{style} bold") for line in drawn]
        lines += [*[Content("")] * gap, *(line.stylize("$text-muted") for line in told)] if told else []
        above = max(0, (rows - len(lines)) // 2)
        self.paint([*[Content("")] * above, *lines][:rows], columns)

    def on_resize(self) -> None:
        """Fits the number to the new size."""
        if hasattr(self, "_view"):
            self.show(self._view)
