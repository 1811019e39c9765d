"""The palette: keys beside commands in the order of the keys, found by the words that people look for."""

import pytest

from engine.files import shipped_names
from tests.tui.screens import at_rest, opened, press, screen_text, settled, sizes
from tui.palette import commands
from tui.view.keys import ALSO, KEYS, PICKER_KEYS, shown


def listed(app):
    """The lines of the palette."""
    return [" ".join(str(option.prompt).split()) for option in app.screen.query_one("CommandList").options]


@sizes
async def test_keys_stand_beside_commands_in_the_order_of_the_keys(size):
    async with opened("mazur", size) as (app, pilot):
        await press(pilot, "ctrl+p")
        await at_rest(pilot)
        lines = listed(app)
        for line, entry in zip(lines, KEYS, strict=False):
            assert line.startswith(f"{shown(entry.keys[0])} {entry.label.capitalize()} ")
            assert line.split("…")[0].strip().endswith(entry.purpose) or "…" in line
        after = lines[len(KEYS) :]
        assert [line.split()[0] for line in after[:2]] == ["Theme", "Forget"]
        assert [line.split()[1] for line in after[2:]] == list(shipped_names())
        text = screen_text(app).splitlines()
        assert any(line.lstrip().startswith("→  Step") for line in text)
        assert max(map(len, text)) <= size[0]


FOUND = {
    "picture": "Picture",
    "screenshot": "Picture",
    "screen": "Picture",
    "image": "Picture",
    "svg": "Picture",
    "export": "Save",
    "theme": "Theme",
    "colour": "Theme",
    "dark": "Theme gradstep-dark",
    "light": "Theme gradstep-light",
    "LIGHT": "Theme gradstep-light",
    "dracula": "Theme dracula",
    "save": "Save",
    "quit": "Quit",
    "exit": "Quit",
    "undo": "Back",
    "train": "Run on",
    "zoom": "Graph",
    "quiz": "Predict",
    "shortcuts": "More",
    "settings": "Forget settings",
    "reset": "Start",
    "loss curve": "History",
    "ctrl+r": "Reload",
    ".": "Digits",
    "weight": "Edit",
    "open goog": "Open google",
}


async def test_what_people_look_for_is_found():
    async with opened("mazur") as (app, _):
        there = list(commands(app, app.screen))
        for query, title in FOUND.items():
            best = sorted(there, key=lambda command, query=query: command.match(query), reverse=True)[0]
            assert (query, best.title) == (query, title)
            assert best.match(query) > 0
        assert not [command.title for command in there if command.match("zzz")]
        light = {command.title.removeprefix("Theme ") for command in there if command.match("light") > 0.6}
        assert light >= {name for name, theme in app.available_themes.items() if not theme.dark}


def test_other_words_are_of_actions_that_there_are():
    assert set(ALSO) <= {entry.does for entry in (*KEYS, *PICKER_KEYS)}


async def test_a_theme_is_found_and_chosen_by_what_it_is(told):
    async with opened("mazur") as (app, pilot):
        await press(pilot, "ctrl+p", *"light", "enter")
        await at_rest(pilot)
        assert app.theme == "gradstep-light"
        app.search_themes()
        await at_rest(pilot)
        assert listed(app)[:2] == ["gradstep-dark dark", "now gradstep-light light"]
        await press(pilot, *"dark", "enter")
        await at_rest(pilot)
        assert app.theme == "gradstep-dark"


@pytest.mark.parametrize("scenario", ["mazur", None])
async def test_a_picture_is_written_where_one_is_and_never_over_another(scenario, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    stem = "gradstep" if scenario is None else "mazur-0-0"
    async with opened(scenario, (200, 40)) as (app, pilot):
        await at_rest(pilot)
        for number in range(1, 4):
            await press(pilot, "ctrl+p", *"screenshot", "enter")
            await at_rest(pilot)
            path = tmp_path / (f"{stem}.svg" if number == 1 else f"{stem}-{number}.svg")
            assert app.said[-1] == f"The picture is {path}"
            svg = path.read_text()
            assert "escape" in svg or "forward" in svg
            assert "screenshot" not in svg  # the palette is not in it
            assert "The&#160;picture" not in svg  # nor what was told of the last one
    assert len(list(tmp_path.iterdir())) == 3


async def test_where_no_picture_can_be_written_it_is_said(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    async with opened("mazur") as (app, pilot):
        gone.rmdir()
        await press(pilot, "z")
        await settled(pilot)
        assert app.said[-1] == "No picture can be written to this folder: No such file or directory."
