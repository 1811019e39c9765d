"""Each hidden node's own small map: in its box below its numbers, or beside its pill."""

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from tui.graph.canvas import Canvas
from tui.graph.geometry import Column, Geometry, NodeBox
from tui.graph.picture import GraphPicture
from tui.terminal.mosaic import Runs

LEAST_INSIDE = 3
"""Rows of a map in a box, at least."""
MOST = 4
"""Rows of one beside a pill."""


def rows_for_map(picture: GraphPicture, box: NodeBox, kept: int) -> int:
    """The rows of a box that its map takes, where its numbers keep so many."""
    left = len(box.inside) - kept
    return left if picture.has_map(box.at.layer) and left >= LEAST_INSIDE else 0


def draw_map_inside(picture: GraphPicture, box: NodeBox, column: Column, rows: int, canvas: Canvas) -> None:
    """In the lowest rows of a box."""
    assert picture.maps is not None
    width = box.width - 2 - 2 * column.padding
    if width > 0:
        lines = picture.maps(box.at.layer, width, rows)[box.at.index]
        put_map(canvas, box.x + 1 + column.padding, box.bottom - 1 - rows, lines)


def draw_maps_beside(picture: GraphPicture, geometry: Geometry, canvas: Canvas) -> None:
    """Of nodes that are one row high, as high as the rows between them allow."""
    for column in geometry.layers:
        boxes = geometry.by_layer[column.layer]
        if picture.maps is None or not column.map or not boxes:
            continue
        rows, above = _rows_beside(boxes, geometry.rows)
        maps = picture.maps(column.layer, column.map - 1, rows)
        for box in boxes:
            put_map(canvas, box.right - column.map + 1, box.y - above, maps[box.at.index])


def _rows_beside(boxes: Sequence[NodeBox], rows: int) -> tuple[int, int]:
    """How many rows maps beside these nodes have, with a blank one between them, and how many of them are above."""
    most = min((low.y - high.y - 1 for high, low in pairwise(boxes)), default=MOST)
    fitting = (
        (high, above)
        for high in range(min(most, MOST), 0, -1)
        for above in ((high - 1) // 2, high // 2)
        if above <= boxes[0].y and high - above <= rows - boxes[-1].y
    )
    return next(fitting, (1, 0))


def without_map(box: NodeBox, column: Column) -> NodeBox:
    """The part of a node of one row that is its pill, or its spot."""
    return replace(box, width=box.width - column.map) if column.map else box


def put_map(canvas: Canvas, column: int, row: int, lines: Sequence[Runs]) -> None:
    """A map's rows, the first of them at a cell."""
    for below, runs in enumerate(lines):
        at = column
        for text, style in runs:
            canvas.put(at, row + below, text, style)
            at += len(text)
