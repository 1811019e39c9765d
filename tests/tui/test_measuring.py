"""What is drawn of a walk and takes long, E of a large test part and the map of a large network, comes beside it.

The chart and the map show what is known, say what is not, and never show what is of another place.
"""

import asyncio
from itertools import count

import numpy as np
import pytest

from engine.ask import surface
from engine.walking import tested as course
from engine.walking.run import measured, measured_test
from engine.walking.session import Session
from tests.engine.data.scenarios import scenario
from tests.tui.held import Held as HeldWork
from tests.tui.screens import at_rest, opened, press, screen_text, settled
from tui.stepper import history, map_values, run
from tui.words.format import number

MADE = scenario('make = { kind = "xor", count = 50, noise = 0.4 }\ntest = 0.3')


@pytest.fixture
def large(monkeypatch):
    """Its test part is as large as can be: nothing is measured at once, and each part is a slice."""
    monkeypatch.setattr(course, "PRODUCTS", 1)
    monkeypatch.setattr(history, "SLICE", 0)


class Held:
    """Lets it be measured a slice at a time, each of which takes so long that it is said."""

    def __init__(self, app):
        self.turns, self.history = asyncio.Semaphore(0), app.screen.history
        ticks = count()
        self.history.clock = lambda: next(ticks) * 0.2
        self.history.breathe = self.turns.acquire

    def go(self, slices=10_000):
        for _ in range(slices):
            self.turns.release()


def of_test(k, session):
    return number(measured_test(MADE, session.timeline.start(k)).error, 6)


async def test_nothing_is_said_of_it_before_it_is_known(large):
    async with opened(Session.open(MADE)) as (app, pilot):
        held = Held(app)
        await press(pilot, "]", "]")
        text = screen_text(app)
        assert "test E …   " in text
        assert "0 of 15 examples, escape stops" in text
        assert "⠤⠠⠄ test …" in text
        assert app.screen.history.at_work
        held.go()
        await at_rest(pilot)
        text = screen_text(app)
        assert f"test E {of_test(0, app.screen.session)}" in text
        assert "test …" not in text
        assert "escape" not in text.splitlines()[-2]
        assert not app.screen.history.at_work


async def test_a_key_goes_first_and_what_was_measured_elsewhere_is_not_shown(large):
    async with opened(Session.open(MADE)) as (app, pilot):
        held = Held(app)
        await press(pilot, "]", "]", "n")
        held.go(4)
        await settled(pilot)
        await press(pilot, "n")  # whose iteration is not known either
        assert app.screen.session.iteration == 2
        assert "test E …" in screen_text(app)
        held.go()
        await at_rest(pilot)
        assert f"test E {of_test(2, app.screen.session)}" in screen_text(app)
        await press(pilot, "p")
        held.go()
        await at_rest(pilot)
        assert f"test E {of_test(1, app.screen.session)}" in screen_text(app)


async def test_the_curve_is_shown_as_far_as_it_is_known(large):
    async with opened(Session.open(MADE).run_end(100)) as (app, pilot):
        await at_rest(pilot)
        whole = app.screen.history._course.test()
        assert whole.whole
        assert whole.places == (0, 16, 32, 48, 64, 80, 96)
    async with opened(Session.open(MADE)) as (app, pilot):
        held = Held(app)
        app.screen.session = app.screen.session.run_end(100)
        await settled(pilot)
        seen = []
        while app.screen.history.at_work:
            held.go(1)
            await settled(pilot)
            part = app.screen.history._course.test()
            assert whole.places[: len(part.places)] == part.places
            assert whole.errors[: len(part.errors)] == part.errors
            words = screen_text(app).splitlines()[-2]
            if app.screen.history.at_work:
                assert "escape stops" in words
                assert not part.whole
            if part.places not in seen:
                seen.append(part.places)
        assert len(seen) == len(whole.places) + 1
        assert "escape stops" not in screen_text(app)
        assert app.screen.history._course.test() == whole


async def test_escape_stops_it_until_the_walk_is_somewhere_else(large):
    async with opened(Session.open(MADE)) as (app, pilot):
        held = Held(app)
        await press(pilot, "]", "]")
        before = app.screen.session
        await press(pilot, "escape")
        held.go()
        await at_rest(pilot)
        text = screen_text(app)
        assert "test E not measured" in text
        assert "⠤⠠⠄ test …" in text
        assert "escape stops" not in text
        assert app.screen.session is before
        await press(pilot, "l", "escape")  # drawn anew, it is not begun anew
        await at_rest(pilot)
        assert "test E not measured" in screen_text(app)
        await press(pilot, "n")
        held.go()
        await at_rest(pilot)
        assert f"test E {of_test(1, app.screen.session)}" in screen_text(app)


