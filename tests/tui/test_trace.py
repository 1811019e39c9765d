"""`gradstep trace` from outside: the fields, the exit codes, one clear line for a mistake."""

import json
import subprocess
import sys

import pytest

from tests import GRADSTEP
from tests.engine.graphs.files import CIRCUIT
from tui.cli import main

DIVERGING = """
title = "diverging"
[network]
inputs = ["i1"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o1"]
activation = "identity"
weights = [[1e200]]
[[example]]
inputs = [1e200]
targets = [0.0]
"""

BATCH = """
title = "a batch"
[network]
inputs = ["i1"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o1"]
activation = "identity"
weights = [[0.5]]
[training]
batch = 2
learning_rate = 0.25
[[example]]
inputs = [1.0]
targets = [0.0]
[[example]]
inputs = [2.0]
targets = [0.0]
"""


def traced(capsys, *words):
    assert main(["trace", *words, "--format", "jsonl"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_two_iterations_are_28_objects_in_order(capsys):
    steps = traced(capsys, "mazur", "--iterations", "2")
    assert [(step["iteration"], step["step"]) for step in steps] == [(k, d) for k in (0, 1) for d in range(14)]
    assert steps[1] == {
        "iteration": 0,
        "step": 1,
        "phase": "forward",
        "quantity": "x",
        "layer": 1,
        "examples": [0],
        "values": {"h1": [0.3775], "h2": [0.25 * 0.05 + 0.30 * 0.10 + 0.35]},
    }
    assert steps[5]["total"] == pytest.approx(0.298371109, abs=5e-10)
    assert list(steps[8]["values"]) == ["w5", "w6", "w7", "w8", "b2"]
    assert list(steps[12]["values"]) == ["w5", "w6", "w7", "w8"]
    assert steps[12]["values"]["w5"] == pytest.approx(0.35891648, abs=5e-9)
    assert all("total" not in step for step in steps if step["quantity"] != "E")


def test_scalar_detail_has_one_name_in_each_step(capsys):
    steps = traced(capsys, "mazur", "--detail", "scalar")
    assert len(steps) == 38
    assert all(len(step["values"]) == 1 for step in steps)
    assert ["total" in step for step in steps if step["quantity"] == "E"] == [False, True]


def test_from_and_only(capsys):
    (step,) = traced(capsys, "mazur", "--from", "1000", "--only", "dE/dw[w5]")
    assert (step["iteration"], step["step"], list(step["values"])) == (1000, 8, ["w5"])
    steps = traced(capsys, "mazur", "--iterations", "3", "--only", "E")
    assert [step["iteration"] for step in steps] == [0, 1, 2]


def test_numbers_have_full_precision(capsys):
    steps = traced(capsys, "mazur", "--iterations", "1")
    assert steps[2]["values"]["h1"] == [0.5932699921071872]


def test_a_batch_has_one_number_for_each_example(tmp_path, capsys):
    path = tmp_path / "batch.toml"
    path.write_text(BATCH)
    steps = traced(capsys, str(path))
    assert steps[1]["values"] == {"o1": [0.5, 1.0]}
    assert steps[1]["examples"] == [0, 1]
    assert steps[3]["total"] == (0.125 + 0.5) / 2
    assert steps[6]["values"] == {"w_i1_o1": (0.5 + 2.0) / 2}


def test_what_is_not_finite_is_a_string_and_ends_the_trace_with_1(tmp_path, capsys):
    path = tmp_path / "diverging.toml"
    path.write_text(DIVERGING)
    assert main(["trace", str(path), "--format", "jsonl"]) == 1
    output = capsys.readouterr()
    assert json.loads(output.out.splitlines()[-1])["values"] == {"o1": ["inf"]}
    assert "x[o1] became +∞ at iteration 0" in output.err
    assert main(["trace", str(path), "--from", "5", "--format", "jsonl"]) == 1
    assert capsys.readouterr().out == ""


def test_the_text_has_rule_names_numbers_and_result(capsys):
    assert main(["trace", "mazur"]) == 0
    text = capsys.readouterr().out
    assert ("  x[h1] = w1·y[i1] + w2·y[i2] + b1\n        = 0.15·0.05 + 0.2·0.1 + 0.35\n        = 0.3775\n") in text
    assert "9/14  backward  layer 2  dE/dw = y·dE/dx" in text
    assert main(["trace", "mazur", "--notation", "document", "--digits", "4"]) == 0
    text = capsys.readouterr().out
    assert "net_h1 = w1·out_i1 + w2·out_i2 + b1" in text
    assert "= 0.08217\n" in text


@pytest.mark.parametrize(
    ("words", "say"),
    [
        (["nowhere.toml"], "nowhere.toml"),
        (["mazzur"], "mazur"),
        (["mazur", "--iterations", "0"], "whole number"),
        (["mazur", "--iterations", "many"], "whole number"),
        (["mazur", "--from", "-1"], "whole number"),
        (["mazur", "--format", "xml"], "jsonl"),
        (["mazur", "--only", "x[h1"], "--only"),
        (["mazur", "--only", "x[h9]"], "h9"),
        (["mazur", "--only", "1000"], "it is no quantity"),
        (["mazur", "--only", "3:x[h1]"], "it is no quantity"),
        (["mazur", "--only", "dE/dy[h1<-o1]"], "no step computes dE/dy[h1<-o1] by itself"),
        (["mazur", "--only", "t[o1]"], "no step computes t[o1] by itself"),
        (["mazur", "--only", "w+[b1]"], "b1 is frozen"),
        (["perceptron", "--inputs"], "--inputs: there is no dE/dy: the perceptron rule learns without derivatives"),
        (["mazur", "--what"], "--what"),
        ([], "SCENARIO"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_2(words, say, capsys):
    assert main(["trace", *words]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert say in output.err
    assert "Traceback" not in output.err


def test_the_installed_command_and_the_module_are_the_same():
    by_module = subprocess.run([sys.executable, "-m", "tui", "trace", "mazur"], capture_output=True, check=True)
    by_name = subprocess.run([GRADSTEP, "trace", "mazur"], capture_output=True, check=True)
    assert by_module.stdout == by_name.stdout


@pytest.mark.parametrize("words", [["--help"], ["trace", "--help"], ["--version"]])
def test_help_and_version(words, capsys):
    assert main(words) == 0
    assert "gradstep" in capsys.readouterr().out


def by_inputs(steps):
    return [step for step in steps if step["step"] is None]


def test_derivatives_by_inputs_are_there_when_asked_for(capsys):
    """No keypress makes them in a layered network: their step is null."""
    plain, asked = traced(capsys, "mazur"), traced(capsys, "mazur", "--inputs")
    assert [step for step in asked if step["step"] is not None] == plain
    (row,) = by_inputs(asked)
    assert asked.index(row) == 12  # after the last derivative, before the first update
    assert {key: row[key] for key in row if key != "values"} == {
        "iteration": 0,
        "step": None,
        "phase": "backward",
        "quantity": "dE/dy",
        "layer": 0,
        "examples": [0],
    }
    by_x, (w1, w2), (w3, w4) = asked[10]["values"], (0.15, 0.20), (0.25, 0.30)
    h1, h2 = by_x["h1"][0], by_x["h2"][0]
    assert row["values"] == {"i1": [w1 * h1 + w3 * h2], "i2": [w2 * h1 + w4 * h2]}
    assert len(by_inputs(traced(capsys, "mazur", "--inputs", "--iterations", "3", "--detail", "scalar"))) == 3


def test_only_names_a_derivative_by_an_input(capsys):
    (row,) = traced(capsys, "mazur", "--only", "dE/dy[i2]")
    assert (row["step"], list(row["values"])) == (None, ["i2"])
    assert not by_inputs(traced(capsys, "mazur", "--only", "dE/dy"))
    assert not by_inputs(traced(capsys, "mazur", "--inputs", "--only", "dE/dx"))
    assert traced(capsys, "mazur", "--only", "y[i2]") == [
        {**traced(capsys, "mazur")[0], "values": {"i2": [0.1]}},
    ]


def test_inputs_of_later_layers_and_of_a_batch(capsys):
    (row,) = by_inputs(traced(capsys, "unrolled-rnn", "--inputs"))
    assert list(row["values"]) == ["h0", "in1", "in2", "in3"]
    (row,) = by_inputs(traced(capsys, "baeldung-batches", "--inputs"))
    assert {len(numbers) for numbers in row["values"].values()} == {2}


def test_in_a_graph_they_are_steps(capsys, tmp_path):
    path = tmp_path / "circuit.toml"
    path.write_text(CIRCUIT)
    assert traced(capsys, str(path), "--inputs") == traced(capsys, str(path))


@pytest.mark.parametrize("form", ["text", "csv", "markdown", "latex"])
def test_every_format_has_them(form, capsys):
    words = ["trace", "baeldung-batches", "--format", form, "--only"]
    assert main([*words, "dE/dy[x2]"]) == 0
    assert ("0.0285050098501246" if form == "csv" else "0.0285050099") in capsys.readouterr().out
