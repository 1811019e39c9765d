"""The curves of the error history in dots: the own one, its recorded future, another branch's, the test part's, and
mini-batches.

With mini-batches a curve goes through the means of the epochs, and E of the batches lies about it as a band of sparse
dots: told from the curve without colour, and never over it. Another branch's curve is dashed. It shares its cells with
the own one, the dots of both are seen, so none hides the other; where they are one, their colours take turns.
"""

from typing import NamedTuple

import numpy as np

from tui.chart.canvas import Canvas
from tui.chart.frame import Frame
from tui.chart.series import Floats, Series, column_of
from tui.chart.shown import Test
from tui.terminal.raster import DOTS_X, DOTS_Y, Raster

_FUTURE_BAND, _BAND, _FUTURE, _LINE, _OTHER, _TEST = range(6)
_STYLES = ("future-band", "band", "future", "line", "other", "test", "label")
"""Those of the raster; the last one, at −1, is that of empty cells."""
BANDS = frozenset(_STYLES[: _BAND + 1])
_BEHIND, _BEFORE = range(2)
"""Layers: of bands, and of curves."""

_DASHES, _DOTS = (6, 6), (2, 1)
"""Dots of a dash, and of the gap after it: of another branch, and of the test part."""
_SPARSE = 4
"""Of so many dots of a band one is drawn."""
_ROOMY = 4
"""Dots across, for each iteration, from which on a single one is a square."""


class Plane(NamedTuple):
    """Where the error history is drawn: heights by the frame, so many iterations over its columns."""

    frame: Frame
    span: int

    @property
    def dots(self) -> int:
        """Dots across."""
        return self.frame.columns * DOTS_X

    @property
    def dense(self) -> bool:
        """Whether a column of dots has an iteration or more."""
        return self.span >= self.dots

    def column(self, iteration: int) -> int:
        """The canvas' column of an iteration, counted from the first one drawn."""
        return self.frame.left + column_of(min(iteration, self.span - 1), self.span, self.dots) // DOTS_X


def draw_curves(
    canvas: Canvas, plane: Plane, history: Series, reached: int, other: Series | None, test: Test | None = None
) -> None:
    """All curves, `reached` errors of `history` being those of the way here."""
    until = reached
    frame = plane.frame
    raster = Raster(frame.rows, frame.columns)
    if history.epochs is not None:
        ends, past = _band(plane, history, reached)
        raster.lines(ends[~past], style=_FUTURE_BAND, layer=_BEHIND)
        raster.lines(ends[past], style=_BAND, layer=_BEHIND)
        reached = history.epochs.begin + history.epochs.until(reached) * history.epochs.batches
    ends, past = _ends(plane, history, reached)
    raster.lines(ends[~past], style=_FUTURE, layer=_BEFORE)
    raster.lines(ends[past], style=_LINE, layer=_BEFORE)
    if other is not None:
        if other.epochs is not None:
            ends, _ = _band(plane, other.rest, 0)
            raster.lines(ends, style=_OTHER, layer=_BEHIND)
        ends, _ = _ends(plane, other, 0)
        raster.points(*_dashed(ends), style=_OTHER, layer=_BEFORE)
    if test is not None:
        past = np.array(test.places) < max(1, until)
        raster.points(*_dashed(_test_ends(plane, test, ~past), *_DOTS), style=_FUTURE, layer=_BEFORE)
        raster.points(*_dashed(_test_ends(plane, test, past), *_DOTS), style=_TEST, layer=_BEFORE)
    for row, (text, styles) in enumerate(raster.rows()):
        canvas.write_cells(frame.top + row, frame.left, text, [_STYLES[style] for style in styles])


def _ends(plane: Plane, series: Series, reached: int) -> tuple[Floats, np.ndarray]:
    """The lines of a curve in turn, each x0, y0, x1, y1 in dots, and which of them are those of the way here."""
    return (_dense if plane.dense else _sparse)(plane, series, reached)


def _test_ends(plane: Plane, test: Test, of: np.ndarray) -> Floats:
    """Lines from each of these points to the next; a single point is a line to itself."""
    y = plane.frame.dots_down(np.array(test.errors))
    x = np.array([column_of(k, plane.span, plane.dots) for k in test.places], dtype=np.float64)
    chosen = of & np.isfinite(y)
    x, y = x[chosen], y[chosen]
    if len(x) == 1:
        x, y = np.repeat(x, 2), np.repeat(y, 2)
    return np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])


