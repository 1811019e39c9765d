"""Where things stand: in every shape and size, and the rung that a size asks for."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.graph.pictures import picture
from tui.graph.geometry import Geometry, hit, node_beyond
from tui.graph.layout import layout
from tui.graph.picture import EdgeAt, NodeAt, shape_of

SHAPES = [(2, 2, 2), (4, 2, 2, 1), (1, 1, 1), (8, 16, 8, 4), (16, 64, 64, 10), (3,) * 11 + (2,)]
SIZES = [(58, 6), (58, 8), (78, 12), (72, 24), (120, 40), (130, 40), (200, 50), (240, 70)]


def place(shape: tuple[int, ...], size: tuple[int, int], focus: NodeAt | None = None) -> Geometry:
    focus = focus or NodeAt(1, 0)
    return layout(shape_of(picture(shape, "x", focus)), *size, focus)


def cells_of(geometry: Geometry) -> Iterator[tuple[int, int]]:
    """Every cell that a box, a target under it, or a port with its arrow head takes."""
    outputs = max(column.layer for column in geometry.layers)
    for box in geometry.nodes:
        foot = geometry.target_below and box.at.layer == outputs and not box.flat
        yield from ((x, y) for y in range(box.y, box.bottom + foot) for x in range(box.x, box.right))
    for port in geometry.ports:
        yield from ((x, port.row) for x in range(port.start, port.stop + 1))


def check(geometry: Geometry, columns: int, rows: int, focus: NodeAt) -> None:
    cells = list(cells_of(geometry))
    assert len(cells) == len(set(cells)), "two things in one cell"
    assert all(0 <= x < columns and 0 <= y < rows for x, y in cells), "outside"
    assert focus in geometry.boxes, "the focus is out of view"
    for port in geometry.ports:
        box = geometry.boxes[NodeAt(port.edge.gap + 1, port.edge.target)]
        assert port.row in box.inside
        assert port.stop + 1 == box.x
    for left, right in pairwise(geometry.layers):
        assert left.right < right.x or (left.right == right.x and "bead" in (left.form, right.form))
    assert [column.layer for column in geometry.layers] == list(range(len(geometry.layers)))
    for column in geometry.layers:
        assert len(geometry.by_layer[column.layer]) + column.above + column.below == column.size


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(map(str, shape)))
@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("end", [False, True])
def test_nothing_overlaps_or_sticks_out(shape: tuple[int, ...], size: tuple[int, int], end: bool) -> None:
    focus = NodeAt(len(shape) - 1, shape[-1] - 1) if end else NodeAt(1, 0)
    check(place(shape, size, focus), *size, focus)


@settings(deadline=None, max_examples=150)
@given(
    shape=st.lists(st.integers(1, 30), min_size=2, max_size=14).map(tuple),
    columns=st.integers(30, 240),
    rows=st.integers(3, 70),
    at=st.tuples(st.integers(0, 99), st.integers(0, 99)),
)
def test_any_shape_in_any_size(shape: tuple[int, ...], columns: int, rows: int, at: tuple[int, int]) -> None:
    layer = at[0] % len(shape)
    focus = NodeAt(layer, at[1] % shape[layer])
    check(place(shape, (columns, rows), focus), columns, rows, focus)


@pytest.mark.parametrize(("shape", "size"), [((2, 2, 2), (78, 12)), ((4, 2, 2, 1), (78, 12)), ((1, 1, 1), (58, 6))])
def test_small_networks_are_boxes_with_a_port_for_every_edge(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    geometry = place(shape, size)
    assert all(column.form == "box" for column in geometry.layers)
    assert len(geometry.ports) == sum(a * b for a, b in pairwise(shape))


def test_absent_edges_have_no_port() -> None:
    drawn = picture((4, 3, 2), absent=True)
    present = sum(int((~gap.absent).sum()) for gap in drawn.gaps if gap.absent is not None)
    assert len(layout(shape_of(drawn), 120, 40).ports) == present < 18


def test_all_nodes_of_a_wide_network_are_pills() -> None:
    geometry = place((8, 16, 8, 4), (120, 40))
    assert all(column.form == "pill" for column in geometry.layers)
    assert len(geometry.nodes) == 36


def test_a_high_layer_is_a_window_round_the_focus() -> None:
    column = place((16, 64, 64, 10), (120, 40), NodeAt(2, 40)).layers[2]
    assert column.above + column.below + 38 == 64
    assert column.first + 8 < 40 < column.last - 8


def test_the_window_stays_while_the_focus_moves_inside_it() -> None:
    starts = [place((16, 64, 64, 10), (120, 40), NodeAt(2, index)).layers[2].first for index in range(64)]
    assert starts == sorted(starts)
    assert len(set(starts)) <= 4


@pytest.mark.parametrize(("shape", "size"), [((3,) * 12, (100, 30)), ((1,) * 7, (76, 26)), ((2,) * 33, (78, 12))])
def test_of_a_deep_network_every_layer_is_in_view_and_the_focus_in_full(
    shape: tuple[int, ...], size: tuple[int, int]
) -> None:
    geometry = place(shape, size, NodeAt(4, 0))
    assert len(geometry.layers) == len(shape)
    assert geometry.layers[4].form != "bead"
    assert geometry.strip
    assert all(box.bottom <= size[1] - geometry.strip for box in geometry.nodes)


def test_places_do_not_depend_on_the_step() -> None:
    forward, backward = picture((2, 3, 2), "x"), picture((2, 3, 2), "dE/dw")
    assert shape_of(forward) == shape_of(backward)


def test_no_room_is_no_crash() -> None:
    for size in ((0, 0), (1, 1), (5, 1), (12, 2)):
        assert layout(shape_of(picture((2, 2, 2))), *size).columns == size[0]


def test_hit_finds_nodes_and_labels() -> None:
    geometry = place((2, 2, 2), (78, 12))
    box = geometry.boxes[NodeAt(1, 1)]
    assert hit(geometry, box.x, box.y) == NodeAt(1, 1)
    assert hit(geometry, box.right - 1, box.bottom - 1) == NodeAt(1, 1)
    port = geometry.ports[-1]
    assert hit(geometry, port.start, port.row) == EdgeAt(1, 1, 1)
    assert hit(geometry, 0, 11) is None


@given(
    shape=st.lists(st.integers(1, 6), min_size=2, max_size=5).map(tuple),
    columns=st.integers(40, 160),
    rows=st.integers(3, 40),
)
def test_titles_have_a_row_of_their_own_wherever_nothing_is_lost_by_it(
    shape: tuple[int, ...], columns: int, rows: int
) -> None:
    untitled, focus = shape_of(picture(shape, "x", NodeAt(1, 0)))._replace(titled=False), NodeAt(1, 0)
    whole, lower = layout(untitled, columns, rows, focus), layout(untitled, columns, rows - 1, focus)
    titled = layout(untitled._replace(titled=True), columns, rows, focus)
    as_much = (lower.layers, len(lower.nodes), lower.strip) == (whole.layers, len(whole.nodes), whole.strip)
    assert len(titled.nodes) == len(whole.nodes)
    assert (titled.title_row is not None) is (bool(whole.nodes) and (whole.top > 0 or as_much))
    if titled.title_row is not None:
        assert 0 <= titled.title_row < min(box.y for box in titled.nodes)


@pytest.mark.parametrize(("rows", "strip"), [(8, 0), (9, 3), (17, 3), (18, 6)])
def test_from_so_many_rows_on_there_is_a_strip(rows: int, strip: int) -> None:
    assert place((1,) * 16, (78, rows), NodeAt(4, 0)).strip == strip


def test_beads_of_three_cells_are_wide_enough_beside_three_layers_in_full() -> None:
    forms = [(column.form, column.right - column.x) for column in place((1,) * 5, (70, 12), NodeAt(2, 0)).layers]
    assert forms == [("bead", 3), ("box", 12), ("box", 12), ("box", 12), ("bead", 3)]


@pytest.mark.parametrize(("backward", "full"), [(False, [1, 2]), (True, [2, 3])])
def test_of_two_layers_in_full_one_is_the_one_the_numbers_come_from(backward: bool, full: list[int]) -> None:
    focus = NodeAt(2, 0)
    geometry = layout(shape_of(picture((1,) * 6, "x", focus)), 70, 12, focus, backward=backward)
    assert [column.layer for column in geometry.layers if column.form != "bead"] == full


def test_a_layer_scrolls_from_its_first_column_to_its_last() -> None:
    geometry = place((16, 64, 64, 10), (120, 40), NodeAt(2, 40))
    column = geometry.layers[2]
    assert column.above
    assert column.below
    assert node_beyond(geometry, column.x, NodeAt(2, 40), 1) == NodeAt(2, 41)
    assert node_beyond(geometry, column.right - 1, NodeAt(2, 63), 1) == NodeAt(2, 63)
    assert node_beyond(geometry, column.right, NodeAt(2, 40), 1) is None
    assert node_beyond(geometry, column.x - 1, NodeAt(2, 40), 1) is None


@pytest.mark.parametrize("size", [(0, 40), (120, 0), (0, 0), (-1, 40), (120, -3)])
def test_without_room_there_is_nothing(size: tuple[int, int]) -> None:
    for shape in SHAPES:
        assert not place(shape, size).nodes
