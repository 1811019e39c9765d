"""The map of a node: what it shows is what the engine has, at every size, with colours and without."""

import re

import numpy as np
import pytest
from msgspec.structs import replace

from engine.ask.surface import outputs_at, plane_of
from engine.files import load_scenario
from engine.files.beginning import beginning
from engine.files.read import parse_scenario
from engine.program.notation import CANONICAL
from engine.program.scenario import Held
from engine.walking.session import Session
from tests.networks import make
from tests.tui.quick import BY_MESSAGES, drawn
from tests.tui.screens import opened, press, screen_text, settled
from tui.map.node_map import draw_map
from tui.map.widget import LOOKS, MapPanel
from tui.terminal.theme import MAP_LEVELS
from tui.view.chosen import MapChoice
from tui.view.scale import rounded_up, scale_of, shown_of
from tui.view.seen import View

SHADINGS = ("colours", "sixteen", "shades")


def view_of(session, digits=6, **options):
    return View(session, session, 0, CANONICAL, digits, **{"map": MapChoice(), **options})


def text_of(drawing):
    return ["".join(text for text, _ in row) for row in drawing.rows]


def xor():
    return Session.open(load_scenario("xor"))


def three_classes(**options):
    scenario = make((2, 4, 3), "tanh", "softmax", "cross_entropy", examples=9, batch=9, **options)
    return Session.open(replace(scenario, targets=np.eye(3)[[0, 1, 2] * 3]))


def numbers():
    return Session.open(make((4, 3, 2), "relu"))


@pytest.mark.parametrize("shading", SHADINGS)
@pytest.mark.parametrize("kind", ["two classes", "three classes", "numbers"])
@pytest.mark.parametrize("size", [(12, 4), (20, 7), (36, 9), (45, 24), (90, 50)], ids=str)
def test_it_fills_its_room_and_has_a_look_for_everything(kind, size, shading):
    session = {"two classes": xor, "three classes": three_classes}.get(kind, numbers)()
    drawing = draw_map(view_of(session, shading=shading), *size)
    assert [len(text) for text in text_of(drawing)] == [size[0]] * size[1]
    assert {name for row in drawing.rows for _, style in row for name in style.split()} <= set(LOOKS)


def test_without_room_or_without_two_inputs_there_is_none():
    assert draw_map(view_of(xor()), 11, 20).rows == ()
    one = draw_map(view_of(Session.open(make((1, 2, 1)))), 40, 20)
    assert (one.rows, one.frame) == ((), None)
    assert "two inputs" in one.title


def test_examples_stand_where_they_are_with_a_sign_for_their_class():
    session = xor()
    drawing = draw_map(view_of(session, shading="shades", map=MapChoice(at=(0.5, 0.5))), 46, 24)
    signs = {}
    for row, text in enumerate(text_of(drawing)[: drawing.frame.rows]):
        for column, letter in enumerate(text):
            if letter in "●○":
                signs[row, column - drawing.frame.margin] = letter
    expected = {
        drawing.frame.cell(*inputs): "●" if target == 1 else "○"
        for inputs, (target,) in zip(session.scenario.inputs, session.scenario.targets, strict=True)
    }
    assert signs == expected


def test_what_is_kept_for_the_test_has_signs_of_its_own():
    session = xor()
    scenario = replace(session.scenario, test=Held(np.array([[0.2, 0.8], [0.1, 0.1]]), np.array([[1.0], [0.0]])))
    text = "\n".join(text_of(draw_map(view_of(Session.open(scenario), shading="shades"), 60, 24)))
    plane = text.rpartition("0.5")[0]
    assert (plane.count("◆"), plane.count("◇")) == (1, 1)
    assert "◆◇ test" in text


def test_the_number_under_the_cursor_is_the_walk_s():
    session = Session.open(load_scenario("xor")).fast_forward(50)
    told = re.search(r"y\[out\] = (\S+)", "\n".join(text_of(draw_map(view_of(session, digits=None), 60, 24))))
    assert float(told[1].replace("−", "-")) == session.seek(50, session.count).values.get("y", 2)[0, 0]
    drawing = draw_map(view_of(session), 60, 24, told=False)
    assert "y[out] =" not in "\n".join(text_of(drawing))


def test_the_colours_are_the_node_s_values():
    session = Session.open(load_scenario("xor")).fast_forward(20)
    drawing = draw_map(view_of(session, selected="h1"), 50, 24)
    frame, start = drawing.frame, session.values.beginning
    plane = plane_of(session.scenario, start, 0)
    values = outputs_at(start, plane, plane.grid(frame.xs, frame.ys), ["h1"])[0]
    scale = scale_of(shown_of(session.scenario, "h1"), values)
    assert scale.middle - scale.reach <= values.min() < values.max() <= scale.middle + scale.reach
    levels = np.rint((values - scale.middle) / scale.reach * MAP_LEVELS).reshape(len(frame.ys), -1)
    seen = 0
    for row in range(frame.rows):
        cells = [(letter, style.split()) for text, style in drawing.rows[row][1:] for letter in text]
        for column, (letter, style) in enumerate(cells):
            if letter in " ▀":
                assert level_of(style[-1], "on-") == levels[2 * row + 1, column]
                assert letter == " " or level_of(style[0], "ink-") == levels[2 * row, column]
                seen += 1
    assert seen > frame.rows * frame.columns * 0.9
    assert len(np.unique(levels)) > 4


def level_of(style, before):
    name = style.removeprefix(f"{before}map-")
    return -int(name[1:]) if name[0] == "n" else int(name.lstrip("p"))


