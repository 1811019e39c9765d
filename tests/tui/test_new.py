"""`gradstep new` from outside: what it writes can be used as it is, and nothing is ever overwritten."""

import itertools
import math
import os
import subprocess

import pytest

from engine.files import load_scenario, parse_scenario
from engine.files.beginning import GRAPH, beginning
from engine.files.create import create
from engine.files.made_data import KINDS
from engine.formula.activations import ACTIVATIONS
from engine.formula.losses import LOSSES
from engine.program.scenario import Stop
from engine.walking.run import run_on
from engine.walking.session import Session
from tests import GRADSTEP
from tui.cli import main


def test_the_file_can_be_walked_and_trained(tmp_path):
    command = GRADSTEP
    result = subprocess.run([command, "new", "first.toml"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "gradstep first.toml walks through it" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["first.toml"]
    scenario = load_scenario(tmp_path / "first.toml")
    assert scenario.shape == "2-3-1"
    assert scenario.path.read_text().count("#") > 10
    assert scenario.path.stat().st_mode & 0o777 == 0o666 & ~_umask()
    for words in (["trace", "first.toml"], ["train", "first.toml"], ["check", "first.toml"]):
        subprocess.run([command, *words], cwd=tmp_path, capture_output=True, check=True)


def test_made_examples_for_one_input_are_told_to_need_two(capsys, tmp_path):
    for kind in KINDS:
        assert main(["new", str(tmp_path / "one.toml"), "--layers", "1-1", "--data", kind]) == 2
        assert f"--data: {kind} gives 2 inputs, but the network has 1 input: give it two" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize(("activation", "loss"), [*itertools.product(ACTIVATIONS, LOSSES)])
def test_every_combination_passes_the_validation_and_learns(activation, loss):
    for shape in ((2, 1), (1, 1, 1), (3, 4, 2, 3), (20, 30, 17)):
        scenario = parse_scenario(beginning(shape, activation, loss), "new.toml")
        assert scenario.network.shape == shape
        error = Session.open(scenario).seek(2, 1)
        assert error.event is None
        assert math.isfinite(error.history[-1])


@pytest.mark.parametrize("shape", ["4-5-3", "2-2", "64-64-10"])
def test_options(shape, tmp_path, capsys):
    path = tmp_path / "own.toml"
    words = ["--layers", shape, "--activation", "relu", "--loss", "cross_entropy"]
    assert main(["new", str(path), *words]) == 0
    scenario = load_scenario(path)
    assert (scenario.shape, scenario.network.loss.name) == (shape, "cross_entropy")
    names = [layer.activation.name for layer in scenario.network.layers]
    assert names == ["relu"] * (len(names) - 1) + ["softmax"]


def test_what_is_commented_out_is_right_too(tmp_path):
    text = beginning((2, 3, 1), "sigmoid", "half_squared_error")
    for line in ('document = "Where', "notation =", "frozen =", "[[note]]", "at =", "text ="):
        assert f"# {line}" in text
        text = text.replace(f"# {line}", line)
    scenario = parse_scenario(text, "new.toml")
    assert (scenario.notation.name, len(scenario.training.frozen), len(scenario.notes)) == ("mazur", 1, 1)


def test_formulas_to_start_from(tmp_path, capsys):
    path = tmp_path / "own.toml"
    assert main(["new", str(path), "--graph"]) == 0
    assert path.read_text() == GRAPH
    scenario = load_scenario(path)
    assert [node.name for node in scenario.network.graph_nodes] == ["z", "y", "E"]
    start = Session.open(scenario)
    ends = [start.seek(k, start.count).values for k in (0, 1, 1000, 1001)]
    assert sum(values.error for values in ends[2:]) < sum(values.error for values in ends[:2]) / 4
    for command in ("trace", "train", "check"):
        assert main([command, str(path)]) == 0
    assert "✗" not in capsys.readouterr().out


def test_what_is_commented_out_of_formulas_is_right_too(capsys, tmp_path):
    text = GRAPH
    lines = ("document =", "topics =", "gates =", "shown =", "frozen =", "[[published]]", "quantity =", "value =")
    for line in (*lines, "[[note]]", "at =", "text ="):
        assert f"# {line}" in text
        text = text.replace(f"# {line}", line)
    path = tmp_path / "all.toml"
    path.write_text(text)
    assert main(["check", str(path)]) == 0
    assert "1 figure in 1 scenario: 1 match" in capsys.readouterr().out
    assert load_scenario(path).network.shown == ("z",)


@pytest.mark.parametrize("option", [["--layers", "2-1"], ["--activation", "tanh"], ["--loss", "squared_error"]])
def test_formulas_have_no_layers(option, tmp_path, capsys):
    assert main(["new", str(tmp_path / "own.toml"), "--graph", *option]) == 2
    assert f"{option[0]} is of layers" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_what_is_there_stays(kind, tmp_path, capsys):
    path = tmp_path / "mine.toml"
    if kind == "file":
        path.write_text("mine")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere.toml")
    assert main(["new", str(path)]) == 2
    output = capsys.readouterr()
    assert "is there already" in output.err
    assert output.out == ""
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.toml"]
    assert kind != "file" or path.read_text() == "mine"


def test_nothing_is_left_of_a_file_that_can_not_be_written(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        create(tmp_path / "mine.toml", "text")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("exists", [False, True])
def test_a_file_system_without_links(exists, tmp_path, monkeypatch):
    def link(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    path = tmp_path / "mine.toml"
    if exists:
        path.write_text("mine")
        with pytest.raises(FileExistsError):
            create(path, "text")
    else:
        create(path, "text")
    assert path.read_text() == ("mine" if exists else "text")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("words", "say"),
    [
        ([], "FILE"),
        ([""], "no name"),
        (["nowhere/a.toml"], "No such file"),
        (["a\0b"], "no path"),
        (["a" * 300], "too long"),
        (["a.toml", "--layers", "3"], "no shape"),
        (["a.toml", "--layers", "2-0-1"], "no shape"),
        (["a.toml", "--layers", "2-x-1"], "no shape"),
        (["a.toml", "--layers", "2-²-1"], "no shape"),
        (["a.toml", "--layers", "2--1"], "no shape"),
        (["a.toml", "--layers", "-".join(["1"] * 40)], "32 are the most"),
        (["a.toml", "--layers", "5000-5000-1"], "1,000,000"),
        (["a.toml", "--activation", "swish"], "sigmoid"),
        (["a.toml", "--loss", "focal"], "half_squared_error"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_2(words, say, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["new", *words]) == 2
    output = capsys.readouterr()
    assert say in output.err
    assert "Traceback" not in output.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_made_data_are_learnt_from_what_it_writes(kind, tmp_path, capsys):
    path = tmp_path / "own.toml"
    assert main(["new", str(path), "--data", kind]) == 0
    scenario = load_scenario(path)
    assert (scenario.shape, scenario.network.layers[0].activation.name) == ("2-8-8-1", "tanh")
    assert (len(scenario.inputs), len(scenario.test.inputs)) == (140, 60)
    assert "make = " in path.read_text()
    outcome = run_on(scenario, scenario.training.stop)
    assert outcome.stopped_by == "iterations"
    assert outcome.test_after.error < outcome.test_before.error / 2
    if KINDS[kind].classes:
        assert outcome.after.accuracy > 0.95
        assert outcome.test_after.accuracy > 0.85


@pytest.mark.parametrize(
    ("options", "shape", "last"),
    [
        (["--layers", "2-3-1", "--loss", "binary_cross_entropy"], "2-3-1", "sigmoid"),
        (["--loss", "cross_entropy", "--activation", "relu"], "2-8-8-2", "softmax"),
        (["--layers", "2-3-2"], "2-3-2", "tanh"),
        (["--loss", "hinge"], "2-8-8-1", "tanh"),
    ],
)
def test_made_data_with_other_options(options, shape, last, tmp_path, capsys):
    path = tmp_path / "own.toml"
    assert main(["new", str(path), "--data", "xor", *options]) == 0
    scenario = load_scenario(path)
    assert (scenario.shape, scenario.network.layers[-1].activation.name) == (shape, last)
    outcome = run_on(scenario, Stop(140))
    assert outcome.after.accuracy > outcome.before.accuracy


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--layers", "3-1"], "--data: xor gives 2 inputs, but the network has 3 inputs"),
        (["--layers", "2-3"], "--data: xor gives one target, but the network has 3 outputs"),
        (["--layers", "2-1", "--loss", "cross_entropy"], "--data: cross_entropy has an output for each class"),
        (["--graph"], "--data is of layers, and --graph writes formulas"),
    ],
)
def test_made_data_that_do_not_fit(options, told, tmp_path, capsys):
    path = tmp_path / "own.toml"
    assert main(["new", str(path), "--data", "xor", *options]) == 2
    assert told in capsys.readouterr().err
    assert not path.exists()
