"""Running on: the answer, the line, the run with its keys. Slices of one checkpoint and an own clock make it exact."""

import asyncio

import numpy as np
import pytest

from engine.program.scenario import Stop
from engine.walking.branch import edited
from engine.walking.journey import Journey
from engine.walking.run import Measured
from engine.walking.session import Session
from tests.networks import make, mazur
from tests.tui.screens import TextFile, opened, press, screen_text, settled, size_id
from tui.dialogs.run_on import in_words, read_stop, usual_stop
from tui.panels.run_line import Progress, Result, RunLine, duration, result_line, run_line, way_to
from tui.stepper import run
from tui.stepper.screen import StepperScreen


@pytest.mark.parametrize(
    ("text", "stop"),
    [
        ("1000", Stop(1000)),
        (" 1,000,000 ", Stop(1_000_000)),
        ("1e6", Stop(1_000_000)),
        ("250 iterations", Stop(250)),
        ("E < 0.01", Stop(None, 0.01)),
        ("E<1e-6", Stop(None, 1e-6)),
        ("e_total below .5", Stop(None, 0.5)),
        ("until E < 0.01", Stop(None, 0.01)),
        ("< 0.01", Stop(None, 0.01)),
        ("1000, E < 0.01", Stop(1000, 0.01)),
        ("1,000 or E < 0.01", Stop(1000, 0.01)),
        ("1000 iterations or until E < 0.01", Stop(1000, 0.01)),
    ],
)
def test_how_far(text, stop):
    assert read_stop(text, "E_total") == stop


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("0", "whole numbers from 1"),
        ("-5", "no number of iterations"),
        ("1.5", "whole numbers from 1"),
        ("99999999", "10,000,000 iterations are the most"),
        ("1e999", "the most"),
        ("soon", "no number of iterations"),
        ("E <", "missing"),
        ("E < 0", "above 0"),
        ("E < nan", "above 0"),
        ("E < inf", "above 0"),
        ("E < small", "'small' is no number"),
        ("E > 0.1", "no number of iterations"),
        ("w5 < 0.1", "'w5' is not what a run waits for"),
        ("many, E < 0.1", "'many' is no number of iterations"),
        ("[/]", "no number of iterations"),
        ("x" * 30_000, "30,000 characters long"),
    ],
)
def test_what_can_not_be_read_is_said(text, words):
    with pytest.raises(ValueError, match=words):
        read_stop(text)


def test_an_empty_answer_is_the_scenarios_own_stop():
    assert usual_stop(Session.open(mazur())) == Stop(1000)
    own = Session.open(mazur(stop=Stop(50, 1e-6)))
    assert usual_stop(own) == Stop(50, 1e-6)
    assert usual_stop(own.seek(20, 1)) == Stop(30, 1e-6)
    assert usual_stop(own.seek(50, 1)) == Stop(1000)
    assert in_words(Stop(1), "E") == "1 iteration"
    assert in_words(Stop(1000, 0.01), "E") == "1,000 iterations, or until E < 0.01"


@pytest.mark.parametrize("width", [40, 58, 78, 118, 198])
@pytest.mark.parametrize("total", [None, 10_000_000])
def test_the_line_fits_and_its_fields_stay_where_they_are(width, total):
    lines = [
        run_line(Progress(done, total, done / 10_000_000, error, "E_total", seconds), width).plain
        for done, error, seconds in ((1, 0.2983711, None), (123_456, 1.234e-5, 4000.0), (9_999_999, 0.5, 3.2))
    ]
    assert {len(line.rstrip()) for line in lines} == {width}
    assert all(line.endswith("escape stops") for line in lines)
    assert len({line.index("%") for line in lines}) == 1
    assert len({line.find("E_total") for line in lines}) == 1
    assert lines[0].count("━") <= lines[1].count("━") < lines[2].count("━")


def test_the_words_of_the_line():
    text = run_line(Progress(250, 1000, 0.25, 0.1, "E", 12.2), 118).plain
    assert " 25 %     250 of 1,000 iterations   E 0.1         13 s left" in text
    words = ["1 s", "1 min 0 s", "3 min 20 s", "12 min", "2 h 5 min", "10 h"]
    assert [duration(seconds) for seconds in (0.2, 59.5, 200, 740, 7500, 36060)] == words
    assert way_to(1, 0.1, 0.01) == pytest.approx(0.5)
    assert [way_to(1, 2, 0.01), way_to(1, 0.001, 0.01), way_to(0, 0, 0.01), way_to(1, float("inf"), 1e-9)] == [
        0,
        1,
        0,
        0,
    ]


def result(before, after, right=None, examples=4, batch=4):
    outputs = np.zeros((examples, 1))
    return Result(
        "All 1,000 iterations done.",
        "done",
        "E_total",
        Measured(before, outputs, right),
        Measured(after, outputs, right),
        batch,
    )


