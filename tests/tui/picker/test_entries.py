"""The lines of the picker, from what there is and what is typed."""

import os
from pathlib import Path

import pytest

from engine.files import load_scenario, shipped_names, shipped_path
from tests.shipped import GRAPHS
from tui.picker.entries import (
    FUNCTIONS,
    MOST_LISTED,
    OWN,
    Entry,
    Typed,
    folder_entries,
    in_words,
    shipped_entries,
    typed,
)
from tui.picker.folder import Folder, read_folder

HERE = Path("/here")
LESSONS = ("dead-relu", "exploding", "penalty", "perceptron", "saturation", "softmax", "symmetry", "vanishing", "xor")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Typed()),
        (" Two  ReLU ", Typed(("two", "relu"))),
        ("sub/", Typed((), Path("/here/sub"))),
        ("sub/xo", Typed(("xo",), Path("/here/sub"))),
        ("/", Typed((), Path("/"))),
        ("/tmp", Typed(("tmp",), Path("/"))),
        ("..", Typed((), Path("/"))),
        ("../x", Typed(("x",), Path("/"))),
        (".", Typed((), Path("/here"))),
        ("~nobody-is-called-so/x", Typed(("x",), Path("/here/~nobody-is-called-so"))),
    ],
)
def test_words_and_paths(text, expected):
    assert typed(text, HERE) == expected


def test_the_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    assert typed("~", HERE) == Typed((), Path("/home/someone"))
    assert typed("~/nets/a", HERE) == Typed(("a",), Path("/home/someone/nets"))
    assert in_words(Path("/home/someone")) == "~"
    assert in_words(Path("/home/someone/nets/a.toml")) == "~/nets/a.toml"
    assert in_words(Path("/home/other")) == "/home/other"
    assert in_words(Path("/x\x1b[31m\n")) == "/x�[31m�"


@pytest.fixture(scope="module")
def shipped():
    return [(shipped_path(name), load_scenario(name)) for name in shipped_names()]


def test_every_shipped_scenario_stands_under_its_document(shipped):
    entries = shipped_entries(shipped)
    heading, found = None, {}
    for entry in entries:
        if entry.kind == "heading":
            heading = entry.text
        else:
            found[entry.path] = heading
    assert [entry.text for entry in entries[:2]] == ["Start here", "google"]
    documents = {path: scenario.document or (FUNCTIONS if path.stem in GRAPHS else OWN) for path, scenario in shipped}
    assert found == documents | {shipped_path("google"): "Start here"}
    headings = [entry.text for entry in entries if entry.kind == "heading"]
    assert len(headings) == len(set(found.values()))
    assert headings[-2:] == [OWN, FUNCTIONS]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("relu", {"four-layer-relu", "dead-relu"}),
        ("mazur biases", {"mazur-with-biases"}),
        ("4-2-2-1 tanh", {"four-layer-tanh"}),
        ("step by step one-neuron", {"one-neuron"}),
        ("google", {"google"}),
        ("beginner", {"google", "one-neuron", "circuit", "perceptron"}),
        ("Softmax".casefold(), {"softmax", "attention", "embedding"}),
        ("cross entropy", {"softmax", "four-layer-cross-entropy", "embedding"}),
        ("binary cross entropy", {"four-layer-cross-entropy"}),
        ("recurrent", {"unrolled-rnn", "lstm-cell", "gru-cell"}),
        (
            "lesson",
            {*LESSONS, *GRAPHS},
        ),
        ("nothing is called so", set()),
    ],
)
def test_all_the_words_must_be_in_it(words, names, shipped):
    entries = shipped_entries(shipped, words.split())
    assert {entry.text for entry in entries if entry.kind == "shipped"} == names


def test_one_with_problems_is_listed_as_well():
    path = Path("/somewhere/broken.toml")
    assert shipped_entries([(path, None)]) == [Entry("heading", OWN), Entry("shipped", "broken", path)]


def texts(folder, text=""):
    return [entry.text for entry in folder_entries(folder, typed(text, folder.path))]


def test_a_folder_and_what_is_typed():
    folder = Folder(HERE, ("nets", ".git"), ("a.toml", "ab.toml", "b.toml", ".c.toml"))
    assert texts(folder) == ["Files in /here", "../", "nets/", "a.toml", "ab.toml", "b.toml"]
    assert texts(folder, "B") == ["Files in /here", "ab.toml", "b.toml"]
    assert texts(folder, "/here/a") == ["Files in /here", "a.toml", "ab.toml"]
    assert texts(folder, "/here/.") == ["Files in /here", ".git/", ".c.toml"]
    assert texts(folder, "nothing") == []
    assert texts(Folder(HERE)) == ["Files in /here", "../", "no scenario files here (.toml)"]
    assert texts(Folder(HERE, problem="Permission denied"))[1:] == ["it can't be listed: Permission denied", "../"]


@pytest.mark.posix
def test_a_path_finds_a_file_of_any_name(tmp_path):
    (tmp_path / "net.txt").touch()
    os.mkfifo(tmp_path / "pipe.txt")
    folder = read_folder(tmp_path)
    assert texts(folder, f"{tmp_path}/net.txt")[1:] == ["net.txt"]
    assert texts(folder, f"{tmp_path}/net.t") == []
    assert texts(folder, f"{tmp_path}/pipe.txt") == []


def test_a_folder_of_5000_files(tmp_path):
    names = tuple(f"net-{index:04}.toml" for index in range(5000))
    folder = Folder(tmp_path, (), names)
    entries = folder_entries(folder, Typed())
    assert len(entries) == 1 + 1 + MOST_LISTED + 1
    assert "4,500 more" in entries[-1].text
    assert texts(folder, "4999")[1:] == ["net-4999.toml"]


def test_names_are_text():
    names = ("a\x1b]0;title\x07.toml", "b\nc.toml", "d\u202egnp.toml", "e\udcff.toml", "[bold]f.toml")
    shown = texts(Folder(HERE, (), names))[2:]
    assert all(text.isprintable() for text in shown)
    assert shown[-1] == "[bold]f.toml"
    paths = [entry.path.name for entry in folder_entries(Folder(HERE, (), names), Typed())][2:]
    assert tuple(paths) == names
