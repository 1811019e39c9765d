"""However the program ends, it leaves the terminal as a shell wants it: the real program in a pseudo-terminal."""

import os
import signal

import pytest

from tests.tui.terminal import gradstep


@pytest.mark.parametrize(
    ("ending", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
    ids=["SIGTERM", "SIGHUP", "SIGINT"],
)
def test_a_signal_ends_it_cleanly(ending, code):
    with gradstep("mazur") as terminal:
        terminal.wait_for("Nothing is computed yet")
        assert not terminal.is_cooked()
        os.kill(terminal.pid, ending)
        assert terminal.ended() == code
        assert terminal.is_left()


def test_a_terminal_that_is_gone_ends_it():
    with gradstep("mazur") as terminal:
        terminal.wait_for("Nothing is computed yet")
        terminal.press("r", "9", "9", "9", "9", "9", "9", "9", "enter")  # in the middle of drawing
        terminal.wait_for("iterations")
        assert terminal.hang_up() == 129


def test_ctrl_z_and_back():
    with gradstep("mazur") as terminal:
        terminal.wait_for("Nothing is computed yet")
        terminal.press("g")
        terminal.wait_for("Go to which")
        terminal.press("ctrl+z")  # over a question, too
        terminal.stopped()
        assert terminal.is_left()
        terminal.screen.reset()  # the shell wrote over it
        terminal.go_on()
        terminal.wait_for("Go to which")
        terminal.wait_for("Nothing is computed yet")
        terminal.press("5", "enter")
        terminal.wait_for("iteration 5")
        assert not terminal.is_left()
        terminal.press("q")
        assert terminal.ended() == 0
        assert terminal.is_left()


def test_an_edit_is_not_lost_by_one_key(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with gradstep("mazur") as terminal:
        terminal.wait_for("Nothing is computed yet")
        terminal.press("right", "/")
        terminal.wait_for("Find a node")
        terminal.press("w", "5", "enter")
        terminal.wait_for("selected: enter")
        terminal.press("e")
        terminal.wait_for("A branch starts here")
        terminal.press("0", ".", "7", "enter")
        terminal.wait_for("branch 1")
        terminal.press("ctrl+c")
        terminal.wait_for("1 edit is not saved")
        terminal.press("s")
        terminal.wait_for("mazur-2.toml")
        terminal.press("enter")
        assert terminal.ended() == 130
        assert terminal.is_left()
        assert b"mazur-2.toml is written; gradstep mazur-2.toml goes on from here." in terminal.output
    with gradstep("mazur-2.toml") as terminal:
        terminal.wait_for("Nothing is computed yet")
        terminal.wait_for("+0.7")
        terminal.press("ctrl+c")
        assert terminal.ended() == 130
        assert terminal.is_left()
