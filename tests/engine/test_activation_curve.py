"""The curve of an activation is the walk's own function, and its slope is the curve's."""

import numpy as np
import pytest

from engine.ask.activation_curve import curve_of, points_of
from engine.ask.lookup import value_at
from engine.formula.activations import ACTIVATIONS
from engine.formula.quantity import Quantity
from engine.walking.session import Session
from tests.networks import make

XS = np.array([-4.0, -1.3, -0.2, 0.3, 1.1, 5.0])


def session_of(last, examples=3):
    loss = "cross_entropy" if last == "softmax" else "half_squared_error"
    session = Session.open(make((2, 3, 3), "tanh", last, loss, examples=examples, batch=examples))
    return session.seek(0, session.count)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_points_numbers_are_those_of_the_walk(name):
    session = session_of(name)
    for node in ("h1_2", "o2"):
        points = points_of(session, node)
        assert [point.example for point in points] == [0, 1, 2]
        for point in points:
            for kind, value in (("x", point.x), ("y", point.y), ("dy/dx", point.slope)):
                assert value == value_at(session, Quantity(kind, node), point.example)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_is_the_slope_of_the_curve(name):
    session, step = session_of(name), 1e-6
    _, slopes = curve_of(session, "o2", XS, 1)
    rise = curve_of(session, "o2", XS + step, 1)[0] - curve_of(session, "o2", XS - step, 1)[0]
    assert slopes == pytest.approx(rise / (2 * step), rel=1e-8, abs=1e-8)


def test_a_softmax_output_has_a_curve_for_each_example():
    session = session_of("softmax")
    assert (curve_of(session, "o2", XS, 0)[0] != curve_of(session, "o2", XS, 1)[0]).all()
    assert (curve_of(session, "h1_1", XS, 0)[0] == curve_of(session, "h1_1", XS, 1)[0]).all()


def test_before_x_is_computed_there_is_no_point_and_of_softmax_no_curve():
    session = Session.open(session_of("softmax").scenario)
    assert points_of(session, "h1_1") == points_of(session, "o1") == ()
    assert curve_of(session, "h1_1", XS) is not None
    assert curve_of(session, "o1", XS) is None
