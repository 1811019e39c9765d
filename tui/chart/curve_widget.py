"""A drawn curve on the screen."""

from collections.abc import Callable
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.chart.curve import STYLES, Rows


class CurveChart(Widget):
    """Shows what a function of the size draws; it knows nothing of what that is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"curve-chart--{style}" for style in STYLES}

    DEFAULT_CSS = """
    CurveChart {
        & > .curve-chart--curve { color: $role-y; }
        & > .curve-chart--slope { color: $foreground; }
        & > .curve-chart--tangent { color: $chart-cursor; }
        & > .curve-chart--error { color: $role-e; }
        & > .curve-chart--update { color: $role-de-dw; text-style: bold; }
        & > .curve-chart--axis { color: $chart-axis; }
        & > .curve-chart--grid { color: $chart-grid; }
        & > .curve-chart--label { color: $chart-label; }
        & > .curve-chart--cursor { color: $chart-cursor; }
        & > .curve-chart--point { color: $chart-cursor; text-style: bold; }
        & > .curve-chart--other { color: $edge-positive; }
    }
    """

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
        return Strip([Segment(text, self._style(style)) for text, style in self._rows[y]], size.width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"curve-chart--{name}")
