"""The error history drawn as text."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.chart.plot import plot
from tui.chart.series import Series
from tui.chart.shown import Curves
from tui.chart.widget import ErrorChart

SIZES = [(20, 4), (38, 7), (60, 12), (100, 20), (200, 60)]

sizes = st.tuples(st.integers(0, 120), st.integers(0, 40))
errors = arrays(np.float64, st.integers(0, 400), elements=st.floats(width=64))


def drawn(history, columns, rows, *, first=0, batches=1, **options):
    return plot(Series(np.array(history, dtype=float), first, batches), columns, rows, **options)


def text(picture):
    return ["".join(span.text for span in row) for row in picture.rows]


def cells(picture, style):
    """The characters in a style, by row and column."""
    return {
        (row, column): character
        for row, spans in enumerate(picture.rows)
        for column, (character, name) in enumerate((c, span.style) for span in spans for c in span.text)
        if name == style
    }


def shows(picture, expected):
    assert "\n".join(line.rstrip() for line in text(picture)) == expected.strip("\n")


def falling(size):
    return 0.3 * np.exp(-np.arange(size) / (size / 4))


def test_a_run_on_a_logarithmic_axis():
    shows(
        drawn(falling(5000), 60, 12, reached=1668, logarithmic=True),
        """
    │⠦⢤⣀⡀              │
 0.2┤┈┈┈⠉⠙⠒⠦⢤⣀⡀┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
 0.1┤┈┈┈┈┈┈┈┈┈⠉⠙⠒⠦⢤⣀⡀┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
    │               ⠉⠙⠒●⢤⣀⡀
0.05┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈⠉⠙⠒⠦⢤⣀⡀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
    │                  │        ⠈⠉⠓⠲⠤⣄⣀
0.02┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈⠈⠉⠓⠲⠤⣄⣀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
    │                  │                    ⠈⠉⠓⠲⠤⣄⣀
0.01┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⠈⠉⠓⠲⠤⣄⣀┈┈┈
    │                  │                                ⠈⠉⠓⠒
    └┬───────── 1,667: 0.07906 ───────┬──────────┬──────────
     0         1k         2k         3k         4k
""",
    )


def test_the_first_steps_extend_the_curve():
    shows(
        drawn([0.5, 0.4, 0.3, 0.25], 38, 7, reached=2),
        """
0.5┤⠢⢄⡀│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
   │  ⠈●⠤⣀
   │   │  ⠉⠉⠑⠒⠂
   │   │
  0┤┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
   └ 1: 0.4 ─────┬──────┬──────┬─────┬
    0     2      4      6      8    10
""",
    )


def test_a_single_error_in_the_smallest_chart():
    shows(
        drawn([0.5], 20, 4),
        """
1┤●┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
0┤│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
 └ 0: 0.5 ─┬───────┬
  0        5      10
""",
    )


def test_zeros_stand_on_the_floor_of_a_logarithmic_axis():
    shows(
        drawn([1, 0.1, 0, 0.01, 0.1], 40, 8, logarithmic=True),
        """
   1┤⠢⡀┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
    │ ⠈⠢⡀          │
 0.1┤┈┈┈⠈⢆┈┈┈┈┈┈┈⢀⠔●┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
0.01┤┈┈┈┈⠈⢆┈┈┈┈⢀⠔⠁┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
    │     ⠈⢆ ⡠⠔⠁   │
   0┤┈┈┈┈┈┈⠈⠊┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
    └┬──────┬── 4: 0.1 ──┬──────┬──────┬
     0      2      4     6      8     10
""",
    )


def test_gaps_where_errors_are_not_finite_and_squares_for_lonely_ones():
    shows(
        drawn([3, 2, math.nan, 1, math.inf, 2, 2, 2], 30, 7),
        """
4┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈
 │⠢⢄                 │
2┤┈┈⠉⠂┈┈┈┈┈┈┈┈┈┈⠒⠒⠒⠒⠒●┈┈┈┈┈┈┈┈
 │        ⠶          │
0┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈
 └┬────┬─────┬──── 7: 2 ┬────┬
  0    2     4    6     8   10
