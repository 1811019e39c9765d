"""What a calculation by hand may lose to rounding, from its formula: of functions by their definitions.

The engine keeps digits that a calculation as it is written does not: 1 − y of a y near 1. Both numbers here are in
units of a rounding's relative size.
"""

import math

from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.functions import ADD, DIVIDE, MULTIPLY, NEGATE, SUBTRACT, TOTAL
from engine.formula.tree import Call, Formula, Function, Leaf, Operand, leaves

SUMS = (ADD, SUBTRACT, TOTAL)


def number(formula: Formula) -> float:
    """The number of a formula whose operands are known; nan where one is not."""
    numbers: dict[Leaf, float] = {}
    for leaf in leaves(formula):
        if isinstance(leaf, Operand):
            numbers[leaf] = math.nan if leaf.value is None else leaf.value
    return float(number_of(formula, numbers, REAL))


def cancelled(formula: Formula) -> float:
    """How large the terms of its sums are, times what these are multiplied with: so far from 0 their sum may end."""
    return _finite(_cancelled(formula))


def lost(formula: Formula) -> float:
    """How much rounding of every number in it may come to in its result."""
    return _finite(_lost(formula))


def _finite(size: float) -> float:
    return size if math.isfinite(size) else 0.0


def _cancelled(formula: Formula) -> float:
    if not isinstance(formula, Call):
        return 0.0
    function, arguments = formula.function, formula.arguments
    inner = [_cancelled(argument) for argument in arguments]
    if function in SUMS:
        return sum(abs(number(argument)) for argument in arguments) + sum(inner)
    if function is NEGATE:
        return inner[0]
    if function is MULTIPLY:
        return abs(number(arguments[0])) * inner[1] + abs(number(arguments[1])) * inner[0]
    if function is DIVIDE:
        return inner[0] / abs(number(arguments[1]) or math.nan)
    if function.formula is not None and len(arguments) > 1:  # a loss; of one number a function keeps its digits
        return _cancelled(function.formula(*arguments))
    return 0.0


def _lost(formula: Formula) -> float:
    own = abs(number(formula))
    if not isinstance(formula, Call):
        return own
    function, arguments = formula.function, formula.arguments
    if function.formula is not None:
        return own + _lost(function.formula(*arguments))
    return own + sum(_slope(function, formula, place) * _lost(argument) for place, argument in enumerate(arguments))


def _slope(function: Function, call: Call, place: int) -> float:
    """How much of an argument's rounding goes through a function; of one without slopes, a choice, all of it."""
    return abs(number(function.slopes[place](call))) if place < len(function.slopes) else 1.0
