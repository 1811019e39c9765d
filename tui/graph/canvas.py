"""A grid of cells with a style each, and how it becomes runs of equal style."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

Run = tuple[str, str]
"""A text and the name of its style."""
Cell = tuple[int, int, str, str]
"""A row and a column, and what stands there: a character and the name of its style."""

BLANK = "blank"


class Straight(NamedTuple):
    """A line where it is not to be made of dots: its ends in dots, its style, and how it is drawn."""

    x0: int
    y0: int
    x1: int
    y1: int
    style: str
    thick: bool
    dashed: bool


class Canvas:
    """So many rows of so many cells. What is put outside is dropped.

    Args:
        columns: cells across.
        rows: cells down.
        lines: takes the lines, where whoever draws has better ones than of dots; else they are put into the cells.
    """

    def __init__(self, columns: int, rows: int, lines: list[Straight] | None = None) -> None:
        self.columns, self.lines = columns, lines
        self._texts = [[" "] * columns for _ in range(rows)]
        self._styles = [[BLANK] * columns for _ in range(rows)]

    def put(self, column: int, row: int, text: str, style: str) -> None:
        """A text from a cell on, over what is there."""
        if not 0 <= row < len(self._texts):
            return
        cells = _cells(text)
        cut = cells[max(0, -column) : max(0, self.columns - column)]
        start = max(0, column)
        self._texts[row][start : start + len(cut)] = cut
        self._styles[row][start : start + len(cut)] = [style] * len(cut)

    def put_under(self, cells: Iterable[Cell]) -> None:
        """Cells that show only where nothing else is."""
        for row, column, character, style in cells:
            if self._styles[row][column] == BLANK:
                self._texts[row][column], self._styles[row][column] = character, style

    def text(self, row: int) -> str:
        """A row without its styles."""
        return "".join(self._texts[row])

    def runs(self, row: int) -> list[Run]:
        """A row as runs, whole width.

        Blank cells join the run before them: on a slow line every change of style costs more than the blanks do.
        """
        texts, styles = self._texts[row], self._styles[row]
        runs: list[Run] = []
        start, current = 0, BLANK
        for column, style in enumerate(styles):
            if style == current or (style == BLANK and texts[column] == " " and not _has_ground(current)):
                continue
            if column:
                runs.append(("".join(texts[start:column]), current))
            start, current = column, style
        if self.columns:
            runs.append(("".join(texts[start:]), current))
        return runs


@lru_cache(maxsize=256)
def _has_ground(style: str) -> bool:
    """Whether even a blank cell of this style is seen."""
    return "shade" in style or "selected" in style or "on-" in style


@lru_cache(maxsize=2048)
def _cells(text: str) -> tuple[str, ...]:
    """The text cell by cell: a wide character owns the cell after it, which then has no text of its own."""
    if text.isascii():
        return tuple(text)
    cells: list[str] = []
    for character in text:
        width = cell_len(character)
        if width == 0 and cells:
            cells[-1] += character
        else:
            cells += [character, *[""] * (width - 1)]
    return tuple(cells)
