"""Curves as rows of text."""

import numpy as np
import pytest

from tui.chart.curve import Line, Mark, Step, Window, curve_rows, sampled, through, window_on


def text_of(rows):
    return ["".join(span.text for span in row) for row in rows]


def drawn(ys, marks=(), columns=40, rows=12, window=None, **options):
    xs = sampled(-1, 1, columns)
    window = window or window_on(-1, 1, [ys(xs)])
    return text_of(curve_rows([Line(xs, ys(xs), "curve")], marks, window, columns, rows, **options))


def braille(line):
    return [column for column, letter in enumerate(line) if "\u2800" < letter <= "\u28ff"]


def test_a_line_climbs_from_corner_to_corner():
    lines = drawn(lambda xs: xs, rows=11, window=Window(-1, 1, -1, 1))
    assert {len(line) for line in lines} == {40}
    assert [line.partition("┤")[0].strip() for line in lines[0:9:4]] == ["1", "0", "−1"]
    assert max(braille(lines[0])) == 39
    assert min(braille(lines[8])) == lines[9].index("└") + 1
    tops = [min(braille(line)) for line in lines[:9]]
    assert tops == sorted(tops, reverse=True)
    assert [label for label in ("-1", "−1", "0", "1") if label in lines[10]] == ["−1", "0", "1"]


def test_what_is_not_finite_is_a_gap_and_what_is_huge_harms_nothing():
    middle = drawn(lambda xs: np.where(np.abs(xs) < 0.5, np.nan, 0.0), window=Window(-1, 1, -1, 1))
    columns = sorted({column for line in middle[:10] for column in braille(line)})
    gaps = np.diff(columns)
    assert (gaps > 15).sum() == 1
    huge = drawn(lambda xs: np.where(xs > 0, 1e308, -1e308), window=Window(-1, 1, -1, 1))
    assert len(huge) == 12
    assert len(drawn(lambda xs: xs * 1e308)) == 12
    assert len(drawn(lambda xs: xs * np.nan)) == 12


def test_marks_stand_at_their_points_and_outside_nowhere():
    marks = [Mark(0, 0, "●", "point", "here"), Mark(0.99, 0, "○", "other", "there"), Mark(3, 0, "x", "other")]
    lines = drawn(lambda xs: xs * 0 - 0.9, marks, window=Window(-1, 1, -1, 1))
    row = next(line for line in lines if "●" in line)
    assert "● here" in row
    assert "there ○" in row
    assert not any("x" in line for line in lines)


def test_a_window_shows_all_that_is_finite():
    window = window_on(-1, 1, [np.array([0.0, 1.0, np.inf]), np.array([np.nan])])
    assert window == (-1, 1, 0.0, 1.0)
    assert window_on(-1, 1, [np.array([np.nan])]) == (-1, 1, 0.0, 1.0)


def test_a_point_between_two_of_a_line_lies_on_it():
    xs, ys = through(np.array([0.0, 1.0, 2.0]), np.array([0.0, 10.0, 0.0]), [(1.5, 100.0), (7.0, 1.0)])
    assert (xs.tolist(), ys.tolist()) == ([0, 1, 1.5, 2], [0, 10, 100, 0])


@pytest.mark.parametrize("columns", [40, 80])
def test_the_tangent_is_seen_on_both_sides_of_its_point(columns):
    """Where curve and tangent share a cell the dots of both are there, in the tangent's colour."""
    xs = sampled(-1, 1, columns)
    curve, tangent = Line(xs, xs**2, "curve"), Line(xs, 0.5 * (xs - 0.5) + 0.25 + 0.5 * (xs - 0.5), "tangent")
    point = Mark(0.5, 0.25, "●", "point")
    rows = curve_rows([curve, tangent], [point], window_on(-1, 1, [curve.ys]), columns, 20)
    cells = {
        (row, column): style
        for row, spans in enumerate(rows)
        for column, style in enumerate(style for span in spans for style in [span.style] * len(span.text))
    }
    ((_, at),) = [cell for cell, style in cells.items() if style == "point"]
    seen = {column for (_, column), style in cells.items() if style == "tangent"}
    assert {*range(at - 4, at), *range(at + 1, at + 5)} <= seen
    alone = curve_rows([curve], [], window_on(-1, 1, [curve.ys]), columns, 20)
    shared = [
        cell for cell, style in cells.items() if style == "tangent" and text_of(alone)[cell[0]][cell[1]] > "\u2800"
    ]
    assert shared
    for row, column in shared:
        own, both = (ord(text_of(drawing)[row][column]) - 0x2800 for drawing in (alone, rows))
        assert own & both == own


def test_a_step_runs_along_the_axis_and_leads_out_of_sight():
    window = Window(-1, 1, 0, 1)
    there, back, away = (
        text_of(curve_rows([], [], window, 60, 12, step=Step(*ends, "update", "update")))[10]
        for ends in ((0, 0.4), (0, -0.4), (0, 7))
    )
    assert "━━━▸ update " in there
    assert " update ◂━━━" in back
    assert away.endswith("━━━")
    assert "update" not in away


@pytest.mark.parametrize(("columns", "rows"), [(0, 0), (11, 9), (12, 2), (12, 3), (5, 50), (300, 4)])
def test_any_size_is_filled(columns, rows):
    lines = drawn(lambda xs: np.sin(xs), [Mark(0, 0, "●", "point", "words")], columns, rows)
    assert [len(line) for line in lines] == [columns] * rows
