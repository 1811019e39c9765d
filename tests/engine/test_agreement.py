"""Printed figures against numbers: what is rounded correctly agrees, what is off by one in its last digit does not."""

import math
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.check.agreement import agreement, differs_by, is_weak, like_single
from engine.files.printed import closing_zeros, goes_on, parse_printed, two_readings
from engine.program.scenario import Published

LAST_BITS = 5  # by so many units of a number's last bit a figure may be off a half


def figure(text, decimals=None):
    printed = parse_printed(text, decimals)
    assert printed is not None, text
    zeros = closing_zeros(text) if decimals is None else 0
    return Published(None, text, printed.number, printed.resolution, zeros=zeros, goes_on=goes_on(text))


def how(text, value, spread=0.0, decimals=None):
    return agreement(figure(text, decimals), value, lambda _: spread)


def plain(number):
    return format(number, "f")


def exponent(number, between):
    digits, power = f"{number:e}".split("e")
    return f"{digits}{between}{int(power)}"


def comma(number):
    text = plain(number).replace(".", ",")
    return plain(number) if two_readings(text) else text


def thousands(number):
    text = f"{number:,f}"
    return plain(number) if two_readings(text) else text  # 1,035 is not read


FORMS = {
    "plain": plain,
    "leading dot": lambda number: plain(number).replace("0.", ".", 1) if abs(number) < 1 else plain(number),
    "trailing dot": lambda number: plain(number) + ("." if number.as_tuple().exponent == 0 else ""),
    "minus": lambda number: plain(number).replace("-", "−"),
    "plus": lambda number: plain(number) if number < 0 else "+" + plain(number),
    "times": lambda number: exponent(number, " × 10^"),
    "braces": lambda number: exponent(number, "·10^{") + "}",
    "e": lambda number: exponent(number, "e"),
    "percent": lambda number: plain(number.scaleb(2)) + " %",
    "about": lambda number: "≈ " + plain(number),
    "comma": comma,
    "thousands": thousands,
}
VALUES = st.builds(
    lambda sign, mantissa, power: sign * mantissa * 10.0**power,
    st.sampled_from([1.0, -1.0]),
    st.floats(1.0, 10.0, exclude_max=True),
    st.integers(-12, 9),
)


@settings(max_examples=2000, deadline=None)
@given(VALUES, st.integers(3, 17), st.sampled_from(sorted(FORMS)), st.sampled_from([ROUND_HALF_EVEN, ROUND_HALF_UP]))
def test_what_is_rounded_correctly_agrees_in_every_form(value, digits, form, rounding):
    rounded = Context(prec=digits, rounding=rounding).create_decimal(Decimal(value))
    assert how(FORMS[form](rounded), value) in ("digits", "zeros")


@settings(max_examples=2000, deadline=None)
@given(VALUES, st.integers(3, 17), st.sampled_from(sorted(FORMS)), st.sampled_from([1, -1]))
def test_what_is_off_by_one_in_its_last_digit_does_not_agree(value, digits, form, by):
    context = Context(prec=digits)
    rounded = context.create_decimal(Decimal(value))
    unit = Decimal(1).scaleb(rounded.adjusted() - digits + 1)
    text = FORMS[form](rounded + by * unit)
    off = abs(Fraction(rounded + by * unit) - Fraction(value))
    if off <= Fraction(unit) / 2 + LAST_BITS * Fraction(math.ulp(value)):
        return  # the other way of rounding a half; or 16 or 17 digits, the last of which no number has
    assert how(text, value) is None or figure(text).zeros


@pytest.mark.parametrize("digits", range(3, 15))
def test_up_to_fourteen_digits_one_off_is_found_but_next_to_a_half(digits):
    random = np.random.Generator(np.random.PCG64(digits))
    for value in random.uniform(0.1, 1.0, 300).tolist():
        rounded = Context(prec=digits).create_decimal(Decimal(value))
        unit = Decimal(1).scaleb(-digits)
        for text in (str(rounded + unit), str(rounded - unit)):
            off = abs(Decimal(text) - Decimal(value)) - unit / 2
            if off > Decimal("3.3e-15") and len(text) == digits + 2:
                assert how(text, value, spread=3e-15) is None


