"""`s` writes the walk to a new file, and leaving asks only where an edit is in none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Input, Label

from engine.files import load_scenario, shipped_path
from engine.walking.branch import branch_at, edited
from engine.walking.session import Session
from tests.tui.screens import TextFile, opened, press, screen_text, settled, size_id, sizes
from tests.tui.test_run_on import held  # noqa: F401 a fixture
from tui.dialogs.leave import Leave
from tui.dialogs.save import Save
from tui.stepper.screen import StepperScreen
from tui.words.saving import command_for, what_is_saved


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def walk(**changes):
    """Mazur's network at iteration 5 of the branch in which these were changed at iteration 3, and w1 at 5."""
    session = Session.open(load_scenario("mazur")).seek(3, 1)
    if changes:
        session = edited(edited(session, changes).seek(5, 1), {"w1": 1.0})
    return session


def stepper(app):
    return next(screen for screen in app.screen_stack if isinstance(screen, StepperScreen))


def told(app):
    return app.__dict__.get("said", [])


def problem(app):
    return str(app.screen.query_one(".problem", Label).content)


async def answered(pilot, answer):
    """Gives this path, and waits until it is written or refused."""
    pilot.app.screen.query_one(Input).value = answer
    await press(pilot, "enter")
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)


@sizes
async def test_looks(size, snapshot):
    """The question before leaving with what is not saved; the question where to, with a free name; a name taken."""

    async def seen(name):
        await settled(pilot)
        region = app.screen.query_one(".dialog").region  # what is behind it changes for other reasons
        lines = [line[region.x : region.right].rstrip() for line in screen_text(app).splitlines()]
        text = "\n".join([*lines[region.y : region.bottom], ""])
        assert text == snapshot(extension_class=TextFile, name=f"{size_id(size)} {name}")

    Path("taken.toml").write_text("mine")
    async with opened(walk(w5=0.5), size) as (app, pilot):
        await press(pilot, "q")
        await seen("1 edits")
        await press(pilot, "escape", "s")
        await seen("2 save")
        await answered(pilot, "taken")
        await seen("3 taken")


async def test_the_file_opens_again_to_the_same_numbers():
    async with opened(walk(w5=0.5)) as (app, pilot):
        await press(pilot, "right", "s", "enter")
        await app.workers.wait_for_complete()
        await settled(pilot)
        assert told(app) == ["mazur-2.toml is written; gradstep mazur-2.toml goes on from here."]
        session = stepper(app).session
        again = Session.open(load_scenario("mazur-2.toml")).seek(*session.position[:2])
        assert again.values.beginning.theta.tobytes() == session.values.beginning.theta.tobytes()
        assert [r.tobytes() for r in again.values.results] == [r.tobytes() for r in session.values.results]
        await press(pilot, "q")  # every edit is in the file: nothing is asked
    assert app.return_code == 0


async def test_a_typed_name_takes_the_place_of_the_proposed_one_in_its_folder(tmp_path):
    folder = tmp_path / "nets"
    folder.mkdir()
    (folder / "net.toml").write_text(shipped_path("mazur-with-biases").read_text())
    async with opened(folder / "net.toml") as (app, pilot):
        await press(pilot, "s", *"mine")
        assert app.screen.query_one(Input).value == str(folder / "mine")
        await press(pilot, "ctrl+c")  # what is selected is not copied: it leaves
    assert app.return_code == 130


async def test_what_is_there_is_replaced_only_after_a_second_enter():
    Path("a.toml").write_text("mine")
    Path("b.toml").write_text("mine")
    async with opened(walk()) as (app, pilot):
        await press(pilot, "s")
        for name in ("a", "b.toml", "a"):  # another name is asked about again
            await answered(pilot, name)
            assert problem(app) == f"{name[0]}.toml is there already: enter replaces it, another name keeps it"
        assert (Path("a.toml").read_text(), Path("b.toml").read_text()) == ("mine", "mine")
        await answered(pilot, "a")
        assert told(app) == ["a.toml is written; gradstep a.toml goes on from here."]
    assert load_scenario("a.toml").resume.iteration == 3
    assert Path("b.toml").read_text() == "mine"


