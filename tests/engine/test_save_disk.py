"""Saving on a disk on which things go wrong: one clear message, nothing half written, nothing else touched."""

import errno
import os
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from engine.files import load_scenario, shipped_path
from engine.files.disk import signature_of
from engine.files.save.save import save
from engine.files.save.where import SaveError, TakenError, path_of, proposed
from engine.walking.branch import standing
from engine.walking.session import Session
from tests.networks import make, mazur

resource = pytest.importorskip("resource")  # Windows has no such limits


@pytest.fixture
def scenario():
    return standing(Session.open(load_scenario("mazur")).seek(3, 1))


def said(scenario, path, **options):
    with pytest.raises(SaveError) as caught:
        save(scenario, path, **options)
    words = str(caught.value)
    assert words.isprintable()
    return words


def test_what_is_there_stays_unless_it_may_go(scenario, tmp_path):
    path = tmp_path / "new.toml"
    path.write_text("mine")
    with pytest.raises(TakenError, match="is there already") as caught:
        save(scenario, path)
    assert caught.value.seen == signature_of(path)
    assert path.read_text() == "mine"
    assert save(scenario, path, over=caught.value.seen)
    assert load_scenario(path).resume.iteration == 3
    assert [*tmp_path.iterdir()] == [path]


def test_a_link_stays_one(scenario, tmp_path):
    path, link = tmp_path / "new.toml", tmp_path / "link.toml"
    path.write_text("mine")
    link.symlink_to(path)
    assert "is there already" in said(scenario, link)
    save(scenario, link, over=signature_of(link))
    assert link.is_symlink()
    assert load_scenario(path).resume.iteration == 3


@pytest.mark.parametrize("over", [False, True])
def test_what_is_no_file_is_never_replaced(over, scenario, tmp_path):
    folder, pipe, lost = tmp_path / "folder.toml", tmp_path / "pipe.toml", tmp_path / "lost.toml"
    folder.mkdir()
    os.mkfifo(pipe)
    lost.symlink_to(tmp_path / "nowhere" / "at all")
    for path in (folder, pipe, Path("/dev/full")):
        assert "not a file" in said(scenario, path, over=signature_of(path) if over else None)
    said(scenario, lost)
    assert sorted(tmp_path.iterdir()) == [folder, lost, pipe]
    assert (folder.is_dir(), pipe.is_fifo(), lost.is_symlink()) == (True, True, True)
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@contextmanager
def room_for(count):
    """No file may grow beyond so many bytes: the kernel says no in the middle of writing."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("over", [False, True])
def test_a_file_that_can_only_be_begun(over, scenario, tmp_path):
    path = tmp_path / "new.toml"
    if over:
        path.write_text("mine")
    with room_for(1000):
        words = said(scenario, path, over=signature_of(path) if over else None)
    assert "can't be written: File too large" in words
    assert [file.read_text() for file in tmp_path.iterdir()] == (["mine"] if over else [])


@pytest.mark.parametrize("over", [False, True])
def test_a_full_disk(over, scenario, tmp_path, monkeypatch):
    path = tmp_path / "new.toml"
    if over:
        path.write_text("mine")

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert "No space left on device" in said(scenario, path, over=signature_of(path) if over else None)
    assert [file.read_text() for file in tmp_path.iterdir()] == (["mine"] if over else [])


def test_killed_in_the_middle_there_is_no_half_file(tmp_path):
    program = """
