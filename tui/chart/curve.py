"""Curves of one variable as rows of text: axes with round numbers, lines in braille dots, marks in cells.

A pure function of the lines, what is in sight and the size, so that it is tested as text.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.chart.axis import Axis, axis_for, on_rows
from tui.chart.canvas import Canvas, Span
from tui.chart.frame import Frame
from tui.terminal.raster import DOTS_X, DOTS_Y, Raster

Floats = NDArray[np.float64]
Rows = tuple[tuple[Span, ...], ...]

_TICK_COLUMNS = 12
"""Cells across for one round number of the horizontal axis."""
_MOST_TICKS = 6
_TICK_WIDTH = 8
"""Cells of a round number at most."""


_DOTTED = 3
"""Of so many dots of a dotted line one is drawn."""


class Line(NamedTuple):
    """A line through points in turn, left to right; it has gaps where `ys` is not finite."""

    xs: Floats
    ys: Floats
    style: str
    dotted: bool = False


class Mark(NamedTuple):
    """A sign at a point, and words beside it where they fit."""

    x: float
    y: float
    sign: str
    style: str
    words: str = ""


class Step(NamedTuple):
    """An arrow along the horizontal axis, and words at its head where they fit."""

    start: float
    end: float
    style: str
    words: str


class Window(NamedTuple):
    """What of the plane is in sight: from `left` to `right`, and at least the heights from `bottom` to `top`."""

    left: float
    right: float
    bottom: float
    top: float


def window_on(left: float, right: float, ys: Sequence[Floats]) -> Window:
    """The window from `left` to `right` that shows all finite `ys`."""
    values = np.concatenate([np.asarray(y, dtype=np.float64).reshape(-1) for y in ys])
    values = values[np.isfinite(values)]
    return Window(left, right, *((float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)))


def through(xs: Floats, ys: Floats, points: Sequence[tuple[float, float]]) -> tuple[Floats, Floats]:
    """The points of a line with those of some more that are between its ends, so that these lie on what is drawn."""
    more = np.array([point for point in points if xs[0] <= point[0] <= xs[-1]], dtype=np.float64).reshape(-1, 2)
    all_xs, all_ys = np.append(xs, more[:, 0]), np.append(ys, more[:, 1])
    order = np.argsort(all_xs, kind="stable")
    return all_xs[order], all_ys[order]


def sampled(left: float, right: float, columns: int) -> Floats:
    """Two values for each cell of a line so wide: one for each of its dots."""
    with np.errstate(all="ignore"):  # wider than numbers go, there is nothing to draw
        return np.linspace(left, right, max(2, columns * DOTS_X))


class _Place(NamedTuple):
    """The cells of the drawing itself, inside the axes: heights by the frame, and what is at its left and right end."""

    frame: Frame
    left: float
    right: float

    def dots_across(self, xs: Floats) -> Floats:
        """Where points stand, in whole dots from the left edge; nan where they are not finite."""
        with np.errstate(all="ignore"):
            across = (xs / 2 - self.left / 2) / (self.right / 2 - self.left / 2)
        return np.asarray(np.rint(np.where(np.isfinite(across), across, np.nan) * (self.frame.columns * DOTS_X - 1)))

    def column(self, x: float) -> int | None:
        """The canvas' column of a value; None where it is out of sight."""
        dot = float(self.dots_across(np.array([x]))[0])
        return self.frame.left + int(dot) // DOTS_X if 0 <= dot < self.frame.columns * DOTS_X else None


def curve_rows(
    lines: Sequence[Line],
    marks: Sequence[Mark],
    window: Window,
    columns: int,
    rows: int,
    *,
    cursor: float | None = None,
    step: Step | None = None,
    labels: int | None = None,
) -> Rows:
    """The drawing in so many cells. Lines that share a cell show their dots there, in the later one's colour.

    Args:
        lines: what is drawn in dots.
        marks: signs, over the lines; later ones over earlier ones.
        window: what is in sight.
        columns: cells across.
        rows: cells down; under 4 nothing is drawn.
        cursor: an x at which a vertical line stands.
        step: an arrow on the horizontal axis.
        labels: cells for the round numbers at the left (5 or more), or None for as many as they take; drawings above
            each other line up if they have as many.
    """
    canvas = Canvas(max(columns, 0), max(rows, 0), "label")
    if rows < 4 or columns < 12:
        return canvas.rows()
    place = _place(window, columns, rows, labels)
    _draw_lines(canvas, place, lines)
    if cursor is not None:
        _draw_cursor(canvas, place, cursor)
    place.frame.draw(canvas)
    place.frame.draw_grid(canvas)
    _draw_numbers_below(canvas, place)
    if step is not None:
        _draw_step(canvas, place, step)
    for mark in marks:
        _draw_mark(canvas, place, mark)
    return canvas.rows()


