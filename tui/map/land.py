"""E over two parameters as a drawing: colours and contour lines, the walk's path, the way down and the update.

A pure function of the landscape, of what is in sight and of the room there is.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.ask.landscape import Landscape
from engine.told import Told, untold
from tui.map.contour import lines_in_cells
from tui.map.frame import Frame, Row, Window, frame_of
from tui.map.node_map import MapDrawing
from tui.terminal.mosaic import SHADES, Area, Mosaic, Shading, ramp
from tui.terminal.raster import Raster
from tui.words.format import UNKNOWN, number

Floats = NDArray[np.float64]

AROUND = 2.0
"""How far to each side it goes at first."""
BEYOND = 1.15
"""How much farther than what has to be in sight."""
LINES = 9
"""Contour lines, where colours can be told apart beside them; else one stands where each shade ends."""
DECADES = 1.3
"""Powers of ten that E spans from which it is drawn logarithmically."""
MOST_WORK = 350_000_000
"""Nanoseconds that a drawing may take to compute; where it would be more, E is known at fewer points."""
LEAST = 12
ARROW = 0.22
"""Length of the arrow, in parts of the lower side."""
HEADS = "→↗↑↖←↙↓↘"
LEGEND = 24


class Ground(Struct, frozen=True, eq=False):
    """E at each half of a cell.

    Attributes:
        frame: the cells.
        errors: shape (2·rows, columns); not finite where it has no value.
    """

    frame: Frame
    errors: Floats

    @property
    def logarithmic(self) -> bool:
        """Whether it is drawn so: E spans many sizes, all above 0."""
        known = self.errors[np.isfinite(self.errors)]
        return bool(len(known)) and known.min() > 0 and math.log10(known.max() / known.min()) > DECADES

    @property
    def heights(self) -> Floats:
        """E as it is drawn."""
        with np.errstate(all="ignore"):
            return np.log10(self.errors) if self.logarithmic else self.errors

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest of them."""
        known = self.heights[np.isfinite(self.heights)]
        return (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)


def half_of(land: Landscape, path: Floats, frame_shape: tuple[int, int], zoom: float) -> float:
    """How far it goes to each side across: walk and update are in sight, a unit is as long up as across."""
    columns, rows = frame_shape
    here = np.array([land.across.value, land.up.value])
    points = [*path.tolist(), [_or(what.updated, what.value) for what in (land.across, land.up)]]
    away = np.abs(np.array(points) - here).max(axis=0) * BEYOND
    return max(AROUND, float(away[0]), float(away[1]) * columns / (2 * rows)) * zoom


def frame_at(land: Landscape, half: float, columns: int, rows: int) -> Frame:
    """The cells around where the walk stands, with room for a legend."""
    x, y = land.across.value, land.up.value
    frame = frame_of(Window(x - half, x + half, y - half, y + half), columns, rows - 1)
    high = half * 2 * frame.rows / frame.columns
    return frame_of(Window(x - half, x + half, y - high, y + high), columns, rows - 1)


