"""`gradstep list` from outside."""

import json
import subprocess

from engine.files import shipped_names
from tests import GRADSTEP
from tui.cli import main


def test_every_shipped_scenario_is_a_line(capsys):
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(shipped_names())
    mazur = next(line for line in lines if line.startswith("mazur "))
    assert "  2-2-2  " in mazur
    assert mazur.endswith("A Step by Step Backpropagation Example")
    assert len({line.find("  2-2-2  ") for line in lines if "  2-2-2  " in line}) == 1


def test_json_by_the_installed_command():
    result = subprocess.run([GRADSTEP, "list", "--json"], capture_output=True, check=True)
    entries = json.loads(result.stdout)
    assert [entry["name"] for entry in entries] == list(shipped_names())
    assert all(list(entry) == ["name", "title", "shape", "document"] for entry in entries)
    assert entries[[entry["name"] for entry in entries].index("mazur")]["shape"] == "2-2-2"


def test_a_mistake(capsys):
    assert main(["list", "mazur"]) == 2
    assert "mazur" in capsys.readouterr().err
