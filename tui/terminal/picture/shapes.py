"""The signs that are drawn, not written: lines of boxes, blocks, braille dots, the parts of large brackets.

A cell is 10 wide and 20 high. A shape is pen and path: each path begins in the cell's upper left corner, in relative
steps, so that a picture only adds where the cell is. What is not here is a letter.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

WIDTH, HEIGHT = 10, 20

PENS = {"fill": 0.0, "light": 1.4, "heavy": 3.4, "dots": 2.8}
"""How wide each draws; `fill` fills."""

_STEPS = {"LEFT": (-5, 0), "RIGHT": (5, 0), "UP": (0, -10), "DOWN": (0, 10)}
_OF_TWO = {"HORIZONTAL": ("LEFT", "RIGHT"), "VERTICAL": ("UP", "DOWN")}
_DASHES = {"DOUBLE": 2, "TRIPLE": 3, "QUADRUPLE": 4}
_QUARTERS = ("c", "d", "a", "acd", "ad", "abc", "abd", "b", "bc", "bcd")
"""Of U+2596 and those after it: which quarters are full, in the order of reading."""
_CORNERS = {"a": (0, 0), "b": (5, 0), "c": (0, 10), "d": (5, 10)}
_BRACKETS = {
    "⎡": ((8, 1), "h-5v19"),
    "⎢": ((3, 0), "v20"),
    "⎣": ((3, 0), "v19h5"),
    "⎤": ((2, 1), "h5v19"),
    "⎥": ((7, 0), "v20"),
    "⎦": ((7, 0), "v19h-5"),
}
_SIDES = {0x2590: (5, 0, 5, 20), 0x2594: (0, 0, 10, 2.5), 0x2595: (8.75, 0, 1.25, 20)}
_SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}


class Stroke(NamedTuple):
    """A path: the pen, where in the cell it begins, and its relative steps.

    Attributes:
        strength: of its colour, where that is not full.
    """

    pen: str
    x: float
    y: float
    steps: str
    strength: float = 1.0


@lru_cache(maxsize=1024)
def shape(sign: str) -> tuple[Stroke, ...]:
    """How a sign is drawn; nothing where it is a letter."""
    if len(sign) != 1:
        return ()
    if sign in _BRACKETS:
        (x, y), steps = _BRACKETS[sign]
        return (Stroke("light", x, y, steps),)
    code = ord(sign)
    if 0x2500 <= code <= 0x257F:
        return _box(unicodedata.name(sign).removeprefix("BOX DRAWINGS ").split())
    if 0x2580 <= code <= 0x259F:
        return _block(code)
    if 0x2801 <= code <= 0x28FF:
        return _dots(code - 0x2800)
    return ()


def _rectangle(x: float, y: float, width: float, height: float, strength: float = 1.0) -> Stroke:
    return Stroke("fill", x, y, f"h{width:g}v{height:g}h{-width:g}z", strength)


def _block(code: int) -> tuple[Stroke, ...]:
    """Halves, eighths, quarters and shades."""
    if code == 0x2580:
        return (_rectangle(0, 0, 10, 10),)
    if code <= 0x2588:
        high = (code - 0x2580) * 2.5
        return (_rectangle(0, 20 - high, 10, high),)
    if code <= 0x258F:
        return (_rectangle(0, 0, (0x2590 - code) * 1.25, 20),)
    if chr(code) in _SHADES:
        return (_rectangle(0, 0, 10, 20, _SHADES[chr(code)]),)
    if code in _SIDES:
        return (_rectangle(*_SIDES[code]),)
    return tuple(_rectangle(*_CORNERS[quarter], 5, 10) for quarter in _QUARTERS[code - 0x2596])


def _dots(bits: int) -> tuple[Stroke, ...]:
    places = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
    dots = [place for bit, place in enumerate(places) if bits >> bit & 1]
    return tuple(Stroke("dots", 2.5 + 5 * column, 2.5 + 5 * row, "h.01") for column, row in dots)


def _box(words: list[str]) -> tuple[Stroke, ...]:
    """A sign of a box by its name: LIGHT DOWN AND RIGHT, VERTICAL HEAVY AND RIGHT LIGHT, LIGHT ARC UP AND LEFT."""
    if "DIAGONAL" in words or "SINGLE" in words or (words[0] == "DOUBLE"):
        return ()  # the font has them, and no screen does
    if "DASH" in words:
        return _dashed(words[0].lower(), _DASHES[words[1]], words[-1])
    arms = _arms([word for word in words if word != "ARC"])
    if "ARC" in words:
        (_, (across, _)), (_, (_, down)) = sorted((abs(_STEPS[arm][1]), _STEPS[arm]) for arm in arms)
        return (Stroke("light", 5, 10 + down, f"v{-down * 0.4:g}q0 {-down * 0.6:g} {across} {-down * 0.6:g}"),)
    return tuple(stroke for pen in ("light", "heavy") for stroke in _lines(pen, {a for a in arms if arms[a] == pen}))


def _arms(words: list[str]) -> dict[str, str]:
    """Which way a sign has lines, and how strong each is; the strength is said before its lines, or after them."""
    arms: dict[str, str] = {}
    before = words[0] in ("LIGHT", "HEAVY")
    ways: list[str] = []
    pen = ""
    for word in words:
        if word in ("LIGHT", "HEAVY"):
            pen = word.lower()
            if not before:
                arms |= dict.fromkeys(ways, pen)
                ways = []
        elif word != "AND":
            ways += _OF_TWO.get(word, (word,))
            if before:
                arms |= dict.fromkeys(ways, pen)
                ways = []
    return arms


def _lines(pen: str, ways: set[str]) -> list[Stroke]:
    """Lines of one strength: right through where two are opposite, round the corner where just two meet."""
    across, down = ways & {"LEFT", "RIGHT"}, ways & {"UP", "DOWN"}
    if len(across) == len(down) == 1:
        (x, _), (_, y) = _STEPS[across.pop()], _STEPS[down.pop()]
        return [Stroke(pen, 5, 10 + y, f"v{-y}h{x}")]
    strokes = []
    if len(across) == 2:
        strokes.append(Stroke(pen, 0, 10, "h10"))
    elif across:
        x = _STEPS[across.pop()][0]
        strokes.append(Stroke(pen, 5 + x, 10, f"h{-x * 1.14:g}"))  # a little further: into the line that it meets
    if len(down) == 2:
        strokes.append(Stroke(pen, 5, 0, "v20"))
    elif down:
        y = _STEPS[down.pop()][1]
        strokes.append(Stroke(pen, 5, 10 + y, f"v{-y * 1.07:g}"))
    return strokes


def _dashed(pen: str, count: int, way: str) -> tuple[Stroke, ...]:
    across = way == "HORIZONTAL"
    part = (WIDTH if across else HEIGHT) / count
    starts = [part * (number + 0.2) for number in range(count)]
    if across:
        return tuple(Stroke(pen, start, 10, f"h{part * 0.6:g}") for start in starts)
    return tuple(Stroke(pen, 5, start, f"v{part * 0.6:g}") for start in starts)
