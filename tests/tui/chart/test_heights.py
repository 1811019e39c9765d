"""Values stand where they are: round numbers, curve, point and band, in the history, the activation view and what-if.

What is drawn is read back from the screen's text, by the numbers written beside it, and compared with what was given.
"""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tui.chart.curve import Line, Mark, curve_rows, through, window_on
from tui.chart.plot import plot
from tui.chart.series import Series, column_of

BITS = ((0, 3), (1, 4), (2, 5), (6, 7))
"""Of a braille character, by row and column of its dots."""


def lines_of(rows):
    return ["".join(span.text for span in row) for row in rows]


def number_of(text):
    return float(text.replace("−", "-"))


def scale_of(lines):
    """The numbers written beside the axis, by row, without those that are said to be about so much."""
    marked = {row: line.partition("┤")[0].strip() for row, line in enumerate(lines) if "┤" in line}
    return {row: number_of(text) for row, text in marked.items() if text[0] not in "≤≈"}


def dots_of(lines):
    """(row, column) of every dot, in dots from the upper left corner."""
    return {
        (4 * row + down, 2 * column + across)
        for row, line in enumerate(lines)
        for column, letter in enumerate(line)
        if "\u2800" < letter <= "\u28ff"
        for down in range(4)
        for across in range(2)
        if ord(letter) - 0x2800 >> BITS[down][across] & 1
    }


@st.composite
def ranges(draw):
    """A least and a greatest value, of any size and sign; they may be one."""
    size = 10.0 ** draw(st.integers(-200, 200))
    low = draw(st.floats(-1, 1)) * size
    return low, low + draw(st.sampled_from([0.0, 1e-4, 0.1, 1.0, 1e4])) * size


sizes = st.tuples(st.integers(40, 120), st.integers(4, 40))


def values_between(low, high, logarithmic, count=9):
    return np.geomspace(low, high, count) if logarithmic else low / 2 * 2 + (high - low) * np.linspace(0, 1, count)


@given(ranges(), sizes, st.booleans())
@example((0.9539, 0.9539), (45, 9), False)  # dead-relu: it stood a third of the way to 0
@example((0.6343, 0.6343), (45, 9), False)  # unrolled-rnn: on the line of 0.5
@example((3.5e-05, 0.2983), (45, 9), False)  # mazur: below the 0
def test_the_history_puts_a_number_into_the_row_where_it_is_written(around, size, logarithmic):
    low, high = around
    assume(low > 0 or not logarithmic)
    errors = values_between(low, high, logarithmic)
    written = scale_of(lines_of(plot(Series(errors), *size, logarithmic=logarithmic).rows))
    assume(len(written) > 1)
    assert list(written.values()) == sorted(written.values(), reverse=True)
    inside = {row: value for row, value in written.items() if low <= value <= high}
    errors = np.append(errors, list(inside.values()))
    assert scale_of(lines_of(plot(Series(errors), *size, logarithmic=logarithmic).rows)) == written
    for place, row in enumerate(inside, len(errors) - len(inside)):
        point = lines_of(plot(Series(errors), *size, logarithmic=logarithmic, reached=place + 1).rows)
        assert "●" in point[row]
        elsewhere = plot(Series(errors), *size, logarithmic=logarithmic, reached=1)
        curve = lines_of(elsewhere.rows)[row]
        assert "\u2800" < curve[point[row].index("●")] <= "\u28ff" or place == 0


