"""Where a graph of formulas is drawn: nothing lies on anything else, and nothing is lost, whatever the graph."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formula.functions import TOTAL
from engine.formula.tree import Ref
from engine.program.graph import Graph, GraphNode
from tests.tui.graph import graphs
from tui.graph.formulas.factors import known_factors
from tui.graph.formulas.layout import layout
from tui.graph.formulas.order import ordered
from tui.graph.formulas.outline import outline_of
from tui.graph.formulas.stack import stacked
from tui.terminal.raster import DOTS_X, DOTS_Y, Raster

NAMED = {
    name: graphs.graph_of(scenario)
    for name, scenario in {
        "circuit": graphs.circuit(),
        "cell": graphs.cell(),
        "six cells": graphs.cell(6),
        "recurrent": graphs.recurrent(),
        "attention": graphs.attention(),
    }.items()
}


@st.composite
def random_graphs(draw):
    """Nodes that each use some of what was there before, as sums."""
    inputs = [f"x{number}" for number in range(draw(st.integers(1, 5)))]
    parameters = [f"w{number}" for number in range(draw(st.integers(0, 4)))]
    known, nodes = [*inputs, *parameters], []
    for number in range(draw(st.integers(1, 30))):
        reach = draw(st.sampled_from((4, 100)))
        operands = draw(st.lists(st.sampled_from([*known[-reach:], *parameters]), min_size=1, max_size=5, unique=True))
        name = "n" * draw(st.integers(1, 9)) + str(number)
        nodes.append(GraphNode(name, TOTAL(*map(Ref, operands)), " + ".join(operands)))
        known.append(name)
    shapes = dict.fromkeys(known, ())
    given_shapes = dict.fromkeys(inputs, ()), dict.fromkeys(parameters, ())
    return Graph(given_shapes[0], {}, {}, given_shapes[1], tuple(nodes), shapes, (nodes[-1].name,))


def laid_out(graph, columns, rows, focus):
    outline = outline_of(graph)
    return outline, layout(outline, known_factors(graph), columns, rows, focus)


def cells_of(wire, columns, rows):
    """The cells that a line touches, by the raster that draws it."""
    raster = Raster(rows, columns)
    raster.line(*wire.ends)
    return {
        (row, column) for row, (text, _) in enumerate(raster.rows()) for column, sign in enumerate(text) if sign != " "
    }


def check(graph, columns, rows, focus):
    """All that must hold of a geometry."""
    outline, found = laid_out(graph, columns, rows, focus)
    if not found.boxes:
        assert columns < 40 or rows < 8
        return
    boxes = {
        box.name: {(row, column) for row in range(box.y, box.bottom) for column in range(box.x, box.right)}
        for box in found.boxes
    }
    for one, other in combinations(boxes.values(), 2):
        assert not one & other
    taken = set().union(*boxes.values())
    assert all(0 <= row < rows and 0 <= column < columns for row, column in taken)
    assert focus in boxes
    assert len(boxes) + found.hidden == len(outline.items)

    labels = [(port.row, column) for port in found.ports for column in range(port.start, port.stop + 1)]
    assert len(labels) == len(set(labels))
    assert not taken & set(labels)
    for port in found.ports:
        assert port.row in found.box[port.edge[1]].inside
        assert 0 <= port.start <= port.stop == found.box[port.edge[1]].x - 1
    for box in found.boxes:
        uses = [use.source for use in outline.items[box.name].uses]
        assert sorted(port.edge[0] for port in found.ports if port.edge[1] == box.name) == sorted(
            uses if not box.flat else []
        )

    lines = set().union(*(wire.edges for wire in found.wires))
    for wire in found.wires:
        assert all(0 <= x < columns * DOTS_X and 0 <= y < rows * DOTS_Y for x, y in (wire.ends[:2], wire.ends[2:]))
        touched = cells_of(wire, columns, rows)
        assert not touched & taken
        assert not touched & set(labels)
    for port in found.ports:
        assert port.tag == (port.edge not in lines)
    elsewhere = dict(found.elsewhere)
    for box in found.boxes:
        left_out = [user for user in outline.users[box.name] if (box.name, user) not in lines]
        assert elsewhere.get(box.name, 0) == len(left_out)


@given(random_graphs(), st.integers(40, 200), st.integers(8, 60), st.data())
@settings(max_examples=60, deadline=None)
def test_nothing_lies_on_anything_and_nothing_is_lost(graph, columns, rows, data):
    """Boxes, labels and lines have cells of their own; every value is in view or counted, every use has a port."""
    check(graph, columns, rows, data.draw(st.sampled_from([*graph.input_shapes, *graph.node])))


@pytest.mark.parametrize("size", [(78, 11), (78, 26), (118, 34), (196, 54)])
@pytest.mark.parametrize("name", NAMED)
def test_the_same_of_graphs_people_draw(name, size):
    """Whichever value is in focus."""
    graph = NAMED[name]
    for focus in (*graph.input_shapes, *graph.node):
        check(graph, *size, focus)


def test_a_circuit_has_boxes_with_lines_that_do_not_cross():
    """The least graph: all in view, roomy."""
    _, found = laid_out(NAMED["circuit"], 70, 20, "q")
    assert [column.form for column in found.shown] == ["box"] * 3
    assert all(box.formula == (box.name in "qf") and box.both for box in found.boxes)
    assert {port.edge: port.tag for port in found.ports} == {
        ("x", "q"): False,
        ("y", "q"): False,
        ("q", "f"): False,
        ("z", "f"): False,
    }


@given(random_graphs())
@settings(max_examples=40, deadline=None)
def test_an_order_is_one_of_the_same_places(graph):
    """Nothing is dropped, and lines lead from a column to the next alone."""
    outline = outline_of(graph)
    last = len(outline.columns) - 1
    order = ordered(outline, 0, last, 10**6)
    for number, column in enumerate(order.columns):
        assert len(set(column)) == len(column)
        assert sorted(place.name for place in column if not place.lane) == sorted(outline.columns[number])
    for number, pairs in enumerate(order.links):
        assert {source for source, _ in pairs} <= set(order.columns[number])
        assert {target for _, target in pairs} <= set(order.columns[number + 1])


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 2), st.floats(-20, 60)), min_size=1, max_size=12), st.data()
)
def test_stacked_places_keep_their_order_and_their_room(places, data):
    """No two overlap, all are inside; where nothing is in the way, each is where it would best be."""
    heights, apart = [height for height, _, _ in places], [blank for _, blank, _ in places[1:]]
    total = sum(heights) + sum(apart)
    rows = data.draw(st.integers(total, total + 30))
    tops = stacked(heights, apart, [want for _, _, want in places], rows)
    assert tops[0] >= 0
    assert tops[-1] + heights[-1] <= rows
    for number, blank in enumerate(apart):
        assert tops[number] + heights[number] + blank <= tops[number + 1]
    if len(places) == 1:
        assert tops == [min(max(0, round(places[0][2])), rows - total)]


def test_attention_has_boxes_for_what_is_computed_now_and_before():
    """Beside tables, in the room of a screen of 120 columns; strips where matrices are too wide."""
    _, geometry = laid_out(graphs.attention().graph, 84, 23, "S")
    boxes = {box.name for box in geometry.boxes if not box.flat}
    assert {"Q", "K", "V", "S", "A"} <= boxes
    assert geometry.hidden == 0


def test_a_factor_is_told_with_its_shape_where_that_has_room():
    factor = known_factors(graphs.attention().graph).factors["X", "Q"]
    assert [factor.fitted(cells) for cells in (12, 8, 7, 5, 4, 1, 0)] == [
        *("·WQᵀ 2×4", "·WQᵀ 2×4", "·WQᵀ", "·WQᵀ", "·WQᵀ", "…", ""),
    ]
    assert known_factors(graphs.attention().graph).factors["WQ", "Q"].fitted(12) == "Xᵀ· 4×3"
