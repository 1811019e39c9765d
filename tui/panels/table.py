"""A table of numbers, lined up by the decimal point, of which only the visible rows are ever formatted.

Textual's DataTable wants every cell updated, which for the thousands of parameters of a wide network takes longer than
a step may; and it is a widget to move about in, where this one is to be read.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from tui.format import column
from tui.formula import role_style

Value = Callable[[str, str], float | None]
"""(kind, name) → the number, or None while it is not computed."""


class Column(NamedTuple):
    """A column: the kind of quantity, and its heading."""

    kind: str
    heading: str


class NumberTable(ScrollView, can_focus=False):
    """Names down the side, quantities across."""

    NAME_WIDTH = 10

    def __init__(self, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._names: Sequence[str] = ()
        self._columns: Sequence[Column] = ()
        self._value: Value = lambda kind, name: None
        self._lit: Callable[[str, str], bool] = lambda kind, name: False
        self._digits: int | None = 6
        self._lines: dict[int, Strip] = {}

    def show(
        self,
        names: Sequence[str],
        columns: Sequence[Column],
        value: Value,
        lit: Callable[[str, str], bool],
        digits: int | None,
        first_lit: str | None,
    ) -> None:
        """Draws these rows; scrolls to the first lit one if it is out of sight."""
        self._names, self._columns, self._value, self._lit, self._digits = names, columns, value, lit, digits
        self.virtual_size = Size(0, len(names) + 1)
        if first_lit in names:
            self._reveal(names.index(first_lit))
        self._draw()

    def _reveal(self, index: int) -> None:
        rows = max(1, self.size.height - 1)
        if not self.scroll_offset.y <= index < self.scroll_offset.y + rows:
            self.scroll_to(y=max(0, index - rows // 3), animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Formats the rows that came into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._draw()

    def on_resize(self) -> None:
        """Formats for the new width."""
        self._draw()

    def _draw(self) -> None:
        """Formats what is visible and repaints the lines that changed."""
        width, height = self.size
        if not width or not height:
            return
        first = self.scroll_offset.y
        names = self._names[first : first + height - 1]
        name_width = max([4, *(len(name) for name in self._names[:200])])
        name_width = min(name_width, self.NAME_WIDTH)
        cell = (width - name_width) // max(1, len(self._columns)) - 1
        cells = [
            column([self._value(kind, name) for name in names], max(5, cell), self._digits) for kind, _ in self._columns
        ]
        heading = Content.assemble(
            " " * name_width,
            *[(f" {text[:cell]:>{cell}}", f"bold {role_style(kind)}") for kind, text in self._columns],
        )
        rows = [heading]
        for i, name in enumerate(names):
            parts = [(name if len(name) <= name_width else name[: name_width - 1] + "…").ljust(name_width)]
            line = Content(parts[0])
            for (kind, _), texts in zip(self._columns, cells, strict=True):
                line += Content.styled(f" {texts[i]:>{cell}}", self._style(kind, name, texts[i]))
            rows.append(line)
        self._paint(rows, width, height)

    def _style(self, kind: str, name: str, text: str) -> str:
        if self._lit(kind, name):
            return f"bold {role_style(kind)} on {role_style(kind, 'lit')}"
        return "$text-disabled" if text.strip() == "—" else "$text"

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
