"""Playing by itself, with a timer that a test sets off; and going places with the mouse."""

import pytest

from engine.formula.quantity import Quantity
from engine.walking.session import Session
from tests.networks import make, mazur
from tests.tui.screens import opened, press, screen_text, settled
from tui.chart.widget import ErrorChart
from tui.panels.step_bar import SIGNS, StepBar, bar, step_at
from tui.stepper.play import SPEEDS, Beat, speed_words


class Timers:
    """Timers that go off when they are told to."""

    def __init__(self):
        self.waiting = []

    def __call__(self, seconds, then):
        timer = Timer(self, seconds, then)
        self.waiting.append(timer)
        return timer

    def go_off(self):
        (timer,) = self.waiting
        self.waiting = []
        timer.then()


class Timer:
    def __init__(self, timers, seconds, then):
        self.timers, self.seconds, self.then = timers, seconds, then

    def stop(self):
        if self in self.timers.waiting:
            self.timers.waiting.remove(self)


def test_it_plays_until_there_is_no_step_left():
    timers, left = Timers(), [True, True, False]
    playing = Beat(lambda: left.pop(0), timers)
    assert not playing.on
    playing.start()
    for _ in range(3):
        assert playing.on
        timers.go_off()
    assert not playing.on
    assert not timers.waiting
    assert not left


def test_speeds():
    timers = Timers()
    playing = Beat(lambda: True, timers)
    assert playing.speed in SPEEDS
    playing.start()
    assert timers.waiting[0].seconds == 1
    while playing.change_speed(1):
        pass
    assert playing.speed == SPEEDS[-1]
    assert [timer.seconds for timer in timers.waiting] == [1 / SPEEDS[-1]]
    playing.stop()
    while playing.change_speed(-1):
        pass
    assert (playing.speed, timers.waiting) == (SPEEDS[0], [])
    assert [speed_words(speed) for speed in (0.25, 1, 2)] == ["a step every 4 s", "1 step a second", "2 steps a second"]


async def playing_app(app, pilot):
    timers = Timers()
    app.screen.play.beat.after = timers
    await press(pilot, "a")
    return timers


async def step(timers, pilot, count=1):
    for _ in range(count):
        timers.go_off()
        await settled(pilot)


async def test_a_plays_and_stops():
    async with opened("mazur") as (app, pilot):
        timers = await playing_app(app, pilot)
        assert "▶ 1/s" in screen_text(app).splitlines()[0]
        await step(timers, pilot, 15)
        assert (app.screen.session.iteration, app.screen.session.done) == (1, 1)
        await press(pilot, "a")
        assert not timers.waiting
        assert "▶ 1/s" not in screen_text(app)


@pytest.mark.parametrize("key", ["right", "space", "left", "n", "p", "home", "end", "bracketright", "escape"])
async def test_a_moving_key_only_stops_it(key):
    async with opened("mazur") as (app, pilot):
        timers = await playing_app(app, pilot)
        await step(timers, pilot, 3)
        await press(pilot, {"bracketright": "]"}.get(key, key))
        assert (app.screen.session.iteration, app.screen.session.done) == (0, 3)
        assert not app.screen.play.beat.on
        assert "▶ 1/s" not in screen_text(app)


async def test_keys_for_looking_let_it_play_and_questions_stop_it():
    async with opened("mazur") as (app, pilot):
        timers = await playing_app(app, pilot)
        await press(pilot, "full_stop", "y", "l", "d")
        await step(timers, pilot, 3)
        assert app.screen.session.done == 3
        assert app.screen.play.beat.on
        for key in ("g", "r", "v", "question_mark"):
            screen = app.screen
            await press(pilot, key)
            assert not screen.play.beat.on
            assert app.screen is not screen
            await press(pilot, "escape", "a")


async def test_it_waits_while_something_else_is_on_the_screen():
    async with opened("mazur") as (app, pilot):
        timers = await playing_app(app, pilot)
        screen = app.screen
        await press(pilot, "ctrl+p")
        await step(timers, pilot, 3)
        assert screen.session.done == 0
        await press(pilot, "escape")
        await step(timers, pilot, 3)
        assert screen.session.done == 3


async def test_faster_and_slower():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "plus")
        assert "a plays 2 steps a second." in screen_text(app)
        timers = await playing_app(app, pilot)
        assert timers.waiting[0].seconds == 0.5
        await press(pilot, "plus")
        assert timers.waiting[0].seconds == 0.25
        assert "▶ 4/s" in screen_text(app)
        await press(pilot, "minus", "minus", "minus", "minus", "minus")
        assert timers.waiting[0].seconds == 4
        assert "is the lowest speed" in screen_text(app)


async def test_it_stops_where_the_walk_ends():
    session = Session.open(make((2, 2, 2), "identity", "identity", learning_rate=1e6)).fast_forward(1000)
    async with opened(session.back().back()) as (app, pilot):
        timers = await playing_app(app, pilot)
        await step(timers, pilot, 2)
        assert app.screen.session.event is not None
        assert not timers.waiting
        assert "The walk ends here:" in screen_text(app)
        assert "▶ 1/s" not in screen_text(app)
        app.clear_notifications()
        await press(pilot, "a")
        assert not app.screen.play.beat.on
        assert "The walk ends here:" in screen_text(app)


# By mouse


@pytest.mark.parametrize("detail", ["layer", "scalar"])
@pytest.mark.parametrize("width", [118, 78, 40, 24])
def test_every_mark_leads_to_its_step(width, detail):
    session = Session.open(mazur(), detail).seek(3, 5)
    line = bar(session, width).plain
    found = [step_at(session, width, column) for column in range(width)]
    marks = [found[column] for column, sign in enumerate(line) if sign in SIGNS.values()]
    known = found[: len(line)]
    assert None not in known
    assert known == sorted(known)
    assert set(found[len(line) :]) <= {None}
    assert marks == sorted(set(marks))
    assert set(known) <= set(range(1, session.count + 1))
    if len(marks) == session.count:
        assert marks == list(range(1, session.count + 1))


async def test_a_click_on_the_step_bar_goes_to_the_step():
    async with opened("mazur") as (app, pilot):
        await press(pilot, *["n"] * 2)
        line = screen_text(app).splitlines()[1]
        marks = [column for column, sign in enumerate(line) if sign in SIGNS.values()]
        await pilot.click(StepBar, offset=(marks[8], 0))
        await settled(pilot)
        assert (app.screen.session.iteration, app.screen.session.done) == (2, 9)
        await pilot.click(StepBar, offset=(marks[8], 0))
        await settled(pilot)
        assert app.said == ["You are there."]
        await pilot.click(StepBar, offset=(line.index("backward") + 2, 0))
        await settled(pilot)
        assert app.screen.session.done == 7
        await pilot.click(StepBar, offset=(len(line) + 3, 0))
        await settled(pilot)
        assert app.screen.session.done == 7


async def test_a_click_on_the_chart_goes_to_the_error_of_that_iteration():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "g", *"400", "enter")
        timers = await playing_app(app, pilot)
        await pilot.click(ErrorChart, offset=(25, 4))
        await settled(pilot)
        session = app.screen.session
        assert not timers.waiting
        assert 0 < session.iteration < 400
        assert session.row.quantity == "E"
        assert app.screen.view.focus.kind == Quantity("E").kind
        assert app.screen.query_one(ErrorChart).position == session.iteration + 1
        assert len(app.screen.query_one(ErrorChart).errors) == 400
