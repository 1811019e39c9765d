"""What stands in which row of a box, and what is under a cell."""

from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

from tui.graph.formulas.geometry import Block, Box, Geometry
from tui.graph.formulas.measure import LABEL, strip_width
from tui.graph.formulas.outline import Outline
from tui.words.names import shorten


class Inside(NamedTuple):
    """The inside of a box.

    Attributes:
        left: the first cell between border and padding.
        room: cells from there on.
        formula: its lines.
        top: the row of the first of them.
        numbers: the first row of the numbers.
        label: the row for the derivative's name, if a row is its own.
        derivatives: the first row of the derivatives; that of the numbers where only one of both has room.
    """

    left: int
    room: int
    formula: tuple[str, ...]
    top: int
    numbers: int
    label: int | None
    derivatives: int


@lru_cache(maxsize=2048)
def inside_of(box: Box, shape: tuple[int, ...], text: str) -> Inside:
    """The inside of a box: formula, numbers, derivatives, in the middle above a map; spare rows are the formula's."""
    block, high = box.block, len(box.inside) - box.map
    needed = width_of(block) if shape else LABEL + block.cells
    if block.strip:
        needed = strip_width(shape, block.cells)
    padding = 1 if box.width - 4 >= needed else 0
    room, labelled = box.width - 2 - 2 * padding, bool(box.both and shape)
    rows = rows_of(block) * (2 if box.both else 1) + labelled
    formula = wrapped(text, room, high - rows) if box.formula else ()
    top = box.inside.start + max(0, (high - rows - len(formula)) // 2)
    numbers = top + len(formula)
    after = numbers + rows_of(block)
    return Inside(
        box.x + 1 + padding,
        room,
        formula,
        top,
        numbers,
        after if labelled else None,
        after + labelled if box.both else numbers,
    )


def wrapped(text: str, room: int, rows: int) -> tuple[str, ...]:
    """A formula in so many rows, broken between its parts; what has no room is told by `…`."""
    lines, rest = list[str](), text
    while len(lines) < rows - 1 and cell_len(rest) > room:
        end = rest.rfind(" ", 0, room + 1)
        end = rest.find("(", 0, room) + 1 or room if end <= 0 else end
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return (*lines, shorten(rest, room))


def width_of(block: Block) -> int:
    """The cells that numbers take which stand as such."""
    return block.columns * (block.cells + 1) - 1


def rows_of(block: Block) -> int:
    """The rows that a value's numbers take."""
    return 2 if block.strip else block.rows


def first_cell(inside: Inside, block: Block) -> int:
    """Where a matrix begins, which stands in the middle of its box."""
    return inside.left + max(0, inside.room - width_of(block)) // 2


def hit(geometry: Geometry, outline: Outline, column: int, row: int) -> tuple[str, int] | None:
    """What is under a cell: a value's name, and the number of the element of it."""
    for box in geometry.boxes:
        if box.x <= column < box.right and box.y <= row < box.bottom:
            return box.name, 0 if box.flat else _element(box, outline, column, row)
    for port in geometry.ports:
        if port.tag and row == port.row and port.start <= column <= port.stop:
            return port.edge[0], 0
    return None


def _element(box: Box, outline: Outline, column: int, row: int) -> int:
    item, block = outline.items[box.name], box.block
    if not item.shape or block.strip:
        return 0
    inside = inside_of(box, item.shape, item.text)
    across = (column - first_cell(inside, block)) // (block.cells + 1)
    for first in (inside.numbers, inside.derivatives):
        if 0 <= across < block.columns and 0 <= row - first < block.rows:
            return (row - first) * block.columns + across
    return 0


def beyond(geometry: Geometry, outline: Outline, column: int, focus: str, by: int) -> str | None:
    """The value so many further in the column at a cell, if not all of it is in view: it brings them there."""
    shown = next((shown for shown in geometry.shown if shown.x <= column < shown.x + shown.width), None)
    if shown is None or not (shown.above or shown.below):
        return None
    names = outline.columns[shown.number]
    seen = [box.name for box in geometry.boxes if box.name in names]
    here = focus if focus in names else seen[-1 if by > 0 else 0]
    return names[min(max(names.index(here) + by, 0), len(names) - 1)]
