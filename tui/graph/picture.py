"""What the graph is to show, said in numbers and states: nothing about geometry, colours or the engine.

Weights, labels and states of the edges between two layers are arrays, not an object per edge: two layers of 64 nodes
have 4096 edges, and a picture is made anew at every step. Nodes and their numbers, hundreds of which are made and
compared with each step, are tuples: for these Python does both at once.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.cells import cell_len

from tui.terminal.mosaic import Runs
from tui.words.columns import column

Role = str
"""A kind of quantity with a colour of its own."""
State = Literal["idle", "lit", "active"]
"""Whether the step has to do with a node: no, yes, or it is the one whose equation is shown."""
Direction = Literal["forward", "backward", "still"]
"""Which way the numbers go in this step."""

Format = Callable[[float, int], str]
"""A number in at most so many cells (never asked for fewer than `MIN_NUMBER`)."""
MIN_NUMBER = 5

ALL = 4
"""The numbers of a node: two of the way there, two of the way back."""

Aligned = Callable[[Sequence[float | None], int], list[str]]
"""Numbers that stand under each other: each in exactly so many cells, lined up by the decimal point."""

MAP = 7
"""Cells across of a small map beside a node, and a blank."""
SmallMaps = Callable[[int, int, int], Sequence[Sequence[Runs]]]
"""Of a layer, each node's map in so many columns and rows."""

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


class NodeAt(Struct, frozen=True, order=True):
    """A node: its layer (0 = inputs) and its number in it, from 0."""

    layer: int
    index: int


FIRST = NodeAt(0, 0)


class EdgeAt(NamedTuple):
    """An edge from node `source` of layer `gap` to node `target` of layer `gap + 1`."""

    gap: int
    source: int
    target: int


class Field(NamedTuple):
    """A named number of a node.

    Attributes:
        label: its name in the notation in use.
        value: None while it is not computed.
        role: the quantity whose colour it takes.
        lit: this step computed or used it.
        selected: the user chose it.
    """

    label: str
    value: float | None
    role: Role | None = None
    lit: bool = False
    selected: bool = False


class NodePicture(NamedTuple):
    """A node.

    Attributes:
        name: its name.
        fields: its numbers in the order of the walk, the same for all nodes that a layer computes. Where not all fit,
            the lit ones are shown first, then those of the direction (the first ones forward, the last ones backward).
        bias: what stands on the lower border (the bias, or its derivative), if it has a bias.
        target: what stands under an output.
        state: `active` gives it a heavy border.
        selected: the user chose it; its name stands out, whether or not the step uses it.
        shade: −1 … 1, how full its pill is where it is drawn as one.
        badge: a word for what is odd with it (`saturated`).
    """

    name: str
    fields: tuple[Field, ...]
    bias: Field | None = None
    target: Field | None = None
    state: State = "idle"
    selected: bool = False
    shade: float | None = None
    badge: str | None = None

    @property
    def computed(self) -> bool:
        """Whether any of its numbers is known yet; one without numbers waits for none."""
        return not self.fields or any(field.value is not None for field in self.fields)


class EdgeLabels(Struct, frozen=True, eq=False):
    """Numbers that stand at edges in place of their weights.

    Attributes:
        values: (n_out, n_in).
        role: whose colour they take; None for new weights.
        shown: (n_out, n_in), where they do (everywhere if None): a scalar step has computed only some.
    """

    values: Numbers
    role: Role | None = None
    shown: Mask | None = None


class GapPicture(Struct, frozen=True, eq=False):
    """The edges between two layers; every array has the shape (n_out, n_in) of the weights.

    Attributes:
        weights: their sign and strength shape the lines.
        active: edges that the shown equation uses.
        lit: edges that the step uses besides.
        absent: weights that are no connection; they are not drawn.
        labels: numbers shown in place of the weights.
        role: the quantity whose colour active and lit edges take.
        title: what stands above them, as a time step.
    """

    weights: Numbers
    active: Mask | None = None
    lit: Mask | None = None
    absent: Mask | None = None
    labels: EdgeLabels | None = None
    role: Role | None = None
    title: str = ""