def _place(window: Window, columns: int, rows: int, labels: int | None) -> _Place:
    height = rows - 2
    most = max(2, min(rows // 3, _MOST_TICKS))
    axis = on_rows(axis_for(window.bottom, window.top, logarithmic=False), height, most)
    texts = [tick.text for tick in axis.ticks(most, labels or _TICK_WIDTH)]
    left = (labels or max(map(len, texts), default=0)) + 1
    return _Place(Frame(axis, 0, left, height, columns - left, most), window.left, window.right)


def _draw_lines(canvas: Canvas, place: _Place, lines: Sequence[Line]) -> None:
    frame = place.frame
    raster = Raster(frame.rows, frame.columns)
    for style, line in enumerate(lines):
        across, down = place.dots_across(line.xs), frame.dots_down(line.ys)
        if line.dotted:
            there = np.isfinite(across) & np.isfinite(down) & (across % _DOTTED == 0)
            raster.points(across[there], down[there], style=style)
            continue
        ends = np.column_stack([across[:-1], down[:-1], across[1:], down[1:]])
        inside = (down >= 0) & (down < frame.rows * DOTS_Y)
        kept = np.isfinite(ends).all(axis=1) & (inside[:-1] | inside[1:])
        raster.lines(ends[kept], style=style)
    names = [*(line.style for line in lines), "label"]  # the last one, at −1, is that of empty cells
    for row, (text, styles) in enumerate(raster.rows()):
        canvas.write_cells(row, frame.left, text, [names[style] for style in styles])


def _draw_cursor(canvas: Canvas, place: _Place, x: float) -> None:
    column = place.column(x)
    for row in range(place.frame.rows):
        if column is not None and canvas.is_blank(row, column):
            canvas.write(row, column, "│", "grid")


def _draw_numbers_below(canvas: Canvas, place: _Place) -> None:
    row, width = place.frame.rows, place.frame.columns
    for tick in Axis(place.left, place.right).ticks(max(2, width // _TICK_COLUMNS), _TICK_WIDTH):
        column = place.column(tick.value)
        if column is not None:
            canvas.write(row, column, "┬", "axis")
            start = min(max(0, column - len(tick.text) // 2), canvas.columns - len(tick.text))
            canvas.write(row + 1, start, tick.text, "label")


def _draw_step(canvas: Canvas, place: _Place, step: Step) -> None:
    frame, start, end, back = place.frame, place.column(step.start), place.column(step.end), step.end < step.start
    if start is None:
        return
    if end is None:  # it leads out of sight
        edge = frame.left if back else canvas.columns - 1
        canvas.write(frame.rows, min(start, edge), "━" * (abs(edge - start) + 1), step.style)
        return
    canvas.write(frame.rows, min(start, end), "━" * (abs(end - start) + 1), step.style)
    canvas.write(frame.rows, end, "◂" if back else "▸", step.style)
    _draw_words(canvas, frame, frame.rows, end, Mark(step.end, 0.0, "", step.style, step.words), before=back)


def _draw_mark(canvas: Canvas, place: _Place, mark: Mark) -> None:
    column, row = place.column(mark.x), place.frame.row(mark.y)
    if column is not None and row is not None:
        canvas.write(row, column, mark.sign, mark.style)
        _draw_words(canvas, place.frame, row, column, mark)


def _draw_words(canvas: Canvas, frame: Frame, row: int, column: int, mark: Mark, *, before: bool = False) -> None:
    """A mark's words, after it or before it: where there is room, and if there is, where they should be."""
    words = f" {mark.words} "
    after, ahead = column + 1, column - len(words)
    start = ahead if (before and ahead >= frame.left) or after + len(words) > canvas.columns else after
    if mark.words and start >= frame.left:
        canvas.write(row, start, words, mark.style)
