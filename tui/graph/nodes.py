"""Nodes: boxes with a border, pills of one row, and the captions above pills."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace
from rich.cells import cell_len

from tui.graph.canvas import Canvas, Run
from tui.graph.geometry import Column, Geometry, NodeBox
from tui.graph.maps import draw_map_inside, rows_for_map, without_map
from tui.graph.measure import SHORT_LABEL
from tui.graph.picture import ALL, MIN_NUMBER, Direction, Field, Format, GraphPicture, NodeAt, NodePicture
from tui.graph.styles import shade
from tui.words.columns import at_right
from tui.words.format import FRESH, UNKNOWN
from tui.words.names import centred, shorten, shorten_names
from tui.words.thick import THIN, dots_wide, has_thick
from tui.words.thick import thick as thick_lines

SIGN = "!"
"""Of a badge, where there is no room for its word."""
Line = tuple[Field, str]
"""A number of a node as it is shown: what it is, and its text in its room."""

_ROUND, _HEAVY = "╭─╮│╰╯", "┏━┓┃┗┛"


def draw_nodes(picture: GraphPicture, geometry: Geometry, canvas: Canvas) -> None:
    """Draws every node in view, and above pills what their numbers are."""
    borders = {
        box.at: border_texts(picture, picture.node(box.at), box, below=geometry.target_below)
        for box in geometry.nodes
        if not box.flat
    }
    names, full = names_of(picture, geometry, borders), list[_Full]()
    for column in geometry.layers:
        boxes = geometry.by_layer[column.layer]
        nodes = [picture.node(box.at) for box in boxes]
        if column.form == "bead":
            for node, box in zip(nodes, boxes, strict=True):
                _draw_bead(picture, node, names[box.at], without_map(box, column), canvas)
            continue
        chosen = caption(picture.layers[column.layer])
        above = [_above_map(picture, node, box, column) for node, box in zip(nodes, boxes, strict=True)]
        shown = [
            _same(node, chosen) if box.flat else _fitting(node, borders[box.at], high, column, picture.direction)
            for node, box, high in zip(nodes, boxes, above, strict=True)
        ]
        # All the numbers of a layer stand under each other.
        values = [field.value for fields in shown for field in fields]
        texts = iter(at_right(values, picture.aligned(values, column.number_width)))
        for node, box, high, fields in zip(nodes, boxes, above, shown, strict=True):
            lines = list(zip(fields, texts, strict=False))
            if box.flat:
                _draw_pill(picture, node, names[box.at], lines, without_map(box, column), canvas)
            else:
                full.append(_Full(node, lines, box, high, column))
    thick = all(map(_can_be_thick, full))  # some numbers thick and others not would say that these matter less
    for one in full:
        _draw_box(picture, one, canvas, thick=thick)
        _draw_border_texts(one.node, names[one.box.at], one.box, borders[one.box.at], canvas)


class _Full(NamedTuple):
    """A node that is drawn as a box.

    Attributes:
        node: what is to be told.
        lines: its numbers.
        box: where it stands.
        above: the part of it that the numbers have.
        column: its layer's.
    """

    node: NodePicture
    lines: list[Line]
    box: NodeBox
    above: NodeBox
    column: Column

    @property
    def inside(self) -> tuple[int, int]:
        """The columns [left, right) that its numbers have."""
        return self.box.x + 1 + self.column.padding, self.box.right - 1 - self.column.padding


def _can_be_thick(one: _Full) -> bool:
    """Whether its numbers have thick digits, and room for them."""
    left, right = one.inside
    return one.column.thick and all(
        has_thick(text.strip()) and dots_wide(text.strip()) <= right - left - cell_len(field.label)
        for field, text in one.lines
    )


def names_of(picture: GraphPicture, geometry: Geometry, borders: Mapping[NodeAt, "_Border"]) -> dict[NodeAt, str]:
    """The names of all nodes in view, as they are shown: each has its room, and no two look alike.

    Beads have room for none, or for all of a layer; else they bear the nodes' numbers in the layer.
    """
    shown, named, widths = dict[NodeAt, str](), list[NodeAt](), list[int]()
    for column in geometry.layers:
        boxes = geometry.by_layer[column.layer]
        for box in boxes:
            if column.form == "bead":
                room = column.width - column.map
                whole = all(cell_len(picture.node(other.at).name) <= room for other in boxes)
                number = str(box.at.index + 1)
                shown[box.at] = picture.node(box.at).name if whole else number if len(number) <= room else ""
                continue
            named.append(box.at)
            number_width = 1 + column.number_width if picture.node(box.at).fields else 0
            widths.append(box.width - column.map - 2 - number_width if box.flat else borders[box.at].room)
    texts = shorten_names(tuple(picture.node(at).name for at in named), tuple(widths))
    return shown | dict(zip(named, texts, strict=True))


def caption(nodes: Sequence[NodePicture]) -> Field | None:
    """Of a layer of pills, the field that they show."""
    fullest = max(nodes, key=lambda node: len(node.fields), default=None)
    return fullest.fields[_common(nodes)] if fullest is not None and fullest.fields else None


def _same(node: NodePicture, chosen: Field | None) -> list[Field]:
    """A node's field of the same name; none where it is an input beside computed nodes, and has not all of theirs."""
    return [field for field in node.fields if chosen is not None and field.label == chosen.label]


