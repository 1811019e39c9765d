"""`gradstep check` from outside: exit codes, JSON, and that a changed digit is found and named."""

import json
import os
import re
import select
import signal

import pytest

from engine.files import shipped_path
from tests.patience import PATIENCE
from tests.tui.test_train import on_a_terminal
from tui.cli import main

LARGE = """\
title = "Large"
[network]
inputs = ["i1"]
loss = "half_squared_error"
[[network.layer]]
units = 400
activation = "tanh"
weights = {{ init = "normal", seed = 1 }}
[[network.layer]]
units = {units}
activation = "tanh"
weights = {{ init = "xavier_uniform", seed = 1 }}
[training]
batch = 30
"""
EXAMPLE = """
[[example]]
inputs = [1]
targets = [{targets}]
"""
FAR = """
[[published]]
quantity = "E"
value = "0.1"
iteration = 10_000_000
"""


def large(units):
    """One whose derivatives take so long that nobody is too late to interrupt it, where they are many."""
    return LARGE.format(units=units) + EXAMPLE.format(targets=", ".join(["0"] * units)) * 30


def checked(capsys, *words):
    code = main(["check", *words])
    output = capsys.readouterr()
    return code, output.out + output.err


def test_every_shipped_scenario_is_as_declared(capsys):
    code, text = checked(capsys)
    assert code == 0
    assert int(re.search(r"(\d+) figures in", text)[1]) >= 1
    assert "✗" not in text


def test_json_has_one_object_for_each_figure_and_one_for_each_gradient_check(capsys):
    code, text = checked(capsys, "mazur", "--json")
    entries = json.loads(text)
    assert code == 0
    figure = next(entry for entry in entries if entry.get("quantity") == "y[h1]")
    fields = {"kind", "scenario", "quantity", "iteration", "printed", "computed", "verdict", "ok", "note"}
    assert set(figure) == fields | {"weak", "agreement", "variant", "under_variant"}
    assert (figure["printed"], figure["verdict"], figure["ok"]) == ("0.593269992", "match", True)
    gradient = entries[-1]
    assert (gradient["kind"], gradient["scenario"], gradient["gradient_check"]["ok"]) == ("gradient", "mazur", True)
    assert gradient["gradient_check"]["max_relative_error"] < 1e-10


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('value = "0.593269992"', 'value = "0.593269993"', "y[h1]"),
        ("0.15, 0.20", "0.25, 0.20", "x[h1]"),
        ("learning_rate = 0.5", "learning_rate = 0.6", "w+[w1]"),
    ],
)
def test_one_changed_digit_is_found_and_named(old, new, named, tmp_path, capsys):
    text = shipped_path("mazur").read_text()
    assert old in text
    path = tmp_path / "changed.toml"
    path.write_text(text.replace(old, new, 1))
    code, output = checked(capsys, str(path))
    assert code == 1
    assert f"✗ changed: {named}: mismatch" in output


def test_a_bad_file_is_a_mistake_and_not_a_failed_check(capsys):
    code, text = checked(capsys, "mazur", "nowhere.toml")
    assert code == 2
    assert "nowhere.toml" in text


def until(words, terminal):
    """Reads what a terminal is sent until it has these words; all of it. A program that sends nothing more fails."""
    drawn = ""
    while words not in drawn:
        assert select.select([terminal], [], [], PATIENCE)[0], drawn
        drawn += os.read(terminal, 1000).decode()
    return drawn


@pytest.mark.parametrize(("units", "published", "said"), [(100, "", " of 40,400 derivatives"), (1, FAR, "0 of 1 fig")])
def test_a_long_check_says_how_far_it_is_and_ctrl_c_ends_it_with_one_line(units, published, said, tmp_path):
    path = tmp_path / "long.toml"
    path.write_text(large(units) + published)
    process, terminal, theirs = on_a_terminal("check", str(path), "--json")
    drawn = until(said, terminal)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (130, "")
    os.close(theirs)
    drawn += until("gradstep: stopped: ", terminal)
    drawn += until("\n", terminal) if not drawn.endswith("\n") else ""
    os.close(terminal)
    assert re.fullmatch(r"gradstep: stopped: [\d,]+ of [\d,]+ \w+", drawn.splitlines()[-1].rpartition("\r")[2])
    assert "Traceback" not in drawn


