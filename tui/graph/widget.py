"""The graph on the screen: keeps the drawn rows, repaints those that changed, and tells what was clicked."""

from itertools import takewhile
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tui.graph.canvas import BLANK, Run
from tui.graph.geometry import hit, node_beyond
from tui.graph.paint import Drawing, draw
from tui.graph.picture import EdgeAt, GraphPicture, NodeAt
from tui.graph.styles import LOOKS
from tui.terminal.drawn import Drawn

WHEEL = 3
"""Nodes by which a turn of the wheel moves on."""


class NetworkGraph(Drawn, can_focus=True):
    """A network at one place of a walk. Set `picture`; it keeps nothing else."""

    LOOKS = LOOKS

    picture: reactive[GraphPicture | None] = reactive(None, repaint=False)
    """What is drawn; a picture once set must not change."""

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

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._drawing: Drawing | None = None
        self._drawn_size = Size(0, 0)

    def watch_picture(self) -> None:
        """Repaint what differs: over a slow line, a step must cost little."""
        before, size = self._drawing, self.content_size
        self._drawing = None
        if before is None or self.picture is None or self._drawn_size != size:
            self.refresh()
            return
        now = self._draw(self.picture, size)
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
        if self.picture is None or y >= size.height:
            return Strip([Segment(" " * size.width, self.look(BLANK))], size.width)
        drawing = self._drawing
        if drawing is None or self._drawn_size != size:
            drawing = self._draw(self.picture, size)
        return Strip([Segment(text, self.look(style)) for text, style in drawing.rows[y]], size.width)

    def on_click(self, event: events.Click) -> None:
        """Tell which node or edge was meant."""
        offset = event.get_content_offset(self)
        if offset is None or self._drawing is None:
            return
        found = hit(self._drawing.geometry, offset.x, offset.y, self._drawing.labels)
        if found is not None:
            event.stop()
            chosen = self.NodeSelected(self, found) if isinstance(found, NodeAt) else self.EdgeSelected(self, found)
            self.post_message(chosen)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Further down a layer of which not all nodes are in view."""
        self._scroll_layer(event, WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Further up."""
        self._scroll_layer(event, -WHEEL)

    def _scroll_layer(self, event: events.MouseEvent, by: int) -> None:
        offset = event.get_content_offset(self)
        if offset is None or self._drawing is None or self.picture is None:
            return
        found = node_beyond(self._drawing.geometry, offset.x, self.picture.focus, by)
        if found is not None:
            event.stop()
            self.post_message(self.NodeSelected(self, found))

    def _draw(self, picture: GraphPicture, size: Size) -> Drawing:
        self._drawing, self._drawn_size = draw(picture, size.width, size.height), size
        return self._drawing


def _difference(old: list[Run], new: list[Run], width: int) -> tuple[int, int]:
    """The columns [start, stop) outside of which two rows are the same."""
    start = sum(_cells(a) for a, _ in takewhile(_same, zip(old, new, strict=False)))
    end = sum(_cells(a) for a, _ in takewhile(_same, zip(reversed(old), reversed(new), strict=False)))
    return start, max(width - end, start + 1)


def _same(pair: tuple[Run, Run]) -> bool:
    return pair[0] == pair[1]


def _cells(run: Run) -> int:
    return cell_len(run[0])
