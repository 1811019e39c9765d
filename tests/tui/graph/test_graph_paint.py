"""The drawing as text: what a person sees, and that nothing is written over."""

import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from tests.tui.graph.pictures import Step, picture
from tests.tui.graph.test_graph_layout import SHAPES, SIZES
from tui.graph.nodes import border_texts, names_of
from tui.graph.paint import Drawing, draw
from tui.graph.picture import EdgeAt, EdgeLabels, NodeAt
from tui.graph.styles import LOOKS

STEPS: tuple[Step, ...] = ("x", "y", "dE/dy", "dE/dx", "dE/dw", "w+")

FORWARD = """\

╭ i1 ──────╮              ┏ h1 ━━━━━━━━━━┓              ╭ o1 ── t 0.01 ╮
│ y .07684 │⠒⠒ ⠐⠒⠂ −.1097▸┃ x    • .4692 ┃⠒⠂⠐⠒ ⠒ −.1461▸│ x          — │
╰──────────╯ ⠡⡀  ⡔ +.3243▸┃ y          — ┃⠢⡀  ⢀⠔ +.6014▸│ y          — │
              ⠈⢀⠎         ┗━━━━━ b +0.35 ┛  ⠠⡔          ╰───── b +0.35 ╯
              ⡠⠃⠣         ╭ h2 ──────────╮ ⡠⠈⠁⢀         ╭ o2 ── t 0.99 ╮
╭ i2 ──────╮⢀⠜   ⠑ +1.161▸│ x    •−.1387 │⠊    ⠑ −.5319▸│ x          — │
│ y .08053 │⠊⠂⠐⠒ ⠒ −.1618▸│ y          — │⠒⠂⠐⠒ ⠒ −.1750▸│ y          — │
╰──────────╯              ╰───── b +0.35 ╯              ╰───── b +0.35 ╯"""

BACKWARD = """\

        y                   dE/dy                   dE/dx
 i1 .0768  ⠲⢦⢰⣶ ⣒⡂⠐⠒ ⡲⠖  h1•−.218      ⡠⠄ −.470◂ o1 −.818
             ⠈⠳⠃⢕⡢⠸⣋⡁⠵⠒  h2• .476   ⢀ ⠨⠤⠂ −.983◂ o2  .260
            ⢀⢠⣔⠆⣕⣊⢸⠦⠄⡝⠒ ┃h3• .392┃ ⠚⠿⢄⡐⠒⠂ −.549◂ o3 −.563
 i2 .0805  ⠚⠫⠸⠿⠅⣒⣂⠐⠓ ⡚⠓  h4•−.403     ⠈⠉⠒ +.197◂ o4  .640
                  ⠈⠉⠁⠙⠓  h5•−.057
                         shade: size of y within its layer"""


def check(drawing: Drawing, columns: int, rows: int) -> None:
    lines = drawing.text.split("\n")
    assert [cell_len(line) for line in lines] == [columns] * rows
    assert {part for row in drawing.rows for _, style in row for part in style.split()} <= set(LOOKS)
    for label in drawing.labels:
        text = lines[label.row][label.start : label.stop]
        assert text.strip(), "a label is missing"
        assert not any(0x2800 < ord(character) < 0x2900 for character in text.strip().split()[-1]), "overwritten"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(map(str, shape)))
@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("step", STEPS)
def test_every_step_in_every_size(shape: tuple[int, ...], size: tuple[int, int], step: Step) -> None:
    check(draw(picture(shape, step, NodeAt(1, 0)), *size), *size)


@settings(deadline=None, max_examples=100)
@given(
    shape=st.lists(st.integers(1, 20), min_size=2, max_size=9).map(tuple),
    columns=st.integers(1, 200),
    rows=st.integers(1, 60),
    step=st.sampled_from(STEPS),
    at=st.tuples(st.integers(0, 99), st.integers(0, 99)),
)
@example(shape=(10, 1, 4), columns=41, rows=6, step="x", at=(1, 0))  # an edge from a node that is out of view
def test_any_picture(shape: tuple[int, ...], columns: int, rows: int, step: Step, at: tuple[int, int]) -> None:
    layer = at[0] % len(shape)
    check(draw(picture(shape, step, NodeAt(layer, at[1] % shape[layer]), absent=True), columns, rows), columns, rows)


