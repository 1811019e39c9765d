"""Braille lines: where their dots are, and who wins a cell."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.raster import DASHED, EMPTY, Pattern, Raster


def texts(raster: Raster) -> list[str]:
    return [row.text for row in raster.rows()]


def dots(raster: Raster) -> int:
    return sum(
        (ord(character) - 0x2800).bit_count() for row in raster.rows() for character in row.text if character > " "
    )


def test_a_level_line_fills_one_row_of_dots() -> None:
    raster = Raster(1, 3)
    raster.line(0, 1, 5, 1)
    assert texts(raster) == ["⠒⠒⠒"]


def test_a_thick_line_is_two_dots() -> None:
    raster = Raster(1, 2)
    raster.line(0, 1, 3, 1, thickness=2)
    assert texts(raster) == ["⠶⠶"]
    raster = Raster(2, 1)
    raster.line(0, 0, 0, 7, thickness=2)
    assert texts(raster) == ["⣿", "⣿"]


def test_patterns_leave_dots_out() -> None:
    for pattern, count in ((Pattern(1, 2), 7), (DASHED, 12), (Pattern(2, 2), 10)):
        raster = Raster(1, 10)
        raster.line(0, 0, 19, 0, pattern=pattern)
        assert dots(raster) == count


def test_the_top_layer_keeps_its_cells_to_itself() -> None:
    raster = Raster(2, 3)
    raster.line(0, 1, 5, 1, style=7, layer=2)
    raster.line(0, 0, 5, 7, style=3)
    rows = raster.rows()
    assert rows[0].text == "⠒⠒⠒"
    assert rows[0].styles == [7, 7, 7]
    assert set(rows[1].styles) == {EMPTY, 3}


def test_a_line_may_leave_the_canvas() -> None:
    raster = Raster(1, 2)
    raster.line(-50, -50, 50, 50)
    assert texts(raster) == ["⠑⢄"]


def test_an_empty_canvas_is_blank() -> None:
    assert texts(Raster(2, 3)) == ["   ", "   "]
    assert texts(Raster(0, 3)) == []
    assert texts(Raster(1, 0)) == [""]


def test_points() -> None:
    raster = Raster(1, 2)
    raster.points([0, 3], [0, 3])
    assert texts(raster) == ["⠁⢀"]


@given(st.lists(st.integers(-40, 90), min_size=4, max_size=4), st.integers(1, 2))
def test_a_line_has_no_gaps_and_both_ends(ends: list[int], thickness: int) -> None:
    x0, y0, x1, y1 = (value % 40 for value in ends)
    raster = Raster(11, 22)
    raster.line(x0, y0, x1, y1, thickness=thickness)
    expected = max(abs(x1 - x0), abs(y1 - y0), 0) + 1
    assert dots(raster) >= expected
    assert dots(raster) <= thickness * max(expected, 2)


def test_many_lines_are_one_call() -> None:
    raster = Raster(40, 120)
    raster.lines(np.random.default_rng(0).integers(0, 160, (3000, 4)), pattern=Pattern(1, 2))
    assert len(raster.rows()) == 40