""",
    )


def test_an_error_not_computed_yet_is_a_dash():
    picture = drawn([0.3, 0.2], 38, 7, iteration=2)
    assert " 2: — " in text(picture)[-2]
    assert not any(character == "●" for character in "".join(text(picture)))


def test_an_error_that_is_not_finite_is_named():
    assert " 1: ∞ " in text(drawn([1, math.inf], 38, 7))[-2]


def test_what_was_reached_and_what_is_recorded_beyond_differ():
    picture = drawn(falling(200), 60, 12, reached=100)
    cursor = next(column for (_, column), character in cells(picture, "point").items() if character == "●")
    assert all(column <= cursor for _, column in cells(picture, "line"))
    assert all(column >= cursor for _, column in cells(picture, "future"))
    assert not cells(drawn(falling(200), 60, 12), "future")
    assert not cells(drawn(falling(200), 60, 12, reached=0), "line")


def test_another_branch_is_dashed_and_the_legend_says_which_is_which():
    shows(
        drawn(falling(40), 60, 12, other=Series(falling(60) + 0.1), curves=Curves("1: w5 → 0.41", "main")),
        """
 ⠤⠤⠤ 1: w5 → 0.41  ⠤ ⠤ main
0.4┤⠢⡀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
   │ ⠈⠑                                 │
0.3┤⢢┈┈┈┈┈⠤⢄┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
   │ ⠑⢄     ⠉   ⡀                       │
0.2┤┈┈┈⠑⢢┈┈┈┈┈┈┈⠈⠉⠒┈┈┈⣀⡀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
   │     ⠉⠢⣀           ⠈⠉   ⠒⠤⠤   ⣀⣀⣀   │
0.1┤┈┈┈┈┈┈┈┈⠉⠒⠤⠤⡀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⠉⠉⠉┈┈┈⠉⠉⠉┈┈┈⠒⠒⠒┈┈┈⠒⠒
   │            ⠈⠉⠑⠒⠢⠤⠤⢄⣀⣀⣀             │
  0┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⠉⠉⠉⠉⠉⠉⠑⠒⠒⠒⠒⠒⠒●┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
   └┬───┬────┬────┬────┬───┬────┬ 39: 0.006073 ────┬───┬────
    0   5   10   15   20  25   30   35  40   45   50  55
""",
    )
    dense = drawn(falling(4000), 60, 12, other=Series(falling(6000) + 0.1), curves=Curves("1: w5 → 0.41", "main"))
    shows(
        dense,
        """
 ⠤⠤⠤ 1: w5 → 0.41  ⠤ ⠤ main
0.4┤⢦⡀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
   │ ⠁ ⣀⡀                                │
0.3┤⣆┈┈┈⠙┈┈⣀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
   │⠈⠳⣄    ⠈⠙  ⣀⡀                        │
0.2┤┈┈⠈⠳⣄⡀┈┈┈┈┈┈⠉⠁┈⠠⠤⣄┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
   │     ⠙⠦⣄⡀           ⠈⠙⠒  ⠠⠤⠤⠄  ⣀⣀⣀   │
0.1┤┈┈┈┈┈┈┈┈⠉⠓⠦⢄⣀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⠈⠉⠉⠁┈┈⠈⠉⠑⠂┈┈⠐⠒⠒⠂┈┈⠐⠒
   │            ⠈⠉⠙⠒⠲⠤⠤⣄⣀⣀⣀⡀             │
  0┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⠉⠉⠉⠉⠉⠉⠙⠒⠒⠒⠒⠒⠒⠒●┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
   └┬────────┬────────┬─────────┬ 3,999: 0.005500 ┬─────────
    0       1k       2k        3k       4k       5k
