"""How the screen is shared out: columns between graph and tables, rows between them and the panels below.

A network that is low leaves rows to the calculation and the error history; one that is high takes them. All depends on
the screen and on the network's shape, never on the step: nothing may move while one walks.
"""

from typing import NamedTuple

from tui.graph.pictures import Wanted

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
_LEAST_TABLES = {False: 42, True: 36}
"""Columns of the tables: of nodes with four numbers, and with two."""


_MAP_ROWS, _MAP_COLUMNS = 6, 8
"""Rows and columns of a map's borders, numbers and words."""


class Room(NamedTuple):
    """Columns of the tables, rows of the table of nodes, and of the panels below."""

    tables: int
    nodes: int
    bottom: int


def share(columns: int, rows: int, wanted: Wanted, parameters: int) -> Room:
    """What each part of a screen of this size is given, for a network that wants so much and has so many parameters."""
    part = 0.35 if wanted.columns > DEEP else 0.41
    if wanted.formulas and wanted.columns > DEEP:  # two numbers a node, and boxes with formulas: the graph needs more
        part = 0.3
    tables = max(_LEAST_TABLES[wanted.formulas], min(round(columns * part), max(64, round(columns * 0.3))))
    free = rows - _LINES
    least = 8 if rows < TALL else max(11, rows // 4)
    graph = columns - tables if columns >= NORMAL else columns
    bottom = max(least, min(free - wanted.rows(graph), round(free * 0.37)))
    nodes = wanted.nodes + _FRAME
    middle = free - bottom
    return Room(tables, min(nodes, max(middle * 2 // 5, middle - parameters - _FRAME)), bottom)


def share_of_map(columns: int, rows: int) -> int:
    """Columns of the map beside the network: about as wide as it is high, where that leaves the network its part."""
    square = 2 * (rows - _LINES - _MAP_ROWS) + _MAP_COLUMNS
    return max(min(36, columns // 2), min(square, round(columns * (0.42 if columns >= NORMAL else 0.5))))


def share_of_lecture(columns: int, rows: int, wanted: Wanted) -> tuple[int, int]:
    """Of a lecture: columns of the large number, and rows of what stands below the network."""
    free = rows - _LINES
    least = 8 if rows < TALL else 14
    number = 30 if columns < NORMAL else 48 if columns < WIDE else round(columns * 0.38)
    return number, max(least, min(free - wanted.rows(columns), round(free * 0.55)))
