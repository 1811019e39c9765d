"""The error history as rows of text: axes, curve, recorded future, cursor.

A pure function of the errors, the place in them and the size, so that it is tested as text. The curve is drawn in
braille dots, over the grid, under the cursor's point.
"""

from typing import NamedTuple

import numpy as np
from rich.cells import cell_len, set_cell_size

from tui.chart.axis import Axis, axis_for, iteration_ticks, on_rows
from tui.chart.canvas import Canvas, Span
from tui.chart.series import Floats, Series, column_of, iteration_of
from tui.format import UNKNOWN, fit, number
from tui.raster import DOTS_X, DOTS_Y, Raster

_OTHER, _FUTURE, _LINE = range(3)
_CURVES = ["other", "future", "line"]

_FIRST_ITERATIONS = 11
"""The axis is at least this long, so that the first steps extend the curve and do not squeeze it."""

_MOST_TICKS = 8

DOTTED = 3
"""Every third dot of another branch's curve is drawn: it is told from the own one without colour."""
_LEGEND = 20
"""Columns from which there is room to say what the curves are called."""
_SAMPLES = ("⠤⠤⠤", "⠄⠠ ")
"""The own curve and the other one in the legend, drawn as in the chart."""


class Curves(NamedTuple):
    """What the two curves are called, where there are two."""

    own: str
    other: str


class Plot(NamedTuple):
    """A drawn chart, and where in it the iterations are."""

    rows: tuple[tuple[Span, ...], ...]
    left: int
    columns: int
    span: int
    known: int
    first: int

    def iteration_at(self, column: int) -> int | None:
        """The recorded iteration drawn at a column of cells; None left of the axis or without any."""
        if not self.known or not self.left <= column < self.left + self.columns:
            return None
        dot = (column - self.left) * DOTS_X + DOTS_X // 2
        return self.first + min(iteration_of(dot, self.span, self.columns * DOTS_X), self.known - 1)


class _Place(NamedTuple):
    """The part of the chart where the curve is, in cells, and its scale."""

    left: int
    columns: int
    rows: int
    span: int
    axis: Axis

    @property
    def dots(self) -> int:
        return self.columns * DOTS_X

    def column(self, iteration: int) -> int:
        return self.left + column_of(min(iteration, self.span - 1), self.span, self.dots) // DOTS_X

    def dot_rows(self, errors: Floats) -> Floats:
        height = self.rows * DOTS_Y - 1
        return np.rint((1.0 - self.axis.heights(errors)) * height)

    def row(self, error: float) -> int:
        return int(self.dot_rows(np.array([error]))[0]) // DOTS_Y


