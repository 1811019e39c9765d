"""How wide and how high things are: from generous to tight."""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from rich.cells import cell_len

from tui.graph.formulas.geometry import Block, Factor, Form
from tui.graph.formulas.outline import Item, Outline, Use, said

MIN_NUMBER = 5
"""Cells in which any number can be told."""
LABEL = 3
"""Cells of what stands before a number in a box, its blank included."""
MOST_AXES = 2
"""Of an element's place that a strip surely tells: `.2.3`."""
LEAST_INSIDE = 9
"""Cells of a box between its borders that is still one to look at."""


def strip_width(shape: tuple[int, ...], number: int) -> int:
    """Cells of a strip: below it stand an element's place, the sign of what is new, and its number."""
    return max(2 * min(len(shape), MOST_AXES) + 1 + number, LEAST_INSIDE)


class Measure(NamedTuple):
    """The widths of the parts.

    Attributes:
        number: of a number alone.
        formula: of a formula, at most.
        line: of a line between two columns, at least.
        tag: of a name at a port, at most.
        full: whether a tag tells number and factor at once, or only what the direction is about.
        padding: blank cells between a border and what is inside.
        grid: of a matrix that stands in a box as such, at most.
        factor: of a factor that is a formula, at most.
    """

    number: int
    formula: int
    line: int
    tag: int
    full: bool
    padding: int
    grid: int
    factor: int = 12

    def block(self, shape: tuple[int, ...], most_rows: int) -> Block:
        """How a value's numbers stand: as such, or as a strip."""
        if not shape:
            return Block(1, 1, self.number)
        rows, columns = (1, shape[0]) if len(shape) == 1 else (prod(shape[:-1]), shape[-1])
        cells = min(self.number, MIN_NUMBER + 1)
        if columns * (cells + 1) - 1 <= self.grid and rows <= most_rows and len(shape) <= 2:
            return Block(rows, columns, cells)
        return Block(1, 1, self.number, strip=True)

    def box(self, item: Item, block: Block) -> int:
        """The width of a value's box."""
        if block.strip:
            numbers = strip_width(item.shape, self.number)
        elif item.shape:
            numbers = block.columns * (block.cells + 1) - 1
        else:
            numbers = LABEL + block.cells
        name = min(item.cells, self.tag + 2) + (len(said(item.shape)) + 2 if item.shape else 0)
        inside = max(numbers, min(cell_len(item.text), self.formula), name, LEAST_INSIDE - 2 * self.padding)
        return inside + 2 * self.padding + 2

    def pill(self, item: Item) -> int:
        """The width of a value in one row: name and number, or shape."""
        return min(item.cells, self.tag) + 1 + (len(said(item.shape)) or self.number) + 2

    def zone(self, use: Use, user: Item, factor: Factor, *, tagged: bool) -> int:
        """The cells of what stands at a port, before the arrow head."""
        cells = len(factor.fitted(self.factor)) if use.shape or user.shape else 1 + self.number
        if not tagged:
            return max(cells, len(use.sign))
        name = min(use.cells, self.tag)
        number = len(said(use.shape)) + 1 if use.shape else self.number + len(use.sign)  # with the sign of what is new
        return name + 1 + (number + 1 + cells if self.full else max(number, cells))


MEASURES = (
    Measure(8, 26, 10, 10, True, 1, 44),
    Measure(7, 22, 8, 8, True, 1, 34),
    Measure(7, 18, 6, 8, True, 1, 28),
    Measure(6, 16, 6, 7, True, 1, 24),
    Measure(6, 16, 6, 6, False, 1, 24),
    Measure(6, 14, 5, 6, False, 0, 20, 10),
    Measure(5, 12, 4, 5, False, 0, 20, 8),
    Measure(5, 9, 3, 4, False, 0, 17, 6),
    Measure(5, 9, 3, 4, False, 0, 11, 4),
)
"""From the most generous to the tightest."""


class Height(NamedTuple):
    """How high boxes are.

    Attributes:
        formula: whether formulas have a row.
        both: whether values and derivatives both have rows.
        grid: rows of a matrix that stands as such, at most.
        air: blank rows between two boxes.
        map: of a map below the numbers, in the boxes that have one.
    """

    formula: bool
    both: bool
    grid: int
    air: int
    map: int = 0

    def rows(self, item: Item, block: Block, ports: int, *, mapped: bool) -> int:
        """The rows of a value's box."""
        numbers = 2 if block.strip else block.rows
        if self.both:
            numbers = numbers * 2 + (1 if item.shape else 0)
        return 2 + max(ports, numbers + (self.formula and bool(item.text))) + (self.map if mapped else 0)


