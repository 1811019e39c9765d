"""`gradstep trace --format csv` and `--set` from outside."""

import csv
import io
import json
import subprocess

import pytest

from tests import GRADSTEP
from tests.tui.test_trace import BATCH, DIVERGING
from tui.cli import main

COLUMNS = ["iteration", "step", "phase", "quantity", "layer", "example", "name", "value"]


def table(text):
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == COLUMNS
    return rows[1:]


def traced(capsys, *words):
    assert main(["trace", *words]) == 0
    return capsys.readouterr().out


def test_the_table_holds_what_the_objects_hold(tmp_path, capsys):
    path = tmp_path / "batch.toml"
    path.write_text(BATCH)
    for words in (["mazur", "--iterations", "2"], [str(path)], ["mazur", "--detail", "scalar", "--only", "E"]):
        rows = table(traced(capsys, *words, "--format", "csv"))
        expected = []
        for line in traced(capsys, *words, "--format", "jsonl").splitlines():
            step = json.loads(line)
            place = [str(step[key]) for key in COLUMNS[:5]]
            for name, value in step["values"].items():
                if isinstance(value, list):
                    pairs = zip(step["examples"], value, strict=True)
                    expected += [[*place, str(example), name, repr(number)] for example, number in pairs]
                else:
                    expected.append([*place, "", name, repr(value)])
            if "total" in step:
                expected.append([*place, "", "total", repr(step["total"])])
        assert rows == expected


def test_by_the_installed_command():
    command = [GRADSTEP, "trace", "mazur", "--format", "csv", "--only", "dE/dw[w5]"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    (row,) = table(result.stdout)
    assert row[:7] == ["0", "8", "backward", "dE/dw", "2", "", "w5"]
    assert float(row[7]) == pytest.approx(0.082167041, abs=5e-10)


def test_what_is_not_finite(tmp_path, capsys):
    path = tmp_path / "diverging.toml"
    path.write_text(DIVERGING)
    assert main(["trace", str(path), "--format", "csv"]) == 1
    assert table(capsys.readouterr().out)[-1][-2:] == ["o1", "inf"]


def test_set_changes_where_the_walk_begins(tmp_path, capsys):
    def value(*words):
        return float(table(traced(capsys, *words, "--format", "csv"))[0][-1])

    assert value("mazur", "--set", "w1=0.25", "--set", "i1=0.5", "--only", "x[h1]") == 0.25 * 0.5 + 0.2 * 0.1 + 0.35
    assert value("mazur", "--set", "i1@1=−0.5", "--only", "y[i1]") == -0.5
    slow = value("mazur", "--set", "learning_rate=1e-300", "--only", "w+[w5]")
    assert slow == 0.4
    path = tmp_path / "batch.toml"
    path.write_text(BATCH)
    rows = table(traced(capsys, str(path), "--set", "i1@2=7", "--only", "y[i1]", "--format", "csv"))
    assert [row[5:] for row in rows] == [["0", "i1", "1.0"], ["1", "i1", "7.0"]]


@pytest.mark.parametrize(
    ("change", "say"),
    [
        ("w5=1_000", "1_000 is not a finite number: write it without _"),
        ("w5=١", "is not a finite number"),
        ("w55=1", "is w5 meant?"),
        ("w5", "NAME=VALUE"),
        ("w5=", "nothing is not a finite number"),
        ("w5=many", "many is not a finite number"),
        ("w5=inf", "not a finite number"),
        ("w5=1e999", "not a finite number"),
        ("h1=1", "it is computed"),
        ("o1@2=1", "no example 2"),
        ("h1@1=1", "it is computed"),
        ("i1@2=1", "no example 2"),
        ("i1@0=1", "no example 0"),
        ("i1@²=1", "no example"),
        ("learning_rate=0", "above 0"),
        ("learning_rate=-1", "above 0"),
        ("=1", "no parameter"),
    ],
)
def test_a_bad_change_is_one_clear_line(change, say, capsys):
    assert main(["trace", "mazur", "--set", change]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert say in output.err
    assert len(output.err.splitlines()) == 1
