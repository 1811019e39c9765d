"""A table of numbers, lined up by the decimal point, of which only the visible rows are ever formatted.

Textual's DataTable wants every cell updated, which for the thousands of parameters of a wide network takes longer than
a step may; and it is a widget to move about in, where this one is to be read.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from engine.formula.quantity import Quantity
from engine.program.names import places_of, widest
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


class Shown(NamedTuple):
    """What a table shows.

    Attributes:
        view: where the numbers come from.
        names: of the rows.
        columns: kinds of quantities.
        applies: whether a kind of quantity exists for a name; where it does not, the cell stays empty.
        about: words on a row, which stand after its name.
    """

    view: View
    names: Sequence[str]
    columns: Sequence[Column]
    applies: Callable[[str, str], bool]
    about: Callable[[str], str] | None = None


class NumberTable(ScrollView, LinesPanel, can_focus=False):
    """Names down the side, quantities across."""

    class Selected(Message):
        """Someone clicked on a row."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: Shown | None = None
        self._names: Sequence[str] = ()
        self._longest = 0
        self._rows: Mapping[str, int] = {}

    def show(self, shown: Shown) -> None:
        """Draws these rows; scrolls to the selected one, if out of sight.

        Without one, to those that the last step computed, else to those that the calculation shown takes.
        """
        names = shown.names
        if not self._has_rows(names):
            self._rows, self._longest = places_of(names), widest(names, cell_len)
        self._names = names
        self.virtual_size = Size(0, len(names) + 1)
        first = self._first_for(shown.view)
        if first != self.scroll_offset.y:
            self._shown = None  # scrolling draws, where something is shown: what it would draw, is drawn below
            self.scroll_to(y=first, animate=False)
        self._shown = shown
        self._draw()

    def prepare(self, shown: Shown) -> None:
        """Draws what may be shown next, if that needs no other rows than are in sight."""
        if self._has_rows(shown.names) and self._first_for(shown.view) == self.scroll_offset.y and self._has_room:
            width, height = self.scrollable_content_region.size
            self.prepare_lines(self._lines_of(shown, width, height), width, shown.view.drawings)

    def _has_rows(self, names: Sequence[str]) -> bool:
        return names is self._names or names == self._names

    def _first_for(self, view: View) -> int:
        """The row that is to be the first in sight, so that those are which the view is about, if there is room."""
        top = self.scroll_offset.y
        fresh = view.session.fresh
        for wanted in ((view.selected,), (*fresh[:1], *fresh[-1:]), view.used):  # what is fresh stands row by row
            found = (self._rows.get(name) for name in wanted if name is not None)
            places = [place for place in found if place is not None]
            if places:
                first, last = min(places), max(places)
                rows = max(1, self.size.height - 1)
                spare = rows - (last - first + 1)
                if first < top or (first > top if spare < 0 else last >= top + rows):
                    return max(0, first - max(0, spare) // 3)
                return top
        return top

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

    @property
    def _has_room(self) -> bool:
        """Whether there is a cell to draw on: what is hidden is drawn when it gets a size."""
        return bool(self.scrollable_content_region.size)

    def _draw(self) -> None:
        """Formats what is visible and repaints the lines that changed."""
        if self._shown is not None and self._has_room:
            width, height = self.scrollable_content_region.size
            self.paint(self._lines_of(self._shown, width, height), width, self._shown.view.drawings)

    def _lines_of(self, shown: Shown, width: int, height: int) -> list[list[Run]]:
        first, columns = self.scroll_offset.y, tuple(shown.columns)
        key = (self.id, width, height, first, columns)
        return shown.view.drawings.get(key, lambda: self._formatted(shown, width, first, height - 1))

    def _formatted(self, shown: Shown, width: int, first: int, rows: int) -> list[list[Run]]:
        """The heading, and so many rows from `first` on."""
        names = shown.names[first : first + rows]
        widths = self._widths(shown, width)
        heading: list[Run] = [(" " * widths.heading, "")]
        lines = self._headings(shown, names, widths)
        for kind, title in shown.columns:
            # a heading of several words is told by its first one
            words = title if cell_len(title) <= widths.number else title.partition(" ")[0]
            words = shorten(words, widths.number)
            before = " " * (widths.gap + widths.number - cell_len(words))
            heading.append((f"{before}{words}{' ' * widths.mark}", f"bold {role_style(kind)}"))
            texts = self._cells(shown, kind, names, widths.number)
            start = min((len(text) - len(text.lstrip()) for text in texts if text.strip()), default=0)
            for i, text in enumerate(texts):
                lines[i] += _cell(shown.view, kind, names[i], " " * widths.gap + text, widths.gap + start, widths)
        return [heading, *lines]

    def _widths(self, shown: Shown, width: int) -> Widths:
        """The cells of the parts of a row. Marks have cells only where the document prints figures or sums grow."""
        view, scenario = shown.view, shown.view.source.scenario
        tied = scenario.graph is None and scenario.layered.tied
        mark = 1 if scenario.published or tied else 0
        about = (
            0
            if shown.about is None
            else 2 + max((cell_len(shown.about(name)) for name in shown.names[:MEASURED]), default=0)
        )
        about = min(about, max(0, width // 4))
        ailing = [cell_len(name) + 1 for name in view.health if name in self._rows]
        others = about + len(shown.columns) * (ENOUGH + 1 + mark)
        name = min(max([self._longest, *ailing]), max(NAME, width // 5, width - others))
        for_each = (width - name - about) // len(shown.columns)
        number = max(
            MIN_CELL, min(for_each - 1 - mark, LONGEST if view.digits is None else view.digits + BESIDE_DIGITS)
        )
        if not mark and number + 1 == for_each > MIN_CELL + 3:
            number -= 1  # the cell of a mark would part the columns
        gap = min(for_each - number - mark, GAP)
        if not mark and width - name - about < len(shown.columns) * (gap + number) + 1:
            gap -= 1  # air between the last number and the border
        return Widths(name, about, max(1, gap), number, mark)

    def _headings(self, shown: Shown, names: Sequence[str], widths: Widths) -> list[list[Run]]:
        """The rows' names, no two alike; of the selected one reversed, of an ailing node with its sign."""
        view, about = shown.view, shown.about
        signs = [SIGN if name in view.health else "" for name in names]
        called = shorten_names(tuple(names), tuple(widths.name - len(sign) for sign in signs))
        abouts = None if about is None else _abouts(tuple(f"  {about(name)}" for name in names), widths.about)
        rows = []
        for row, (name, bare, sign) in enumerate(zip(names, called, signs, strict=True)):
            style = "bold reverse" if name == view.selected else ""
            blank = " " * (widths.name - cell_len(bare) - len(sign))
            pieces = [(bare, style), (sign, "bold $text-warning"), (blank, "")]
            after = [] if abouts is None else [(abouts[row], "$text-muted")]
            rows.append([*[piece for piece in pieces if piece[0]], *after])
        return rows

    def _cells(self, shown: Shown, kind: str, names: Sequence[str], width: int) -> list[str]:
        """The column's texts: lined up by the decimal point, and the block of them at the right."""
        view = shown.view
        applying = [shown.applies(kind, name) for name in names]
        values = [view.value(kind, name) if use else None for name, use in zip(names, applying, strict=True)]
        texts = _block(tuple(values), width, view.digits)
        return [text if use else " " * width for text, use in zip(texts, applying, strict=True)]


def _cell(view: View, kind: str, name: str, text: str, start: int, widths: Widths) -> list[Run]:
    """A number, and the sign of one that the document prints; what is new bears a sign and has a ground.

    The numbers of the column begin at `start` of the text.
    """
    mark = [_mark(view, kind, name)] if widths.mark else []
    if view.is_lit(kind, name):
        lit = f"bold {role_style(kind)} on {role_style(kind, 'lit')}"
        return [(text[: start - 1], ""), (f"{FRESH}{text[start:]}", lit), *mark]
    return [(text, "$text-disabled" if text.strip() == UNKNOWN else "$text"), *mark]


def _mark(view: View, kind: str, name: str) -> Run:
    """The sign of a sum that is not complete or of a number that the document prints, in the space after it."""
    if view.is_partial(kind, name):
        return PARTIAL, "$text-muted"
    sign = view.sign(Quantity(kind, name))
    return (" ", "") if sign is None else (SIGNS[sign.word], STYLES[sign.word])


@lru_cache(maxsize=256)
def _block(values: tuple[float | None, ...], width: int, digits: int | None) -> list[str]:
    """The texts of a column; a step changes the numbers of one, those of the others are here already."""
    return at_right(values, column(values, width, digits))


def _abouts(texts: tuple[str, ...], width: int) -> list[str]:
    """The words of each row in exactly so many cells, no two that differ alike."""
    return [text + " " * (width - cell_len(text)) for text in shorten_names(texts, (width,) * len(texts))]
