"""A plane of two numbers in cells: which numbers a cell stands for, and what is written beside and below."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.chart.axis import Axis
from tui.chart.canvas import Canvas
from tui.terminal.mosaic import Mosaic

Floats = NDArray[np.float64]
Row = tuple[tuple[str, str], ...]
"""Texts, and the names of their styles."""
Cells = NDArray[np.intp]

WIDEST = 7
"""Cells of a number at the left, at most."""
APART = 11
"""Cells across, and rows down, for one number of an axis."""
ROWS_APART = 4


class Window(NamedTuple):
    """What of the plane is in sight."""

    left: float
    right: float
    bottom: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is in sight."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top


class Frame(NamedTuple):
    """The cells of a plane.

    Attributes:
        window: what they show.
        margin: cells at the left for numbers and a line.
        columns: of the plane itself.
        rows: likewise; below them is one of numbers.
    """

    window: Window
    margin: int
    columns: int
    rows: int

    @property
    def xs(self) -> Floats:
        """The number across in the middle of each cell."""
        left, right = self.window[:2]
        return left + (np.arange(self.columns) + 0.5) / self.columns * (right - left)

    @property
    def ys(self) -> Floats:
        """The number up in the middle of each half of a cell, the highest first."""
        bottom, top = self.window[2:]
        return top - (np.arange(2 * self.rows) + 0.5) / (2 * self.rows) * (top - bottom)

    def dots(self, xs: Floats, ys: Floats) -> Floats:
        """Points in dots from the left and from above, two by four to a cell: shape (n, 2)."""
        left, right, bottom, top = self.window
        across = (xs - left) / (right - left) * self.columns * 2 - 0.5
        return np.stack([across, (top - ys) / (top - bottom) * self.rows * 4 - 0.5], axis=1)

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """The row and the column of a point; None out of sight."""
        row, column = self.cells(np.array([[x, y]]))[0].tolist()
        return (row, column) if self.window.holds(x, y) else None

    def cells(self, points: Floats) -> Cells:
        """The rows and columns of points of shape (n, 2), likewise; those out of sight are outside."""
        left, right, bottom, top = self.window
        with np.errstate(all="ignore"):
            across = (points[:, 0] - left) / (right - left) * self.columns
            down = (top - points[:, 1]) / (top - bottom) * self.rows
        found = np.nan_to_num(np.floor(np.stack([down, across], axis=1)), nan=-1.0).clip(-1e6, 1e6)
        most = np.array([self.rows, self.columns])
        return np.where(found == most, most - 1, found).astype(np.intp)  # on the very edge

    def point(self, column: int, row: int) -> tuple[float, float] | None:
        """What stands in the middle of a cell, counted with the margin; None beside the plane."""
        column -= self.margin
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return None
        return float(self.xs[column]), float(self.ys[2 * row : 2 * row + 2].mean())

    def drawn(self, mosaic: Mosaic) -> list[Row]:
        """The plane with its numbers: its rows and one below."""
        beside, below = _numbers(self)
        return [*(((text, "axis"), *line) for text, line in zip(beside, mosaic.lines(), strict=True)), below]


@lru_cache(maxsize=16)
def _numbers(frame: Frame) -> tuple[list[str], Row]:
    """What stands beside each row, and below them."""
    left, right, bottom, top = frame.window
    beside = ["│".rjust(frame.margin)] * frame.rows
    for tick in Axis(bottom, top).ticks(max(2, frame.rows // ROWS_APART), WIDEST - 1):
        cell = frame.cell(left, tick.value)
        if cell is not None:
            beside[cell[0]] = f"{tick.text.rjust(frame.margin - 1)}┤"
    canvas, end = Canvas(frame.margin + frame.columns, 1, "label"), -1
    for tick in Axis(left, right).ticks(max(2, frame.columns // APART), WIDEST):
        cell = frame.cell(tick.value, bottom)
        if cell is None:
            continue
        start = min(max(0, frame.margin + cell[1] - len(tick.text) // 2), canvas.columns - len(tick.text))
        if start > end:
            canvas.write(0, start, tick.text, "label")
            end = start + len(tick.text)
    return beside, canvas.rows()[0]


@lru_cache(maxsize=16)
def frame_of(window: Window, columns: int, rows: int) -> Frame:
    """The frame that fills so many cells, with one row for numbers; at least one cell of plane."""
    texts = [tick.text for tick in Axis(window.bottom, window.top).ticks(max(2, (rows - 1) // ROWS_APART), WIDEST - 1)]
    margin = 1 + max(map(len, texts), default=0)
    return Frame(window, margin, max(1, columns - margin), max(1, rows - 1))