def test_mazur_forward_in_a_small_terminal() -> None:
    """The active node has a heavy border, its edges are solid, all others are dotted, every weight has a row."""
    assert "\n".join(line.rstrip() for line in draw(picture((2, 2, 2)), 72, 9).text.split("\n")) == FORWARD


def test_one_row_nodes_backward() -> None:
    """Pills: the labels of the active edges stand on the side where the fan is wide, the head at their target."""
    drawing = draw(picture((2, 5, 4), "dE/dy", NodeAt(1, 2)), 58, 8)
    assert "\n".join(line.rstrip() for line in drawing.text.split("\n")) == BACKWARD


def test_what_is_not_computed_is_a_dash() -> None:
    text = draw(picture((2, 2, 2), "x", NodeAt(1, 0)), 78, 12).text
    assert text.count("—") == 6


def test_arrows_turn_going_back() -> None:
    forward, backward = (draw(picture((2, 2, 2), step), 78, 12).text for step in ("x", "dE/dy"))
    assert (forward.count("▸"), forward.count("◂")) == (8, 0)
    assert (backward.count("▸"), backward.count("◂")) == (0, 8)


def test_derivatives_take_the_place_of_weights_in_their_own_colour() -> None:
    drawing = draw(picture((2, 2, 2), "dE/dw", NodeAt(2, 0)), 78, 12)
    styles = {style for row in drawing.rows for _, style in row}
    assert {"label-active dE/dw", "label-lit dE/dw", "label"} <= styles


def test_labels_not_computed_yet_stay_weights() -> None:
    before = picture((2, 2, 2), "dE/dw", NodeAt(2, 0))
    assert before.gaps[1].labels is not None
    none = EdgeLabels(before.gaps[1].labels.values, "dE/dw", np.zeros((2, 2), dtype=np.bool_))
    after = replace(before, gaps=(before.gaps[0], replace(before.gaps[1], labels=none)))
    weights = replace(before, gaps=(before.gaps[0], replace(before.gaps[1], labels=None)))
    assert draw(after, 78, 12).text == draw(weights, 78, 12).text


def test_the_selected_edge_stands_out() -> None:
    drawing = draw(picture((2, 2, 2), selected=EdgeAt(1, 1, 0)), 78, 12)
    assert any(style == "label-active selected" for row in drawing.rows for _, style in row)


def test_targets_have_a_row_of_their_own_where_there_is_room() -> None:
    low, high = (draw(picture((2, 2, 2)), 78, rows) for rows in (12, 24))
    assert "t 0.01" in next(line for line in low.text.split("\n") if " o1 " in line)
    assert "t 0.01" not in next(line for line in high.text.split("\n") if " o1 " in line)
    assert "t 0.01" in high.text
    alone = draw(picture((2, 2, 1)), 78, 12)
    assert "t 0.01" not in next(line for line in alone.text.split("\n") if " o1 " in line)
    assert "t 0.01" in alone.text


def test_counts_of_what_is_out_of_view() -> None:
    text = draw(picture((16, 64, 64, 10), "x", NodeAt(2, 40)), 130, 40).text
    assert "↑ 19 more" in text
    assert "↓ 7 more" in text
    assert not re.search(r"more [xyd]", text)


def test_a_long_name_is_cut_with_a_sign_and_keeps_its_end() -> None:
    before = picture((2, 2, 2))
    nodes = tuple(
        node._replace(name=f"a_very_long_name_of_node_{index}") for index, node in enumerate(before.layers[1])
    )
    text = draw(replace(before, layers=(before.layers[0], nodes, before.layers[2])), 78, 12).text
    assert re.search(r"a_\w*…\w*_0 ", text)
    assert re.search(r"a_\w*…\w*_1 ", text)


def test_wide_characters_keep_the_width() -> None:
    before = picture((2, 2, 2))
    nodes = (before.layers[1][0]._replace(name="節点"), before.layers[1][1])
    check(draw(replace(before, layers=(before.layers[0], nodes, before.layers[2])), 78, 12), 78, 12)