def test_the_line_between_classes_is_where_the_output_is_a_half():
    scenario = make((2, 1), last="sigmoid", examples=4, batch=4)
    scenario = replace(scenario, theta=np.array([1.0, 0.0, 0.0]), targets=np.array([[0.0], [1.0]] * 2))
    session = Session.open(scenario)
    assert shown_of(scenario, None).middle == 0.5
    drawing = draw_map(view_of(session, shading="shades"), 60, 24)
    columns = {
        column - drawing.frame.margin
        for text in text_of(drawing)[: drawing.frame.rows]
        for column, letter in enumerate(text)
        if 0x2800 < ord(letter) <= 0x28FF
    }
    zero = drawing.frame.cell(0.0, drawing.frame.window.bottom)[1]
    assert columns <= {zero - 1, zero, zero + 1}
    assert columns


def test_three_classes_have_three_areas():
    drawing = draw_map(view_of(three_classes(), shading="shades"), 60, 24)
    assert drawing.title.startswith("classes over")
    assert "class " in "\n".join(text_of(drawing)[-2:])
    assert "1 o1" in "\n".join(text_of(drawing))


@pytest.mark.parametrize(("number", "rounded"), [(0.7, 1.0), (1.0, 1.0), (1.1, 2.0), (0.03, 0.05), (7.0, 10.0)])
def test_a_scale_reaches_a_round_number(number, rounded):
    assert rounded_up(number) == pytest.approx(rounded)


# On the screen


async def test_it_follows_the_walk_the_selection_and_an_edit():
    async with opened("xor") as (app, pilot):
        await press(pilot, "h")
        panel = app.screen.query_one(MapPanel)
        first = panel.drawing
        await press(pilot, "right", "right")
        assert panel.drawing is first  # the same parameters: nothing to draw
        await press(pilot, "n", "n")
        assert panel.drawing.rows != first.rows
        app.screen.select.name("h2")
        await press(pilot)
        assert "y[h2] over" in panel.drawing.title
        before = panel.drawing
        app.screen.branch.set({"v1": 3.0})
        await press(pilot, "escape")
        assert "y[out] over" in panel.drawing.title
        assert panel.drawing.rows != before.rows


async def test_large_the_arrows_move_on_it_and_tab_goes_to_every_node():
    async with opened("xor") as (app, pilot):
        await press(pilot, "6")
        panel, chosen = app.screen.query_one(MapPanel), app.screen.chosen
        before = panel.drawing
        await press(pilot, "right", "shift+up")
        (x0, y0), (x1, y1) = before.cursor, panel.drawing.cursor
        width = (before.frame.window.right - before.frame.window.left) / before.frame.columns
        height = (before.frame.window.top - before.frame.window.bottom) / before.frame.rows
        assert (x1 - x0, y1 - y0) == pytest.approx((width, 5 * height))
        await press(pilot, "home")
        assert chosen.map.at is None
        seen = []
        for _ in range(5):
            await press(pilot, "tab")
            seen.append(chosen.selected)
        assert seen == ["i1", "i2", "h1", "h2", "out"]
        await press(pilot, "tab")
        assert chosen.selected is None
        await press(pilot, "h")
        assert "─ nodes" in screen_text(app)


async def test_a_click_sets_the_cursor():
    async with opened("xor") as (app, pilot):
        await press(pilot, "h")
        panel = app.screen.query_one(MapPanel)
        frame = panel.drawing.frame
        await pilot.click(MapPanel, offset=(2 + frame.margin + 3, 1 + 4))
        await settled(pilot)
        assert frame.cell(*app.screen.chosen.map.at) == (4, 3)


async def test_it_is_over_inputs_that_are_chosen():
    async with opened("four-layer") as (app, pilot):
        names = app.screen.session.scenario.network.inputs
        await press(pilot, "h", "j", *f"{names[2]} {names[0]}", "enter")
        assert f"over {names[2]} → and {names[0]} ↑" in screen_text(app)
        await press(pilot, "j", *"nowhere", "enter")
        assert "no input nowhere" in screen_text(app)
        await press(pilot, "escape")


async def test_where_there_is_none_it_says_why():
    async with opened("google") as (app, pilot):
        for key in ("h", "j", "6"):
            await press(pilot, key)
            assert "No map: a map is over two inputs, and there is one here." in screen_text(app)


async def test_in_predict_mode_it_tells_no_number():
    async with opened("xor") as (app, pilot):
        await press(pilot, "h")
        assert "y[out] =" in screen_text(app)
        await press(pilot, "t")
        assert "╋" in screen_text(app)
        assert "y[out] =" not in screen_text(app)
        await press(pilot, "escape", "escape")
        assert "y[out] =" in screen_text(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
async def test_a_run_is_seen_on_it(size):
    text = beginning((2, 4, 1), "tanh", "half_squared_error", "circle")
    session = Session.open(parse_scenario(text, "circle"))
    async with opened(session, size) as (app, pilot):
        await press(pilot, "h")
        panel, drawings = app.screen.query_one(MapPanel), []
        run = app.screen.run
        run.clock = iter(range(100000)).__next__  # every look at the clock is a second later: each slice is drawn

        async def breathe():
            drawings.append(panel.drawing)
            await BY_MESSAGES(pilot)  # not until nothing is left to do: there is, until the run is over
            drawn(app)

        run.breathe = breathe
        await press(pilot, "r", "enter")
        await app.workers.wait_for_complete()
        await settled(pilot)
        assert len({drawing.rows for drawing in [*drawings, panel.drawing]}) > 1
