"""The elementary functions: values by their power series in decimals, slopes by the complex step, and their edges."""

import math
from decimal import Decimal, localcontext
from itertools import count, islice, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.formula.calculus import number_of, value_of
from engine.formula.field import COMPLEX, REAL
from engine.formula.functions import ADD, BY_NAME, DIVIDE, EXP, LOG, MAXIMUM, MINIMUM, NEGATE, RAISE, SQUARE
from engine.formula.tree import ATOM, Function, Symbol, Writing, filled
from engine.formula.written import text_pieces
from engine.program.expression import parse_expression

A, B = Symbol("a"), Symbol("b")
STEP = 1e-30
OF_ONE = [name for name, function in BY_NAME.items() if len(function.slopes) == 1]
DOMAIN = {"log": st.floats(1e-5, 50), "sqrt": st.floats(1e-5, 50)}
anything = st.floats() | st.sampled_from(
    [0.0, -0.0, 1.0, -1.0, 2.0, -3.0, 0.5, 710.0, -746.0, 1e308, math.inf, math.nan]
)


def series(term):
    """Σ term(n), until nothing is added any more."""
    terms = map(term, count())
    first = list(islice(terms, 5))
    return sum(first) + sum(takewhile(lambda part: abs(part) > Decimal("1e-70"), terms))


def odd(x, sign):
    return series(lambda n: Decimal(sign) ** n * x ** (2 * n + 1) / math.factorial(2 * n + 1))


def even(x, sign):
    return series(lambda n: Decimal(sign) ** n * x ** (2 * n) / math.factorial(2 * n) if n else Decimal(1))


def pi():
    """By Machin."""

    def arctangent(q):
        return series(lambda n: Decimal(-1) ** n / (2 * n + 1) / Decimal(q) ** (2 * n + 1))

    return 16 * arctangent(5) - 4 * arctangent(239)


def erf(x):
    terms = series(lambda n: Decimal(-1) ** n * x ** (2 * n + 1) / (math.factorial(n) * (2 * n + 1)))
    return 2 / pi().sqrt() * terms


EXACT = {
    "exp": lambda x: x.exp(),
    "log": lambda x: x.ln(),
    "sqrt": lambda x: x.sqrt(),
    "sin": lambda x: odd(x, -1),
    "cos": lambda x: even(x, -1),
    "tan": lambda x: odd(x, -1) / even(x, -1),
    "sinh": lambda x: odd(x, 1),
    "cosh": lambda x: even(x, 1),
    "tanh": lambda x: odd(x, 1) / even(x, 1),
    "erf": erf,
    "abs": abs,
    "sign": lambda x: Decimal((x > 0) - (x < 0)),
    "step": lambda x: Decimal(int(x > 0)),
}


def test_every_function_has_its_independent_one():
    assert {*EXACT} == {*OF_ONE}


@pytest.mark.parametrize("name", OF_ONE)
@given(data=st.data())
def test_the_value_is_that_of_the_series(name, data):
    x = data.draw(DOMAIN.get(name, st.floats(-5, 5)))
    with localcontext() as context:
        context.prec = 90
        wanted = EXACT[name](Decimal(x))
        value = number_of(BY_NAME[name](A), {A: x}, REAL)
        assert abs(Decimal(value) - wanted) <= Decimal("4e-16") * abs(wanted) + Decimal("1e-300")


@pytest.mark.parametrize("name", OF_ONE)
@given(data=st.data())
def test_the_slope_is_what_the_complex_step_finds(name, data):
    function = BY_NAME[name]
    x = data.draw(DOMAIN.get(name, st.floats(-5, 5)).filter(lambda x: x not in function.kinks))
    slope = number_of(function.slopes[0](function(A)), {A: x}, REAL)
    tilted = number_of(function(A), {A: complex(x, STEP)}, COMPLEX)
    assert tilted.real == pytest.approx(number_of(function(A), {A: x}, REAL), rel=1e-14)
    assert slope == pytest.approx(tilted.imag / STEP, rel=1e-13, abs=1e-15)


@given(st.floats(-27, 27))
def test_the_error_function_of_complex_numbers_keeps_its_digits_far_out(x):
    """Its imaginary part is h·2/√π·e^(−x²), also where erf is 1 to the last digit, and so is that of 1 − erf."""
    with localcontext() as context:
        context.prec = 60
        wanted = 2 / pi().sqrt() * (-(Decimal(x) ** 2)).exp()
        for function, way in (("erf", 1), ("erfc", -1)):
            tilted = getattr(COMPLEX, function)(complex(x, STEP))
            assert tilted.real == getattr(REAL, function)(x)
            found = way * Decimal(tilted.imag) / Decimal(STEP)
            assert abs(found - wanted) <= wanted * Decimal(1e-15 * (2 + x * x)) + Decimal("1e-275")


