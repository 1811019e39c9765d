"""The accuracy along a walk as rows of text: of the training examples a line, of the test part a dotted one."""

import math

import numpy as np

from tui.chart.canvas import Canvas, Span
from tui.chart.curve import Line, Mark, curve_rows, window_on
from tui.chart.legend import accuracy_legend, draw_legend
from tui.chart.plot import Plot
from tui.chart.shown import Accuracy

_LABELS = 5
"""Cells for the round numbers at the left."""


def accuracy_plot(found: Accuracy, columns: int, rows: int, *, first: int, known: int) -> Plot:
    """The chart on so many cells, as long as the history of so many known iterations is.

    Args:
        found: the accuracy.
        columns: cells across.
        rows: cells down.
        first: the first iteration that there is.
        known: how many are.
    """
    tested = bool(found.test) or not found.test_whole
    lines = accuracy_legend(found, columns - 1, rows, tested=tested)
    span = max(2, known)
    curves = [Line(np.array(found.iterations, dtype=np.float64), np.array(found.training), "line")]
    if tested:
        xs = np.array(found.test_iterations, dtype=np.float64)
        curves.append(Line(xs, np.array(found.test), "test", dotted=True))
    marks = [] if math.isnan(found.now) else [Mark(float(found.at), found.now, "●", "point")]
    values = np.array([*found.training, *found.test, found.now, found.test_now, 100.0])
    window = window_on(float(first), float(first + span - 1), [values])
    drawn = curve_rows(curves, marks, window, columns, rows - len(lines), cursor=float(found.at), labels=_LABELS)
    above = Canvas(max(columns, 0), len(lines), "label")
    draw_legend(above, lines, 1)
    every: tuple[tuple[Span, ...], ...] = (*above.rows(), *drawn)
    return Plot(every, _LABELS + 1, max(1, columns - _LABELS - 1), span, known, first)
