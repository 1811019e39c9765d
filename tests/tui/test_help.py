"""Every `--help` ends with an example, and the example does what it says."""

import re
import shlex
import subprocess
import sys

import pytest

from tui.cli import COMMANDS, main


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_runs(command, tmp_path, capsys, monkeypatch):
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    lines = re.findall(r"^Example:\n  gradstep (.+)$", text, re.MULTILINE)
    assert len(lines) == 1
    words = shlex.split(lines[0])
    assert words[0] == command
    monkeypatch.chdir(tmp_path)
    assert main(words) == 0
    assert capsys.readouterr().out or list(tmp_path.iterdir())


def test_the_help_of_all_names_every_command():
    result = subprocess.run([f"{sys.prefix}/bin/gradstep", "--help"], capture_output=True, text=True, check=True)
    assert all(f"gradstep {command}" in result.stdout for command in COMMANDS)