async def test_a_file_that_another_program_changed_is_told(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(shipped_path("mazur-with-biases").read_text(encoding="utf-8"), encoding="utf-8")
    async with opened(path) as (app, pilot):
        path.write_text(path.read_text(encoding="utf-8") + "# mine", encoding="utf-8")
        for key in ("escape", "enter"):
            await press(pilot, "s")
            await answered(pilot, str(path))
            assert problem(app).startswith(f"{path} was edited since it was read: enter replaces it")
            assert path.read_text(encoding="utf-8").endswith("# mine")
            await press(pilot, key)
            await app.workers.wait_for_complete()
            await settled(pilot)
        assert told(app)[-1].startswith(f"{path} is written")
    assert not path.read_text(encoding="utf-8").endswith("# mine")


async def test_what_is_in_the_way_is_said_in_place(here, monkeypatch):
    Path("folder").mkdir()
    async with opened(walk()) as (app, pilot):
        await press(pilot, "s")
        for answer, words in (
            ("", "Give a name for the file"),
            ("nowhere/net", "There is no folder nowhere"),
            ("folder", "folder is a folder: give the name of a file in it"),
        ):
            await answered(pilot, answer)
            assert problem(app) == words

        def full(_):
            raise OSError(28, os.strerror(28))

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            await answered(pilot, "net")
        assert problem(app) == "net.toml can't be written: No space left on device"
        await press(pilot, "x")
        assert problem(app) == ""  # typing: that answer is gone
        await press(pilot, "escape")
        assert isinstance(app.screen, StepperScreen)
    assert [*here.iterdir()] == [here / "folder"]


async def test_leaving_asks_where_an_edit_is_in_no_file():
    async with opened(walk(w5=0.5, learning_rate=0.1)) as (app, pilot):
        await press(pilot, "q")
        assert isinstance(app.screen, Leave)
        text = screen_text(app)
        assert "3 edits are not saved" in text
        assert "w5 0.275360 → 0.5 at iteration 3" in text
        assert "η 0.5 → 0.1 at iteration 3" in text
        assert "→ 1 at iteration 5" in text
        await press(pilot, "escape")
        assert isinstance(app.screen, StepperScreen)
        await press(pilot, "q", "q")
    assert app.return_code == 0


@pytest.mark.parametrize("keys", ["", "e enter", "g", "question_mark"])
async def test_ctrl_c_leaves_from_everywhere(keys):
    async with opened(walk()) as (app, pilot):
        await press(pilot, *keys.split(), "ctrl+c")
    assert app.return_code == 130


@pytest.mark.parametrize(
    ("keys", "code"), [("s ctrl+c ctrl+c", 130), ("ctrl+c q", 130), ("q ctrl+c", 130), ("s ctrl+q q", 0)]
)
async def test_ctrl_c_asks_too_and_twice_it_ends_at_once(keys, code):
    *first, last = keys.split()
    async with opened(walk(w5=0.5)) as (app, pilot):
        await press(pilot, *first)
        assert isinstance(app.screen, Leave)  # over another question, too
        await press(pilot, last)
    assert app.return_code == code


async def test_the_question_before_leaving_goes_back_to_the_one_that_was_asked():
    async with opened(walk(w5=0.5)) as (app, pilot):
        await press(pilot, "s", "ctrl+c", "s")
        assert [type(screen) for screen in app.screen_stack[1:]] == [StepperScreen, Save]


async def test_saving_before_leaving():
    session = branch_at(walk(w5=0.5), 0)  # both branches are left: where does a file hold all edits?
    async with opened(session) as (app, pilot):
        await press(pilot, "ctrl+c", "s")
        assert isinstance(app.screen, Save)
        assert stepper(app).session.tree.current == 1
        await press(pilot, "escape")  # changed one's mind: it stays
        await press(pilot, "ctrl+c", "s")
        await answered(pilot, "one")
        assert isinstance(app.screen, Leave)  # w1 is still in no file
        assert "1 edit is not saved" in screen_text(app)
        await press(pilot, "s")
        assert stepper(app).session.tree.current == 2
        await answered(pilot, "two")
    assert app.return_code == 130
    assert [load_scenario(name).resume.iteration for name in ("one.toml", "two.toml")] == [5, 5]


async def test_another_scenario_is_not_opened_over_unsaved_edits():
    async with opened(walk(w5=0.5)) as (app, pilot):
        stepper(app).open.shipped("google")
        await settled(pilot)
        assert isinstance(app.screen, Leave)
        await press(pilot, "s")
        await press(pilot, "escape")  # not a name either: it stays
        assert stepper(app).session.scenario.name == "mazur"
        stepper(app).open.shipped("google")
        await settled(pilot)
        await press(pilot, "s")
        await answered(pilot, "net")
        assert stepper(app).session.scenario.name == "google"
        assert told(app)[-1] == "net.toml is written; gradstep net.toml goes on from here."


async def test_a_question_on_top_of_a_file_being_written():
    async with opened(walk(w5=0.5)) as (app, pilot):
        await press(pilot, "s")
        app.screen.query_one(Input).value = "net"
        await pilot.press("enter", "ctrl+c")
        await app.workers.wait_for_complete()
        await settled(pilot)
        assert Path("net.toml").exists()
        if isinstance(app.screen, Leave):  # it came before the file was written
            await press(pilot, "escape")
        assert isinstance(app.screen, StepperScreen)
        assert told(app) == ["net.toml is written; gradstep net.toml goes on from here."]


async def test_not_during_a_run(held):  # noqa: F811 a fixture
    async with opened(walk(w5=0.5)) as (app, pilot):
        held(app)
        await press(pilot, "r", *"5000", "enter")
        await press(pilot, "s")
        assert isinstance(app.screen, StepperScreen)
        assert told(app)[-1] == "The run goes on: escape stops it and keeps what is done."


async def test_comments_that_could_not_be_kept_are_told(monkeypatch):
    async with opened(walk()) as (app, pilot):
        monkeypatch.setattr("engine.files.save.save.revised", lambda *_: "")
        await press(pilot, "s")
        await answered(pilot, "net")
        assert told(app)[0].endswith("Comments of the old file could not be kept.")


def test_what_a_file_holds():
    assert what_is_saved(walk()) == "the start of iteration 3; published figures are left out"
    there = walk(w5=0.5)
    assert what_is_saved(there) == "the start of iteration 5 of branch 2; published figures are left out"
    assert what_is_saved(there.seek(2, 1)) == "the start of iteration 2 of main; published figures are left out"


def test_the_command_that_opens_it():
    assert command_for(Path("mazur-2.toml")) == "gradstep mazur-2.toml"
    assert command_for(Path("my nets/it's.toml")) == "gradstep 'my nets/it'\"'\"'s.toml'"
    assert command_for(Path("-net.toml")) == "gradstep ./-net.toml"


def test_only_saving_itself_waits_for_tomlkit():
    program = "import sys, tui.app; print('tomlkit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "False\n"
