"""The graph of a step as the page draws it: the rows that the screen has, each different one once.

A row is a list of runs: column, style, text, each character in a cell of its own. What is wider than a cell, or several
characters in one, is a run by itself, which says so. So a picture stands where it should in any font. The lines of the
edges are drawn as such.
"""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace
from rich.cells import cell_len

from tui.graph.canvas import Run, Straight
from tui.graph.formulas.draw import draw_formulas
from tui.graph.paint import draw
from tui.graph.picture import GraphPicture
from tui.graph.pictures import picture_of, wanted_by
from tui.graph.styles import LOOKS
from tui.view.seen import View

SIZES = {"wide": (104, 44), "narrow": (46, 52)}
"""Columns, and the most rows, of a picture: for a projector or a desk, and for a phone held upright."""
AILING = "the words below the calculation say why"
OF_ONE_CELL = 1


class Table:
    """Things that are equal, each once, by their number."""

    def __init__(self) -> None:
        self.things: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number(self, key: Any, thing: Any) -> int:
        """The number of a thing that has this key."""
        if key not in self._numbers:
            self._numbers[key] = len(self.things)
            self.things.append(thing)
        return self._numbers[key]


class Drawer:
    """Draws the places of one walk in one size."""

    def __init__(self, size: str, rows: Table, looks: Table) -> None:
        self.columns, self._most = SIZES[size]
        self._rows, self._looks = rows, looks
        self.rows = 0

    def draw(self, view: View) -> list[int]:
        """The picture of a view: the number of each of its rows, and at the end that of its lines."""
        picture = picture_of(view)
        if isinstance(picture, GraphPicture):
            picture = replace(picture, ailing=AILING)
        if not self.rows:
            self.rows = min(wanted_by(picture).rows(self.columns), self._most)
        lines: list[Straight] = []
        if isinstance(picture, GraphPicture):
            rows = draw(picture, self.columns, self.rows, lines).rows
        else:
            rows = draw_formulas(picture, self.columns, self.rows, lines).rows
        numbers = [self._rows.number(tuple(row), list(self._taken_apart(row))) for row in rows]
        return [*numbers, self._rows.number(tuple(lines), [self._line(line) for line in lines])]

    def _line(self, line: Straight) -> list[int]:
        """Its ends, its look, whether it is thick, and whether it is dashed."""
        look = look_of(line.style)
        ends = line.x0, line.y0, line.x1, line.y1
        return [*ends, self._looks.number(look, look), int(line.thick), int(line.dashed)]

    def _taken_apart(self, line: list[Run]) -> Iterator[list[Any]]:
        column = 0
        for text, style in line:
            look = look_of(style)
            for part in _parts(text):
                if part.strip() or look[1]:
                    whole = [] if _is_plain(part) else [OF_ONE_CELL]
                    yield [column, self._looks.number(look, look), part, *whole]
                column += cell_len(part)


def look_of(style: str) -> tuple[str, str, int]:
    """Of a style of the graph the colour and that of the ground, by their variables, and whether it is bold."""
    ink, ground, bold = "", "", 0
    for name in style.split():
        words = LOOKS[name].replace("on $", "on:").split()
        for word in words:
            if word == "bold":
                bold = 1
            elif word.startswith("on:"):
                ground = word[3:]
            elif word.startswith("$"):
                ink = word[1:]
    return ink, ground, bold


def _is_plain(text: str) -> bool:
    return all(cell_len(character) == 1 for character in text)


def _parts(text: str) -> Iterator[str]:
    """The text in parts of characters that take a cell each, and single ones that do not, with what belongs to them."""
    if _is_plain(text):
        yield text
        return
    plain = ""
    characters = list(text)
    while characters:
        cluster = characters.pop(0)
        while characters and cell_len(characters[0]) == 0:
            cluster += characters.pop(0)
        if _is_plain(cluster):
            plain += cluster
            continue
        yield from filter(None, (plain, cluster))
        plain = ""
    if plain:
        yield plain
