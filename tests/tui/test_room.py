"""How the screen is shared out: every part has its room in every size, and nothing moves while one walks."""

import asyncio
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import MouseScrollDown

from engine.files import load_scenario
from engine.walking.session import Session
from tests.networks import make
from tests.patience import PATIENCE
from tests.tui.graph.pictures import picture
from tests.tui.screens import opened, press, screen_text, settled
from tui.graph.picture import NodeAt
from tui.graph.pictures import wanted_by
from tui.graph.widget import NetworkGraph
from tui.panels.key_line import KeyLine, fitting
from tui.panels.table import NumberTable
from tui.panels.tables import NodeTable, ParameterTable, ends_of
from tui.stepper.room import NORMAL, share
from tui.view.keys import FOOTER, KEYS, PICKER_FOOTER, PICKER_KEYS

WIDE = Session.open(make((16, 64, 64, 10)))


@given(
    shape=st.lists(st.integers(1, 70), min_size=2, max_size=13).map(tuple),
    columns=st.integers(60, 240),
    rows=st.integers(16, 70),
    parameters=st.integers(1, 6000),
)
def test_every_part_has_room(shape, columns, rows, parameters):
    room = share(columns, rows, wanted_by(picture(shape)), parameters)
    middle = rows - 3 - room.bottom
    assert room.bottom >= 8
    assert middle >= 5
    assert middle >= room.bottom or rows < 24
    assert 0 < room.nodes <= middle or middle < 8
    if columns >= NORMAL:
        assert columns - room.tables >= room.tables


def test_a_low_network_leaves_rows_to_the_calculation():
    low, high = (share(120, 40, wanted_by(picture(shape)), 10) for shape in ((2, 2, 2), (2, 30, 2)))
    assert low.bottom > high.bottom == 11


def test_the_footer_keeps_what_matters_most():
    keys = [("step", 8, 2), ("edit", 8, 4), ("find", 8, 3), ("help", 8, 0), ("quit", 8, 1)]
    assert fitting(keys, 40) == ["step", "edit", "find", "help", "quit"]
    assert fitting(keys, 39) == ["step", "find", "help", "quit"]
    assert fitting(keys, 16) == ["help", "quit"]


def test_the_footers_keys_are_in_the_list():
    assert set(FOOTER) <= {entry.keys[0] for entry in KEYS}
    assert set(PICKER_FOOTER) <= {entry.keys[0] for entry in PICKER_KEYS}


def test_where_a_parameter_leads():
    network = load_scenario("mazur").network
    assert [ends_of(network, name) for name in ("w1", "w2", "w8", "b2")] == [
        "i1 → h1",
        "i2 → h1",
        "h2 → o2",
        "→ layer 2",
    ]
    assert ends_of(make((2, 3, 1)).network, "b1_3") == "→ h1_3"


@pytest.mark.parametrize("large", [None, "1", "2", "3", "4", "5"])
async def test_any_way_of_resizing_ends_in_the_same_screen(large):
    """There and back, through sizes with and without the tables, and through one that is too small for anything."""
    async with opened(Session.open(load_scenario("mazur")).seek(0, 9), (120, 40)) as (app, pilot):
        if large:
            await press(pilot, large)
        opened_so = screen_text(app)
        for size in ((240, 70), (60, 16), (50, 12), (100, 30), (20, 3), (120, 40)):
            await pilot.resize_terminal(*size)
            await press(pilot)
        assert screen_text(app) == opened_so


@pytest.mark.parametrize("size", [(60, 16), (100, 30), (240, 70)])
async def test_a_resized_screen_is_the_one_of_opening_at_that_size(size):
    start = Session.open(load_scenario("google")).seek(0, 12)
    async with opened(start, (120, 40)) as (app, pilot):
        await pilot.resize_terminal(*size)
        await press(pilot)
        resized = screen_text(app)
    async with opened(start, size) as (app, _):
        assert screen_text(app) == resized


@pytest.mark.parametrize("size", [(100, 30), (120, 40), (200, 60)])
async def test_numbers_in_tables_never_touch(size):
    """With the marks of published figures on; a sign of what is new may stand before a number."""
    async with opened(Session.open(load_scenario("mazur")).seek(0, 9), size) as (app, _):
        for table in app.screen.query(NumberTable):
            for y in range(1, table.size.height):
                words = table.render_line(y).text.split()
                for word in words:
                    assert re.fullmatch(r"•?−?[\d.e-]+[✓≈≠✗]?•?|[✓≈≠✗]?•?|—|[a-z]\d", word), words


