"""The stepper over graphs of formulas: a circuit, cells walked for two steps, attention."""

import pytest

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
