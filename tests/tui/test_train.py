"""`gradstep train` from outside: the history, the bar that only a terminal sees, and ctrl+C."""

import csv
import json
import os
import select
import signal
import subprocess

import pytest

from engine.files import load_scenario
from engine.walking.timeline import Timeline
from tests import GRADSTEP
from tests.patience import PATIENCE
from tests.tui.test_trace import DIVERGING
from tui.cli import main


def history(path):
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows[0] == ["iteration", "error"]
    assert [int(row[0]) for row in rows[1:]] == list(range(len(rows) - 1))
    return [float(row[1]) for row in rows[1:]]


@pytest.mark.parametrize("words", [["--error", "0"], ["--error", "-0.0"], ["--error", "inf"], ["--iterations", "0"]])
def test_what_no_run_ends_at_is_a_mistake(words, capsys):
    assert main(["train", "mazur", *words]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert repr(words[1]) in output.err


def test_the_history_is_every_iterations_error(tmp_path, capsys):
    path = tmp_path / "errors.csv"
    path.write_text("something older")
    assert main(["train", "mazur", "--iterations", "50", "--history", str(path)]) == 0
    assert "50 iterations" in capsys.readouterr().out
    assert history(path) == Timeline(load_scenario("mazur")).errors(50).tolist()
    assert list(tmp_path.iterdir()) == [path]


def test_the_history_ends_with_the_error_below_the_bound(tmp_path, capsys):
    path = tmp_path / "errors.csv"
    assert main(["train", "mazur", "--error", "0.2", "--history", str(path), "--json"]) == 0
    outcome = json.loads(capsys.readouterr().out)
    errors = history(path)
    assert len(errors) == outcome["iterations"] + 1
    assert errors[-1] < 0.2 <= min(errors[:-1])


def test_the_history_of_a_run_that_left_the_finite_numbers(tmp_path, capsys):
    scenario, path = tmp_path / "diverging.toml", tmp_path / "errors.csv"
    scenario.write_text(DIVERGING)
    assert main(["train", str(scenario), "--history", str(path)]) == 1
    assert history(path) == []


def test_the_history_may_go_into_a_pipe():
    command = [GRADSTEP, "train", "mazur", "--iterations", "3", "--history", "/dev/stdout"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("iteration,error\n0,0.298371")
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("name", "say"), [("nowhere/a.csv", "No such file"), ("", "folder"), ("a\0b", "no path"), ("a" * 300, "too long")]
)
def test_a_history_that_can_not_be_written_is_said_before_the_run(name, say, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "mazur", "--iterations", "10000000", "--history", name]) == 2
    output = capsys.readouterr()
    assert (output.out, len(output.err.splitlines())) == ("", 1)
    assert say in output.err
    assert not list(tmp_path.iterdir())


