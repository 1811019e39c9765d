"""What is measured along a walk is what a look at each of its iterations gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from engine.walking import tested as course
from engine.walking.run import measured, measured_test
from engine.walking.timeline import Timeline
from tests.engine.data.scenarios import scenario

MADE = scenario('make = { kind = "xor", count = 20, noise = 0.3 }\ntest = 0.3')


@settings(deadline=None, max_examples=25)
@given(some.lists(some.integers(0, 700), min_size=1, max_size=5))
def test_points_are_measured_exactly_in_whatever_order_they_are_asked_for(asked):
    timeline, plain = Timeline(MADE), Timeline(MADE)
    for until in asked:
        timeline.extend(until)
        points = timeline.tested.until(until)
        strides = set(points.iterations[1:] - points.iterations[:-1])
        assert points.iterations[0] == 0
        assert len(strides) <= 1
        assert 1 <= len(points.iterations) <= course.MOST
        assert all(until - points.iterations[-1] < stride for stride in strides)
        for k, error, accuracy in zip(*points, strict=True):
            found = measured_test(MADE, plain.start(int(k)))
            assert (found.error, found.accuracy) == (error, accuracy)


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
    tested.at = lambda k: measured_test(MADE, Timeline(MADE).start(0))
    assert len(tested.until(1000).iterations) <= course.LEAST


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
