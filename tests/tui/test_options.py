"""Whatever is typed as an option's value: it is taken, or one message says what is wrong, and quotes it as text."""

import contextlib
import io
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.cli import main
from tui.commands.messages import MOST_SHOWN

OPTIONS = (
    ("trace", "mazur", "--from"),
    ("trace", "mazur", "--only"),
    ("trace", "mazur", "--set"),
    ("trace", "mazur", "--digits"),
    ("train", "one-neuron", "--error"),
    ("worksheet", "one-neuron", "--set"),
    ("new", "a-folder-that-is-not-there/f.toml", "--layers"),
    ("mazur", "--plain", "--at"),
    ("trace",),
    ("list",),
)
WORDS = [
    *["w5", "[h1]", "E", "dE/dw", ":", "3:", "=", "-", "0", "1", "1e400", "nan", "-inf", "2-1", "(" * 2000, "9" * 5000],
    *["\x1b[31m", "\x9b", "\n", "\t", "\u202e", "[@click=app.quit]x[/]", "٣", "²", "{0}", "%s", "x" * 9000],
]


@settings(max_examples=40)
@given(
    option=st.sampled_from(OPTIONS),
    value=st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=4).map("".join),
)
@example(("trace", "mazur", "--set"), "a\nb\x1b[31m")
@example(("trace", "mazur", "--digits"), "\x1b[31m" + "9" * 10_000)
@example(("list",), "\x1b[31m")
def test_any_text_as_an_options_value(option, value):
    told = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(told), pytest.MonkeyPatch.context() as m:
        m.setattr(sys, "stdin", io.StringIO("q\n"))
        code = main([*option, value])
    if code == 0:
        return
    assert code == 2
    messages = [line for line in told.getvalue().split("\n") if line.startswith("gradstep")]
    assert len(messages) == 1
    assert messages[0].isprintable()
    assert len(messages[0]) < MOST_SHOWN + 50
    assert told.getvalue().replace("\n", "").isprintable()


def test_what_is_wrong_is_said_beside_a_long_quotation(capsys):
    assert main(["trace", "mazur", "--digits", "9" * 5000]) == 2
    assert capsys.readouterr().err.endswith("99' is not a whole number from 1 to 17\n")
    assert main(["trace", "mazur", "--only", "9" * 5000]) == 2
    assert capsys.readouterr().err.startswith("gradstep: --only 99")
