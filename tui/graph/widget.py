"""The graph on the screen: keeps the drawn rows, repaints those that changed, and tells what was clicked."""

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from tui.graph.canvas import BLANK, Run
from tui.graph.geometry import hit, node_beyond
from tui.graph.paint import Drawing, draw
from tui.graph.picture import EdgeAt, GraphPicture, NodeAt
from tui.graph.styles import LOOKS
from tui.terminal.drawn import Drawn
from tui.view.kept import Drawings

if TYPE_CHECKING:  # layers are drawn without what draws formulas
    from tui.graph.formulas.draw import FormulaDrawing
    from tui.graph.formulas.picture import FormulaPicture

WHEEL = 3
"""Nodes by which a turn of the wheel moves on."""


class NetworkGraph(Drawn, can_focus=True):
    """A network, or a graph of formulas, at one place of a walk: the picture that it is shown."""

    LOOKS = LOOKS

    class NodeSelected(Message):
        """Someone clicked on a node, or turned the wheel over a layer."""

        def __init__(self, graph: "NetworkGraph", node: NodeAt) -> None:
            super().__init__()
            self.graph = graph
            self.node = node

        @property
        def control(self) -> "NetworkGraph":
            """The graph, for `@on` selectors."""
            return self.graph

    class EdgeSelected(Message):
        """Someone clicked on an edge's label."""

        def __init__(self, graph: "NetworkGraph", edge: EdgeAt) -> None:
            super().__init__()
            self.graph = graph
            self.edge = edge

        @property
        def control(self) -> "NetworkGraph":
            """The graph, for `@on` selectors."""
            return self.graph

    class ValueSelected(Message):
        """Someone clicked on a value of a graph of formulas, or turned the wheel over a column of such."""

        def __init__(self, graph: "NetworkGraph", value: str, item: int = 0) -> None:
            super().__init__()
            self.graph = graph
            self.value = value
            self.item = item

        @property
        def control(self) -> "NetworkGraph":
            """The graph, for `@on` selectors."""
            return self.graph

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._picture: GraphPicture | FormulaPicture | None = None
        self._kept = Drawings()
        self._drawing: Drawing | FormulaDrawing | None = None
        self._strips: dict[int, Strip] = {}
        self._drawn_size = Size(0, 0)

    @property
    def picture(self) -> "GraphPicture | FormulaPicture | None":
        """What is drawn; `show` gives another one."""
        return self._picture

    def show(self, picture: "GraphPicture | FormulaPicture", kept: Drawings | None = None) -> None:
        """Draws it, and repaints what differs: over a slow line, a step must cost little.

        Args:
            picture: the network at a place of the walk; once shown it must not change.
            kept: what was drawn of this picture before.
        """
        before, size = self._drawing, self.content_size
        self._picture, self._kept, self._drawing = picture, kept or Drawings(), None
        if before is None or self._drawn_size != size:
            self.refresh()
            return
        now = self._draw(picture, size)
        regions = [
            Region(start, row, stop - start, 1)
            for row, (old, new) in enumerate(zip(before.rows, now.rows, strict=True))
            if old != new
            for start, stop in [_difference(old, new, size.width)]
        ]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One row of the drawing."""
        size = self.content_size
        if self._picture is None or y >= size.height:
            return Strip([Segment(" " * size.width, self.look(BLANK))], size.width)
        drawing = self._drawing
        if drawing is None or self._drawn_size != size:
            drawing = self._draw(self._picture, size)
        if y not in self._strips:
            self._strips[y] = self._strip(drawing.rows[y], size.width)
        return self._strips[y]

    def _strip(self, row: list[Run], width: int) -> Strip:
        return Strip([Segment(text, self.look(style)) for text, style in row], width)

    def notify_style_update(self) -> None:
        """Another theme, other colours."""
        super().notify_style_update()
        self._drawing = None

    def on_click(self, event: events.Click) -> None:
        """Tell which node or edge was meant."""
        offset = event.get_content_offset(self)
        if offset is None or self._drawing is None:
            return
        chosen = self._under(self._drawing, offset.x, offset.y)
        if chosen is not None:
            event.stop()
            self.post_message(chosen)

    def _under(self, drawing: "Drawing | FormulaDrawing", column: int, row: int) -> Message | None:
        """What a click on a cell tells."""
        if not isinstance(drawing, Drawing):
            value = drawing.under(column, row)
            return None if value is None else self.ValueSelected(self, *value)
        found = hit(drawing.geometry, column, row, drawing.labels)
        if found is None:
            return None
        return self.NodeSelected(self, found) if isinstance(found, NodeAt) else self.EdgeSelected(self, found)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Further down a layer of which not all nodes are in view."""
        self._scroll_layer(event, WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Further up."""
        self._scroll_layer(event, -WHEEL)

    def _scroll_layer(self, event: events.MouseEvent, by: int) -> None:
        offset = event.get_content_offset(self)
        if offset is None or self._drawing is None or self._picture is None:
            return
        chosen: Message | None = None
        if not isinstance(self._drawing, Drawing):
            value = self._drawing.beyond(offset.x, by)
            chosen = None if value is None else self.ValueSelected(self, value)
        elif isinstance(self._picture, GraphPicture):
            found = node_beyond(self._drawing.geometry, offset.x, self._picture.focus, by)
            chosen = None if found is None else self.NodeSelected(self, found)
        if chosen is not None:
            event.stop()
            self.post_message(chosen)

    def prepare(self, picture: "GraphPicture | FormulaPicture", kept: Drawings) -> None:
        """Draws a picture that may be shown next, as far as it differs from the one that is."""
        before, size = self._drawing, self.content_size
        if not size:
            return
        drawing, strips = _drawn(picture, size, kept), self._strips_of(kept, size)
        for y, row in enumerate(drawing.rows):
            if before is not None and y < len(before.rows) and before.rows[y] != row and y not in strips:
                strips[y] = self._strip(row, size.width)

    def _draw(self, picture: "GraphPicture | FormulaPicture", size: Size) -> "Drawing | FormulaDrawing":
        drawing = _drawn(picture, size, self._kept)
        self._drawing, self._drawn_size, self._strips = drawing, size, self._strips_of(self._kept, size)
        return drawing

    def _strips_of(self, kept: Drawings, size: Size) -> dict[int, Strip]:
        """The rows in the theme's colours that were made before."""
        made: dict[int, Strip] = {}
        return kept.get(("rows of the network", size, self.looks_changed), lambda: made)


def _drawn(picture: "GraphPicture | FormulaPicture", size: Size, kept: Drawings) -> "Drawing | FormulaDrawing":
    def made() -> "Drawing | FormulaDrawing":
        if isinstance(picture, GraphPicture):
            return draw(picture, *size)
        from tui.graph.formulas.draw import draw_formulas

        return draw_formulas(picture, *size)

    return kept.get(("network", size), made)


def _difference(old: list[Run], new: list[Run], width: int) -> tuple[int, int]:
    """The columns [start, stop) outside of which two rows are the same."""
    start = sum(_cells(a) for a, _ in takewhile(_same, zip(old, new, strict=False)))
    end = sum(_cells(a) for a, _ in takewhile(_same, zip(reversed(old), reversed(new), strict=False)))
    return start, max(width - end, start + 1)


def _same(pair: tuple[Run, Run]) -> bool:
    return pair[0] == pair[1]


def _cells(run: Run) -> int:
    return cell_len(run[0])
