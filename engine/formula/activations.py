"""Activation functions: each with its slope and its formula, in one record.

Adding one is adding one entry to `ACTIVATIONS`. Slopes take the total input x, not the output: that is where the
function is differentiated.
"""

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from msgspec import Struct

from engine.formula.arithmetic import Array
from engine.formula.field import Functions, Number
from engine.formula.functions import (
    ADD,
    CHOOSE,
    DIVIDE,
    EXP,
    HYPERBOLIC_TANGENT,
    MAXIMUM,
    MULTIPLY,
    NEGATE,
    SIGMA,
    SQUARE,
    SUBTRACT,
    TOTAL,
)
from engine.formula.tree import ATOM, CHOICE, NEVER_BARE, Formula, Function, Lines, Spelled, Writing


class ScalarFunction(Protocol):
    """A function of one number, over either field."""

    def __call__(self, x: Number, f: Functions[Number], /) -> Number:
        """The value at x."""


class Activation(Struct, frozen=True, dict=True):
    """A function from a node's total input x to its output y.

    Attributes:
        name: as scenario files write it.
        symbol: as equations write it: `σ` in `y = σ(x)`.
        formula: the value, of x.
        slope_formula: dy/dx of x and y, as one writes it; `slope` may compute it another way, to the last digit the
            same but where the written one would lose all of them.
        value: y at x.
        slope: dy/dx at x.
        kinks: where the slope jumps: no difference quotient across it means anything.
        flat: the slope up to which a node counts as flat (saturated, or dead if that is 0); None where it never is. Of
            sigmoid and tanh a twenty-fifth of their greatest slope: there the output is within one hundredth of its
            range from an end of it, and a sigmoid divides what comes back by a hundred, where its best is four.
        lines: for running on quickly.
        latex: its symbol for LaTeX, where that is not the symbol in upright letters.
        numpy: in a script for numpy, where it is not as the formulas say.
        torch: in a script for PyTorch, likewise; `{x}` is its operand.
        joint: how whole rows go through it, where an output depends on the inputs of the whole layer, so that dy/dx is
            a matrix; `value` and `slope` have no meaning there.
        bent: how far from 0 its curve is of interest.
        arrays: value and slope of many numbers at once, to the last bit the same, where that is quicker.
    """

    name: str
    symbol: str
    formula: Callable[[Formula], Formula]
    slope_formula: Callable[[Formula, Formula], Formula]
    value: ScalarFunction
    slope: ScalarFunction
    kinks: tuple[float, ...] = ()
    flat: float | None = None
    lines: Lines | None = None
    latex: str = ""
    numpy: Spelled = Spelled()
    torch: str = ""
    joint: "type[Softmax] | None" = None
    bent: float = 4.0
    arrays: Callable[[Array], tuple[Array, Array]] | None = None

    @cached_property
    def function(self) -> Function:
        """The same for equations."""
        slope = Function(
            name=f"{self.name}′",
            formula=lambda x: self.slope_formula(x, self.function(x)),
            value=self.slope,
            writing=Writing(f"{self.symbol}′({{0}})", ATOM, (CHOICE,)),
        )
        return Function(
            name=self.name,
            formula=self.formula,
            value=self.value,
            slopes=(lambda call: slope(*call.arguments),),
            writing=Writing(f"{self.symbol}({{0}})", ATOM, (CHOICE,)),
            latex=Writing((self.latex or rf"\mathrm{{{{{self.symbol}}}}}") + "{0}", ATOM, (NEVER_BARE,)),
            lines=self.lines,
            kinks=self.kinks,
        )


class Softmax:
    """A function of a whole row: every output depends on every input."""

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
    def jacobian(y: list[float]) -> list[list[float]]:
        """Row j, column k: dy_j/dx_k = y_j·(1 − y_j) on the diagonal, −y_j·y_k beside it.

        1 − y_j is summed from the other outputs: subtracting would lose every digit as y_j nears 1.
        """
        return [
            [y_j * sum_of_others(y, j) if k == j else -y_j * y_k for k, y_k in enumerate(y)] for j, y_j in enumerate(y)
        ]

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


def _sigmoid(x: Number, f: Functions[Number]) -> Number:
    if x.real >= 0:
        return 1 / (1 + f.exp(-x))
    power = f.exp(x)
    return power / (1 + power)


def _sigmoid_slope(x: Number, f: Functions[Number]) -> Number:
    # y·(1 − y), with 1 − σ(x) taken as σ(−x): subtracting would lose every digit of a saturated node's slope.
    return _sigmoid(x, f) * _sigmoid(-x, f)


def _sigmoids(x: Array) -> tuple[Array, Array]:
    """σ(x) and its slope, with one call of exp for both."""
    power = np.array(list(map(math.exp, (-np.abs(x)).tolist())))
    large, small = 1 / (1 + power), power / (1 + power)
    return np.where(x >= 0, large, small), large * small


