"""A drawn curve on the screen."""

from collections.abc import Callable
from typing import Any

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from tui.chart.curve import Rows
from tui.terminal.drawn import Drawn


class CurveChart(Drawn):
    """Shows what a function of the size draws; it knows nothing of what that is."""

    LOOKS = {
        "curve": "$role-y",
        "slope": "$foreground",
        "tangent": "$chart-cursor",
        "error": "$role-e",
        "update": "bold $role-de-dw",
        "axis": "$chart-axis",
        "grid": "$chart-grid",
        "label": "$chart-label",
        "cursor": "$chart-cursor",
        "point": "bold $chart-cursor",
        "other": "$edge-positive",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._draw: Callable[[int, int], Rows] | None = None
        self._rows: Rows = ()
        self._rows_size: Size | None = None

    def show(self, draw: Callable[[int, int], Rows]) -> None:
        """Shows what `draw(columns, rows)` gives."""
        self._draw, self._rows_size = draw, None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of it."""
        size = self.content_size
        if self._draw is not None and self._rows_size != size:
            self._rows, self._rows_size = self._draw(size.width, size.height), size
        if y >= len(self._rows):
            return Strip([Segment(" " * size.width, self.rich_style)], size.width)
        return Strip([Segment(text, self.look(style)) for text, style in self._rows[y]], size.width)
