"""Nodes: boxes with a border, pills of one row, and the captions above pills."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.graph.canvas import Canvas, shorten, shorten_name
from tui.graph.geometry import Column, Geometry, NodeBox
from tui.graph.picture import MIN_NUMBER, Direction, Field, Format, GraphPicture, NodePicture
from tui.graph.styles import shade

UNKNOWN = "—"
SIGN = "!"
"""Of a badge, where there is no room for its word."""

_ROUND, _HEAVY = "╭─╮│╰╯", "┏━┓┃┗┛"


def draw_nodes(picture: GraphPicture, geometry: Geometry, canvas: Canvas) -> None:
    """Draws every node in view, and above pills what their numbers are."""
    for column in geometry.layers:
        chosen = _common(picture.layers[column.layer])
        for box in geometry.by_layer[column.layer]:
            node = picture.node(box.at)
            if box.pill:
                _draw_pill(picture, node, node.fields[chosen] if node.fields else None, box, column, canvas)
            else:
                _draw_box(picture, node, box, column, geometry.target_below, canvas)


def caption(nodes: Sequence[NodePicture]) -> Field | None:
    """Of a layer of pills, the field that they show."""
    return nodes[0].fields[_common(nodes)] if nodes and nodes[0].fields else None


def _draw_box(
    picture: GraphPicture, node: NodePicture, box: NodeBox, column: Column, below: bool, canvas: Canvas
) -> None:
    corner, line, corner_right, side, low, low_right = tuple(_HEAVY if node.state == "active" else _ROUND)
    border = _border(node, picture)
    across = line * (box.width - 2)
    canvas.put(box.x, box.y, corner + across + corner_right, border)
    canvas.put(box.x, box.bottom - 1, low + across + low_right, border)
    for row in box.inside:
        canvas.put(box.x, row, side + " " * (box.width - 2) + side, border)
    fields = _fitting(node.fields, len(box.inside), picture.direction)
    top = box.inside.start + (len(box.inside) - len(fields)) // 2
    left, right = box.x + 1 + column.padding, box.right - 1 - column.padding
    for row, field in enumerate(fields, top):
        _put_field(picture, field, canvas, left, right, row, column.number_width)
    _draw_border_texts(picture, node, box, below, canvas)


def _put_field(
    picture: GraphPicture, field: Field, canvas: Canvas, left: int, right: int, row: int, width: int
) -> None:
    """Label at the left, number at the right."""
    role = field.role or "value"
    lit = " strong" if field.lit else ""
    style = "unknown" if field.value is None else role + lit
    canvas.put(left, row, _label(field, right - left - width), style)
    text = _number(picture.number, field.value, width)
    style = "unknown" if field.value is None else role + lit if field.lit else "value"
    canvas.put(right - cell_len(text), row, text, style)


def _draw_border_texts(picture: GraphPicture, node: NodePicture, box: NodeBox, below: bool, canvas: Canvas) -> None:
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
    """A label and its number in one."""
    label = _label(field, room - MIN_NUMBER - 1)
    width = max(MIN_NUMBER, room - cell_len(label) - 1)
    return f"{label} {_number(form, field.value, width)}"


def _label(field: Field, room: int) -> str:
    """A number's name: the brief one where the other does not fit."""
    return field.label if cell_len(field.label) <= room else shorten(field.shortest, room)


def _draw_pill(
    picture: GraphPicture, node: NodePicture, field: Field | None, box: NodeBox, column: Column, canvas: Canvas
) -> None:
    known = field is not None and field.value is not None
    # What the step computed has the one ground on which the colours of the quantities are legible.
    ground = "shade-lit" if field is not None and field.lit else shade(node.shade if known else None)
    mark = _HEAVY[3] if node.state == "active" else " "
    canvas.put(box.x, box.y, mark + " " * (box.width - 2) + mark, f"{ground} {_border(node, picture)}")
    name = node.name + (SIGN if node.badge else "")
    canvas.put(box.x + 1, box.y, shorten_name(name, box.width - 3 - column.number_width), f"{ground} {_name(node)}")
    if field is None:
        return
    text = _number(picture.number, field.value, column.number_width)
    lit = f"{field.role or 'value'} strong" if field.lit else "value"
    style = lit if known else "unknown"
    canvas.put(box.right - 1 - cell_len(text), box.y, text, f"{ground} {style}")


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
    fields = range(min(len(node.fields) for node in nodes))
    lit = [place for place in fields if any(node.fields[place].lit for node in nodes)]
    known = [place for place in fields if all(node.fields[place].value is not None for node in nodes)]
    return (lit or known or [0])[-1]
