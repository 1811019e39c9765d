"""From a walk: another scenario is opened, the file is read again at the same place, a changed file is told."""

import asyncio
import subprocess
import sys

import pytest

from engine.files import load_scenario, shipped_path
from engine.walking.session import Session
from tests.tui.screens import at_rest, opened, press, screen_text, settled
from tui.dialogs.leave import Leave
from tui.panels.key_line import KeyLine
from tui.picker.problems import FileProblems
from tui.stepper.open import same_place
from tui.stepper.screen import StepperScreen

TEXT = shipped_path("mazur-with-biases").read_text()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(TEXT)
    return path


async def test_a_changed_file_is_told_and_read_again_at_the_same_place(path, told):
    async with opened(path) as (app, pilot):
        await press(pilot, "n", "n", "right", "right", "full_stop", "down")
        before = app.screen
        told.clear()
        before.open.look()
        assert not told
        path.write_text(TEXT.replace("0.5", "0.25"))
        for _ in range(3):
            before.open.look()
        await press(pilot)
        assert told == ["net.toml has changed: ctrl+r reads it again and stays here."]
        assert "file changed: ctrl+r" in screen_text(app)
        await press(pilot, "ctrl+r")
        await at_rest(pilot)
        after = app.screen
        assert after is not before
        assert after.session.position == before.session.position
        assert after.session.scenario.training.learning_rate == 0.25
        assert after.chosen.selected == before.chosen.selected is not None
        assert after.view.digits == 9
        assert "file changed" not in screen_text(app)
        after.open.look()
        assert told[-1] == "net.toml is read again."


async def test_a_file_that_is_broken_by_now_shows_its_problems(path):
    async with opened(path) as (app, pilot):
        await press(pilot, "right", "right")
        before = app.screen.session
        path.write_text(TEXT.replace("sigmoid", "sigmod"))
        await press(pilot, "ctrl+r")
        await at_rest(pilot)
        assert isinstance(app.screen, FileProblems)
        assert "the nearest is sigmoid" in screen_text(app)
        await press(pilot, "escape")
        assert app.screen.session is before  # ignoring is fine
        await press(pilot, "ctrl+r")
        await at_rest(pilot)
        path.write_text(TEXT)
        await press(pilot, "r")
        await at_rest(pilot)
        assert app.screen.session.position == before.position
        assert app.screen.session.scenario is not before.scenario


async def test_a_file_that_is_gone_is_told_once(path, told):
    async with opened(path) as (app, pilot):
        path.unlink()
        for _ in range(4):
            app.screen.open.look()
        assert told == ["net.toml is gone; the walk goes on with what was read."]
        await press(pilot, "right")
        assert app.screen.session.done == 1
        await press(pilot, "ctrl+r")
        await at_rest(pilot)
        assert "there is no such file" in screen_text(app)


async def test_an_edit_that_is_in_no_file_is_not_lost_unasked(path):
    async with opened(path) as (app, pilot):
        await press(pilot, "slash", *"w1", "enter", "e", *"0.5", "enter")
        before = app.screen
        before.open.shipped("mazur")
        await press(pilot)
        assert "1 edit is not saved" in screen_text(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, Leave)  # enter comes too easily
        await press(pilot, "escape")
        assert app.screen is before
        await press(pilot, "ctrl+r")
        await at_rest(pilot)
        assert isinstance(app.screen, Leave)  # the file without the edit
        await press(pilot, "escape")
        before.open.shipped("mazur")
        await press(pilot, "q")
        assert app.screen.session.scenario.name == "mazur"


async def test_the_palette_opens_each_shipped_scenario():
    async with opened("mazur") as (app, pilot):
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        commands["Open one-neuron"].callback()
        await at_rest(pilot)
        assert app.screen.session.scenario.name == "one-neuron"


def test_the_same_place_in_a_smaller_network():
    mazur, one = load_scenario("mazur"), load_scenario("one-neuron")
    assert same_place(Session.open(mazur), one)[1] == (0, 0, 0)
    session, place = same_place(Session.open(mazur).seek(3, 14), one)
    assert (place.iteration, place.rows) == (3, session.count)
    session, place = same_place(Session.open(mazur, "scalar").seek(2, 38), mazur)
    assert session.seek_position(place).position == Session.open(mazur, "scalar").seek(2, 38).position


def test_a_walk_does_not_wait_for_the_picker():
    code = "import sys, tui.app; print(*(name for name in sys.modules if name.startswith('tui.picker')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) <= {"tui.picker", "tui.picker.watch"}  # an open file is watched as a listed one is


async def test_the_palette_may_be_closed_before_it_has_looked_for_anything():
    """Whoever presses escape at once is back in the walk: its search finds no list to fill, and that is all."""
    async with opened() as (app, pilot):
        for turns in range(10):  # of the event loop: the search begins in one of them
            app.action_command_palette()
            for _ in range(turns):
                await asyncio.sleep(0)
            app.screen.dismiss()
            for _ in range(40):
                await asyncio.sleep(0)
        await settled(pilot)
        assert app._exception is None
        assert isinstance(app.screen, StepperScreen)


async def test_a_key_may_come_before_a_walk_is_drawn():
    """Typed ahead, while there are panels, but nothing is drawn on them yet."""
    async with opened() as (app, pilot):
        walk = app.open_session(app.screen.session)
        while not (walk.query(KeyLine) and walk.query("#nodes") and walk.query("#parameters")):
            await asyncio.sleep(0)
        walk.walk.forward()
        walk.notes.turn()
        await settled(pilot)
        assert app._exception is None
        assert walk.session.done == 1
