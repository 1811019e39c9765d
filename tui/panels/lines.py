"""Panels that are drawn line by line: a line that stays as it is, is neither made nor sent to the terminal again."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.style import Style as VisualStyle

from tui.graph.canvas import Run
from tui.terminal.drawn import Drawn
from tui.view.kept import Drawings

Line = Content | Sequence[Run]


class LinesPanel(Drawn):
    """Its lines are what `paint` was given last.

    Textual's Static makes every line anew when one of them changes; a walk changes some lines with each key.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._lines: Sequence[Line] = ()
        self._strips: dict[int, Strip] = {}
        self._made: dict[int, Strip] = {}
        self._painted_width = 0

    def paint(self, lines: Sequence[Line], width: int, kept: Drawings | None = None) -> None:
        """Shows these lines, each of at most `width` cells, and has those repainted that changed.

        Args:
            lines: what is shown.
            width: of the panel.
            kept: what was made of these lines before, if they are kept there themselves.
        """
        if width != self._painted_width:
            self._painted_width, self._lines, self._strips = width, (), {}
            self.refresh()
        before, self._lines = self._lines, lines
        changed = [
            Region(0, y, width, 1)
            for y in range(max(len(before), len(lines)))
            if not (y < len(before) and y < len(lines) and _same(before[y], lines[y]))
        ]
        self._made = {} if kept is None else self._strips_of(kept, lines, width)
        for region in changed:
            self._strips.pop(region.y, None)
        if changed:
            self.refresh(*changed)

    def prepare_lines(self, lines: Sequence[Line], width: int, kept: Drawings) -> None:
        """Makes what `paint` will want of lines that may be shown next, as far as they differ from those that are."""
        made = self._strips_of(kept, lines, width)
        for y, line in enumerate(lines):
            if y not in made and not (y < len(self._lines) and _same(self._lines[y], line)):
                made[y] = self._strip(line, width)

    def _strips_of(self, kept: Drawings, lines: Sequence[Line], width: int) -> dict[int, Strip]:
        """The lines in the theme's colours that were made before: of these lines, for a panel shows several parts."""
        made: dict[int, Strip] = {}
        return kept.get(("lines", id(lines), width, self.looks_changed), lambda: made)

    def notify_style_update(self) -> None:
        """Another theme, other colours."""
        super().notify_style_update()
        self._strips, self._made = {}, {}

    def render_line(self, y: int) -> Strip:
        """One line, as wide as the panel."""
        strip = self._strips.get(y) or self._made.get(y)
        if strip is None:
            line = self._lines[y] if y < len(self._lines) else ()
            strip = self._made[y] = self._strip(line, self._painted_width or self.size.width)
        self._strips[y] = strip
        return strip

    def _strip(self, line: Line, width: int) -> Strip:
        runs = pieces(line) if isinstance(line, Content) else ((text, (style,)) for text, style in line)
        segments = [Segment(text, self.look_of(styles)) for text, styles in runs if text]
        room = width - cell_len("".join(segment.text for segment in segments))
        if room > 0:
            segments.append(Segment(" " * room, self.look_of(())))
        strip = Strip(segments, width - min(room, 0))
        return strip if room >= 0 else strip.crop(0, width)


def _same(old: Line, new: Line) -> bool:
    if isinstance(old, Content) and isinstance(new, Content):
        return old.is_same(new)
    return old == new


def pieces(content: Content) -> Iterator[tuple[str, tuple[str | VisualStyle, ...]]]:
    """The text in pieces, each with its styles, the one that was put last last."""
    text, spans = content.plain, content.spans
    ends = sorted({0, len(text), *(span.start for span in spans), *(span.end for span in spans)})
    for start, end in pairwise(ends):
        yield text[start:end], tuple(span.style for span in spans if span.start <= start < span.end)
