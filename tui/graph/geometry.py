"""Where everything stands: the layout's result, in cells, and what is under a cell."""

from functools import cached_property
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tui.graph.picture import EdgeAt, NodeAt


class NodeBox(NamedTuple):
    """A node's rectangle. One row high it is a pill, else its first and last rows are borders."""

    at: NodeAt
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column after it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row after it."""
        return self.y + self.height

    @property
    def pill(self) -> bool:
        """Whether it has no border."""
        return self.height == 1

    @property
    def inside(self) -> range:
        """The rows that hold numbers, and take edges."""
        return range(self.y, self.y + 1) if self.pill else range(self.y + 1, self.bottom - 1)


class Port(NamedTuple):
    """Where an edge enters its target: a row of its own, label in [start, stop), arrow head at `stop`."""

    edge: EdgeAt
    row: int
    start: int
    stop: int


class Column(NamedTuple):
    """A layer: its cells across, and which of its nodes are in view."""

    layer: int
    x: int
    width: int
    name_width: int
    number_width: int
    padding: int
    first: int
    last: int
    size: int

    @property
    def right(self) -> int:
        """The first column after it."""
        return self.x + self.width

    @property
    def above(self) -> int:
        """How many nodes are out of view above."""
        return self.first

    @property
    def below(self) -> int:
        """How many nodes are out of view below."""
        return self.size - self.last


class GapSpan(NamedTuple):
    """The columns [start, stop) between layers `gap` and `gap + 1`."""

    gap: int
    start: int
    stop: int
    label_width: int


class Geometry(Struct, frozen=True, dict=True):
    """A layout.

    Attributes:
        columns: the width of the whole.
        rows: its height.
        boxed: boxes with ports (else pills with a caption above each layer).
        layers: the layers in view.
        gaps: what is between them.
        nodes: every node in view.
        ports: every edge's port (boxes only).
        hidden_left: layers out of view before.
        hidden_right: layers out of view after.
        target_below: targets have a row of their own under the box.
        title_row: the row for titles of the gaps, if there is one.
    """

    columns: int
    rows: int
    boxed: bool = False
    layers: tuple[Column, ...] = ()
    gaps: tuple[GapSpan, ...] = ()
    nodes: tuple[NodeBox, ...] = ()
    ports: tuple[Port, ...] = ()
    hidden_left: int = 0
    hidden_right: int = 0
    target_below: bool = False
    title_row: int | None = None

    def below_titles(self) -> "Geometry":
        """The same one row further down, under a row for titles."""
        nodes = tuple(box._replace(y=box.y + 1) for box in self.nodes)
        ports = tuple(port._replace(row=port.row + 1) for port in self.ports)
        return replace(self, rows=self.rows + 1, nodes=nodes, ports=ports, title_row=0)

    @property
    def top(self) -> int:
        """The first row of the highest node in view; of none, 0."""
        return min((box.y for box in self.nodes), default=0)

    @cached_property
    def boxes(self) -> dict[NodeAt, NodeBox]:
        """The rectangle of each node in view."""
        return {box.at: box for box in self.nodes}

    @cached_property
    def by_layer(self) -> dict[int, tuple[NodeBox, ...]]:
        """The rectangles of each layer in view, from above."""
        return {
            column.layer: tuple(box for box in self.nodes if box.at.layer == column.layer) for column in self.layers
        }


SIDE = 5
"""Columns of the sign that says how many layers are out of view on a side."""


def side_row(geometry: Geometry) -> int:
    """The first of the two rows of that sign."""
    return max(0, geometry.rows // 2 - 1)


def _side(geometry: Geometry, column: int, row: int) -> NodeAt | None:
    """The sign leads to the first node of the nearest layer out of view."""
    if geometry.layers and 0 <= row - side_row(geometry) < 2:
        if geometry.hidden_left and column < SIDE:
            return NodeAt(geometry.layers[0].layer - 1, 0)
        if geometry.hidden_right and column >= geometry.columns - SIDE:
            return NodeAt(geometry.layers[-1].layer + 1, 0)
    return None


def node_beyond(geometry: Geometry, column: int, focus: NodeAt, by: int) -> NodeAt | None:
    """The node so many further in the layer at a column, if not all its nodes are in view: it brings them there."""
    layer = next((layer for layer in geometry.layers if layer.x <= column < layer.right), None)
    if layer is None or not (layer.above or layer.below):
        return None
    here = focus.index if focus.layer == layer.layer else layer.last - 1 if by > 0 else layer.first
    return NodeAt(layer.layer, min(max(here + by, 0), layer.size - 1))


def hit(geometry: Geometry, column: int, row: int, labels: tuple[Port, ...] | None = None) -> NodeAt | EdgeAt | None:
    """What is under a cell. `labels` are those in view, where the geometry's own ports do not say it (pills)."""
    for box in geometry.nodes:
        # The target under a box belongs to it.
        bottom = box.bottom + (geometry.target_below and not box.pill)
        if box.x <= column < box.right and box.y <= row < bottom:
            return box.at
    side = _side(geometry, column, row)
    if side is not None:
        return side
    for port in geometry.ports if labels is None else labels:
        if row == port.row and port.start <= column <= port.stop:
            return port.edge
    return None
