"""`gradstep trace` from outside: the fields, the exit codes, one clear line for a mistake."""

import json
import subprocess
import sys

import pytest

from tests import GRADSTEP
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
        (["mazur", "--only", "dE/dy[i1]"], "no step computes dE/dy[i1] by itself"),
        (["mazur", "--only", "t[o1]"], "no step computes t[o1] by itself"),
        (["mazur", "--only", "w+[b1]"], "b1 is frozen"),
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


def test_trace_imports_no_textual():
    program = "import sys; from tui.cli import main; main(['trace', 'mazur']); sys.exit('textual' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
