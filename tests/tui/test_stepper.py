"""Every key of the stepper does what the list says, or says why not."""

import pytest

from engine.walking.session import Session
from tests.networks import make
from tests.tui.screens import opened, press, screen_text
from tui.stepper.screen import StepperScreen
from tui.view.keys import KEYS


def place(app):
    screen = next(screen for screen in app.screen_stack if isinstance(screen, StepperScreen))
    return screen.session.iteration, screen.session.done


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["right"], (0, 1)),
        (["space", "space"], (0, 2)),
        (["right", "right", "left"], (0, 1)),
        (["]", "]"], (0, 6)),
        (["comma", "comma", "comma"], (0, 7)),
        (["shift+right"] * 5, (1, 1)),
        ([*["right"] * 9, "["], (0, 7)),
        ([*["right"] * 9, "semicolon", "shift+left"], (0, 6)),
        (["n"], (1, 1)),
        ([*["right"] * 4, "n", "pagedown"], (2, 4)),
        ([*["right"] * 4, "n", "n", "p", "pageup"], (0, 4)),
        ([*["right"] * 16, "home"], (0, 0)),
        ([*["right"] * 16, "home", "end"], (1, 2)),
        (["g", *"1000", "enter"], (1000, 1)),
        (["g", *"3:dE/dw[w5]", "enter"], (3, 9)),
        (["right", "g", *"x[o1]", "enter"], (0, 4)),
        (["d", "right", "right", "right"], (0, 3)),
        (["right", "right", "d"], (0, 4)),
        (["d", *["right"] * 3, "d"], (0, 1)),
    ],
)
async def test_keys_go_to_the_place(keys, expected):
    async with opened("mazur") as (app, pilot):
        await press(pilot, *keys)
        assert place(app) == expected


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["left"], "This is the start."),
        (["home"], "This is the start."),
        (["p"], "This is the first iteration."),
        (["end"], "This is the furthest step reached."),
        (["x"], "This scenario has only one example."),
        (["d"], "One step is one number."),
        (["full_stop"], "9 digits."),
    ],
)
async def test_a_key_that_changes_nothing_says_why(keys, words):
    async with opened("mazur") as (app, pilot):
        await press(pilot, *keys)
        assert words in screen_text(app)


@pytest.mark.parametrize("answer", ["", "-1", "x[h9]", "9:zz", "[bold]", "w+[b1]", "10000000000000", "x[h1"])
async def test_a_place_that_does_not_exist_is_said_in_place(answer):
    async with opened("mazur") as (app, pilot):
        await press(pilot, "g", *answer, "enter")
        assert len(app.screen_stack) == 3
        assert app.screen.query_one(".problem").render().plain.strip()
        await press(pilot, "escape")
        assert place(app) == (0, 0)


async def test_the_numbers_of_the_document_are_on_the_screen():
    async with opened("mazur", (200, 60)) as (app, pilot):
        seen = ""
        for _ in range(14):
            await press(pilot, "right")
            seen += screen_text(app)
        for figure in (
            "0.3775",
            "0.593269992",
            "0.751365070",
            "0.298371109",
            "0.0821670406",
            "0.358916480",
            "0.149780716",
        ):
            assert figure in seen
        assert "0.298371109 → 0.291027774" in screen_text(app)


async def test_nothing_computed_is_shown_as_zero():
    async with opened("mazur") as (app, _):
        text = screen_text(app)
        assert "0.0 " not in text
        assert "—" in text


async def test_the_examples_of_a_batch_and_the_others():
    session = Session.open(make((2, 2, 1), examples=3, batch=2))
    async with opened(session) as (app, pilot):
        await press(pilot, "right")
        assert "batch 1–2 of 3   example 1 " in screen_text(app)
        await press(pilot, "x")
        assert "batch 1–2 of 3   example 2 " in screen_text(app)
        await press(pilot, "x")
        assert "batch 1–2 of 3   example 3 (preview)" in screen_text(app)
        await press(pilot, *["right"] * 13)
        assert "(preview)" in screen_text(app)


async def test_a_walk_that_leaves_the_finite_numbers_says_so():
    session = Session.open(make((2, 2, 2), "identity", "identity", learning_rate=1e6)).fast_forward(1000)
    async with opened(session) as (app, pilot):
        assert "the walk ends here" in screen_text(app)
        await press(pilot, "right")
        assert "became" in screen_text(app)
        await press(pilot, "left")
        assert "the walk ends here" not in screen_text(app).replace("The walk ends here", "")


async def test_a_panel_is_shown_large_and_all_of_them_again():
    async with opened("mazur", (80, 24)) as (app, pilot):
        normal = screen_text(app)
        for key, word in zip("2345", ("nodes", "parameters", "calculation", "by iteration"), strict=True):
            await press(pilot, key)
            assert word in screen_text(app)
            assert screen_text(app) != normal
            await press(pilot, key)
            assert screen_text(app) == normal


async def test_resizing_draws_the_same_as_opening_at_that_size():
    async with opened("mazur", (120, 40)) as (app, pilot):
        await press(pilot, *["right"] * 9)
        await pilot.resize_terminal(80, 24)
        await press(pilot)
        resized = screen_text(app)
    async with opened("mazur", (80, 24)) as (app, pilot):
        await press(pilot, *["right"] * 9)
        assert screen_text(app) == resized


async def test_too_small_a_terminal_asks_for_room():
    async with opened("mazur", (50, 12)) as (app, pilot):
        assert "more room" in screen_text(app)
        await pilot.resize_terminal(120, 40)
        await press(pilot, "right")
        assert "step 1/14" in screen_text(app)


async def test_the_palette_has_every_action():
    async with opened("mazur") as (app, pilot):
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {entry.label.capitalize() for entry in KEYS} <= titles
        assert "Maximize" not in titles
        await press(pilot, "ctrl+p", *"furthest", "enter")


async def test_every_theme_draws():
    async with opened("mazur", (80, 24)) as (app, pilot):
        await press(pilot, *["right"] * 7)
        plain = screen_text(app)
        for theme in app.available_themes:
            app.theme = theme
            await press(pilot)
            assert screen_text(app) == plain
