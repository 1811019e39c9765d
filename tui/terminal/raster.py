"""Lines in braille dots: a canvas of terminal cells, each 2 dots wide and 4 high.

Graph and chart both draw with it. Lines are only noted when they are added and drawn all together, by array operations:
a network of thousands of edges costs a few milliseconds, where a loop over dots would cost hundreds.

A cell has one colour, so lines that share a cell must agree on it. Each line has a `layer`: in every cell only the dots
of the topmost layer that touches it remain, so a line that matters is never mixed with the haze behind it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

DOTS_X, DOTS_Y = 2, 4
"""Dots of a cell, across and down."""

EMPTY = -1
"""The style of a cell without a dot."""

_BRAILLE, _SPACE = 0x2800, 0x20
# Braille numbers its dots down the left column, then down the right, and the fourth row last.
_BITS = np.array([[0, 3], [1, 4], [2, 5], [6, 7]])


class Pattern(NamedTuple):
    """Which dots of a line are set: `on` of them, then `off` left out, and again."""

    on: int
    off: int


SOLID = Pattern(1, 0)
DASHED = Pattern(4, 3)


class Row(NamedTuple):
    """One row of cells: its text, and the style of each cell (`EMPTY` where the text has a space)."""

    text: str
    styles: list[int]


class _Lines(NamedTuple):
    ends: NDArray[np.int64]  # (n, 4): x0, y0, x1, y1
    style: int
    layer: int
    thickness: int
    pattern: Pattern


class Raster:
    """A canvas of `rows` by `columns` cells; coordinates are in dots, (0, 0) being the top left one.

    Dots outside the canvas are dropped, so a line may start or end outside it. Styles are numbers from 0 that mean
    something to the caller only.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self.size = (rows, columns)
        self._lines: list[_Lines] = []

    def line(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        *,
        style: int = 0,
        layer: int = 0,
        thickness: int = 1,
        pattern: Pattern = SOLID,
    ) -> None:
        """A straight line, both ends included. Its pattern starts at (x0, y0)."""
        self.lines([(x0, y0, x1, y1)], style=style, layer=layer, thickness=thickness, pattern=pattern)

    def lines(
        self, ends: ArrayLike, *, style: int = 0, layer: int = 0, thickness: int = 1, pattern: Pattern = SOLID
    ) -> None:
        """Many lines of one kind: `ends` has shape (n, 4), each row x0, y0, x1, y1."""
        array = np.rint(np.asarray(ends, dtype=np.float64).reshape(-1, 4)).astype(np.int64)
        self._lines.append(_Lines(array, style, layer, thickness, pattern))

    def points(self, xs: ArrayLike, ys: ArrayLike, *, style: int = 0, layer: int = 0) -> None:
        """Single dots."""
        points = np.column_stack([np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)])
        self.lines(np.hstack([points, points]), style=style, layer=layer)

    def rows(self) -> list[Row]:
        """The picture, row by row."""
        rows, columns = self.size
        # Of the lines of a layer that share a cell the one with the highest style has it: any fixed rule does.
        groups = sorted(self._lines, key=lambda lines: (lines.layer, lines.style))
        dots = [self._cells(lines) for lines in groups]
        top = np.full(rows * columns, EMPTY)
        for lines, (cell, _) in zip(groups, dots, strict=True):
            top[cell] = lines.layer
        grid = np.zeros((rows * columns, 8), dtype=np.bool_)
        styles = np.full(rows * columns, EMPTY)
        for lines, (cell, bit) in zip(groups, dots, strict=True):
            kept = top[cell] == lines.layer
            grid[cell[kept], bit[kept]] = True
            styles[cell[kept]] = lines.style
        codes = np.packbits(grid, axis=1, bitorder="little").reshape(rows, columns).astype("<u4")
        codes += np.where(codes > 0, np.uint32(_BRAILLE), np.uint32(_SPACE))
        ids = styles.reshape(rows, columns).tolist()
        return [Row(row.tobytes().decode("utf-32-le"), own) for row, own in zip(codes, ids, strict=True)]

    def _cells(self, lines: _Lines) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The cell of every dot on the canvas of some lines, and which of its dots it is."""
        rows, columns = self.size
        x, y = _dots(lines.ends, lines.pattern, lines.thickness)
        inside = (x >= 0) & (x < columns * DOTS_X) & (y >= 0) & (y < rows * DOTS_Y)
        x, y = x[inside], y[inside]
        return y // DOTS_Y * columns + x // DOTS_X, _BITS[y % DOTS_Y, x % DOTS_X]


def _dots(ends: NDArray[np.int64], pattern: Pattern, thickness: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The x and y of every dot of some lines of one kind."""
    start, delta = ends[:, :2], ends[:, 2:] - ends[:, :2]
    steps = np.maximum(np.abs(delta).max(axis=1, initial=0), 1)
    on, period = pattern.on, pattern.on + pattern.off
    # Only dots that the pattern shows are made: `nth` counts those of a line, `along` is where they stand on it.
    whole, rest = np.divmod(steps + 1, period)
    counts = whole * on + np.minimum(rest, on)
    nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    along = nth if not pattern.off else nth * period if on == 1 else nth // on * period + nth % on
    # Halves are rounded up, not to even: that keeps the stairs of a slanted line regular.
    slope = delta / steps[:, None]
    x, y = (
        np.floor(np.repeat(start[:, axis] + 0.5, counts) + along * np.repeat(slope[:, axis], counts)).astype(np.intp)
        for axis in (0, 1)
    )
    if thickness > 1:
        steep = np.repeat(np.abs(delta[:, 1]) > np.abs(delta[:, 0]), counts)
        x, y = np.concatenate([x, x + steep]), np.concatenate([y, y + ~steep])
    return x, y
