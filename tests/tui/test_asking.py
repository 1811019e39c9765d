"""The prompts: each says what it is, what it accepts and how to leave; what is typed begins under the question."""

import pytest
from textual.widgets import Input

from tests.tui.screens import opened, press, screen_text, sizes

PROMPTS = {
    "g": ("go to", "Go to which iteration or place?", "1000 is an iteration"),
    "r": ("run on", "Run on for how many iterations", "both: 1000, E_total < 0.01"),
    "s": ("save", "Save the walk to which new scenario file?", ".toml may be left out"),
    "slash": ("find", "Find a node or a parameter", "its name, or a part of it"),
    "e": ("edit", "Edit which number?", "its name, or a part of it"),
}


@sizes
@pytest.mark.parametrize("key", PROMPTS)
async def test_a_prompt_says_what_it_accepts_and_how_to_leave(key, size):
    title, question, accepted = PROMPTS[key]
    async with opened("mazur", size) as (app, pilot):
        await press(pilot, key)
        lines = screen_text(app).splitlines()
        top = next(line for line in lines if f"─ {title} ─" in line)
        asked = next(line for line in lines if question in line)
        assert any(accepted in line for line in lines)
        assert any("escape closes ─╯" in line for line in lines)
        typed = app.screen.query_one(Input).content_region
        assert (typed.height, typed.x) == (1, asked.index(question))
        assert lines.index(top) < lines.index(asked) < typed.y
        await press(pilot, "escape")
        assert not any(question in line for line in screen_text(app).splitlines())


async def test_the_prompt_of_a_new_value():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "e", *"w5", "enter")
        text = screen_text(app)
        assert all(
            words in text for words in ("─ edit ─", "New value of w5", "now 0.4: give a number", "escape closes")
        )
