"""A picture and its geometry become rows of text with style names: the whole drawing, testable without a screen."""

from typing import NamedTuple

from rich.cells import cell_len

from tui.graph.canvas import BLANK, Canvas, Run, Straight
from tui.graph.edges import draw_edges
from tui.graph.geometry import Column, Geometry, Port
from tui.graph.layout import layout
from tui.graph.maps import draw_maps_beside
from tui.graph.nodes import SIGN, caption, draw_nodes
from tui.graph.picture import GraphPicture, shape_of
from tui.graph.strip import draw_strip
from tui.words.names import shorten

_APART = 2
"""Blank cells between how many nodes are out of view and the name of the numbers."""


class Drawing(NamedTuple):
    """A drawn picture: its rows, each as wide as asked for, its geometry, and where labels stand."""

    rows: list[list[Run]]
    geometry: Geometry
    labels: tuple[Port, ...]

    @property
    def text(self) -> str:
        """The drawing without its styles."""
        return "\n".join("".join(text for text, _ in row) for row in self.rows)


def draw(picture: GraphPicture, columns: int, rows: int, lines: list[Straight] | None = None) -> Drawing:
    """The picture in so many cells; `lines` takes those of the edges, where they are not to be made of dots."""
    backward = picture.direction == "backward"
    return paint(picture, layout(shape_of(picture), columns, rows, picture.focus, backward=backward), lines)


def paint(picture: GraphPicture, geometry: Geometry, lines: list[Straight] | None = None) -> Drawing:
    """The picture in a given geometry."""
    canvas = Canvas(geometry.columns, geometry.rows, lines)
    labels = draw_edges(picture, geometry, canvas)
    draw_maps_beside(picture, geometry, canvas)
    draw_nodes(picture, geometry, canvas)
    for column in geometry.layers:
        if column.form != "box":
            _put_caption(picture, column, geometry, canvas)
    if geometry.strip:
        draw_strip(picture, geometry, canvas)
    if geometry.title_row is not None:
        _put_titles(picture, geometry, geometry.title_row, canvas)
    _put_legend(picture, geometry, canvas)
    if not geometry.nodes and geometry.rows:
        canvas.put(0, geometry.rows // 2, "…", "more")
    return Drawing([canvas.runs(row) for row in range(geometry.rows)], geometry, labels)


def _put_caption(picture: GraphPicture, column: Column, geometry: Geometry, canvas: Canvas) -> None:
    """Above a layer of pills, over its numbers, which ones they are; above and below how many more nodes there are."""
    field = caption(picture.layers[column.layer]) if column.form == "pill" else None
    side = 1 if column.form == "pill" else 0
    room = column.width - column.map - side
    above, below = (geometry.by_layer[column.layer][i].y for i in (0, -1))
    if field is not None and cell_len(field.label) < room:
        canvas.put(column.right - column.map - 1 - cell_len(field.label), above - 1, field.label, field.role or BLANK)
        room -= cell_len(field.label) + _APART
    for count, arrow, row, space in (
        (column.above, "↑", above - 1, room),
        (column.below, "↓", below + 1, column.width - column.map - side),
    ):
        if count:
            texts = (f"{arrow} {count} more", f"{arrow}{count}", arrow)
            canvas.put(column.x + side, row, next((text for text in texts if len(text) <= space), arrow), "more")


def _put_legend(picture: GraphPicture, geometry: Geometry, canvas: Canvas) -> None:
    """What the signs in view mean, in the last row or the strip's first one, if nothing else stands there."""
    row = geometry.rows - (geometry.strip or 1)
    taken = cell_len(canvas.text(row).rstrip()) if row >= 0 else geometry.columns
    words = []
    if any(column.form != "box" for column in geometry.layers):
        words.append(f"shade: size of {picture.shaded} within its layer")
    if any(picture.node(box.at).badge for box in geometry.nodes):
        words.append(f"{SIGN} ails: {picture.ailing}")
    while words:
        text = "   ".join(words)
        if taken + _APART + cell_len(text) <= geometry.columns:
            canvas.put(geometry.columns - cell_len(text), row, text, "more")
            return
        words.pop(0)


def _put_titles(picture: GraphPicture, geometry: Geometry, row: int, canvas: Canvas) -> None:
    """Above the edges into a layer, what it is called: a time step is from one column to the next."""
    for span in geometry.gaps:
        text = shorten(picture.gaps[span.gap].title, span.stop - span.start)
        if span.link == "bare" and text != picture.gaps[span.gap].title:
            continue  # of a few cells of it all would look alike
        canvas.put(span.start + (span.stop - span.start - cell_len(text)) // 2, row, text, "name")
