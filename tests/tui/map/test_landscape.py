"""E over two parameters: the drawing, and moving about in it."""

import numpy as np
import pytest

from engine.ask.landscape import Landscape
from engine.files import load_scenario
from engine.walking.session import Session
from tests.networks import make, mazur
from tests.tui.screens import opened, press, screen_text
from tui.dialogs.ask import Ask
from tui.dialogs.landscape import LandscapeView, second_of
from tui.dialogs.what_if import WhatIfView
from tui.map.land import MOST_WORK, draw_land, frame_at, ground_of, half_of
from tui.map.widget import LOOKS, MapPanel


def drawn(session, names, shading="shades", columns=80, rows=30, probe=None):
    land = Landscape(session, *names)
    path = land.path()
    frame = frame_at(land, half_of(land, path, (columns, rows), 1.0), columns, rows)
    probe = (land.across.value, land.up.value) if probe is None else probe
    return draw_land(land, ground_of(land, frame), path, probe, shading, columns), land


def text_of(drawing):
    return ["".join(text for text, _ in row) for row in drawing.rows]


def places(drawing, sign):
    frame = drawing.frame
    rows = enumerate(text_of(drawing)[: frame.rows])
    return [(row, at - frame.margin) for row, text in rows for at, letter in enumerate(text) if letter == sign]


@pytest.mark.parametrize("shading", ["colours", "sixteen", "shades"])
@pytest.mark.parametrize("size", [(40, 12), (116, 32), (126, 44)], ids=str)
def test_it_fills_its_room_and_every_style_is_known(size, shading):
    drawing, _ = drawn(Session.open(mazur()).fast_forward(300), ("w5", "w6"), shading, *size)
    assert [len(text) for text in text_of(drawing)] == [size[0]] * size[1]
    assert {name for row in drawing.rows for _, style in row for name in style.split()} <= set(LOOKS)


def test_a_unit_is_as_long_up_as_across_and_the_walk_is_in_sight():
    session = Session.open(load_scenario("xor")).fast_forward(3000)
    names = session.scenario.network.parameter_names[:2]
    drawing, land = drawn(session, names)
    window, frame = drawing.frame.window, drawing.frame
    across, up = (window.right - window.left) / frame.columns, (window.top - window.bottom) / (2 * frame.rows)
    assert across == pytest.approx(up)
    assert all(window.holds(x, y) for x, y in land.path())
    assert places(drawing, "●") == [frame.cell(land.across.value, land.up.value)]


def test_the_arrow_leads_the_steepest_way_down():
    session = Session.open(mazur())
    for names in (("w5", "w7"), ("w7", "w5"), ("w1", "w8"), ("w6", "w3")):
        drawing, land = drawn(session, names, columns=100, rows=60)
        (head,) = [place for sign in "→↗↑↖←↙↓↘" for place in places(drawing, sign)]
        start = drawing.frame.cell(land.across.value, land.up.value)
        direction = np.array([head[1] - start[1], 2 * (start[0] - head[0])], dtype=float)
        down = -np.array([land.across.slope, land.up.slope])
        cosine = direction @ down / np.linalg.norm(direction) / np.linalg.norm(down)
        assert cosine > 0.99


@pytest.mark.parametrize("shading", ["sixteen", "shades"])
def test_where_few_colours_tell_e_each_shade_is_whole_and_the_path_is_thicker_than_its_lines(shading):
    session = Session.open(load_scenario("xor")).fast_forward(200)
    drawing, land = drawn(session, ("w1", "w2"), shading)
    frame = drawing.frame
    heights = ground_of(land, frame).heights
    parts = (heights - heights.min()) / np.ptp(heights)
    wanted = np.rint((parts[::2] + parts[1::2]) / 2 * 4).astype(int)  # each cell's one of five shades
    text, shades = text_of(drawing)[: frame.rows], " ░▒▓█"
    for row, line in enumerate(text):
        for column, sign in enumerate(line[frame.margin :]):
            assert sign not in shades or sign == shades[wanted[row, column]]
    borders = np.abs(np.diff(wanted, axis=1)).max()
    assert borders >= 1
    for row, line in enumerate(text):  # where one shade becomes another beside it, there is a line
        cells = line[frame.margin : frame.margin + frame.columns]
        for column in np.flatnonzero(np.diff(wanted[row])):
            assert cells[column] not in shades or cells[column + 1] not in shades, (row, column)
    way = [letter for row in drawing.rows for part, style in row if "way" in style.split() for letter in part]
    thin = drawn(session, ("w1", "w2"), "colours")[0].rows
    one = [letter for row in thin for part, style in row if "way" in style.split() for letter in part]

    def dots(letters):
        return sum((ord(letter) - 0x2800).bit_count() for letter in letters if 0x2800 <= ord(letter) < 0x2900)

    assert dots(way) > 1.5 * dots(one) > 0
    assert "⠶⠶ path" in text_of(drawing)[-1]


