"""A shot as SVG: every letter stands in its cell, whatever font a reader has, and nothing comes from elsewhere."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from html import escape

from rich.cells import cell_len, chop_cells

from tui.terminal.picture.shapes import HEIGHT, PENS, WIDTH, shape
from tui.terminal.picture.shot import Look, Piece, Shot

FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
"""The first is the one that PNG pictures are drawn with."""
FONT_SIZE = 16.6
"""With which a letter of the first is as wide as a cell."""
BASE = 15.5
"""Where letters stand, from the top of a cell."""
UNDER, THROUGH = 18, 11


def svg(shot: Shot, title: str) -> str:
    """The picture; `title` is what a reader that does not see it is told."""
    width, height = shot.columns * WIDTH, shot.rows * HEIGHT
    grounds: dict[str, list[str]] = defaultdict(list)
    paths: dict[tuple[str, str, float], list[str]] = defaultdict(list)
    texts: dict[Look, list[str]] = defaultdict(list)
    for piece in shot.pieces():
        x, y, across = piece.column * WIDTH, piece.row * HEIGHT, cell_len(piece.text) * WIDTH
        grounds[piece.look.ground].append(f"M{x} {y}h{across}v{HEIGHT}h-{across}z")
        for mark, at in ((piece.look.underline, UNDER), (piece.look.strike, THROUGH)):
            if mark:
                paths[piece.look.colour, "light", 1.0].append(f"M{x} {y + at}h{across}")
        _draw_shapes(piece, paths)
        look = piece.look._replace(ground="", underline=False, strike=False)
        texts[look] += [_text(letters, column, piece.row) for column, letters in _written(piece)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            f' role="img" font-family="{FONTS}" font-size="{FONT_SIZE}">',
            f"<title>{escape(title)}</title>",
            '<g shape-rendering="crispEdges">',
            *(f'<path fill="{ground}" d="{"".join(parts)}"/>' for ground, parts in grounds.items()),
            "</g>",
            *(_path(*of, "".join(parts)) for of, parts in paths.items()),
            *(f"<g{_attributes(look)}>\n{''.join(parts)}</g>" for look, parts in texts.items() if parts),
            "</svg>\n",
        ]
    )


def _draw_shapes(piece: Piece, paths: dict[tuple[str, str, float], list[str]]) -> None:
    for column, sign in _cells(piece):
        for pen, x, y, steps, strength in shape(sign):
            at = f"M{column * WIDTH + x:g} {piece.row * HEIGHT + y:g}"
            paths[piece.look.colour, pen, strength].append(at + steps)


def _path(colour: str, pen: str, strength: float, data: str) -> str:
    if pen == "fill":
        faint = f' fill-opacity="{strength:g}"' if strength < 1 else ""
        return f'<path fill="{colour}"{faint} shape-rendering="crispEdges" d="{data}"/>'
    cap = ' stroke-linecap="round"' if pen == "dots" else ""
    return f'<path fill="none" stroke="{colour}" stroke-width="{PENS[pen]:g}"{cap} d="{data}"/>'


def _attributes(look: Look) -> str:
    weight = ' font-weight="bold"' * look.bold
    slant = ' font-style="italic"' * look.italic
    return f' fill="{look.colour}"{weight}{slant}'


def _cells(piece: Piece) -> Iterator[tuple[int, str]]:
    """(column, sign): a letter and what is set on it count as one."""
    column = piece.column
    for part in filter(None, chop_cells(unicodedata.normalize("NFC", piece.text), 1)):
        yield column, part
        column += cell_len(part)


def _written(piece: Piece) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """(column, letters with their columns): stretches without signs that are drawn, and without a second blank."""
    stretch: list[tuple[int, str]] = []
    for column, sign in [*_cells(piece), (0, "  ")]:
        blank = sign.isspace()
        if (blank and (not stretch or stretch[-1][1] == " " or len(sign) > 1)) or shape(sign):
            while stretch and stretch[-1][1].isspace():
                stretch.pop()
            if stretch:
                yield stretch[0][0], stretch
            stretch = []
        else:
            stretch.append((column, sign))


def _text(letters: list[tuple[int, str]], column: int, row: int) -> str:
    places = " ".join(str(at * WIDTH) for at, sign in letters for _ in sign)
    words = escape("".join(sign for _, sign in letters), quote=False)
    return f'<text x="{places}" y="{row * HEIGHT + BASE:g}">{words}</text>\n'
