"""The picker's small picture: the network with its weights and what comes out of it."""

import pytest

from engine.ask.lookup import value_at
from engine.files import load_scenario, parse_scenario
from engine.formula.quantity import Quantity
from engine.program.names import element_names
from engine.walking.session import Session
from tests.shipped import GRAPHS, LAYERED
from tui.graph.formulas.draw import draw_formulas
from tui.graph.layout import layout
from tui.graph.picture import shape_of
from tui.picker.details import MOST_NODES, is_drawn, small_picture
from tui.picker.words import tally_in_words


@pytest.mark.parametrize("name", LAYERED)
def test_no_box_of_the_small_picture_is_empty(name):
    scenario = load_scenario(name)
    forward = Session.open(scenario)
    forward = forward.seek(forward.first, forward.error_row)
    picture = small_picture(scenario)
    assert layout(shape_of(picture), 48, 9).nodes
    for node in (node for layer in picture.layers for node in layer):
        assert [field.value for field in node.fields] == [value_at(forward, Quantity("y", node.name))]


@pytest.mark.parametrize("name", GRAPHS)
def test_no_box_of_a_small_graph_is_empty(name):
    scenario = load_scenario(name)
    forward = Session.open(scenario)
    forward = forward.seek(forward.first, forward.error_row + 1)
    picture = small_picture(scenario)
    drawing = draw_formulas(picture, 48, 9)
    assert drawing.geometry.boxes
    graph = scenario.graph
    for name, item in picture.outline.items.items():
        told = picture.value(name).value
        assert told.known == told.numbers.size == item.size
        if name in graph.input_shapes or name in graph.node:
            values = [value_at(forward, Quantity("y", element)) for element in element_names(name, item.shape)]
            assert told.numbers.ravel().tolist() == values


def test_verdicts_are_counted():
    assert tally_in_words({"match": 6, "variant": 1, "erratum": 2}).plain == "6 ✓ · 1 variant · 2 errata"


@pytest.mark.parametrize(("nodes", "drawn"), [(MOST_NODES - 1, True), (MOST_NODES, False)])
def test_of_a_graph_with_many_nodes_not_all_are_computed_to_look_at_it(nodes, drawn):
    scenario = parse_scenario(
        f"""title = "chain"
[graph]
inputs = ["h0"]
nodes = [{{ for = "t = 1..{nodes}", nodes = ["h{{t}} = tanh(w * h{{t-1}})"] }}, "E = h{nodes} * h{nodes}"]
error = "E"
[graph.parameters]
w = 0.5
[[example]]
inputs = [1.0]
""",
        "chain",
    )
    assert is_drawn(scenario) == drawn
