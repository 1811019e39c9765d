"""Functions of any number of numbers: the greatest, the least, the mean, the variance."""

from functools import reduce
from typing import Any

from engine.formula.field import Number
from engine.formula.functions import FIRST
from engine.formula.tree import ATOM, CHOICE, Function, Writing


def _largest(*terms: Any) -> Any:
    return reduce(lambda best, x: x if x.real > best.real or _is_first_nan(best, x) else best, terms[:-1])


def _smallest(*terms: Any) -> Any:
    return reduce(lambda best, x: x if x.real < best.real or _is_first_nan(best, x) else best, terms[:-1])


def _is_first_nan(best: Number, x: Number) -> bool:
    """Whether what is no number comes in: then there is no greatest."""
    return x.real != x.real and best.real == best.real


def _average(*terms: Any) -> Any:
    *numbers, _ = terms
    total = numbers[0]
    for number in numbers[1:]:
        total = total + number
    return (total + 0.0) / len(numbers)


def _variance(*terms: Any) -> Any:
    *numbers, f = terms
    mean = _average(*terms)
    differences = [number - mean for number in numbers]
    return _average(*(difference * difference for difference in differences), f)


def _lead(*terms: Any) -> Any:
    *numbers, _ = terms
    second, first = sorted(number.real for number in numbers)[-2:]
    return first - second


def _least_lead(*terms: Any) -> Any:
    *numbers, _ = terms
    first, second = sorted(number.real for number in numbers)[:2]
    return second - first


def _count(*terms: Any) -> Any:
    first, *others, _ = terms
    return 1.0 + sum(1.0 for other in others if other.real == first.real)


LEAD = Function(name="lead", value=_lead, writing=Writing(", ", ATOM, (CHOICE,), begin="lead(", end=")"))
"""By how much the greatest of several numbers is greater than the next."""
LEAST_LEAD = Function(name="lead", value=_least_lead, writing=LEAD.writing)
"""By how much the least is less than the next."""
COUNT = Function(
    name="count",
    value=_count,
    writing=Writing(", ", ATOM, (CHOICE,), begin="count(", end=")"),
    latex=Writing(", ", ATOM, (CHOICE,), begin=r"\operatorname{count}(", end=")"),
)
"""How many of several numbers are the same as the first, which is one of them."""
LARGEST = Function(
    name="max",
    value=_largest,
    writing=Writing(", ", ATOM, (CHOICE,), begin="max(", end=")"),
    latex=Writing(", ", ATOM, (CHOICE,), begin=r"\max(", end=")"),
    corner=lambda c: LEAD(*c.arguments),
    tie=FIRST["max"],
)
"""The greatest of any number of numbers, of equal ones the first."""
SMALLEST = Function(
    name="min",
    value=_smallest,
    writing=Writing(", ", ATOM, (CHOICE,), begin="min(", end=")"),
    latex=Writing(", ", ATOM, (CHOICE,), begin=r"\min(", end=")"),
    corner=lambda c: LEAST_LEAD(*c.arguments),
    tie=FIRST["min"],
)
"""The least, likewise."""
AVERAGE = Function(
    name="mean",
    value=_average,
    writing=Writing(", ", ATOM, (CHOICE,), begin="mean(", end=")"),
    latex=Writing(", ", ATOM, (CHOICE,), begin=r"\operatorname{mean}(", end=")"),
)
"""The mean of any number of numbers."""
VARIANCE = Function(
    name="var",
    value=_variance,
    writing=Writing(", ", ATOM, (CHOICE,), begin="var(", end=")"),
    latex=Writing(", ", ATOM, (CHOICE,), begin=r"\operatorname{var}(", end=")"),
)
"""Their mean squared distance from it."""
