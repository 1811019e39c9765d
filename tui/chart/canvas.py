"""Rows of styled text that are written to like a grid."""

from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len


class Span(NamedTuple):
    """Text in one style, which is a name."""

    text: str
    style: str


class Canvas:
    """A grid of characters, each with a style; writing outside it is dropped."""

    def __init__(self, columns: int, rows: int, style: str) -> None:
        self.columns = columns
        self._blank = style
        self._characters = [[" "] * columns for _ in range(rows)]
        self._styles = [[style] * columns for _ in range(rows)]

    def write(self, row: int, column: int, text: str, style: str) -> None:
        """Text from a cell on, to the right."""
        if not 0 <= row < len(self._characters):
            return
        cells = _cells(text)
        start, end = max(column, 0), min(column + len(cells), self.columns)
        if start < end:
            self._characters[row][start:end] = cells[start - column : end - column]
            self._styles[row][start:end] = [style] * (end - start)

    def write_cells(self, row: int, column: int, text: str, styles: list[str]) -> None:
        """Text from a cell on, all of it inside, each character with its own style."""
        self._characters[row][column : column + len(text)] = text
        self._styles[row][column : column + len(text)] = styles

    def is_blank(self, row: int, column: int) -> bool:
        """Whether nothing has been written to a cell, or only blanks."""
        return self._characters[row][column] == " "

    def style(self, row: int, column: int) -> str:
        """The style of a cell."""
        return self._styles[row][column]

    def rows(self) -> tuple[tuple[Span, ...], ...]:
        """The grid as text, each row in as few pieces as possible."""
        return tuple(
            self._spans(characters, styles) for characters, styles in zip(self._characters, self._styles, strict=True)
        )

    @staticmethod
    def _spans(characters: list[str], styles: list[str]) -> tuple[Span, ...]:
        spans, start = [], 0
        for style, run in groupby(styles):
            end = start + sum(1 for _ in run)
            spans.append(Span("".join(characters[start:end]), style))
            start = end
        return tuple(spans)


def _cells(text: str) -> list[str]:
    """What each cell of a text holds: after a character that is two cells wide there is nothing."""
    if cell_len(text) == len(text):
        return list(text)
    return [cell for character in text for cell in (character, "")[: cell_len(character)]]