def _tanh(x: Number, f: Functions[Number]) -> Number:
    return f.tanh(x)


def _tanh_slope(x: Number, f: Functions[Number]) -> Number:
    # 1 − y², as 4e/(1 + e)² with e = exp(−2|x|) for the same reason
    power = f.exp(-2 * x if x.real >= 0 else 2 * x)
    return 4 * power / ((1 + power) * (1 + power))


def _relu(x: Number, f: Functions[Number]) -> Number:
    return x if x.real > 0 else x - x


def _relu_slope(x: Number, f: Functions[Number]) -> Number:
    return 1 + 0 * x if x.real > 0 else x - x


LEAK = 0.01
"""The slope of `leaky_relu` below zero."""


def _leaky_relu(x: Number, f: Functions[Number]) -> Number:
    return x if x.real > 0 else LEAK * x


def _leaky_relu_slope(x: Number, f: Functions[Number]) -> Number:
    return 1 + 0 * x if x.real > 0 else LEAK + 0 * x


def _identity(x: Number, f: Functions[Number]) -> Number:
    return x


def _one(x: Number, f: Functions[Number]) -> Number:
    return 1 + 0 * x


_SIGMOID_LINES = Lines(
    (
        "if {x} >= 0:",
        "    power = exp(-{x})",
        "    {y} = 1 / (1 + power)",
        "    c{y} = power / (1 + power)",
        "else:",
        "    power = exp({x})",
        "    {y} = power / (1 + power)",
        "    c{y} = 1 / (1 + power)",
    ),
    "{y} * c{y}",
)
"""c is σ(−x) = 1 − y, without another call of exp."""

_SIGMOID_IN_NUMPY = Spelled(
    "sigmoid({x})",
    "sigmoid_slope({x}) * {dy}",
    """
def sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))  # 1 / (1 + exp(-x)), without overflow


def sigmoid_slope(x):
    return sigmoid(x) * sigmoid(-x)  # y (1 - y), where y near 1 leaves digits of 1 - y
""",
)
_TANH_IN_NUMPY = Spelled(
    slope="tanh_slope({x}) * {dy}",
    define="""
def tanh_slope(x):
    power = np.exp(-2 * np.abs(x))
    return 4 * power / (1 + power) ** 2  # 1 - y^2, where y near 1 leaves digits of it
""",
)
_SOFTMAX_IN_NUMPY = Spelled(
    "softmax({x})",
    "through_softmax({y}, {dy})",
    """
def softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def through_softmax(y, dy):
    differences = dy[:, :, np.newaxis] - dy[:, np.newaxis, :]
    return y * (differences * y[:, np.newaxis, :]).sum(axis=2)  # y (dy - sum(y dy)), where y near 1 leaves digits of it
""",
)

ACTIVATIONS = {
    record.name: record
    for record in (
        Activation(
            "sigmoid",
            "σ",
            lambda x: DIVIDE(1.0, ADD(1.0, EXP(NEGATE(x)))),
            lambda x, y: MULTIPLY(y, SUBTRACT(1.0, y)),
            _sigmoid,
            _sigmoid_slope,
            flat=0.01,
            lines=_SIGMOID_LINES,
            latex=r"\sigma",
            numpy=_SIGMOID_IN_NUMPY,
            torch="torch.sigmoid({x})",
            bent=6.0,
            arrays=_sigmoids,
        ),
        Activation(
            "tanh",
            "tanh",
            lambda x: HYPERBOLIC_TANGENT(x),
            lambda x, y: SUBTRACT(1.0, SQUARE(y)),
            _tanh,
            _tanh_slope,
            flat=0.04,
            latex=r"\tanh",
            numpy=_TANH_IN_NUMPY,
        ),
        Activation(
            "relu",
            "ReLU",
            lambda x: MAXIMUM(0.0, x),
            lambda x, y: CHOOSE(1.0, x, 0.0, 0.0),
            _relu,
            _relu_slope,
            kinks=(0.0,),
            flat=0.0,
            torch="F.relu({x})",  # its slope at 0 is ours; that of a maximum is another
        ),
        Activation(
            "leaky_relu",
            "LReLU",
            lambda x: CHOOSE(x, x, 0.0, MULTIPLY(LEAK, x)),
            lambda x, y: CHOOSE(1.0, x, 0.0, LEAK),
            _leaky_relu,
            _leaky_relu_slope,
            kinks=(0.0,),
        ),
        Activation("identity", "id", lambda x: x, lambda x, y: 1.0, _identity, _one),
        Activation(
            "softmax",
            "softmax",
            lambda x: DIVIDE(EXP(x), SIGMA(EXP(x))),
            lambda x, y: MULTIPLY(y, SUBTRACT(1.0, y)),
            _identity,
            _one,
            numpy=_SOFTMAX_IN_NUMPY,
            torch="F.softmax({x}, dim=1)",
            joint=Softmax,
            bent=6.0,
        ),
    )
}
