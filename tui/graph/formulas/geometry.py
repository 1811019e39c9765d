"""Where everything of a drawn graph of formulas stands, in cells; lines in dots."""

from functools import cached_property
from typing import Literal, NamedTuple

from msgspec import Struct
from rich.cells import cell_len

from tui.graph.rectangle import Rectangle
from tui.words.names import ELLIPSIS, shorten

Form = Literal["box", "pill", "bead"]
"""How a column's values are drawn: with formula, numbers and ports; as name and number in one row; as a name."""
Edge = tuple[str, str]
"""The names of a value and of one that uses it."""


LEAST_FACTOR = 7
"""Cells in which the beginning of a factor tells something."""


class Factor(NamedTuple):
    """By what a derivative is multiplied on its way back to a port: a formula of values.

    Attributes:
        text: with the sign of the product.
        shape: of what is multiplied with, where that is told.
    """

    text: str
    shape: str = ""

    def fitted(self, cells: int) -> str:
        """It in so many cells: with its shape, by itself, its beginning, or the sign that it is left out."""
        whole = f"{self.text} {self.shape}" if self.shape else self.text
        if cell_len(whole) <= cells:
            return whole
        if cell_len(self.text) <= cells or cells >= LEAST_FACTOR:
            return shorten(self.text, cells)
        return ELLIPSIS[:cells]


class Block(NamedTuple):
    """How the numbers of a value stand in its box: `rows` by `columns` of them in so many cells each, or as a strip."""

    rows: int
    columns: int
    cells: int
    strip: bool = False


class Box(Rectangle, frozen=True, kw_only=True):
    """A value's rectangle.

    Attributes:
        name: of the value.
        block: how its numbers stand in it.
        formula: whether its formula has a row.
        both: whether its value and its derivative both have rows, or only one of them at a time.
        map: rows of its map, the lowest ones.
    """

    name: str
    block: Block = Block(1, 1, 5)
    formula: bool = False
    both: bool = False
    map: int = 0


class Port(NamedTuple):
    """Where a value enters the box of one that uses it: its label in [start, stop), the arrow head at `stop`.

    `tag` tells that no line leads there, but that the value's name stands there.
    """

    edge: Edge
    row: int
    start: int
    stop: int
    tag: bool


class Wire(NamedTuple):
    """A straight piece of line, its ends in dots, and the edges that it is part of."""

    ends: tuple[int, int, int, int]
    edges: tuple[Edge, ...]


class Column(NamedTuple):
    """A column in view, and how many of its boxes are out of view above and below."""

    number: int
    x: int
    width: int
    form: Form
    above: int = 0
    below: int = 0
    top: int = 0
    bottom: int = 0


class Geometry(Struct, frozen=True, dict=True):
    """A layout.

    Attributes:
        columns: the width of the whole.
        rows: its height.
        shown: the columns in view.
        boxes: every value in view.
        ports: every port of these, but of pills and beads.
        wires: every line.
        number: cells of a number alone.
        before: values in columns that are out of view to the left.
        after: the same to the right.
        elsewhere: by box in view how many of its users have no line from it.
    """

    columns: int
    rows: int
    shown: tuple[Column, ...] = ()
    boxes: tuple[Box, ...] = ()
    ports: tuple[Port, ...] = ()
    wires: tuple[Wire, ...] = ()
    number: int = 7
    before: int = 0
    after: int = 0
    elsewhere: tuple[tuple[str, int], ...] = ()

    @cached_property
    def box(self) -> dict[str, Box]:
        """The boxes by name."""
        return {box.name: box for box in self.boxes}

    @property
    def hidden(self) -> int:
        """How many values are out of view."""
        return self.before + self.after + sum(column.above + column.below for column in self.shown)
