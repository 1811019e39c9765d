"""The second rung and the third: every node one row, and of a layer that is too high a window round the focus."""

from tui.graph.geometry import Geometry, NodeBox
from tui.graph.measure import Measure, columns_of
from tui.graph.picture import NodeAt, Shape

CAPTION = 1
"""Rows above a layer, which say what its numbers are, and how many nodes are out of view above."""

_LOOSE = 5
"""Rows from one pill to the next beyond which they only drift apart."""


def place_pills(
    shape: Shape, measure: Measure, shown: range, focus: NodeAt, left: int, room: int, rows: int
) -> Geometry | None:
    """These layers as pills; None where there is no row for any."""
    high = [shape.layers[number].size for number in shown]
    # The sign of what is out of view below takes a row, of all layers alike: their pills stand in line.
    foot = 1 if any(count > rows - CAPTION for count in high) else 0
    space = rows - CAPTION - foot
    if space < 1:
        return None
    windows = [_window(count, space, _follow(shape, number, focus)) for number, count in zip(shown, high, strict=True)]
    columns, gaps = columns_of(shape, measure, shown, windows, left, room, boxed=False)
    boxes = []
    for column, window in zip(columns, windows, strict=True):
        pitch = max(1, min(space // len(window), _LOOSE))
        top = CAPTION + (space - (len(window) - 1) * pitch - 1) // 2
        boxes += [
            NodeBox(NodeAt(column.layer, index), column.x, top + place * pitch, column.width, 1)
            for place, index in enumerate(window)
        ]
    return Geometry(columns=left + room, rows=rows, layers=columns, gaps=gaps, nodes=tuple(boxes))


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
