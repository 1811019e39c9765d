"""`gradstep completion`: what a real bash completes with it."""

import shutil
import subprocess
import sys

import pytest

from tests import GRADSTEP
from tui.cli import main


@pytest.fixture(scope="module")
def script():
    pytest.importorskip("shtab")
    command = [GRADSTEP, "completion", "bash"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("tra", ["trace", "train"]),
        ("maz", ["mazur", "mazur-with-biases"]),
        ("trace goo", ["google"]),
        ("trace mazur --fo", ["--format"]),
        ("trace mazur --format js", ["jsonl"]),
        ("mazur --pl", ["--plain"]),
        ("new own", ["own.toml"]),
    ],
)
def test_bash(line, completed, script, tmp_path):
    (tmp_path / "own.toml").touch()
    ask = f"""
COMP_WORDS=(gradstep {line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMP_LINE="gradstep {line}"
function=$(complete -p gradstep | sed 's/.*-F \\([^ ]*\\).*/\\1/')
$function
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    result = subprocess.run(["bash", "-c", script + ask], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert sorted(result.stdout.split()) == completed


def test_zsh_can_be_asked_for(capsys):
    pytest.importorskip("shtab")
    assert main(["completion", "zsh"]) == 0
    assert capsys.readouterr().out.startswith("#compdef gradstep")


def test_without_the_extra(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    assert "pip install '.[completion]'" in capsys.readouterr().err
