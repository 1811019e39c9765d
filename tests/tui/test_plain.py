"""The plain walk: sentences, one answer to each line."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.files import load_scenario
from engine.files.problems import shown_path
from engine.program.notation import CANONICAL
from engine.walking.session import Session
from tests.networks import make, mazur
from tui.paper.plain import walk_plainly


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


def test_the_walk_is_saved(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine = load_scenario("mazur")
    lines = said(capsys, "g 3", "e w5=0.41", "s", "s my net", "", "s nowhere/net", "s ~no one/net", scenario=mine)
    assert "mazur-2.toml is written; gradstep mazur-2.toml goes on from here. It holds the start of iteration" in (
        "\n".join(lines)
    )
    assert any(line.startswith(f"{shown_path('my net.toml')} is written; gradstep 'my net.toml'") for line in lines)
    assert "There is no folder nowhere." in lines
    assert "~no one/net: there is no such user." in lines
    for name in ("mazur-2.toml", "my net.toml"):
        scenario = load_scenario(Path(name))
        assert scenario.resume.iteration == 3
        assert scenario.theta[scenario.network.parameter_names.index("w5")] == 0.41
    again = said(capsys, "e w6=9", scenario=load_scenario("mazur-2.toml"))
    assert not any("There is no" in line for line in again)


def test_a_file_that_is_there_is_replaced_by_saving_twice_in_a_row(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.toml"
    path.write_text("mine")
    question = "net.toml is there already: s net once more replaces it."
    assert said(capsys, "s net").count(question) == 1
    assert said(capsys, "s net", "", "s net").count(question) == 2  # there was another command between
    assert said(capsys, "s net", "s new", "s net").count(question) == 2
    assert path.read_text() == "mine"
    lines = said(capsys, "s net", "s net", scenario=load_scenario("mazur"))
    assert lines.count(question) == 1
    assert load_scenario(path).title == load_scenario("mazur").title
    scenario = load_scenario(path)
    path.write_text(path.read_text() + "# of another\n")
    assert "net.toml was edited since it was read: s net once more replaces it." in said(
        capsys, "s net", scenario=scenario
    )
    (tmp_path / "folder.toml").mkdir()
    assert "folder.toml is a folder: give the name of a file." in said(capsys, "s folder")


def test_from_outside_through_a_pipe():
    result = subprocess.run(
        [sys.executable, "-m", "tui", "mazur", "--plain"], input="\n\nq\n", capture_output=True, text=True, check=True
    )
    assert "net_h1 = w1·out_i1 + w2·out_i2 + b1 = 0.15·0.05 + 0.2·0.1 + 0.35 = 0.3775." in result.stdout
    assert "\x1b" not in result.stdout


def test_q_asks_before_edits_are_lost(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = "1 edit is not saved (w1 0.15 → 0.25 at iteration 0): s saves, q once more leaves without it."
    assert said(capsys, "e w1=0.25", "q", "q", "b").count(asked) == 1
    lines = said(capsys, "e w1=0.25", "q", "quit", "q", "", "q", "q", "p")
    assert lines.count(asked) == 3  # what is typed between is a command as ever, and asked again after it
    assert "There is no command 'quit'." in lines
    assert lines[-1] == asked
    lines = said(capsys, "e w1=0.25", "w 0", "q")
    assert lines[-1].endswith(": w 1 then s saves, q once more leaves without it.")
    lines = said(capsys, "g 2", "e w1=0.25", "e w2=1", "g 1", "q")
    assert lines[-1].startswith("2 edits are not saved (w1 ")
    assert lines[-1].endswith(": g 2 then s saves, q once more leaves without them.")
    lines = said(
        capsys, "g 2", "e w1=0.25", "w 0", "g 1", "q", "w 1", "g 2", "s way", "q", "p", scenario=load_scenario("mazur")
    )
    assert ": w 1 then g 2 then s saves, " in "\n".join(lines)
    assert "way.toml is written" in lines[-1]
    lines = said(capsys, "e w1=0.25", "q", "s net", "q", "p", scenario=load_scenario("mazur"))
    assert "net.toml is written" in lines[-1]
    assert said(capsys, "e w1=0.25", "t", "q", "q", "0.1")[-1] == "Predict mode is off."


def test_without_edits_q_leaves_at_once(capsys):
    assert said(capsys, "", "q", "p")[-1] == "y[i2] = 0.1. An input node passes its input on."
