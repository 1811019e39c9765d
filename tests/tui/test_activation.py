"""The activation view: curve, slope, points and tangent, for every node and every example."""

import numpy as np
import pytest

from engine.ask.activation_curve import Point
from engine.files import load_scenario
from engine.formula.activations import ACTIVATIONS
from engine.walking.session import Session
from tests.networks import make
from tests.tui.screens import TextFile, opened, press, screen_text, size_id, sizes
from tui.dialogs.activation import node_of, output_rows, slope_rows, told_apart


def walked(hidden="sigmoid", last="sigmoid", examples=1, steps=5):
    loss = "cross_entropy" if last == "softmax" else "half_squared_error"
    session = Session.open(make((2, 2, 2), hidden, last, loss, examples=examples, batch=examples))
    return session.seek(0, steps)


def text_of(rows):
    return "\n".join("".join(span.text for span in row) for row in rows)


def styles_of(rows):
    return {span.style for row in rows for span in row if span.text.strip()}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_drawn_with_its_points(name):
    joint = ACTIVATIONS[name].joint
    session = walked("tanh" if joint else name, name, examples=3)
    rows = output_rows(session, "o1", 1, 60, 16)
    assert text_of(rows).count("●") == 1
    assert text_of(rows).count("○") <= (0 if joint else 2)
    assert {"curve", "point"} <= styles_of(rows)
    assert "slope" in styles_of(slope_rows(session, "o1", 1, 60, 10))


def test_the_tangent_is_seen_where_the_curve_bends():
    session = walked()
    assert "tangent" in styles_of(output_rows(session, "h1_1", 0, 60, 20))
    assert "tangent" not in styles_of(output_rows(session.home(), "h1_1", 0, 60, 20))


def test_a_far_point_is_in_sight():
    session = Session.open(make((2, 2, 2), scale=400.0)).seek(0, 3)
    assert "●" in text_of(output_rows(session, "h1_1", 0, 60, 20))


def test_the_slope_of_relu_jumps_without_a_line_between():
    rows = slope_rows(walked("relu"), "h1_1", 0, 60, 14)
    dots = [sum("\u2800" < letter <= "\u28ff" for span in row for letter in span.text) for row in rows]
    assert np.count_nonzero(dots) == 2


def test_what_is_selected_leads_to_a_node():
    network = walked().scenario.network
    assert [node_of(network, name) for name in (None, "i1", "h1_2", "w2_1_2", "b1_1")] == [
        "h1_1", "h1_1", "h1_2", "o2", "h1_1",
    ]  # fmt: skip


def test_an_input_between_the_layers_has_no_activation():
    network = load_scenario("unrolled-rnn").network
    assert node_of(network, "in2") == "h1"


async def test_keys_lead_to_other_nodes_and_examples():
    async with opened(walked(examples=2, steps=3)) as (app, pilot):
        await press(pilot, "f")
        assert "activation of h1_1" in screen_text(app)
        assert "● is example 1" in screen_text(app)
        await press(pilot, "down", "x")
        assert "activation of h1_2" in screen_text(app)
        assert "● is example 2" in screen_text(app)
        await press(pilot, "down")
        assert "not computed yet" in screen_text(app)
        await press(pilot, "up", "up", "up")
        assert "activation of o2" in screen_text(app)
        await press(pilot, "escape", "down", "f")
        assert "activation of h1_2" in screen_text(app)


@sizes
async def test_looks(size, snapshot):
    """The curve over its slope, one axis under the other, the numbers below; a softmax output says what stays."""
    seen = []
    for scenario, keys in (("mazur", [*["right"] * 4, "f"]), (walked("relu", "softmax", examples=3), ["f", "up"])):
        async with opened(scenario, size) as (app, pilot):
            await press(pilot, *keys)
            seen.append(screen_text(app))
    assert "\n".join(seen) == snapshot(extension_class=TextFile, name=size_id(size))


def test_of_very_many_points_those_are_drawn_that_are_told_apart():
    random = np.random.default_rng(1)
    points = tuple(Point(example, x, 0.0, 0.0) for example, x in enumerate(random.normal(size=5000).tolist()))
    few = told_apart(points, 7, 0.05)
    assert points[7] in few
    assert len(few) < 400
    assert {int(point.x / 0.05) for point in few} == {int(point.x / 0.05) for point in points}
    assert told_apart(points[:10], 7, 100.0) == points[:10]
