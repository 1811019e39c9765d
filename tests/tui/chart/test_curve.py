"""Curves as rows of text."""

import numpy as np
import pytest

from tui.chart.curve import Line, Mark, Window, curve_rows, sampled, window_on


def text_of(rows):
    return ["".join(span.text for span in row) for row in rows]


def drawn(ys, marks=(), columns=40, rows=12, window=None, **options):
    xs = sampled(-1, 1, columns)
    window = window or window_on(-1, 1, [ys(xs)])
    return text_of(curve_rows([Line(xs, ys(xs), "curve")], marks, window, columns, rows, **options))


def braille(line):
    return [column for column, letter in enumerate(line) if "\u2800" < letter <= "\u28ff"]


def test_a_line_climbs_from_corner_to_corner():
    lines = drawn(lambda xs: xs, window=Window(-1, 1, -1, 1))
    assert {len(line) for line in lines} == {40}
    assert max(braille(lines[0])) == 39
    assert min(braille(lines[9])) == lines[10].index("└") + 1
    tops = [min(braille(line)) for line in lines[:10]]
    assert tops == sorted(tops, reverse=True)
    assert [label for label in ("-1", "−1", "0", "1") if label in lines[11]] == ["−1", "0", "1"]


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


def test_a_window_has_a_margin_and_may_begin_at_zero():
    window = window_on(-1, 1, [np.array([0.0, 1.0, np.inf]), np.array([np.nan])])
    assert window.bottom < 0 < 1 < window.top
    assert window_on(-1, 1, [np.array([0.2, 1.0])], least=0.0).bottom == 0
    assert window_on(-1, 1, [np.array([5.0])]).bottom < 5 < window_on(-1, 1, [np.array([5.0])]).top


@pytest.mark.parametrize(("columns", "rows"), [(0, 0), (11, 9), (12, 2), (12, 3), (5, 50), (300, 4)])
def test_any_size_is_filled(columns, rows):
    lines = drawn(lambda xs: np.sin(xs), [Mark(0, 0, "●", "point", "words")], columns, rows)
    assert [len(line) for line in lines] == [columns] * rows
