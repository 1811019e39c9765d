"""A table of numbers, lined up by the decimal point, of which only the visible rows are ever formatted.

Textual's DataTable wants every cell updated, which for the thousands of parameters of a wide network takes longer than
a step may; and it is a widget to move about in, where this one is to be read.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from engine.formula.quantity import Quantity
from tui.graph.canvas import Run
from tui.graph.nodes import SIGN
from tui.panels.lines import LinesPanel
from tui.view.seen import View
from tui.words.columns import at_right, column
from tui.words.format import FRESH, UNKNOWN
from tui.words.kinds import role_style
from tui.words.names import shorten, shorten_names
from tui.words.verdicts import SIGNS, STYLES

PARTIAL = "…"
"""After a derivative to which later steps add."""
MIN_CELL = 5
"""The fewest cells in which any number can be told."""

NAME = 10
"""Cells of a name that are never too many."""
ENOUGH = 8
"""Cells of a number that are left to it before a name is cut."""

BESIDE_DIGITS, LONGEST = 4, 24
"""Cells of a number besides its digits: sign, zero, point and a zero more; and those of one with all its digits."""

GAP = 5
"""The most blank cells between two columns: a row whose numbers lie far apart is hard to read across."""

MEASURED = 200
"""Rows by which the cells of the words about all are reckoned."""


class Column(NamedTuple):
    """A column: the kind of quantity, and its heading."""

    kind: str
    heading: str


class Widths(NamedTuple):
    """The cells of a name, of the words about it, before a number, of a number, and of the mark after it."""

    name: int
    about: int
    gap: int
    number: int
    mark: int

    @property
    def heading(self) -> int:
        """What stands before the numbers."""
        return self.name + self.about


class NumberTable(ScrollView, LinesPanel, can_focus=False):
    """Names down the side, quantities across."""

    class Selected(Message):
        """Someone clicked on a row."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view: View | None = None
        self._names: Sequence[str] = ()
        self._longest = 0
        self._rows: dict[str, int] = {}
        self._columns: Sequence[Column] = ()
        self._applies: Callable[[str, str], bool] = lambda kind, name: True
        self._about: Callable[[str], str] | None = None

    def show(
        self,
        view: View,
        names: Sequence[str],
        columns: Sequence[Column],
        applies: Callable[[str, str], bool],
        about: Callable[[str], str] | None = None,
    ) -> None:
        """Draws these rows; scrolls to the selected one, if out of sight.

        Without one, to those that the last step computed, else to those that the calculation shown takes.

        Args:
            view: where the numbers come from.
            names: of the rows.
            columns: kinds of quantities.
            applies: whether a kind of quantity exists for a name; where it does not, the cell stays empty.
            about: words on a row, which stand after its name.
        """
        if names is not self._names and names != self._names:
            self._rows = {name: row for row, name in enumerate(names)}
            self._longest = max(map(cell_len, names), default=0)
        self._names, self._columns, self._applies, self._about = names, columns, applies, about
        self.virtual_size = Size(0, len(names) + 1)
        fresh = view.session.fresh
        for wanted in ((view.selected,), (*fresh[:1], *fresh[-1:]), view.used):  # what is fresh stands row by row
            shown = [self._rows[name] for name in wanted if name in self._rows]
            if shown:
                self._view = None  # scrolling draws, where there is a view: what it would draw, is drawn below
                self._reveal(min(shown), max(shown))
                break
        self._view = view
        self._draw()

    def _reveal(self, first: int, last: int) -> None:
        """Brings these rows into sight, all of them if there is room."""
        rows = max(1, self.size.height - 1)
        top, spare = self.scroll_offset.y, rows - (last - first + 1)
        if first < top or (first > top if spare < 0 else last >= top + rows):
            self.scroll_to(y=max(0, first - max(0, spare) // 3), animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Formats the rows that came into sight."""
        super().watch_scroll_y(old_value, new_value)
        self.vertical_scrollbar.position = new_value  # which stays as it was where it is hidden: it may come back
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Tells whose row was meant."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y == 0:
            return
        index = offset.y - 1 + self.scroll_offset.y
        if index < len(self._names):
            event.stop()
            self.post_message(self.Selected(self._names[index]))

    def on_resize(self) -> None:
        """Formats for the new width."""
        self._draw()

    def watch_show_vertical_scrollbar(self) -> None:
        """The scrollbar takes a column from the numbers, or gives it back."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        """Formats what is visible and repaints the lines that changed; what is hidden is drawn when it gets a size."""
        width, height = self.scrollable_content_region.size
        if width < 1 or height < 1 or self._view is None:
            return
        first = self.scroll_offset.y
        names = self._names[first : first + height - 1]
        widths = self._widths(width)
        heading: list[Run] = [(" " * widths.heading, "")]
        rows = self._headings(names, widths)
        for kind, title in self._columns:
            # a heading of several words is told by its first one
            words = title if cell_len(title) <= widths.number else title.partition(" ")[0]
            words = shorten(words, widths.number)
            before = " " * (widths.gap + widths.number - cell_len(words))
            heading.append((f"{before}{words}{' ' * widths.mark}", f"bold {role_style(kind)}"))
            texts = self._cells(kind, names, widths.number)
            start = min((len(text) - len(text.lstrip()) for text in texts if text.strip()), default=0)
            for i, text in enumerate(texts):
                rows[i] += self._cell(kind, names[i], " " * widths.gap + text, widths.gap + start, widths)
        self.paint([heading, *rows], width)

    def _widths(self, width: int) -> Widths:
        """The cells of the parts of a row. Marks have cells only where the document prints figures or sums grow."""
        assert self._view is not None
        scenario = self._view.source.scenario
        tied = scenario.graph is None and scenario.layered.tied
        mark = 1 if scenario.published or tied else 0
        about = (
            0
            if self._about is None
            else 2 + max((cell_len(self._about(name)) for name in self._names[:MEASURED]), default=0)
        )
        about = min(about, max(0, width // 4))
        ailing = [cell_len(name) + 1 for name in self._view.health if name in self._rows]
        others = about + len(self._columns) * (ENOUGH + 1 + mark)
        name = min(max([self._longest, *ailing]), max(NAME, width // 5, width - others))
        for_each = (width - name - about) // len(self._columns)
        digits = self._view.digits
        number = max(MIN_CELL, min(for_each - 1 - mark, LONGEST if digits is None else digits + BESIDE_DIGITS))
        if not mark and number + 1 == for_each > MIN_CELL + 3:
            number -= 1  # the cell of a mark would part the columns
        gap = min(for_each - number - mark, GAP)
        if not mark and width - name - about < len(self._columns) * (gap + number) + 1:
            gap -= 1  # air between the last number and the border
        return Widths(name, about, max(1, gap), number, mark)

    def _headings(self, names: Sequence[str], widths: Widths) -> list[list[Run]]:
        """The rows' names, no two alike; of the selected one reversed, of an ailing node with its sign."""
        assert self._view is not None
        signs = [SIGN if name in self._view.health else "" for name in names]
        shown = shorten_names(tuple(names), tuple(widths.name - len(sign) for sign in signs))
        abouts = _abouts(tuple(f"  {self._about(name)}" for name in names), widths.about) if self._about else None
        rows = []
        for row, (name, bare, sign) in enumerate(zip(names, shown, signs, strict=True)):
            style = "bold reverse" if name == self._view.selected else ""
            blank = " " * (widths.name - cell_len(bare) - len(sign))
            pieces = [(bare, style), (sign, "bold $text-warning"), (blank, "")]
            about = [] if abouts is None else [(abouts[row], "$text-muted")]
            rows.append([*[piece for piece in pieces if piece[0]], *about])
        return rows

    def _cells(self, kind: str, names: Sequence[str], width: int) -> list[str]:
        """The column's texts: lined up by the decimal point, and the block of them at the right."""
        assert self._view is not None
        applying = [self._applies(kind, name) for name in names]
        values = [self._view.value(kind, name) if use else None for name, use in zip(names, applying, strict=True)]
        texts = _block(tuple(values), width, self._view.digits)
        return [text if use else " " * width for text, use in zip(texts, applying, strict=True)]

    def _cell(self, kind: str, name: str, text: str, start: int, widths: Widths) -> list[Run]:
        """A number, and the sign of one that the document prints; what is new bears a sign and has a ground.

        The numbers of the column begin at `start` of the text.
        """
        assert self._view is not None
        mark = [self._mark(kind, name)] if widths.mark else []
        if self._view.is_lit(kind, name):
            lit = f"bold {role_style(kind)} on {role_style(kind, 'lit')}"
            return [(text[: start - 1], ""), (f"{FRESH}{text[start:]}", lit), *mark]
        return [(text, "$text-disabled" if text.strip() == UNKNOWN else "$text"), *mark]

    def _mark(self, kind: str, name: str) -> Run:
        """The sign of a sum that is not complete or of a number that the document prints, in the space after it."""
        if self._view is not None and self._view.is_partial(kind, name):
            return PARTIAL, "$text-muted"
        sign = None if self._view is None else self._view.sign(Quantity(kind, name))
        return (" ", "") if sign is None else (SIGNS[sign.word], STYLES[sign.word])


@lru_cache(maxsize=256)
def _block(values: tuple[float | None, ...], width: int, digits: int | None) -> list[str]:
    """The texts of a column; a step changes the numbers of one, those of the others are here already."""
    return at_right(values, column(values, width, digits))


def _abouts(texts: tuple[str, ...], width: int) -> list[str]:
    """The words of each row in exactly so many cells, no two that differ alike."""
    return [text + " " * (width - cell_len(text)) for text in shorten_names(texts, (width,) * len(texts))]
