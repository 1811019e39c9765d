"""Each hidden node's own map in the graph: there where there is room, and what the node computes."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.ask.surface import outputs_at, plane_of
from engine.files import load_scenario
from engine.program.notation import CANONICAL
from engine.walking.session import Session
from tests.networks import make
from tests.tui.screens import opened, press
from tui.graph.formulas.draw import draw_formulas
from tui.graph.paint import draw
from tui.graph.pictures import picture_of
from tui.graph.styles import LOOKS
from tui.graph.widget import NetworkGraph
from tui.terminal.mosaic import Area, Mosaic
from tui.view.chosen import MapChoice
from tui.view.scale import Shown, scale_of
from tui.view.seen import View


def view_of(session, **options):
    return View(session, session, 0, CANONICAL, 4, **{"map": MapChoice(), **options})


def mapped_cells(drawing):
    """The cells that are part of a map, by row and column."""
    found = {}
    for row, runs in enumerate(drawing.rows):
        column = 0
        for text, style in runs:
            for letter in text:
                if "on-map" in style:
                    found[row, column] = (letter, style)
                column += 1
    return found


@pytest.mark.parametrize("size", [(44, 11), (72, 24), (120, 40), (180, 50)], ids=str)
@pytest.mark.parametrize("shape", [(2, 2, 1), (2, 8, 8, 1), (2, 20, 3), (3, 4, 4, 4, 2)], ids=str)
def test_rows_are_full_and_styles_known_at_every_size(shape, size):
    session = Session.open(make(shape, "tanh", "tanh"))
    for walked in (session, session.seek(0, 3), session.seek(0, session.count - 2)):
        drawing = draw(picture_of(view_of(walked)), *size)
        assert [sum(len(text) for text, _ in row) for row in drawing.rows] == [size[0]] * size[1]
        assert {name for row in drawing.rows for _, style in row for name in style.split()} <= set(LOOKS)


GRAPH = """
title = "A sum, a product, what is made of both, and what no input of the two goes into"
[graph]
inputs = ["x", "y", "z"]
targets = ["t"]
nodes = ["s = w1 * x + w2 * y", "p = x * y", "u = z * z", "q = sigmoid(s) * p + u", "E = half_squared_error(q, t)"]
error = "E"
[graph.parameters]
w1 = 0.5
w2 = -1.5
[[example]]
inputs = [0.5, -1, 2]
targets = [1]
[[example]]
inputs = [-1, 2, 1]
targets = [0]
"""


@pytest.fixture
def graph(tmp_path):
    path = tmp_path / "graph.toml"
    path.write_text(GRAPH, encoding="utf-8")
    return Session.open(load_scenario(str(path)))


def cells_of_map(session, name, columns, rows, over):
    """The letters and styles of a node's map, row by row, made from the node's values by themselves."""
    plane = plane_of(session.scenario, session.values.beginning, 0, over)
    x0, x1, y0, y1 = plane.window
    xs = x0 + (np.arange(columns) + 0.5) / columns * (x1 - x0)
    ys = y1 - (np.arange(2 * rows) + 0.5) / (2 * rows) * (y1 - y0)
    (values,) = outputs_at(session.values.beginning, plane, plane.grid(xs, ys), [name])
    parts = scale_of(Shown((name,)), values).parts(values).reshape(2 * rows, columns)
    return [
        [(letter, style) for text, style in runs for letter in text] for runs in Mosaic(Area(parts), "colours").lines()
    ]


@pytest.mark.parametrize("size", [(90, 28), (120, 40), (150, 30)], ids=str)
def test_in_a_graph_each_number_that_the_two_inputs_go_into_has_one_below_what_its_box_says(graph, size):
    walked = graph.seek(0, 4)
    for over, having in ((("x", "y"), {"s", "p", "q"}), (("y", "z"), {"s", "p", "u", "q"})):
        drawing = draw_formulas(picture_of(view_of(walked, map=MapChoice(over=over))), *size)
        cells, geometry = mapped_cells(drawing), drawing.geometry
        boxes = [box for box in geometry.boxes if not box.flat and box.name in having]
        assert boxes
        for box in boxes:
            own = sorted(at for at in cells if at[0] in box.inside and box.x <= at[1] < box.right)
            (top, left), (last, right) = own[0], own[-1]
            assert (last, len(own)) == (box.bottom - 2, (last - top + 1) * (right - left + 1))
            wanted = cells_of_map(walked, box.name, right - left + 1, last - top + 1, over)
            assert [[cells[row, at] for at in range(left, right + 1)] for row in range(top, last + 1)] == wanted
        assert {box.name for box in geometry.boxes if box.map} == {box.name for box in boxes}


def test_a_graph_without_a_map_is_as_it_was_and_with_one_it_says_the_same(graph):
    walked = graph.seek(0, 4)
    plain = draw_formulas(picture_of(view_of(walked, map=None)), 120, 40)
    assert not mapped_cells(plain)
    mapped = draw_formulas(picture_of(view_of(walked)), 120, 40)
    words = [text for box in plain.geometry.boxes for text in (box.name, walked.scenario.graph.node.get(box.name))]
    said = [word if isinstance(word, str) else word.text for word in words if word is not None]
    for word in said:
        assert (word in mapped.text) == (word in plain.text), word


@pytest.mark.parametrize("size", [(44, 11), (60, 14), (72, 20), (90, 24), (140, 50)], ids=str)
def test_rows_of_a_graph_with_maps_are_full_and_styles_known_at_every_size(graph, size):
    for done in (0, 4, 6, graph.count):
        drawing = draw_formulas(picture_of(view_of(graph.seek(0, done))), *size)
        assert [sum(len(text) for text, _ in row) for row in drawing.rows] == [size[0]] * size[1]
        assert {name for row in drawing.rows for _, style in row for name in style.split()} <= set(LOOKS)


@pytest.mark.parametrize(("shape", "size"), [((2, 2, 1), (100, 30)), ((2, 8, 8, 1), (90, 26))], ids=["boxes", "pills"])
def test_every_hidden_node_has_one_and_it_is_what_the_node_computes(shape, size):
    session = Session.open(make(shape, "tanh", "tanh")).seek(0, 3)
    view = view_of(session)
    drawing = draw(picture_of(view), *size)
    cells, hidden = mapped_cells(drawing), [box for box in drawing.geometry.nodes if 0 < box.at.layer < len(shape) - 1]
    assert len(hidden) == sum(shape[1:-1])
    for box in hidden:
        around = range(box.y - 1, box.bottom + 1) if box.flat else box.inside
        own = sorted(at for at in cells if at[0] in around and box.x <= at[1] < box.right)
        top, left = own[0]
        columns = sum(row == top for row, _ in own)
        beside = next((n for n in range(1, 9) if (top + n, left) not in cells), 0)  # a blank row is below it
        rows = beside if box.flat else len(own) // columns
        assert rows >= 2
        start = session.values.beginning
        plane = plane_of(session.scenario, start, 0)
        x0, x1, y0, y1 = plane.window
        xs = x0 + (np.arange(columns) + 0.5) / columns * (x1 - x0)
        ys = y1 - (np.arange(2 * rows) + 0.5) / (2 * rows) * (y1 - y0)
        name = session.scenario.network.nodes(box.at.layer)[box.at.index]
        (values,) = outputs_at(start, plane, plane.grid(xs, ys), [name])
        parts = scale_of(Shown((name,)), values).parts(values).reshape(2 * rows, columns)
        for below, runs in enumerate(Mosaic(Area(parts), "colours").lines()):
            expected = [(letter, style) for text, style in runs for letter in text]
            assert [cells[top + below, left + at] for at in range(columns)] == expected


def test_without_the_map_nothing_is_there_and_inputs_and_outputs_never_have_one():
    session = Session.open(load_scenario("xor"))
    assert not mapped_cells(draw(picture_of(view_of(session, map=None)), 100, 30))
    one = Session.open(make((1, 3, 1)))
    assert not mapped_cells(draw(picture_of(view_of(one)), 100, 30))
    drawing = draw(picture_of(view_of(session)), 100, 30)
    cells = mapped_cells(drawing)
    for box in drawing.geometry.nodes:
        inside = any(row in box.inside and box.x <= column < box.right for row, column in cells)
        assert inside == (box.at.layer == 1)


def test_numbers_stay_above_the_map_of_a_box():
    session = Session.open(load_scenario("xor")).seek(0, 3)
    plain = draw(picture_of(view_of(session, map=None)), 100, 30)
    mapped = draw(picture_of(view_of(session)), 100, 30)
    value = session.values.get("y", 1)[0, 0]
    assert f"{value:.3f}" in plain.text
    assert f"{value:.3f}" in mapped.text
    back = session.seek(0, 12)
    assert "dE/dy" in draw(picture_of(view_of(back)), 100, 30).text


async def test_they_live_with_the_map():
    async with opened("xor") as (app, pilot):
        await press(pilot, "h")
        graph = app.screen.query_one(NetworkGraph)
        before = mapped_cells(graph._drawing)
        assert before
        await press(pilot, *["n"] * 3)
        now = mapped_cells(graph._drawing)
        assert now.keys() == before.keys()
        app.screen.branch.set({app.screen.session.scenario.network.parameter_names[0]: -5.0})
        await press(pilot)
        assert mapped_cells(graph._drawing) != now
        await press(pilot, "h")
        assert not mapped_cells(graph._drawing)


def test_an_edit_of_the_choice_of_inputs_is_another_place():
    session = Session.open(make((3, 2, 1)))
    first = view_of(session)
    second = replace(first, map=MapChoice(over=("i2", "i3")))
    assert first.place != second.place
    assert replace(first, map=MapChoice(at=(0.0, 0.0))).place == first.place
