"""Another package that is called as one of gradstep's: one message says so, and what to do."""

import os
import shutil
import subprocess
import sys

import pytest

import gradstep
from tests import GRADSTEP


def run(folder, command=(GRADSTEP,)):
    variables = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run([*command, "list"], capture_output=True, text=True, env=variables, check=False)


@pytest.mark.parametrize("name", gradstep.PACKAGES)
@pytest.mark.parametrize("kind", ["package", "module"])
def test_a_package_that_comes_first(name, kind, tmp_path):
    path = tmp_path / (f"{name}/__init__.py" if kind == "package" else f"{name}.py")
    path.parent.mkdir(exist_ok=True)
    path.write_text("raise SystemExit('it was imported')")
    result = run(tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        f"gradstep: another package called {name} hides gradstep's own: {path}: "
        "install gradstep in a place of its own: pipx install . (or uv tool install .) from its clone\n"
    )


def test_a_folder_that_is_no_package_hides_nothing(tmp_path):
    (tmp_path / "engine").mkdir()
    assert run(tmp_path).returncode == 0


def copied(tmp_path):
    """The command, and empty packages beside it."""
    shutil.copy(gradstep.__file__, tmp_path / "gradstep.py")
    for name in gradstep.PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    return [sys.executable, "-P", "-c", "import sys, gradstep; sys.exit(gradstep.main())"]


def test_a_package_that_was_installed_over_ours(tmp_path):
    command = copied(tmp_path)
    (tmp_path / "tui" / "cli.py").write_text("from engine.files import load_scenario")
    result = run(tmp_path, command)
    assert result.returncode == 2
    assert "something else was installed into its package engine.files: No module named" in result.stderr
    assert "Traceback" not in result.stderr


def test_what_is_no_package_of_ours_is_told_as_it_is(tmp_path):
    command = copied(tmp_path)
    (tmp_path / "tui" / "cli.py").write_text("import no_such_library")
    assert "ModuleNotFoundError: No module named 'no_such_library'" in run(tmp_path, command).stderr


def test_a_package_that_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(gradstep, "_place", lambda _: None)
    assert gradstep.main() == 2
    assert capsys.readouterr().err.startswith("gradstep: its package engine is missing: install gradstep")
