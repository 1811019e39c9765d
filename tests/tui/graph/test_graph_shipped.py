"""Every shipped scenario at every step, and networks made for it, as the walk draws them in many sizes."""

import re

import pytest
from rich.cells import cell_len

from engine.files import load_scenario
from engine.walking.session import Session
from tests.networks import make
from tests.shipped import GRAPHS, LAYERED
from tests.tui.graph.test_graph_paint import check
from tests.tui.screens import opened, press, screen_text
from tui.graph.formulas.draw import draw_formulas
from tui.graph.formulas.from_view import picture_of as picture_of_formulas
from tui.graph.from_view import picture_of
from tui.graph.paint import draw
from tui.panels.tables import NodeTable, ParameterTable
from tui.view.seen import View

SIZES = [(56, 7), (78, 12), (70, 22), (78, 24), (134, 38)]
MINUS_LIKE = re.compile(r"[╴─━-] ?[+−.]?\d|\d[╴-]")
DEEP = Session.open(make((3,) * 12))


def walk(scenario):
    session = Session.open(scenario)
    while session.done < session.count:
        session = session.forward()
        yield session


@pytest.mark.parametrize("name", LAYERED)
def test_what_is_drawn_is_what_is_meant(name):
    """No label is overwritten, none goes without its number, no line looks like a minus, no name is another's."""
    scenario = load_scenario(name)
    for session in walk(scenario):
        drawn = picture_of(View(session, session, 0, scenario.notation, 6))
        for columns, rows in SIZES:
            drawing = draw(drawn, columns, rows)
            check(drawing, columns, rows)
            text = re.sub(r"e-\d", "", drawing.text)  # of a power of ten
            assert not MINUS_LIKE.search(text)
            assert not re.search(r"(?<![\w/])d[xywb]\b(?!/)", text)
            assert len(drawing.geometry.layers) == scenario.network.depth + 1


@pytest.mark.parametrize("name", GRAPHS)
def test_what_is_drawn_of_a_graph_is_what_is_meant(name):
    """Every step fills its cells exactly, with the value that the step is about in view."""
    scenario = load_scenario(name)
    for session in walk(scenario):
        drawn = picture_of_formulas(View(session, session, 0, scenario.notation, 6))
        for columns, rows in SIZES:
            drawing = draw_formulas(drawn, columns, rows)
            assert [sum(cell_len(text) for text, _ in row) for row in drawing.rows] == [columns] * rows
            assert drawing.geometry.boxes
            assert drawn.focus in {box.name for box in drawing.geometry.boxes}


def names_in(table):
    """What stands first in the rows of a table below its heading."""
    return [line[0][0] for line in table._lines[1:]]


async def test_no_two_rows_of_a_table_look_alike():
    async with opened(DEEP.seek(0, 1), (120, 40)) as (app, pilot):
        for _ in range(60):
            await press(pilot, "right")
            for kind in (NodeTable, ParameterTable):
                shown = names_in(app.screen.query_one(kind))
                assert len(set(shown)) == len(shown) > 5


async def test_all_that_a_step_computed_is_in_the_tables_window():
    """In a network of 3-2-2 the second output stood below the window of its table."""
    async with opened(Session.open(make((3, 2, 2))).seek(0, 1), (120, 40)) as (app, pilot):
        for _ in range(13):
            await press(pilot, "right")
            for kind in (NodeTable, ParameterTable):
                table = app.screen.query_one(kind)
                fresh = [name for name in app.screen.session.fresh if name in table._rows]
                assert set(fresh) <= set(names_in(table))


async def test_what_signs_mean_stands_beside_them():
    async with opened("mazur", (120, 40)) as (app, pilot):
        await press(pilot, "right", "right")
        assert "✓ as printed" in screen_text(app)


async def test_of_the_last_layer_y_has_one_symbol_everywhere():
    async with opened("one-neuron", (120, 40)) as (app, pilot):
        await press(pilot, *["right"] * 5)
        text = screen_text(app)
        assert text.count("δL/δŷ") >= 4  # header, box, table and calculation
        assert "δL/δa" not in text
    async with opened("two-neurons", (120, 40)) as (app, pilot):
        await press(pilot, *["right"] * 7)
        assert "δL/δa, ŷ" in screen_text(app)
