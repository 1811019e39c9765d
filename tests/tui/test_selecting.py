"""Any node or parameter can be selected, found and traced to the step that computed its number."""

import pytest

from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.walking.session import Session
from tests.networks import make
from tests.tui.screens import opened, press, screen_text
from tui.graph.widget import NetworkGraph
from tui.panels.tables import NodeTable, ParameterTable
from tui.stepper.screen import StepperScreen
from tui.view.selection import columns_of, moved, moved_across, quantity_of


def focus(app):
    screen = next(screen for screen in app.screen_stack if isinstance(screen, StepperScreen))
    return str(screen.view.focus)


def selected(app):
    return app.screen.view.selected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["down"], "y[i1]"),
        (["up"], "x[o2]"),
        (["tab"], "y[i1]"),
        (["right", "right", "down"], "x[h2]"),
        (["right", "right", "up"], "w[b1]"),
        (["right", "right", "tab"], "w[w5]"),
        (["right", "right", "shift+tab"], "w[w1]"),
        ([*["right"] * 9, "down"], "dE/dw[w6]"),
        ([*["right"] * 9, "shift+tab"], "y[h1]"),
        ([*["right"] * 10, "down"], "dE/dy[h2]"),
        ([*["right"] * 10, "tab"], "dE/dw[w5]"),
        (["right", "right", "down", "right"], "y[h2]"),
        (["right", "right", "down", "escape"], "x[h1]"),
        (["slash", *"o1", "enter", "enter"], "x[o1]"),
    ],
)
async def test_keys_select(keys, expected):
    async with opened("mazur") as (app, pilot):
        await press(pilot, *keys)
        assert focus(app) == expected


def test_keys_reach_every_name_in_both_directions():
    network = load_scenario("mazur").network
    names = [name for column in columns_of(network) for name in column]
    assert set(names) == {*network.node_index, *network.parameter_index}
    for by in (1, -1):
        seen, name = set(), None
        for _ in names:
            name = moved(network, name, by)
            seen.add(name)
        assert seen == set(names)
        assert moved_across(network, names[0], by) == {1: "w1", -1: "o1"}[by]


def test_the_number_that_makes_sense_at_each_place():
    session = Session.open(load_scenario("mazur"))
    seen = {name: [] for name in ("i1", "h1", "o1", "w5", "b1")}
    for _ in range(15):
        for name, kinds in seen.items():
            kinds.append(quantity_of(session, name).kind)
        session = session.forward()
    assert set(seen["i1"]) == {"y"}
    assert list(dict.fromkeys(seen["h1"])) == ["x", "y", "dE/dy", "dE/dx"]
    assert list(dict.fromkeys(seen["o1"])) == ["x", "y", "E", "dE/dy", "dE/dx"]
    assert list(dict.fromkeys(seen["w5"])) == ["w", "dE/dw", "w+"]
    assert quantity_of(session, "b1") == Quantity("w", "b1")


async def test_the_selected_one_stands_out_in_graph_and_table():
    async with opened("mazur") as (app, pilot):
        await press(pilot, *["right"] * 9, "down")
        graph, table = app.screen.query_one(NetworkGraph), app.screen.query_one(ParameterTable)
        assert graph.picture.selected_edges == ((1, 1, 0),)
        reversed_names = [
            segment.text
            for y in range(table.size.height)
            for segment in table.render_line(y)
            if segment.style and segment.style.reverse
        ]
        assert reversed_names == ["w6"]
        await press(pilot, "shift+tab")
        assert [node.name for layer in graph.picture.layers for node in layer if node.selected] == ["h1"]
        assert graph.picture.selected_edges == ()
        await press(pilot, "shift+tab", "up", "up", "down")
        assert "calculation" not in screen_text(app)


async def test_a_bias_stands_out_at_its_nodes():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "slash", *"b1", "enter")
        hidden = app.screen.query_one(NetworkGraph).picture.layers[1]
        assert [node.bias.selected for node in hidden] == [True, True]


async def test_clicks_select():
    async with opened("mazur") as (app, pilot):
        await press(pilot, *["right"] * 3)
        lines = screen_text(app).splitlines()
        for words, inside, expected in (
            ("╭ h2 ─", 3, "h2"),
            ("+0.45", 3, "w6"),
            ("│ o1 ", 2, "o1"),
            ("│ w3 ", 2, "w3"),
        ):
            y = next(y for y, line in enumerate(lines) if words in line)
            await pilot.click(offset=(lines[y].index(words) + inside, y))
            await press(pilot)
            assert selected(app) == expected
        await pilot.click(NodeTable, offset=(3, 1))
        assert selected(app) == "w3"


