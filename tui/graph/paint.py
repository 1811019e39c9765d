"""A picture and its places become rows of text with style names: the whole drawing, testable without a screen."""

from typing import NamedTuple

from rich.cells import cell_len

from tui.graph.canvas import BLANK, Canvas, Run
from tui.graph.edges import draw_edges
from tui.graph.geometry import Column, Geometry, Port, side_row
from tui.graph.layout import layout
from tui.graph.nodes import caption, draw_nodes
from tui.graph.picture import GraphPicture, shape_of
from tui.names import shorten


class Drawing(NamedTuple):
    """A drawn picture: its rows, each as wide as asked for, its places, and where labels stand."""

    rows: list[list[Run]]
    geometry: Geometry
    labels: tuple[Port, ...]

    @property
    def text(self) -> str:
        """The drawing without its styles."""
        return "\n".join("".join(text for text, _ in row) for row in self.rows)


def draw(picture: GraphPicture, columns: int, rows: int) -> Drawing:
    """The picture in so many cells."""
    backward = picture.direction == "backward"
    return paint(picture, layout(shape_of(picture), columns, rows, picture.focus, backward=backward))


def paint(picture: GraphPicture, geometry: Geometry) -> Drawing:
    """The picture at given places."""
    canvas = Canvas(geometry.columns, geometry.rows)
    labels = draw_edges(picture, geometry, canvas)
    draw_nodes(picture, geometry, canvas)
    if not geometry.boxed:
        for column in geometry.layers:
            _put_caption(picture, column, geometry, canvas)
    _put_sides(geometry, canvas)
    if geometry.title_row is not None:
        _put_titles(picture, geometry, geometry.title_row, canvas)
    if not geometry.nodes and geometry.rows:
        canvas.put(0, geometry.rows // 2, "…", "more")
    return Drawing([canvas.runs(row) for row in range(geometry.rows)], geometry, labels)


def _put_caption(picture: GraphPicture, column: Column, geometry: Geometry, canvas: Canvas) -> None:
    """Above a layer of pills, over its numbers, which ones they are; above and below how many more nodes there are."""
    field = caption(picture.layers[column.layer])
    room = column.width - 1
    above = geometry.by_layer[column.layer][0].y - 1
    if field is not None and cell_len(field.label) < room:
        canvas.put(column.right - 1 - cell_len(field.label), above, field.label, field.role or BLANK)
        room -= cell_len(field.label) + 1
    for count, arrow, row, space in (
        (column.above, "↑", above, room),
        (column.below, "↓", geometry.rows - 1, column.width - 1),
    ):
        if count:
            long = f"{arrow} {count} more"
            text = long if len(long) <= space else f"{arrow}{count}"
            canvas.put(column.x + 1, row, text, "more")


def _put_titles(picture: GraphPicture, geometry: Geometry, row: int, canvas: Canvas) -> None:
    """Above the edges into a layer, what it is called: a time step is from one column to the next."""
    for span in geometry.gaps:
        text = shorten(picture.gaps[span.gap].title, span.stop - span.start)
        canvas.put(span.start + (span.stop - span.start - cell_len(text)) // 2, row, text, "name")


def _put_sides(geometry: Geometry, canvas: Canvas) -> None:
    """How many layers are out of view."""
    middle = side_row(geometry)
    for count, text, column in (
        (geometry.hidden_left, f"‹{geometry.hidden_left}", 0),
        (geometry.hidden_right, f"{geometry.hidden_right}›", geometry.columns),
    ):
        if count:
            for row, line in enumerate((text, "more")):
                canvas.put(column - len(line) if column else 0, middle + row, line, "more")
