"""The picker at three sizes: a shipped scenario, a file with problems, a search; and the problems by themselves."""

import pytest

from engine.files import shipped_path
from tests.tui.screens import SvgFile, TextFile, at_rest, opened, press, screen_svg, screen_text, size_id, sizes
from tui.picker import screen as picker_screen

PICTURED = (120, 40)
"""The size whose colours are kept."""
BROKEN = shipped_path("mazur-with-biases").read_text().replace('"sigmoid"', '"sigmod"').replace("0.20", '"x"')


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, known):
    """A working directory whose name is the same on every machine: it is the home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(picker_screen, "REST", 0)
    (tmp_path / "broken.toml").write_text(BROKEN)
    (tmp_path / "networks").mkdir()


@sizes
async def test_along_a_key_path(size, snapshot):
    """The first scenario with its network; the last line, a file with problems; the same in a dialog; what has relu."""
    screens = []
    async with opened(None, size) as (app, pilot):
        await at_rest(pilot)
        screens.append(screen_text(app))
        if size == PICTURED:
            assert screen_svg(app) == snapshot(extension_class=SvgFile, name=size_id(size))
        for keys in (["end"], ["enter"], ["escape", "slash", *"relu"]):
            await press(pilot, *keys)
            await at_rest(pilot)
            screens.append(screen_text(app))
    assert "\n".join(screens) == snapshot(extension_class=TextFile, name=size_id(size))
