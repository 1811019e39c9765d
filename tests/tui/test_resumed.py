"""The commands with a file that goes on from a later iteration."""

import json

import pytest

from engine.files import load_scenario
from engine.files.save.save import save
from engine.walking.branch import standing
from engine.walking.session import Session
from tui.cli import main


@pytest.fixture
def path(tmp_path):
    save(standing(Session.open(load_scenario("mazur")).seek(3, 1)), tmp_path / "net.toml")
    return str(tmp_path / "net.toml")


def test_a_trace_is_that_of_the_whole_walk(path, capsys):
    assert main(["trace", "mazur", "--from", "3", "--iterations", "2", "--format", "jsonl"]) == 0
    whole = capsys.readouterr().out
    assert main(["trace", path, "--iterations", "2", "--format", "jsonl"]) == 0
    assert capsys.readouterr().out == whole


def test_a_run_ends_where_the_whole_one_does(path, capsys):
    assert main(["train", "mazur", "--iterations", "50", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert main(["train", path, "--iterations", "47", "--json"]) == 0
    rest = json.loads(capsys.readouterr().out)
    assert rest | {"scenario": "mazur"} == whole


@pytest.mark.parametrize("command", ["trace", "worksheet"])
def test_what_lies_before_it_is_one_clear_line_and_exit_2(command, path, capsys):
    assert main([command, path, "--from", "1"]) == 2
    assert "--from 1: " in (said := capsys.readouterr().err)
    assert "the walk begins at iteration 3" in said


def test_its_derivatives_are_checked(path, capsys):
    assert main(["check", path]) == 0
    assert "gradient check" in capsys.readouterr().out