class GraphPicture(Struct, frozen=True, eq=False):
    """A network at one place of a walk.

    Attributes:
        layers: the nodes of each layer, inputs first.
        gaps: the edges between neighbouring layers, one fewer than layers.
        number: formats a target.
        signed: formats weights and biases, with a sign before positive ones too.
        focus: the node that stays in view where not all fit.
        direction: which way the numbers go.
        role: the quantity this step computes; the active node takes its colour.
        selected_edges: the user chose the weight of these: one edge, of a tied weight one in each of its gaps.
        number_width: cells in which a node's number shows all the digits wanted.
        label_width: the same for a weight at its edge.
        aligned: formats the numbers of a layer, which stand under each other.
        shaded: the name of what the shades of pills and beads tell.
        sizes: how large the derivatives of each layer but the inputs are, None where that is not known; or nothing.
        sized: the name of these derivatives.
        ailing: what to do to learn why a node has a sign.
        thick: whether a node has one number in thick digits, where all have room for it.
        maps: what each node computes over two inputs, where that is shown.
    """

    layers: tuple[tuple[NodePicture, ...], ...]
    gaps: tuple[GapPicture, ...]
    number: Format
    signed: Format
    focus: NodeAt = FIRST
    direction: Direction = "forward"
    role: Role | None = None
    selected_edges: tuple[EdgeAt, ...] = ()
    number_width: int = 8
    label_width: int = 7
    aligned: Aligned = column
    shaded: str = "y"
    sizes: tuple[float | None, ...] = ()
    sized: str = "dE/dx"
    ailing: str = "select it, it says why"
    thick: bool = False
    maps: SmallMaps | None = None

    def has_map(self, layer: int) -> bool:
        """Whether its nodes have maps: those of hidden ones."""
        return self.maps is not None and 0 < layer < len(self.layers) - 1

    def node(self, at: NodeAt) -> NodePicture:
        """The node there."""
        return self.layers[at.layer][at.index]


class LayerShape(NamedTuple):
    """What the layout has to know of a layer.

    `absent` is the mask of the edges into it that are not there, as bytes, so that a shape can be compared; `given` of
    its nodes, the last ones, are inputs beside computed ones. `labels` are the cells of the numbers' names, `map` those
    of a map beside a node of one row.
    """

    size: int
    labels: tuple[int, ...]
    name_width: int
    target: bool
    absent: bytes | None = None
    given: int = 0
    map: int = 0

    @property
    def fields(self) -> int:
        """How many numbers a node has."""
        return len(self.labels)


class Shape(NamedTuple):
    """All of a picture that decides where things stand. Steps change numbers and states, never this."""

    layers: tuple[LayerShape, ...]
    number_width: int
    label_width: int
    titled: bool = False
    """Whether there are titles above the gaps."""
    sized: bool = False
    """Whether there are sizes of derivatives."""
    thick: bool = False
    """Whether numbers are thick where they have room."""


@lru_cache(maxsize=64)
def _widest(names: tuple[str, ...]) -> int:
    """Cells of the longest name: the same ones are drawn at each step."""
    return max(map(cell_len, names), default=0)


def shape_of(picture: GraphPicture) -> Shape:
    """The shape of a picture."""
    layers = []
    for number, nodes in enumerate(picture.layers):
        absent = picture.gaps[number - 1].absent if number else None
        fullest = max((node.fields for node in nodes), key=len, default=())
        layers.append(
            LayerShape(
                size=len(nodes),
                labels=tuple(cell_len(field.label) for field in fullest),
                name_width=_widest(tuple(node.name for node in nodes)),
                target=any(node.target is not None for node in nodes),
                absent=absent.tobytes() if absent is not None and absent.any() else None,
                given=sum(len(node.fields) < len(fullest) for node in nodes),
                map=MAP if picture.has_map(number) else 0,
            )
        )
    titled = any(gap.title for gap in picture.gaps)
    number, label = (max(width, MIN_NUMBER) for width in (picture.number_width, picture.label_width))
    return Shape(tuple(layers), number, label, titled, bool(picture.sizes), picture.thick)
