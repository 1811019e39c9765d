"""The first rung: every node a box with its numbers, every edge with a row of its own where it enters its target."""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from tui.graph.geometry import Column, GapSpan, Geometry, NodeBox, Port
from tui.graph.measure import SHORT_LABEL, Measure, Plan, columns_of
from tui.graph.picture import ALL, EdgeAt, LayerShape, Mask, NodeAt, Shape
from tui.graph.pills import window_of
from tui.words.thick import THIN

_LOW = 20
"""Rows from which a target has a row of its own under its box; under them, that of a single output."""

_FORMS = ((5, 2), (4, 1), (2, 0))
"""Rows for a node's numbers, and the blank rows between boxes that each asks for: from roomy to tight.

Five is for four numbers, two there and two back, with a blank row between.
"""

_GIVEN = 3
"""Rows of an input's box beside computed nodes: it has one number."""

_LOOSE, _LOOSEST = 2, 6
"""Blank rows between the boxes of a layer: at least, where there is room, and at most."""

_STEEP = 4
"""Cells of a line for a blank row between boxes: the shorter the lines, the steeper, and the harder to follow."""


class _Stack(NamedTuple):
    """The boxes of a layer: how many, how high, and the rows under each that belong to it."""

    size: int
    height: int
    foot: int

    @property
    def unit(self) -> int:
        return self.height + self.foot

    def fits(self, pitch: int, rows: int) -> bool:
        return (self.size - 1) * pitch + self.unit <= rows