import os, sys
from pathlib import Path
from engine.files import load_scenario
from engine.files.save.save import save
os.fsync = lambda _: os._exit(9)
save(load_scenario("mazur"), Path(sys.argv[1]))
"""
    path = tmp_path / "new.toml"
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert done.returncode == 9
    assert not path.exists()
    assert len([*tmp_path.iterdir()]) == 1
    save(load_scenario("mazur"), path)
    assert [*tmp_path.iterdir()] == [path]  # what the killed one left is swept


def test_folders(scenario, tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    assert said(scenario, tmp_path / "no" / "new.toml") == f"There is no folder {tmp_path / 'no'}"
    assert said(scenario, file / "new.toml") == f"{file} is not a folder"
    words = said(scenario, tmp_path / f"{'n' * 300}.toml")
    assert words.endswith("nnn.toml can't be written: File name too long")
    assert words.startswith("/")
    assert "n…n" in words
    assert len(words) < 200
    assert "it is no path" in said(scenario, tmp_path / "a\0b.toml")


def test_a_folder_in_which_nothing_may_be_written(scenario, tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):  # an administrator may write everywhere, but not here
        folder = Path("/proc")
    words = said(scenario, folder / "new.toml")
    assert "can't be written: " in words or "no folder" in words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("", "Give a name"),
        ("  ", "Give a name"),
        ("here/", "is a folder"),
        ("here", "is a folder"),
        (".", "is a folder"),
        ("there", "is a folder"),
        ("~no one/a", "no such user"),
        ("~\0/a", "no such user"),
    ],
)
def test_answers_that_are_no_file(answer, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("here").mkdir()
    Path("there.toml").mkdir()
    with pytest.raises(SaveError, match=words):
        path_of(answer)


def test_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert path_of("net") == Path("net.toml")
    assert path_of(" v1.5 ") == Path("v1.5.toml")
    assert path_of("a b/net.toml") == Path("a b/net.toml")
    assert path_of("~/net") == tmp_path / "net.toml"


def test_a_name_that_is_too_long(scenario, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "File name too long" in said(scenario, path_of("x" * 300))


def test_a_name_is_proposed_that_is_free(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert proposed(load_scenario("mazur")) == Path("mazur-2.toml")
    Path("mazur-2.toml").write_text(shipped_path("mazur").read_text())
    assert proposed(load_scenario("mazur")) == Path("mazur-3.toml")
    assert proposed(load_scenario("mazur-2.toml")) == Path("mazur-3.toml")
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "mazur.toml").write_text(shipped_path("mazur").read_text())
    assert proposed(load_scenario("nets/mazur.toml")) == Path("nets/mazur-2.toml")
    assert proposed(replace(mazur(), name="a/b")) == Path("b-2.toml")


def test_too_large(tmp_path):
    scenario = make((200, 300, 1))
    assert said(scenario, tmp_path / "new.toml") == "It would take 2.0 MiB, and 1 MiB are the most"
    assert not [*tmp_path.iterdir()]
    here = tmp_path / "here"
    here.mkdir()
    np.savetxt(here / "w.csv", np.full((300, 200), 1 / 3), delimiter=",")
    text = '[[network.layer]]\nunits = 300\nactivation = "tanh"\nweights = { csv = "w.csv" }\n'
    inputs = [f"i{i}" for i in range(200)]
    text = (
        f'title = "large"\n[network]\ninputs = {inputs}\nloss = "output"\n{text}[[example]]\ninputs = {[0.5] * 200}\n'
    )
    (here / "large.toml").write_text(text)
    scenario = load_scenario(here / "large.toml")
    words = said(scenario, tmp_path / "new.toml")
    assert words.endswith("1 MiB are the most; beside large.toml its tables of numbers need not be listed")
    assert save(scenario, here / "new.toml")


def test_too_large_without_tables_of_numbers(scenario, tmp_path, monkeypatch):
    """Another folder is no remedy."""
    monkeypatch.setattr("engine.files.save.listed.MAX_BYTES", 300)
    assert said(scenario, tmp_path / "new.toml").endswith("MiB are the most")


def test_what_no_file_can_hold(tmp_path):
    scenario = mazur()
    theta = scenario.theta.copy()
    theta[0] = np.inf
    assert "inf is not finite" in said(replace(scenario, theta=theta), tmp_path / "new.toml")
    notation = replace(scenario.notation, name="mine", last_y="ŷ")
    assert "can't say all" in said(replace(scenario, notation=notation), tmp_path / "new.toml")