async def test_what_is_not_computed_stands_under_the_end_of_its_heading():
    async with opened("mazur") as (app, _):
        lines = [app.screen.query_one(NodeTable).render_line(y).text for y in (0, 3)]
        ends = [match.end() for match in re.finditer(r"\S+", lines[0])]
        assert [match.end() for match in re.finditer("—", lines[1])] == ends


async def test_the_wheel_moves_through_a_layer_and_through_a_table():
    async with opened(WIDE.seek(0, 4)) as (app, pilot):
        graph = app.screen.query_one(NetworkGraph)
        layer = graph._drawing.geometry.layers[2]
        await pilot._post_mouse_events([MouseScrollDown], NetworkGraph, (layer.x + 2, 5))
        await press(pilot)
        assert app.screen.view.selected == "h2_4"
        inputs = graph._drawing.geometry.layers[0]
        await pilot._post_mouse_events([MouseScrollDown], NetworkGraph, (inputs.x + 2, 12))
        await press(pilot)
        assert app.screen.view.selected == "h2_4", "all inputs are in view"
        table = app.screen.query_one(ParameterTable)
        before = table.render_line(1).text
        await pilot._post_mouse_events([MouseScrollDown], ParameterTable, (5, 3))
        async with asyncio.timeout(PATIENCE):
            while table.render_line(1).text == before:
                await pilot.pause(0.02)


async def test_clicks_in_wide_and_deep_networks():
    """A pill, the label of an active edge, and the beads of layers that are not in full, which come to be so."""
    async with opened(WIDE.seek(0, 4)) as (app, pilot):
        graph = app.screen.query_one(NetworkGraph)
        box, label = graph._drawing.geometry.by_layer[1][5], graph._drawing.labels[3]
        await pilot.click(NetworkGraph, offset=(label.start + 1, label.row))
        await press(pilot)
        assert app.screen.view.selected == "w2_4_1"
        await pilot.click(NetworkGraph, offset=(box.x + 2, box.y))
        await press(pilot)
        assert app.screen.view.selected == "h1_6"
    async with opened(Session.open(make((3, *[4] * 10, 2))).seek(0, 10)) as (app, pilot):
        graph = app.screen.query_one(NetworkGraph)
        for layer in (1, 9):
            shown = graph._drawing.geometry
            assert shown.layers[layer].form == "bead"
            bead = shown.boxes[NodeAt(layer, 2)]
            await pilot.click(NetworkGraph, offset=(bead.x, bead.y))
            await press(pilot)
            assert app.screen.view.selected == f"h{layer}_3"
            assert graph._drawing.geometry.layers[layer].form != "bead"
            await press(pilot, "escape")


async def test_a_click_on_a_key_of_the_footer_presses_it():
    async with opened("mazur") as (app, pilot):
        line = screen_text(app).splitlines()[-1]
        await pilot.click(KeyLine, offset=(line.index("step"), 0))
        await pilot.click(KeyLine, offset=(line.index("phase"), 0))
        await settled(pilot)
        assert app.screen.session.row.quantity == "E"
        await pilot.click(KeyLine, offset=(line.index("back"), 0))
        await settled(pilot)
        assert app.screen.session.row.quantity == "y"


async def test_lists_in_a_terminal_of_one_cell():
    """Nothing is to be seen there, and nothing fails: the terminal may be made larger again."""
    async with opened(size=(1, 1)) as (app, pilot):
        for keys in (["slash"], ["ctrl+p"]):
            await press(pilot, *keys)
            assert app.focused is not None
            await press(pilot, "escape")
        assert app._exception is None


async def test_a_scroll_bar_that_comes_back_stands_where_the_table_is():
    """In a large terminal nothing is to be scrolled, so that the table begins with its first row again."""
    async with opened("four-layer-relu") as (app, pilot):
        table = app.screen.query_one(ParameterTable)
        table.scroll_to(y=7, animate=False)
        await settled(pilot)
        assert table.vertical_scrollbar.position == 7
        await pilot.resize_terminal(200, 60)
        await settled(pilot)
        assert not table.show_vertical_scrollbar
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        assert (table.scroll_y, table.vertical_scrollbar.position) == (0, 0)


async def test_the_legend_has_the_signs_that_a_table_shows():
    """Of mazur's hidden layer a part of dE/dy is printed rounded, which has no cell."""
    async with opened("mazur", size=(200, 60)) as (app, pilot):
        await press(pilot, *["right"] * 9)
        for table in (NodeTable, ParameterTable):
            rows = [
                app.screen.query_one(table).render_line(y).text for y in range(app.screen.query_one(table).size.height)
            ]
            assert {sign for sign in "✓≈≠✗" if sign in "".join(rows[1:-1])} == {"✓"}
            assert app.screen.query_one(table).border_subtitle == "✓ as printed"
