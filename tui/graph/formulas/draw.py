"""A picture of a graph of formulas becomes rows of text with style names, testable without a screen."""

from typing import NamedTuple

import numpy as np
from rich.cells import cell_len

from tui.graph.canvas import Canvas, Run, Straight
from tui.graph.formulas.boxes import captions, draw_boxes, has_negative_bars
from tui.graph.formulas.factors import TIMES
from tui.graph.formulas.geometry import Edge, Factor, Geometry, Port
from tui.graph.formulas.inside import beyond, hit
from tui.graph.formulas.layout import layout
from tui.graph.formulas.measure import MIN_NUMBER
from tui.graph.formulas.outline import Outline, said
from tui.graph.formulas.picture import FormulaPicture, PortPicture, Told, ValuePicture
from tui.graph.lines import ACTIVE, IDLE, LIT, Kinds, Lines
from tui.graph.picture import State
from tui.graph.routes import level
from tui.terminal.raster import DOTS_X
from tui.words.format import FRESH
from tui.words.names import shorten, shorten_name

_STATES: dict[State, int] = {"idle": IDLE, "lit": LIT, "active": ACTIVE}
_ARROWS = {"forward": "▸", "backward": "◂", "still": "▸"}
LEAST_NAME, LEAST_TAG = 3, 4
"""Cells of a tag's name that stay, with a number that has room, and with one that can be shorter."""
MOST_OF_FACTOR = 7
"""Cells of a local derivative: the tables have all the digits."""
MOST_OF_TAG = 6
"""Cells of a number beside a name, likewise."""


LEGEND = "bars: sizes; uncoloured ones are below 0"


class FormulaDrawing(NamedTuple):
    """A drawn picture: its rows, each as wide as asked for, its geometry, what is drawn and what is in focus."""

    rows: list[list[Run]]
    geometry: Geometry
    outline: Outline
    focus: str

    @property
    def text(self) -> str:
        """The drawing without its styles."""
        return "\n".join("".join(text for text, _ in row) for row in self.rows)

    def under(self, column: int, row: int) -> tuple[str, int] | None:
        """What is under a cell: a value's name, and the number of the element of it."""
        return hit(self.geometry, self.outline, column, row)

    def beyond(self, column: int, by: int) -> str | None:
        """The value so many further in a column of which not all is in view."""
        return beyond(self.geometry, self.outline, column, self.focus, by)


def draw_formulas(
    picture: FormulaPicture, columns: int, rows: int, lines: list[Straight] | None = None
) -> FormulaDrawing:
    """The picture in so many cells; `lines` takes those of the edges, where they are not to be made of dots."""
    geometry = layout(picture.outline, picture.factors, columns, rows, picture.focus, picture.mapped)
    return paint(picture, geometry, lines)


