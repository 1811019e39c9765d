"""Drawn ahead, or kept from before, is drawn as it would be now: cell for cell, colour for colour."""

import asyncio
import random

import pytest

from engine.files import load_scenario
from engine.walking.session import Session
from engine.walking.timeline import Timeline
from tests.tui.screens import opened, press, screen_cells, settled
from tui.graph import widget
from tui.panels import equation
from tui.stepper.screen import StepperScreen
from tui.view import kept
from tui.view.keys import KEYS

MOVES = ["right", "right", "right", "left", "n", "p", "right_square_bracket", "left_square_bracket", "home", "end"]
SIGHTS = [entry.keys[0] for entry in KEYS if entry.group == "View"]
SEEDS = range(3)

pytestmark = pytest.mark.usefixtures("with_ahead")


async def drawn_ahead(app, pilot):
    """Waits until nothing is left to be drawn of the places near by."""
    while app.screen.ahead.at_work:
        await asyncio.sleep(0.01)
    await settled(pilot)


@pytest.mark.parametrize("scenario", ["mazur", "xor", "lstm-cell"])
@pytest.mark.parametrize("seed", SEEDS)
async def test_what_was_drawn_ahead_is_what_would_be_drawn(scenario, seed, monkeypatch):
    """The same keys twice: with all that is kept and made ahead, and with nothing of that."""
    draw = random.Random(seed)
    keys = [draw.choice(MOVES if draw.random() < 0.8 else SIGHTS) for _ in range(40)]
    waits = [draw.random() < 0.5 for _ in keys]
    seen = []
    monkeypatch.setattr("tui.app.GradstepApp.notify", lambda *_, **__: None)  # what is told goes after a time
    async with opened(scenario) as (app, pilot):
        for key, wait in zip(keys, waits, strict=True):
            if wait and isinstance(app.screen, StepperScreen):
                await drawn_ahead(app, pilot)
            await press(pilot, key)
            seen.append(screen_cells(app))
    monkeypatch.setattr(kept.Places, "at", lambda places, place: kept.Drawings())
    monkeypatch.setattr("tui.stepper.ahead.Ahead.begin", lambda ahead: None)
    async with opened(scenario) as (app, pilot):
        for number, key in enumerate(keys):
            await press(pilot, key)
            assert screen_cells(app) == seen[number], keys[: number + 1]


@pytest.mark.parametrize("key", ["right", "left"])
async def test_a_place_near_by_is_there_already(key, monkeypatch):
    """The key draws neither the network nor the calculation: both are there."""
    async with opened() as (app, pilot):
        await press(pilot, "right", "right", "right")
        await drawn_ahead(app, pilot)
        made = []
        for module, name in ((widget, "draw"), (equation, "equation")):
            monkeypatch.setattr(module, name, lambda *_, name=name: made.append(name))
        monkeypatch.setattr("tui.stepper.ahead.Ahead.begin", lambda ahead: None)
        await press(pilot, key)
        assert made == []


async def test_nothing_is_drawn_ahead_of_a_question():
    """Nor while something else is on the screen: no time is spent on what no key leads to."""
    async with opened() as (app, pilot):
        await press(pilot, "question_mark")
        app.screen_stack[-2].ahead.begin()
        await settled(pilot)
        assert not app.screen_stack[-2].ahead.at_work


@pytest.mark.parametrize("far", [True, False])
async def test_of_an_iteration_that_is_long_the_one_before_is_not_walked_again_to_draw_its_end(far, monkeypatch):
    back, walked = Session.back, []
    monkeypatch.setattr(Session, "back", lambda session: walked.append(session.iteration) or back(session))
    monkeypatch.setattr(Timeline, "takes_long", lambda *of: far)
    start = Session.open(load_scenario("mazur"))
    async with opened(start.seek(2, 1)) as (app, pilot):
        await drawn_ahead(app, pilot)
        assert bool(walked) == (not far)
    async with opened(start.seek(2, 2)) as (app, pilot):
        await drawn_ahead(app, pilot)
        assert walked[-1:] == [2]


async def test_nothing_is_drawn_ahead_of_a_large_network(monkeypatch):
    """A step of it is worth a wait, which nobody asked for."""
    monkeypatch.setattr("tui.stepper.ahead.LARGEST", 9)
    async with opened() as (app, pilot):
        await drawn_ahead(app, pilot)
        monkeypatch.setattr("tui.stepper.ahead.Ahead.begin", lambda ahead: None)
        made = []
        drawn = widget.draw
        monkeypatch.setattr(widget, "draw", lambda *size: made.append(size) or drawn(*size))
        await press(pilot, "right")
        assert made


def test_places_are_few_where_the_network_is_large():
    places = kept.Places(3_000_000)
    first = places.at("first")
    assert places.at("first") is first
    for place in range(kept.LEAST):
        places.at(place)
    assert places.at("first") is not first
