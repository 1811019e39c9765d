"""Numbers in thick strokes, to be read from the back of a room: a dot of a digit is a block of cells.

A terminal has letters of one size only, and digits drawn with lines (as Textual's are) are as thin as those. A cell is
about as wide as half a row is high, so dots are counted in these.
"""

from functools import lru_cache
from typing import NamedTuple

_DOTS = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ".": (" ", " ", " ", " ", "#"),
    "−": ("   ", "   ", "###", "   ", "   "),
    "-": ("  ", "  ", "##", "  ", "  "),
    "+": ("   ", " # ", "###", " # ", "   "),
    "—": ("    ", "    ", "####", "    ", "    "),
    "e": ("   ", "###", "###", "#  ", "###"),
    "∞": ("     ", "## ##", "# # #", "## ##", "     "),
    "n": ("   ", "## ", "# #", "# #", "# #"),
    "a": ("   ", "## ", " ##", "# #", "###"),
}
_FURTHER = {
    "(": (" #", "# ", "# ", "# ", " #"),
    ")": ("# ", " #", " #", " #", "# "),
    "·": (" ", " ", "#", " ", " "),
    "=": ("   ", "###", "   ", "###", "   "),
    "/": ("  #", "  #", " # ", "#  ", "#  "),
    "^": (" # ", "# #", "   ", "   ", "   "),
    "²": ("## ", " # ", " ##", "   ", "   "),
    ",": ("  ", "  ", "  ", " #", "# "),
    "√": ("   ##", "   # ", "#  # ", " ### ", "  #  "),
    "c": ("   ", "###", "#  ", "#  ", "###"),
    "f": (" ##", "#  ", "## ", "#  ", "#  "),
    "h": ("#  ", "#  ", "###", "# #", "# #"),
    "i": ("#", " ", "#", "#", "#"),
    "l": ("# ", "# ", "# ", "# ", "##"),
    "m": ("     ", "#### ", "# # #", "# # #", "# # #"),
    "o": ("   ", "###", "# #", "# #", "###"),
    "r": ("   ", "# #", "## ", "#  ", "#  "),
    "s": ("   ", "###", "## ", " ##", "###"),
    "t": (" # ", "###", " # ", " # ", " ##"),
    "v": ("   ", "# #", "# #", "# #", " # "),
    "x": ("   ", "# #", " # ", " # ", "# #"),
    " ": (" ", " ", " ", " ", " "),
}
"""What a calculation has besides."""
GLYPHS = _DOTS | _FURTHER
DOTS_HIGH = 5
LARGEST = 6
"""Cells of a dot beyond which a digit is no clearer."""
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def dots_wide(text: str) -> int:
    """Dots that a number or a calculation takes across, one between two signs."""
    return sum(len(GLYPHS[sign][0]) for sign in text) + len(text) - 1


def number_in_dots(signs: int) -> int:
    """Dots that a number of so many signs takes across: one of them is a point, and the others are digits."""
    return dots_wide("0" * (signs - 1) + ".")


def has_thick(text: str) -> bool:
    """Whether each sign of a calculation can be thick."""
    return set(text) <= GLYPHS.keys()


class Dot(NamedTuple):
    """Cells across, and half rows."""

    wide: int
    high: int

    @property
    def rows(self) -> int:
        """Rows of a digit."""
        return -(-DOTS_HIGH * self.high // 2)


THIN = Dot(1, 1)
"""The smallest."""


def largest(text: str, columns: int, rows: int) -> Dot | None:
    """The largest dot with which a number fits into so much room, at most twice as high as wide; None if none does.

    None as well for a word such as `tiny`, which stands for a number where there is too little room.
    """
    if not set(text) <= _DOTS.keys():
        return None
    wide = min(LARGEST, columns // dots_wide(text))
    high = min(2 * wide, (2 * rows) // DOTS_HIGH)
    return Dot(min(wide, high), high) if wide and high else None


@lru_cache(maxsize=64)
def thick(text: str, dot: Dot) -> tuple[str, ...]:
    """The lines of a number with dots of this size."""
    halves = []
    for row in range(DOTS_HIGH):
        line = " ".join(GLYPHS[sign][row] for sign in text)
        halves += ["".join(mark * dot.wide for mark in line)] * dot.high
    halves += [" " * len(halves[0])] * (len(halves) % 2)
    return tuple(
        "".join(_HALVES[above == "#", below == "#"] for above, below in zip(upper, lower, strict=True))
        for upper, lower in zip(halves[::2], halves[1::2], strict=True)
    )
