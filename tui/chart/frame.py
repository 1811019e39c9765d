"""The one mapping from numbers to heights, for every chart: its round numbers, its grid, its curves and its marks.

A row of cells is four dots high. The axis' low end is the middle of the lowest row, its high end the middle of the
highest one, for there stand a round number, its line of the grid and a mark. So these are off by at most half a row,
a dot of a curve by half a dot, and what is at a number's height is in the number's row.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.chart.axis import Axis, Tick
from tui.chart.canvas import Canvas
from tui.terminal.raster import DOTS_Y

Floats = NDArray[np.float64]

_DUST = 1e-9
"""Of a dot: by so little a number may miss its place."""


class Frame(NamedTuple):
    """The cells of a drawing, inside its axes, and the scale of its heights."""

    axis: Axis
    top: int
    left: int
    rows: int
    columns: int
    most: int
    """Round numbers, at most."""

    def dots_down(self, values: Floats) -> Floats:
        """Where values stand, in whole dots from the upper edge; nan where they are not finite.

        Outside the axis they are beyond the edges. Half way between two dots it is the upper one: what is not below a
        round number is not drawn below it.
        """
        down = (1.0 - self.axis.heights(values)) * ((self.rows - 1) * DOTS_Y)
        return np.ceil(down + (DOTS_Y - 1) / 2 - 0.5 - _DUST)

    def row(self, value: float) -> int | None:
        """The row of cells of a value, from the upper edge; None where it is out of sight."""
        dot = float(self.dots_down(np.array([value]))[0])
        return int(dot) // DOTS_Y if 0 <= dot < self.rows * DOTS_Y else None

    def ticks(self) -> dict[int, Tick]:
        """The round numbers by their rows: one to a row."""
        return _ticks(self)

    def draw(self, canvas: Canvas) -> None:
        """The axes without what is written below them, and the round numbers."""
        line = self.left - 1
        for row in range(self.rows):
            canvas.write(self.top + row, line, "│", "axis")
        canvas.write(self.top + self.rows, line, "└" + "─" * self.columns, "axis")
        for row, tick in self.ticks().items():
            canvas.write(self.top + row, line - len(tick.text), tick.text, "label")
            canvas.write(self.top + row, line, "┤", "axis")

    def draw_grid(self, canvas: Canvas) -> None:
        """A line at every round number, where nothing is drawn."""
        for row in self.ticks():
            for column in range(self.left, self.left + self.columns):
                if canvas.is_blank(self.top + row, column):
                    canvas.write(self.top + row, column, "┈", "grid")


@lru_cache(maxsize=32)
def _ticks(frame: Frame) -> dict[int, Tick]:
    if frame.left < 2:
        return {}
    placed = ((frame.row(tick.value), tick) for tick in reversed(frame.axis.ticks(frame.most, frame.left - 1)))
    return {row: tick for row, tick in placed if row is not None}
