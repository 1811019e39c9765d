"""The styles of dialogs are read when the first of them opens, and concern nothing that is there already."""

import pytest
from textual.css.stylesheet import Stylesheet

from tests.tui.screens import opened, press, sizes
from tui.terminal.closing import ClosingScreen


def styles_of(screen):
    return {widget: dict(widget.styles.base.get_rules()) for widget in screen.walk_children(with_self=True)}


@sizes
@pytest.mark.parametrize("scenario", ["mazur", "lstm-cell"])
async def test_no_widget_of_a_walk_has_others_by_them(scenario, size):
    """As they would be if all styles were found anew once everything is read."""
    async with opened(scenario, size) as (app, pilot):
        await press(pilot, "right", "question_mark")
        walk = app.screen_stack[-2]
        before = styles_of(walk)
        app.stylesheet.reparse()
        app.stylesheet.update(walk)
        assert styles_of(walk) == before
        await press(pilot, "escape")
        assert app.screen is walk


async def test_what_the_app_began_with_is_not_read_again(monkeypatch):
    """The file is read once for all of them, and only that."""
    async with opened() as (app, pilot):
        read, path = [], (str(ClosingScreen.CSS_PATH), "")
        assert path not in app.stylesheet.source
        monkeypatch.setattr(Stylesheet, "reparse", pytest.fail)
        monkeypatch.setattr(Stylesheet, "read", lambda *path, read_one=Stylesheet.read: read.append(read_one(*path)))
        await press(pilot, "question_mark", "escape", "slash", "escape", "o")
        assert path in app.stylesheet.source
        assert len(read) == 1
