"""How wide things are: from generous to tight, and the room between layers."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tui.graph.geometry import Column, GapSpan
from tui.graph.picture import MIN_NUMBER, LayerShape, Shape

SIDE = 5
"""Columns of the sign that says how many layers are out of view on a side."""

MIN_NAME = 4
ROOMY = 8
"""Measures, from the widest, in which lines are long enough to follow."""
_BRIEF, _STEPS = 5, 12
"""The measure at which names get brief, and where they end."""
_SHORTEST_LINE = 2
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
    """Ever tighter: first the lines shorten, then digits go, then names get brief, at last the padding."""
    for step in range(ROOMY):
        yield _measure(shape, step, brief=False)
    for step in range(_BRIEF, _STEPS):
        yield _measure(shape, step, brief=True)


def _measure(shape: Shape, step: int, *, brief: bool) -> Measure:
    return Measure(
        name=max(MIN_NAME, 12 - step),
        number=max(MIN_NUMBER, shape.number_width - step // 2),
        label=max(MIN_NUMBER, shape.label_width - step // 2),
        line=max(_SHORTEST_LINE, 12 - step),
        padding=1 if step < _STEPS - 2 else 0,
        brief=brief,
    )


def columns_of(
    shape: Shape, measure: Measure, shown: range, windows: Sequence[range], left: int, room: int, *, boxed: bool
) -> tuple[tuple[Column, ...], tuple[GapSpan, ...]]:
    """The layers side by side, the spare room in the gaps: more where more edges cross. The rest is margin."""
    spare = room - measure.width(shape, shown, boxed=boxed)
    crossing = [math.log2(1 + len(a) * len(b)) for a, b in pairwise(windows)]
    most = _WIDEST_LINE - measure.line
    extra = [min(int(spare * part / sum(crossing)), most) for part in crossing]
    x = left + (spare - sum(extra)) // 2
    columns: list[Column] = []
    gaps: list[GapSpan] = []
    for place, number in enumerate(shown):
        layer, window = shape.layers[number], windows[place]
        width = measure.layer(layer, boxed=boxed)
        name = width - 4 if boxed else min(layer.name_width, measure.name)
        columns.append(
            Column(number, x, width, name, measure.number, measure.padding, window.start, window.stop, layer.size)
        )
        x += width
        if place < len(extra):
            gaps.append(GapSpan(number, x, x + measure.gap(boxed=boxed) + extra[place], measure.label))
            x = gaps[-1].stop
    return tuple(columns), tuple(gaps)
