"""What-if: the curve of E along a parameter, its tangent and update, and moving along it."""

import numpy as np
import pytest

from engine.ask.lookup import value_at
from engine.ask.what_if import errors_along, what_if
from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.walking.session import Session
from tests.networks import make, mazur
from tests.tui.screens import TextFile, opened, press, screen_text, size_id, sizes
from tui.dialogs.what_if import half_of, looked_along, points_for, step_of, what_if_rows


def drawn(session, name, probe=None, half=2.0, columns=60, rows=16):
    what = what_if(session, name)
    xs = np.linspace(what.value - half, what.value + half, 2 * columns)
    curve = xs, errors_along(session, name, xs)
    probe = what.value if probe is None else probe
    rows = what_if_rows(what, curve, probe, float(errors_along(session, name, np.array([probe]))[0]), columns, rows)
    return "\n".join("".join(span.text for span in row) for row in rows), {
        span.style for row in rows for span in row if span.text.strip()
    }


def test_curve_tangent_point_and_update_are_drawn():
    text, styles = drawn(Session.open(mazur()), "w5")
    assert {"error", "tangent", "update", "point"} <= styles
    assert text.count("●") == 1
    assert "update ◂" in text
    assert "◆" not in text
    assert "◆" in drawn(Session.open(mazur()), "w5", 1.5)[0]


def test_the_arrow_points_where_the_update_leads():
    session = Session.open(mazur())
    assert what_if(session, "w7").updated > 0.5
    assert "▸" in drawn(session, "w7")[0]
    frozen = drawn(session, "b1")
    assert "update" not in frozen[0]
    assert "update" not in frozen[1]


def test_gaps_and_a_walk_that_has_ended_are_drawn():
    session = Session.open(make((1, 1, 1), "identity", "identity"))
    assert "●" in drawn(session, "w1_1_1", half=1e160)[0]
    ended = Session.open(make((2, 2, 2), "identity", "identity", learning_rate=1e6)).fast_forward(1000)
    assert "update" not in drawn(ended, "w1_1_1")[0]


@pytest.mark.parametrize(("half", "step"), [(2.0, 0.05), (4.0, 0.1), (0.04, 0.001), (60.0, 2.0)])
def test_moves_are_round_numbers(half, step):
    assert step_of(half) == pytest.approx(step, rel=1e-12)


def test_the_drawing_goes_as_far_as_one_moves_and_costs_no_more_than_it_may():
    session = Session.open(mazur())
    what = what_if(session, "w5")
    assert half_of(what, 0.4, 1.0) == 2
    assert half_of(what, 9.4, 1.0) > 9
    assert half_of(what, 0.4, 0.25) == 0.5
    assert points_for(session, 80) == 80
    assert 12 <= points_for(Session.open(make((8, 400, 400, 2))), 80) < 80


def test_what_is_selected_leads_to_a_parameter():
    network = mazur().network
    assert [looked_along(network, name) for name in (None, "w4", "h2", "i2", "o1")] == ["w1", "w4", "w3", "w2", "w5"]


def test_of_an_input_between_the_layers_it_is_the_weight_that_leads_on():
    assert looked_along(load_scenario("unrolled-rnn").network, "in2") == "w_in"


async def test_keys_move_along_the_curve_and_take_the_value():
    async with opened("mazur") as (app, pilot):
        await press(pilot, *["right"] * 9, "w")
        assert "what if w5 were different" in screen_text(app)
        assert "tangent says 0.294995, true is 0.294985" in screen_text(app)
        await press(pilot, "enter")
        assert "move to another value first" in screen_text(app)
        await press(pilot, "right", "right", "shift+left")
        assert "w5 = 0.25 " in screen_text(app)
        await press(pilot, "plus", "left")
        assert "w5 = 0.35 " in screen_text(app)
        await press(pilot, "minus", "home", "up")
        assert "what if b1 were different" in screen_text(app)
        assert "frozen" in screen_text(app)
        await press(pilot, "down", "down", "right")
        await press(pilot, "enter")
        assert len(app.screen_stack) == 2
        assert value_at(app.screen.session, Quantity("w", "w6")) == 0.5


DRAWINGS = {"what if": lambda explore: explore.what_if(), "landscape": lambda explore: explore.landscape(("w5", "w7"))}


@pytest.mark.parametrize("name", DRAWINGS)
async def test_both_drawings_move_zoom_and_end_by_the_same_keys(name):
    async with opened("mazur") as (app, pilot):
        for key in ("escape", "q"):
            DRAWINGS[name](app.screen.explore)
            await press(pilot)
            shown = app.screen
            here = shown._probe
            for there, back in (("left", "right"), ("shift+right", "shift+left")):
                await press(pilot, there)
                assert shown._probe != here
                await press(pilot, back)
                assert shown._probe == pytest.approx(here)
            await press(pilot, "right", "home")
            assert shown._probe == here
            await press(pilot, key)
            assert app.screen is not shown
        DRAWINGS[name](app.screen.explore)
        await press(pilot, *["minus"] * 25)
        assert "as far as it goes" in screen_text(app)
        await press(pilot, *["plus"] * 49)
        assert "as near as it goes" in screen_text(app)


@sizes
async def test_looks(size, snapshot):
    """The curve with point, update and the value moved to; below, a line for each with what the tangent says."""
    async with opened("two-neurons", size) as (app, pilot):
        await press(pilot, *["right"] * 9, "w", *["shift+right"] * 4)
        assert screen_text(app) == snapshot(extension_class=TextFile, name=size_id(size))