def ground_of(land: Landscape, frame: Frame, told: Told = untold) -> Ground:
    """E everywhere in the frame: computed at as many points as there is time for, and between them as a plane."""
    points = max(LEAST * LEAST, MOST_WORK // land.work)
    every = max(1, math.ceil(math.sqrt(2 * frame.rows * frame.columns / points)))
    if every == 1:
        return Ground(frame, land.errors(frame.xs, frame.ys, told))
    xs = np.linspace(frame.xs[0], frame.xs[-1], max(2, frame.columns // every))
    ys = np.linspace(frame.ys[0], frame.ys[-1], max(2, 2 * frame.rows // every))
    known = land.errors(xs, ys, told)
    across = np.stack([np.interp(frame.xs, xs, row) for row in known])
    return Ground(frame, np.stack([np.interp(-frame.ys, -ys, column) for column in across.T], axis=1))


def bare(frame: Frame) -> Ground:
    """Before anything is computed."""
    return Ground(frame, np.full((2 * frame.rows, frame.columns), np.nan))


def draw_land(
    land: Landscape, ground: Ground, path: Floats, probe: tuple[float, float], shading: Shading, columns: int
) -> MapDrawing:
    """The drawing."""
    frame, heights, (low, high) = ground.frame, ground.heights, ground.span
    apart = high - low or 1.0
    parts = (heights - low) / apart
    parts = parts * 2 - 1 if shading == "shades" else parts  # shades alone go from blank to full
    mosaic = Mosaic(Area(parts), shading)
    lines = LINES if shading == "colours" else len(SHADES) - 1
    levels = (low + apart * (np.arange(lines) + 0.5) / lines).tolist()
    _put_lines(mosaic, lines_in_cells(heights, levels), "line")
    _put_way(mosaic, frame, path)
    here = (land.across.value, land.up.value)
    _put_arrow(mosaic, frame, here, (land.across.slope, land.up.slope))
    marks = [(tuple(path[0].tolist()), "·", "way")] if len(path) > 1 else []
    if land.across.updated is not None or land.up.updated is not None:
        updated = (_or(land.across.updated, here[0]), _or(land.up.updated, here[1]))
        marks.append((updated, "○", "arrow"))
    marks.append((here, "●", "cursor"))
    if probe != here:
        marks.append((probe, "◆", "cursor"))
    for point, sign, style in marks:
        cell = frame.cell(*point)
        if cell is not None:
            mosaic.put(*cell, sign, style)
    rows = [*frame.drawn(mosaic), _legend(ground, shading, columns)]
    return MapDrawing(tuple(rows), frame, "", probe)


def _put_lines(mosaic: Mosaic, texts: Sequence[str], style: str) -> None:
    for row, text in enumerate(texts):
        for column, sign in enumerate(text):
            if sign != " ":
                mosaic.put(row, column, sign, style)


def _put_way(mosaic: Mosaic, frame: Frame, path: Floats) -> None:
    """The walk's path as a line: twice as thick where its colour does not tell it from those of E."""
    dots = frame.dots(path[:, 0], path[:, 1])
    ends = np.array([[*one, *other] for one, other in pairwise(dots.tolist()) if _near(one) and _near(other)])
    if len(ends):
        raster = Raster(frame.rows, frame.columns)
        raster.lines(ends, thickness=1 if mosaic.shading == "colours" else 2)
        _put_lines(mosaic, [row.text for row in raster.rows()], "way")


def _near(dot: list[float]) -> bool:
    return all(abs(part) < 1e5 for part in dot)


def _put_arrow(
    mosaic: Mosaic, frame: Frame, here: tuple[float, float], slopes: tuple[float | None, float | None]
) -> None:
    """−∇E: from where the walk stands the steepest way down, always of one length."""
    across, up = (-_or(slope, 0.0) for slope in slopes)
    size = math.hypot(across, up)
    if not size or not math.isfinite(size):
        return
    length = ARROW * min(frame.columns * 2, frame.rows * 4)
    start = frame.dots(np.array([here[0]]), np.array([here[1]]))[0]
    end = start + np.array([across, -up]) / size * length
    raster = Raster(frame.rows, frame.columns)
    raster.line(*start.tolist(), *end.tolist(), thickness=2)
    _put_lines(mosaic, [row.text for row in raster.rows()], "arrow")
    head = HEADS[round(math.atan2(up, across) / (math.pi / 4)) % len(HEADS)]
    mosaic.put(int(end[1] // 4), int(end[0] // 2), head, "arrow")


def _legend(ground: Ground, shading: Shading, columns: int) -> Row:
    low, high = ground.span
    known = bool(np.isfinite(ground.errors).any())
    texts = [number(10.0**end if ground.logarithmic else end, 3) if known else UNKNOWN for end in (low, high)]
    bars = ramp(shading, LEGEND // 2)
    bar = (*bars[0], *bars[1]) if shading == "shades" else bars[1]
    scale = ", logarithmic" if ground.logarithmic else ""
    way = "⠤⠤" if shading == "colours" else "⠶⠶"
    before, after = f"E {texts[0]} ", f" {texts[1]}{scale}   {way} path  → −∇E  ○ update"
    used = len(before) + sum(len(text) for text, _ in bar)
    return ((before, "label"), *bar, (after.ljust(columns - used)[: max(0, columns - used)], "label"))


def _or(value: float | None, other: float) -> float:
    return other if value is None else value
