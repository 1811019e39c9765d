"""Nodes: boxes with a border, pills of one row, and the captions above pills."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.columns import at_right
from tui.format import FRESH, UNKNOWN
from tui.graph.canvas import Canvas
from tui.graph.geometry import Column, Geometry, NodeBox
from tui.graph.picture import ALL, MIN_NUMBER, Direction, Field, Format, GraphPicture, NodePicture
from tui.graph.styles import shade
from tui.names import shorten, shorten_name

SIGN = "!"
"""Of a badge, where there is no room for its word."""
Line = tuple[Field, str]
"""A number of a node as it is shown: what it is, and its text in its place."""

_ROUND, _HEAVY = "╭─╮│╰╯", "┏━┓┃┗┛"


def draw_nodes(picture: GraphPicture, geometry: Geometry, canvas: Canvas) -> None:
    """Draws every node in view, and above pills what their numbers are."""
    for column in geometry.layers:
        chosen = caption(picture.layers[column.layer])
        boxes = geometry.by_layer[column.layer]
        nodes = [picture.node(box.at) for box in boxes]
        shown = [
            _same(node, chosen) if box.pill else _fitting(node.fields, len(box.inside), picture.direction)
            for node, box in zip(nodes, boxes, strict=True)
        ]
        # All the numbers of a layer stand under each other.
        values = [field.value for fields in shown for field in fields]
        texts = iter(at_right(values, picture.aligned(values, column.number_width)))
        for node, box, fields in zip(nodes, boxes, shown, strict=True):
            lines = list(zip(fields, texts, strict=False))
            if box.pill:
                _draw_pill(picture, node, lines, box, column, canvas)
            else:
                _draw_box(picture, node, lines, box, column, canvas)
                _draw_border_texts(picture, node, box, column, geometry.target_below, canvas)


def caption(nodes: Sequence[NodePicture]) -> Field | None:
    """Of a layer of pills, the field that they show."""
    fullest = max(nodes, key=lambda node: len(node.fields), default=None)
    return fullest.fields[_common(nodes)] if fullest is not None and fullest.fields else None


def _same(node: NodePicture, chosen: Field | None) -> list[Field]:
    """A node's field of the same name; none where it is an input beside computed nodes, and has not all of theirs."""
    return [field for field in node.fields if chosen is not None and field.label == chosen.label]


def _draw_box(
    picture: GraphPicture, node: NodePicture, lines: list[Line], box: NodeBox, column: Column, canvas: Canvas
) -> None:
    corner, line, corner_right, side, low, low_right = tuple(_HEAVY if node.state == "active" else _ROUND)
    border = _border(node, picture)
    across = line * (box.width - 2)
    canvas.put(box.x, box.y, corner + across + corner_right, border)
    canvas.put(box.x, box.bottom - 1, low + across + low_right, border)
    for row in box.inside:
        canvas.put(box.x, row, side + " " * (box.width - 2) + side, border)
    left, right = box.x + 1 + column.padding, box.right - 1 - column.padding
    for row, (field, text) in zip(_rows(box, len(lines)), lines, strict=True):
        style = _field_style(field)
        name = "unknown" if field.value is None else (field.role or "value") + (" strong" if field.lit else "")
        canvas.put(left, row, _label(field, right - left - column.number_width - 1), name)
        _put_number(canvas, right, row, text, field, style)