@given(st.floats(1e-4, 1, exclude_max=True), st.integers(3, 14))
def test_dots_say_that_digits_go_on_so_they_may_be_cut_off_or_rounded(value, digits):
    for rounding in (ROUND_DOWN, ROUND_HALF_EVEN):
        text = plain(Context(prec=digits, rounding=rounding).create_decimal(Decimal(value)))
        for dots in ("…", "..."):
            assert how(text + dots, value) == "digits"
    cut = Context(prec=digits, rounding=ROUND_DOWN).create_decimal(Decimal(value))
    unit = Decimal(1).scaleb(cut.adjusted() - digits + 1).copy_sign(cut)
    part = abs((Decimal(value) - cut) / unit)
    last_bits = max(Decimal("0.001"), abs(5 * Decimal(math.ulp(value)) / unit))
    if part < 1 - last_bits:
        assert how(f"{plain(cut + 2 * unit)}…", value) is None
    if last_bits < part < 1 - last_bits:
        assert how(f"{plain(cut - unit)}…", value) is None


def test_pythons_own_way_of_rounding_a_half_agrees_as_that_by_hand_does():
    assert f"{2.675:.2f}" == "2.67"
    assert how("2.67", 2.675) == how("2.68", 2.675) == "digits"
    assert how("0.12", 0.125) == how("0.13", 0.125) == "digits"
    assert how("1", 1.5) is None


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("210", 208.3, "zeros"),
        ("210", 214.9, "zeros"),
        ("210", 215.1, None),
        ("210.", 208.3, None),
        ("210", 210.4, "digits"),
        ("1230000", 1234567.0, "zeros"),
        ("2.10 × 10^2", 208.3, None),
        ("20 %", 0.212, "zeros"),
        ("0", 0.4, "digits"),
        ("0", 0.6, None),
    ],
)
def test_zeros_that_end_a_whole_number_need_not_be_digits(text, value, expected):
    assert how(text, value) == expected


@pytest.mark.parametrize(
    ("text", "decimals", "value", "weak"),
    [
        ("1", None, 0.774, True),
        ("0.3", None, 0.3029, True),
        ("0", None, 0.0, True),
        ("0.004", None, 0.004, True),
        ("0.30", None, 0.3029, False),
        ("12", None, 12.1, False),
        ("10", None, 10.2, False),
        ("10", None, 9.3, True),
        ("210", None, 208.3, False),
        ("0.5", 4, 0.50003, False),
    ],
)
def test_what_has_fewer_than_two_significant_digits_is_weak(text, decimals, value, weak):
    found = how(text, value, decimals=decimals)
    assert found is not None
    assert is_weak(figure(text, decimals), found) is weak


def test_zeros_that_were_not_printed_must_match():
    assert how("0.5", 0.5003) == "digits"
    assert how("0.5", 0.5003, decimals=4) is None
    assert how("2.4 × 10^-3", 2.4004e-3, decimals=3) == "digits"
    assert how("2.4 × 10^-3", 2.4006e-3, decimals=3) is None


def test_rounding_explains_what_it_can_and_nothing_more():
    assert how("0.12345678", 0.123456790, spread=1e-8) == "rounding"
    assert how("0.12345678", 0.123456790, spread=1e-9) is None
    assert how("0.12345", 0.12346, spread=1.0) is None  # a short figure is never off by rounding
    asked = []
    assert agreement(figure("0.1234567"), 0.12345671, lambda _: asked.append(1) or 1.0) == "digits"
    assert not asked
    assert agreement(figure("0.12345678"), 0.12345679, lambda lost: 1e-7 if lost else 0.0) == "saturated-slope"


def test_a_number_of_single_precision_is_known_by_its_digits():
    value = 0.59326999210718
    single = repr(float(np.float32(value)))
    assert how(single, value) == "float32"
    moved = repr(float(np.nextafter(np.float32(value), np.float32(1))))
    assert how(moved, value) is None
    assert how(moved, value, spread=2e-16) == "float32"
    assert how(f"{float(single) + 1e-10:.16f}", value, spread=2e-16) is None
    short = figure("0.59327006")
    assert agreement(short, value, lambda _: 2e-16) is None
    assert like_single(short, value, lambda _: 2e-16)
    assert not like_single(figure("0.593270"), value, lambda _: 2e-16)


@pytest.mark.parametrize(
    ("text", "value", "factor"),
    [
        ("-0.35", 0.3512, -1),
        ("1.40", 0.3512, 4),
        ("0.176", 0.3512, Fraction(1, 2)),
        ("-0.702", 0.3512, -2),
        ("35.1", 0.3512, 100),
        ("0.36", 0.3512, None),
        ("0.7", 0.3512, None),  # one digit agrees with anything
    ],
)
def test_a_simple_factor_is_found(text, value, factor):
    assert differs_by(figure(text), value) == factor


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_agrees_with_nothing(value):
    assert how("0.5", value, spread=math.inf) is None
