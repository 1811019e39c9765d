"""On Windows, as far as that can be had elsewhere: see `tests.tui.windows` for what is simulated and what is not."""

import ast
import ntpath
import os
import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from engine.files import load_scenario, parse_scenario, system
from engine.files.problems import ScenarioError
from engine.files.save.where import SaveError, path_of
from tests.tui.serving import started
from tests.tui.windows import MODULES, OF_OS, SIGNAL_FUNCTIONS, SIGNALS
from tui.cli import main
from tui.command_line import COMMANDS
from tui.picker.entries import typed

ROOT = Path(__file__).parents[2]
ONLY_HERE = ROOT / "engine" / "files" / "system.py"
"""The module that knows what differs."""


def on_windows(*words, cwd, text="", links=True):
    command = [sys.executable, "-m", "tests.tui.windows", *words, *([] if links else ["--without-links"])]
    variables = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=cwd, input=text, capture_output=True, text=True, encoding="utf-8", env=variables, check=False
    )


def posix_only(tree):
    """What in a module only POSIX has, by the names in its code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            yield from (name for name in names if name in (*MODULES, "shlex"))
        elif isinstance(node, ast.Attribute):
            of = node.value.id if isinstance(node.value, ast.Name) else ""
            of_os = of == "os" and node.attr in (*OF_OS, "link", "kill", "name")
            of_signal = of == "signal" and node.attr in SIGNALS + SIGNAL_FUNCTIONS
            if of_os or of_signal or node.attr in ("add_signal_handler", "platform"):
                yield f"{of}.{node.attr}"
        elif isinstance(node, ast.Constant) and str(node.value).startswith("/dev/"):
            yield node.value


def test_one_module_alone_knows_what_differs():
    files = [*ROOT.glob("engine/**/*.py"), *ROOT.glob("tui/**/*.py")]
    found = {path: {*posix_only(ast.parse(path.read_text(encoding="utf-8")))} for path in files}
    assert found.pop(ONLY_HERE) >= {"shlex", "termios", "os.kill", "os.link"}
    for path in found:  # the owner of a file is asked for and not missed
        found[path] -= {"os.chown"} if path.name == "create.py" else set()
    assert {path.name: names for path, names in found.items() if names} == {}


LINES = {
    "list": ["list"],
    "trace": ["trace", "vanishing"],
    "value": ["value", "mazur", "dE/dw[w5]"],
    "compare": ["compare", "mazur", "numbers.txt"],
    "worksheet": ["worksheet", "mazur", "--key", "key.md"],
    "train": ["train", "mazur", "--iterations", "20", "--history", "errors.csv"],
    "export": ["export", "mazur", "--format", "numpy"],
    "new": ["new", "net.toml"],
    "picture": ["picture", "mazur", "-o", "mazur.svg"],
    "record": ["record", "mazur", "-o", "mazur.cast"],
    "page": ["page", "circuit", "-o", "circuit.html"],
    "schema": ["schema"],
    "check": ["check", "two-neurons"],
    "completion": ["completion", "bash"],
}


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "serve"])
def test_every_command_does_the_same(command, tmp_path, capfdbinary, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "numbers.txt").write_text("dE/dw[w5] = 0.0822", encoding="utf-8")
    result = on_windows(*LINES[command], cwd=there)
    assert (result.returncode, result.stderr) == (0, "")
    monkeypatch.chdir(here)
    assert main(LINES[command]) == 0
    assert result.stdout == capfdbinary.readouterr().out.decode()
    written = {path.name: path.read_bytes() for path in there.iterdir()}
    assert written == {path.name: path.read_bytes() for path in here.iterdir()}
    assert len(written) == 1 + (command in ("worksheet", "train", "new", "page", "picture", "record"))


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_the_app_starts_walks_saves_twice_and_ends(links, tmp_path):
    result = on_windows("app", "net.toml", cwd=tmp_path, links=links)
    assert (result.returncode, result.stdout, result.stderr) == (128 + 15, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["net.toml"]
    assert load_scenario(tmp_path / "net.toml").resume.iteration == 1


def test_the_walk_in_sentences_saves(tmp_path):
    shutil.copy(ROOT / "scenarios" / "mazur.toml", tmp_path / "mine.toml")
    content = (tmp_path / "mine.toml").read_bytes().replace(b"\n", b"\r\n")
    (tmp_path / "mine.toml").write_bytes(content)
    result = on_windows("./mine.toml", "--plain", cwd=tmp_path, text="n\ns\ns con\ns a:b\n", links=False)
    assert "mine-2.toml is written; gradstep mine-2.toml goes on from here." in result.stdout
    assert "con.toml can't be written: it is the name of a device: give another name." in result.stdout
    assert "a:b.toml can't be written: no name may hold :: give another name." in result.stdout
    saved = (tmp_path / "mine-2.toml").read_bytes()
    assert saved.count(b"\r\n") == saved.count(b"\n") == saved.count(b"\r")
    assert load_scenario(tmp_path / "mine-2.toml").resume.iteration == 1
    assert len([*tmp_path.iterdir()]) == 2


def test_the_page_is_served(tmp_path):
    pytest.importorskip("textual_serve")
    command = [sys.executable, "-u", "-m", "tests.tui.windows", "serve", "mazur"]
    server, said, _ = started(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    with server:
        try:
            with urlopen(re.search(r"http://\S+", said)[0]) as page:
                assert page.status == 200
        finally:
            server.kill()


@pytest.fixture
def windows(monkeypatch):
    """Windows' names and paths in our own module; files are still those of this system."""
    monkeypatch.setattr(system, "WINDOWS", True)
    monkeypatch.setattr(os, "sep", "\\")
    monkeypatch.setattr(os, "altsep", "/")