def plot(
    history: Series,
    columns: int,
    rows: int,
    *,
    reached: int | None = None,
    iteration: int | None = None,
    first: int = 0,
    logarithmic: bool = False,
    digits: int | None = 4,
    other: Series | None = None,
    curves: Curves | None = None,
) -> Plot:
    """The chart of `history` on so many cells.

    The first error is that of iteration `first`. `reached` of them (all, if not given) are those of the way here; the
    rest is recorded future. The cursor stands on `iteration` (the last one reached), whose error need not be known yet.
    `other` is another branch's errors, drawn dotted; `curves` says what the two are called.
    """
    known = len(history)
    reached = known if reached is None else max(0, min(reached, known))
    iteration = max(0, reached - 1 if iteration is None else iteration - first)
    canvas = Canvas(max(columns, 0), max(rows, 0), "label")
    error = float(history.errors[iteration]) if iteration < reached else None
    label = _label(first + iteration, error, digits, columns)
    if rows < 2 or columns < 4:
        canvas.write(0, 0, label, "point")
        return Plot(canvas.rows(), 0, 0, 1, known, first)

    place = _place(history, other, columns, rows, iteration, logarithmic)
    cursor = place.column(iteration)
    _draw_frame(canvas, place)
    _draw_curves(canvas, place, history, reached, other)
    for row in range(place.rows):
        if canvas.is_blank(row, cursor):
            canvas.write(row, cursor, "│", "cursor")
    legend = None
    if curves is not None and other is not None and place.columns >= _LEGEND:
        legend = _legend(canvas, place, curves)
    _draw_grid(canvas, place)
    if legend is not None:
        _draw_legend(canvas, legend)
    if error is not None and np.isfinite(error):
        canvas.write(place.row(error), cursor, "●", "point")
    _draw_iterations(canvas, place, first, rows > place.rows + 1)
    start = max(min(cursor - len(label) // 2, columns - len(label)), min(place.left, columns - len(label)))
    canvas.write(place.rows, start, label, "point")
    return Plot(canvas.rows(), place.left, place.columns, place.span, known, first)


def _label(iteration: int, error: float | None, digits: int | None, columns: int) -> str:
    """The cursor's `k: E`, in as much room as there is."""
    at, text = f"{iteration:,}: ", UNKNOWN if error is None else number(error, digits)
    label = f" {at}{text} "
    if len(label) > columns and error is not None:
        label = at + fit(error, max(5, columns - len(at)), digits)
    return label if len(label) <= columns else label.strip()[: max(columns - 1, 0)] + "…"


def _place(history: Series, other: Series | None, columns: int, rows: int, iteration: int, logarithmic: bool) -> _Place:
    height = rows - 2 if rows >= 4 else rows - 1
    axis = on_rows(_axis(history, other, logarithmic), height, DOTS_Y, _tick_count(height))
    texts = [tick.text for tick in axis.ticks(_tick_count(height), _tick_width(columns))] if columns >= 16 else []
    left = max(map(len, texts), default=0) + 1
    known = max(len(history), len(other) if other else 0)
    dots = (columns - left) * DOTS_X
    span = known if known >= dots else max(known, min(iteration + 1, dots), min(_FIRST_ITERATIONS, dots))
    return _Place(left, columns - left, height, span, axis)


def _axis(history: Series, other: Series | None, logarithmic: bool) -> Axis:
    extents = [series.extent for series in (history, other) if series is not None]
    lows, highs, positives = ([part for part in parts if part == part] for parts in zip(*extents, strict=True))
    if not lows:
        return Axis(0.0, 1.0)
    if logarithmic and positives:
        floor = "" if min(lows) > 0 else "0" if min(lows) == 0 else "≤0"
        return axis_for(min(positives), max(highs), logarithmic=True, floor=floor)
    return axis_for(min(lows), max(highs), logarithmic=False)


def _tick_count(rows: int) -> int:
    return max(2, min(rows // 2 + 1, _MOST_TICKS))


def _tick_width(columns: int) -> int:
    return max(5, min(10, columns // 4))


def _draw_frame(canvas: Canvas, place: _Place) -> None:
    """The axes, and the errors' round numbers beside theirs."""
    line = place.left - 1
    for row in range(place.rows):
        canvas.write(row, line, "│", "axis")
    canvas.write(place.rows, line, "└" + "─" * place.columns, "axis")
    for row, text in _tick_rows(place).items():
        canvas.write(row, line - len(text), text, "label")
        canvas.write(row, line, "┤", "axis")


def _tick_rows(place: _Place) -> dict[int, str]:
    """What is written in which row: one number each."""
    if place.left < 2:
        return {}
    ticks = place.axis.ticks(_tick_count(place.rows), place.left - 1)
    highest = place.rows * DOTS_Y - 1
    return {round((1 - tick.height) * highest) // DOTS_Y: tick.text for tick in reversed(ticks)}


def _draw_grid(canvas: Canvas, place: _Place) -> None:
    for row in _tick_rows(place):
        for column in range(place.left, place.left + place.columns):
            if canvas.is_blank(row, column):
                canvas.write(row, column, "┈", "grid")


class _Legend(NamedTuple):
    """What the curves are called, and where that is written."""

    curves: Curves
    row: int
    column: int


def _legend(canvas: Canvas, place: _Place, curves: Curves) -> _Legend:
    """In a corner where nothing is drawn yet; else in the upper right one."""
    most = place.columns - len(_SAMPLES[0]) - 3
    short = Curves(*(name if cell_len(name) <= most else set_cell_size(name, most - 1) + "…" for name in curves))
    width = len(_SAMPLES[0]) + 2 + max(map(cell_len, short))
    left, right, low = place.left + 1, place.left + place.columns - width, place.rows - 2
    corners = [(0, right), (low, left), (low, right), (0, left)]
    free = (corner for corner in corners if _is_free(canvas, *corner, width))
    return _Legend(short, *next(free, corners[0]))


def _is_free(canvas: Canvas, row: int, column: int, width: int) -> bool:
    return all(canvas.is_blank(row + line, column + cell) for line in (0, 1) for cell in range(width))


def _draw_legend(canvas: Canvas, legend: _Legend) -> None:
    for line, (sample, name, style) in enumerate(zip(_SAMPLES, legend.curves, ("line", "other"), strict=True)):
        canvas.write(legend.row + line, legend.column, f"{sample} ", style)
        canvas.write(legend.row + line, legend.column + len(sample) + 1, f"{name} ", "label")


def _draw_iterations(canvas: Canvas, place: _Place, first: int, labelled: bool) -> None:
    """Marks on the horizontal axis, and the round iterations under them."""
    end = -2
    for iteration, text in iteration_ticks(first, first + place.span - 1, place.columns):
        column = place.column(iteration - first)
        start = min(column - len(text) // 2, canvas.columns - len(text))
        if start < max(end + 2, 0):
            continue
        canvas.write(place.rows, column, "┬", "axis")
        if labelled:
            canvas.write(place.rows + 1, start, text, "label")
        end = start + len(text) - 1


def _draw_curves(canvas: Canvas, place: _Place, history: Series, reached: int, other: Series | None) -> None:
    raster = Raster(place.rows, place.columns)
    if other is not None and len(other):
        ends, _ = _ends(place, other, len(other))
        raster.points(*_dotted(ends), style=_OTHER, layer=_OTHER)
    _add_curve(raster, place, history, reached, _LINE)
    names = [*_CURVES, "label"]  # the last one, at −1, is that of empty cells
    for row, (text, styles) in enumerate(raster.rows()):
        canvas.write_cells(row, place.left, text, [names[style] for style in styles])


def _add_curve(raster: Raster, place: _Place, series: Series, reached: int, style: int) -> None:
    """A curve, and in the style of the future what comes after `reached` errors of it."""
    if not len(series):
        return
    ends, past = _ends(place, series, reached)
    raster.lines(ends[~past], style=_FUTURE, layer=_FUTURE)
    raster.lines(ends[past], style=style, layer=style)


def _ends(place: _Place, series: Series, reached: int) -> tuple[Floats, np.ndarray]:
    """The lines of a curve, each x0, y0, x1, y1 in dots, and which of them are those of the way here."""
    return (_dense if place.span >= place.dots else _sparse)(place, series, reached)


def _dotted(ends: Floats) -> tuple[Floats, Floats]:
    """The x and y of every third dot along some lines; it goes on from one line to the next, however short they are."""
    if not len(ends):
        return np.empty(0), np.empty(0)
    start, delta = ends[:, :2], ends[:, 2:] - ends[:, :2]
    steps = np.maximum(np.abs(delta).max(axis=1), 1.0)
    last = np.cumsum(steps)
    dots = np.arange(0.0, last[-1] + 1, DOTTED)
    line = np.searchsorted(last, dots)
    along = (dots - last[line] + steps[line]) / steps[line]
    x, y = (start[line] + along[:, np.newaxis] * delta[line]).T
    return x, y


def _sparse(place: _Place, series: Series, reached: int) -> tuple[Floats, np.ndarray]:
    """Lines between the points of fewer errors than dot columns; a point without neighbours is a small square."""
    size = len(series)
    x = np.array([column_of(k, place.span, place.dots) for k in range(size)], dtype=np.float64)
    y = place.dot_rows(series.errors)
    there = np.isfinite(y)
    joined = there[:-1] & there[1:]
    ends = np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])[joined]
    past = np.arange(1, size)[joined] < reached
    alone = there & ~np.append(joined, False) & ~np.append(False, joined)
    # in one cell: a cursor's point must cover the whole of it
    left = x[alone] // DOTS_X * DOTS_X
    top = np.where(y[alone] % DOTS_Y == DOTS_Y - 1, y[alone] - 1, y[alone])
    squares = np.vstack([np.column_stack([left, top + down, left + 1, top + down]) for down in (0, 1)])
    return np.vstack([ends, squares]), np.append(past, np.tile(np.flatnonzero(alone) < reached, 2))


def _dense(place: _Place, series: Series, reached: int) -> tuple[Floats, np.ndarray]:
    """Of each dot column a line from its least to its greatest error, and the lines that join neighbours."""
    dots = place.dots if len(series) == place.span else max(1, place.dots * len(series) // place.span)
    columns = series.columns(min(dots, len(series)))
    x = np.arange(len(columns.least), dtype=np.float64) * (dots / len(columns.least))
    least, greatest, first, last = (place.dot_rows(errors) for errors in columns)
    within = np.column_stack([x, greatest, x, least])
    between = np.column_stack([x[:-1], last[:-1], x[1:], first[1:]])
    now = column_of(reached - 1, len(series), len(x)) if reached else -1
    ends = np.vstack([within, between])
    past = np.append(np.arange(len(x)), np.arange(1, len(x))) <= now
    there = np.isfinite(ends).all(axis=1)
    return ends[there], past[there]
