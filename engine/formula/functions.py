"""The elementary functions that formulas are made of: value, slopes and writing of each in one record."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.formula.conditional import conditional
from engine.formula.corner import Corner
from engine.formula.exact import of_arrays
from engine.formula.field import Functions, Number
from engine.formula.tree import (
    ATOM,
    CHOICE,
    FUNCTIONS,
    POWER,
    PRODUCT,
    SUM,
    Call,
    Formula,
    Function,
    Spelled,
    Symbol,
    Writing,
)

HALF = Symbol("½", r"\tfrac{1}{2}", 0.5)
FIRST = {
    name: f"Several are the {which}: the slope by the first of them is taken as 1, by the others 0."
    for name, which in (("max", "greatest"), ("min", "least"))
}
"""What is said where several numbers are the same."""
PI = Symbol("π", r"\pi", math.pi)


def _total(*terms: Any) -> Any:
    *numbers, _ = terms
    total = numbers[0]
    for number in numbers[1:]:
        total = total + number
    return total + 0.0


def _maximum(a: Number, b: Number, f: Functions[Number]) -> Number:
    return b if b.real > a.real else a


def _minimum(a: Number, b: Number, f: Functions[Number]) -> Number:
    return b if b.real < a.real else a


def _choice(value: Number, x: Number, bound: Number, other: Number, f: Functions[Number]) -> Number:
    return value if x.real > bound.real else other


def signs(a: Any) -> Any:
    """−1, 0 or 1 of each of an array's numbers."""
    zero = a - a
    return np.where(a > 0, zero + 1, np.where(a < 0, zero - 1, zero))


def _over(call: Call) -> Formula:
    return NEGATE(DIVIDE(call, call.arguments[1]))


def _by_base(base: Formula, exponent: Formula) -> Formula:
    """b·a^(b − 1), without a power that is none."""
    if not isinstance(exponent, float):
        return MULTIPLY(exponent, RAISE(base, SUBTRACT(exponent, 1.0)))
    if exponent in (0.0, 1.0):
        return exponent
    return MULTIPLY(exponent, base if exponent == 2.0 else RAISE(base, exponent - 1.0))


def _by_base_value(base: Number, exponent: Number, f: Functions[Number]) -> Number:
    return exponent * f.power(base, exponent - 1) if exponent else exponent - exponent


def _by_exponent_value(base: Number, exponent: Number, f: Functions[Number]) -> Number:
    return f.power(base, exponent) * f.log(base) if base.real else base - base


