"""A recurrent network on the screen: time steps with their titles, and a tied parameter at each of its uses."""

import pytest

from engine.files import load_scenario
from engine.program.notation import CANONICAL
from engine.walking.session import Session
from tests.networks import unrolled
from tests.tui.graph.pictures import picture
from tests.tui.screens import TextFile, opened, press, screen_text, size_id, sizes
from tui.graph.from_view import picture_of
from tui.graph.geometry import hit
from tui.graph.layout import layout
from tui.graph.paint import draw
from tui.graph.picture import EdgeAt, NodeAt, shape_of
from tui.graph.widget import NetworkGraph
from tui.view.named import named
from tui.view.seen import View
from tui.view.selection import columns_of, kinds_of, moved


@sizes
async def test_back_through_time(size, snapshot):
    """The sum of dE/dw as far as it goes (… behind it) with w_h lit at every use, and then its one new value."""
    async with opened(Session.open(load_scenario("unrolled-rnn")).seek(0, 14), size) as (app, pilot):
        await press(pilot, "slash", *"w_h", "enter")
        graph = app.screen.query_one(NetworkGraph)
        assert graph.picture.selected_edges == (EdgeAt(0, 0, 0), EdgeAt(1, 0, 0), EdgeAt(2, 0, 0))
        screens = [screen_text(app)]
        await press(pilot, "escape", *["right"] * 4)
        screens.append(screen_text(app))
        assert "\n".join(screens) == snapshot(extension_class=TextFile, name=size_id(size))


def test_keys_reach_every_name_once():
    network = load_scenario("unrolled-rnn").network
    names = [name for column in columns_of(network) for name in column]
    assert sorted(names) == sorted({*network.node_index, *network.parameter_index})
    seen, name = [], None
    for _ in names:
        name = moved(network, name, 1)
        seen.append(name)
    assert seen == names
    assert kinds_of(network, "in2") == ("y",)


def test_what_is_said_of_a_tied_parameter_and_of_a_later_input():
    meanings = {entry.name: entry.meaning for entry in named(load_scenario("unrolled-rnn").network)}
    assert meanings["w_h"] == "weight from h0 to h1, and in 2 more layers"
    assert meanings["b"] == "bias of h1, and in 2 more layers"
    assert meanings["in3"] == "input 4"


@pytest.mark.parametrize(("columns", "rows"), [(78, 12), (78, 26), (130, 45), (58, 6)])
def test_titles_have_a_row_of_their_own_and_move_nothing_else(columns, rows):
    plain = shape_of(picture((2, 2, 2)))
    before, after = layout(plain, columns, rows), layout(plain._replace(titled=True), columns, rows)
    assert after.layers == before.layers
    moved_down = after.top - before.top
    assert moved_down in (0, 1)
    if after.title_row is not None:
        assert after.title_row == after.top - 1
        box = after.boxes[NodeAt(1, 1)]
        assert hit(after, box.x + 1, box.y) == NodeAt(1, 1)
        boxed = any(column.form == "box" for column in after.layers)
        assert all(box.bottom + after.target_below <= rows or not boxed for box in after.nodes)


@pytest.mark.parametrize("selected", [None, "w1_2", "x2_1", "b1"])
@pytest.mark.parametrize(("columns", "rows"), [(200, 60), (78, 14), (58, 6)])
def test_every_step_of_a_wider_network_is_drawn(columns, rows, selected):
    """No edge leads to an input that comes in later, and none of its numbers is drawn but its output."""
    session = Session.open(unrolled(3, 2, 2, examples=2, batch=2))
    while session.done < session.count:
        session = session.forward()
        drawn = picture_of(View(session, session, 0, CANONICAL, 6, selected=selected))
        drawing = draw(drawn, columns, rows)
        assert all(port.edge.target < 2 or port.edge.gap == 2 for port in (*drawing.labels, *drawing.geometry.ports))
        for layer in (1, 2):
            assert [len(node.fields) for node in drawn.layers[layer]] == [4, 4, 1, 1]
            assert drawn.gaps[layer - 1].weights.shape == (4, 4)
    assert "x2_1" in drawing.text or rows < 10
