"""Settings: what was chosen is there the next time; whatever the file is, nothing fails and nothing of it is lost."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.program.notation import CANONICAL
from tests.tui.screens import at_rest, opened, press, screen_svg, screen_text, settled
from tests.tui.terminal import gradstep
from tui.view.settings import VARIABLE, Kept, Settings, place, understood, users


@pytest.fixture
def path(tmp_path):
    return tmp_path / "below" / "settings.json"


async def chosen(path, *keys, **options):
    """What an app with this file shows in the end: theme, digits, canonical names or not, notes."""
    async with opened("mazur", kept=Kept(path), notes=None, **options) as (app, pilot):
        await press(pilot, *keys)
        await at_rest(pilot)
        view = app.screen.view
        return app.theme, view.digits, view.notation is CANONICAL, app.screen.view.note_page is not None


async def test_what_is_chosen_is_there_the_next_time(path):
    assert await chosen(path) == ("gradstep-dark", 6, False, True)
    assert not path.exists()  # nothing was chosen
    wanted = "gradstep-light", 9, True, False
    assert await chosen(path, "full_stop", "y", "i", "ctrl+p", *"gradstep-light", "enter") == wanted
    assert await chosen(path) == wanted
    assert await chosen(path, "full_stop", "full_stop", "i") == ("gradstep-light", 4, True, True)
    assert json.loads(path.read_text()) == {"digits": 4, "names": "canonical", "notes": True, "theme": "gradstep-light"}


async def test_an_option_wins_for_that_walk_and_is_not_kept(path):
    Kept(path).choose(names="canonical")
    async with opened("mazur", kept=Kept(path), canonical=False) as (app, pilot):
        assert app.screen.names is not CANONICAL
        await press(pilot, "full_stop")
    assert users_of(path) == Settings(names="canonical", digits=9)


async def test_forgotten_all_is_as_in_the_beginning(path):
    Kept(path).choose(theme="gradstep-light", digits=4, names="canonical", notes=False)
    assert await chosen(path, "ctrl+p", *"forget", "enter") == ("gradstep-dark", 6, False, True)
    assert not path.exists()


def users_of(path):
    return Kept(path).settings


WRONG = [
    (b"\xff\xfe", "is not UTF-8"),
    (b"theme = 3", "not JSON"),
    (b"[1]", "no JSON object"),
    (b"[" * 100_000, "not JSON"),
    (b"", "not JSON"),
    (b'{"theme": 3, "digits": "fitting"}', "theme can't be 3"),
    (b'{"digits": 5, "notes": "no"}', "digits can't be 5 and notes can't be"),
    (b'{"names": "\\u001b[31m"}', "names can't be"),
]


@pytest.mark.parametrize(("content", "words"), WRONG)
async def test_what_cant_be_used_is_passed_over_and_said(content, words, path):
    path.parent.mkdir()
    path.write_bytes(content)
    async with opened("mazur", (200, 60), kept=Kept(path)) as (app, pilot):
        text = screen_text(app)
        assert words in text
        assert "settings.json: " in text
        assert "passed over" in text
        assert app.theme == "gradstep-dark"
        await press(pilot, "full_stop")
        assert app.screen.view.digits is None
    assert Kept(path).settings.digits == "all"


@pytest.mark.parametrize("theme", ["gradstep-light", "ansi-dark"])
async def test_it_begins_in_the_colours_of_the_theme(theme, path):
    Kept(path).choose(theme=theme)
    async with opened("mazur") as (app, pilot):
        app.theme = theme
        await settled(pilot)
        wanted = screen_svg(app)
    async with opened("mazur", kept=Kept(path)) as (app, _):
        assert screen_svg(app) == wanted


async def test_a_theme_that_there_is_not(path):
    Kept(path).choose(theme="gone")
    assert (await chosen(path))[0] == "gradstep-dark"


def test_what_is_not_understood_is_kept(path):
    path.parent.mkdir()
    path.write_text('{"theme": "gradstep-light", "from the future": [1], "digits": 5}')
    first, second = Kept(path), Kept(path)
    assert not first.choose(notes=False)
    assert not second.choose(names="canonical")  # two walks at once: each changes only its own
    assert json.loads(path.read_text()) == {
        "theme": "gradstep-light",
        "from the future": [1],
        "digits": 5,
        "notes": False,
        "names": "canonical",
    }


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists)


@given(st.dictionaries(st.sampled_from(Settings.__struct_fields__) | st.text(), JSON))
def test_whatever_stands_there_each_field_counts_for_itself(content):
    settings, wrong = understood(content)
    for field in Settings.__struct_fields__:
        value = getattr(settings, field)
        if field in content and f"{field} can't be" not in wrong:
            assert value == content[field]
        else:
            assert value == getattr(Settings(), field)


def test_a_link_stays_one_and_nothing_else_is_left(tmp_path):
    (tmp_path / "dotfiles").mkdir()
    link = tmp_path / "settings.json"
    link.symlink_to(tmp_path / "dotfiles" / "gradstep.json")
    assert not Kept(link).choose(digits=4)
    assert link.is_symlink()
    assert users_of(link).digits == 4
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["dotfiles", "gradstep.json", "settings.json"]


@pytest.mark.parametrize("kind", ["folder", "pipe", "below a file", "circle", "not allowed"])
async def test_a_place_where_nothing_can_be_kept(kind, tmp_path):
    path = tmp_path / "settings.json"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "below a file":
        path.write_text("")
        path = path / "settings.json"
    elif kind == "circle":
        path.symlink_to(path)
    else:
        tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
        if os.access(tmp_path, os.W_OK):
            pytest.skip("root may write anywhere")
    async with opened("mazur", (200, 60), kept=Kept(path)) as (app, pilot):
        await press(pilot, "full_stop")
        assert app.screen.view.digits is None  # all, after 9, which suit the width
        assert "can't be written" in app.said[-1]
        assert "lasts until you leave" in app.said[-1]


HOME = {"HOME": "/home/someone", "USERPROFILE": "/home/someone"}


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, "/home/someone/.config/gradstep/settings.json"),
        ("linux", {"XDG_CONFIG_HOME": "/etc/mine"}, "/etc/mine/gradstep/settings.json"),
        ("linux", {"XDG_CONFIG_HOME": "relative"}, "/home/someone/.config/gradstep/settings.json"),
        ("linux", {"APPDATA": "/roaming"}, "/home/someone/.config/gradstep/settings.json"),
        ("darwin", {}, "/home/someone/Library/Application Support/gradstep/settings.json"),
        ("win32", {"APPDATA": "/roaming"}, "/roaming/gradstep/settings.json"),
        ("win32", {}, "/home/someone/AppData/Roaming/gradstep/settings.json"),
        ("win32", {VARIABLE: "/elsewhere.json"}, "/elsewhere.json"),
        ("linux", {VARIABLE: ""}, None),
    ],
)
def test_where_each_system_keeps_them(platform, environment, expected, monkeypatch):
    for name, value in HOME.items():
        monkeypatch.setenv(name, value)
    assert place(environment, platform) == (None if expected is None else Path(expected))


def test_no_test_has_a_file():
    assert users().path is None


def test_the_real_program_has_its_users_theme(path):
    Kept(path).choose(digits=4)
    with gradstep("mazur", "--at", "0:y[o2]", environment={VARIABLE: str(path)}) as terminal:
        terminal.wait_for("0.7514")
        terminal.press(".")
        terminal.wait_for("0.751365")
        terminal.press("q")
        assert terminal.ended() == 0
    assert users_of(path).digits == 6


def test_nothing_heavy_is_imported_for_them():
    code = (
        "import sys, engine.files; before = set(sys.modules); import tui.view.settings; tui.view.settings.users();"
        "print(*(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) <= {"tui", "tui.view", "tui.view.settings"}
