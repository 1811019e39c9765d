"""Edges: their lines, the labels that stand at their ends, and the arrow heads."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from tui.graph.canvas import Canvas
from tui.graph.geometry import GapSpan, Geometry, Link, Port
from tui.graph.lines import ACTIVE, IDLE, Kinds, Lines, index_of, kinds_of
from tui.graph.picture import Direction, EdgeAt, GraphPicture, NodeAt
from tui.graph.routes import Routes, distinct, routes
from tui.terminal.raster import DOTS_X, DOTS_Y
from tui.words.names import shorten

ARROWS: dict[Direction, str] = {"forward": "▸", "backward": "◂", "still": " "}
"""What stands between a label and its target. A stub of the line would look like a minus."""

_FAN = 12
"""Lines that may be thick in one fan; more run together at its tip."""

_FEW = 3
"""Edges into a pill that are all drawn; of more, the two strongest."""

_HAZE = 16
"""Pills side by side of which two edges each can still be told apart; of more, so many edges of all, the strongest."""

_SHORT = 8
"""Cells of a line under which a thick one hides its neighbours."""


class _Gap(NamedTuple):
    """What is needed to draw the edges between two layers."""

    picture: GraphPicture
    geometry: Geometry
    span: GapSpan
    way: Routes
    kinds: Kinds
    lines: Lines
    canvas: Canvas

    def edge(self, index: int) -> EdgeAt:
        return EdgeAt(self.span.gap, int(self.way.sources[index]), int(self.way.targets[index]))

    def put_label(self, port: Port, *, active: bool) -> int:
        """A label at the end of its room; the column it starts in."""
        text, style = _label(self.picture, port, active)
        start = port.stop - cell_len(text)
        self.canvas.put(start, port.row, text, style)
        return start

    def put_arrow(self, edge: EdgeAt, row: int, *, active: bool) -> None:
        """The head before the target: which way the numbers go."""
        style = _label_style(self.picture, edge, active)
        self.canvas.put(self.span.stop - 1, row, ARROWS[self.picture.direction], style)


def draw_edges(picture: GraphPicture, geometry: Geometry, canvas: Canvas) -> tuple[Port, ...]:
    """Draws every edge in view and its label; says where the labels stand."""
    placed: list[Port] = []
    for span in geometry.gaps:
        way = routes(geometry, span)
        if len(way.sources):
            selected = next((edge for edge in picture.selected_edges if edge.gap == span.gap), None)
            chosen = None if selected is None else index_of(way, selected)
            kinds = kinds_of(picture.gaps[span.gap], way, chosen)
            lines = Lines(geometry.columns, geometry.rows)
            gap = _Gap(picture, geometry, span, way, kinds, lines, canvas)
            placed += _DRAWN[span.link](gap)
            lines.put_under(canvas)
    return tuple(placed)


def _to_ports(gap: _Gap) -> list[Port]:
    """Each line to its own label, each label before its own port."""
    ports = [port for port in gap.geometry.ports if port.edge.gap == gap.span.gap]
    ends = gap.way.ends
    rest = ends.copy()
    for index, port in enumerate(ports):
        active = bool(gap.kinds.state[index] == ACTIVE)
        start = gap.put_label(port, active=active)
        gap.put_arrow(port.edge, port.row, active=active)
        rest[index] = ends[index, 2] + 1, ends[index, 3], (start - 1) * DOTS_X - 1, ends[index, 3]
    role = gap.picture.gaps[gap.span.gap].role
    narrow = gap.span.stop - gap.span.start - gap.span.label_width < _SHORT
    kinds = gap.kinds.thin() if narrow else gap.kinds
    gap.lines.add(ends, kinds, role)
    # A label may be shorter than its room: the line goes on, level, to where it begins.
    longer = rest[:, 2] > rest[:, 0]
    gap.lines.add(rest[longer], kinds.of(longer), role)
    return ports


def _bare(gap: _Gap) -> list[Port]:
    """The edges that the step uses, or else the strongest; both together can't be read."""
    if gap.span.stop == gap.span.start:
        return []
    picture, way, kinds = gap.picture.gaps[gap.span.gap], gap.way, gap.kinds
    active = _fan(gap)
    if not len(active):
        active = _strongest(np.abs(picture.weights[way.targets, way.sources]), way.targets, kinds)
    gap.lines.add(way.ends[active], kinds.thin().of(active), picture.role)
    return []