@pytest.mark.parametrize(
    ("width", "batch", "line"),
    [
        (118, 4, "All 1,000 iterations done.   E_total 0.298371 → 3.51019e-05   accuracy 3 of 4"),
        (118, 1, "All 1,000 iterations done.   E_total 0.298371 → 3.51019e-05 over all 4 examples   accuracy 3 of 4"),
        (78, 1, "done   E_total 0.298371 → 3.51019e-05 over all 4 examples   accuracy 3 of 4"),
        (60, 1, "done   E_total 0.298371 → 3.51019e-05   accuracy 3 of 4"),
        (50, 1, "done   E_total 0.298371 → 3.51019e-05"),
        (20, 1, "done"),
    ],
)
def test_what_a_run_came_to_in_ever_fewer_words(width, batch, line):
    assert result_line(result(0.298371109, 3.51019e-05, 3, batch=batch), width).plain == line


def test_no_error_is_told_where_there_is_none():
    assert result_line(result(1.0, float("nan")), 118).plain == "All 1,000 iterations done."


class Held:
    """Lets a run make one slice at a time."""

    def __init__(self, screen):
        self.screen, self.time, self.turns = screen, 0.0, asyncio.Semaphore(0)
        screen.run.clock = lambda: self.time
        screen.run.breathe = self.turns.acquire

    async def slices(self, pilot, count, seconds=1.0):
        for _ in range(count):
            self.time += seconds
            self.turns.release()
            await settled(pilot)


@pytest.fixture
def held(monkeypatch):
    monkeypatch.setattr(run, "AT_ONCE", 0)
    monkeypatch.setattr(run, "SLICE", 0)
    return lambda app: Held(app.screen)


def stepper(app):
    return next(screen for screen in app.screen_stack if isinstance(screen, StepperScreen))


async def test_a_short_run_ends_where_it_should():
    async with opened("mazur") as (app, pilot):
        await press(pilot, *["right"] * 4, "r", *"1000", "enter")
        while stepper(app).run.journey is not None:
            await settled(pilot)
        await settled(pilot)
        assert (app.screen.session.iteration, app.screen.session.done) == (1000, 6)
        line = "1,000 iterations done.   E_total 0.298371 → 0.00111435"
        assert screen_text(app).splitlines()[1].strip() == line
        await press(pilot, "right")
        assert "forward ●" in screen_text(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 16)], ids=size_id)
async def test_a_run_shows_how_far_it_is(size, held, snapshot):
    """The line in the place of the step bar; network, tables and chart as they are on the way."""
    async with opened("mazur", size) as (app, pilot):
        hold = held(app)
        await press(pilot, *["right"] * 6, "r", *"100, E < 0.01", "enter")
        await hold.slices(pilot, 3)
        assert screen_text(app) == snapshot(extension_class=TextFile, name=f"{size_id(size)} run")


async def test_moving_keys_say_what_stops_it_and_escape_keeps_what_is_done(held):
    async with opened("mazur") as (app, pilot):
        hold = held(app)
        await press(pilot, "r", *"100000", "enter")
        await hold.slices(pilot, 2)
        for key in ("right", "left", "n", "g", "r", "home", "a", "v"):
            app.clear_notifications()
            await press(pilot, key)
            assert "escape stops it" in screen_text(app)
            assert len(app.screen_stack) == 2
        await press(pilot, "full_stop", "l", "1", "1")  # what only changes the looks goes on working
        assert "logarithmic" in screen_text(app)
        recorded = app.screen.session.timeline.recorded
        await press(pilot, "escape")
        await hold.slices(pilot, 1)
        session = app.screen.session
        assert recorded < session.iteration == session.timeline.recorded
        assert len(session.history) == session.iteration + 1  # its own E is in the chart
        assert session.done == 6
        assert f"Stopped at iteration {session.iteration}; what is done is kept." in screen_text(app)
        await press(pilot, "right")
        assert not app.screen.query_one(RunLine).display
        assert app.screen.session.done == 7


async def test_in_predict_mode_escape_stops_going_far_first(held):
    async with opened("mazur") as (app, pilot):
        hold = held(app)
        await press(pilot, "t", "g", *"100000", "enter")
        await hold.slices(pilot, 2)
        assert app.screen.run.journey is not None
        await press(pilot, "escape")
        assert app.screen.predict.on
        await hold.slices(pilot, 1)
        assert app.screen.run.journey is None
        assert app.screen.predict.on
        assert 0 < app.screen.session.iteration < 100_000
        await press(pilot, "escape")
        assert not app.screen.predict.on