@given(ranges(), sizes, st.booleans())
@example((3.5e-05, 0.2983), (45, 9), False)
def test_the_history_is_right_to_half_a_row(around, size, logarithmic):
    """Between the numbers that are written too: what is above one of them is in no row below its row."""
    low, high = around
    assume(low > 0 or not logarithmic)
    errors = values_between(low, high, logarithmic, 30)
    written = scale_of(lines_of(plot(Series(errors), *size, logarithmic=logarithmic).rows))
    assume(len(written) > 1)
    picture = plot(Series(errors), *size, logarithmic=logarithmic, reached=0, iteration=40)
    dots = dots_of(lines_of(picture.rows))
    little = (
        float(np.ptp(np.log(errors) if logarithmic else errors / max(abs(low), abs(high)))) * 2e-3
        if high > low
        else 0.0
    )
    for k in range(1, 29):
        column = 2 * picture.left + column_of(k, 41, picture.columns * 2)
        rows = {row // 4 for row, at in dots if at == column}
        around_it = errors[k - 1 : k + 2]
        for row, value in written.items():
            if (around_it > value * (1 + little)).all() and value > 0:
                assert max(rows) <= row
            if (around_it < value * (1 - little)).all() and value > 0:
                assert min(rows) >= row


@given(ranges(), sizes, st.integers(0, 8))
def test_a_curve_its_point_and_both_axes_agree(around, size, power):
    """In the activation view and in what-if: the point's cell is one of the curve's, at the numbers of both axes."""
    low, high = around
    columns, rows = size
    xs = np.linspace(-3, 7, 201)
    ys = low / 2 * 2 + (high - low) * ((xs + 3) / 10) ** power
    window = window_on(-3, 7, [ys])
    plain = lines_of(curve_rows([Line(xs, ys, "curve")], [], window, columns, rows))
    written = scale_of(plain)
    assume(len(written) > 1)
    for row, value in written.items():
        if not low <= value <= high:
            continue
        at = float(np.interp(value, ys, xs)) if high > low and power else 2.0
        line = Line(*through(xs, ys, [(at, value)]), "curve")
        marked = lines_of(curve_rows([line], [Mark(at, value, "●", "point")], window, columns, rows))
        assert "●" in marked[row]
        unmarked = lines_of(curve_rows([line], [], window, columns, rows))[row]
        assert "\u2800" < unmarked[marked[row].index("●")] <= "\u28ff"
    ticks = [column for column, letter in enumerate(plain[-2]) if letter == "┬"]
    for column, label in zip(ticks, plain[-1].split(), strict=False):
        mark = Mark(number_of(label), float(ys[0]), "●", "point")
        marked = lines_of(curve_rows([], [mark], window, columns, rows))
        assert [line.index("●") for line in marked if "●" in line] == [column]


@given(st.floats(1e-12, 1e12), st.floats(0, 1e6), sizes, st.booleans())
def test_what_is_positive_is_never_drawn_below_nought(least, ratio, size, logarithmic):
    errors = least * (1 + ratio * np.linspace(1, 0, 200) ** 8)
    lines = lines_of(plot(Series(errors), *size, reached=0, logarithmic=logarithmic).rows)
    floor = next((row for row, value in scale_of(lines).items() if value == 0), None)
    assume(floor is not None)
    assert max(row for row, _ in dots_of(lines)) <= 4 * floor + 1  # of the middle's two dots the upper one


@pytest.mark.parametrize("batches", [2, 19])
@pytest.mark.parametrize("size", [(60, 12), (120, 30)])
def test_the_mean_of_an_epoch_stands_at_its_height(batches, size):
    """All epochs alike, of mean 1 between batches of 0.5 and 1.5, where the axis has numbers."""
    errors = np.tile(np.append([0.5, 1.5], [1.0] * (batches - 2)), 40)
    picture = plot(Series(errors, 0, batches), *size)
    lines = lines_of(picture.rows)
    written = {value: row for row, value in scale_of(lines).items()}
    seen = {(row, span.style) for row, spans in enumerate(picture.rows[1:], 1) for span in spans if span.text.strip()}
    assert {row for row, style in seen if style == "line"} == {written[1.0]}
    assert {row for row, style in seen if style == "band"} >= {written[0.5], written[1.5]}
    top, bottom = (written[1.5], written[0.5])
    assert {row for row, style in seen if style == "band"} <= set(range(top, bottom + 1))
