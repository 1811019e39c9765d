"""The curve of an activation is the walk's own function, and its slope is the curve's."""

import numpy as np
import pytest

from engine.ask.activation_curve import curve_of, has_curve, points_of
from engine.ask.lookup import value_at
from engine.files import parse_scenario
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


CURVES = """
title = "Functions of one number"
[graph]
inputs = ["x"]
targets = ["t"]
nodes = [
  "h = tanh(w * x + b)", "s = h * sigmoid(h)", "c = s**2 + 3 * s - 1", "p = w * c", "m = c - batch_mean(c)",
  "r = relu(p + m)", "E = half_squared_error(r, t)",
]
error = "E"
parameters = { w = 0.7, b = 0.2 }
[training]
batch = "all"
[[example]]
inputs = [0.5]
targets = [1]
[[example]]
inputs = [-1.5]
targets = [0]
"""


def test_a_graphs_node_that_is_a_function_of_one_number_has_a_curve():
    session = Session.open(parse_scenario(CURVES, "curves"))
    session = session.seek(0, session.count)
    assert [name for name in "xhscpmrE" if has_curve(session, name)] == list("hscr")
    for node, x_of in (("s", "h"), ("c", "s")):
        for point in points_of(session, node):
            assert point.x == value_at(session, Quantity("y", x_of), point.example)
            assert point.y == value_at(session, Quantity("y", node), point.example)
            assert point.slope == value_at(session, Quantity("dy/dy", node, x_of), point.example)
    for point, x in zip(points_of(session, "h"), (0.5, -1.5), strict=True):
        assert (point.x, point.y) == (0.7 * x + 0.2, value_at(session, Quantity("y", "h"), point.example))
        assert point.slope == pytest.approx(1 - point.y**2, rel=1e-15)
    assert curve_of(session, "p", XS) is None
    step = 1e-6
    for node in "hscr":
        rise = curve_of(session, node, XS + step)[0] - curve_of(session, node, XS - step)[0]
        assert curve_of(session, node, XS)[1] == pytest.approx(rise / (2 * step), rel=1e-7, abs=1e-8)


def test_a_graphs_node_stands_nowhere_before_its_number_is_known():
    session = Session.open(parse_scenario(CURVES, "curves")).seek(0, 1)
    assert [point.x for point in points_of(session, "h")] == [0.7 * 0.5 + 0.2, 0.7 * -1.5 + 0.2]
    assert points_of(session, "s") == ()
