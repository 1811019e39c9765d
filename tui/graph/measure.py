"""How wide things are: from generous to tight, and the room between layers."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tui.graph.geometry import Column, Form, GapSpan, Link
from tui.graph.picture import MIN_NUMBER, LayerShape, Shape
from tui.words.thick import number_in_dots

MIN_NAME = 5
_LONGEST_NAME, _NAME_STEP = 12, 0.5
"""Cells of a name in the widest measure, and by how many each narrower one shortens it."""
_SQUEEZES = (
    *((0.0, line, 1, False) for line in (14, 12, 10, 8)),
    *((part, 8, 1, False) for part in (0.3, 0.5, 0.7)),
    *((part, line, 1, False) for part, line in ((0.7, 7), (0.7, 6), (1.0, 6), (1.0, 5))),
    *((0.7, line, 1, True) for line in (8, 7, 6)),
    *((1.0, line, 1, True) for line in (7, 6, 5)),
    *((1.0, line, 0, True) for line in (6, 5)),
    *((1.0, line, 0, False) for line in (5, 4)),
    *((1.0, line, 0, True) for line in (4, 3, 2)),
    *((1.0, line, 0, False) for line in (3, 2)),
)
"""From the widest measure to the narrowest: how far numbers are shortened towards the shortest, the cells of a line,
the padding of boxes, and whether long names of numbers stand above them. Names of numbers say more than digits, which
the tables have too, so these are never cut; lines too short to be followed say nothing."""

SHORT_LABEL = 3
"""Cells of a number's name up to which it stands before its number even where long ones stand above theirs."""

_STACKED = 8
"""Cells inside a box with names above numbers: `b⁺ +.123` on its border."""

_MORE_LINE = 3
"""Cells by which a line grows before cut names do."""

MOST_THICK = 6
"""Signs of a number in thick digits."""
THICK_LINES = (14, 10, 7, 5)
"""Cells of a line between such boxes."""

_WIDEST_LINE = 40
"""Cells of a line beyond which more room does not make it clearer."""

_WIDEST_BARE = 8
"""The same for a line between spots."""


class Bead(NamedTuple):
    """How narrow a layer is drawn of which there is no room for numbers: its spots, and the line to the next."""

    width: int
    line: int


BEAD_WITH_MAP = 4
"""Cells of a spot from which it has a map beside it, if there are maps."""

BEADS: tuple[Bead, ...] = (Bead(5, 4), Bead(4, 3), Bead(3, 2), Bead(2, 1), Bead(1, 1), Bead(1, 0))
"""From names with lines to follow, to a cell of shade for each node."""


class Plan(NamedTuple):
    """How each layer and the edges between each two are drawn."""

    forms: tuple[Form, ...]
    links: tuple[Link, ...]
    bead: Bead

    def full(self) -> list[int]:
        """The layers with numbers."""
        return [number for number, form in enumerate(self.forms) if form != "bead"]


def plan(layers: int, full: Form, window: range, focus: int, bead: Bead) -> Plan:
    """The layers of a window in a form, the others as beads; the edges at the focus have labels."""

    def link(gap: int) -> Link:
        before, after = gap in window, gap + 1 in window
        if before and after:
            return "ports" if full == "box" else "fan"
        if full == "box" and bead.line > 0:
            if after and gap + 1 == focus:
                return "ports"
            if before and gap == focus:
                return "fan"
        return "bare"

    forms: tuple[Form, ...] = tuple(full if number in window else "bead" for number in range(layers))
    return Plan(forms, tuple(map(link, range(layers - 1))), bead)