async def test_until_the_error_is_small(held):
    async with opened("mazur") as (app, pilot):
        hold = held(app)
        await press(pilot, "r", *"E < 0.28", "enter")
        while stepper(app).run.journey is not None:
            await hold.slices(pilot, 1)
        there = Session.open(app.screen.session.scenario).fast_forward(1000, below=0.28)
        assert app.screen.session.position == there.position
        assert f"E_total is below 0.28 at iteration {there.iteration}." in screen_text(app)
        await press(pilot, "r", *"E < 0.5", "enter")
        assert app.screen.session.position == there.position
        await press(pilot, "r", *"3, E < 0.01", "enter")
        await settled(pilot)
        assert "E_total is still not below 0.01" in screen_text(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=size_id)
async def test_after_a_run_it_stands_at_the_error_and_says_what_it_came_to(size, snapshot):
    """In the place of the step bar: why it ended, E before and after, accuracy. Outputs and E are there."""
    async with opened("xor", size) as (app, pilot):
        await press(pilot, "r", "enter")
        while stepper(app).run.journey is not None:
            await settled(pilot)
        await settled(pilot)
        assert (app.screen.session.iteration, app.screen.session.row.quantity) == (310, "E")
        assert "E 0.522532 → 0.0198181   accuracy 4 of 4" in screen_text(app)
        assert screen_text(app) == snapshot(extension_class=TextFile, name=f"{size_id(size)} result")
        await press(pilot, "full_stop", "x", "l")  # only the looks change
        assert "accuracy 4 of 4" in screen_text(app)
        await press(pilot, "left")
        assert "accuracy" not in screen_text(app)
        assert "forward" in screen_text(app)


async def test_an_edit_at_the_same_place_takes_the_result_away():
    async with opened("xor") as (app, pilot):
        await press(pilot, "r", *"5", "enter")
        await settled(pilot)
        assert "5 iterations done." in screen_text(app)
        app.screen.session = edited(app.screen.session, {"w1": 0.3})
        await settled(pilot)
        assert "5 iterations done." not in screen_text(app)


async def test_a_run_that_diverges_says_which_number():
    session = Session.open(make((2, 2, 2), "identity", "identity", learning_rate=1e6))
    async with opened(session) as (app, pilot):
        await press(pilot, "r", *"5000", "enter")
        assert app.screen.session.event is not None
        assert f"The walk ends here: {app.screen.session.event}."[:40] in " ".join(screen_text(app).split())
        there = app.screen.session
        await press(pilot, "right")  # there is nothing to go on to
        assert app.screen.session.position == there.position
        await press(pilot, "left")  # but all the way back
        assert app.screen.session.event is None
        assert app.screen.session.position < there.position
        await press(pilot, "home")
        assert app.screen.session.position[:2] == (0, 0)


@pytest.mark.parametrize("answer", ["x", "0", "E < 0", "10000000"])
async def test_an_answer_that_can_not_be_used_stays_in_the_dialog(answer):
    async with opened("mazur") as (app, pilot):
        await press(pilot, "n", "r", *answer, "enter")
        assert len(app.screen_stack) == 3
        assert app.screen.query_one(".problem").render().plain.strip()
        await press(pilot, "escape")
        assert app.screen.session.iteration == 1


async def test_a_far_place_is_gone_to_in_slices(held):
    async with opened("mazur") as (app, pilot):
        hold = held(app)
        await press(pilot, "g", *"90:dE/dw[w5]", "enter")
        await hold.slices(pilot, 1)
        assert "of 90 iterations" in screen_text(app)
        await hold.slices(pilot, 8)
        assert (app.screen.session.iteration, app.screen.session.done) == (90, 9)


async def test_the_palette_moves_nothing_during_a_run(held):
    async with opened("mazur") as (app, pilot):
        hold = held(app)
        await press(pilot, "r", *"1000", "enter")
        await hold.slices(pilot, 1)
        before = app.screen.session
        app.screen.walk.forward()
        app.screen.play.toggle()
        app.screen.run.on()
        assert app.screen.session is before
        assert not app.screen.play.beat.on


async def test_the_app_opens_on_its_way_to_a_far_place(held):
    session = Session.open(mazur())
    async with opened(session, destination=session.place(40, 1)) as (app, pilot):
        while app.screen.session.iteration < 40:
            await settled(pilot)
        assert "iteration 40 " in screen_text(app)


async def test_digits_of_a_run_are_those_of_stepping(held):
    async with opened("mazur") as (app, pilot):
        hold = held(app)
        await press(pilot, *["right"] * 3, "r", *"50", "enter")
        await hold.slices(pilot, 6)
        journey = Journey(Session.open(app.screen.session.scenario).seek(0, 3), 50)
        journey.go_on(1)
        assert app.screen.session.values.theta.tolist() == journey.arrived().values.theta.tolist()
