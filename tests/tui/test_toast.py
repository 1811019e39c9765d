"""A message lies over the keys, not over what it speaks of."""

import pytest
from textual.widgets._toast import Toast

from tests.tui.screens import opened, press, settled


@pytest.mark.parametrize("size", [(60, 16), (120, 40)])
async def test_a_short_message_covers_nothing_but_keys(size):
    async with opened("mazur", size) as (app, pilot):
        await press(pilot, "full_stop")
        await settled(pilot)
        region = app.screen.query_one(Toast).region
        assert (region.height, region.bottom, region.right) == (1, size[1], size[0])


async def test_a_message_takes_the_place_of_the_one_before():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "full_stop", "d", "backspace")
        await settled(pilot)
        (toast,) = app.screen.query(Toast)
        assert "no place to return to" in toast._notification.message
