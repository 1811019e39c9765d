"""Functions of any number of numbers: the greatest, the least, the mean, the variance."""

from functools import reduce
from typing import Any

from engine.formula.field import Number
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


LARGEST = Function(
    name="max",
    value=_largest,
    writing=Writing(", ", ATOM, (CHOICE,), begin="max(", end=")"),
    latex=Writing(", ", ATOM, (CHOICE,), begin=r"\max(", end=")"),
)
"""The greatest of any number of numbers, of equal ones the first."""
SMALLEST = Function(
    name="min",
    value=_smallest,
    writing=Writing(", ", ATOM, (CHOICE,), begin="min(", end=")"),
    latex=Writing(", ", ATOM, (CHOICE,), begin=r"\min(", end=")"),
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
