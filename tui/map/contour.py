"""Lines along which values on a grid are the same, by marching squares."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from tui.terminal.raster import Raster

Floats = NDArray[np.float64]
DOTS = 2
"""Dots of a value, across and down: a cell has two values above each other."""


def segments(values: Floats, level: float) -> Floats:
    """The pieces of a line, each from (x, y) to (x, y): shape (n, 4), in values across and down from the first one's.

    Beside a value that is not finite there is none.
    """
    a, b, c, d = values[:-1, :-1], values[:-1, 1:], values[1:, 1:], values[1:, :-1]
    rows, columns = np.indices(a.shape)
    above = values > level
    sides = []
    for first, second, x, y, dx, dy in (
        (a, b, 0.0, 0.0, 1.0, 0.0),
        (b, c, 1.0, 0.0, 0.0, 1.0),
        (d, c, 0.0, 1.0, 1.0, 0.0),
        (a, d, 0.0, 0.0, 0.0, 1.0),
    ):
        with np.errstate(all="ignore"):
            part = np.nan_to_num((level - first) / (second - first)).clip(0.0, 1.0)
        sides.append((columns + x + dx * part, rows + y + dy * part))
    top_left, top_right, low_right, low_left = above[:-1, :-1], above[:-1, 1:], above[1:, 1:], above[1:, :-1]
    crossed = np.stack(
        [top_left != top_right, top_right != low_right, low_left != low_right, top_left != low_left]
    ) & np.isfinite(a + b + c + d)
    count = crossed.sum(axis=0)
    found = []
    for one in range(4):
        for other in range(one + 1, 4):
            both = crossed[one] & crossed[other]
            whole = (count == 4) & ((one, other) in ((0, 1), (2, 3)))  # a saddle: either way is as good
            here = both & ((count == 2) | whole)
            ends = [sides[side][axis][here] for side in (one, other) for axis in (0, 1)]
            found.append(np.stack(ends, axis=1))
    return np.concatenate(found)


def lines_in_cells(values: Floats, levels: Iterable[float]) -> Sequence[str]:
    """The lines at some levels in dots, a row of text for each two rows of values; blank where there is none."""
    raster = Raster(len(values) // 2, values.shape[1])
    for level in levels:
        ends = segments(values, level)
        if len(ends):
            raster.lines(ends * DOTS + (DOTS - 1) / 2)
    return [row.text for row in raster.rows()]
