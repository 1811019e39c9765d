"""A screen as it was at one moment: its lines in pieces, each with its look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.color import Color, ColorSystem, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME
from textual.app import App
from textual.strip import Strip

DIMMED = 0.4
"""How much of the ground a dim colour holds."""


class Look(NamedTuple):
    """What a piece looks like, in colours that are written out."""

    colour: str
    ground: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False


class Piece(NamedTuple):
    """Text of one look, and the cell where it begins."""

    row: int
    column: int
    text: str
    look: Look


@dataclass(frozen=True)
class Shot:
    """What was seen.

    Attributes:
        columns: cells across.
        lines: from top to bottom, each as wide as the screen.
    """

    columns: int
    lines: tuple[tuple[Segment, ...], ...]

    @property
    def rows(self) -> int:
        """How many lines."""
        return len(self.lines)

    @property
    def text(self) -> str:
        """Without colours; blanks at the ends of lines left out."""
        lines = ("".join(segment.text for segment in line).rstrip() for line in self.lines)
        return "\n".join(lines) + "\n"

    def pieces(self) -> Iterator[Piece]:
        """Every piece, line by line."""
        for row, line in enumerate(self.lines):
            column = 0
            for text, style, _ in line:
                yield Piece(row, column, text, look_of(style or Style.null()))
                column += cell_len(text)


def taken(app: App[Any]) -> Shot:
    """What is seen now.

    Textual's public way, `export_screenshot`, gives an SVG only, whose letters are as wide as the reader's font has
    them and which asks the internet for one.
    """
    screen = app.screen
    # what is behind a question shines through, and is asked for as Textual's own pictures do
    update = screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    strips: Sequence[Sequence[Strip]] = [list(line) for line in update.strips]  # type: ignore[union-attr]
    columns, rows = app.size
    lines = [Strip(chain.from_iterable(line)).adjust_cell_length(columns).simplify() for line in strips[:rows]]
    return Shot(columns, tuple(tuple(segment for segment in line if segment.text) for line in lines))


def look_of(style: Style) -> Look:
    """A terminal's style in colours."""
    colour = _shown(style.color, Color.default(), foreground=True)
    ground = _shown(style.bgcolor, Color.default(), foreground=False)
    if style.reverse:
        colour, ground = ground, colour
    if style.dim:
        colour = blend_rgb(colour, ground, DIMMED)
    marks = (style.bold, style.italic, style.underline, style.strike)
    return Look(colour.hex, ground.hex, *map(bool, marks))


def _shown(colour: Color | None, default: Color, *, foreground: bool) -> ColorTriplet:
    return (colour or default).get_truecolor(SVG_EXPORT_THEME, foreground=foreground)


def for_terminals(line: Sequence[Segment]) -> str:
    """A line as a terminal takes it, in 24-bit colours, plain at its end."""
    system = ColorSystem.TRUECOLOR
    return "".join((style or Style.null()).render(text, color_system=system) for text, style, _ in line)
