"""Saving by someone who is asked: nothing is replaced that was not told as it is."""

from pathlib import Path

import pytest

from engine.files import load_scenario, shipped_path
from engine.files.save.saver import Saver
from engine.files.save.where import TakenError
from engine.walking.branch import standing
from engine.walking.session import Session


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(shipped_path("mazur-with-biases").read_text(encoding="utf-8"), encoding="utf-8")
    return path


def walked(path, iteration):
    return standing(Session.open(load_scenario(path)).seek(iteration, 1))


def told(saver, scenario, path):
    with pytest.raises(TakenError) as caught:
        saver.save(scenario, path)
    return str(caught.value).removeprefix(str(path)).strip()


def edit(path, end="# mine\n"):
    path.write_text(path.read_text(encoding="utf-8") + end, encoding="utf-8")


def test_it_is_told_once(path):
    saver, scenario = Saver(load_scenario(path)), walked(path, 3)
    assert told(saver, scenario, path) == "is there already"
    assert saver.save(scenario, path)
    assert load_scenario(path).resume.iteration == 3
    assert told(saver, scenario, path) == "is there already"  # not edited: this walk wrote it


def test_a_file_that_was_edited_since_it_was_read(path):
    saver, scenario = Saver(load_scenario(path)), walked(path, 3)
    edit(path)
    assert told(saver, scenario, path) == "was edited since it was read"
    assert "# mine" in path.read_text(encoding="utf-8")
    assert saver.save(scenario, path)


def test_a_file_that_was_edited_since_it_was_written(path):
    saver, scenario, new = Saver(load_scenario(path)), walked(path, 3), path.parent / "new.toml"
    saver.save(scenario, new)
    assert told(saver, scenario, new) == "is there already"
    saver.forget()
    edit(new)
    assert told(saver, scenario, new) == "was edited since it was read"


def test_a_file_that_is_edited_after_it_was_told(path):
    saver, scenario = Saver(load_scenario(path)), walked(path, 3)
    assert told(saver, scenario, path) == "is there already"
    edit(path)
    assert told(saver, scenario, path) == "has just been changed by someone else"
    assert saver.save(scenario, path)


def test_another_name_is_told_by_itself(path):
    saver, scenario, other = Saver(load_scenario(path)), walked(path, 3), path.parent / "other.toml"
    other.write_text("other")
    assert told(saver, scenario, path) == "is there already"
    assert told(saver, scenario, other) == "is there already"
    assert told(saver, scenario, path) == "is there already"
    saver.forget()
    assert told(saver, scenario, path) == "is there already"


def test_a_file_that_went_meanwhile(path):
    saver, scenario = Saver(load_scenario(path)), walked(path, 3)
    told(saver, scenario, path)
    path.unlink()
    assert saver.save(scenario, path)


@pytest.mark.parametrize("over", [False, True])
def test_line_ends_stay(over, path):
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    scenario, target = walked(path, 3), path if over else Path(path.parent, "new.toml")
    saver = Saver(load_scenario(path))
    if over:
        told(saver, scenario, target)
    saver.save(scenario, target)
    content = target.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert load_scenario(target).resume.iteration == 3