async def test_a_long_table_is_scrolled_to_the_selected_one():
    async with opened(Session.open(make((4, 12, 3)))) as (app, pilot):
        await press(pilot, "slash", *"w2_9_3", "enter")
        table = app.screen.query_one(ParameterTable)
        assert any(table.render_line(y).text.startswith("w2_9_3") for y in range(table.size.height))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("w5", "w5"), ("H1", "h1"), ("o", "o1"), ("b2", "b2"), ("h1x", "h1")],
)
async def test_find_by_name(text, expected):
    async with opened("mazur") as (app, pilot):
        await press(pilot, "slash", *text, "enter")
        assert selected(app) == expected


async def test_find_chooses_with_the_arrows_and_leaves_with_escape():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "slash", "w", "down", "down", "up", "enter")
        assert selected(app) == "w2"
        await press(pilot, "slash", *"o1", "escape")
        assert selected(app) == "w2"
        assert len(app.screen_stack) == 2


@pytest.mark.parametrize("text", ["zzz", "[bold]", "[/x]"])
async def test_a_name_that_there_is_not_is_said_in_place(text):
    async with opened("mazur") as (app, pilot):
        await press(pilot, "slash", *text, "enter")
        assert "No node or parameter is called" in screen_text(app)
        assert len(app.screen_stack) == 3


async def test_enter_goes_to_where_a_number_was_computed_and_backspace_returns():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "g", *"2:w+[w1]", "enter", "slash", *"w5", "enter")
        here = app.screen.session.position
        await press(pilot, "slash", *"h1", "enter", "enter")
        assert (app.screen.session.iteration, focus(app)) == (2, "dE/dx[h1]")
        await press(pilot, "slash", *"w1", "enter")
        assert focus(app) == "w[w1]"
        await press(pilot, "enter")
        assert (app.screen.session.iteration, focus(app)) == (1, "w+[w1]")
        await press(pilot, "backspace")
        assert (app.screen.session.iteration, focus(app)) == (2, "w[w1]")
        await press(pilot, "backspace")
        assert (app.screen.session.position, selected(app)) == (here, "h1")


async def test_enter_at_the_step_itself_lists_the_operands():
    async with opened("mazur") as (app, pilot):
        await press(pilot, *["right"] * 9, "enter")
        text = screen_text(app)
        assert "What ∂E_total/∂w5 is made of" in text
        for line in ("out_h1            0.593270", "∂E_total/∂out_o1  0.741365"):
            assert line in text
        await press(pilot, "enter")
        assert (app.screen.session.done, focus(app)) == (3, "y[h1]")
        await press(pilot, "backspace", "enter", "down", "enter")
        assert (app.screen.session.done, focus(app)) == (8, "dE/dx[o1]")
        await press(pilot, "backspace", "enter", "escape")
        assert (app.screen.session.done, focus(app)) == (9, "dE/dw[w5]")


async def test_a_weight_among_the_operands_leads_to_the_update_before():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "g", *"1:x[h1]", "enter", "enter")
        await press(pilot, "enter")
        assert (app.screen.session.iteration, focus(app)) == (0, "w+[w1]")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["enter"], "Nothing is computed yet"),
        (["right", "enter"], "This is the step that computes"),
        (["right", "tab", "enter"], "as the scenario gives it"),
        (["backspace"], "no place to return to"),
    ],
)
async def test_a_key_that_leads_nowhere_says_why(keys, words):
    async with opened("mazur") as (app, pilot):
        await press(pilot, *keys)
        assert words in screen_text(app)


async def test_escape_is_quiet_where_nothing_is_selected(told):
    async with opened("mazur") as (app, pilot):
        await press(pilot, "right")
        before = screen_text(app)
        await press(pilot, "escape", "escape")
        assert (told, screen_text(app)) == ([], before)


async def test_the_other_numbers_of_a_selected_node_are_below_its_calculation():
    async with opened("mazur", (200, 60)) as (app, pilot):
        await press(pilot, *["right"] * 14, "slash", *"h1", "enter")
        text = screen_text(app)
        for line in ("net_h1 = ", "out_h1 = ", "∂E_total/∂out_h1 = "):
            assert line in text


async def test_the_parts_of_a_sum_over_paths_are_shown_with_their_signs():
    async with opened("mazur") as (app, pilot):
        await press(pilot, *["right"] * 10)
        assert "= 0.0553994 − 0.0190491" in screen_text(app)


@pytest.mark.parametrize(("width", "whole"), [(80, True), (120, True), (100, False)])
async def test_the_whole_chain_of_factors_where_there_is_room(width, whole):
    async with opened("mazur", (width, 40)) as (app, pilot):
        await press(pilot, *["right"] * 9)
        text = screen_text(app)
        assert ("out_h1·δ_o1 = out_h1·∂out_o1/∂net_o1·∂E_total/∂out_o1" in text) is whole
        assert "∂E_total/∂w5 = out_h1·δ_o1" in text