def _columns(plane: Plane, size: int) -> Floats:
    """The dot columns of so many iterations, fewer than there are columns."""
    return np.array([column_of(k, plane.span, plane.dots) for k in range(size)], dtype=np.float64)


def _sparse(plane: Plane, series: Series, reached: int) -> tuple[Floats, np.ndarray]:
    """Lines between the points of fewer errors than dot columns; a point without neighbours is a small square."""
    size = len(series)
    x, y = _columns(plane, size), plane.frame.dots_down(series.curve)
    there = np.isfinite(y)
    joined = there[:-1] & there[1:]
    ends = np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])[joined]
    past = np.arange(1, size)[joined] < reached
    alone = there & ~np.append(joined, False)[:size] & ~np.append(False, joined)[:size]
    return np.vstack([ends, _squares(x[alone], y[alone])]), np.append(past, np.tile(np.flatnonzero(alone) < reached, 2))


def _squares(x: Floats, y: Floats) -> Floats:
    """Squares of four dots, their upper lines and then their lower ones.

    Each is in one cell: a cursor's point must cover the whole of it.
    """
    left = x // DOTS_X * DOTS_X
    top = np.where(y % DOTS_Y == DOTS_Y - 1, y - 1, y)
    return np.vstack([np.column_stack([left, top + down, left + 1, top + down]) for down in (0, 1)])


def _dense(plane: Plane, series: Series, reached: int) -> tuple[Floats, np.ndarray]:
    """Of each dot column a line from its least to its greatest error, after the one that joins it to its neighbour."""
    columns = series.columns(plane.span, plane.dots)
    size = len(columns.least)
    x = np.arange(size, dtype=np.float64)
    least, greatest, first, last = (plane.frame.dots_down(errors) for errors in columns)
    within = np.column_stack([x, greatest, x, least])
    between = np.column_stack([x - 1, np.append(np.nan, last)[:size], x, first])
    ends = np.stack([between, within], axis=1).reshape(-1, 4)
    past = np.repeat(x <= _now(plane, reached), 2)
    there = np.isfinite(ends).all(axis=1)
    return ends[there], past[there]


def _now(plane: Plane, reached: int) -> int:
    """The dot column of the last error reached."""
    return column_of(reached - 1, plane.span, plane.dots) if reached else -1


def _dashed(ends: Floats, on: int = _DASHES[0], off: int = _DASHES[1]) -> tuple[Floats, Floats]:
    """The x and y of the dots of dashes along some lines; they go on from one line to the next, however short."""
    if not len(ends):
        return np.empty(0), np.empty(0)
    goes_on = np.append(False, (ends[1:, :2] == ends[:-1, 2:]).all(axis=1))
    ends = ends[~(goes_on & (ends[:, :2] == ends[:, 2:]).all(axis=1))]  # a dot that is drawn already
    start, delta = ends[:, :2], ends[:, 2:] - ends[:, :2]
    steps = np.maximum(np.abs(delta).max(axis=1), 1.0)
    last = np.cumsum(steps)
    dots = np.arange(0.0, last[-1] + 1)
    dots = dots[dots % (on + off) < on]
    line = np.searchsorted(last, dots)
    along = (dots - last[line] + steps[line]) / steps[line]
    x, y = (start[line] + along[:, np.newaxis] * delta[line]).T
    return x, y


def _band(plane: Plane, series: Series, reached: int) -> tuple[Floats, np.ndarray]:
    """Single iterations, as lines: squares where there is room, else dots; and which are those of the way here.

    Where columns have more than one, the least and the greatest of their epochs, and few dots between them.
    """
    if not plane.dense:
        x, y = _columns(plane, len(series)), plane.frame.dots_down(series.errors)
        there = np.isfinite(y)
        x, y, past = x[there], y[there], np.flatnonzero(there) < reached
        roomy = plane.dots >= _ROOMY * plane.span
        return (_squares(x, y), np.tile(past, 2)) if roomy else (np.column_stack([x, y, x, y]), past)
    least, greatest = series.band(plane.span, plane.dots)
    top, bottom = (plane.frame.dots_down(errors)[:, np.newaxis] for errors in (greatest, least))
    x, y = np.meshgrid(np.arange(len(top)), np.arange(plane.frame.rows * DOTS_Y), indexing="ij")
    inside = (y > top) & (y < bottom) & ((y + x % 2 * (_SPARSE // 2)) % _SPARSE == 0)
    seen = inside | (y == top) | (y == bottom)
    return np.column_stack([x[seen], y[seen], x[seen], y[seen]]), x[seen] <= _now(plane, reached)
