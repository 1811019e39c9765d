"""What a key asks of a graph with long sums: as much as is shown, and no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.ask.activation_curve import has_curve, of_one
from engine.files import load_scenario, parse_scenario
from engine.program.graph import operands_of
from engine.walking.session import Session
from tests.networks import mazur
from tests.shipped import GRAPHS
from tests.tui.screens import opened, press, screen_text
from tui.panels import equation
from tui.view.seen import View
from tui.words.names import shorten_name

WIDE = """
title = "wide"
[graph]
inputs = { x = [60] }
targets = { t = [2] }
nodes = ["h = tanh(W @ x)", "y = V @ h", "E = half_squared_error(y, t)"]
error = "E"
[graph.parameters]
W = { init = "normal", shape = [50, 60], seed = 1, scale = 0.1 }
V = { init = "normal", shape = [2, 50], seed = 2, scale = 0.1 }
[training]
learning_rate = 0.1
"""


def wide():
    numbers = [round(0.1 + 0.01 * place, 2) for place in range(60)]
    example = f"[[example]]\ninputs = {{ x = {numbers} }}\ntargets = {{ t = [1, 0] }}\n"
    return Session.open(parse_scenario(WIDE + example, "wide"))


async def test_of_the_numbers_that_lead_to_one_as_many_are_explained_as_fit(monkeypatch):
    asked, explain = [], View.explain
    monkeypatch.setattr(View, "explain", lambda view, quantity: asked.append(quantity) or explain(view, quantity))
    session = wide()
    last = next(number for number, row in enumerate(session.timeline.steps.rows, 1) if row.node == "y")
    async with opened(session.seek(0, last), (200, 60)) as (app, pilot):
        asked.clear()
        await press(pilot, "d")
        text = screen_text(app)
    shown = [quantity for quantity in asked if quantity.subject and f"{quantity.subject} = " in text]
    assert "h.1 = " in text
    assert "h.50 = " not in text
    assert shown
    assert len({*map(str, asked)}) < 40  # of the 100 of the sum, and of 60 more for each of those


@pytest.mark.parametrize("name", GRAPHS)
def test_a_node_has_a_curve_where_its_formula_is_of_one_number(name):
    session = Session.open(load_scenario(name))
    for node in session.scenario.graph.node:
        for element in session.scenario.graph.elements(node):
            assert has_curve(session, element) == (of_one(session, element) is not None)


@pytest.mark.parametrize("name", GRAPHS)
def test_who_uses_a_value(name):
    graph = load_scenario(name).graph
    for value in graph.shapes:
        users = tuple(node.name for node in graph.graph_nodes if value in operands_of(node.formula))
        assert graph.users.get(value, ()) == users


PIECES = st.sampled_from([*"ab_1", "e\u0301", "日", "本", "h1, "])


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(4, 20))
def test_the_end_of_a_long_text_stays(text, width):
    short = shorten_name(text, width)
    assert cell_len(short) <= width
    if short == text:
        return
    _, end = short.split("…")
    room = max(2, (width - 1) // 2)
    ends = [text[place:] for place in range(len(text)) if cell_len(text[place]) > 0]
    assert end == max((one for one in ends if cell_len(one) <= room), key=len)


async def test_a_long_sum_inside_a_function_is_written_once_to_be_shown(monkeypatch):
    written, lines_of = [], equation.lines_of
    monkeypatch.setattr(equation, "lines_of", lambda *of: written.append(of[0].quantity) or lines_of(*of))
    async with opened(wide().seek(0, 2), (80, 24)) as (app, _):
        assert "h.1" in screen_text(app)
        assert len(written) == len({*map(str, written)})


async def test_where_numbers_come_from_is_told_without_walking_the_iteration_before(monkeypatch):
    asked, explain = [], View.explain
    monkeypatch.setattr(View, "explain", lambda view, quantity: asked.append(quantity) or explain(view, quantity))
    async with opened(Session.open(mazur()).seek(3, 4), (200, 60)) as (app, pilot):
        await press(pilot, "4")
        assert equation.SOURCES in screen_text(app)
    assert {"x", "y"} & {quantity.kind for quantity in asked}
    assert "w" not in {quantity.kind for quantity in asked}
