"""What is made of formulas: numbers over either field."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from engine.formula.field import Functions
from engine.formula.functions import ADD, CHOOSE, MULTIPLY, NEGATE, SUBTRACT
from engine.formula.tree import Call, Formula, Function, Leaf, Symbol
from engine.formula.written import code

_LETTERS = tuple(Symbol(letter) for letter in "abcdegh")


@cache
def value_of(function: Function, count: int = 1) -> Callable[..., Any]:
    """How a function of so many arguments is computed: `value(a, b, f)`.

    Raises:
        TypeError: it has neither a value of its own nor a formula that Python can write.
    """
    if function.value is not None:
        return function.value
    letters = _LETTERS[:count]
    body = code(function(*letters), lambda leaf: leaf.text if isinstance(leaf, Symbol) else "", "f.")
    quick: Callable[..., Any] = eval(f"lambda {', '.join(letter.text for letter in letters)}, f: {body}")
    formula = function(*letters) if function.formula is None else function.formula(*letters)

    def value(*arguments: Any) -> Any:
        try:
            return quick(*arguments)  # our own text: nothing of a file is in it
        except ArithmeticError:  # Python's arithmetic raises where that of the field gives ±inf or nan
            *numbers, f = arguments
            return number_of(formula, dict(zip(letters, numbers, strict=True)), f)

    return value


def number_of(formula: Formula, values: Mapping[Leaf, Any], f: Functions[Any]) -> Any:
    """The value of a formula of single numbers.

    Args:
        formula: its leaves are among `values`, or constants.
        values: numbers of the field.
        f: the field.
    """
    if isinstance(formula, float):
        return formula
    if isinstance(formula, Call):
        arguments = [number_of(argument, values, f) for argument in formula.arguments]
        return value_of(formula.function, len(arguments))(*arguments, f)
    if isinstance(formula, Symbol) and formula.value is not None:
        return formula.value
    return values[formula]


def derivative(formula: Formula, by: Leaf) -> Formula:
    """The derivative of a formula of single numbers by one of its leaves, by the chain rule; no zeros, no factors 1."""
    if formula == by:
        return 1.0
    if not isinstance(formula, Call):
        return 0.0
    if formula.function is CHOOSE:
        value, x, bound, other = formula.arguments
        return CHOOSE(derivative(value, by), x, bound, derivative(other, by))
    total: Formula = 0.0
    for place, argument in enumerate(formula.arguments):
        inner = derivative(argument, by)
        if inner != 0.0:
            total = _plus(total, _times(formula.function.slopes[place](formula), inner))
    return total


def _times(a: Formula, b: Formula) -> Formula:
    if a == 0.0 or b == 0.0:
        return 0.0
    if a == 1.0 or b == 1.0:
        return b if a == 1.0 else a
    if a == -1.0 or b == -1.0:
        return _negative(b if a == -1.0 else a)
    return MULTIPLY(a, b)


def _plus(a: Formula, b: Formula) -> Formula:
    if a == 0.0 or b == 0.0:
        return b if a == 0.0 else a
    if isinstance(b, Call) and b.function is NEGATE:
        return SUBTRACT(a, b.arguments[0])
    return ADD(a, b)


def _negative(a: Formula) -> Formula:
    if isinstance(a, float):
        return -a
    if isinstance(a, Call) and a.function is NEGATE:
        return a.arguments[0]
    if isinstance(a, Call) and a.function is SUBTRACT:
        return SUBTRACT(*reversed(a.arguments))
    return NEGATE(a)
