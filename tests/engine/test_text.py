"""Text of files that reaches a screen."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.inspect import type_info

from engine.files.text import Line, Prose

prose, line = (type_info(kind).extra["clean"] for kind in (Prose, Line))


@given(st.text() | st.text(alphabet="a \n\t\x1b\r\x00\u202e\u2028é"))
def test_prose_keeps_what_can_be_seen_letter_by_letter(text):
    letters = (" " if letter == "\t" else letter for letter in text)
    assert prose(text) == "".join(letter for letter in letters if letter == "\n" or letter.isprintable()).strip()


@given(st.text())
def test_a_line_is_prose_with_single_spaces(text):
    assert line(text) == " ".join(prose(text).split())