def test_a_badge_is_a_word_on_the_border() -> None:
    before = picture((2, 2, 2))
    nodes = (before.layers[1][0]._replace(badge="dead"), before.layers[1][1])
    assert "━ dead ┓" in draw(replace(before, layers=(before.layers[0], nodes, before.layers[2])), 78, 12).text


def test_a_badge_of_a_pill_is_a_sign_at_its_edge_and_cuts_no_name() -> None:
    before = picture((8, 16, 8, 4))
    nodes = (before.layers[1][0], before.layers[1][1]._replace(badge="dead"), *before.layers[1][2:])
    text = draw(replace(before, layers=(before.layers[0], nodes, *before.layers[2:])), 78, 24).text
    assert re.search(r" h1_2\S* ?\S*! ", text)
    assert text.count("!") == 2  # and its meaning
    assert "! ails: select it, it says why" in text


@pytest.mark.parametrize("shape", [(2, 2, 2), (8, 16, 8, 4)])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 0.0])
def test_weights_that_left_the_finite_numbers(shape: tuple[int, ...], value: float) -> None:
    before = picture(shape)
    gaps = tuple(replace(gap, weights=np.full_like(gap.weights, value)) for gap in before.gaps)
    check(draw(replace(before, gaps=gaps), 78, 24), 78, 24)


@pytest.mark.parametrize("columns", [72, 100, 160])
def test_the_numbers_of_a_layer_line_up_by_the_point(columns: int) -> None:
    drawing = draw(picture((2, 3, 3), "dE/dx", NodeAt(1, 1)), columns, 30)
    lines = drawing.text.split("\n")
    for column in drawing.geometry.layers:
        rows = [row for box in drawing.geometry.by_layer[column.layer] for row in box.inside]
        inside = [lines[row][column.x + 1 : column.right - 1] for row in rows]
        assert len({text.index(".") for text in inside if "." in text}) == 1


def test_what_is_new_bears_a_sign_without_colours_too() -> None:
    for shape in ((2, 2, 2), (8, 16, 8, 4)):
        drawing = draw(picture(shape, "x", NodeAt(1, 1)), 120, 40)
        assert drawing.text.count("•") == shape[1]


def test_between_there_and_back_is_a_blank_row_where_there_is_room() -> None:
    for rows, between in ((14, 1), (26, 2)):
        drawing = draw(picture((2, 2, 2), "dE/dx", NodeAt(1, 1)), 100, rows)
        box = drawing.geometry.boxes[NodeAt(2, 0)]
        lines = [line[box.x : box.right] for line in drawing.text.split("\n")]
        back = next(row for row, line in enumerate(lines) if "dE/dy" in line)
        there = next(row for row, line in enumerate(lines) if "│ y " in line)
        assert back - there == between


def test_idle_lines_can_be_followed() -> None:
    """Along a level line no two cells in a row are blank, and what is negative looks otherwise."""
    before = picture((1, 1, 1), "x", NodeAt(1, 0))
    texts = []
    for weight in (0.5, -0.5):
        gap = replace(before.gaps[1], weights=np.array([[weight]]))
        drawing = draw(replace(before, gaps=(before.gaps[0], gap)), 90, 9)
        port, box = drawing.geometry.ports[1], drawing.geometry.boxes[NodeAt(1, 0)]
        texts.append(drawing.text.split("\n")[port.row][box.right : port.start - 1])
    assert all("  " not in text for text in texts)
    assert texts[0] != texts[1]


def test_a_label_never_goes_without_its_number_nor_a_number_without_its_label() -> None:
    for columns in range(40, 120, 3):
        drawing = draw(picture((1, 2, 2, 1), "x", NodeAt(1, 0)), columns, 24)
        boxes = [box for box in drawing.geometry.nodes if box.at.layer and not box.flat]
        assert drawing.text.count("t 0.01") == sum(box.at.layer == 3 for box in boxes)
        assert drawing.text.count("b +0.35") == len(boxes)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("columns", range(56, 120, 4))
