"""What is left out of the bytes to the terminal changes nothing on it: a terminal emulator says so."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terse import terse

COLOURS = st.sampled_from(["31", "97", "38;2;1;2;3", "38;2;200;2;3", "38;5;99", "39"])
GROUNDS = st.sampled_from(["41", "107", "48;2;9;9;9", "48;5;17", "49"])
ATTRIBUTES = st.sampled_from(["1", "3", "4", "7", "9", "22", "23", "24", "27", "29"])
STYLES = st.lists(st.one_of(COLOURS, GROUNDS, ATTRIBUTES), min_size=1, max_size=4).map(";".join)
PIECES = st.tuples(STYLES, st.text("ab ─⠿", max_size=3), st.booleans())
MOVES = st.sampled_from(["", "\x1b[2;3H", "\n", "\x1b[K"])


def shown(data):
    """Every cell of a terminal with all that is seen of it, and the style in which it would go on."""
    screen = pyte.Screen(20, 5)
    pyte.Stream(screen).feed(data)
    return [[screen.buffer[y][x] for x in range(20)] for y in range(5)], screen.cursor.attrs


@given(st.lists(st.tuples(PIECES, MOVES), max_size=12))
def test_a_terminal_shows_the_same(pieces):
    """Whatever pieces of text: Textual ends each style, others may not."""
    data = ""
    for (style, text, ended), move in pieces:
        data += f"\x1b[{style}m{text}" + ("\x1b[0m" if ended else "") + move
    assert shown(terse(data)) == shown(data)


@pytest.mark.parametrize(
    ("data", "sent"),
    [
        (
            "\x1b[38;2;1;2;3;48;2;9;9;9mx\x1b[0m\x1b[38;2;1;2;3;48;2;9;9;9my\x1b[0m",
            "\x1b[38;2;1;2;3;48;2;9;9;9mxy\x1b[0m",
        ),
        ("\x1b[1;38;2;1;2;3mx\x1b[0m\x1b[38;2;7;2;3my\x1b[0m", "\x1b[1;38;2;1;2;3mx\x1b[0;38;2;7;2;3my\x1b[0m"),
        ("\x1b[1;38;2;1;2;3mx\x1b[0m\x1b[38;2;1;2;3my\x1b[0m", "\x1b[1;38;2;1;2;3mx\x1b[22my\x1b[0m"),
        ("\x1b[1;2mx\x1b[0m\x1b[2my\x1b[0m", "\x1b[1;2mx\x1b[0;2my\x1b[0m"),
        ("\x1b[31mx\x1b[0m", "\x1b[31mx\x1b[0m"),
        ("\x1b[?2026h", "\x1b[?2026h"),
    ],
)
def test_only_what_differs_is_sent(data, sent):
    """A colour that stays is not sent again; what can't be ended alone is ended with all."""
    assert terse(data) == sent