def _with_labels(gap: _Gap) -> list[Port]:
    """The same, with labels at those that the step uses."""
    picture, way, kinds, span = gap.picture.gaps[gap.span.gap], gap.way, gap.kinds, gap.span
    active = _fan(gap)
    if not len(active):
        return _bare(gap)
    sources, targets = len(distinct(way.sources[active])), len(distinct(way.targets[active]))
    ends = way.ends.copy()
    # Labels stand where the fan is wide: there each has a row of its own.
    if sources >= targets:
        starts = span.start + 1, way.ends[:, 1]
        ends[:, 0] = (span.start + 1 + span.label_width + 1) * DOTS_X
    else:
        starts = span.stop - 1 - span.label_width, way.ends[:, 3]
        ends[:, 2] = (span.stop - 2 - span.label_width) * DOTS_X - 1
    if len(active) > _FAN:
        kinds = kinds.thin()
    gap.lines.add(ends[active], kinds.of(active), picture.role)
    return _put_labels(gap, active, starts)


def _fan(gap: _Gap) -> NDArray[np.intp]:
    """The indices of the edges to draw with labels: the active ones, and where the step computes numbers of edges,
    those of the same target too.
    """
    active = gap.kinds.state == ACTIVE
    if active.any() and gap.picture.gaps[gap.span.gap].labels is not None:
        active |= (gap.kinds.state > IDLE) & np.isin(gap.way.targets, gap.way.targets[active])
    return np.flatnonzero(active)


def _put_labels(gap: _Gap, active: NDArray[np.intp], starts: tuple[int, NDArray[np.int64]]) -> list[Port]:
    """A label in each row that has an active edge, for the first of them; an arrow head at each target."""
    start, heights = starts
    ports: dict[int, Port] = {}
    boxes = gap.geometry.boxes
    for index in active.tolist():
        edge = gap.edge(index)
        row = int(heights[index]) // DOTS_Y
        if row not in ports:
            ports[row] = Port(edge, row, start, start + gap.span.label_width)
            gap.put_label(ports[row], active=bool(gap.kinds.state[index] == ACTIVE))
        target = boxes[NodeAt(edge.gap + 1, edge.target)]
        gap.put_arrow(edge, target.y if target.flat else int(gap.way.ends[index, 3]) // DOTS_Y, active=True)
    return list(ports.values())


_DRAWN: dict[Link, Callable[[_Gap], list[Port]]] = {"ports": _to_ports, "fan": _with_labels, "bare": _bare}


def _strongest(sizes: NDArray[np.float64], targets: NDArray[np.intp], kinds: Kinds) -> NDArray[np.intp]:
    """The indices of the edges worth drawing where no step uses any: all of few, the two strongest of many."""
    # Routes run target by target, so each target's edges are one row.
    rows = np.where(kinds.present, sizes, -1.0).reshape(len(distinct(targets)), -1)
    if rows.shape[1] <= _FEW:
        return np.flatnonzero(kinds.present)
    most = 2 if len(rows) <= _HAZE else 1
    best = np.argpartition(rows, -most, axis=1)[:, -most:]
    indices = (best + np.arange(len(rows))[:, None] * rows.shape[1]).ravel()
    if len(indices) > 2 * _HAZE:
        strongest = np.argpartition(rows.ravel()[indices], -_HAZE)[-_HAZE:]
        indices = indices[strongest]
    return indices


def _label(picture: GraphPicture, port: Port, active: bool) -> tuple[str, str]:
    """What stands at an edge, and how: its weight, or what the step computed for it."""
    gap = picture.gaps[port.edge.gap]
    at = port.edge.target, port.edge.source
    labels = gap.labels
    values = gap.weights if labels is None or (labels.shown is not None and not labels.shown[at]) else labels.values
    width = port.stop - port.start
    return shorten(picture.signed(float(values[at]), width), width), _label_style(picture, port.edge, active)


def _label_style(picture: GraphPicture, edge: EdgeAt, active: bool) -> str:
    gap = picture.gaps[edge.gap]
    at = edge.target, edge.source
    if edge in picture.selected_edges:
        return "label-active selected"
    style = "label-active" if active else "label"
    if gap.labels is None or (gap.labels.shown is not None and not gap.labels.shown[at]):
        return style
    fresh = style if active else "label-lit"
    return f"{fresh} {gap.labels.role}" if gap.labels.role else fresh