def test_numbers_bear_their_full_names(columns: int, step: Step) -> None:
    """`dy` for dE/dy would be another quantity: what has no room beside its number stands above it."""
    drawing = draw(picture((1, 2, 2, 1), step, NodeAt(2, 0)), columns, 24)
    assert not re.search(r"(?<![\w/])d[xywb]\b", drawing.text)
    if step in ("dE/dy", "dE/dx") and drawing.geometry.by_layer[2][0].height > 1:
        assert step in drawing.text


def test_nothing_before_a_number_looks_like_its_minus() -> None:
    """Neither the end of a line, in steps that have no direction, nor a border."""
    for shape in ((2, 2, 2), (1, 2, 2, 1), (2, 5, 4), (1,) * 6):
        for columns in range(50, 140, 3):
            for step in STEPS:
                text = draw(picture(shape, step, NodeAt(1, 0)), columns, 24).text
                assert not re.search(r"[╴─━-] ?[+−.]?\d", text)
                assert not re.search(r"\d[╴-]", text)


def bars(drawing: Drawing) -> list[int]:
    """The heights of the strip's bars under each layer, in eighths of a row."""
    lines = drawing.text.split("\n")[-drawing.geometry.strip + 1 :]
    middles = [column.x + column.width // 2 for column in drawing.geometry.layers]
    return [sum(" ▁▂▃▄▅▆▇█".find(line[middle]) for line in lines if line[middle] in "▁▂▃▄▅▆▇█") for middle in middles]


def deep(sizes: list[float | None]) -> Drawing:
    """A network of a node per layer, with these dE/dx."""
    before = picture((1,) * (len(sizes) + 1), "dE/dx", NodeAt(3, 0))
    return draw(replace(before, sizes=tuple(None if size is None else abs(size) for size in sizes)), 110, 26)


def test_of_a_network_that_is_not_all_in_full_a_strip_tells_how_large_the_derivatives_are() -> None:
    """A factor from layer to layer is a slope of the bars, to an eighth of a row; below are the numbers themselves."""
    drawing = deep([-(10.0 ** (place - 7)) for place in range(7)])
    assert "largest |dE/dx| of each layer, logarithmic" in drawing.text
    heights = bars(drawing)
    assert heights[0] == 0
    steps = [high - low for low, high in zip(heights[1:], heights[2:], strict=False)]
    assert all(abs(step - 23 / 6) <= 1 for step in steps)
    assert heights[-1] == 24
    numbers = drawing.text.split("\n")[-2]
    assert numbers.split() == ["1e-07", "1e-06", "1e-05", ".0001", "0.001", "0.01", "0.1"]
    assert drawing.text.split("\n")[-1].split() == [str(layer) for layer in range(8)]


def test_the_strip_shows_what_is_not_known_or_not_finite_as_that() -> None:
    drawing = deep([None, None, 0.0, float("inf"), float("nan"), 3.0, 1.0])
    heights = bars(drawing)
    assert heights[1:4] == [0, 0, 0]
    assert heights[4] == 24
    assert heights[5] == 0
    assert drawing.text.split("\n")[-2].split() == ["—", "—", "0", "∞", "nan", "3", "1"]
    assert "known on the way back" in deep([None] * 7).text


@settings(deadline=None, max_examples=60)
@given(
    shape=st.lists(st.integers(1, 40), min_size=3, max_size=12).map(tuple),
    columns=st.integers(58, 200),
    rows=st.integers(8, 60),
)
@example(shape=(3, 1, 1), columns=58, rows=8)  # inputs as pills beside the narrowest boxes
def test_no_two_nodes_look_alike(shape: tuple[int, ...], columns: int, rows: int) -> None:
    """In a layer no two, and of all that bear a name and not a number, none in the whole view."""
    drawn = picture(shape, "x", NodeAt(1, 0))
    geometry = draw(drawn, columns, rows).geometry
    borders = {
        box.at: border_texts(drawn, drawn.node(box.at), box, below=geometry.target_below)
        for box in geometry.nodes
        if not box.flat
    }
    names = names_of(drawn, geometry, borders)
    for column in geometry.layers:
        shown = [names[box.at] for box in geometry.by_layer[column.layer] if names[box.at]]
        assert len(set(shown)) == len(shown)
    full = [names[box.at] for box in geometry.nodes if geometry.layers[box.at.layer].form != "bead"]
    assert len(set(full)) == len(full)
