"""A walk by a rule that learns without derivatives, on the screen and at the command line."""

import json

import pytest

from tests.tui.screens import opened, press, screen_text, size_id
from tui.cli import main

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_nothing_on_the_screen_is_of_derivatives(size):
    """The rule with its numbers, and no column, row or phase that stays empty."""
    async with opened("perceptron", size) as (app, pilot):
        await press(pilot, *"nnn", *["right"] * 4)
        text = screen_text(app)
        assert "w+ = w + α·(t − y)·input" in text
        assert "dE/d" not in text
        assert "backward" not in text
        assert "t 1" in text
        if size != (80, 24):
            assert "next value" in text


async def test_its_dialogs_do_without_slopes():
    async with opened("perceptron") as (app, pilot):
        await press(pilot, *"nnn", *["right"] * 4, "w")
        text = screen_text(app)
        assert "update to 1   E is 0" in text
        assert "tangent" not in text
        await press(pilot, "escape", "f")
        assert "The perceptron rule does not ask for the slope" in screen_text(app)
        await press(pilot, "escape", "c")
        assert "Nothing to check: the perceptron rule learns without derivatives." in screen_text(app)
        await press(pilot, "k")
        assert "(t⁽¹⁾  − y⁽¹⁾ )·y⁽⁰⁾ᵀ" in screen_text(app)


async def test_a_run_ends_with_an_epoch_without_a_mistake():
    async with opened("perceptron") as (app, pilot):
        await press(pilot, "r")
        assert "until E of an epoch's iterations together < 0.1" in screen_text(app)
        await press(pilot, "enter")
        assert app.screen.session.iteration == 24
        assert "epoch" in screen_text(app)


def test_the_commands(capsys):
    assert main(["train", "perceptron", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stopped_by"] == "epoch-error"
    assert main(["check", "perceptron", "--json"]) == 0
    (gradient,) = [one for one in json.loads(capsys.readouterr().out) if one["kind"] == "gradient"]
    assert gradient["gradient_check"]["ok"]
    assert gradient["gradient_check"]["parameters"] == 0
    assert "nothing to check" in gradient["gradient_check"]["why_not"]
    assert main(["export", "perceptron", "--format", "pytorch"]) == 2
    assert "PyTorch has no perceptron rule: give --format numpy" in capsys.readouterr().err
    assert main(["value", "perceptron", "dE/dx[out]"]) == 2
    assert "there is no dE/dx: the perceptron rule learns without derivatives" in capsys.readouterr().err
