"""Somebody's own numbers in the app: marks beside ours as the walk reaches them, and a list that says what was done."""

import asyncio
import threading
import time

import pytest
from textual.widgets import Input, OptionList

from engine import load_scenario
from engine.formula.quantity import Quantity
from engine.program.notation import CANONICAL
from tests.patience import PATIENCE
from tests.tui.quick import threads_held
from tests.tui.screens import opened, press, screen_text
from tui.dialogs.ask import Ask
from tui.dialogs.own import OwnNumbers
from tui.stepper.screen import StepperScreen
from tui.view.signs import compared
from tui.words.quoted import in_notation

NUMBERS = """
z1 = [0.3775 0.3925]
a1 = [0.593269992 0.596884378]
dz2 = [ 0.13849856 -0.03809824]
dz1 = [0.0363503064 0.0413703226]
dW1 = [[0.00181751532 0.00363503064]
 [0.00206851613 0.00413703226]]
"""


def stepper(app):
    return next(screen for screen in app.screen_stack if isinstance(screen, StepperScreen))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(NUMBERS)
    return str(path)


async def with_numbers(app, pilot, file):
    await press(pilot, "u")
    assert isinstance(app.screen, Ask)
    app.screen.query_one(Input).value = file
    await press(pilot, "enter")
    await app.workers.wait_for_complete()
    await pilot.pause()
    assert isinstance(app.screen, OwnNumbers)
    await app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
async def test_the_key_asks_for_a_file_and_lists_its_numbers(file, size):
    async with opened("mazur", size) as (app, pilot):
        await with_numbers(app, pilot, file)
        text = screen_text(app)
        assert "12 numbers:" in text
        assert "✗ 2 wrong" in text
        assert "≈ 4 follows" in text
        assert "slope-forgotten" in text
        rows = app.screen._rows
        assert rows[app.screen.query_one(OptionList).highlighted].quantity == "dE/dx[h1]"


async def test_a_number_leads_to_its_place(file):
    async with opened("mazur", (120, 40)) as (app, pilot):
        await with_numbers(app, pilot, file)
        await press(pilot, "enter")
        assert stepper(app).session.row.quantity == "dE/dx"
        assert stepper(app).session.row.layer == 1
        await press(pilot, "escape")
        assert "✗ yours 0.0363503064" in screen_text(app)
        await press(pilot, "u")
        assert isinstance(app.screen, OwnNumbers)


async def test_numbers_are_marked_as_the_walk_reaches_them(file):
    async with opened("mazur", (120, 40)) as (app, pilot):
        screen = stepper(app)
        screen.chosen.own = compared(screen.session, file)
        screen.redraw()
        assert screen.view.sign(Quantity("x", "h2")) is None
        await press(pilot, "right", "right")
        assert screen.view.sign(Quantity("x", "h2")).word == "match"
        await press(pilot, *["right"] * 9)
        assert screen.view.sign(Quantity("dE/dx", "h2")).word == "mismatch"
        assert "✗ yours wrong" in screen_text(app)
        await press(pilot, "right")
        assert screen.view.sign(Quantity("dE/dw", "w1")).word == "rounded"
        await press(pilot, "n")
        assert screen.view.sign(Quantity("dE/dx", "h2")) is None


@pytest.mark.parametrize("key", ["escape", "u", "q"])
async def test_the_list_closes(file, key):
    async with opened("mazur") as (app, pilot):
        await with_numbers(app, pilot, file)
        await press(pilot, key)
        assert app.screen is stepper(app)


async def test_what_can_not_be_read_is_said_in_place():
    async with opened("mazur", (120, 40)) as (app, pilot):
        await press(pilot, "u", *"nowhere.txt", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        assert "there is no such file" in screen_text(app)


async def test_the_list_has_the_documents_names(file):
    async with opened("mazur", (120, 40)) as (app, pilot):
        await with_numbers(app, pilot, file)
        text = screen_text(app)
        assert "✗ δ_h1" in text
        assert "dE/dx[h1]" not in text
        first = app.screen._own.comparison.first
        assert "Yours: δ_h1 = ∂E_total/∂out_h1" in app.screen._details(first).plain


def test_words_have_the_names_of_a_notation():
    notation = load_scenario("mazur").notation
    assert (
        in_notation("yours: dE/dx[h1] = dE/dy[h1], of dE/dx:1", notation)
        == "yours: δ_h1 = ∂E_total/∂out_h1, of dE/dx:1"
    )
    assert in_notation("w+[w5] of W[1] and x[a b]", notation) == "w5⁺ of W[1] and x[a b]"
    assert in_notation("dE/dx[h1]", CANONICAL) == "dE/dx[h1]"


async def test_the_search_goes_on_beside_the_list_and_escape_stops_it(file, monkeypatch):
    tried = threading.Event()

    def endless(own, searching):
        while True:  # until it is stopped
            searching()
            tried.set()
            time.sleep(0.01)

    monkeypatch.setattr("tui.view.signs.explained", endless)
    async with opened("mazur", (120, 40)) as (app, pilot):
        await press(pilot, "u")
        app.screen.query_one(Input).value = file
        with threads_held():
            await press(pilot, "enter")
            while not tried.is_set():
                await pilot.pause(0.01)
            await pilot.pause()
            text = screen_text(app)
            assert "✗ 2 wrong" in text
            assert "Looking for what was done" in text
            assert "escape stops the search" in text
            await press(pilot, "down", "up")
            await press(pilot, "escape")
        assert isinstance(app.screen, OwnNumbers)
        assert "The search for what was done was stopped" in screen_text(app)
        await app.workers.wait_for_complete()
        await press(pilot, "escape")
        assert app.screen is stepper(app)
        assert not stepper(app).chosen.own.searched


async def test_what_was_done_is_searched_once(file, monkeypatch):
    async with opened("mazur", (120, 40)) as (app, pilot):
        await with_numbers(app, pilot, file)
        assert stepper(app).chosen.own.searched
        await press(pilot, "escape")
        monkeypatch.setattr("tui.view.signs.explained", lambda own, searching: pytest.fail("searched again"))
        await press(pilot, "u")
        assert "slope-forgotten" in screen_text(app)


async def test_leaving_ends_the_search(file, monkeypatch):
    tried, ended = threading.Event(), threading.Event()

    def endless(own, searching):
        try:
            while True:  # until it is stopped
                searching()
                tried.set()
                time.sleep(0.01)
        finally:
            ended.set()

    monkeypatch.setattr("tui.view.signs.explained", endless)
    with threads_held():
        async with opened("mazur", (120, 40)) as (app, pilot):
            await press(pilot, "u")
            app.screen.query_one(Input).value = file
            await press(pilot, "enter")
            while not tried.is_set():
                await pilot.pause(0.01)
        assert await asyncio.to_thread(ended.wait, PATIENCE)


async def test_figures_are_checked_once(monkeypatch):
    async with opened("mazur", (120, 40)) as (app, pilot):
        await press(pilot, "v")
        await app.workers.wait_for_complete()
        await pilot.pause()
        first = screen_text(app)
        await press(pilot, "escape")
        monkeypatch.setattr("engine.check.audit.Auditor", lambda scenario: pytest.fail("checked again"))
        await press(pilot, "v")
        await pilot.pause()
        assert screen_text(app) == first
        assert "checking" not in first
