"""The picture of a walk, of layers or of formulas, and how much of the screen it wants."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from tui.graph import from_view
from tui.graph.layout import layout
from tui.graph.picture import GraphPicture, Shape, shape_of
from tui.view.seen import View

if TYPE_CHECKING:
    from tui.graph.formulas.picture import FormulaPicture

_AIR = 2
"""Blank rows above and below a network together."""
_ENDLESS = 200
"""Rows in which every network takes no more than it wants."""


class Wanted(NamedTuple):
    """How much room a network asks for.

    Attributes:
        columns: of boxes.
        nodes: that the table lists.
        rows: from cells across to the rows that it takes if there are enough.
        formulas: whether it is a graph of formulas.
    """

    columns: int
    nodes: int
    rows: Callable[[int], int]
    formulas: bool = False


def picture_of(view: View) -> "GraphPicture | FormulaPicture":
    """The network or the graph at the view's place."""
    return view.drawings.get("picture", lambda: _picture(view))


def _picture(view: View) -> "GraphPicture | FormulaPicture":
    if view.source.scenario.graph is None:
        return from_view.picture_of(view)
    from tui.graph.formulas import from_view as from_view_of_formulas  # layers do without

    return from_view_of_formulas.picture_of(view)


def wanted_by(picture: "GraphPicture | FormulaPicture") -> Wanted:
    """What a picture asks for; never dependent on the step."""
    if not isinstance(picture, GraphPicture):
        outline = picture.outline
        nodes = sum(item.size for item in outline.items.values())
        return Wanted(len(outline.columns), nodes, lambda columns: _rows_of_formulas(picture, columns), formulas=True)
    shape = shape_of(picture)
    nodes = sum(layer.size for layer in shape.layers)
    return Wanted(len(shape.layers), nodes, lambda columns: rows_wanted(shape, columns))


def rows_wanted(shape: Shape, columns: int) -> int:
    """The rows that a network takes in so many columns if there are enough."""
    whole = layout(shape, columns, _ENDLESS)
    if not whole.nodes:
        return _ENDLESS
    return max(box.bottom for box in whole.nodes) - whole.top + whole.strip + _AIR


def _rows_of_formulas(picture: "FormulaPicture", columns: int) -> int:
    """The same of a graph: with its first value in focus, for nothing may move while one walks."""
    from tui.graph.formulas.layout import layout as layout_of_formulas

    whole = layout_of_formulas(picture.outline, picture.factors, columns, _ENDLESS, next(iter(picture.outline.items)))
    if not whole.boxes:
        return _ENDLESS
    return max(box.bottom for box in whole.boxes) - min(box.y for box in whole.boxes) + _AIR
