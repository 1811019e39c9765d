"""Values as boxes, pills and beads."""

from collections.abc import Sequence
from math import isfinite

import numpy as np
from rich.cells import cell_len

from tui.graph.canvas import Canvas
from tui.graph.formulas.geometry import Block, Box, Column, Geometry
from tui.graph.formulas.inside import Inside, first_cell, inside_of
from tui.graph.formulas.measure import MIN_NUMBER
from tui.graph.formulas.outline import said
from tui.graph.formulas.picture import FormulaPicture, Told, ValuePicture
from tui.graph.maps import put_map
from tui.graph.styles import shade
from tui.words.format import FRESH, UNKNOWN
from tui.words.names import centred, shorten, shorten_name, shorten_names

_ROUND, _HEAVY = "╭─╮│╰╯", "┏━┓┃┗┛"
_BARS = "▁▂▃▄▅▆▇█"
EQUAL = "="
"""Before a value: its name stands on the border."""


def draw_boxes(picture: FormulaPicture, geometry: Geometry, canvas: Canvas) -> None:
    """Draws every value in view."""
    for column in geometry.shown:
        boxes = [box for box in geometry.boxes if box.x == column.x]
        room = [_name_room(picture, geometry, column, box) for box in boxes]
        names = shorten_names(tuple(box.name for box in boxes), tuple(room))
        for box, name in zip(boxes, names, strict=True):
            value = picture.value(box.name)
            if column.form == "bead":
                _draw_bead(picture, value, name, box, canvas)
            elif box.flat:
                _draw_pill(picture, value, name, box, geometry.number, canvas)
            else:
                _draw_box(picture, value, name, box, canvas)
                _draw_elsewhere(geometry, picture, box, canvas)
    _draw_maps(picture, geometry, canvas)


def _name_room(picture: FormulaPicture, geometry: Geometry, column: Column, box: Box) -> int:
    if column.form == "bead":
        return box.width
    shape = picture.value(box.name).shape
    if box.flat:
        return box.width - 3 - (len(said(shape)) or geometry.number)
    return box.width - 4 - (len(said(shape)) + 2 if shape else 0)


def _border(value: ValuePicture, picture: FormulaPicture) -> str:
    if value.state == "active":
        return f"node-active {picture.role}" if picture.role else "node-active"
    return "node-dim" if value.value is None else "node-lit" if value.state == "lit" else "node"


def _name(value: ValuePicture) -> str:
    name = "name-active" if value.state == "active" else "name" if value.value is not None else "name-dim"
    return f"{name} selected" if value.selected is not None else name


def _draw_box(picture: FormulaPicture, value: ValuePicture, name: str, box: Box, canvas: Canvas) -> None:
    corner, line, corner_right, side, low, low_right = tuple(_HEAVY if value.state == "active" else _ROUND)
    border = _border(value, picture)
    canvas.put(box.x, box.y, corner + line * (box.width - 2) + corner_right, border)
    canvas.put(box.x, box.bottom - 1, low + line * (box.width - 2) + low_right, border)
    for row in box.inside:
        canvas.put(box.x, row, side + " " * (box.width - 2) + side, border)
    canvas.put(box.x + 1, box.y, f" {name} ", _name(value))
    if value.shape:
        text = said(value.shape)
        canvas.put(box.right - 3 - len(text), box.y, f" {text} ", border)
    inside = _inside(picture, box)
    style = "label-active" if value.state == "active" else "label" if value.value is not None else "unknown"
    for number, text in enumerate(inside.formula):
        canvas.put(inside.left, inside.top + number, text, style)
    room = box, inside
    if box.both:
        _draw_numbers(picture, value, value.value, EQUAL, room, inside.numbers, canvas)
        _draw_numbers(picture, value, value.derivative, value.label, room, inside.derivatives, canvas)
        if inside.label is not None:
            told = value.derivative
            name = "unknown" if told is None else f"{told.role}{' strong' if told.fresh else ''}"
            canvas.put(inside.left, inside.label, shorten(value.label, inside.room), name)
        return
    told, back = _now(picture, value)
    _draw_numbers(picture, value, told, value.label if back else EQUAL, room, inside.numbers, canvas)
    if told is not None and back and value.shape:
        canvas.put(box.x + 1, box.bottom - 1, f" {shorten(value.label, box.width - 4)} ", told.role)