def test_nothing_on_standard_error_where_it_is_no_terminal():
    command = [GRADSTEP, "train", "mazur", "--iterations", "200000", "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert json.loads(result.stdout)["iterations"] == 200000


def on_a_terminal(*words):
    """A command with a terminal as its standard error, and that terminal's two sides."""
    ours, theirs = pytest.importorskip("pty").openpty()  # Windows has no such terminals
    process = subprocess.Popen([GRADSTEP, *words], stdout=subprocess.PIPE, stderr=theirs, text=True)
    return process, ours, theirs


def test_ctrl_c_prints_what_was_reached(tmp_path):
    path = tmp_path / "errors.csv"
    process, terminal, theirs = on_a_terminal(
        "train", "mazur", "--iterations", "10000000", "--json", "--history", str(path)
    )
    drawn = ""
    while " of 10,000,000 iterations  E = " not in drawn:
        assert select.select([terminal], [], [], PATIENCE)[0], drawn
        drawn += os.read(terminal, 1000).decode()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    outcome = json.loads(output)
    assert outcome["stopped_by"] == "interrupted"
    assert 0 < outcome["iterations"] < 10_000_000
    assert len(history(path)) == outcome["iterations"]
    assert select.select([terminal], [], [], PATIENCE)[0]
    assert os.read(terminal, 10000).decode().endswith(" \r")  # the bar is gone
    os.close(theirs)
    os.close(terminal)
    assert list(tmp_path.iterdir()) == [path]


def test_a_summary_comes_first(capsys):
    assert main(["train", "xor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:5] == [
        "310 iterations: the error is below the bound",
        "E = 0.0198180779 (it was 0.522531588)",
        "accuracy 100.0%: 4 of 4 are right (it was 2)",
        "example 1: out = 0.102049841",
    ]
    assert len(lines) == 8 + 9
    assert main(["train", "mazur", "--iterations", "1"]) == 0
    assert "accuracy" not in (text := capsys.readouterr().out)
    assert text.splitlines()[1] == "1 iteration: all iterations are done"


def test_many_parameters_are_printed_on_request_and_many_examples_counted(tmp_path, capsys):
    path = tmp_path / "many.toml"
    rows = "".join(f"[[example]]\ninputs = [{k / 20}]\ntargets = [{k % 2}]\n" for k in range(12))
    layer = '[[network.layer]]\nunits = {}\nactivation = "sigmoid"\nweights = {{ init = "uniform", seed = 1 }}\n'
    path.write_text(f"""title = "t"
[network]
inputs = ["i"]
loss = "squared_error"
{layer.format(20)}{layer.format(1)}{rows}""")
    assert main(["train", str(path), "--iterations", "3"]) == 0
    few = capsys.readouterr().out.splitlines()
    assert few[-2:] == [
        "and 2 more examples: --json has the outputs of all",
        "40 parameters: --parameters prints them, --json has them, too",
    ]
    assert main(["train", str(path), "--iterations", "3", "--parameters"]) == 0
    all_of_them = capsys.readouterr().out.splitlines()
    assert all_of_them[: len(few) - 1] == few[:-1]
    outcome = trained(capsys, str(path), "--iterations", "3")
    assert [line.partition(" = ")[0] for line in all_of_them[len(few) - 1 :]] == list(outcome["parameters"])
    assert (len(outcome["outputs"]), len(outcome["parameters"])) == (12, 40)
    right = sum((row["o1"] > 0.5) == k % 2 for k, row in enumerate(outcome["outputs"]))
    assert outcome["accuracy"] == right / 12


def trained(capsys, *words):
    main(["train", *words, "--json"])
    return json.loads(capsys.readouterr().out)


def test_the_error_of_a_graph_has_its_own_name(capsys):
    assert main(["train", "circuit"]) == 0
    out = capsys.readouterr().out
    assert "\n0 iterations: nothing is trained\nf = 12 " in out


PENALIZED = """title = "penalized"
[network]
inputs = ["i"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o"]
activation = "identity"
weights = [[0.5]]
[training]
learning_rate = 0.25
penalty = { l2 = 0.5 }
[[example]]
inputs = [1]
targets = [1]
[[example]]
inputs = [0]
targets = [0]
"""


def test_how_much_of_the_error_is_a_penalty(tmp_path, capsys):
    """w: 0.5, then 0.5 − 0.25·(−0.5 + 0.25) = 0.5625, then 0.5625·(1 − 0.125) = 0.4921875."""
    scenario, path = tmp_path / "penalized.toml", tmp_path / "errors.csv"
    scenario.write_text(PENALIZED)
    assert main(["train", str(scenario), "--iterations", "2", "--history", str(path), "--json"]) == 0
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["penalty"] == 0.25 * 0.4921875**2
    assert outcome["error"] == (0.5 * 0.5078125**2) / 2 + outcome["penalty"]
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows[0] == ["iteration", "error", "penalty"]
    assert [float(row[2]) for row in rows[1:]] == [0.25 * 0.5**2, 0.25 * 0.5625**2]
    assert [float(row[1]) for row in rows[1:]] == [0.125 + 0.0625, 0.25 * 0.5625**2]
    assert main(["train", str(scenario), "--iterations", "2"]) == 0
    assert "of it E_penalty = 0.0605621338 (it was 0.0625)" in capsys.readouterr().out