class Measure(NamedTuple):
    """The widths of the parts."""

    name: int
    number: int
    label: int
    line: int
    padding: int
    stacked: bool = False
    """Whether long names of numbers in boxes stand above them."""
    thick: bool = False
    """Whether a box has one number in thick digits."""

    @property
    def roomy(self) -> bool:
        """Whether lines are just long enough to follow."""
        return self.line >= 5 and self.padding > 0

    @property
    def generous(self) -> bool:
        """Whether, besides, names stand beside their numbers, and these have enough digits."""
        return self.roomy and self.line >= 6 and not self.stacked

    def box(self, layer: LayerShape) -> int:
        """The width of a layer's boxes: field label, blank, number, padding, borders."""
        inside = max((self._field(label) for label in layer.labels), default=0)
        least = _STACKED if self.stacked and layer.fields > 1 else MIN_NAME + 2
        width = max(inside, least) + 2 * self.padding + 2
        # A layer of plain inputs may be drawn as pills beside boxes: they must hold their names.
        return max(width, self.pill(layer)) if layer.fields == 1 and self.padding else width

    def _field(self, label: int) -> int:
        """The width of a number with its name, and the blank before it for the sign of a new one."""
        if self.thick:
            return label + 1 + number_in_dots(self.number)
        return max(label, 1 + self.number) if self.stacked and label > SHORT_LABEL else label + 1 + self.number

    def pill(self, layer: LayerShape) -> int:
        """The width of a layer's pills: name, number if there is one, and a cell at each side for a mark."""
        return min(layer.name_width, self.name) + (1 + self.number if layer.fields else 0) + 2

    def layer(self, layer: LayerShape, form: Form, bead: Bead) -> int:
        """The width of a layer."""
        if form == "box":
            return self.box(layer)
        own = self.pill(layer) if form == "pill" else min(bead.width, layer.name_width + 2)
        return own + self.map_beside(layer, form, bead)

    def map_beside(self, layer: LayerShape, form: Form, bead: Bead) -> int:
        """The cells of the map beside a node of one row."""
        return layer.map if form == "pill" or (form == "bead" and bead.width >= BEAD_WITH_MAP) else 0

    def gap(self, link: Link, bead: Bead) -> int:
        """The least width of a gap: line, blank, label, arrow head. Labels beside a pill keep a blank from it too."""
        return bead.line if link == "bare" else self.line + 1 + self.label + 1 + (link == "fan")

    def width(self, shape: Shape, plan: Plan) -> int:
        """The least width of the layers side by side."""
        forms = zip(shape.layers, plan.forms, strict=True)
        layers = sum(self.layer(layer, form, plan.bead) for layer, form in forms)
        return layers + sum(self.gap(link, plan.bead) for link in plan.links)


def measures(shape: Shape) -> Iterator[Measure]:
    """Ever tighter; thick digits have no tight form, for in one nobody follows a line."""
    if shape.thick:
        for number in range(min(MOST_THICK, shape.number_width), MIN_NUMBER - 1, -1):
            for line in THICK_LINES:
                yield Measure(_LONGEST_NAME, number, max(MIN_NUMBER, shape.label_width - 1), line, 1, thick=True)
        return
    for step, (part, line, padding, stacked) in enumerate(_SQUEEZES):
        yield Measure(
            name=max(MIN_NAME, _LONGEST_NAME - round(step * _NAME_STEP)),
            number=_between(shape.number_width, part),
            label=_between(shape.label_width, part),
            line=line,
            padding=padding,
            stacked=stacked,
        )


def _between(wanted: int, part: float) -> int:
    return max(MIN_NUMBER, wanted - math.floor(part * (wanted - MIN_NUMBER)))


def columns_of(
    shape: Shape, measure: Measure, plan: Plan, windows: Sequence[range], room: int
) -> tuple[tuple[Column, ...], tuple[GapSpan, ...]]:
    """The layers side by side, the spare room in the gaps: more where more edges cross. The rest is margin."""
    spare = room - measure.width(shape, plan)
    crossing = [math.log2(1 + len(a) * len(b)) for a, b in pairwise(windows)]
    most = [
        max(0, _WIDEST_BARE - plan.bead.line) if link == "bare" else _WIDEST_LINE - measure.line for link in plan.links
    ]
    names = measure.name
    pills = [number for number, form in enumerate(plan.forms) if form == "pill"]
    if pills and spare > 0:  # lines that can be followed need no more room as long as names are cut
        names += max(0, spare - _MORE_LINE * len(crossing)) // len(pills)
        spare -= sum(min(shape.layers[number].name_width, names) for number in pills) - sum(
            min(shape.layers[number].name_width, measure.name) for number in pills
        )
    extra = [min(int(spare * part / sum(crossing)), limit) for part, limit in zip(crossing, most, strict=True)]
    x = (spare - sum(extra)) // 2
    columns: list[Column] = []
    gaps: list[GapSpan] = []
    for number, (layer, form, window) in enumerate(zip(shape.layers, plan.forms, windows, strict=True)):
        width = measure._replace(name=names).layer(layer, form, plan.bead)
        beside = measure.map_beside(layer, form, plan.bead)
        name = {"box": width - 4, "pill": min(layer.name_width, names), "bead": width - beside}[form]
        columns.append(
            Column(
                number,
                x,
                width,
                name,
                measure.number,
                measure.padding,
                window.start,
                window.stop,
                layer.size,
                form,
                measure.stacked,
                measure.thick,
                beside,
            )
        )
        x += width
        if number < len(extra):
            link = plan.links[number]
            gaps.append(GapSpan(number, x, x + measure.gap(link, plan.bead) + extra[number], measure.label, link))
            x = gaps[-1].stop
    return tuple(columns), tuple(gaps)