def place_boxes(shape: Shape, measure: Measure, plan: Plan, focus: NodeAt, columns: int, rows: int) -> Geometry | None:
    """A plan with boxes, or None if they are too high. The inputs, with one number each, may be pills."""
    windows = [window_of(shape, number, focus, rows) for number in range(len(shape.layers))]
    stacks, lower = (_stacks(shape, measure, plan, windows, rows, below) for below in (False, True))
    below = rows >= _LOW or _as_roomy(lower, stacks)
    stacks = lower if below else stacks
    if stacks is None:
        return None
    if stacks[0].height == 1 and measure.box(shape.layers[0]) < measure.pill(shape.layers[0]):
        plan = plan._replace(forms=("pill", *plan.forms[1:]))  # as narrow as the boxes they would lose their names
        if measure.width(shape, plan) > columns:
            return None
    layers, gaps = columns_of(shape, measure, plan, windows, columns)
    layers = (layers[0]._replace(form="box"), *layers[1:]) if plan.forms[0] == "pill" else layers
    lines = min((gap.stop - gap.start - gap.label_width for gap in gaps if gap.link == "ports"), default=0)
    pitches = _pitches(stacks, rows, min(_LOOSEST, max(_LOOSE, lines // _STEEP)))
    boxes: dict[NodeAt, NodeBox] = {}
    ports: list[Port] = []
    # From the right, as a one-row node of a layer takes the row of the port it leads to.
    for i in reversed(range(len(layers))):
        tops = _tops(stacks[i], pitches[stacks[i].size], rows)
        column = layers[i]
        beside = i < len(gaps) and column.form == "box" and stacks[i].height <= _GIVEN
        if beside and len(tops) == stacks[i + 1].size:
            tops = _beside_ports(tops, stacks[i], column.layer, ports, rows)
        computed = column.size - shape.layers[column.layer].given
        for index, top in zip(windows[i], tops, strict=True):
            at, height = NodeAt(column.layer, index), stacks[i].height
            if index >= computed and height > _GIVEN:  # round the middle of what would be its box
                top, height = top + (height - _GIVEN) // 2, _GIVEN
            boxes[at] = NodeBox(column.x, top, column.width, height, at=at)
        if i and gaps[i - 1].link == "ports":
            ports += _ports(gaps[i - 1], column, boxes, _present(shape, column.layer))
    return Geometry(
        columns=columns,
        rows=rows,
        layers=layers,
        gaps=gaps,
        nodes=tuple(sorted(boxes.values(), key=lambda box: box.at)),
        ports=tuple(sorted(ports)),
        target_below=below,
    )


def _as_roomy(lower: list[_Stack] | None, stacks: list[_Stack] | None) -> bool:
    """Whether a row for the target of a single output costs no box a row."""
    if lower is None or stacks is None:
        return False
    if not any(stack.foot for stack in lower):
        return False
    single = all(stack.size == 1 for stack in lower if stack.foot)
    return single and [stack.height for stack in lower] == [stack.height for stack in stacks]


def _present(shape: Shape, number: int) -> Mask:
    """Which edges into a layer there are, (n_out, n_in)."""
    size = (shape.layers[number].size, shape.layers[number - 1].size)
    absent = shape.layers[number].absent
    return np.ones(size, dtype=np.bool_) if absent is None else ~np.frombuffer(absent, dtype=np.bool_).reshape(size)


def _stacks(
    shape: Shape, measure: Measure, plan: Plan, windows: list[range], rows: int, below: bool
) -> list[_Stack] | None:
    """The heights of the boxes: roomy ones if a blank row stays between them, else tight ones, else None."""
    for form, (_, air) in enumerate(_FORMS):
        stacks = []
        for number, layer in enumerate(shape.layers):
            if plan.forms[number] == "bead":
                stacks.append(_Stack(len(windows[number]), 1, 0))
                continue
            ported = number > 0 and plan.links[number - 1] == "ports"
            if ported and len(windows[number - 1]) < shape.layers[number - 1].size:
                return None  # an edge that comes from out of view has no line to its port
            # Every port needs a row, and so does every number; the borders are two more.
            fan_in = int(_present(shape, number).sum(axis=1).max()) if ported else 0
            numbers = THIN.rows if measure.thick else _rows_inside(layer, form, stacked=measure.stacked)
            inside = max(numbers, fan_in, 1)
            stack = _Stack(layer.size, inside + 2, int(below and layer.target))
            if number == 0 and not stack.fits(stack.unit + air, rows):
                stack = _Stack(layer.size, 1, 0)
            stacks.append(stack)
        if all(stack.fits(stack.unit + (air if stack.height > 1 else 0), rows) for stack in stacks):
            return stacks
    return None


def _rows_inside(layer: LayerShape, form: int, *, stacked: bool) -> int:
    """The rows that a layer's numbers take in one of the forms; long names above their numbers take one each."""
    if not stacked:
        return _FORMS[form][0] if layer.fields == ALL else min(layer.fields, _FORMS[form][0])
    high = [1 + (label > SHORT_LABEL) for label in layer.labels]
    if layer.fields < ALL:
        return sum(high)
    return (sum(high) + 1, sum(high), max(sum(high[: ALL // 2]), sum(high[ALL // 2 :])))[form]


def _pitches(stacks: list[_Stack], rows: int, loose: int) -> dict[int, int]:
    """Rows from one box to the next, by the number of boxes: layers of as many nodes stand in line."""
    pitches: dict[int, int] = {}
    for count in {stack.size for stack in stacks}:
        alike = [stack for stack in stacks if stack.size == count]
        unit = max(stack.unit for stack in alike)
        pitches[count] = max(unit, min(rows // count, unit + loose))
    return pitches


def _tops(stack: _Stack, pitch: int, rows: int) -> list[int]:
    """The first row of each box: round the middle, and inside."""
    middle = (rows - stack.foot - (stack.size - 1) * pitch) / 2
    top = math.floor(middle - (stack.height - 1) / 2)
    top = max(0, min(top, rows - stack.unit - (stack.size - 1) * pitch))
    return [top + index * pitch for index in range(stack.size)]


def _beside_ports(tops: list[int], stack: _Stack, layer: int, ports: list[Port], rows: int) -> list[int]:
    """Node i of a one-row layer on the row of its port at node i of the next: those edges become level."""
    level = {
        port.edge.source: port.row for port in ports if port.edge.gap == layer and port.edge.source == port.edge.target
    }
    inner = stack.height // 2
    moved = [level.get(index, top + inner) - inner for index, top in enumerate(tops)]
    apart = all(low + stack.unit <= high for low, high in pairwise(moved))
    return moved if apart and moved[0] >= 0 and moved[-1] + stack.unit <= rows else tops


def _ports(gap: GapSpan, column: Column, boxes: dict[NodeAt, NodeBox], present: Mask) -> list[Port]:
    """A row for each edge into a layer, in the order of their sources, so that no two cross at the box."""
    ports = []
    for target, row in enumerate(present):
        inside = boxes[NodeAt(column.layer, target)].inside
        sources = np.flatnonzero(row).tolist()
        first = inside.start + (len(inside) - len(sources)) // 2
        ports += [
            Port(EdgeAt(gap.gap, source, target), first + i, gap.stop - 1 - gap.label_width, gap.stop - 1)
            for i, source in enumerate(sources)
        ]
    return ports
