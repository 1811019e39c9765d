"""The plain walk: sentences, one answer to each line."""

import subprocess
import sys

import pytest

from engine.notation import CANONICAL
from engine.session import Session
from tests.networks import make, mazur
from tui.plain import walk_plainly


def said(capsys, *lines, scenario=None):
    walk_plainly(Session.open(scenario or mazur()), CANONICAL, lines)
    return capsys.readouterr().out.splitlines()


def test_a_step_is_a_sentence_and_a_line_for_each_number(capsys):
    lines = said(capsys, "", "")
    assert lines[0] == "Mazur. Layers 2-2-2, α = 0.5."
    assert "Iteration 0, step 2 of 14, forward, layer 1: x = Σ w·y + b." in lines
    assert "x[h1] = w1·y[i1] + w2·y[i2] + b1 = 0.15·0.05 + 0.2·0.1 + 0.35 = 0.3775." in lines


def test_back_and_on_again_say_the_same(capsys):
    lines = said(capsys, "", "", "b", "")
    assert lines[-3:] == lines[-9:-6]


def test_a_number_is_changed_and_the_old_walk_returned_to(capsys):
    lines = said(capsys, "", "e w1=0.25", "", "w 0", "w 1")
    assert "Now in branch 1: w1 0.15 → 0.25 at iteration 0." in lines
    changed = "x[h1] = w1·y[i1] + w2·y[i2] + b1 = 0.25·0.05 + 0.2·0.1 + 0.35 = 0.3825."
    assert lines.count(changed) == 2
    assert lines.index(changed) > lines.index("Now in branch 1: w1 0.15 → 0.25 at iteration 0.")


def test_the_total_error_is_said(capsys):
    assert "E = E[o1] + E[o2] = 0.274811 + 0.0235600 = 0.298371." in said(capsys, "g E")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("b", "This is the start."),
        ("p", "This is the first iteration."),
        ("z", "There is no command 'z'."),
        ("?", "one step back"),
        ("g x[h9]", "There is no node h9"),
        ("g", ""),
        ("d", "One step is one number."),
        ("e", "write NAME=VALUE"),
        ("e h1=2", "h1: it is computed"),
        ("e w5=0.4", "It is so already."),
        ("w 3", "There is no branch 3: there are main"),
    ],
)
def test_what_leads_nowhere_says_why(command, words, capsys):
    assert words.lower() in "\n".join(said(capsys, command)).lower()


def test_g_goes_anywhere(capsys):
    assert "Iteration 1000, step 1 of 14" in "\n".join(said(capsys, "g 1000"))
    assert "step 9 of 14, backward, layer 2: dE/dw = y·dE/dx." in "\n".join(said(capsys, "g 3:dE/dw[w5]"))


def test_q_ends_it(capsys):
    assert "step 1" not in "\n".join(said(capsys, "q", ""))


def test_a_walk_that_leaves_the_finite_numbers_says_so(capsys):
    scenario = make((2, 2, 2), "identity", "identity", learning_rate=1e6)
    text = "\n".join(said(capsys, "g 900", "", scenario=scenario))
    assert text.count("The walk ends here: ") == 2


def test_from_outside_through_a_pipe():
    result = subprocess.run(
        [sys.executable, "-m", "tui", "mazur", "--plain"], input="\n\nq\n", capture_output=True, text=True, check=True
    )
    assert "net_h1 = w1·out_i1 + w2·out_i2 + b1 = 0.15·0.05 + 0.2·0.1 + 0.35 = 0.3775." in result.stdout
    assert "\x1b" not in result.stdout