def _draw_maps(picture: FormulaPicture, geometry: Geometry, canvas: Canvas) -> None:
    """In the lowest rows of the boxes that have a map; those of one size are asked for together."""
    if picture.maps is None:
        return
    by_size: dict[tuple[int, int], list[Box]] = {}
    for box in geometry.boxes:
        if box.map:
            by_size.setdefault((_inside(picture, box).room, box.map), []).append(box)
    for size, boxes in by_size.items():
        maps = picture.maps.drawn(tuple(box.name for box in boxes), *size)
        for box, lines in zip(boxes, maps, strict=True):
            put_map(canvas, _inside(picture, box).left, box.bottom - 1 - box.map, lines)


def _inside(picture: FormulaPicture, box: Box) -> Inside:
    """What stands where in a value's box."""
    item = picture.outline.items[box.name]
    return inside_of(box, item.shape, item.text)


def _now(picture: FormulaPicture, value: ValuePicture) -> tuple[Told | None, bool]:
    """Where there is room for one: the numbers, or going back, once they are known, the derivatives."""
    back = picture.backward and value.derivative is not None
    return (value.derivative if back else value.value), back


def _draw_numbers(
    picture: FormulaPicture,
    value: ValuePicture,
    told: Told | None,
    label: str,
    where: tuple[Box, Inside],
    row: int,
    canvas: Canvas,
) -> None:
    """Numbers in a box: one with its label, a matrix as such, or a strip and the element that is looked at."""
    box, inside = where
    if box.block.strip:
        _draw_strip(picture, value, told, (inside.left, row, inside.room), canvas)
        return
    if value.shape:
        _draw_grid(picture, value, told, box.block, (first_cell(inside, box.block), row, box.x), canvas)
        return
    number = _number(picture, told, 0, box.block.cells)
    space = inside.room - cell_len(number) - 2
    text = next((form for form in _labels(label) if cell_len(form) <= space), "")
    fresh = told is not None and bool(told.fresh)
    role = "unknown" if told is None else told.role + (" strong" if fresh else "")
    canvas.put(inside.left, row, text, role)
    start = inside.left + inside.room - cell_len(number)
    canvas.put(start, row, number, _style(told, 0))
    if fresh:
        canvas.put(start - 1, row, FRESH, _style(told, 0))


def _labels(label: str) -> tuple[str, ...]:
    """A derivative's name in ever fewer cells: `∂f/∂q`, `∂f`, `∂`."""
    return label, label.partition("/")[0], label[:1]


def _number(picture: FormulaPicture, told: Told | None, item: int, width: int) -> str:
    if told is None or item >= told.known:
        return UNKNOWN
    return picture.number(float(told.numbers[item]), width)


def _style(told: Told | None, item: int) -> str:
    if told is None or item >= told.known:
        return "unknown"
    return f"{told.role} strong" if item in told.fresh else "value"


def _draw_grid(
    picture: FormulaPicture,
    value: ValuePicture,
    told: Told | None,
    block: Block,
    at: tuple[int, int, int],
    canvas: Canvas,
) -> None:
    """A matrix as such, the points of each column under each other; what is new has a sign before it, if that has room.

    `at` is its first cell, its row, and the cell of the border before it.
    """
    left, row, border = at
    for column in range(block.columns):
        items = range(column, block.rows * block.columns, block.columns)
        numbers = [None if told is None or item >= told.known else float(told.numbers[item]) for item in items]
        texts = picture.aligned(numbers, block.cells)
        for line, (item, text) in enumerate(zip(items, texts, strict=True)):
            style = _style(told, item) + (" selected" if value.selected == item else "")
            x = left + column * (block.cells + 1)
            canvas.put(x, row + line, text, style)
            if told is not None and item in told.fresh and item == (value.item if len(told.fresh) > 1 else item):
                start = x + len(text) - len(text.lstrip()) - 1
                if start > border:
                    canvas.put(start, row + line, FRESH, style)


def _draw_strip(
    picture: FormulaPicture, value: ValuePicture, told: Told | None, at: tuple[int, int, int], canvas: Canvas
) -> None:
    """How large the numbers are, in their order, as many together as the room asks for; below, one of them."""
    left, row, room = at
    for x, (bar, style) in enumerate(_bars(told, room)):
        canvas.put(left + x, row, bar, style)
    name = element(value)
    number = _number(picture, told, value.item, max(MIN_NUMBER, min(room - cell_len(name) - 1, 8)))
    canvas.put(left, row + 1, shorten_name(name, max(1, room - cell_len(number) - 1)), _style(told, value.item))
    canvas.put(left + room - cell_len(number), row + 1, number, _style(told, value.item))
    if told is not None and value.item in told.fresh:
        canvas.put(left + room - cell_len(number) - 1, row + 1, FRESH, _style(told, value.item))


