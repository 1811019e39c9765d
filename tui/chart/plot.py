"""The error history as rows of text: axes, curve, recorded future, cursor.

A pure function of the errors, the place in them and the size, so that it is tested as text. The curves are drawn in
braille dots, over the grid, under the cursor's point.
"""

from typing import NamedTuple

import numpy as np

from tui.chart.axis import Axis, axis_for, iteration_ticks, on_rows
from tui.chart.canvas import Canvas, Span
from tui.chart.frame import Frame
from tui.chart.legend import draw_legend, legend
from tui.chart.series import Series, iteration_of
from tui.chart.shown import Curves, Test
from tui.chart.strokes import BANDS, Plane, draw_curves
from tui.terminal.raster import DOTS_X
from tui.words.format import UNKNOWN, fit, number

_FIRST_ITERATIONS = 11
"""The axis is at least this long, so that the first steps extend the curve and do not squeeze it."""

_MOST_TICKS = 8

_LEAST_ROWS = 4
"""Rows of a chart with a curve: two for it, one for the axis and one for the iterations below."""


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


def plot(
    history: Series,
    columns: int,
    rows: int,
    *,
    reached: int | None = None,
    iteration: int | None = None,
    logarithmic: bool = False,
    digits: int | None = 4,
    other: Series | None = None,
    curves: Curves | None = None,
    test: Test | None = None,
    tested: float | None = None,
) -> Plot:
    """The chart of `history` on so many cells.

    `reached` of the errors (all, if not given) are those of the way here; the rest is recorded future. The cursor
    stands on `iteration` (the last one reached), whose error need not be known yet. `other` is another branch's errors,
    drawn dashed; `curves` says what the two are called. Both begin with the same iteration. `test` is E of the test
    part, drawn dotted, `tested` that on `iteration`.
    """
    known, first = len(history), history.first
    reached = known if reached is None else max(0, min(reached, known))
    iteration = max(0, reached - 1 if iteration is None else iteration - first)
    canvas = Canvas(max(columns, 0), max(rows, 0), "label")
    error = float(history.errors[iteration]) if iteration < reached else None
    label = _label(first + iteration, error, digits, columns)
    if rows < _LEAST_ROWS or columns < 4:
        canvas.write(0, 0, label, "point")
        return Plot(canvas.rows(), 0, 0, 1, known, first)

    told = None if test is None else " ".join(filter(None, (_here(tested, digits), "" if test.whole else "…")))
    lines = legend(history, reached, None if other is None else curves, columns - 1, rows, digits, told)
    frame = _frame(_axis(history, other, logarithmic, test), len(lines), columns, rows)
    plane = Plane(frame, _span(history, other, iteration, frame.columns * DOTS_X))
    cursor = plane.column(iteration)
    frame.draw(canvas)
    draw_curves(canvas, plane, history, reached, other, test)
    for row in range(frame.top, frame.top + frame.rows):
        if canvas.is_blank(row, cursor) or canvas.style(row, cursor) in BANDS:
            canvas.write(row, cursor, "│", "cursor")
    frame.draw_grid(canvas)
    draw_legend(canvas, lines, 1)
    at = None if error is None else frame.row(error)
    if at is not None:
        canvas.write(frame.top + at, cursor, "●", "point")
    _draw_iterations(canvas, plane, first)
    start = max(min(cursor - len(label) // 2, columns - len(label)), min(frame.left, columns - len(label)))
    canvas.write(frame.top + frame.rows, start, label, "point")
    return Plot(canvas.rows(), frame.left, frame.columns, plane.span, known, first)


def _here(tested: float | None, digits: int | None) -> str:
    return "" if tested is None else number(tested, digits)


def _label(iteration: int, error: float | None, digits: int | None, columns: int) -> str:
    """The cursor's `k: E`, in as much room as there is."""
    at, text = f"{iteration:,}: ", UNKNOWN if error is None else number(error, digits)
    label = f" {at}{text} "
    if len(label) > columns and error is not None:
        label = at + fit(error, max(5, columns - len(at)), digits)
    return label if len(label) <= columns else label.strip()[: max(columns - 1, 0)] + "…"


def _frame(axis: Axis, top: int, columns: int, rows: int) -> Frame:
    height = rows - top - 2
    most = max(2, min(height // 2 + 1, _MOST_TICKS))
    axis = on_rows(axis, height, most)
    texts = [tick.text for tick in axis.ticks(most, _tick_width(columns))] if columns >= 16 else []
    left = max(map(len, texts), default=0) + 1
    return Frame(axis, top, left, height, columns - left, most)


def _span(history: Series, other: Series | None, iteration: int, dots: int) -> int:
    """How many iterations are drawn on so many dots: a short walk has room to go on."""
    known = max(len(history), len(other) if other else 0)
    return known if known >= dots else max(known, min(iteration + 1, dots), min(_FIRST_ITERATIONS, dots))


def _axis(history: Series, other: Series | None, logarithmic: bool, test: Test | None = None) -> Axis:
    third = None if test is None else Series(np.array(test.errors))
    extents = [series.extent for series in (history, other, third) if series is not None]
    lows, highs, positives = ([part for part in parts if part == part] for parts in zip(*extents, strict=True))
    if not lows:
        return Axis(0.0, 1.0)
    if logarithmic and positives:
        floor = "" if min(lows) > 0 else "0" if min(lows) == 0 else "≤0"
        return axis_for(min(positives), max(highs), logarithmic=True, floor=floor)
    return axis_for(min(lows), max(highs), logarithmic=False)


def _tick_width(columns: int) -> int:
    return max(5, min(10, columns // 4))


def _draw_iterations(canvas: Canvas, plane: Plane, first: int) -> None:
    """Marks on the horizontal axis, and the round iterations under them."""
    row, end = plane.frame.top + plane.frame.rows, -2
    for iteration, text in iteration_ticks(first, first + plane.span - 1, plane.frame.columns):
        column = plane.column(iteration - first)
        start = min(column - len(text) // 2, canvas.columns - len(text))
        if start < max(end + 2, 0):
            continue
        canvas.write(row, column, "┬", "axis")
        canvas.write(row + 1, start, text, "label")
        end = start + len(text) - 1