def paint(picture: FormulaPicture, geometry: Geometry, lines: list[Straight] | None = None) -> FormulaDrawing:
    """The picture in a given geometry."""
    canvas = Canvas(geometry.columns, geometry.rows, lines)
    ends = {port.edge: _draw_port(picture, port, canvas) for port in geometry.ports}
    draw_boxes(picture, geometry, canvas)
    captions(geometry.shown, canvas)
    _draw_wires(picture, geometry, ends, canvas)
    if geometry.before or geometry.after:
        _draw_beyond(geometry, canvas)
    if any(box.block.strip and has_negative_bars(picture, box) for box in geometry.boxes):
        _draw_legend(geometry, canvas)
    if not geometry.boxes and geometry.rows:
        canvas.put(0, geometry.rows // 2, "…", "more")
    return FormulaDrawing([canvas.runs(row) for row in range(geometry.rows)], geometry, picture.outline, picture.focus)


def _draw_legend(geometry: Geometry, canvas: Canvas) -> None:
    """What the bars of a strip say, in the first of the outermost rows that has room for it."""
    start = max(0, (geometry.columns - len(LEGEND)) // 2)
    for row in (geometry.rows - 1, 0):
        if not canvas.text(row)[max(0, start - 1) : start + len(LEGEND) + 1].strip():
            canvas.put(start, row, LEGEND, "more")
            return


def _draw_beyond(geometry: Geometry, canvas: Canvas) -> None:
    """In the last row, how many values stand in columns out of view."""
    row = geometry.rows - 1
    if geometry.before:
        canvas.put(0, row, f"◂ {geometry.before:,} more", "more")
    if geometry.after:
        text = f"{geometry.after:,} more ▸"
        canvas.put(geometry.columns - len(text), row, text, "more")


def _draw_port(picture: FormulaPicture, port: Port, canvas: Canvas) -> int:
    """A port's label and its arrow head; the column in which the label starts."""
    shown = picture.port(port.edge)
    value = picture.value(port.edge[0])
    suffix = "" if shown.state == "idle" else f"-{shown.state}"
    style = f"label{suffix}" if value.value is not None else "unknown"
    lit = f" {picture.role}" if shown.state != "idle" and picture.role else ""
    canvas.put(port.stop, port.row, _ARROWS[picture.direction], f"{style}{lit}")
    room = port.stop - port.start
    if port.tag:
        text, factor = _tag(picture, value, shown, room)
        canvas.put(port.stop - cell_len(text), port.row, text, _tag_style(value, style))
    else:
        text = factor = _factor(picture, shown, room) or shown.sign
    canvas.put(port.stop - cell_len(factor), port.row, factor, f"{style}{lit}")
    return port.stop - cell_len(text)


def _factor(picture: FormulaPicture, port: PortPicture, room: int) -> str:
    """`·−4`: what comes back is multiplied by it."""
    if not picture.backward:
        return ""
    if isinstance(port.factor, Factor):
        return port.factor.fitted(room)
    return TIMES + picture.number(port.factor, max(MIN_NUMBER, min(room - 1, MOST_OF_FACTOR)))


def _tag_style(value: ValuePicture, style: str) -> str:
    told = value.derivative
    fresh = told if told is not None and told.fresh else value.value if value.value and value.value.fresh else None
    style = style if fresh is None else f"{fresh.role} strong"
    return f"{style} selected" if value.selected is not None else style


def _tag(picture: FormulaPicture, value: ValuePicture, port: PortPicture, room: int) -> tuple[str, str]:
    """A tag and the factor at its end: `wx 0.8`, going back `wx ·.05`, with room for both `wx 0.8 ·.05`.

    What is fresh goes before the factor. A name is rather cut than a number: the formula that uses it has it too.
    """
    told = value.derivative if value.derivative is not None and value.derivative.fresh else value.value
    fresh = told is not None and bool(told.fresh)
    name = min(cell_len(value.name), LEAST_NAME)
    sign = FRESH if fresh else port.sign
    number = sign + _told(picture, value, told, room - name - 1 - cell_len(sign))
    factor = _factor(picture, port, room - cell_len(value.name) - cell_len(number) - 2)
    if factor and name + cell_len(number) + cell_len(factor) + 2 <= room:
        number = f"{number} {factor}"
    elif fresh or not _factor(picture, port, room):
        factor = ""
    else:
        number = factor = _factor(picture, port, room - min(cell_len(value.name), LEAST_TAG) - 1)
    left = room - cell_len(number) - 1
    return f"{shorten_name(value.name, left)} {number}" if left >= min(name, 2) else shorten(number, room), factor


def _told(picture: FormulaPicture, value: ValuePicture, told: Told | None, room: int) -> str:
    if told is None or not told.known:
        return "—"
    if value.shape:
        return said(value.shape)
    return picture.number(float(told.numbers[0]), min(max(room, MIN_NUMBER), MOST_OF_TAG))


def _draw_wires(picture: FormulaPicture, geometry: Geometry, starts: dict[Edge, int], canvas: Canvas) -> None:
    """All lines: a piece of one is as bright as the brightest edge that it is part of."""
    ends, states = [], []
    for wire in geometry.wires:
        ends.append(wire.ends)
        states.append(max(_state(picture, edge) for edge in wire.edges))
    for port in geometry.ports:
        if not port.tag and starts[port.edge] - 1 > port.start - 1:
            y = level(port.row)
            ends.append(
                (port.start * DOTS_X, y, (starts[port.edge] - (port.stop != starts[port.edge])) * DOTS_X - 1, y)
            )
            states.append(_state(picture, port.edge))
    if not ends:
        return
    count = len(ends)
    no = np.zeros(count, dtype=np.bool_)
    kinds = Kinds(np.array(states, dtype=np.intp), no, no, np.ones(count, dtype=np.bool_))
    lines = Lines(geometry.columns, geometry.rows)
    lines.add(np.array(ends, dtype=np.int64), kinds, picture.role)
    lines.put_under(canvas)


def _state(picture: FormulaPicture, edge: Edge) -> int:
    return _STATES[picture.port(edge).state]
