"""What is published of the command line, from outside: the installed command, its fields, exit codes and streams."""

import csv
import io
import json
import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from tests import GRADSTEP
from tests.patience import PATIENCE
from tests.tui.terminal import gradstep as on_a_terminal
from tests.tui.test_trace import DIVERGING
from tui.cli import main
from tui.command_line import COMMANDS

COLUMNS = ["iteration", "step", "phase", "quantity", "layer", "example", "name", "value"]


def gradstep(*words, code=0, **options):
    """The installed command, its streams in pipes; what goes to the wrong one fails."""
    result = subprocess.run([GRADSTEP, *words], capture_output=True, text=True, check=False, **options)
    assert result.returncode == code, result.stderr
    assert "\x1b" not in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert bool(result.stderr) == (code != 0)
    return result


def test_version():
    assert re.fullmatch(r"gradstep \d+\.\d+\.\d+\n", gradstep("--version").stdout)


def test_version_with_the_ways_in_use():
    """What was probed on this machine; without a probe's trust, the sentence says which way is taken instead."""
    first, system, *ways = gradstep("--version", "--verbose").stdout.splitlines()
    assert re.fullmatch(r"gradstep \d+\.\d+\.\d+", first)
    assert "numpy" in system
    assert "Python" in system
    functions = ", ".join(way.partition(" of arrays")[0] for way in ways[:-1]).split(", ")
    assert {"exp", "log", "log1p", "tanh"} <= set(functions)
    assert ways[-1].startswith("sums of products: ")


def test_trace_jsonl():
    steps = [json.loads(line) for line in gradstep("trace", "mazur", "--format", "jsonl").stdout.splitlines()]
    rows = "y x y x y E dE/dy dE/dx dE/dw dE/dy dE/dx dE/dw w+ w+".split()
    phases = ["forward"] * 5 + ["error"] + ["backward"] * 6 + ["update"] * 2
    assert [(step["step"], step["quantity"], step["phase"]) for step in steps] == [
        *zip(range(14), rows, phases, strict=True)
    ]
    fields = ["iteration", "step", "phase", "quantity", "layer", "examples", "values"]
    for step in steps:
        assert list(step) == fields + (["total"] if step["quantity"] == "E" else [])
        per_example = step["quantity"] not in ("dE/dw", "w+")
        assert {type(value) for value in step["values"].values()} == {list if per_example else float}
    assert steps[1] == json.loads(
        '{"iteration":0,"step":1,"phase":"forward","quantity":"x","layer":1,"examples":[0],'
        '"values":{"h1":[0.3775],"h2":[0.39249999999999996]}}'
    )


def test_trace_csv():
    words = ["trace", "mazur", "--format", "csv", "--from", "2", "--iterations", "2", "--detail", "scalar"]
    header, *rows = csv.reader(io.StringIO(gradstep(*words).stdout))
    assert header == COLUMNS
    assert {row[0] for row in rows} == {"2", "3"}
    assert len(rows) == 2 * (38 + 1)  # and the total


def test_a_walk_that_leaves_the_finite_numbers_ends_with_1(tmp_path):
    path = tmp_path / "diverging.toml"
    path.write_text(DIVERGING)
    result = gradstep("trace", str(path), "--format", "jsonl", code=1)
    assert json.loads(result.stdout.splitlines()[-1])["values"] == {"o1": ["inf"]}
    assert len(result.stderr.splitlines()) == 1
    outcome = json.loads(gradstep("train", str(path), "--json", code=1).stdout)
    assert (outcome["stopped_by"], outcome["error"]) == ("non-finite", "nan")


def test_train():
    outcome = json.loads(gradstep("train", "mazur", "--json").stdout)
    assert list(outcome) == ["scenario", "iterations", "error", "outputs", "parameters", "stopped_by"]
    assert (outcome["scenario"], outcome["iterations"], outcome["stopped_by"]) == ("mazur", 10000, "iterations")
    assert [list(example) for example in outcome["outputs"]] == [["o1", "o2"]]
    assert list(outcome["parameters"]) == "w1 w2 w3 w4 b1 w5 w6 w7 w8 b2".split()


