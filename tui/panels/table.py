"""A table of numbers, lined up by the decimal point, of which only the visible rows are ever formatted.

Textual's DataTable wants every cell updated, which for the thousands of parameters of a wide network takes longer than
a step may; and it is a widget to move about in, where this one is to be read.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from engine.quantity import Quantity
from tui.figures import SIGNS, STYLES
from tui.format import UNKNOWN, column
from tui.formula import role_style
from tui.graph.nodes import SIGN
from tui.view import View

MIN_CELL = 5
"""The fewest cells in which any number can be told."""


class Column(NamedTuple):
    """A column: the kind of quantity, and its heading."""

    kind: str
    heading: str


class NumberTable(ScrollView, can_focus=False):
    """Names down the side, quantities across."""

    NAME_WIDTH = 10

    class Selected(Message):
        """Someone clicked on a row."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view: View | None = None
        self._names: Sequence[str] = ()
        self._columns: Sequence[Column] = ()
        self._applies: Callable[[str, str], bool] = lambda kind, name: True
        self._lines: dict[int, Strip] = {}

    def show(
        self, view: View, names: Sequence[str], columns: Sequence[Column], applies: Callable[[str, str], bool]
    ) -> None:
        """Draws these rows; scrolls to the selected one, else the first that the last step computed, if out of sight.

        Args:
            view: where the numbers come from.
            names: of the rows.
            columns: kinds of quantities.
            applies: whether a kind of quantity exists for a name; where it does not, the cell stays empty.
        """
        self._view, self._names, self._columns, self._applies = view, names, columns, applies
        self.virtual_size = Size(0, len(names) + 1)
        wanted = (view.selected, *view.session.fresh)
        shown = next((name for name in wanted if name in names), None)
        if shown is not None:
            self._reveal(names.index(shown))
        self._draw()

    def _reveal(self, index: int) -> None:
        rows = max(1, self.size.height - 1)
        if not self.scroll_offset.y <= index < self.scroll_offset.y + rows:
            self.scroll_to(y=max(0, index - rows // 3), animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Formats the rows that came into sight."""
        super().watch_scroll_y(old_value, new_value)
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

    def notify_style_update(self) -> None:
        """Another theme, other colours."""
        super().notify_style_update()
        self._lines = {}
        self._draw()

    def _draw(self) -> None:
        """Formats what is visible and repaints the lines that changed."""
        width, height = self.scrollable_content_region.size
        width -= 1  # the last column's numbers have their space for a mark too
        if width < 1 or height < 1 or self._view is None:
            return
        first = self.scroll_offset.y
        names = self._names[first : first + height - 1]
        lengths = [cell_len(name) + (name in self._view.health) for name in self._names[:200]]
        name_width = min(self.NAME_WIDTH, max([4, *lengths]))
        cell = (width - name_width) // len(self._columns) - 1
        heading = Content(" " * name_width)
        rows = [self._heading(name, name_width) for name in names]
        before = [Content(" ")] * len(names)
        for kind, title in self._columns:
            # a heading of several words is told by its first one
            words = title if cell_len(title) <= cell else title.partition(" ")[0]
            heading += Content.styled(f" {_cut(words, cell).strip():>{cell}}", f"bold {role_style(kind)}")
            for i, text in enumerate(self._cells(kind, names, cell)):
                rows[i] += Content.assemble(before[i], (text, self._style(kind, names[i], text)))
            before = [self._mark(kind, name) for name in names]
        rows = [row + mark for row, mark in zip(rows, before, strict=True)]
        self._paint([heading, *rows], width + 1, height)

    def _heading(self, name: str, width: int) -> Content:
        """The row's name; of the selected one reversed, as in the graph, of an ailing node with its sign."""
        selected = self._view is not None and name == self._view.selected
        sign = SIGN if self._view is not None and name in self._view.health else ""
        text = _cut(name, width - len(sign))
        bare = text.rstrip()
        pieces = [(bare, "bold reverse" if selected else ""), (sign, "bold $text-warning"), (text[len(bare) :], "")]
        return Content.assemble(*[piece for piece in pieces if piece[0]])

    def _cells(self, kind: str, names: Sequence[str], width: int) -> list[str]:
        """The column's texts: lined up by the decimal point, and the block of them at the right."""
        assert self._view is not None
        applying = [self._applies(kind, name) for name in names]
        values = [self._view.value(kind, name) if use else None for name, use in zip(names, applying, strict=True)]
        texts = column(values, max(MIN_CELL, width), self._view.digits)
        used = [text for text, use in zip(texts, applying, strict=True) if use]
        trail = min((len(text) - len(text.rstrip()) for text in used), default=0)
        return [
            f"{text[: len(text) - trail] if use else '':>{width}}" for text, use in zip(texts, applying, strict=True)
        ]

    def _mark(self, kind: str, name: str) -> Content:
        """The sign of a number that the document prints: it stands in the space after the number."""
        mark = None if self._view is None else self._view.marks.get(Quantity(kind, name))
        return Content(" ") if mark is None else Content.styled(SIGNS[mark.verdict], STYLES[mark.verdict])

    def _style(self, kind: str, name: str, text: str) -> str:
        if self._view is not None and self._view.is_lit(kind, name):
            return f"bold {role_style(kind)} on {role_style(kind, 'lit')}"
        return "$text-disabled" if text.strip() == UNKNOWN else "$text"

    def _paint(self, rows: list[Content], width: int, height: int) -> None:
        base = self.visual_style
        for y in range(height):
            line = rows[y] if y < len(rows) else Content("")
            strip = _strip(line, width, base)
            if self._lines.get(y) != strip:
                self._lines[y] = strip
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        """One line of the table."""
        return self._lines.get(y) or _strip(Content(""), self.size.width, self.visual_style)


def _strip(line: Content, width: int, base: Style) -> Strip:
    return Strip(line.pad_right(max(0, width - line.cell_length)).truncate(width).render_segments(base), width)


def _cut(text: str, width: int) -> str:
    """The text in exactly `width` cells, with `…` where it is cut."""
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, max(0, width - 1)) + "…"