def _rows(box: NodeBox, count: int) -> list[int]:
    """A row for each of so many numbers: in the middle; where there is room, a blank one between there and back."""
    rows = list(box.inside)
    between = count == ALL and len(rows) > count
    top = (len(rows) - count - between) // 2
    return [rows[top + place + (between and place >= count // 2)] for place in range(count)]


def _put_number(canvas: Canvas, right: int, row: int, text: str, field: Field, style: str) -> None:
    """A number that ends before the column `right`; the sign before it says, also without colours, that it is new."""
    canvas.put(right - cell_len(text), row, text, style)
    if field.lit:
        canvas.put(right - cell_len(text) - 1, row, FRESH, style)


def _field_style(field: Field) -> str:
    if field.value is None:
        return "unknown"
    return f"{field.role or 'value'} strong" if field.lit else "value"


def _draw_border_texts(
    picture: GraphPicture, node: NodePicture, box: NodeBox, column: Column, below: bool, canvas: Canvas
) -> None:
    """Name and badge (or target) on the upper border, the bias on the lower, the target under it."""
    room = box.width - 4
    corner = node.badge or ""
    corner_style = "badge"
    if node.target is not None and not below:
        corner, corner_style = (
            _text(picture.number, node.target, room - min(room // 2, cell_len(node.name)) - 1),
            "target",
        )
    elif cell_len(corner) + cell_len(node.name) + 1 > room and corner:
        corner = SIGN
    aside = SIGN if node.badge and corner_style == "target" else ""
    name = shorten_name(node.name, room - (cell_len(corner) + 1 if corner else 0) - len(aside))
    canvas.put(box.x + 1, box.y, f" {name} ", _name(node))
    canvas.put(box.x + 2 + cell_len(name), box.y, aside, "badge")
    name += aside
    if corner:
        canvas.put(box.right - 2 - cell_len(corner), box.y, f"{corner} ", corner_style)
        if cell_len(corner) + cell_len(name) + 1 < room:
            canvas.put(box.right - 3 - cell_len(corner), box.y, " ", corner_style)
    if node.bias is not None:
        text = shorten(_text(picture.signed, node.bias, room), room)
        role = (
            f"{node.bias.role} strong"
            if node.bias.lit and node.bias.role
            else "bias strong"
            if node.bias.lit
            else "bias"
        )
        chosen = " selected" if node.bias.selected else ""
        canvas.put(box.right - 3 - cell_len(text), box.bottom - 1, f" {text} ", role + chosen)
    if node.target is not None and below:
        text = _text(picture.number, node.target, room)
        canvas.put(box.right - 2 - cell_len(text), box.bottom, text, "target strong" if node.target.lit else "target")


def _text(form: Format, field: Field, room: int) -> str:
    """A label and its number in one: with as short a number as need be, so that both are there."""
    for label in (field.label, shorten(field.shortest, max(1, room - MIN_NUMBER - 1))):
        left = room - cell_len(label) - 1
        number = _number(form, field.value, max(left, MIN_NUMBER))
        if cell_len(number) <= left:
            return f"{label} {number}"
    return f"{label}{number}" if cell_len(label + number) <= room else number


def _label(field: Field, room: int) -> str:
    """A number's name: the brief one where the other does not fit."""
    return field.label if cell_len(field.label) <= room else shorten(field.shortest, room)


def _draw_pill(
    picture: GraphPicture, node: NodePicture, lines: list[Line], box: NodeBox, column: Column, canvas: Canvas
) -> None:
    field, text = lines[0] if lines else (None, "")
    known = field is not None and field.value is not None
    # What the step computed has the one ground on which the colours of the quantities are legible.
    ground = "shade-lit" if field is not None and field.lit else shade(node.shade if known else None)
    mark = _HEAVY[3] if node.state == "active" else " "
    canvas.put(box.x, box.y, mark + " " * (box.width - 2) + mark, f"{ground} {_border(node, picture)}")
    if node.badge:  # at the edge: beside the name it would cut that off
        canvas.put(box.right - 1, box.y, SIGN, f"{ground} badge")
    room = box.width - 2 - (0 if field is None else 1 + column.number_width)
    canvas.put(box.x + 1, box.y, shorten_name(node.name, room), f"{ground} {_name(node)}")
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


def _fitting(fields: Sequence[Field], rows: int, direction: Direction) -> list[Field]:
    """As many fields as there are rows, in their order: the lit ones, then those the direction is about."""
    order = range(len(fields)) if direction == "forward" else reversed(range(len(fields)))
    chosen = sorted(order, key=lambda place: not fields[place].lit)[:rows]
    return [fields[place] for place in sorted(chosen)]


def _common(nodes: Sequence[NodePicture]) -> int:
    """Which field the pills of a layer show, all the same one: what is being computed, else the last known of all."""
    if not nodes:
        return 0
    most = max(len(node.fields) for node in nodes)
    nodes = [node for node in nodes if len(node.fields) == most]  # not an input beside nodes that are computed
    fields = range(most)
    lit = [place for place in fields if any(node.fields[place].lit for node in nodes)]
    known = [place for place in fields if all(node.fields[place].value is not None for node in nodes)]
    return (lit or known or [0])[-1]
