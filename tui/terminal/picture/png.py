"""A shot as PNG, drawn from its SVG: with a font that comes with gradstep, so that it is the same on every computer.

Of the fonts for terminals DejaVu Sans Mono is one of the few that have all the signs that gradstep writes, the raised
minus and the ∇ among them. A sign that it lacks is told.

This module can be imported with the extra `picture` only.
"""

from importlib.resources import files

from fontTools.ttLib import TTFont
from resvg_py import svg_to_bytes
from rich.cells import cell_len

from tui.terminal.picture import LackingError
from tui.terminal.picture.shapes import shape
from tui.terminal.picture.shot import Shot
from tui.terminal.picture.svg import svg

ZOOM = 2
"""Dots of the picture for a unit of the SVG: a cell is 20 wide and 40 high."""
FAMILY = "DejaVu Sans Mono"
FONTS = ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")


def png(shot: Shot, title: str) -> bytes:
    """The picture.

    Raises:
        LackingError: the font lacks some of its signs, which are the error's text.
    """
    folder = files("tui.terminal.picture") / "fonts"
    paths = [str(folder / name) for name in FONTS]
    if lacking := _lacking(shot, paths):
        raise LackingError("".join(sorted(lacking)))
    return bytes(
        svg_to_bytes(
            svg_string=svg(shot, title),
            zoom=ZOOM,
            skip_system_fonts=True,
            font_files=paths,
            font_family=FAMILY,
            monospace_family=FAMILY,
        )
    )


def _lacking(shot: Shot, paths: list[str]) -> set[str]:
    signs = {sign for piece in shot.pieces() for sign in piece.text if cell_len(sign) and not sign.isspace()}
    codes = {ord(sign) for sign in signs if not shape(sign)}
    return {chr(code) for path in paths for code in codes - TTFont(path).getBestCmap().keys()}
