"""E of the test part in the error history, and the chart of accuracy."""

import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as some

from tests.tui.chart.test_heights import lines_of, ranges, scale_of, sizes, values_between
from tests.tui.chart.test_plot import cells, shows
from tui.chart.accuracy import accuracy_plot
from tui.chart.plot import plot
from tui.chart.series import Series
from tui.chart.shown import Accuracy
from tui.chart.shown import Test as Points


def test_it_is_a_dotted_line_beside_the_batches_and_their_mean():
    errors = np.repeat(0.5 * np.exp(-np.arange(30) / 8), 4) + np.tile([0.05, -0.05, 0.02, -0.02], 30)
    places = tuple(range(0, 120, 8))
    points = Points(places, tuple(0.2 + 0.35 * math.exp(-k / 20) for k in places))
    shows(
        plot(Series(errors, 0, 4), 60, 14, test=points, tested=0.2),
        """
 ⠤⠤⠤ mean of an epoch  ⠕⢕⢅ band: its batches  ⠤⠠⠄ test 0.2
   │⠢⠂                                                     │
0.5┤⠒⢎⢂⠄┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│
   │⠉⠘⠒⢇⢄⠂                                                 │
0.4┤┈⠈⠉⠈⠉⢫⠂⣀⣀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│
0.3┤┈┈┈⠈⠉⠈⠉⠧⢬⠁⠢⠠⡀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│
   │       ⠥⠥⠓⠒⣄⣀⠉⠐⠂⠢⠠⠄⠤⢀⡀⣀⢀                               │
0.2┤┈┈┈┈┈┈┈┈┈⠉⠉⠥⠥⠓⠢⠤⢄⠲⠢⠤⢄⣀┈┈⠁⠉⠈⠁⠉⠈⠁⠉⠐⠂⠒⠐⠂⠒⠐⠂⠒⠐⠂⠒⠐⠂⠒⠐⠂⠒⠐⠂⠂┈┈│
   │             ⠉⠡⠥⠈⠉⠑⠒⠢⠤⣀⣀⠲⠲⠤⠤⠤⢄⣀⡀                       │
0.1┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⠐⠓⠣⠥⣡⣡⠉⠉⠒⠒⠤⠤⠤⢄⣀⣀⣀⡀⠩⠲⠲⠲⠲⠲⠢⠤⠤⠤⠤⠤⠤⠤⠤⠤⣀⣀⣀│
  0┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⠉⠉⠉⠉⠓⠣⠥⠥⠥⢥⣡⠉⠉⠉⠉⠒⠒⠒⠒⠒⠒⠒⠢⠤⠤⠤⠤⠤⠤⠤⠤●
   │                                     ⠉⠉⠉⠉⠉⠉⠉⠑⠓⠓⠓⠓⠓⠓⠓⠓⠓⠓│
   └┬────────┬────────┬─────────┬────────┬── 119: −0.006675
    0       20       40        60       80       100
""",
    )


def test_what_lies_ahead_is_dim():
    points = Points((0, 10, 20, 30), (0.4, 0.3, 0.25, 0.2))
    drawn = plot(Series(np.full(31, 0.1)), 60, 12, reached=11, test=points, tested=0.3)
    reached, ahead = cells(drawn, "test"), cells(drawn, "future")
    assert heights(drawn, "test")
    below = {(row, column) for row, column in reached if row in heights(drawn, "test")}
    assert max(column for _, column in below) < max(column for _, column in ahead)
    assert any("test 0.3" in line for line in lines_of(drawn.rows))
    assert any("training" in line for line in lines_of(drawn.rows))


def heights(picture, style):
    """The rows in which something is drawn in a style, without the legend."""
    inside = {row for row, line in enumerate(lines_of(picture.rows)) if "│" in line or "┤" in line}
    return inside & {row for row, _ in cells(picture, style)}


@given(ranges(), sizes, some.booleans(), some.integers(0, 8))
def test_it_is_off_by_at_most_half_a_row(around, size, logarithmic, at):
    """It goes through the row of a written number where it has this number, by the one mapping that all curves use."""
    low, high = around
    assume(low > 0 or not logarithmic)
    errors = values_between(low, high, logarithmic)
    written = scale_of(lines_of(plot(Series(errors), *size, logarithmic=logarithmic, test=Points((0,), (low,))).rows))
    inside = {row: value for row, value in written.items() if low <= value <= high}
    assume(inside)
    row, value = list(inside.items())[at % len(inside)]
    points = Points((0, len(errors) - 1), (value, value))
    drawn = plot(Series(errors), *size, logarithmic=logarithmic, test=points)
    assert scale_of(lines_of(drawn.rows)) == written
    assert heights(drawn, "test") <= {row}
    hidden = plot(Series(np.full(len(errors), np.nan)), *size, test=points)
    assert heights(hidden, "test")


@given(some.lists(some.floats(0, 100), min_size=2, max_size=60), sizes)
def test_accuracy_stands_where_it_is(percents, size):
    places = tuple(range(len(percents)))
    now = len(percents) - 1
    found = Accuracy(places, tuple(percents), (), (), now, percents[-1], math.nan)
    columns, rows = max(size[0], 30), max(size[1], 8)
    drawn = accuracy_plot(found, columns, rows, first=0, known=len(percents))
    lines = lines_of(drawn.rows)
    assert {len(line) for line in lines} == {columns}
    assert len(lines) == rows
    written = scale_of(lines)
    (row,) = {row for row, _ in cells(drawn, "point")}
    above = [number for there, number in written.items() if there < row]
    below = [number for there, number in written.items() if there > row]
    assert all(percents[-1] <= number for number in above)
    assert all(percents[-1] >= number for number in below)
    (column,) = {column for _, column in cells(drawn, "point")}
    assert abs(drawn.iteration_at(column) - now) <= max(1, len(percents) / drawn.columns)


def test_accuracy_of_both_parts():
    found = Accuracy((0, 10, 20, 30), (50.0, 80.0, 90.0, 100.0), (0, 20), (40.0, 70.0), 30, 100.0, 70.0)
    shows(
        accuracy_plot(found, 50, 9, first=0, known=31),
        """
 ⠤⠤⠤ training 100.0 %  ⠄⠠ ⠄ test 70.0 %
  100┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⢀⣀⣀⣀⣀⣀⣀⣀⠤⠤⠤⠤⠤⠤⠤⠒⠒⠒●
     │        ⢀⣀⣀⠤⠤⠔⠒⠒⠒⠒⠊⠉⠉⠉⠉⠉⠉⠁                 │
     │⣀⡠⠤⠤⠒⠒⠊⠉⠁                                  │
     │⠂                                          │
     │                                           │
    0┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│
     └┬────────────────────────────┬──────────────
      0                           20
""",
    )
