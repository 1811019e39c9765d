"""What changed on a screen, without what did not: only lines that will be sent are asked of their widgets.

Textual asks every widget that lies within the rectangle around all changes for all its lines, cuts them where any
widget begins or ends, and leaves out afterwards what did not change: for a step three quarters of the time in which
it is drawn. There is no public place for another way.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen, ScreenResultType
from textual.strip import Strip
from textual.widget import Widget

from tui.terminal.terse import Piece, TerseUpdate, touched


class Part(NamedTuple):
    """Of a line of the screen the columns [start, stop) on which a widget is seen.

    Attributes:
        widget: which.
        region: where it lies as a whole, on the screen.
        visible: the part of that in which it may be seen, where nothing covers it.
    """

    start: int
    stop: int
    widget: Widget
    region: Region
    visible: Region


class Changes(Compositor):
    """Textual's, but for what it draws after a change that leaves every widget in its place."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: dict[int, list[Part]] = {}
        self._parts_of: object = None

    def render_partial_update(self) -> TerseUpdate | None:  # type: ignore[override]
        """What changed since it was asked last; None where nothing did."""
        spans = [span for span in self._regions_to_spans(self._dirty_regions) if 0 <= span[0] < self.size.height]
        self._dirty_regions.clear()
        if not spans:
            return None
        seen = [
            (row, start, stop, part)
            for row, start, stop in spans
            for part in self._on_line(row)
            if part.start < stop and start < part.stop
        ]
        rows: dict[Widget, tuple[Part, int, int]] = {}
        for row, _, _, part in seen:  # from the first to the last
            rows[part.widget] = part, rows[part.widget][1] if part.widget in rows else row, row
        lines = {widget: (first, _lines(part, first, last)) for widget, (part, first, last) in rows.items()}
        pieces = []
        for row, start, stop, part in seen:
            first, strips = lines[part.widget]
            pieces.append(_piece(row, start, stop, part, strips[row - first]))
        return TerseUpdate(pieces)

    def _on_line(self, row: int) -> list[Part]:
        """What is seen on a line, from left to right; it stays as it is until widgets are laid out anew."""
        if self._parts_of is not self.visible_widgets:
            self._parts, self._parts_of = {}, self.visible_widgets
        if row not in self._parts:
            self._parts[row] = list(self._found_on_line(row))
        return self._parts[row]

    def _found_on_line(self, row: int) -> Iterator[Part]:
        """Between two edges of widgets the one that lies on top is seen, which comes first."""
        found: Part | None = None
        here = [
            (widget, region, visible)
            for widget, (region, clip) in self.visible_widgets.items()
            for visible in [region.intersection(clip)]
            if visible and visible.y <= row < visible.bottom
        ]
        cuts = self.cuts[row]
        for start, stop in pairwise(cuts):
            top = next((one for one in here if one[2].x <= start and stop <= one[2].right), None)
            if found is not None and top is not None and top[0] is found.widget:
                found = found._replace(stop=stop)
                continue
            if found is not None:
                yield found
            found = None if top is None else Part(start, stop, *top)
        if found is not None:
            yield found


def _lines(part: Part, first: int, last: int) -> list[Strip]:
    """Of a widget what may be seen of it on these lines of the screen."""
    region, visible = part.region, part.visible
    return part.widget.render_lines(Region(visible.x - region.x, first - region.y, visible.width, last - first + 1))


def _piece(row: int, start: int, stop: int, part: Part, line: Strip) -> Piece:
    """What is to be sent of a widget's line."""
    visible = part.visible
    if (part.start, part.stop) != (visible.x, visible.right):  # something covers the rest
        line = line.crop(part.start - visible.x, part.stop - visible.x)
    if start <= part.start and part.stop <= stop:
        return Piece(row, part.start, line)
    return touched(row, part.start, line, start, stop)


class QuickScreen(Screen[ScreenResultType]):
    """A screen that is drawn so."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._compositor = Changes()
        self._sent_whole = False

    @property
    def is_there(self) -> bool:
        """Whether it can be drawn: what is beside the app goes on for a moment while a screen is taken down."""
        return self.is_mounted and self.app.is_running and self in self.app.screen_stack

    def _on_timer_update(self) -> None:
        """Draws what changed, that of widgets that have not told yet that they changed as well.

        Each tells it by a message, and what comes after the first drawing would wait for the next.
        """
        for widget in self._compositor.visible_widgets:
            if widget._repaint_regions:
                widget._repaint_required = False
                self._dirty_widgets.add(widget)
        self._sent_whole = True
        super()._on_timer_update()

    def _compositor_refresh(self) -> None:
        """Sends what changed; a new screen as a whole only once what it said when it opened is done.

        Textual draws it twice: at once, before its widgets know their size, and when they do.
        """
        if self._sent_whole:
            super()._compositor_refresh()
