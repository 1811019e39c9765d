"""The map on the screen: keeps what is drawn, repaints what changed, and tells what was clicked."""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.terminal import mosaic
from tui.terminal.borders import label
from tui.terminal.drawn import Drawn

if TYPE_CHECKING:
    from tui.map.node_map import MapDrawing

LOOKS = {
    **mosaic.LOOKS,
    "axis": "$chart-axis",
    "label": "$chart-label",
    "words": "$foreground",
    "line": "bold $map-line",
    "high": "bold $map-high",
    "low": "bold $map-low",
    "point": "bold $map-way",
    "class": "bold",
    "cursor": "bold $map-way",
    "way": "$map-way",
    "arrow": "bold $role-de-dw",
}


class MapPanel(Drawn):
    """Shows what a function of the size draws."""

    LOOKS = LOOKS

    class Picked(Message):
        """Someone clicked on a point of the plane."""

        def __init__(self, at: tuple[float, float]) -> None:
            super().__init__()
            self.at = at

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._draw: Callable[[int, int], MapDrawing] | None = None
        self._key: Hashable = None
        self._more = ""
        self._drawing: MapDrawing | None = None
        self._drawn_size = self.content_size

    @property
    def drawing(self) -> "MapDrawing | None":
        """What is drawn, if anything is."""
        return self._drawing

    def show(self, key: Hashable, draw: "Callable[[int, int], MapDrawing]", more: str = "") -> None:
        """Shows what `draw(columns, rows)` gives; not drawn again for a key that is shown already."""
        if (key, self.content_size) == (self._key, self._drawn_size) and self._drawing is not None:
            return
        self._draw, self._key, self._more = draw, key, more
        self._show()

    def say(self, more: str) -> None:
        """Other words below it, until it is drawn anew."""
        if self._drawing is not None:
            label(self, self._drawing.title, more)

    def on_resize(self) -> None:
        """Another size, or the first."""
        self._show()

    def _show(self) -> None:
        """Draws, and repaints the rows that differ."""
        before, size = self._drawing, self.content_size
        if self._draw is None or not size:
            return
        now = self._drawing = self._draw(size.width, size.height)
        self._drawn_size = size
        label(self, now.title, self._more)
        if before is None or len(before.rows) != len(now.rows):
            self.refresh()
            return
        rows = enumerate(zip(before.rows, now.rows, strict=True))
        changed = [Region(0, row, size.width, 1) for row, (old, new) in rows if old != new]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """One row of it."""
        size, drawing = self.content_size, self._drawing
        if drawing is None or y >= len(drawing.rows):
            return Strip([Segment(" " * size.width, self.rich_style)], size.width)
        return Strip([Segment(text, self.look(style)) for text, style in drawing.rows[y]], size.width)

    def on_click(self, event: events.Click) -> None:
        """Tell which point was meant."""
        offset, drawing = event.get_content_offset(self), self._drawing
        if offset is None or drawing is None or drawing.frame is None:
            return
        point = drawing.frame.point(offset.x, offset.y)
        if point is not None:
            event.stop()
            self.post_message(self.Picked(point))
