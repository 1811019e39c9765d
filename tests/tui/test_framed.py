"""Lines with their frame, cell for cell as Textual makes them with all that it asks the styles."""

import pytest
from textual._styles_cache import StylesCache

from tests.tui.screens import opened, press, settled
from tui.terminal.drawn import Drawn
from tui.terminal.framed import FramedLines


def cells(strips):
    return [[(letter, segment.style) for segment in strip for letter in segment.text] for strip in strips]


def differing(app):
    """The drawn widgets whose kept lines are not as Textual makes them anew."""
    found = []
    for widget in app.screen.query(Drawn):
        assert isinstance(widget._styles_cache, FramedLines)
        if widget.display and widget.outer_size.area:
            whole = widget.outer_size.region
            kept, anew = (cache.render_widget(widget, whole) for cache in (widget._styles_cache, StylesCache()))
            if cells(kept) != cells(anew):
                found.append(widget)
    return found


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_kept_lines_are_those_that_textual_makes_anew(size):
    async with opened("mazur", size) as (app, pilot):
        checked = 0
        for keys in ("", "right right", "right_square_bracket right", "w M", "n left", "E", "g escape right"):
            await press(pilot, *keys.split())
            assert differing(app) == []
            checked += len(app.screen.query(Drawn))
        app.theme = "textual-light"
        await settled(pilot)
        assert differing(app) == []
        await pilot.resize_terminal(100, 30)
        await press(pilot, "right")
        assert differing(app) == []
    assert checked > 20
