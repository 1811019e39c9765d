"""An input that comes in beside computed nodes has one number, and a box for one."""

from engine.files import load_scenario
from engine.walking.session import Session
from tui.graph.from_view import picture_of
from tui.graph.layout import layout
from tui.graph.picture import NodeAt, shape_of
from tui.view.seen import View


def test_an_input_beside_computed_nodes_has_a_low_box_in_line_with_them():
    session = Session.open(load_scenario("unrolled-rnn")).seek(0, 9)
    shape = shape_of(picture_of(View(session, session, 0, session.scenario.notation, 4)))
    assert [layer.given for layer in shape.layers] == [0, 1, 1, 0]
    for rows in (14, 30):
        boxes = layout(shape, 78, rows).boxes
        computed, given = boxes[NodeAt(1, 0)], boxes[NodeAt(1, 1)]
        assert computed.height > given.height == 3
        assert (given.x, given.width) == (computed.x, computed.width)
        assert computed.bottom <= given.y
        assert given.bottom <= rows


def test_the_size_of_a_layers_derivatives_is_of_what_it_computes():
    session = Session.open(load_scenario("unrolled-rnn"))
    session = session.seek(0, session.count)
    sizes = picture_of(View(session, session, 0, session.scenario.notation, 4)).sizes
    assert sizes == tuple(abs(session.values.need("dE/dx", layer)[0]).max() for layer in (1, 2, 3))
    assert all(size > 0 for size in sizes)
