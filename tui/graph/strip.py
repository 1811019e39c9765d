"""Under a network of which not all layers are shown in full: how large dE/dx is in each layer, as a chart of bars.

The bars are logarithmic: what vanishes or explodes grows by factors from layer to layer, and is a straight slope here.
"""

import math
from collections.abc import Sequence

from rich.cells import cell_len

from tui.graph.canvas import Canvas
from tui.graph.geometry import Column, Geometry
from tui.graph.picture import MIN_NUMBER, GraphPicture
from tui.words.names import shorten

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_BARS_ALONE = 3
"""Rows of a strip in which the bars have one row, and the layers no numbers."""
_WIDEST = 6
"""Cells of a bar beyond which it only grows heavy."""
_LEAST_DECADES = 1.0
"""The powers of ten that the bars span at least: between layers that are nearly alike there is no slope to be seen."""
_SMALLEST_BAR = 1
"""Eighths of a row of the smallest: it is there, and not 0."""


def draw_strip(picture: GraphPicture, geometry: Geometry, canvas: Canvas) -> None:
    """A title, bars, the numbers and with room the layers' numbers, each under its layer."""
    top, bars = geometry.rows - geometry.strip, geometry.strip - 2
    if geometry.strip > _BARS_ALONE:
        bars -= 1
    known = [size for size in picture.sizes if size]
    texts = _numbers(picture, geometry.layers)
    canvas.put(0, top, _title(picture, known, geometry.columns, spelled=texts is None), "more")
    levels = [0, *_levels(picture.sizes, bars * 8)]
    for number, (column, level) in enumerate(zip(geometry.layers, levels, strict=True)):
        fresh = picture.role == "dE/dx" and picture.focus.layer == number
        style = "dE/dx strong" if fresh else "dE/dx"
        width = min(column.width, _WIDEST)
        x = column.x + (column.width - width) // 2
        for row in range(bars):
            eighths = min(max(level - 8 * (bars - 1 - row), 0), 8)
            if eighths:
                canvas.put(x, top + 1 + row, _EIGHTHS[eighths] * width, style)
        if texts is not None:
            _centred(canvas, column, top + 1 + bars, texts[number], style if known else "unknown")
        if geometry.strip > _BARS_ALONE:
            _centred(canvas, column, geometry.rows - 1, str(number), "more")


def _levels(sizes: Sequence[float | None], most: int) -> list[int]:
    """The height of each bar in eighths of a row, all powers of ten alike high, from the one below the smallest on."""
    powers = [math.log10(size) for size in sizes if size and math.isfinite(size)]
    high = max(powers, default=0.0)
    low = min(math.floor(min(powers, default=0.0)), high - _LEAST_DECADES)

    def level(size: float | None) -> int:
        if not size or math.isnan(size):
            return 0
        part = 1.0 if math.isinf(size) else (math.log10(size) - low) / (high - low)
        return _SMALLEST_BAR + round(part * (most - _SMALLEST_BAR))

    return [level(size) for size in sizes]


def _numbers(picture: GraphPicture, columns: Sequence[Column]) -> list[str] | None:
    """The numbers of all layers that have one, as they stand below the bars; None where there is no room for all."""
    texts = ["", *("—" if size is None else picture.number(size, MIN_NUMBER) for size in picture.sizes)]
    middles = [column.x + column.width / 2 for column in columns]
    for i in range(len(texts) - 1):
        needed = (cell_len(texts[i]) + cell_len(texts[i + 1])) / 2 + 1
        if middles[i + 1] - middles[i] < needed:
            return None
    return texts


def _title(picture: GraphPicture, known: Sequence[float], columns: int, *, spelled: bool) -> str:
    """What the bars are; their range, where the numbers are not written below them."""
    words = f"largest |{picture.sized}| of each layer"
    if not known:
        return shorten(f"{words}: known on the way back", columns)
    if spelled:
        low, high = (picture.number(size, MIN_NUMBER) for size in (min(known), max(known)))
        words = f"{words}: {low} … {high}"
    long = f"{words}, logarithmic"
    return long if cell_len(long) <= columns else shorten(words, columns)


def _centred(canvas: Canvas, column: Column, row: int, text: str, style: str) -> None:
    canvas.put(column.x + (column.width - cell_len(text)) // 2, row, text, style)