ADD = Function(
    name="+",
    value=lambda a, b, f: a + b,
    slopes=(lambda c: 1.0, lambda c: 1.0),
    writing=Writing("{0} + {1}", SUM, (SUM, SUM)),
    code=Writing("{0} + {1}", SUM, (SUM, PRODUCT)),
)
TOTAL = Function(
    name="sum",
    value=_total,
    writing=Writing(" + ", SUM, (SUM,), end=""),
    code=Writing(" + ", SUM, (SUM, PRODUCT), end=" + 0.0"),
)
"""A sum of any number of terms, from the first to the last; as `ordered_sum` has it, never −0."""
SUBTRACT = Function(
    name="-",
    value=lambda a, b, f: a - b,
    slopes=(lambda c: 1.0, lambda c: -1.0),
    writing=Writing("{0} − {1}", SUM, (SUM, PRODUCT)),
    latex=Writing("{0} - {1}", SUM, (SUM, PRODUCT)),
    code=Writing("{0} - {1}", SUM, (SUM, PRODUCT)),
)
NEGATE = Function(
    name="negate",
    value=lambda a, f: -a,
    slopes=(lambda c: -1.0,),
    writing=Writing("−{0}", SUM, (PRODUCT,)),
    latex=Writing("-{0}", SUM, (PRODUCT,)),
    code=Writing("-{0}", POWER, (ATOM,)),
)
MULTIPLY = Function(
    name="*",
    value=lambda a, b, f: a * b,
    slopes=(lambda c: c.arguments[1], lambda c: c.arguments[0]),
    writing=Writing("{0}·{1}", PRODUCT, (PRODUCT, PRODUCT)),
    latex=Writing(r"{0} \cdot {1}", PRODUCT, (PRODUCT, PRODUCT)),
    code=Writing("{0} * {1}", PRODUCT, (PRODUCT, POWER)),
)
DIVIDE: Function = Function(
    name="/",
    value=lambda a, b, f: f.quotient(a, b),
    slopes=(lambda c: DIVIDE(1.0, c.arguments[1]), _over),
    writing=Writing("{0} / {1}", PRODUCT, (PRODUCT, POWER)),
    latex=Writing(r"\dfrac{{{0}}}{{{1}}}", PRODUCT, (CHOICE, CHOICE)),
    code=Writing("{0} / {1}", PRODUCT, (PRODUCT, POWER)),
)
POWER_BY_BASE = Function(
    name="power by its base",
    formula=_by_base,
    value=_by_base_value,
    writing=Writing("∂({0}^{1})/∂{0}", ATOM, (ATOM, ATOM)),
)
POWER_BY_EXPONENT = Function(
    name="power by its exponent",
    formula=lambda a, b: MULTIPLY(RAISE(a, b), LOG(a)),
    value=_by_exponent_value,
    writing=Writing("∂({0}^{1})/∂{1}", ATOM, (ATOM, ATOM)),
    scripts={
        "numpy": Spelled(
            Writing("power_by_exponent({0}, {1})", ATOM, (CHOICE,)),
            define="""
def power_by_exponent(a, b):
    return a**b * np.log(np.where(a == 0, 1, a))  # 0 where a is
""",
        )
    },
)
"""a^b·ln a; of base 0 it is 0, of a negative one it has no value."""
RAISE: Function = Function(
    name="**",
    value=lambda a, b, f: f.power(a, b),
    slopes=(lambda c: POWER_BY_BASE(*c.arguments), lambda c: POWER_BY_EXPONENT(*c.arguments)),
    writing=Writing("{0}^{1}", POWER, (ATOM, ATOM), takes_sign=True),
    latex=Writing("{0}^{{{1}}}", POWER, (ATOM, CHOICE)),
    code=Writing("{0} ** {1}", POWER, (ATOM, ATOM)),
)
SQUARE = Function(
    name="square",
    value=lambda a, f: a * a,
    slopes=(lambda c: MULTIPLY(2.0, c.arguments[0]),),
    writing=Writing("{0}²", POWER, (ATOM,)),
    latex=Writing("{0}^{{2}}", POWER, (ATOM,)),
    code=Writing("{0} * {0}", PRODUCT, (POWER,)),
    scripts=dict.fromkeys(("numpy", "torch"), Spelled(Writing("{0} ** 2", POWER, (ATOM,)))),
)
EXP = Function(
    name="exp",
    value=lambda a, f: f.exp(a),
    slopes=(lambda c: c,),
    writing=Writing("e^{0}", POWER, (ATOM,), takes_sign=True),
    latex=Writing("e^{{{0}}}", POWER, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}exp({{0}})", ATOM, (CHOICE,)),
    arrays=lambda a: of_arrays("exp")(a),
)
LOG: Function = Function(
    name="log",
    value=lambda a, f: f.log(a),
    slopes=(lambda c: DIVIDE(1.0, c.arguments[0]),),
    writing=Writing("ln {0}", POWER, (POWER,), "ln{0}"),
    latex=Writing(r"\ln {0}", POWER, (POWER,)),
    code=Writing(f"{FUNCTIONS}log({{0}})", ATOM, (CHOICE,)),
    arrays=lambda a: of_arrays("log")(a),
)
HYPERBOLIC_TANGENT = Function(
    name="tanh",
    value=lambda a, f: f.tanh(a),
    slopes=(lambda c: SUBTRACT(1.0, SQUARE(c)),),
    writing=Writing("tanh({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\tanh({0})", ATOM, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}tanh({{0}})", ATOM, (CHOICE,)),
    arrays=lambda a: of_arrays("tanh")(a),
)
SINE = Function(
    name="sin",
    value=lambda a, f: f.sin(a),
    slopes=(lambda c: COSINE(c.arguments[0]),),
    writing=Writing("sin({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\sin({0})", ATOM, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}sin({{0}})", ATOM, (CHOICE,)),
)
COSINE: Function = Function(
    name="cos",
    value=lambda a, f: f.cos(a),
    slopes=(lambda c: NEGATE(SINE(c.arguments[0])),),
    writing=Writing("cos({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\cos({0})", ATOM, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}cos({{0}})", ATOM, (CHOICE,)),
)
TANGENT = Function(
    name="tan",
    value=lambda a, f: f.tan(a),
    slopes=(lambda c: ADD(1.0, SQUARE(c)),),
    writing=Writing("tan({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\tan({0})", ATOM, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}tan({{0}})", ATOM, (CHOICE,)),
)
HYPERBOLIC_SINE = Function(
    name="sinh",
    value=lambda a, f: f.sinh(a),
    slopes=(lambda c: HYPERBOLIC_COSINE(c.arguments[0]),),
    writing=Writing("sinh({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\sinh({0})", ATOM, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}sinh({{0}})", ATOM, (CHOICE,)),
)
HYPERBOLIC_COSINE: Function = Function(
    name="cosh",
    value=lambda a, f: f.cosh(a),
    slopes=(lambda c: HYPERBOLIC_SINE(c.arguments[0]),),
    writing=Writing("cosh({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\cosh({0})", ATOM, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}cosh({{0}})", ATOM, (CHOICE,)),
)
ERROR_FUNCTION = Function(
    name="erf",
    value=lambda a, f: f.erf(a),
    slopes=(lambda c: MULTIPLY(DIVIDE(2.0, SQRT(PI)), EXP(NEGATE(SQUARE(c.arguments[0])))),),
    writing=Writing("erf({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\operatorname{{erf}}({0})", ATOM, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}erf({{0}})", ATOM, (CHOICE,)),
    scripts={
        "numpy": Spelled(
            Writing("erf({0})", ATOM, (CHOICE,)), define="import math\n\nerf = np.vectorize(math.erf, otypes=[float])"
        )
    },
)
SQRT: Function = Function(
    name="sqrt",
    value=lambda a, f: f.sqrt(a),
    slopes=(lambda c: DIVIDE(1.0, MULTIPLY(2.0, c)),),
    writing=Writing("√({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\sqrt{{{0}}}", ATOM, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}sqrt({{0}})", ATOM, (CHOICE,)),
    arrays=np.sqrt,
)
MAXIMUM = Function(
    name="max",
    value=_maximum,
    slopes=(
        lambda c: CHOOSE(0.0, c.arguments[1], c.arguments[0], 1.0),
        lambda c: CHOOSE(1.0, c.arguments[1], c.arguments[0], 0.0),
    ),
    writing=Writing("max({0}, {1})", ATOM, (CHOICE, CHOICE)),
    latex=Writing(r"\max({0}, {1})", ATOM, (CHOICE, CHOICE)),
    code=Writing(f"{FUNCTIONS}maximum({{0}}, {{1}})", ATOM, (CHOICE,)),
    # PyTorch's own shares out where both are the same
    scripts={"torch": Spelled(Writing("torch.where({1} > {0}, {1}, {0})", ATOM, (SUM,)))},
    of_one=Writing("({1} if {1}.real > {0}.real else {0})", ATOM, (ATOM,)),
    arrays=lambda a, b: np.where(b > a, b, a),
    corner=lambda c: SUBTRACT(*c.arguments),
    tie=FIRST["max"],
)
"""Where both are the same it is the first."""
MINIMUM = Function(
    name="min",
    value=_minimum,
    slopes=(
        lambda c: CHOOSE(0.0, c.arguments[0], c.arguments[1], 1.0),
        lambda c: CHOOSE(1.0, c.arguments[0], c.arguments[1], 0.0),
    ),
    writing=Writing("min({0}, {1})", ATOM, (CHOICE, CHOICE)),
    latex=Writing(r"\min({0}, {1})", ATOM, (CHOICE, CHOICE)),
    code=Writing(f"{FUNCTIONS}minimum({{0}}, {{1}})", ATOM, (CHOICE,)),
    # PyTorch's own shares out where both are the same
    scripts={"torch": Spelled(Writing("torch.where({1} < {0}, {1}, {0})", ATOM, (SUM,)))},
    of_one=Writing("({1} if {1}.real < {0}.real else {0})", ATOM, (ATOM,)),
    arrays=lambda a, b: np.where(b < a, b, a),
    corner=lambda c: SUBTRACT(*c.arguments),
    tie=FIRST["min"],
)
"""Where both are the same it is the first."""
CHOOSE: Function = conditional("choose", ">", _choice, lambda value, x, bound, other: np.where(x > bound, value, other))
"""The first argument where the second is greater than the third, else the last."""
ABSOLUTE: Function = Function(
    name="abs",
    value=lambda a, f: f.abs(a),
    slopes=(lambda c: SIGN(c.arguments[0]),),
    writing=Writing("|{0}|", ATOM, (CHOICE,)),
    latex=Writing(r"\left|{0}\right|", ATOM, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}abs({{0}})", ATOM, (CHOICE,)),
    arrays=np.abs,
    kinks=(0.0,),
    corners=(Corner(0.0, -1.0, 1.0, 0.5),),
)
SIGN: Function = Function(
    name="sign",
    value=lambda a, f: f.sign(a),
    slopes=(lambda c: 0.0,),
    writing=Writing("sign({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\operatorname{{sign}}({0})", ATOM, (CHOICE,)),
    code=Writing(f"{FUNCTIONS}sign({{0}})", ATOM, (CHOICE,)),
    arrays=signs,
    kinks=(0.0,),
)
"""−1, 0 or 1."""
STEP = Function(
    name="step",
    formula=lambda x: CHOOSE(1.0, x, 0.0, 0.0),
    slopes=(lambda c: 0.0,),
    scripts={"torch": Spelled(Writing("torch.relu({0}).sign()", ATOM, (CHOICE,)))},  # autograd has to go through it
    writing=Writing("step({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\operatorname{{step}}({0})", ATOM, (CHOICE,)),
    kinks=(0.0,),
)
"""1 above 0, else 0."""
EQUALS = Function(
    name="=",
    value=lambda a, b, f: b,
    writing=Writing("{0} = {1}", CHOICE, (SUM, CHOICE)),
)
"""Two ways to write one number: it is only written, never computed."""
MEAN = Function(
    name="mean",
    value=lambda count, a, f: a / count,
    writing=Writing("1/{0} {1}", PRODUCT, (ATOM, PRODUCT)),
    latex=Writing(r"\dfrac{{1}}{{{0}}} \, {1}", PRODUCT, (ATOM, PRODUCT)),
)
"""A number of parts, and their sum: how a general rule writes their mean."""
SIGMA = Function(
    name="sum of all",
    value=lambda a, f: a,
    writing=Writing("Σ {0}", POWER, (PRODUCT,)),
    latex=Writing(r"\sum {0}", POWER, (PRODUCT,)),
)
"""The sign of a sum in a general rule: it is only written, never computed."""

BY_NAME: Mapping[str, Function] = {
    function.name: function
    for function in (
        *(EXP, LOG, SQRT, SINE, COSINE, TANGENT, HYPERBOLIC_SINE, HYPERBOLIC_COSINE, HYPERBOLIC_TANGENT),
        *(ERROR_FUNCTION, ABSOLUTE, SIGN, STEP, MAXIMUM, MINIMUM),
    )
}
"""The elementary functions that people call by a name; `log` is the natural one, as in programs."""


def is_of_one_number(formula: Formula) -> bool:
    """Whether a formula is a function of one number, element by element, and no mere sign."""
    if not isinstance(formula, Call) or len(formula.arguments) != 1 or formula.function.across is not None:
        return False
    return formula.function not in (NEGATE, TOTAL, SIGMA)
