"""Softmax: an activation of a whole layer, with a matrix of slopes."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.formula import lines
from engine.formula.arithmetic import ordered_sum
from engine.formula.exact import of_arrays
from engine.formula.field import Functions, Number
from engine.formula.functions import DIVIDE, EXP, MULTIPLY, NEGATE, SUBTRACT, TOTAL
from engine.formula.lines import RowLines
from engine.formula.tree import Formula

Array = NDArray[Any]


class Softmax:
    """A function of a whole row: every output depends on every input."""

    lines: ClassVar[RowLines | None] = lines.SOFTMAX

    @staticmethod
    def outputs(x: list[Number], f: Functions[Number]) -> list[Number]:
        """y_j = e^x_j / Σ_k e^x_k for one example, with the largest x taken out so that nothing overflows.

        All of it is taken out, not its real part alone: its own power is then exactly 1 whichever x is shifted by ih,
        and the complex step never subtracts nearly equal numbers to get the slope of an output near 1.
        """
        largest = max(x, key=lambda value: value.real)
        powers = [f.exp(value - largest) for value in x]
        total = powers[0]
        for power in powers[1:]:
            total = total + power
        return [power / total for power in powers]

    @staticmethod
    def outputs_of_rows(x: Array) -> Array:
        """The same of every row, real, to the last bit."""
        turned = np.ascontiguousarray(x.T)
        powers = of_arrays("exp")(turned - np.maximum.reduce(turned))
        return np.ascontiguousarray((powers / ordered_sum(powers)).T)

    @staticmethod
    def jacobian(y: list[float], *, of_outputs: bool = False) -> list[list[float]]:
        """Row j, column k: dy_j/dx_k = y_j·(1 − y_j) on the diagonal, −y_j·y_k beside it.

        1 − y_j is summed from the other outputs, but with `of_outputs`: subtracting loses every digit as y_j nears 1.
        """
        rest = [1 - y_j if of_outputs else sum_of_others(y, j) for j, y_j in enumerate(y)]
        return [[y_j * rest[j] if k == j else -y_j * y_k for k, y_k in enumerate(y)] for j, y_j in enumerate(y)]

    @staticmethod
    def jacobians(y: Array) -> Array:
        """The same of every row, with 1 − y_j summed from the others, to the last bit."""
        found = -y[:, :, np.newaxis] * y[:, np.newaxis, :]
        own = np.arange(y.shape[1])
        found[:, own, own] = y * all_sums_of_others(y)
        return found

    @staticmethod
    def output(row: Sequence[Formula], j: int) -> Formula:
        """e^x_j / Σ_k e^x_k."""
        return DIVIDE(EXP(row[j]), TOTAL(*map(EXP, row)))

    @staticmethod
    def slope(outputs: Sequence[Formula], j: int, k: int) -> Formula:
        """dy_j/dx_k."""
        y = outputs[j]
        return MULTIPLY(y, SUBTRACT(1.0, y)) if j == k else NEGATE(MULTIPLY(y, outputs[k]))


def sum_of_others(numbers: list[float], j: int) -> float:
    """The sum of all but the j-th, from the left to the right: 1 − y_j with every digit, where they sum to 1."""
    total = 0.0
    for k, number in enumerate(numbers):
        if k != j:
            total += number
    return total


def sums_of_others(rows: Array, columns: Array) -> Array:
    """The same of each row, without the element in its column."""
    others = rows.T.copy()
    others[columns, np.arange(len(rows))] = 0.0  # to add nothing changes no sum that begins with 0
    return ordered_sum(others)


def all_sums_of_others(rows: Array) -> Array:
    """Of each element of every row the sum of the others."""
    count, n = rows.shape
    return sums_of_others(np.repeat(rows, n, axis=0), np.tile(np.arange(n), count)).reshape(count, n)