@pytest.mark.parametrize("name", ["CON", "nul.toml", "Com1", "LPT9.x.toml", "aux .toml", "con.toml", "COM¹"])
def test_names_of_devices_are_no_files(name, windows):
    assert system.why_no_name(name) == "it is the name of a device"
    with pytest.raises(SaveError, match="device"):
        path_of(name)


@pytest.mark.parametrize("name", ["console.toml", "com.toml", "net.toml", "COM10", "nully", "é.toml"])
def test_other_names_are_files(name, windows):
    assert system.why_no_name(name) == ""


@pytest.mark.parametrize("name", ["a:b", "what?", "a*", "a|b", 'a"b', "<a>"])
def test_letters_that_no_name_may_hold(name, windows):
    assert "no name may hold" in system.why_no_name(name)


@pytest.mark.parametrize("name", ["con", "a:b", "what?"])
def test_here_such_names_are_as_good_as_any(name):
    assert system.why_no_name(name) == ""


@pytest.mark.parametrize("answer", ["nets\\", "nets/", "C:\\nets\\"])
def test_a_folder_is_no_answer(answer, windows):
    with pytest.raises(SaveError, match="is a folder"):
        path_of(answer)


@pytest.mark.parametrize(
    ("text", "folder", "words"),
    [
        ("nets\\", "C:\\home\\nets", ()),
        ("nets\\ma", "C:\\home\\nets", ("ma",)),
        ("nets/ma", "C:\\home\\nets", ("ma",)),
        ("..\\", "C:\\", ()),
        ("D:\\a\\b", "D:\\a", ("b",)),
        ("D:", "D:", ()),
        ("\\\\host\\share\\a", "\\\\host\\share\\", ("a",)),
        ("ma", None, ("ma",)),
        ("softmax 2-2", None, ("softmax", "2-2")),
    ],
)
def test_paths_that_are_typed_into_the_picker(text, folder, words, windows, monkeypatch):
    monkeypatch.setattr(os, "path", ntpath)
    asked = typed(text, "C:\\home")
    assert (None if asked.folder is None else str(asked.folder), asked.words) == (folder, words)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("a\\b", True), ("a/b", True), ("c:", True), ("c:a", True), ("mazur", False), ("a.toml", False)],
)
def test_what_is_a_path(text, is_one, windows, monkeypatch):
    monkeypatch.setattr(os, "path", ntpath)
    assert system.is_path(text) is is_one
    monkeypatch.setattr(os, "path", posixpath)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["gradstep", "net.toml"], "gradstep net.toml"),
        (["gradstep", "C:\\nets\\a.toml"], "gradstep C:\\nets\\a.toml"),
        (["gradstep", "my nets\\a.toml"], "gradstep 'my nets\\a.toml'"),
        (["gradstep", "it's $home.toml"], "gradstep 'it''s $home.toml'"),
        (["gradstep", ""], "gradstep ''"),
        (["gradstep", "a;b"], "gradstep 'a;b'"),
    ],
)
def test_commands_as_powershell_takes_them(words, line, windows):
    assert system.typed(words) == line


def test_commands_for_the_systems_shell(monkeypatch):
    words = ["C:\\Program Files\\python.exe", "-m", "tui", "--", "my net.toml"]
    monkeypatch.setattr(system, "WINDOWS", True)
    assert system.for_shell(words) == '"C:\\Program Files\\python.exe" -m tui -- "my net.toml"'
    monkeypatch.setattr(system, "WINDOWS", False)
    assert system.for_shell(["a b", "c"]) == "'a b' c"


def test_a_reader_that_has_gone(windows):
    """Windows says that an argument is invalid."""
    assert system.is_closed_pipe(OSError(22, "Invalid argument"))
    assert system.is_closed_pipe(BrokenPipeError())
    assert not system.is_closed_pipe(OSError(28, "No space left on device"))


@pytest.mark.parametrize(
    "name", ["C:\\x.csv", "C:x.csv", "\\x.csv", "..\\x.csv", "a\\..\\..\\x.csv", "\\\\host\\x\\y.csv"]
)
def test_tables_lie_beside_their_scenario_on_windows_too(name):
    text = f"""
title = "t"
[network]
inputs = ["i1"]
loss = "output"
[[network.layer]]
nodes = ["o1"]
activation = "tanh"
weights = {{ csv = '{name}' }}
[[example]]
inputs = [1.0]
"""
    with pytest.raises(ScenarioError, match="is not in the scenario's folder"):
        parse_scenario(text, "net.toml")
