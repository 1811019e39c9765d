"""Fewer bytes to the terminal: of a style only what differs from the one before, of a line only what changed.

Textual sends for every piece of text its whole style, two colours of 19 bytes each, and an end; and a changed line of
a widget from the widget's left edge on. Over a slow line a step waits mostly for these; in most pieces one colour is
another than in the piece before, and in a few the ground.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

ENDS = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29"}
"""What ends an attribute: bold and dim have one end."""

SEEN_WHEN_BLANK = {"4", "7", "9", "21", "51", "52", "53"}
"""Attributes that are seen, and the colour with them, where there is no letter."""


class Look(NamedTuple):
    """What a terminal's style is: attributes, and the parameters of both colours."""

    attributes: frozenset[str] = frozenset()
    colour: str = "39"
    ground: str = "49"


PLAIN = Look()


class Piece(NamedTuple):
    """What stands on a line of the screen, from a column on."""

    row: int
    column: int
    segments: Iterable[Segment]


class TerseUpdate(CompositorUpdate):
    """Puts pieces on the terminal; the style is a plain one before it and after it."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = pieces

    @classmethod
    def of(cls, update: ChopsUpdate | LayoutUpdate) -> "TerseUpdate":
        """The same as one of Textual's."""
        return cls(_changed(update) if isinstance(update, ChopsUpdate) else _whole(update))

    def render_segments(self, console: Console) -> str:
        """What is sent to the terminal."""
        colours = console._color_system or ColorSystem.TRUECOLOR
        out: list[str] = []
        sent = ""
        for row, column, segments in self._pieces:
            out.append(f"\x1b[{row + 1};{column + 1}H")
            for text, style, _ in segments:
                wanted = "" if style is None else style._ansi or Strip.render_ansi(style, colours)
                if wanted != sent and not (text.isspace() and _same_when_blank(sent, wanted)):
                    out.append(_change(sent, wanted))
                    sent = wanted
                out.append(text)
        if sent:
            out.append(_change(sent, ""))
        return "".join(out)


def _whole(update: LayoutUpdate) -> Iterator[Piece]:
    """Every line."""
    x, y, _, _ = update.region
    for row, strips in enumerate(update.strips, y):
        yield Piece(row, x, chain.from_iterable(strips))


def _changed(update: ChopsUpdate) -> Iterator[Piece]:
    """Of each widget on a line the segments that a changed span touches."""
    for row, start, stop in update.spans:
        for end, (column, strip) in zip(update.chop_ends[row], update.chops[row].items(), strict=True):
            if strip is None or column >= stop or end <= start:
                continue
            if start <= column and end <= stop:
                yield Piece(row, column, strip)
            else:
                yield touched(row, column, strip, start, stop)


def touched(row: int, column: int, segments: Iterable[Segment], start: int, stop: int) -> Piece:
    """The segments, the first of which stands at `column`, without those that end before `start` or begin at `stop`."""
    first, kept = column, []
    for segment in segments:
        text = segment.text
        end = column + (len(text) if text.isascii() else cell_len(text))  # a segment's own way takes twice as long
        if end <= start:
            first = end
        elif column < stop:
            kept.append(segment)
        column = end
    return Piece(row, first, kept)


@lru_cache(maxsize=4096)
def _look(parameters: str) -> Look:
    """The style that these parameters of a terminal's "select graphic rendition" give (ECMA-48 8.3.117)."""
    look = PLAIN
    codes = iter(parameters.split(";"))
    for code in codes:
        if code in ("", "0"):
            look = PLAIN
        elif code in ("38", "48"):
            kind = next(codes, "5")
            colour = ";".join([code, kind, *(next(codes, "0") for _ in range(3 if kind == "2" else 1))])
            look = look._replace(colour=colour) if code == "38" else look._replace(ground=colour)
        elif code[0] in "39" and len(code) == 2:
            look = look._replace(colour=code)
        elif code[0] in "41" and len(code) > 1:
            look = look._replace(ground=code)
        else:
            look = look._replace(attributes=look.attributes | {code})
    return look


@lru_cache(maxsize=4096)
def _same_when_blank(before: str, after: str) -> bool:
    """Whether blanks look the same in both styles."""
    old, new = _look(before), _look(after)
    seen = old.attributes & SEEN_WHEN_BLANK
    return old.ground == new.ground and seen == new.attributes & SEEN_WHEN_BLANK and (not seen or old == new)


@lru_cache(maxsize=4096)
def _change(before: str, after: str) -> str:
    """The shortest that leads from the style with some parameters to that with others."""
    old, new = _look(before), _look(after)
    if old == new:
        return ""
    lost = old.attributes - new.attributes
    ends = {ENDS.get(attribute, "0") for attribute in lost}
    kept = {attribute for attribute in old.attributes if ENDS.get(attribute) not in ends}
    codes = [*sorted(ends), *sorted(new.attributes - kept)]
    codes += [new.colour] * (new.colour != old.colour) + [new.ground] * (new.ground != old.ground)
    afresh = ["0", *sorted(new.attributes), *(code for code in (new.colour, new.ground) if code not in PLAIN)]
    if "0" in ends or len(";".join(afresh)) < len(";".join(codes)):
        codes = afresh
    return f"\x1b[{';'.join(codes)}m"