def test_train_prints_what_comes_out(capsys):
    assert main(["train", "mazur", "--iterations", "10000", "--json"]) == 0
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["error"] == pytest.approx(3.5102e-05, abs=5e-10)
    assert outcome["outputs"] == [pytest.approx({"o1": 0.0159136, "o2": 0.9840643}, abs=5e-8)]
    assert (outcome["iterations"], outcome["stopped_by"]) == (10000, "iterations")
    assert set(outcome["parameters"]) == {f"w{i}" for i in range(1, 9)} | {"b1", "b2"}
    assert main(["train", "mazur", "--error", "0.2"]) == 0
    assert "the error is below the bound" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--iterations", "0"], ["--error", "-1"], ["--error", "nan"], ["--what"]])
def test_a_mistake_in_train(words, capsys):
    assert main(["train", "mazur", *words]) == 2
    assert "Traceback" not in capsys.readouterr().err


DIFFERENCES = [
    ('"y[h1]"', "-0.593270", "its sign is turned"),
    ('"y[h1]"', "2.37308", "it is 4 times the computed number"),
    ('"y[h1]"', "-0.296635", "it is half the computed number, with its sign turned"),
    ('"y[h1]"', "0.593271", "it is off by 1 in the last printed digit"),
    ('"y[h1]"', "0.7", "it is off by 0.107, which is 18 %"),
    ('"y[h1]"', "0.59327003", "single precision (float32)"),
]


@pytest.mark.parametrize(("quantity", "value", "words"), DIFFERENCES)
def test_a_difference_is_said_as_one_would_say_it(quantity, value, words, tmp_path, capsys):
    path = tmp_path / "mine.toml"
    path.write_text(shipped_path("mazur").read_text() + f'\n[[published]]\nquantity = {quantity}\nvalue = "{value}"\n')
    code, output = checked(capsys, str(path))
    assert code == 1
    assert words in output


def test_weak_matches_are_counted_apart_and_other_senses_of_agreement_said(tmp_path, capsys):
    figures = (("0.6", ""), ("0.6", "printed_decimals = 3"), ("0.5932699921071881", ""), ("0.5932700037956238", ""))
    path = tmp_path / "mine.toml"
    text = shipped_path("mazur").read_text().partition("[[published]]")[0]
    entries = (f'\n[[published]]\nquantity = "y[h1]"\nvalue = "{value}"\n{more}\n' for value, more in figures)
    path.write_text(text + "".join(entries))
    code, output = checked(capsys, str(path))
    assert code == 1
    assert "4 figures in 1 scenario: 2 match, 1 weak, 1 mismatch" in output
    assert "agrees to rounding" in output
    assert "agrees to float32" in output
    _, output = checked(capsys, str(path), "--json")
    entries = json.loads(output)[:-1]
    assert [(entry["verdict"], entry["ok"], entry["weak"], entry["agreement"]) for entry in entries] == [
        ("match", True, True, "digits"),
        ("mismatch", False, False, None),
        ("match", True, False, "rounding"),
        ("match", True, False, "float32"),
    ]


def test_kinks_are_in_json_and_numbers_as_code_takes_them(capsys):
    _, output = checked(capsys, "dead-relu", "--json")
    assert json.loads(output)[-1]["gradient_check"]["kinks"] == 2
    _, output = checked(capsys, "mazur")
    for line in output.splitlines():
        if "computed" in line and "printed" in line:
            float(line.partition(" computed ")[2].split()[0])
