"""Another package that is called as one of gradstep's: one message says so, and what to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import GRADSTEP
from tui import command_line

MODULE = (sys.executable, "-P", "-m", "tui")


def run(folder, command=(GRADSTEP,), words=("list",)):
    variables = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run([*command, *words], capture_output=True, text=True, env=variables, check=False)


@pytest.mark.parametrize("name", command_line.OTHERS)
@pytest.mark.parametrize("kind", ["package", "module"])
@pytest.mark.parametrize("command", [(GRADSTEP,), MODULE], ids=["installed", "module"])
@pytest.mark.parametrize("words", [["list"], ["mazur"], ["nowhere"]])
def test_a_package_that_comes_first(name, kind, command, words, tmp_path):
    path = tmp_path / (f"{name}/__init__.py" if kind == "package" else f"{name}.py")
    path.parent.mkdir(exist_ok=True)
    path.write_text("raise SystemExit('it was imported')")
    result = run(tmp_path, command, words)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        f"gradstep: another package called {name} hides gradstep's own: {path}: "
        "install gradstep in a place of its own: pipx install . (or uv tool install .) from its clone\n"
    )


def test_a_folder_that_is_no_package_hides_nothing(tmp_path):
    (tmp_path / "engine").mkdir()
    assert run(tmp_path).returncode == 0


@pytest.mark.parametrize("gone", ["engine.files", "tui.words"])
def test_a_package_that_was_installed_over_ours(gone, tmp_path):
    for name in ("tui", *command_line.OTHERS):
        shutil.copytree(Path(command_line.__file__).parents[1] / name, tmp_path / name)
    shutil.rmtree(tmp_path / gone.replace(".", "/"))
    result = run(tmp_path, MODULE, ["check", "mazur"])
    assert (result.returncode, result.stdout) == (2, "")
    assert f"something else was installed into its package {gone}: No module named" in result.stderr
    assert "Traceback" not in result.stderr


def test_what_is_no_package_of_ours_is_told_as_it_is(monkeypatch):
    def missing(name, words):
        import no_such_library  # noqa: F401

    monkeypatch.setattr(command_line, "_command", missing)
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        command_line.run(["list"])


@pytest.mark.parametrize("name", command_line.OTHERS)
def test_a_package_that_is_missing(name, monkeypatch, capsys):
    found = command_line.find_spec
    monkeypatch.setattr(command_line, "find_spec", lambda asked: None if asked == name else found(asked))
    assert command_line.run(["list"]) == 2
    assert capsys.readouterr().err.startswith(f"gradstep: its package {name} is missing: install gradstep")
