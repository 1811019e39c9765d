"""How the screen is shared out: columns between graph and tables, rows between them and the panels below.

A network that is low leaves rows to the calculation and the error history; one that is high takes them. All depends on
the screen and on the network's shape, never on the step: nothing may move while one walks.
"""

from typing import NamedTuple

from tui.graph.layout import layout
from tui.graph.picture import Shape

NORMAL, WIDE = 100, 160
"""Columns from which there is room for the tables, and for many digits."""

TALL = 32
"""Rows from which the panels below have more than the fewest rows."""

DEEP = 3
"""Layers that compute from which the network is given more columns and the tables fewer."""

_LINES = 3
"""Header, step bar and footer."""
_FRAME = 3
"""A table's borders and its headings."""
_AIR = 2
"""Blank rows above and below a network together."""
_ENDLESS = 200
"""Rows in which every network takes no more than it wants."""


class Room(NamedTuple):
    """Columns of the tables, rows of the table of nodes, and of the panels below."""

    tables: int
    nodes: int
    bottom: int


def share(columns: int, rows: int, shape: Shape, parameters: int) -> Room:
    """What each part of a screen of this size is given, for a network of this shape with so many parameters."""
    deep = len(shape.layers) > DEEP
    tables = max(42, min(round(columns * (0.35 if deep else 0.41)), max(64, round(columns * 0.3))))
    free = rows - _LINES
    least = 8 if rows < TALL else max(11, rows // 4)
    graph = columns - tables if columns >= NORMAL else columns
    bottom = max(least, min(free - rows_wanted(shape, graph), round(free * 0.37)))
    nodes = sum(layer.size for layer in shape.layers) + _FRAME
    middle = free - bottom
    return Room(tables, min(nodes, max(middle * 2 // 5, middle - parameters - _FRAME)), bottom)


def share_of_lecture(columns: int, rows: int, shape: Shape) -> tuple[int, int]:
    """Of a lecture: columns of the large number, and rows of what stands below the network."""
    free = rows - _LINES
    least = 8 if rows < TALL else 14
    number = 30 if columns < NORMAL else 48 if columns < WIDE else round(columns * 0.38)
    return number, max(least, min(free - rows_wanted(shape, columns), round(free * 0.55)))


def rows_wanted(shape: Shape, columns: int) -> int:
    """The rows that a network takes in so many columns if there are enough."""
    whole = layout(shape, columns, _ENDLESS)
    if not whole.nodes:
        return _ENDLESS
    return max(box.bottom for box in whole.nodes) - whole.top + whole.strip + _AIR