@given(st.floats(0.01, 20) | st.integers(-9, 9).map(float), st.floats(-5, 5) | st.integers(-300, 300).map(float))
def test_the_slopes_of_a_power(base, exponent):
    if base < 0:
        exponent = float(round(exponent))
    value = REAL.power(base, exponent)
    if not 1e-200 < abs(value) < 1e200:
        return
    by_base, by_exponent = (slope(RAISE(A, B)) for slope in RAISE.slopes)
    numbers = {A: base, B: exponent}
    tilted = COMPLEX.power(complex(base, STEP), exponent)
    assert tilted.real == value
    found = tilted.imag / STEP
    assert number_of(by_base, numbers, REAL) == pytest.approx(found, rel=1e-12)
    assert number_of(RAISE.slopes[0](RAISE(A, exponent)), numbers, REAL) == pytest.approx(found, rel=1e-12)
    if base > 0:
        tilted = COMPLEX.power(base, complex(exponent, STEP))
        assert number_of(by_exponent, numbers, REAL) == pytest.approx(tilted.imag / STEP, rel=1e-12, abs=1e-200)


@pytest.mark.parametrize(
    ("base", "exponent", "value", "by_base", "by_exponent"),
    [
        (-2.0, 3.0, -8.0, 12.0, math.nan),
        (-2.0, 0.5, math.nan, math.nan, math.nan),
        (0.0, 2.0, 0.0, 0.0, 0.0),
        (0.0, 1.0, 0.0, 1.0, 0.0),
        (0.0, 0.0, 1.0, 0.0, 0.0),
        (0.0, 0.5, 0.0, math.inf, 0.0),
        (0.0, -1.0, math.inf, -math.inf, 0.0),
        (10.0, 400.0, math.inf, math.inf, math.inf),
    ],
)
def test_powers_at_their_edges(base, exponent, value, by_base, by_exponent):
    found = [
        number_of(formula, {A: base, B: exponent}, REAL)
        for formula in (RAISE(A, B), *(slope(RAISE(A, B)) for slope in RAISE.slopes))
    ]
    assert found == pytest.approx([value, by_base, by_exponent], nan_ok=True)


@pytest.mark.parametrize(
    ("formula", "a", "value"),
    [
        (DIVIDE(1.0, A), 0.0, math.inf),
        (DIVIDE(1.0, A), -0.0, -math.inf),
        (DIVIDE(A, A), 0.0, math.nan),
        (EXP(A), 1e5, math.inf),
        (LOG(A), 0.0, -math.inf),
        (LOG(A), -1.0, math.nan),
        (BY_NAME["sqrt"](A), -1.0, math.nan),
        (BY_NAME["sin"](A), math.inf, math.nan),
        (BY_NAME["sinh"](A), -1e5, -math.inf),
        (BY_NAME["abs"](A), -0.0, 0.0),
        (BY_NAME["step"](A), 0.0, 0.0),
        (BY_NAME["sign"](A), 0.0, 0.0),
    ],
)
def test_what_is_not_finite_is_a_number_like_others(formula, a, value):
    assert number_of(formula, {A: a}, REAL) == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize("function", [*BY_NAME.values(), DIVIDE, RAISE], ids=lambda function: function.name)
@given(a=anything, b=anything)
def test_nothing_raises(function, a, b):
    operands = (A, B)[: len(function.slopes)]
    call = function(*operands)
    for formula in (call, *(slope(call) for slope in function.slopes)):
        number_of(formula, {A: a, B: b}, REAL)
        number_of(formula, {A: complex(a, STEP), B: complex(b)}, COMPLEX)
        number_of(formula, {A: complex(a), B: complex(b, STEP)}, COMPLEX)


@given(st.floats(-1e5, 1e5))
def test_a_function_that_is_nothing_but_a_formula_does_not_raise_either(x):
    made = Function(
        name="made",
        formula=lambda a: DIVIDE(1.0, ADD(EXP(a), EXP(NEGATE(SQUARE(a))))),
        writing=Writing("{0}", ATOM, (0,)),
    )
    powers = [1e400 if power > 700 else math.exp(power) for power in (x, -x * x)]
    assert value_of(made)(x, REAL) == pytest.approx(1 / sum(powers) if sum(powers) else math.inf)


@pytest.mark.parametrize("function", [MAXIMUM, MINIMUM], ids=lambda function: function.name)
def test_of_two_equal_numbers_it_is_the_first(function):
    slopes = [number_of(slope(function(A, B)), {A: 1.0, B: 1.0}, REAL) for slope in function.slopes]
    assert slopes == [1.0, 0.0]
    assert value_of(function, 2)(complex(1, STEP), complex(1, 0), COMPLEX).imag == STEP
    for a, b in ((1.0, 2.0), (2.0, 1.0)):
        slopes = [number_of(slope(function(A, B)), {A: a, B: b}, REAL) for slope in function.slopes]
        assert slopes == [float(value_of(function, 2)(a, b, REAL) == a), float(value_of(function, 2)(a, b, REAL) == b)]


@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_written_is_read(name):
    """By a person and by the parser of expressions: numbers in place of the letters."""
    function, numbers = BY_NAME[name], {A: 0.25, B: 0.5}
    call = function(*(A, B)[: len(function.slopes)])
    for formula in (call, *(slope(call) for slope in function.slopes)):
        text = "".join(map(str, text_pieces(filled(formula, numbers))))
        assert parse_expression(text).evaluate(lambda _: math.nan) == pytest.approx(number_of(formula, numbers, REAL))