def _above_map(picture: GraphPicture, node: NodePicture, box: NodeBox, column: Column) -> NodeBox:
    """The part of a box that its numbers have: all of it, where it holds no map."""
    if box.flat or column.thick:
        return box
    kept = sum(_height(field, column) for field in node.fields[: ALL // 2])
    return replace(box, height=box.height - rows_for_map(picture, box, kept))


def _draw_box(picture: GraphPicture, one: _Full, canvas: Canvas, *, thick: bool) -> None:
    node, lines, box, above, column = one
    corner, line, corner_right, side, low, low_right = tuple(_HEAVY if node.state == "active" else _ROUND)
    border = _border(node, picture)
    across = line * (box.width - 2)
    canvas.put(box.x, box.y, corner + across + corner_right, border)
    canvas.put(box.x, box.bottom - 1, low + across + low_right, border)
    for row in box.inside:
        canvas.put(box.x, row, side + " " * (box.width - 2) + side, border)
    left, right = one.inside
    if above.height < box.height:
        draw_map_inside(picture, box, column, box.height - above.height, canvas)
    for row, (field, text) in zip(_rows(above, [field for field, _ in lines], column), lines, strict=True):
        style = _field_style(field)
        name = "unknown" if field.value is None else (field.role or "value") + (" strong" if field.lit else "")
        name += " selected" if field.selected else ""
        if thick:
            canvas.put(left, row, field.label, name)
            _put_thick(canvas, left + cell_len(field.label), right, row, text.strip(), field, style)
            continue
        canvas.put(left, row if column.thick else row - _height(field, column) + 1, field.label, name)
        _put_number(canvas, right, row, text, field, style)


def _rows(box: NodeBox, fields: Sequence[Field], column: Column) -> list[int]:
    """A row for each number: in the middle; where there is room, a blank one between there and back."""
    high = [_height(field, column) for field in fields]
    between = len(fields) >= ALL and len(box.inside) > sum(high)
    row, rows = box.inside.start + (len(box.inside) - sum(high) - between) // 2, []
    for index, cells in enumerate(high):
        row += cells + (between and index == ALL // 2)
        rows.append(row - 1)
    return rows


def _height(field: Field, column: Column) -> int:
    """The rows of a number: its name stands before it, or above."""
    if column.thick:
        return THIN.rows
    return 1 + (column.stacked and cell_len(field.label) > SHORT_LABEL)


def _put_number(canvas: Canvas, right: int, row: int, text: str, field: Field, style: str) -> None:
    """A number that ends before the column `right`; the sign before it says, also without colours, that it is new."""
    canvas.put(right - cell_len(text), row, text, style)
    if field.lit:
        canvas.put(right - cell_len(text) - 1, row, FRESH, style)


def _put_thick(canvas: Canvas, left: int, right: int, row: int, text: str, field: Field, style: str) -> None:
    """A number in thick digits whose last row is `row`."""
    for above, line in enumerate(reversed(thick_lines(text, THIN))):
        canvas.put(right - len(line), row - above, line, style)
    if field.lit:
        canvas.put(left, row, FRESH, style)


def _field_style(field: Field) -> str:
    if field.value is None:
        return "unknown"
    return f"{field.role or 'value'} strong" if field.lit else "value"


class _Border(NamedTuple):
    """What stands on a box's border besides its name: texts that have room, each with its style.

    Attributes:
        corner: on the right of the upper border, a badge or the target.
        sign: after the name, that of a badge that has no other place.
        bias: on the lower border.
        under: below it, the target.
        room: what is left for the name.
        inside: the numbers that have no room there.
    """

    corner: Run
    sign: str
    bias: Run
    under: Run
    room: int
    inside: tuple[Field, ...]


def border_texts(picture: GraphPicture, node: NodePicture, box: NodeBox, *, below: bool) -> _Border:
    """What has room on a box's border and under it."""
    room, inside = box.width - 4, []
    name = cell_len(node.name)
    corner, under, bias, sign = ("", ""), ("", ""), ("", ""), ""
    if node.target is not None:
        style = "target strong" if node.target.lit else "target"
        target = _text(picture.number, node.target, room if below else room - min(room // 2, name) - 1)
        if not target:
            inside.append(node.target)
        elif below:
            under = target, style
        else:
            corner, sign = (target, "target"), SIGN if node.badge else ""
    if node.badge and not corner[0]:
        corner = node.badge if cell_len(node.badge) + name + 1 <= room else SIGN, "badge"
    if node.bias is not None:
        role = f" {node.bias.role}" if node.bias.lit and node.bias.role else ""
        style = f"bias{role} strong" if node.bias.lit else "bias"
        text = _text(picture.signed, node.bias, room) or _text(picture.signed, node.bias, room + 2)
        if text:
            bias = text, style + (" selected" if node.bias.selected else "")
        else:
            inside.append(node.bias)
    left = room - (cell_len(corner[0]) + 1 if corner[0] else 0) - len(sign)
    return _Border(corner, sign, bias, under, left, tuple(inside))


def _draw_border_texts(node: NodePicture, name: str, box: NodeBox, texts: _Border, canvas: Canvas) -> None:
    """Name and badge (or target) on the upper border, the bias on the lower, the target under it."""
    canvas.put(box.x + 1, box.y, f" {name} ", _name(node))
    canvas.put(box.x + 2 + cell_len(name), box.y, texts.sign, "badge")
    corner, style = texts.corner
    if corner:
        start = box.right - 2 - cell_len(corner)
        canvas.put(start, box.y, f"{corner} ", style)
        if start - 1 > box.x + 2 + cell_len(name + texts.sign):
            canvas.put(start - 1, box.y, " ", style)
    text, style = texts.bias
    if cell_len(text) > box.width - 4:
        canvas.put(box.right - 1 - cell_len(text), box.bottom - 1, text, style)
    elif text:
        canvas.put(box.right - 3 - cell_len(text), box.bottom - 1, f" {text} ", style)
    text, style = texts.under
    canvas.put(box.right - 2 - cell_len(text), box.bottom, text, style)


def _text(form: Format, field: Field, room: int) -> str:
    """A name and its number in one; nothing where there is no room for both: a number alone after a line has a minus,
    and no name.
    """
    left = room - cell_len(field.label) - 1
    number = _number(form, field.value, max(left, MIN_NUMBER))
    return f"{field.label} {number}" if cell_len(number) <= left else ""


def _draw_bead(picture: GraphPicture, node: NodePicture, name: str, box: NodeBox, canvas: Canvas) -> None:
    """A spot with the shade of a pill; the active one is marked also without colours."""
    known, lit = any(field.value is not None for field in node.fields), any(field.lit for field in node.fields)
    ground = "shade-lit" if lit else shade(node.shade if known else None)
    active = node.state == "active"
    text = name or (FRESH if active or lit else " ")
    canvas.put(box.x, box.y, centred(text, box.width), f"{ground} {_border(node, picture) if active else _name(node)}")


def _draw_pill(
    picture: GraphPicture,
    node: NodePicture,
    name: str,
    lines: list[Line],
    box: NodeBox,
    canvas: Canvas,
) -> None:
    field, text = lines[0] if lines else (None, "")
    known = field is not None and field.value is not None
    # What the step computed has the one ground on which the colours of the quantities are legible.
    ground = "shade-lit" if field is not None and field.lit else shade(node.shade if known else None)
    mark = _HEAVY[3] if node.state == "active" else " "
    canvas.put(box.x, box.y, mark + " " * (box.width - 2) + mark, f"{ground} {_border(node, picture)}")
    if node.badge:  # at the edge: beside the name it would cut that off
        canvas.put(box.right - 1, box.y, SIGN, f"{ground} badge")
    canvas.put(box.x + 1, box.y, name, f"{ground} {_name(node)}")
    if field is not None:
        _put_number(canvas, box.right - 1, box.y, text, field, f"{ground} {_field_style(field)}")


def _number(form: Format, value: float | None, width: int) -> str:
    return UNKNOWN if value is None else shorten(form(value, width), width)


def _border(node: NodePicture, picture: GraphPicture) -> str:
    if node.state == "active":
        return f"node-active {picture.role}" if picture.role else "node-active"
    return "node-dim" if not node.computed else "node-lit" if node.state == "lit" else "node"


def _name(node: NodePicture) -> str:
    name = "name-active" if node.state == "active" else "name" if node.computed else "name-dim"
    return f"{name} selected" if node.selected else name


def _fitting(node: NodePicture, border: _Border, box: NodeBox, column: Column, direction: Direction) -> list[Field]:
    """As many of a node's numbers as there are rows, in their order: the lit ones, then of those that are known the
    ones the direction is about, then those that have no room on the border.
    """
    fields = (*node.fields, *border.inside)
    if column.thick:  # one number: what is new, else what was computed last
        known = [field for field in node.fields if field.value is not None]
        new = [field for field in node.fields if field.lit]
        return [*new, *reversed(known), *node.fields][:1]
    own = range(len(node.fields)) if direction == "forward" else reversed(range(len(node.fields)))
    order = [*own, *range(len(node.fields), len(fields))]
    chosen, left = list[int](), len(box.inside)
    for index in sorted(order, key=lambda index: (not fields[index].lit, fields[index].value is None)):
        high = _height(fields[index], column)
        if high <= left:
            chosen.append(index)
            left -= high
    return [fields[index] for index in sorted(chosen)]


def _common(nodes: Sequence[NodePicture]) -> int:
    """Which field the pills of a layer show, all the same one: what is being computed, else the last known of all."""
    if not nodes:
        return 0
    most = max(len(node.fields) for node in nodes)
    nodes = [node for node in nodes if len(node.fields) == most]  # not an input beside nodes that are computed
    last_first = range(most - 1, -1, -1)
    lit = (index for index in last_first if any(node.fields[index].lit for node in nodes))
    known = (index for index in last_first if all(node.fields[index].value is not None for node in nodes))
    return next(chain(lit, known), 0)