def test_check(tmp_path):
    entries = json.loads(gradstep("check", "mazur", "--json").stdout)
    figures = [entry for entry in entries if entry["kind"] == "figure"]
    names = "kind scenario quantity iteration printed computed verdict ok weak agreement note".split()
    names += ["variant", "under_variant"]
    assert len(figures) == 67
    assert all(list(figure) == names for figure in figures)
    (gradient,) = (entry for entry in entries if entry["kind"] == "gradient")
    assert list(gradient) == ["kind", "scenario", "gradient_check"]
    assert list(gradient["gradient_check"]) == ["max_relative_error", "ok", "parameters", "kinks", "wrong"]
    gradstep("new", "own.toml", cwd=tmp_path)
    with (tmp_path / "own.toml").open("a") as file:
        file.write('[[published]]\nquantity = "x[o1]"\nvalue = "123"\n')
    result = subprocess.run([GRADSTEP, "check", "own.toml"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (1, "")
    assert "mismatch" in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["mazur"],  # no terminal
        ["trace", "mazzur"],
        ["worksheet", "mazur", "--key", "nowhere/key.md"],
        ["new", "/"],
    ],
)
def test_a_users_mistake_ends_with_2(words, tmp_path):
    result = gradstep(*words, code=2, cwd=tmp_path, stdin=subprocess.DEVNULL)
    assert result.stdout == ""
    assert all(line.startswith("gradstep: ") for line in result.stderr.splitlines())
    assert not list(tmp_path.iterdir())


def test_closed_streams_and_readers_that_have_enough():
    for command, output in (
        (f"{GRADSTEP} trace mazur --iterations 2000 --format csv | head -1", ",".join(COLUMNS) + "\n"),
        (f"{GRADSTEP} list >&-", ""),
        (f"{GRADSTEP} trace nowhere 2>&-; echo $?", "2\n"),  # the message is lost, not put into the output
        (f"{GRADSTEP} mazur --plain <&- | grep -c 'Press enter for the first step'", "1\n"),
        (f"{GRADSTEP} list >/dev/full", ""),
    ):
        result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert result.stdout == output, command
        assert "Traceback" not in result.stderr
        assert ("can't be written" in result.stderr) == ("/dev/full" in command)


def test_ctrl_c_ends_quietly_with_130():
    command = [GRADSTEP, "trace", "mazur", "--iterations", "10000000", "--format", "jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.read(1000)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (130, b"")


def examples(words, capsys):
    """What comes below `Example:` in a command's help."""
    assert main([*words, "--help"]) == 0
    text = capsys.readouterr().out
    block = text.partition("Example:\n")[2].partition("\n\n")[0]
    return [shlex.split(line)[1:] for line in block.splitlines()]


@pytest.mark.parametrize("command", [*COMMANDS])
def test_the_example_in_a_commands_help_runs(command, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    served = []
    if command == "serve":  # it would not end; test_serve.py runs it
        server = pytest.importorskip("tui.web.server")
        monkeypatch.setattr(server, "serve", lambda *given: served.append(given))
    if command == "compare":
        Path("numbers.txt").write_text("dE/dw[w5] = 0.0822", encoding="utf-8")
    written = []
    for words in examples([command], capsys):
        assert words[0] == command
        assert main(words) == (130 if served or command == "serve" else 0)
        assert capsys.readouterr().out or served
        written += [word for word in words if word.endswith((".cast", ".html", ".md", ".svg", ".toml", ".txt"))]
    assert {path.name for path in tmp_path.iterdir()} == set(written)


def test_the_example_of_the_app_opens(capsys):
    (words,) = examples([], capsys)
    with on_a_terminal(*words) as terminal:
        terminal.wait_for("iteration 3")
        terminal.wait_for("step 9/14")
        terminal.press("q")
        assert terminal.ended() == 0
