"""The real program in a pseudo-terminal: it opens, walks, goes back, and leaves the terminal as it was."""

import os
import re
import subprocess
import sys

import pytest

from tests.tui.terminal import gradstep
from tui.cli import main

LEAVES_ALTERNATE_SCREEN, SHOWS_CURSOR = b"\x1b[?1049l", b"\x1b[?25h"


def test_one_iteration_of_mazur():
    with gradstep("mazur", "--notation", "canonical") as terminal:
        terminal.press("i")  # a note may take the place of the calculation
        terminal.wait_for("Nothing is computed yet")
        figures = {2: "0.3775", 6: "0.298371", 9: "0.0821670", 13: "0.358916", 14: "0.149781"}
        for step in range(1, 15):
            terminal.press("right")
            terminal.wait_for(f"step {step}/14")
            terminal.wait_for(figures.get(step, "step"))
        terminal.press("left", "left")
        terminal.wait_for("step 12/14")
        terminal.press("q")
        assert terminal.ended() == 0
        assert LEAVES_ALTERNATE_SCREEN in terminal.output
        assert terminal.output.rfind(SHOWS_CURSOR) > terminal.output.rfind(b"\x1b[?25l")
        assert not re.search(rb"\x1b\[0m\x1b\[[\d;]*m", terminal.output), "a style ends where another begins"


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "xterm", "COLORTERM": ""}], ids=str)
def test_it_opens_on_plain_terminals(environment):
    with gradstep("mazur", environment=environment) as terminal:
        terminal.wait_for("Nothing is computed yet")
        terminal.press("right", "right")
        terminal.wait_for("0.3775")
        terminal.press("?")
        terminal.wait_for("escape closes")  # its last line: all of it is drawn
        terminal.press("escape")
        terminal.wait_for("0.15·0.05 + 0.2·0.1 + 0.35")  # no longer covered by the help
        terminal.press("q")
        assert terminal.ended() == 0


def test_a_byte_that_is_no_utf_8_is_a_key_that_does_nothing(tmp_path):
    """An ü as a Latin-1 terminal sends it, halves of letters, what no letter begins with."""
    with gradstep("mazur") as terminal:
        terminal.wait_for("Nothing is computed yet")
        for number, sent in enumerate((b"\xfc", b"\xe2\x82", b"\xff\xfe\x80", b"\xc3("), 1):
            os.write(terminal.fd, sent)
            terminal.press("right")
            terminal.wait_for(f"step {number}/14")
        terminal.press("s")
        terminal.wait_for("new scenario file")
        os.write(terminal.fd, str(tmp_path / "fr").encode() + b"\xfc" + "hü".encode())
        terminal.wait_for("fr�hü")
        terminal.press("enter")
        terminal.wait_for("is written")
        terminal.press("q")
        assert terminal.ended() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["fr�hü.toml"]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"TERM": "dumb"}, "this terminal can't draw (TERM is dumb)"),
        ({"PYTHONIOENCODING": "latin-1"}, "this terminal's encoding, iso8859-1, lacks the signs to draw with"),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", [["xor"], []], ids=str)
def test_a_terminal_that_can_not_draw(environment, words, name):
    with gradstep(*name, columns=200, environment=environment) as terminal:
        assert terminal.ended() == 2
        assert words in " ".join(terminal.text().split())
        assert f"gradstep {(name or ['mazur'])[0]} --plain" in " ".join(terminal.text().split())
        assert b"\x1b" not in terminal.output
    with gradstep("xor", "--plain", environment=environment) as terminal:
        terminal.press("enter", "q", "enter")
        assert terminal.ended() == 0
        assert "step 1 of" in terminal.text()


def test_it_opens_at_a_place():
    with gradstep("mazur", "--at", "3:dE/dw[w5]") as terminal:
        terminal.wait_for("iteration 3")
        terminal.wait_for("step 9/14")


def test_ctrl_c_ends_with_130():
    with gradstep("mazur") as terminal:
        terminal.wait_for("Nothing is computed yet")
        terminal.press("ctrl+c")
        assert terminal.ended() == 130
        assert LEAVES_ALTERNATE_SCREEN in terminal.output


def test_without_a_name_a_scenario_is_chosen():
    with gradstep() as terminal:
        terminal.wait_for("open with gradstep google")
        terminal.press("down")
        terminal.wait_for("62 ✓ · 5 variants")
        terminal.press("enter")
        terminal.wait_for("Nothing is computed yet")
        terminal.press("right", "o")
        terminal.wait_for("choose a scenario")
        terminal.press("escape")
        terminal.wait_for("step 1/14")
        terminal.press("q")
        assert terminal.ended() == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "gradstep list and gradstep trace mazur"),
        (["--plain"], "--plain needs a scenario"),
        (["--at", "3"], "--at needs a scenario"),
    ],
)
def test_what_needs_a_terminal_or_a_scenario_says_so(words, message, capsys):
    assert main(words) == 2
    assert message in capsys.readouterr().err


def test_without_a_terminal_it_says_what_needs_none():
    result = subprocess.run(
        [sys.executable, "-m", "tui", "mazur"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "gradstep trace" in result.stderr
    assert not result.stdout