HEIGHTS = (
    Height(True, True, 6, 2),
    Height(True, True, 4, 1),
    Height(True, True, 4, 0),
    Height(True, False, 4, 1),
    Height(True, False, 4, 0),
    Height(False, False, 3, 0),
)
"""From roomy to tight."""
MAP_HEIGHTS = (
    *(Height(True, True, 6, 1, rows) for rows in (7, 6, 5, 4, 3)),
    *(Height(True, True, 4, 0, rows) for rows in (4, 3)),
    *(Height(True, False, 4, 0, rows) for rows in (4, 3)),
)
"""The same with maps, which go before air: what one wanted to see are they."""


ROOMY = 5
"""Measures in which formulas and numbers can be read at ease."""
BEADS = ((6, 4), (5, 3), (4, 2))
"""Cells of a bead and of the lines beside it: from names to what is left of them."""
PILL_GAP = 3
"""Cells of the lines beside values in one row, at least."""
ANY = 10**6
"""A line may skip any number of columns."""
NEXT = 3
"""Columns that show what a value is made from, and what uses it."""
LEAST_BOX, LEAST_PILL, LEAST_BEAD = 14, 9, 5
"""Cells of the narrowest column of each form with what is before it; the first column has nothing there."""


class Plan(NamedTuple):
    """What is in view, and as what.

    Attributes:
        first: the first column in view.
        last: the last one.
        boxes: the values that are drawn as boxes.
        rest: what the others are.
        skip: the most columns that a line may skip; the value of a longer one stands at its port.
        measures: those in which it is worth it.
        bead: cells of a bead, at most.
        gap: cells between two columns without boxes.
        cut: whether of a column that is too high a window is shown.
    """

    first: int
    last: int
    boxes: frozenset[str]
    rest: Form = "bead"
    skip: int = ANY
    measures: tuple[Measure, ...] = MEASURES
    bead: int = 6
    gap: int = 4
    cut: bool = False


def plans(outline: Outline, focus: str, cells: int) -> Iterator[Plan]:
    """From boxes for all values to names and numbers of some; none that has no room at all in so many cells."""
    columns, at = len(outline.columns), outline.items[focus].column
    last, everything = columns - 1, frozenset(outline.items)
    boxed = min(columns - 1, (cells - columns * LEAST_BEAD) // (LEAST_BOX - LEAST_BEAD))
    for measures in (MEASURES[:ROOMY], MEASURES[ROOMY:]):
        for skip in (ANY, 0) if columns * LEAST_BOX <= cells else ():
            yield Plan(0, last, everything, skip=skip, measures=measures)
        for count in range(boxed, 2, -1):
            boxes = frozenset(name for number in window(columns, count, at) for name in outline.columns[number])
            yield Plan(0, last, boxes, "pill", gap=PILL_GAP, measures=measures)
            for bead, gap in BEADS[:2]:
                yield Plan(0, last, boxes, bead=bead, gap=gap, measures=measures)
    before = {use.source for use in outline.items[focus].uses if not use.tag}
    nearest = (frozenset({focus, *before, *outline.users[focus]}), frozenset({focus, *outline.users[focus]}))
    for near in nearest if columns * LEAST_PILL <= cells else ():
        yield Plan(0, last, near, "pill", measures=MEASURES[:ROOMY])
    alone, most = (frozenset({focus}), frozenset[str]()), min(columns, cells // LEAST_PILL)
    for sets, least, tight in ((nearest, NEXT, MEASURES), (alone, 1, MEASURES[-2:])):
        for near in sets if columns * LEAST_BEAD <= cells else ():
            for bead, gap in BEADS if near else ():
                yield Plan(0, last, near, bead=bead, gap=gap)
        for near in sets:
            for count in range(most, least - 1, -1):
                seen = window(columns, count, at)
                yield Plan(seen.start, seen.stop - 1, near, "pill", 1, measures=tight, cut=True)


def window(columns: int, count: int, focus: int) -> range:
    """So many columns round the focus, more of those that it is made from."""
    start = min(max(focus - count // 2, 0), columns - count)
    return range(start, start + count)
