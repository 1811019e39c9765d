"""Lines of the list get their figures one by one: each looks as if the whole list had been drawn with them."""

import pytest
from textual.content import Content

from tests.tui.screens import at_rest, opened, press, screen_cells, screen_text
from tui.picker.catalogue import Catalogue
from tui.picker.list import EntryList
from tui.terminal.choices import Choices

SIZES = [(80, 24), (120, 40), (200, 30)]


def drawn_anew(app):
    """The cells of the screen once every line of the list is drawn again."""
    app.screen.query_one(EntryList)._clear_caches()
    return screen_cells(app)


@pytest.mark.parametrize("size", SIZES)
async def test_each_line_is_as_in_a_list_that_is_drawn_anew(size, monkeypatch):
    replaced, replace = [], Choices.replace_line
    monkeypatch.setattr(
        Choices, "replace_line", lambda listed, index, words: replaced.append(index) or replace(listed, index, words)
    )
    async with opened("mazur", size) as (app, pilot):
        await press(pilot, "o")
        await at_rest(pilot)
        assert len(replaced) > 5
        assert screen_cells(app) == drawn_anew(app)
        listed = app.screen.query_one(EntryList)
        await press(pilot, *["down"] * 30)  # it is scrolled by now
        await at_rest(pilot)
        for index in (listed.highlighted, listed.highlighted - 1, 1, len(listed.options) - 1):
            before, seen = screen_cells(app), range(listed.scroll_offset.y, listed.scroll_offset.y + listed.size.height)
            listed.replace_line(index, Content.styled("  others", "bold"))
            await press(pilot)
            assert (screen_cells(app) != before) == (index in seen)
            assert screen_cells(app) == drawn_anew(app)


async def test_lines_are_drawn_once_where_their_figures_are_known(monkeypatch):
    """Opened again, the list has nothing to wait for."""
    async with opened("mazur") as (app, pilot):
        await press(pilot, "o")
        await at_rest(pilot)
        first = screen_cells(app)
        await press(pilot, "escape")
        monkeypatch.setattr(Choices, "replace_line", lambda *_: pytest.fail("a line was drawn again"))
        monkeypatch.setattr(Catalogue, "audit", lambda *_: pytest.fail("figures were checked again"))
        await press(pilot, "o")
        await at_rest(pilot)
        assert "62 ✓" in screen_text(app)
        assert screen_cells(app) == first
