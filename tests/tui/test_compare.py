"""`gradstep compare`: one's own numbers beside the computed ones, from a file or from standard input."""

import io
import json
import sys

import numpy as np
import pytest

from tests.engine.comparison.numbers import arrays_of, completed
from tests.networks import mazur
from tests.tui.test_progress import AtOnce
from tui.cli import main
from tui.commands import progress

RIGHT = "x[h1] = 0.3775\nW1 = [[0.15, 0.20], [0.25, 0.30]]\n"
WRONG = RIGHT + "dE/dx[h1] = 0.0364\ndE/dw[w1] = 0.00182\n"


@pytest.fixture
def compared(tmp_path, capsys):
    def run(text, *options, scenario="mazur"):
        path = tmp_path / "numbers.txt"
        path.write_text(text)
        code = main(["compare", scenario, str(path), *options])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_right_numbers(compared):
    code, out, _ = compared(RIGHT)
    assert code == 0
    assert out.splitlines()[0] == "mazur, iteration 0: 5 numbers: 5 right"


def test_wrong_numbers(compared):
    code, out, _ = compared(WRONG)
    assert code == 1
    assert "✗ dE/dx[h1]  yours 0.0364  computed 0.00877135468948694  is wrong" in out
    assert "≈ dE/dw[w1]  yours 0.00182" in out
    assert "The first wrong number is dE/dx[h1]." in out
    assert "not given: y:1, x:2" in out


def test_every_number_has_a_line_where_asked(compared):
    _, short, _ = compared(RIGHT)
    _, long, _ = compared(RIGHT, "--detail")
    assert "w:1  4 numbers agree" in short
    assert "w[w1]" in long
    assert "w[w1]" not in short


def test_as_json(compared):
    code, out, _ = compared(WRONG, "--json")
    found = json.loads(out)
    assert code == 1
    assert (found["scenario"], found["iteration"], found["agrees"], found["first"]) == ("mazur", 0, False, "dE/dx[h1]")
    assert found["rows"][-2] == {
        "quantity": "dE/dx[h1]",
        "given": 0.0364,
        "computed": 0.00877135468948694,
        "verdict": "wrong",
        "digits": 0,
    }
    assert found["rows"][-1]["verdict"] == "follows"


def test_from_standard_input(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"E = 0.291027774")))
    assert main(["compare", "mazur", "-", "--iteration", "1"]) == 0
    assert "1 right" in capsys.readouterr().out


def test_arrays_of_a_file(tmp_path, capsys):
    session = completed(mazur())
    np.savez(tmp_path / "mine.npz", **arrays_of(session))
    assert main(["compare", "mazur", str(tmp_path / "mine.npz")]) == 0
    np.save(tmp_path / "mine.npy", arrays_of(session)["dW1"])
    assert main(["compare", "mazur", str(tmp_path / "mine.npy"), "--as", "=dE/dw:1"]) == 0
    assert "4 numbers: 4 right" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "options", "say"),
    [
        ("foo = 1", (), "none of these names means a number of this scenario: foo"),
        ("", (), "there is no number in it"),
        ("E = nan", (), "E is not a finite number"),
        ("E = 1\nE = 2", (), "E is given twice"),
        ("W1 = [[1, 2, 3]]", (), "W1 has the shape (1, 3), but w:1 is (2, 2)"),
        ("x = 1", (), "x has the shape (), but y:0 is (1, 2) (1 example in the batch)"),
        ("E = 1", ("--iteration", "-1"), "whole number from 0"),
        ("E = 1", ("--as", "x"), "--as x: write NAME=QUANTITY"),
        ("E = 1", ("--as", "x=E"), "has no x: there are E"),
        ("E = 1", ("--rtol", "0"), "not a number above 0"),
        ("E = 1\nz1 = [1, 2]", ("--as", "z1=nonsense"), "--as …=nonsense: that means nothing here"),
    ],
)
def test_mistakes_are_one_clear_message(compared, text, options, say):
    code, out, err = compared(text, *options)
    assert (code, out) == (2, "")
    assert say in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there(capsys):
    assert main(["compare", "mazur", "nowhere.txt"]) == 2
    assert "nowhere.txt: there is no such file: give the file of your numbers" in capsys.readouterr().err


def test_an_iteration_beyond_the_end(compared):
    code, _, err = compared("E = 1", "--iteration", "50", scenario="exploding")
    assert code == 2
    assert "the walk ends" in err


BATCH = """
title = "two examples"
training = { batch = "all", learning_rate = 0.1 }
[graph]
inputs = ["x"]
targets = ["t"]
nodes = ["y = w * x", "L = squared_error(y, t)"]
error = "L"
parameters = { w = 0.5 }
[[example]]
inputs = [1]
targets = [2]
[[example]]
inputs = [2]
targets = [3]
"""


@pytest.mark.parametrize(("loss", "said"), [("3.125", "✓ E  yours 3.125"), ("[2.25, 4]", "✓ y[L]  2 numbers agree")])
def test_one_number_by_the_name_of_a_graphs_error_is_that_of_the_batch(loss, said, compared, tmp_path):
    path = tmp_path / "two.toml"
    path.write_text(BATCH)
    code, out, _ = compared(f"L = {loss}\n", scenario=str(path))
    assert code == 0, out
    assert said in out


LOOKING = "looking for what was done to get the wrong numbers"


@pytest.mark.parametrize(("text", "said"), [("E = 0.298371109", False), ("E = 0.29127", True)])
def test_a_terminal_is_told_of_the_search_for_what_was_done(text, said, tmp_path, capsys, monkeypatch):
    path = tmp_path / "mine.txt"
    path.write_text(text)
    monkeypatch.setattr(progress, "Beat", AtOnce)
    monkeypatch.setattr(progress, "somebody_looks", lambda: True)
    main(["compare", "mazur", str(path)])
    told = capsys.readouterr().err
    assert (LOOKING in told) == said
    assert told == "" or told.endswith(" \r")


def test_a_program_is_told_nothing_of_it(compared):
    assert compared("E = 0.29127")[2] == ""


def test_the_search_can_be_left(tmp_path, capsys, monkeypatch):
    path = tmp_path / "mine.txt"
    path.write_text("E = 0.29127")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.comparison.search.search", interrupted)
    monkeypatch.setattr(progress, "somebody_looks", lambda: True)
    assert main(["compare", "mazur", str(path)]) == 130
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("name", "text", "say"),
    [
        ("mine.txt", "E = 1e400", "E is inf, not a finite number"),
        ("mine.json", '{"E": 1e999}', "E is inf, not a finite number"),
        ("mine.json", '{"W1": ' + "[" * 600 + "1" + "]" * 600 + "}", "it is nested too deeply"),
    ],
    ids=["text", "json", "nested"],
)
def test_numbers_beyond_all_bounds_are_mistakes(name, text, say, tmp_path, capsys):
    path = tmp_path / name
    path.write_text(text)
    code = main(["compare", "mazur", str(path)])
    error = capsys.readouterr().err
    assert (code, len(error.splitlines())) == (2, 1)
    assert say in error


def test_arithmetic_that_has_no_value_is_not_right(tmp_path, capsys):
    path = tmp_path / "mine.json"
    path.write_text('{"E / 0": 1}')
    assert main(["compare", "mazur", str(path)]) == 2
    assert "E / 0 has no finite value in this iteration" in capsys.readouterr().err
    path.write_text('{"E / 0": 1, "x[h1] - x[h2]": -0.015}')
    assert main(["compare", "mazur", str(path)]) == 0
    assert "passed over, since these names mean nothing here: E / 0" in capsys.readouterr().out
