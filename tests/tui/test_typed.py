"""What is pasted into a question's line: no code of it reaches the terminal."""

import pytest
from textual import events

from tests.tui.screens import opened, press, screen_text, settled
from tui.typed import TypedLine

HOSTILE = "\x1b[31mred\x9b32m\u202e[@click=app.quit]x[/]"


async def test_pasted_codes_reach_neither_the_screen_nor_the_message():
    """Every question has the same kind of line; the go-to dialog is asked with it, and says what it can't read."""
    async with opened() as (app, pilot):
        for keys in (["slash"], ["s"], ["g"]):
            await press(pilot, *keys)
            assert isinstance(app.focused, TypedLine)
            app.focused.post_message(events.Paste(HOSTILE))
            await settled(pilot)
            assert app.focused.value.endswith("[31mred32m[@click=app.quit]x[/]")
            if keys == ["g"]:
                await press(pilot, "enter")
            assert screen_text(app).replace("\n", "").isprintable()
            await press(pilot, "escape")


@pytest.mark.parametrize("text", ["", "0.5 + w5", "漢字 e\u0301 δ"])
def test_what_can_be_shown_stays(text):
    assert TypedLine().validate_value(text) == text