def test_frozen_parameters_have_no_update_and_a_moved_place_a_sign():
    session = Session.open(mazur())
    assert len(places(drawn(session, ("b1", "b2"))[0], "○")) == 0
    far = Session.open(make((2, 2, 2), learning_rate=20.0))
    drawing, land = drawn(far, far.scenario.network.parameter_names[-2:], probe=(0.0, 0.0))
    assert places(drawing, "○") == [drawing.frame.cell(land.across.updated, land.up.updated)]
    assert len(places(drawing, "◆")) == 1


def test_what_takes_long_is_computed_at_fewer_points_and_near_enough():
    session = Session.open(make((2, 3, 1), examples=4, batch=4))
    land = Landscape(session, *session.scenario.network.parameter_names[:2])
    frame = frame_at(land, 2.0, 80, 30)
    whole = ground_of(land, frame).errors

    class Slow(Landscape):
        work = MOST_WORK // 500

    coarse = ground_of(Slow(session, land.across.name, land.up.name), frame).errors
    assert coarse.shape == whole.shape
    assert not np.array_equal(coarse, whole)
    assert np.abs(coarse - whole).max() < 0.02 * np.ptp(whole)


def test_the_second_one_is_the_next_that_is_trained():
    session = Session.open(mazur())
    assert second_of(session, "w5") == "w6"
    assert second_of(session, "w8") == "w1"
    assert second_of(session, "w4") == "w5"  # b1 is frozen


# On the screen


async def test_w_twice_asks_for_the_second_and_enter_takes_the_place():
    async with opened("mazur") as (app, pilot):
        app.screen.select.name("w5")
        await press(pilot, "w")
        assert isinstance(app.screen, WhatIfView)
        await press(pilot, "w")
        assert isinstance(app.screen, Ask)
        await press(pilot, *"w55", "enter")
        assert "is w5 meant?" in screen_text(app)
        await press(pilot, *["backspace"] * 3, *"w7", "enter")
        assert isinstance(app.screen, LandscapeView)
        assert "over w5 → and w7 ↑" in screen_text(app)
        await press(pilot, "enter")
        assert "Move to another place first." in screen_text(app)
        await press(pilot, "right", "shift+up")
        x, y = app.screen._probe
        frame = app.screen.query_one(MapPanel).drawing.frame
        width, height = frame.window.right - frame.window.left, frame.window.top - frame.window.bottom
        assert (x - 0.4, y - 0.5) == pytest.approx((width / frame.columns, 5 * height / frame.rows), rel=1e-4)
        session = app.screen_stack[1].session
        error = Landscape(session, "w5", "w7").error(x, y)
        assert f"E_total = {error:.9f}"[:15] in screen_text(app)
        await press(pilot, "enter")
        branch = app.screen.session.tree.branch
        assert {edit.name: edit.new for edit in branch.edits} == {"w5": x, "w7": y}


async def test_home_zoom_tab_and_a_click():
    async with opened("xor") as (app, pilot):
        names = app.screen.session.scenario.network.parameter_names
        app.screen.explore.landscape((names[0], names[1]))
        await press(pilot, "down", "home")
        view = app.screen
        assert "Arrows move" in screen_text(app)
        wide = view.query_one(MapPanel).drawing.frame.window
        await press(pilot, "plus")
        near = view.query_one(MapPanel).drawing.frame.window
        assert (near.right - near.left) == pytest.approx((wide.right - wide.left) / 2)
        await press(pilot, "minus", "tab")
        assert f"over {names[0]} → and {names[2]} ↑" in screen_text(app)
        await press(pilot, "shift+tab")
        frame = view.query_one(MapPanel).drawing.frame
        await pilot.click(MapPanel, offset=(frame.margin + 5, 3))
        await press(pilot)
        assert frame.cell(*view._probe) == (3, 5)
        await press(pilot, "escape")
        assert app.screen is not view


async def test_one_parameter_alone_has_no_landscape():
    async with opened("baeldung-update") as (app, pilot):
        count = len(app.screen.session.scenario.network.parameter_names)
        await press(pilot, "w", "w")
        assert ("There is no second one" in screen_text(app)) == (count < 2)
