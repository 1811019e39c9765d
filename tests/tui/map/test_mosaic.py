"""Areas of values as cells, and the lines along which values are the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.map.contour import lines_in_cells, segments
from tui.map.frame import Window, frame_of
from tui.terminal.mosaic import INKS, LOOKS, SHADES, Area, Mosaic, ramp
from tui.terminal.theme import MAP_LEVELS

PARTS = arrays(np.float64, (6, 5), elements=st.floats(-2, 2) | st.just(np.nan))
SHADINGS = ("colours", "sixteen", "shades")


def cells(line):
    return [(letter, style) for text, style in line for letter in text]


@given(PARTS)
def test_every_cell_shows_both_of_its_values(parts):
    lines = Mosaic(Area(parts), "colours").lines()
    assert len(lines) == 3
    for row, line in enumerate(lines):
        assert sum(len(text) for text, _ in line) == 5
        assert all(one != other for (_, one), (_, other) in zip(line, line[1:], strict=False))
        for column, (letter, style) in enumerate(cells(line)):
            above, below = (ink_of(part) for part in parts[2 * row : 2 * row + 2, column])
            assert (letter, style) == ((" ", f"on-{below}") if above == below else ("▀", f"ink-{above} on-{below}"))


def ink_of(part):
    return "map-none" if np.isnan(part) else INKS[round(min(max(part, -1), 1) * MAP_LEVELS) + MAP_LEVELS]


@given(PARTS, st.sampled_from(SHADINGS))
def test_signs_stand_over_what_is_there_and_all_looks_are_known(parts, shading):
    mosaic = Mosaic(Area(parts), shading)
    mosaic.put(1, 2, "●", "shade")
    mosaic.put(9, 2, "x", "shade")
    mosaic.put(0, -1, "x", "shade")
    lines = mosaic.lines()
    assert cells(lines[1])[2][0] == "●"
    assert "x" not in "".join(text for line in lines for text, _ in line)
    assert all(name in LOOKS for line in lines for _, style in line for name in style.split())


@given(PARTS, st.lists(st.tuples(st.integers(-2, 4), st.integers(-2, 6)), max_size=12), st.sampled_from(SHADINGS))
def test_many_signs_at_once_are_those_put_one_by_one(parts, places, shading):
    signs = [("●○"[number % 2], ("shade", "map-class-1")[number % 3 // 2]) for number in range(len(places))]
    together, one_by_one = Mosaic(Area(parts), shading), Mosaic(Area(parts), shading)
    together.put_all(np.array(places, np.intp).reshape(-1, 2), signs)
    for (row, column), sign in zip(places, signs, strict=True):
        one_by_one.put(row, column, *sign)
    assert [cells(line) for line in together.lines()] == [cells(line) for line in one_by_one.lines()]


def test_shades_alone_go_from_blank_to_full_and_few_colours_have_a_sign():
    line = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    area = Area(np.stack([line, line]))
    assert "".join(text for text, _ in Mosaic(area, "shades").lines()[0]) == SHADES
    few = cells(Mosaic(area, "sixteen").lines()[0])
    assert [letter for letter, _ in few] == ["█", "▒", " ", "▒", "█"]
    assert [style for letter, style in few if letter != " "] == ["shade-negative"] * 2 + ["shade-positive"] * 2
    low, high = ramp("shades", 5)
    assert (low[0][0][0], high[-1][0][-1]) == (" ", "█")


def test_classes_are_told_apart_without_colours():
    area = Area(np.full((2, 3), 0.9), np.array([[0, 1, 2]] * 2))
    assert [text for text, _ in Mosaic(area, "shades").lines()[0]] == ["1", "2", "3"]
    assert len({style for _, style in Mosaic(area, "sixteen").lines()[0]}) == 3
    assert len({style for _, style in Mosaic(area, "colours").lines()[0]}) == 3


def test_a_circle_s_line_is_a_circle():
    xs = np.linspace(-2, 2, 41)
    found = segments(xs[np.newaxis] ** 2 + xs[:, np.newaxis] ** 2, 1.0).reshape(-1, 2) / 10 - 2
    np.testing.assert_allclose(np.hypot(*found.T), 1.0, atol=5e-3)
    assert len(found) > 80
    angles = np.sort(np.arctan2(*found.T))
    assert np.diff(angles).max() < 0.15  # it is closed


@given(arrays(np.float64, (6, 7), elements=st.floats(-1, 1) | st.just(np.nan)))
def test_lines_lie_between_values_on_both_sides_of_the_level(values):
    for x0, y0, x1, y1 in segments(values, 0.0):
        for x, y in ((x0, y0), (x1, y1)):
            around = values[int(np.floor(y)) : int(np.ceil(y)) + 1, int(np.floor(x)) : int(np.ceil(x)) + 1]
            assert around.max() > 0 >= around.min() or around.size == 1
    assert [len(text) for text in lines_in_cells(values, [0.0])] == [7] * 3


@given(
    st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)),
    st.integers(12, 120),
    st.integers(4, 50),
)
def test_a_cell_stands_for_the_point_in_its_middle(sizes, columns, rows):
    left, width, bottom, height = sizes
    frame = frame_of(Window(left, left + width, bottom, bottom + height), columns, rows)
    assert frame.margin + frame.columns == columns
    for column, row in ((0, 0), (frame.columns - 1, frame.rows - 1), (frame.columns // 2, frame.rows // 2)):
        point = frame.point(frame.margin + column, row)
        assert frame.cell(*point) == (row, column)
        assert point[1] == pytest.approx(frame.ys[2 * row : 2 * row + 2].mean())
    assert frame.point(frame.margin - 1, 0) is None
    assert frame.cell(left - 1, bottom) is None
