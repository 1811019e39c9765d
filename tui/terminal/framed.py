"""Lines of text with what stands beside them, border and padding."""

from rich.segment import Segment
from textual._styles_cache import StylesCache
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class FramedLines(StylesCache):
    """Keeps a widget's lines, and makes those anew that changed.

    Textual asks the styles some thirty times for every line that it makes and several more for every widget, which took
    a tenth of a step. What stands beside the text is the same on every line, so here it is taken from one that Textual
    made, and the upper and lower border only are left to it. There is no public way to do so.
    """

    def __init__(self) -> None:
        super().__init__()
        self._inside = range(0)
        """The lines that hold text."""
        self._room = 0
        """Cells of a text."""
        self._before: list[Segment] = []
        self._after: list[Segment] = []

    def clear(self) -> None:
        """Another size or other styles."""
        super().clear()
        self._inside = range(0)

    def render_widget(self, widget: Widget, crop: Region) -> list[Strip]:
        """The lines of a part of the widget."""
        lines, cache, dirty = crop.line_range, self._cache, self._dirty_lines
        if crop.column_span != (0, self._width) or widget.get_line_filters():
            return super().render_widget(widget, crop)
        wanted = [y for y in lines if y in dirty or y not in cache]
        for y in wanted:
            if y in self._inside:
                text = widget.render_line(y - self._inside.start)
                if text.cell_length == self._room:
                    cache[y] = Strip([*self._before, *text, *self._after], self._width)
                    dirty.discard(y)
        if any(y in dirty or y not in cache for y in wanted):
            made = super().render_widget(widget, crop)
            if not self._inside:
                self._look_beside(widget, made, crop)
            return made
        return [cache[y] for y in lines]

    def _look_beside(self, widget: Widget, made: list[Strip], crop: Region) -> None:
        """Sees what Textual put beside a line of text, unless it changed the text itself."""
        gutter, size = widget.styles.gutter, widget.outer_size
        inside = range(gutter.top, size.height - gutter.bottom)
        seen = next((y for y in crop.line_range if y in inside), None)
        if seen is None:
            return
        whole = list(made[seen - crop.y])
        text = widget.render_line(seen - inside.start)
        length = len(list(text))
        for start in range(len(whole)):
            if length and whole[start : start + length] == list(text):
                self._inside, self._room = inside, text.cell_length
                self._before, self._after = whole[:start], whole[start + length :]
                return
