"""Rows of styled text that are written to like a grid."""

from itertools import groupby
from typing import NamedTuple


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
        start, end = max(column, 0), min(column + len(text), self.columns)
        if start < end:
            self._characters[row][start:end] = text[start - column : end - column]
            self._styles[row][start:end] = [style] * (end - start)

    def write_cells(self, row: int, column: int, text: str, styles: list[str]) -> None:
        """Text from a cell on, all of it inside, each character with its own style."""
        self._characters[row][column : column + len(text)] = text
        self._styles[row][column : column + len(text)] = styles

    def is_blank(self, row: int, column: int) -> bool:
        """Whether nothing has been written to a cell, or only blanks."""
        return self._characters[row][column] == " "

    def rows(self) -> tuple[tuple[Span, ...], ...]:
        """The grid as text, each row in as few pieces as possible."""
        return tuple(
            self._spans(characters, styles) for characters, styles in zip(self._characters, self._styles, strict=True)
        )

    @staticmethod
    def _spans(characters: list[str], styles: list[str]) -> tuple[Span, ...]:
        text, spans, start = "".join(characters), [], 0
        for style, run in groupby(styles):
            end = start + sum(1 for _ in run)
            spans.append(Span(text[start:end], style))
            start = end
        return tuple(spans)