""",
    )


def test_a_legend_that_is_too_long_ends_in_an_ellipsis():
    picture = drawn(falling(40), 38, 7, other=Series(falling(60)), curves=Curves("1: " + "w" * 50, "main"))
    assert any("w…  ⠤ ⠤ main" in line for line in text(picture))


def test_a_walk_that_begins_late_shows_its_true_iterations():
    picture = drawn(falling(5), 38, 7, reached=3, first=1000)
    assert " 1,002: 0.06057 " in text(picture)[-2]
    assert text(picture)[-1].split() == ["1000", "1002", "1004", "1006", "1008", "1010"]
    cursor = next(column for (_, column), character in cells(picture, "point").items() if character == "●")
    assert picture.iteration_at(cursor) == 1002


def test_the_digits_are_a_choice():
    assert " 0: 0.298371109 " in text(drawn([0.298371109], 38, 7, digits=9))[-2]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("logarithmic", [False, True])
def test_numbers_beside_the_axis_are_whole_and_in_order(columns, rows, logarithmic):
    lines = text(drawn(falling(3000) * 0.0123, columns, rows, logarithmic=logarithmic))
    marked = [line.partition("┤")[0].strip() for line in lines if "┤" in line]
    assert len(marked) >= 2
    values = [float(mark) for mark in marked]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == len(values)


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("size", [1, 2, 11, 50, 1000, 123_456])
def test_iterations_below_the_axis_do_not_touch(columns, rows, size):
    labels = text(drawn(falling(size), columns, rows))[-1].split()
    numbers = [int(label.replace("k", "000").replace("M", "000000")) for label in labels]
    steps = {later - earlier for earlier, later in itertools.pairwise(numbers)}
    assert numbers[0] == 0
    assert len(steps) <= 1


@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("at", [0, 1, 777_777, 999_999])
def test_a_spike_of_one_iteration_in_a_million_is_seen(at, logarithmic):
    history = np.full(1_000_000, 0.01)
    history[at] = 1.0
    picture = drawn(history, 60, 12, logarithmic=logarithmic)
    seen = cells(picture, "line") | cells(picture, "point")
    top = [column for (row, column) in seen if row == min(seen)[0]]
    assert top == [picture.left + min(at * picture.columns // 1_000_000, picture.columns - 1)]


def test_the_greatest_of_numbers_are_no_trouble():
    for history in ([-9.99999999e307, 9.99999999e307], [-1.7e308, 1.7e308], [5e-324, 1e-323], [1.7e308] * 2):
        for logarithmic in (False, True):
            assert len(drawn(history, 38, 7, logarithmic=logarithmic).rows) == 7


def test_equal_errors_lie_in_the_middle():
    for value in (0.25, -0.25, 1e300, 1e-300):
        picture = drawn([value] * 30, 38, 7, reached=1)
        assert {row for row, _ in cells(picture, "future")} <= {2, 3}


@given(errors, sizes, st.integers(0, 500), st.none() | st.integers(0, 500), st.booleans(), st.none() | errors)
@example(history=np.empty(0), size=(4, 4), reached=0, iteration=None, logarithmic=False, other=None)
def test_any_errors_fill_exactly_the_size(history, size, reached, iteration, logarithmic, other):
    columns, rows = size
    picture = plot(
        Series(history),
        columns,
        rows,
        reached=reached,
        iteration=iteration,
        logarithmic=logarithmic,
        other=None if other is None else Series(other),
        curves=Curves("1: learning_rate → 0.5", "main"),
    )
    assert len(picture.rows) == rows
    assert all(len(line) == columns for line in text(picture))
    assert {span.style for row in picture.rows for span in row} <= set(ErrorChart.LOOKS)


@given(errors, sizes, st.data())
def test_the_cursor_stands_where_a_click_finds_its_iteration(history, size, data):
    columns, rows = max(size[0], 20), max(size[1], 4)
    if not len(history):
        return
    iteration = data.draw(st.integers(0, len(history) - 1))
    picture = drawn(history, columns, rows, iteration=iteration)
    marks = {
        column for (row, column), c in (cells(picture, "cursor") | cells(picture, "point")).items() if row < rows - 2
    }
    assert len(marks) <= 1
    for column in marks:
        found = picture.iteration_at(column)
        assert found is not None
        assert abs(found - iteration) <= max(1, len(history) / picture.columns)


def test_a_click_beside_the_curve_means_nothing():
    picture = drawn(falling(100), 38, 7)
    assert picture.iteration_at(0) is None
    assert picture.iteration_at(38) is None
    assert drawn([], 38, 7).iteration_at(20) is None
    assert drawn([0.1, 0.2], 38, 7).iteration_at(37) == 1
