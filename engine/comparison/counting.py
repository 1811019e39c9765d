"""Which layer a number in a name means: people count from 1, programs from 0, frameworks what lies between as well."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from engine.comparison.naming import Meaning


class First(NamedTuple):
    """The number of the first layer: of weights and biases, of total inputs, of outputs (0 may be what goes in)."""

    parameters: int
    x: int
    y: int


WAYS = (First(1, 1, 1), First(1, 0, 0), First(0, 1, 1), First(0, 0, 0), First(1, 0, 1), First(0, 0, 1))
"""The ways to count, the most usual first."""


def counting(first: First, in_order: Mapping[int, int], depth: int) -> Callable[[Meaning], int | None]:
    """Layers by their numbers."""

    def layer(one: Meaning) -> int | None:
        if one.last and one.number is None:
            return depth
        if one.module and one.family in ("weight", "bias"):
            number = -1 if one.number is None else one.number
            if len(in_order) == depth:
                return in_order.get(number)
            if one.number is not None and one.number % 2 == 0 and all(other % 2 == 0 for other in in_order):
                return one.number // 2 + 1
        if one.number is None:
            return None if one.hidden and depth != 2 and one.family in ("x", "y") else 1
        of = {"x": first.x, "y": first.y}.get(one.family, first.parameters)
        return one.number + 1 - of

    return layer


def counted(first: First, meanings: Iterable[Meaning]) -> str:
    """What is to be said of how layers are counted: nothing where from 1."""
    there = {one.family for one in meanings if one.number is not None}
    groups = (({"weight", "bias"}, first.parameters, "weights and biases"),)
    of_nodes = (({"x", "y"}, first.x, "total inputs and outputs"),)
    if first.x != first.y:
        of_nodes = (({"x"}, first.x, "total inputs"), ({"y"}, first.y, "outputs"))  # type: ignore[assignment]
    from_zero = [words for families, number, words in (*groups, *of_nodes) if families & there and number == 0]
    return f"{' and '.join(from_zero)} are counted from 0: 0 is layer 1" if from_zero else ""
