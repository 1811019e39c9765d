"""A message lies below the step bar, over borders: neither keys nor marks are covered."""

import pytest
from textual.widgets._toast import Toast

from tests.tui.screens import opened, press, screen_text, settled
from tui.panels.step_bar import SIGNS, StepBar


@pytest.mark.parametrize("size", [(60, 16), (120, 40)])
async def test_a_short_message_covers_neither_keys_nor_marks(size):
    async with opened("mazur", size) as (app, pilot):
        await press(pilot, "full_stop")
        await settled(pilot)
        region = app.screen.query_one(Toast).region
        assert (region.height, region.y, region.right) == (1, 2, size[0])
        assert "? more" in screen_text(app).splitlines()[-1]


async def test_a_click_on_a_mark_counts_while_a_message_is_shown():
    async with opened("mazur") as (app, pilot):
        app.screen.notify("a message as long as the screen is wide: " + "x" * 200)
        await settled(pilot)
        line = screen_text(app).splitlines()[1]
        marks = [column for column, sign in enumerate(line) if sign in SIGNS.values()]
        for step, column in enumerate(marks, 1):
            await pilot.click(StepBar, offset=(column, 0))
            await settled(pilot)
            assert app.screen.session.done == step
            assert app.screen.query(Toast)


async def test_a_mark_says_what_it_stands_for():
    async with opened("mazur") as (app, pilot):
        line = screen_text(app).splitlines()[1]
        await pilot.hover(StepBar, offset=(line.index("backward") + len("backward") + 3, 0))
        assert (
            str(app.screen.query_one(StepBar).tooltip)
            == "step 8: δ  how E changes with net of layer 2; a click goes there"
        )
        await pilot.hover(StepBar, offset=(len(line) + 5, 0))
        assert app.screen.query_one(StepBar).tooltip is None


async def test_a_message_takes_the_place_of_the_one_before():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "full_stop", "d", "backspace")
        await settled(pilot)
        (toast,) = app.screen.query(Toast)
        assert "no place to return to" in toast._notification.message