async def test_what_nobody_sees_is_not_measured(large):
    async with opened(Session.open(MADE), (80, 24)) as (app, pilot):
        held = Held(app)
        await press(pilot, "]", "]")
        assert not app.screen.history.at_work
        await press(pilot, "5")
        assert app.screen.history.at_work
        held.go()
        await at_rest(pilot)
        assert f"test E {of_test(0, app.screen.session)}"[:14] in screen_text(app)


async def test_accuracy_is_said_where_it_is_known(large, monkeypatch):
    monkeypatch.setattr(course.Tested, "is_cheap", property(lambda tested: not tested._test))
    async with opened(Session.open(MADE)) as (app, pilot):
        held = Held(app)
        await press(pilot, "]", "]", "l", "l")
        text = screen_text(app)
        assert "accuracy by iteration, %" in text
        assert "⠄⠠ ⠄ test …" in text
        held.go()
        await at_rest(pilot)
        start = app.screen.session.timeline.start(0)
        own, test = measured(MADE, start), measured_test(MADE, start)
        text = screen_text(app)
        assert f"training {100 * own.accuracy:.1f} %" in text
        assert f"test {100 * test.accuracy:.1f} %" in text
        assert "test …" not in text


async def test_the_chart_looks_the_same_however_it_was_measured(monkeypatch):
    async with opened(Session.open(MADE).run_end(40)) as (app, pilot):
        await at_rest(pilot)
        at_once = screen_text(app)
    monkeypatch.setattr(course.Tested, "is_cheap", False)
    monkeypatch.setattr(history, "SLICE", 0)
    async with opened(Session.open(MADE).run_end(40)) as (app, pilot):
        await at_rest(pilot)
        assert screen_text(app) == at_once


# What a run came to


@pytest.fixture
def after(monkeypatch):
    """Lets what a run came to be measured a part at a time, each of which takes so long that it is said."""
    monkeypatch.setattr(run, "MEASURING", 0)
    ticks, turns = count(), asyncio.Semaphore(0)

    def held(app):
        of, app.screen.run.clock = app.screen.run, lambda: next(ticks) * 0.2

        async def breathe():
            if of.journey is None:
                await turns.acquire()

        of.breathe = breathe
        return turns

    return held


async def test_what_a_run_came_to_is_measured_in_slices_and_said(after, large):
    async with opened(Session.open(MADE), (160, 40)) as (app, pilot):
        turns = after(app)
        await press(pilot, "r", *"30", "enter")
        for _ in range(3):
            turns.release()
        await settled(pilot)
        line = screen_text(app).splitlines()[1]
        assert "examples measured" in line
        assert "escape stops" in line
        for _ in range(10_000):
            turns.release()
        await at_rest(pilot)
        session = app.screen.session
        last = measured_test(MADE, session.timeline.start(session.iteration))
        assert f"→ {number(last.error, 6)}" in screen_text(app).splitlines()[1]
        assert "escape stops" not in screen_text(app)


async def test_escape_leaves_it_unmeasured(after, large):
    async with opened(Session.open(MADE), (160, 40)) as (app, pilot):
        turns = after(app)
        await press(pilot, "r", *"30", "enter")
        turns.release()
        turns.release()
        await settled(pilot)
        there = app.screen.session
        assert "examples measured" in screen_text(app)
        await press(pilot, "escape")
        await at_rest(pilot)
        assert "examples measured" not in screen_text(app)
        assert "forward ●" in screen_text(app)
        assert app.screen.session is there


# The map


class HeldMap(HeldWork):
    """One of a map."""

    what = "points"


@pytest.fixture
def held_map(monkeypatch):
    """Maps are so large that they are computed beside the app, and held."""
    monkeypatch.setattr(HeldMap, "let_go", asyncio.Event())

    def held(app):
        monkeypatch.setattr(map_values, "AT_ONCE", -1)
        app.screen.maps.values.beside = HeldMap
        return HeldMap.let_go

    return held


async def seen_at(k, *keys):
    """The map at an iteration, computed at once."""
    async with opened("xor") as (app, pilot):
        app.screen.session = app.screen.session.seek(k, 3)
        await press(pilot, "h", *keys)
        return screen_text(app)


def panels(app):
    """Those beside the map: not the step bar and the chart, which tell steps that were taken before."""
    return screen_text(app).splitlines()[2:24]


