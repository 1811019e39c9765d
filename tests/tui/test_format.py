"""Numbers as text: what they say is true, and they stay inside their cells."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.words.columns import Column, column
from tui.words.format import DIGITS, fit, next_digits, number, scientific

finite = st.floats(-1e307, 1e307)
everyday = st.floats(-1e4, 1e4)
any_float = finite | everyday | st.sampled_from([math.inf, -math.inf, math.nan])
choices = st.sampled_from(DIGITS)


def parsed(text: str) -> float:
    return float(text.strip().replace("−", "-").replace("∞", "inf"))


def half_unit(text: str) -> float:
    """Half of what the last digit of a text counts."""
    mantissa, _, exponent = text.strip().partition("e")
    return 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def says(text: str, value: float) -> bool:
    if not math.isfinite(value):
        return math.isnan(parsed(text)) if math.isnan(value) else parsed(text) == value
    return abs(parsed(text) - value) <= half_unit(text) * (1 + 1e-9) + 1e-12 * abs(value)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.05, 4, "0.05"),
        (0.3775, 4, "0.3775"),
        (0.5932699921, 4, "0.5933"),
        (0.5932699921, 9, "0.593269992"),
        (0.5932699921071872, None, "0.5932699921071872"),
        (0.050001, 4, "0.05000"),
        (0.1 + 0.2, 4, "0.3"),
        (0.1 + 0.2, None, "0.30000000000000004"),
        (-0.019, 4, "−0.019"),
        (-0.0, 4, "0"),
        (-1e-320, 4, "−1e-320"),
        (0.0000351019, 5, "3.5102e-05"),
        (0.0001, 4, "0.0001"),
        (9.9996, 4, "10.00"),
        (1.0, 4, "1"),
        (2.0, None, "2"),
        (150.0, 4, "150"),
        (123456.7, 4, "123457"),
        (1e7, 4, "1e+07"),
        (1e16, None, "1e+16"),
        (-123456789.25, None, "−123456789.25"),
        (math.inf, 4, "∞"),
        (-math.inf, None, "−∞"),
        (math.nan, 4, "nan"),
    ],
)
def test_number(value, digits, text):
    assert number(value, digits) == text


def test_a_sign_before_every_number_on_request():
    assert [number(v, 4, plus=True) for v in (0.25, -0.25, 0.0)] == ["+0.25", "−0.25", "0"]
    assert fit(0.2512, 5, 4, plus=True) == "+.251"


def test_scientific_is_short():
    assert [scientific(v, 2) for v in (1e-5, -2.5e12, 0)] == ["1e-5", "−2.5e12", "0"]


def test_the_digits_go_round():
    assert [next_digits(d) for d in DIGITS] == [6, 9, None, 4]


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [
        (None, 5, "—"),
        (0.3775, 6, "0.3775"),
        (0.3775, 5, ".3775"),
        (-0.019, 5, "−.019"),
        (-0.0190123, 6, "−.0190"),
        (0.004, 5, "0.004"),
        (0.000042, 5, "4e-5"),
        (0.000042, 6, "4.2e-5"),
        (0.0000351019, 8, "3.510e-5"),
        (123456.7, 5, "1.2e5"),
        (-1e-100, 5, "−tiny"),
        (-1e100, 6, "−1e100"),
        (-1e100, 5, "−huge"),
        (-math.inf, 5, "−∞"),
    ],
)
def test_fit(value, width, text):
    assert fit(value, width, 4) == text


def test_a_column_lines_up_by_the_decimal_point():
    assert column([0.15, -0.000219, 123.4, 3.5e-05, None, 2.0, 0.0, -math.inf], 10, 4) == [
        "  0.15    ",
        " −0.000219",
        "123.4     ",
        "  3.5e-5  ",
        "   —      ",
        "  2       ",
        "  0       ",
        " −∞       ",
    ]


def test_numbers_too_small_for_their_column_become_powers_of_ten():
    assert column([0.3775, -0.00000219], 8, 4) == [" 0.3775 ", "−2.19e-6"]


def test_a_narrow_column_drops_its_zeros():
    assert column([0.3775, -0.0190123], 6, 4) == [" .3775", "−.0190"]


def test_the_points_stay_when_the_numbers_move():
    first, second = column([0.15, 0.2], 12, 4), column([-0.1498, 0.19956], 12, 4)
    assert {text.index(".") for text in first + second} == {5}


@pytest.mark.parametrize(
    ("values", "width", "texts"),
    [
        ([9.996, 1.25], 4, ["10  ", " 1.2"]),
        ([9.996, 0.05], 3, ["huge", ".05"]),
        ([99.96], 4, [" 1e2"]),
        ([-0.9996], 4, ["−1  "]),
        ([9.99e-7], 5, [" 1e-6"]),
    ],
)
def test_rounding_may_make_a_number_longer(values, width, texts):
    assert column(values, width, None) == texts


def test_columns_of_nothing():
    assert column([], 8, 4) == []
    assert [len(text) for text in column([None, math.nan], 8, 4)] == [8, 8]


@given(any_float, choices)
def test_number_is_true(value, digits):
    assert says(number(value, digits), value)


@given(finite)
def test_all_digits_bring_back_the_value(value):
    assert parsed(number(value, None)) == value


@given(any_float, choices, st.integers(5, 24), st.booleans())
def test_fit_is_true_and_fits(value, digits, width, plus):
    text = fit(value, width, digits, plus=plus)
    assert len(text) <= width
    if "tiny" in text or "huge" in text:
        assert width < 7
    else:
        assert says(text, value)


@given(everyday, choices, st.integers(5, 24))
def test_more_room_never_says_less(value, digits, width):
    text, whole = fit(value, width, digits), fit(value, 24, digits)
    near, far = (math.inf if "tiny" in t else abs(parsed(t) - value) for t in (text, whole))
    assert far <= near * (1 + 1e-9) + 1e-12 * abs(value)


@given(finite, finite, choices)
def test_order_is_kept(one, other, digits):
    low, high = sorted((one, other))
    assert parsed(number(low, digits)) <= parsed(number(high, digits))


@given(st.lists(st.none() | any_float, max_size=12), choices, st.integers(5, 24))
def test_columns(values, digits, width):
    cells = column(values, width, digits)
    assert all(len(text) == width for text in cells)
    assert len({text.index(".") for text in cells if "." in text}) <= 1
    for text, value in zip(cells, values, strict=True):
        if value is None:
            assert text.strip() == "—"
        elif "tiny" in text or "huge" in text:
            assert width < 7
        else:
            assert says(text, value)


@given(st.lists(st.none() | any_float | everyday, min_size=1, max_size=12), choices, st.permutations(range(5, 25)))
def test_a_block_is_its_column_without_the_margins_whatever_was_tried_before(values, digits, widths):
    tried = Column(values, digits)
    for width in widths:
        cells = column(values, width, digits)
        left = min(len(text) - len(text.lstrip()) for text in cells)
        right = max(len(text.rstrip()) for text in cells)
        assert tried.block(width) == [text[left:right] for text in cells]