def element(value: ValuePicture) -> str:
    """The element that is told: `.2.3`."""
    places: list[str] = []
    item = value.item
    for size in reversed(value.shape):
        item, at = divmod(item, size)
        places.insert(0, str(at + 1))
    return "".join(f".{place}" for place in places)


def has_negative_bars(picture: FormulaPicture, box: Box) -> bool:
    """Whether a strip shows numbers below 0, which have another colour."""
    value = picture.value(box.name)
    shown = (value.value, value.derivative) if box.both else (_now(picture, value)[0],)
    return any(told is not None and bool((told.numbers[: told.known] < 0).any()) for told in shown)


def _bars(told: Told | None, room: int) -> list[tuple[str, str]]:
    if told is None or not told.known:
        return [("·", "unknown")] * room
    numbers = told.numbers[: told.known]
    parts = np.array_split(numbers, min(room, len(numbers)))
    sizes = [float(part[np.argmax(np.abs(part))]) for part in parts if len(part)]
    most = max((abs(size) for size in sizes if isfinite(size)), default=0.0)
    strong = " strong" if told.fresh else ""
    found = []
    for size in sizes:
        level = 7 if not isfinite(size) else round(7 * abs(size) / most) if most else 0
        found.append((_BARS[level], f"{told.role}{strong}" if size >= 0 else f"label{strong}"))
    return found


def _draw_pill(picture: FormulaPicture, value: ValuePicture, name: str, box: Box, number: int, canvas: Canvas) -> None:
    told, _ = _now(picture, value)
    fresh = told is not None and bool(told.fresh)
    ground = "shade-lit" if fresh else shade(shade_of(value))
    mark = _HEAVY[3] if value.state == "active" else " "
    canvas.put(box.x, box.y, mark + " " * (box.width - 2) + mark, f"{ground} {_border(value, picture)}")
    canvas.put(box.x + 1, box.y, name, f"{ground} {_name(value)}")
    text = said(value.shape) if value.shape else _number(picture, told, 0, number)
    style = f"{ground} {'label' if value.shape and not fresh else _style(told, value.item)}"
    canvas.put(box.right - 1 - cell_len(text), box.y, text, style)
    if fresh:
        canvas.put(box.right - 2 - cell_len(text), box.y, FRESH, style)


def shade_of(value: ValuePicture) -> float | None:
    """How full a pill is: the size of its largest number, 1 and more being all of it."""
    if value.value is None or not value.value.known:
        return None
    numbers = value.value.numbers[: value.value.known]
    most = float(numbers[np.argmax(np.abs(numbers))])
    return most if isfinite(most) else 0.0


def _draw_bead(picture: FormulaPicture, value: ValuePicture, name: str, box: Box, canvas: Canvas) -> None:
    told, _ = _now(picture, value)
    ground = "shade-lit" if told is not None and told.fresh else shade(shade_of(value))
    style = _border(value, picture) if value.state == "active" else _name(value)
    canvas.put(box.x, box.y, centred(name, box.width), f"{ground} {style}")


def _draw_elsewhere(geometry: Geometry, picture: FormulaPicture, box: Box, canvas: Canvas) -> None:
    """On the lower border, which uses have no line from here."""
    if box.name not in dict(geometry.elsewhere):
        return
    drawn = {port.edge for port in geometry.ports if not port.tag}
    users = [user for user in picture.outline.users[box.name] if (box.name, user) not in drawn]
    text = shorten("→ " + ", ".join(users), box.width - 4)
    value = picture.value(box.name)
    canvas.put(box.right - 3 - cell_len(text), box.bottom - 1, f" {text} ", _border(value, picture))


def captions(columns: Sequence[Column], canvas: Canvas) -> None:
    """Above and below a column, how many of its values are out of view."""
    for column in columns:
        for count, arrow, row in ((column.above, "↑", column.top - 1), (column.below, "↓", column.bottom)):
            if count:
                texts = (f"{arrow} {count} more", f"{arrow}{count}", arrow)
                text = next((text for text in texts if len(text) <= column.width), arrow)
                canvas.put(column.x + (column.width - len(text)) // 2, row, text, "more")
