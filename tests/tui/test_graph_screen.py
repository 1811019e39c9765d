"""The stepper over graphs of formulas: a circuit, cells walked for two steps, attention."""

import pytest

from engine.files.read import parse_scenario
from engine.walking.session import Session
from tests.tui.graph import graphs
from tests.tui.screens import SvgFile, TextFile, opened, press, screen_svg, screen_text, size_id, sizes
from tests.tui.test_stepper_snapshots import without_recorded_future
from tui.graph.widget import NetworkGraph

SCENARIOS = {
    "circuit": (graphs.circuit, (2, 5)),
    "cell": (graphs.cell, (8, 19, 27)),
    "attention": (graphs.attention, (5, 12)),
}
"""By name the scenario, and the steps of which the screen is kept."""

KEYS = (
    *(["d"], ["right"], ["right"], ["d"], ["down"], ["tab"], ["enter"], ["enter"], ["escape"], ["backspace"]),
    *(["e"], ["escape"], ["escape"], ["down", "e"], ["escape"], ["w"], ["escape"], ["f"], ["v"], ["escape"]),
    *(["k"], ["right"], ["k"], ["m"], ["right"], ["m"], ["y"], ["y"], ["full_stop"], ["x"], ["l"], ["slash"]),
    *(["escape"], ["b"], ["escape"], ["escape"], ["question_mark"], ["escape"], ["1"], ["2"], ["3"], ["4"], ["5"]),
    *(["5"], ["n"], ["p"], ["right_square_bracket"], ["left_square_bracket"], ["end"], ["home"], ["right", "right"]),
    *(["right", "right", "t"], ["escape"], ["escape"], ["escape"]),
)
"""What a person presses who tries every key."""


@pytest.mark.parametrize("name", SCENARIOS)
@sizes
async def test_steps_of_a_graph(size, name, snapshot):
    """The formula with its numbers at its box; going back, at each port the factor by which a derivative goes on."""
    made, kept = SCENARIOS[name]
    async with opened(Session.open(made()), size) as (app, pilot):
        for step in range(1, max(kept) + 1):
            await press(pilot, "right")
            if step in kept:
                label = f"{name} {size_id(size)} step {step:02}"
                assert screen_text(app) == snapshot(extension_class=TextFile, name=label)
        assert screen_svg(app) == snapshot(extension_class=SvgFile, name=f"{name} {size_id(size)}")


async def test_a_graph_is_walked_there_and_back():
    """Going back shows the same screens in reverse."""
    async with opened(Session.open(graphs.circuit())) as (app, pilot):
        there = [screen_text(app)]
        for _ in range(app.screen.session.count):
            await press(pilot, "right")
            there.append(screen_text(app))
        assert len(set(there)) == len(there)
        for screen in reversed(there[:-1]):
            await press(pilot, "left")
            assert without_recorded_future(screen_text(app)) == without_recorded_future(screen)


@pytest.mark.parametrize("name", SCENARIOS)
async def test_every_key_does_something_or_says_why_not(name):
    """Of a graph none of them ends the app."""
    async with opened(Session.open(SCENARIOS[name][0]())) as (app, pilot):
        await press(pilot, *["right"] * 5)
        for keys in KEYS:
            await press(pilot, *keys)
        while len(app.screen_stack) > 2:
            await press(pilot, "escape")
        await press(pilot, "right")
        assert app.screen.session.row is not None


async def test_a_click_selects_a_value_or_the_element_under_it():
    """In a matrix that stands as such, the number that is clicked on; at a port the parameter's name."""
    async with opened(Session.open(graphs.attention()), (200, 60)) as (app, pilot):
        await press(pilot, *["right"] * 5)
        graph = app.screen.query_one(NetworkGraph)
        rows = [graph.render_line(row).text for row in range(graph.content_size.height)]
        row, text = next((row, text) for row, text in enumerate(rows) if "1.7253" in text)
        await pilot.click(NetworkGraph, offset=(text.index("1.7253") + 1, row))
        assert app.screen.chosen.selected == "S.2.1"
        row, text = next((row, text) for row, text in enumerate(rows) if "WQ 4×2" in text)
        await pilot.click(NetworkGraph, offset=(text.index("WQ 4×2") + 1, row))
        assert app.screen.chosen.selected == "WQ.1.1"


async def test_where_nothing_is_trained_the_walk_says_that_it_ends():
    """At its end, for every key that would lead on; no learning rate, no history, no update."""
    async with opened(Session.open(graphs.circuit())) as (app, pilot):
        await press(pilot, *["right"] * app.screen.session.count)
        text = screen_text(app)
        assert "the walk ends here: nothing is trained" in text
        assert not [word for word in ("α", "this update", "next:") if word in text]
        for key in ("right", "n", "right_square_bracket", "a"):
            await press(pilot, key)
            assert "The walk ends here: nothing is trained, so" in screen_text(app)
            app.clear_notifications()
        for key, words in (("r", "There is no run"), ("5", "There is no error history"), ("3", "no parameters")):
            await press(pilot, key)
            assert words in screen_text(app)
            app.clear_notifications()
        await press(pilot, "g", "7", "enter", "escape")
        assert app.screen.session.iteration == 0
        assert app.screen.run.journey is None


async def test_e_changes_a_target_and_w_looks_along_an_input():
    async with opened(Session.open(graphs.attention())) as (app, pilot):
        await press(pilot, "e", *"T.1.1", "enter", *"0.5", "enter")
        assert app.screen.session.scenario.targets[0][0] == 0.5
    async with opened(Session.open(graphs.circuit())) as (app, pilot):
        await press(pilot, "down", "w", "right", "enter")
        assert app.screen.session.scenario.inputs[0][0] > -2
        assert app.screen.session.tree.branch.edits


async def test_a_node_of_one_number_has_a_curve():
    """What is drawn where the node in focus is no function of one number is another node, which is said."""
    async with opened(Session.open(graphs.cell())) as (app, pilot):
        await press(pilot, "right", "right", "f")
        text = screen_text(app)
        assert "i1 = σ(x)" in text
        assert "∂i1/∂x =" in text
        await press(pilot, "escape", "slash", *"c1", "enter", "f")
        assert "c1 is no function of one number" in screen_text(app)
    async with opened(Session.open(graphs.circuit())) as (app, pilot):
        await press(pilot, "right", "f")
        assert "No node here is a function of one number" in screen_text(app)


async def test_k_shows_an_update_and_rows_as_matrices():
    async with opened(Session.open(graphs.attention())) as (app, pilot):
        await press(pilot, *["right"] * 12, "k")
        text = screen_text(app)
        assert "no such form" not in text
        assert "∂E/∂S.1 " in text
        assert "and ∂E/∂S.2 = (∂A.2/∂S.2)ᵀ · ∂E/∂A.2" in text
        await press(pilot, *["right"] * 8)
        assert "WV⁺" in screen_text(app)


async def test_where_derivatives_are_given_every_key_works():
    """E has no node there: what stands for it is nothing to select."""
    text = graphs.CIRCUIT.replace('error = "f"', "upstream = { f = 2 }")
    async with opened(Session.open(parse_scenario(text, "given.toml"))) as (app, pilot):
        await press(pilot, *["right"] * 4)
        assert app.screen.session.row.quantity == "E"
        for keys in (["down"], ["escape"], ["tab"], ["escape"], ["enter"], ["escape"], ["w"], ["escape"], ["f"]):
            await press(pilot, *keys)
        assert app.is_running
