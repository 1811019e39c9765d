"""What is measured along a walk is what a look at each of its iterations gives."""

from functools import cache
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from engine.program.scenario import Stop
from engine.walking import run
from engine.walking import tested as course
from engine.walking.branch import edited
from engine.walking.run import extended, measured, measured_test, run_on, watch_of
from engine.walking.session import Session
from engine.walking.timeline import Timeline
from tests.engine.data.scenarios import scenario

MADE = scenario('make = { kind = "xor", count = 20, noise = 0.3 }\ntest = 0.3')
PLAIN = Timeline(MADE)


@cache
def at_last(k):
    found = measured_test(MADE, PLAIN.start(k))
    return found.error, found.accuracy


@settings(deadline=None, max_examples=25)
@given(some.lists(some.integers(0, 700), min_size=1, max_size=5))
def test_points_are_measured_exactly_in_whatever_order_they_are_asked_for(asked):
    timeline = Timeline(MADE)
    for until in asked:
        timeline.extend(until)
        points = timeline.tested.until(until)
        strides = set(points.iterations[1:] - points.iterations[:-1])
        assert points.iterations[0] == 0
        assert len(strides) <= 1
        assert 1 <= len(points.iterations) <= course.MOST
        assert all(until - points.iterations[-1] < stride for stride in strides)
        for k, error, accuracy in zip(*points, strict=True):
            assert at_last(int(k)) == (error, accuracy)


def test_training_examples_are_measured_all_of_them():
    timeline = Timeline(MADE)
    timeline.extend(30)
    points = timeline.trained.until(30)
    assert points.iterations.tolist() == list(range(31))
    for k in (0, 7, 30):
        found = measured(MADE, timeline.start(k))
        assert (points.errors[k], points.accuracy[k]) == (found.error, found.accuracy)
    assert timeline.trained.at(17).error == points.errors[17]


def test_what_is_large_is_measured_seldom():
    many = replace(MADE, test=replace(MADE.test, inputs=MADE.test.inputs.repeat(60_000, 0), targets=None))
    tested = course.Tested(Timeline(many), test=True)
    assert not tested.is_cheap
    assert course.Tested(Timeline(MADE), test=True).is_cheap
    assert len(many.test.inputs) * len(MADE.theta) > course.PRODUCTS // course.MOST
    assert tested.count(1000)[1] <= course.LEAST


@settings(deadline=None, max_examples=25)
@given(
    some.lists(some.tuples(some.integers(0, 300), some.integers(0, 300), some.booleans()), min_size=1, max_size=4),
    some.booleans(),
)
def test_what_is_measured_in_parts_is_the_same_and_nothing_else_is_said_before(asked, large):
    """However the parts follow each other, and also where only checkpoints are measured."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(course, "PRODUCTS", 1 if large else course.PRODUCTS)
        timeline = Timeline(MADE)
        timeline.extend(300)
        for here, until, here_first in asked:
            parts = 0
            while not timeline.tested.is_known(here, until):
                timeline.tested.go_on(here, until, here_first=here_first)
                parts += 1
                for k, error, accuracy in zip(*timeline.tested.known(until), strict=True):
                    assert (error, accuracy) == at_last(int(k))
                assert parts < 2000
            assert tuple(timeline.tested.known_at(here)) == at_last(here)
            measured_points, of = timeline.tested.count(until)
            assert measured_points == of == len(timeline.tested.known(until).iterations)
        assert not large or timeline.tested.count(300)[1] <= course.LEAST


def test_of_a_large_branch_nothing_is_replayed_either(monkeypatch):
    """The course that it shares is its parent's, and its own begins where it leaves that."""
    monkeypatch.setattr(course, "PRODUCTS", 1)
    parent = Timeline(MADE)
    parent.extend(40)
    session = edited(Session.open(MADE, timeline=parent).seek(37, 1), {"learning_rate": 0.2})
    timeline = session.timeline
    timeline.extend(80)
    replayed = []
    monkeypatch.setattr(Timeline, "_replay", lambda *asked: replayed.append(asked))
    points = timeline.tested.until(80)
    assert points.iterations.tolist() == [0, 16, 32, 37, 53, 69]
    assert not replayed
    assert points.errors[:3].tolist() == parent.tested.until(36).errors.tolist()
    for k, error in zip(points.iterations.tolist(), points.errors.tolist(), strict=True):
        assert error == measured_test(timeline.scenario_at(k), timeline.start(k)).error


def test_a_look_at_the_test_part_can_be_made_in_slices(monkeypatch):
    monkeypatch.setattr(run, "perf_counter", count().__next__)  # each slice has time for one part
    stop = Stop(400, patience=3)
    whole = run_on(MADE, stop)
    timeline = Timeline(MADE)
    watch, slices = watch_of(stop, timeline, 0), 0
    while not (watch.over or timeline.recorded >= 400):
        extended(timeline, 400, None, watch, 1.5)
        slices += 1
    assert slices > timeline.recorded
    assert (watch.next, watch.best) == (whole.iterations, whole.best)


def test_no_number_of_a_walk_changes_by_being_looked_at():
    looked, plain = Timeline(MADE), Timeline(MADE)
    for k in range(0, 300, 20):
        looked.extend(k)
        looked.tested.until(k)
        looked.trained.until(k)
    assert looked.errors(280).tobytes() == plain.errors(280).tobytes()
    assert looked.start(123).theta.tobytes() == plain.start(123).theta.tobytes()
    with pytest.raises(IndexError):
        looked.tested.at(-1)


def test_how_far_it_is_is_told_of_the_course_that_is_measured(monkeypatch):
    """Before the place where a branch begins that is its parent's; of another iteration nothing is measured yet."""
    monkeypatch.setattr(course, "PRODUCTS", 1)
    monkeypatch.setattr(run, "PRODUCTS", 1)
    main = Session.open(MADE).run_end(40)
    branch = edited(main, {main.scenario.network.parameter_names[0]: 0.3})
    tested = branch.timeline.tested
    for here in (7, branch.iteration):
        seen = []
        while tested.known_at(here) is None:
            seen.append(tested.measured_at(here))
            assert tested.measured_at(here - 1) == 0
            tested.go_on(here, here)
        assert seen == sorted(seen)
        assert seen[0] == 0 < seen[-1] < tested.examples
