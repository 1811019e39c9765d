"""Where everything stands: the layout's result, in cells, and what is under a cell."""

from functools import cached_property
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tui.graph.picture import EdgeAt, NodeAt
from tui.graph.rectangle import Rectangle

Form = Literal["box", "pill", "bead"]
"""How a layer's nodes are drawn: with all their numbers, in one row with one number, or only as a spot with a shade."""
Link = Literal["ports", "fan", "bare"]
"""How the edges between two layers are drawn: each to a row of its own, with labels for those that the step uses, or
as lines alone."""


class NodeBox(Rectangle, frozen=True, kw_only=True):
    """A node's rectangle."""

    at: NodeAt


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
    form: Form = "box"
    stacked: bool = False
    thick: bool = False
    map: int = 0

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
    link: Link = "ports"


class Geometry(Struct, frozen=True, dict=True):
    """A layout.

    Attributes:
        columns: the width of the whole.
        rows: its height.
        layers: the layers, every one.
        gaps: what is between them.
        nodes: every node in view.
        ports: every edge's port (boxes only).
        target_below: targets have a row of their own under the box.
        title_row: the row for titles of the gaps, if there is one.
        strip: rows at the bottom for how large the derivatives of each layer are.
    """

    columns: int
    rows: int
    layers: tuple[Column, ...] = ()
    gaps: tuple[GapSpan, ...] = ()
    nodes: tuple[NodeBox, ...] = ()
    ports: tuple[Port, ...] = ()
    target_below: bool = False
    title_row: int | None = None
    strip: int = 0

    def below_titles(self) -> "Geometry":
        """The same one row further down, under a row for titles."""
        nodes = tuple(replace(box, y=box.y + 1) for box in self.nodes)
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
        bottom = box.bottom + (geometry.target_below and not box.flat)
        if box.x <= column < box.right and box.y <= row < bottom:
            return box.at
    for port in geometry.ports if labels is None else labels:
        if row == port.row and port.start <= column <= port.stop:
            return port.edge
    return None