async def test_a_map_of_a_large_network_is_computed_beside_it(held_map):
    async with opened("xor") as (app, pilot):
        app.screen.session = app.screen.session.seek(1, 3)
        go = held_map(app)
        await press(pilot, "h")
        bare = screen_text(app)
        assert "12 of 40 points, escape stops" in bare
        assert app.screen.maps.values.at_work
        go.set()
        await at_rest(pilot)
        assert screen_text(app) == await seen_at(1) != bare
        assert not app.screen.maps.values.at_work


async def test_no_map_of_another_place_is_shown_meanwhile(held_map):
    async with opened("xor") as (app, pilot):
        app.screen.session = app.screen.session.seek(1, 3)
        await press(pilot, "h")
        before = screen_text(app)
        assert "0.5" in before
        go = held_map(app)
        await press(pilot, "n")  # the walk goes on, whatever is computed
        assert app.screen.session.iteration == 2
        assert "12 of 40 points, escape stops" in screen_text(app)
        await press(pilot, "n")
        go.set()
        await at_rest(pilot)
        assert app.screen.session.iteration == 3
        assert screen_text(app) == await seen_at(3)


async def test_escape_stops_a_map_until_the_walk_is_somewhere_else(held_map):
    async with opened("xor") as (app, pilot):
        app.screen.session = app.screen.session.seek(1, 3)
        go = held_map(app)
        await press(pilot, "h", "escape")
        go.set()
        await at_rest(pilot)
        assert "It was stopped." in screen_text(app)
        assert (app.screen.session.iteration, app.screen.session.done) == (1, 3)
        assert not app.screen.maps.values.at_work
        await press(pilot, "full_stop", "full_stop", "full_stop", "full_stop")
        assert "It was stopped." in screen_text(app)
        await press(pilot, "n", "p")
        await at_rest(pilot)
        assert "It was stopped." not in screen_text(app)
        assert "xor" in screen_text(app)


async def test_what_was_stopped_is_computed_where_one_comes_back_to_it(held_map):
    """In between there was a map that is known, for which nothing is computed."""
    async with opened("xor") as (app, pilot):
        app.screen.session = app.screen.session.seek(1, 3)
        await press(pilot, "h")
        known = panels(app)
        go = held_map(app)
        await press(pilot, "n", "escape")
        go.set()
        await at_rest(pilot)
        assert "It was stopped." in screen_text(app)
        go.clear()
        await press(pilot, "p")
        assert panels(app) == known
        await press(pilot, "n")
        assert "12 of 40 points, escape stops" in screen_text(app)
        go.set()
        await at_rest(pilot)
        assert screen_text(app) == await seen_at(2)


async def test_what_is_computed_for_a_place_that_was_left_takes_no_map_away(held_map):
    async with opened("xor") as (app, pilot):
        app.screen.session = app.screen.session.seek(1, 3)
        await press(pilot, "h")
        known = panels(app)
        go = held_map(app)
        await press(pilot, "n", "p")
        assert not app.screen.maps.values.at_work
        go.set()
        await at_rest(pilot)
        assert panels(app) == known


async def test_a_map_that_comes_after_a_run_comes_where_the_run_stood_last(held_map):
    async with opened("xor") as (app, pilot):
        app.screen.session = app.screen.session.seek(1, 3)
        go = held_map(app)
        app.screen.run.journey = True
        await press(pilot, "h")
        assert map_values.AFTER in screen_text(app)
        app.screen.run.journey = None
        go.set()
        app.screen.redraw()
        await at_rest(pilot)
        assert screen_text(app) == await seen_at(1)


async def test_where_one_looks_about_on_a_map_nothing_is_computed_again(monkeypatch):
    async with opened("xor") as (app, pilot):
        await press(pilot, "right", "6")
        monkeypatch.setattr(map_values, "AT_ONCE", -1)  # else it would be sought beside the app
        sought = []
        monkeypatch.setattr(app.screen.maps.values, "_seek", lambda *asked: sought.append(asked))
        await press(pilot, "right", "up", "home")
        assert not sought


def test_points_of_a_map_are_told_and_are_the_same_by_pieces(monkeypatch):
    start = Session.open(MADE).values
    plane = surface.plane_of(MADE, start, 0)
    inputs = plane.grid(np.linspace(-1, 1, 6), np.linspace(-1, 1, 5))
    (whole,) = surface.outputs_at(start, plane, inputs, ["o1"])
    monkeypatch.setattr(surface, "AT_ONCE", 10)
    said = []
    (pieces,) = surface.outputs_at(start, plane, inputs, ["o1"], lambda *words: said.append(words))
    assert len(said) > 1
    assert said[0] == (0, 30, "points")
    assert pieces == pytest.approx(whole, rel=1e-14)
