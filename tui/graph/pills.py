"""The second rung: every node one row, and of a layer that is too high a window round the focus."""

from tui.graph.geometry import Geometry, NodeBox
from tui.graph.measure import Measure, Plan, columns_of
from tui.graph.picture import NodeAt, Shape

CAPTION = 1
"""Rows above a layer, which say what its numbers are, and how many nodes are out of view above."""

_LOOSE = 5
"""Rows from one pill to the next beyond which they only drift apart."""


def place_pills(shape: Shape, measure: Measure, plan: Plan, focus: NodeAt, columns: int, rows: int) -> Geometry | None:
    """A plan of pills; None where there is no row for any."""
    # The sign of what is out of view below takes a row, of all layers alike: their pills stand in line.
    foot = 1 if any(layer.size > rows - CAPTION for layer in shape.layers) else 0
    space = rows - CAPTION - foot
    if space < 1:
        return None
    windows = [_window(layer.size, space, _follow(shape, number, focus)) for number, layer in enumerate(shape.layers)]
    layers, gaps = columns_of(shape, measure, plan, windows, columns)
    boxes = []
    for column, window in zip(layers, windows, strict=True):
        pitch = max(1, min(space // len(window), _LOOSE))
        top = CAPTION + (space - (len(window) - 1) * pitch - 1) // 2
        boxes += [
            NodeBox(column.x, top + i * pitch, column.width, 1, at=NodeAt(column.layer, index))
            for i, index in enumerate(window)
        ]
    return Geometry(columns=columns, rows=rows, layers=layers, gaps=gaps, nodes=tuple(boxes))


def window_of(shape: Shape, layer: int, focus: NodeAt, rows: int) -> range:
    """The nodes in view of a layer in so many rows, two of which say what is out of view, if anything is."""
    size = shape.layers[layer].size
    return range(size) if size <= rows else _window(size, max(1, rows - 2), _follow(shape, layer, focus))


def _follow(shape: Shape, layer: int, focus: NodeAt) -> int:
    """The node a layer's window keeps in view: the focus, in other layers the one at the same height."""
    if layer == focus.layer:
        return focus.index
    return focus.index * shape.layers[layer].size // shape.layers[focus.layer].size


def _window(count: int, space: int, follow: int) -> range:
    """So many of a layer's nodes, with one of them in view.

    It moves by half its height at a time: one that moved with every step would redraw all, and nothing would stay put.
    """
    if count <= space:
        return range(count)
    half = max(1, space // 2)
    first = min(max((follow - half // 2) // half * half, 0), count - space)
    return range(first, first + space)
