"""The picker by its keys and by mouse: from the list to a walk and back, folders, search, files with problems."""

import pytest

from engine.files import load_scenario, shipped_names, shipped_path
from engine.program.notation import CANONICAL
from tests.tui.screens import at_rest, opened, press, screen_text, sizes
from tui.dialogs.help import Help
from tui.picker import screen as picker_screen
from tui.picker.list import EntryList
from tui.picker.problems import FileProblems
from tui.picker.screen import Picker
from tui.stepper.screen import StepperScreen
from tui.view.keys import PICKER_KEYS

GOOD = shipped_path("mazur-with-biases").read_text()
BROKEN = GOOD.replace('"sigmoid"', '"sigmod"').replace("learning_rate = 0.5", "learning_rate = -1")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, known):
    """A folder of one's own to start in; files are read at once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(picker_screen, "REST", 0)
    return tmp_path


async def test_a_new_user_finds_a_scenario_and_comes_back():
    async with opened(None) as (app, pilot):
        assert isinstance(app.screen, Picker)
        await at_rest(pilot)
        assert app.screen._chosen.text == "google"  # where to start
        await press(pilot, "down")
        await at_rest(pilot)
        text = screen_text(app)
        assert "62 ✓ · 5 variants" in text
        assert "half squared error" in text
        await press(pilot, "down", "enter")
        await at_rest(pilot)
        assert isinstance(app.screen, StepperScreen)
        assert app.screen.session.scenario.name == "mazur-with-biases"
        await press(pilot, "right", "right", "right")
        there = app.screen.session
        await press(pilot, "o")
        await at_rest(pilot)
        assert app.screen._chosen.text == "mazur-with-biases"  # what is open is where the choice begins
        await press(pilot, "escape")
        assert app.screen.session is there
        await press(pilot, "o")
        await at_rest(pilot)
        await press(pilot, "up", "enter")
        await at_rest(pilot)
        assert app.screen.session.scenario.name == "mazur"
        assert [type(screen) for screen in app.screen_stack].count(StepperScreen) == 1


async def test_every_shipped_scenario_is_listed():
    async with opened(None, (120, 60)) as (app, pilot):
        await at_rest(pilot)
        listed = {entry.text for entry in app.screen._entries if entry.kind == "shipped"}
        assert listed == set(shipped_names())
        text = screen_text(app)
        assert all(load_scenario(name).document in text for name in ("google", "four-layer", "mazur"))


async def test_without_a_walk_there_is_nothing_to_go_back_to(told):
    async with opened(None) as (app, pilot):
        await press(pilot, "escape")
        assert isinstance(app.screen, Picker)
        assert "no walk to go back to" in told[-1]
        assert "escape back" not in screen_text(app)
        await press(pilot, "slash", "x")  # here it has something to end
        assert "escape back" in screen_text(app)
        await press(pilot, "escape")
        assert "escape back" not in screen_text(app)
        await press(pilot, "q")
        assert not app.is_running


async def test_search_narrows_and_opens(folder, told):
    (folder / "mine.toml").write_text(GOOD)
    async with opened(None) as (app, pilot):
        await at_rest(pilot)
        await press(pilot, "slash", *"relu")
        assert [entry.text for entry in app.screen._entries] == [
            "Introducing the backpropagation method",
            "four-layer-relu",
            "Examples of our own",
            "dead-relu",
        ]
        await press(pilot, "escape")
        assert len(app.screen._entries) > 16
        await press(pilot, "slash", *"zzz")
        assert "nothing is found for 'zzz'" in screen_text(app)
        assert "escape shows all again" in screen_text(app)
        await press(pilot, "enter")
        assert "Nothing is chosen" in told[-1]
        await press(pilot, "escape", "slash", *"gogle")
        assert "did you mean google?" in screen_text(app)
        await press(pilot, "escape", "slash", *"nowhere/xo")
        assert "Files in" in screen_text(app)
        await press(pilot, "escape", "slash", *"./xo")
        assert "begins with 'xo'" in screen_text(app)
        await press(pilot, "escape", "slash", *"mine", "enter")
        await at_rest(pilot)
        assert app.screen.session.scenario.path == folder / "mine.toml"


async def test_folders_are_entered_and_left(folder):
    (folder / "mine").mkdir()
    (folder / "mine" / "xor.toml").write_text(GOOD)
    (folder / "mine" / "round").symlink_to(folder)
    async with opened(None, (120, 60)) as (app, pilot):
        await at_rest(pilot)
        await press(pilot, "slash", *"mine", "enter")
        assert app.screen._chosen.text == "xor.toml"
        await at_rest(pilot)
        assert "Mazur's network" in screen_text(app)
        await press(pilot, "up", "enter")  # the link that leads round
        assert app.screen._folder.path == folder
        assert app.screen._chosen.text == "mine/"
        await press(pilot, "slash", *"mine/x")
        assert [entry.text for entry in app.screen._entries if entry.chosen] == ["xor.toml"]
        await press(pilot, "enter")
        await at_rest(pilot)
        assert app.screen.session.scenario.name == "xor"


async def test_problems_are_shown_in_place_until_the_file_is_mended(folder, told):
    path = folder / "net.toml"
    path.write_text(BROKEN)
    async with opened(None, (140, 40)) as (app, pilot):
        await at_rest(pilot)
        await press(pilot, "end")
        await at_rest(pilot)
        text = screen_text(app)
        assert "✗ 3 problems" in text
        assert '"sigmod" is not known' in text
        about = app.screen.query_one("#about")
        await press(pilot, "tab")
        assert app.screen.focused is about  # now the arrows scroll
        await press(pilot, "tab")
        assert app.screen.focused is None
        assert "the nearest is sigmoid" in text
        path.write_text(BROKEN.replace("sigmod", "sigmoid"))
        await press(pilot, "r")
        await at_rest(pilot)
        assert "✗ 1 problem" in screen_text(app)
        await press(pilot, "enter")
        await at_rest(pilot)
        assert isinstance(app.screen, FileProblems)
        await press(pilot, "r")
        await at_rest(pilot)
        assert "as it was" in told[-1]
        path.write_text(GOOD)
        await press(pilot, "r")
        await at_rest(pilot)
        assert isinstance(app.screen, StepperScreen)
        assert app.screen.session.scenario.name == "net"


async def test_the_problems_can_be_closed_and_enter_opens_the_file_once_it_is_fine(folder):
    (folder / "net.toml").write_text(BROKEN)
    async with opened(None) as (app, pilot):
        await at_rest(pilot)
        await press(pilot, "end", "enter")
        await at_rest(pilot)
        await press(pilot, "escape")
        assert isinstance(app.screen, Picker)
        (folder / "net.toml").write_text(GOOD)
        await press(pilot, "enter")
        await at_rest(pilot)
        assert isinstance(app.screen, StepperScreen)


async def test_new_files_are_found_by_reading_again(folder):
    async with opened(None, (200, 60)) as (app, pilot):  # all of the list has room
        await at_rest(pilot)
        assert "no scenario files here" in screen_text(app)
        (folder / "new.toml").write_text(GOOD)
        await press(pilot, "r")
        await at_rest(pilot)
        assert "new.toml" in screen_text(app)


async def test_a_click_shows_and_a_double_click_opens():
    async with opened(None) as (app, pilot):
        await at_rest(pilot)
        lines = screen_text(app).splitlines()
        top = app.screen.query_one(EntryList).region.y
        row = next(index for index, line in enumerate(lines) if "One neuron" in line) - top
        await pilot.click(EntryList, offset=(10, 1))  # a heading
        assert app.screen._chosen.text == "google"
        await pilot.click(EntryList, offset=(10, row))
        await at_rest(pilot)
        assert app.screen._chosen.text == "one-neuron"
        await pilot.click(EntryList, offset=(10, row), times=2)
        await at_rest(pilot)
        assert app.screen.session.scenario.name == "one-neuron"


async def test_hostile_names_are_text(folder):
    for name in ("a\x1b]0;title\x07[b]x.toml", "n\new.toml", "r\u202elmot.toml", "[@click=app.quit]q.toml", "w" * 250):
        (folder / name).with_suffix(".toml").write_text("title = '[red]x'")
    async with opened(None, (80, 24)) as (app, pilot):
        await at_rest(pilot)
        for _ in range(5):
            await press(pilot, "end" if _ == 0 else "up")
            await at_rest(pilot)
            text = screen_text(app)
            assert all(line.isprintable() for line in text.splitlines())
            assert "2 problems" in text
        assert "…" in text


async def test_a_folder_of_5000_files(folder):
    for index in range(5000):
        (folder / f"net-{index:04}.toml").touch()
    async with opened(None) as (app, pilot):
        await at_rest(pilot)
        assert "5,000 files" in screen_text(app)
        await press(pilot, "end")
        assert app.screen._chosen.text == "net-0499.toml"
        await press(pilot, "slash", *"4321")
        assert app.screen._chosen.text == "net-4321.toml"


async def test_help_begins_with_these_keys_and_the_palette_has_them():
    async with opened(None) as (app, pilot):
        await press(pilot, "question_mark")
        assert isinstance(app.screen, Help)
        assert screen_text(app).index("Choose a scenario") < screen_text(app).index("One step on")
        await press(pilot, "escape")
        commands = {command.title for command in app.get_system_commands(app.screen)}
        assert commands >= {entry.label.capitalize() for entry in PICKER_KEYS}


async def test_the_choice_of_names_is_kept():
    async with opened(None, canonical=True) as (app, pilot):
        await at_rest(pilot)
        await press(pilot, "enter")
        await at_rest(pilot)
        assert app.screen.names is CANONICAL


@pytest.mark.parametrize("size", [(60, 16), (240, 70)])
async def test_any_size(size, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(None, size) as (app, pilot):
        await at_rest(pilot)
        lines = screen_text(app).splitlines()
        start = next(index for index, line in enumerate(lines) if "Start here" in line)
        assert "google  " in lines[start + 1]
        await pilot.resize_terminal(59, 20)
        await press(pilot)
        assert "at least 60 columns" in screen_text(app)
        assert "google" not in screen_text(app)


@sizes
async def test_names_and_shapes_are_whole(size):
    async with opened(None, size) as (app, pilot):
        await at_rest(pilot)
        listed = [str(option.prompt) for option in app.screen.query_one(EntryList).options]
        for name in shipped_names():
            line = next(line for line in listed if line.split()[:1] == [name])
            scenario = load_scenario(name)
            assert f" {scenario.shape} " in f"{line} "
            assert line.split()[1] in scenario.title
        assert ("21✓ 2≈ 4≠" in screen_text(app)) == (size[0] != 120)  # beside titles that can still be read
