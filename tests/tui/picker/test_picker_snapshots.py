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


async def test_the_picture_is_that_of_the_chosen_line():
    """On the screen, not only in the widget: each line's network is drawn when it is chosen."""
    async with opened(None, (120, 40)) as (app, pilot):
        await at_rest(pilot)
        seen = {_drawn(app)}
        for _ in range(4):
            await press(pilot, "down")
            await at_rest(pilot)
            seen.add(_drawn(app))
    assert len(seen) == 4  # mazur and mazur-with-biases have the same network


def _drawn(app):
    """What stands on the screen where the network is."""
    region = app.screen.query_one("#picture").region
    lines = screen_text(app).splitlines()[region.y : region.bottom]
    return "\n".join(line[region.x : region.right] for line in lines)
