"""How wide things are: from generous to tight, and the room between layers."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tui.graph.geometry import Column, GapSpan
from tui.graph.picture import MIN_NUMBER, LayerShape, Shape

MIN_NAME = 4
_LONGEST_NAME, _NAME_STEP = 12, 0.5
"""Cells of a name in the widest measure, and by how many each narrower one shortens it."""
_SQUEEZES = (
    *((0.0, line, 1, False) for line in (14, 12, 10, 8)),
    *((part, 8, 1, False) for part in (0.3, 0.5, 0.7)),
    *((part, line, 1, False) for part, line in ((0.7, 7), (0.7, 6), (1.0, 6), (1.0, 5))),
    *((0.7, line, 1, True) for line in (8, 7, 6)),
    *((1.0, line, 1, True) for line in (7, 6, 5)),
    *((1.0, line, 0, True) for line in (6, 5, 4, 3, 2)),
)
"""From the widest measure to the narrowest: how far numbers are shortened towards the shortest, the cells of a line,
the padding of boxes, and whether the numbers in them bear their brief names. Names of numbers say more than digits,
which the tables have too; lines too short to be followed say nothing."""

FULL = sum(1 for part, line, _, brief in _SQUEEZES if part < 1 and line >= 6 and not brief)
"""Measures, from the widest, with full names, enough digits and lines long enough to follow."""

ROOMY = sum(1 for _, line, padding, _ in _SQUEEZES if line >= 5 and padding)
"""Measures, from the widest, with lines just long enough to follow."""
_MORE_LINE = 3
"""Cells by which a line grows before cut names do."""

_WIDEST_LINE = 40
"""Cells of a line beyond which more room does not make it clearer."""


class Measure(NamedTuple):
    """The widths of the parts."""

    name: int
    number: int
    label: int
    line: int
    padding: int
    brief: bool = False
    """Whether the numbers in boxes bear their brief names."""

    def box(self, layer: LayerShape) -> int:
        """The width of a layer's boxes: field label, blank, number, padding, borders."""
        label = layer.brief_width if self.brief else layer.label_width
        width = max(label + 1 + self.number, MIN_NAME + 2) + 2 * self.padding + 2
        # A layer of plain inputs may be drawn as pills beside boxes: they must hold their names.
        return max(width, self.pill(layer)) if layer.fields == 1 and self.padding else width

    def pill(self, layer: LayerShape) -> int:
        """The width of a layer's pills: name, number if there is one, and a cell at each side for a mark."""
        return min(layer.name_width, self.name) + (1 + self.number if layer.fields else 0) + 2

    def layer(self, layer: LayerShape, *, boxed: bool) -> int:
        """The width of a layer."""
        return self.box(layer) if boxed else self.pill(layer)

    def gap(self, *, boxed: bool) -> int:
        """The least width of a gap: line, blank, label, arrow head. Labels beside a pill keep a blank from it too."""
        return self.line + 1 + self.label + 1 + (not boxed)

    def width(self, shape: Shape, shown: range, *, boxed: bool) -> int:
        """The least width of these layers side by side."""
        layers = sum(self.layer(shape.layers[number], boxed=boxed) for number in shown)
        return layers + self.gap(boxed=boxed) * (len(shown) - 1)


def measures(shape: Shape) -> Iterator[Measure]:
    """Ever tighter."""
    for step, (part, line, padding, brief) in enumerate(_SQUEEZES):
        yield Measure(
            name=max(MIN_NAME, _LONGEST_NAME - round(step * _NAME_STEP)),
            number=_between(shape.number_width, part),
            label=_between(shape.label_width, part),
            line=line,
            padding=padding,
            brief=brief,
        )


def _between(wanted: int, part: float) -> int:
    return max(MIN_NUMBER, wanted - math.floor(part * (wanted - MIN_NUMBER)))


def columns_of(
    shape: Shape, measure: Measure, shown: range, windows: Sequence[range], left: int, room: int, *, boxed: bool
) -> tuple[tuple[Column, ...], tuple[GapSpan, ...]]:
    """The layers side by side, the spare room in the gaps: more where more edges cross. The rest is margin."""
    spare = room - measure.width(shape, shown, boxed=boxed)
    crossing = [math.log2(1 + len(a) * len(b)) for a, b in pairwise(windows)]
    most = _WIDEST_LINE - measure.line
    names = measure.name
    if not boxed and spare > 0:  # lines that can be followed need no more room as long as names are cut
        names += max(0, spare - _MORE_LINE * len(crossing)) // len(shown)
        spare -= sum(min(shape.layers[number].name_width, names) for number in shown) - sum(
            min(shape.layers[number].name_width, measure.name) for number in shown
        )
    extra = [min(int(spare * part / sum(crossing)), most) for part in crossing]
    x = left + (spare - sum(extra)) // 2
    columns: list[Column] = []
    gaps: list[GapSpan] = []
    for place, number in enumerate(shown):
        layer, window = shape.layers[number], windows[place]
        width = measure._replace(name=names).layer(layer, boxed=boxed)
        name = width - 4 if boxed else min(layer.name_width, names)
        columns.append(
            Column(number, x, width, name, measure.number, measure.padding, window.start, window.stop, layer.size)
        )
        x += width
        if place < len(extra):
            gaps.append(GapSpan(number, x, x + measure.gap(boxed=boxed) + extra[place], measure.label))
            x = gaps[-1].stop
    return tuple(columns), tuple(gaps)
