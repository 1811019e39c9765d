"""What is left out of the bytes to the terminal changes nothing on it: a terminal emulator says so."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.terminal.terse import TerseUpdate

CONSOLE = Console(force_terminal=True, color_system="truecolor")
WIDTH, ROWS = 12, 3
MIDDLE = 7
"""Where one widget ends and another begins."""

COLOURS = [None, "red", "#010203", "#c80203", "default", "color(99)"]
STYLES = st.builds(
    Style,
    color=st.sampled_from(COLOURS),
    bgcolor=st.sampled_from(COLOURS),
    bold=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    reverse=st.booleans(),
    strike=st.booleans(),
)
TEXTS = st.sampled_from(["a", " ", "  ", "⠿─", "あ", "abc"])
SEGMENTS = st.tuples(TEXTS, st.one_of(st.none(), STYLES)).map(lambda piece: Segment(*piece))


def widget(width):
    """What a widget shows on a line."""
    return st.lists(SEGMENTS, max_size=6).map(lambda segments: Strip(segments).adjust_cell_length(width, Style()))


LINES = st.tuples(widget(MIDDLE), widget(WIDTH - MIDDLE))
SCREENS = st.lists(LINES, min_size=ROWS, max_size=ROWS)


def whole(lines):
    """Textual's update of the whole screen."""
    return LayoutUpdate([list(line) for line in lines], Region(0, 0, WIDTH, ROWS))


def changed(before, after):
    """Textual's update of the cells between the first and the last that differ on a line."""
    spans = []
    for row, (old, new) in enumerate(zip(before, after, strict=True)):
        pairs = zip(cells(old), cells(new), strict=True)
        differing = [column for column, (one, other) in enumerate(pairs) if one != other]
        if differing:
            spans.append((row, differing[0], differing[-1] + 1))
    chops = [{0: left, MIDDLE: right} for left, right in after]
    return ChopsUpdate(chops, spans, [[MIDDLE, WIDTH]] * ROWS) if spans else None


def cells(line):
    """Every cell of a line: the character, or which half of one it is, and its style."""
    return [
        (text, half, segment.style)
        for strip in line
        for segment in strip
        for text in segment.text
        for half in range(Segment(text).cell_length)
    ]


def seen(*sent):
    """Every cell of a terminal with all that is seen of it, and the style in which it would go on."""
    screen = pyte.Screen(WIDTH, ROWS + 1)
    pyte.Stream(screen).feed("".join(sent))
    plain = screen.cursor.attrs
    cells = [screen.buffer[y][x] for y in range(ROWS) for x in range(WIDTH)]
    return [cell if is_seen(cell) else plain._replace(data=" ", bg=cell.bg) for cell in cells], plain


def is_seen(cell):
    """Whether more than the ground is seen of it."""
    return cell.data != " " or cell.reverse or cell.underscore or cell.strikethrough


@given(SCREENS, SCREENS)
def test_a_terminal_shows_the_same(before, after):
    """The whole screen, and then what changed on it."""
    theirs = [whole(before), changed(before, after)]
    sent = [[update.render_segments(CONSOLE) for update in updates if update] for updates in (theirs, terse(theirs))]
    assert seen(*sent[1]) == seen(*sent[0])


def terse(updates):
    """The same updates in fewer bytes."""
    return [update and TerseUpdate.of(update) for update in updates]


INK, OTHER, GROUND = "#010203", "#070203", "on #090909"


@pytest.mark.parametrize(
    ("pieces", "sent"),
    [
        (
            [("x", f"{INK} {GROUND}"), ("y", f"{INK} {GROUND}")],
            "\x1b[38;2;1;2;3;48;2;9;9;9mxy\x1b[0m",
        ),
        ([("x", f"bold {INK}"), ("y", OTHER)], "\x1b[1;38;2;1;2;3mx\x1b[0;38;2;7;2;3my\x1b[0m"),
        ([("x", f"bold {INK}"), ("y", INK)], "\x1b[1;38;2;1;2;3mx\x1b[22my\x1b[0m"),
        ([("x", "bold dim"), ("y", "dim")], "\x1b[1;2mx\x1b[0;2my\x1b[0m"),
        ([("x", "red"), (" ", "blue"), ("y", "red")], "\x1b[31mx y\x1b[0m"),
        ([("x", "red"), (" ", "on blue")], "\x1b[31mx\x1b[0;44m \x1b[0m"),
        ([("x", None)], "x"),
    ],
)
def test_only_what_differs_is_sent(pieces, sent):
    """A colour that stays is not sent again; what can't be ended alone is ended with all; a blank has no colour."""
    strip = Strip([Segment(text, style and Style.parse(style)) for text, style in pieces])
    update = LayoutUpdate([[strip]], Region(0, 0, strip.cell_length, 1))
    assert TerseUpdate.of(update).render_segments(CONSOLE) == f"\x1b[1;1H{sent}"


def test_what_stands_before_the_change_is_not_sent():
    """Textual sends a widget's line from its left edge on."""
    strip = Strip([Segment("same"), Segment("new"), Segment("same")])
    update = ChopsUpdate([{0: strip}], [(0, 4, 7)], [[11]])
    assert TerseUpdate.of(update).render_segments(CONSOLE) == "\x1b[1;5Hnew"
