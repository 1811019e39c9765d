"""The columns of a drawn graph by a plan, in a measure: how wide each is, and how high what stands in it."""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from tui.graph.formulas.geometry import Block, Edge, Factor, Form
from tui.graph.formulas.measure import Height, Measure, Plan
from tui.graph.formulas.order import Place, reaches
from tui.graph.formulas.outline import Item, Outline

WIDEST_LINE = 26
"""Cells of a line beyond which more room does not make it clearer."""


NONE = Factor("")


class Known:
    """The factors of a graph's ports, to be compared by which graph they are of."""

    def __init__(self, factors: Mapping[Edge, Factor]) -> None:
        self.factors = factors


class Columns:
    """What a plan makes of an outline."""

    def __init__(
        self,
        outline: Outline,
        factors: Known,
        plan: Plan,
        measure: Measure,
        height: Height,
        mapped: frozenset[str] = frozenset(),
    ) -> None:
        self.outline, self.plan, self.measure, self.height = outline, plan, measure, height
        self._factors, self._mapped = factors, mapped
        self._numbers = range(plan.first, plan.last + 1)
        boxes = plan.boxes
        self._boxed = [tuple(name for name in outline.columns[number] if name in boxes) for number in self._numbers]

    def form(self, number: int) -> Form:
        """What the widest things in a column are."""
        return "box" if self._boxed[number - self.plan.first] else self.plan.rest

    def block(self, item: Item) -> Block:
        """How a value's numbers stand."""
        return _block(self.measure, item.shape, self.height.grid)

    def rows_of(self, place: Place) -> int:
        """The rows that a box or a lane takes."""
        if place.lane or place.name not in self.plan.boxes:
            return 1
        item = self.outline.items[place.name]
        return self.height.rows(item, self.block(item), len(item.uses), mapped=place.name in self._mapped)

    def map_of(self, name: str) -> int:
        """The rows of a box that its map takes."""
        return self.height.map if name in self._mapped else 0

    def apart(self, places: Sequence[Place]) -> list[int]:
        """The blank rows between each place of a column and the next."""
        boxes = [self.rows_of(place) > 1 for place in places]
        return [self.height.air if above and below else 0 for above, below in pairwise(boxes)]

    @property
    def width(self) -> int:
        """The least width of it all."""
        return sum(self._widths) + self.zones[0] + sum(self._gaps)

    @cached_property
    def _widths(self) -> list[int]:
        return [self._width(number) for number in self._numbers]

    def _width(self, number: int) -> int:
        boxed, plan = self._boxed[number - self.plan.first], self.plan
        return _width(self.outline, number, boxed, self.form(number), plan.bead, self.measure, self.height.grid)

    @cached_property
    def zones(self) -> list[int]:
        """The cells of labels and arrow heads before each column."""
        return [self._zone(number) for number in self._numbers]

    def _zone(self, number: int) -> int:
        boxed, plan = self._boxed[number - self.plan.first], self.plan
        return _zone(self.outline, self._factors, boxed, self.measure, plan.first, plan.skip) if boxed else 0

    @cached_property
    def _gaps(self) -> list[int]:
        """The least cells before each column but the first: a line, labels, the arrow head."""
        forms = [self.form(number) for number in self._numbers]
        return [
            zone + (self.measure.line if "box" in pair else self.plan.gap)
            for pair, zone in zip(pairwise(forms), self.zones[1:], strict=True)
        ]

    def across(self, columns: int) -> list[tuple[int, int]]:
        """(first cell, width) of each column, the spare room in the gaps. The rest is margin."""
        spare, gaps = columns - self.width, len(self._gaps)
        extra = max(0, min(spare // gaps, WIDEST_LINE - self.measure.line)) if gaps else 0
        x, found = (spare - extra * gaps) // 2 + self.zones[0], []
        for width, gap in zip(self._widths, [*self._gaps, 0], strict=True):
            found.append((x, width))
            x += width + gap + extra
        return found


@lru_cache(maxsize=8192)
def _block(measure: Measure, shape: tuple[int, ...], most_rows: int) -> Block:
    return measure.block(shape, most_rows)


@lru_cache(maxsize=8192)
def _box(measure: Measure, item: Item, block: Block) -> int:
    return measure.box(item, block)


# A screen tries many plans in many measures, most of whose columns are alike.


@lru_cache(maxsize=32_768)
def _width(
    outline: Outline, number: int, boxed: tuple[str, ...], form: Form, bead: int, measure: Measure, grid: int
) -> int:
    """The width of a column of which so much stands in boxes."""
    widths = [0]
    for name in outline.columns[number]:
        item = outline.items[name]
        if name in boxed:
            widths.append(_box(measure, item, _block(measure, item.shape, grid)))
        elif form == "bead":
            widths.append(min(bead, 2 + item.cells))
        else:
            widths.append(measure.pill(item))
    return max(widths)


@lru_cache(maxsize=32_768)
def _zone(outline: Outline, known: Known, boxed: tuple[str, ...], measure: Measure, first: int, skip: int) -> int:
    """The cells before boxes that stand in one column."""
    return 1 + max(
        (
            measure.zone(
                use,
                outline.items[name],
                known.factors.get((use.source, name), NONE),
                tagged=use.tag
                or outline.items[use.source].column < first
                or not reaches(outline, use.source, name, skip),
            )
            for name in boxed
            for use in outline.items[name].uses
        ),
        default=-1,
    )
