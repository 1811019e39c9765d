"""Curves of one variable as rows of text: axes with round numbers, lines in braille dots, marks in cells.

A pure function of the lines, the window on them and the size, so that it is tested as text.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.chart.axis import Axis, Tick
from tui.chart.canvas import Canvas, Span
from tui.raster import DOTS_X, DOTS_Y, Raster

Floats = NDArray[np.float64]
Rows = tuple[tuple[Span, ...], ...]

_BEYOND = 0.5
"""How far outside the window, in its heights, a line is followed: its end must be a number of dots."""
_TICK_COLUMNS = 12
"""Cells across for one round number of the horizontal axis."""
_MOST_TICKS = 6
_TICK_WIDTH = 8
"""Cells of a round number at most."""


class Line(NamedTuple):
    """A line through points in turn; it has gaps where `ys` is not finite. `dotted` shows every third dot."""

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


class Window(NamedTuple):
    """What of the plane is in sight."""

    left: float
    right: float
    bottom: float
    top: float


def window_on(left: float, right: float, ys: Sequence[Floats], *, least: float | None = None) -> Window:
    """The window from `left` to `right` that shows all finite `ys`, with a margin; and `least`, if it is given."""
    values = np.concatenate([np.asarray(y, dtype=np.float64).reshape(-1) for y in ys])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    if least is not None:
        low = min(low, least)
    margin = (high / 2 - low / 2) * 0.12 or max(abs(high) * 0.5, 0.5)
    return Window(left, right, low - margin if least is None or low < least else low, high + margin)


def sampled(left: float, right: float, columns: int) -> Floats:
    """Two values for each cell of a line so wide: one for each of its dots."""
    with np.errstate(all="ignore"):  # wider than numbers go, there is nothing to draw
        return np.linspace(left, right, max(2, columns * DOTS_X))


class _Place(NamedTuple):
    """The cells of the drawing itself, inside the axes."""

    left: int
    columns: int
    rows: int
    window: Window

    def dots(self, xs: Floats, ys: Floats) -> tuple[Floats, Floats]:
        """Where points stand, in dots; nan where they are not finite, and not far outside."""
        w = self.window
        with np.errstate(all="ignore"):
            across = (xs - w.left) / (w.right - w.left)
            up = (ys / 2 - w.bottom / 2) / (w.top / 2 - w.bottom / 2)
        across = np.where(np.isfinite(across), np.clip(across, -_BEYOND, 1 + _BEYOND), np.nan)
        up = np.where(np.isfinite(ys), np.clip(up, -_BEYOND, 1 + _BEYOND), np.nan)
        return across * (self.columns * DOTS_X - 1), (1 - up) * (self.rows * DOTS_Y - 1)

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """(row, column) of a point in sight."""
        across, down = self.dots(np.array([x]), np.array([y]))
        if not (np.isfinite(across[0]) and np.isfinite(down[0])):
            return None
        row, column = round(float(down[0])) // DOTS_Y, round(float(across[0])) // DOTS_X
        return (row, self.left + column) if 0 <= row < self.rows and 0 <= column < self.columns else None


def curve_rows(
    lines: Sequence[Line],
    marks: Sequence[Mark],
    window: Window,
    columns: int,
    rows: int,
    *,
    cursor: float | None = None,
    labels: int | None = None,
) -> Rows:
    """The drawing in so many cells; later lines lie over earlier ones, marks over all.

    Args:
        lines: what is drawn in dots.
        marks: signs.
        window: what is in sight.
        columns: cells across.
        rows: cells down; under 3 nothing is drawn.
        cursor: an x at which a vertical line stands.
        labels: cells for the round numbers at the left (5 or more), or None for as many as they take; drawings above
            each other line up if they have as many.
    """
    canvas = Canvas(max(columns, 0), max(rows, 0), "label")
    if rows < 3 or columns < 12:
        return canvas.rows()
    ticks = Axis(window.bottom, window.top).ticks(max(2, min(rows // 3, _MOST_TICKS)), labels or _TICK_WIDTH)
    left = (labels or max((len(tick.text) for tick in ticks), default=0)) + 1
    place = _Place(left, columns - left, rows - 2, window)
    _draw_lines(canvas, place, lines)
    if cursor is not None:
        _draw_cursor(canvas, place, cursor)
    _draw_axes(canvas, place, ticks)
    for mark in marks:
        _draw_mark(canvas, place, mark)
    return canvas.rows()


def _draw_lines(canvas: Canvas, place: _Place, lines: Sequence[Line]) -> None:
    raster = Raster(place.rows, place.columns)
    for layer, line in enumerate(lines):
        across, down = place.dots(line.xs, line.ys)
        if line.dotted:
            there = np.isfinite(down) & (np.arange(len(down)) % 3 == 0)
            raster.points(across[there], down[there], style=layer, layer=layer)
            continue
        ends = np.column_stack([across[:-1], down[:-1], across[1:], down[1:]])
        inside = (down >= 0) & (down <= place.rows * DOTS_Y - 1)
        kept = np.isfinite(ends).all(axis=1) & (inside[:-1] | inside[1:])
        raster.lines(ends[kept], style=layer, layer=layer)
    names = [*(line.style for line in lines), "label"]  # the last one, at −1, is that of empty cells
    for row, (text, styles) in enumerate(raster.rows()):
        canvas.write_cells(row, place.left, text, [names[style] for style in styles])


def _draw_cursor(canvas: Canvas, place: _Place, x: float) -> None:
    for row in range(place.rows):
        found = place.cell(x, place.window.bottom)
        if found is not None and canvas.is_blank(row, found[1]):
            canvas.write(row, found[1], "│", "grid")


def _draw_axes(canvas: Canvas, place: _Place, ticks: Sequence[Tick]) -> None:
    line, w = place.left - 1, place.window
    for row in range(place.rows):
        canvas.write(row, line, "│", "axis")
    canvas.write(place.rows, line, "└" + "─" * place.columns, "axis")
    highest = place.rows * DOTS_Y - 1
    for tick in ticks:
        row = round((1 - tick.height) * highest) // DOTS_Y
        canvas.write(row, max(0, line - len(tick.text)), tick.text, "label")
        canvas.write(row, line, "┤", "axis")
        for column in range(place.left, place.left + place.columns):
            if canvas.is_blank(row, column):
                canvas.write(row, column, "┈", "grid")
    for tick in Axis(w.left, w.right).ticks(max(2, place.columns // _TICK_COLUMNS), _TICK_WIDTH):
        column = place.left + round(tick.height * (place.columns * DOTS_X - 1)) // DOTS_X
        canvas.write(place.rows, column, "┬", "axis")
        start = min(max(0, column - len(tick.text) // 2), canvas.columns - len(tick.text))
        canvas.write(place.rows + 1, start, tick.text, "label")


def _draw_mark(canvas: Canvas, place: _Place, mark: Mark) -> None:
    found = place.cell(mark.x, mark.y)
    if found is None:
        return
    row, column = found
    canvas.write(row, column, mark.sign, mark.style)
    words = f" {mark.words} "
    start = column + 1 if column + len(words) <= canvas.columns else column - len(words)
    if mark.words and start >= place.left:
        canvas.write(row, start, words, mark.style)
