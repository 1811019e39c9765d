"""Activation functions: each with its slope and its formula, in one record.

Adding one is adding one entry to `ACTIVATIONS`. Slopes take the total input x, not the output: that is where the
function is differentiated.
"""

from typing import Protocol

from msgspec import Struct

from engine.formula.field import Functions, Number


class ScalarFunction(Protocol):
    """A function of one number, over either field."""

    def __call__(self, x: Number, f: Functions[Number], /) -> Number:
        """The value at x."""


class Activation(Struct, frozen=True):
    """A function from a node's total input x to its output y.

    Attributes:
        name: as scenario files write it.
        symbol: as equations write it: `σ` in `y = σ(x)`.
        formula: the value in terms of `{x}`.
        slope_formula: dy/dx in terms of `{x}` and `{y}`, as one writes it; `slope` may compute it another way, to the
            last digit the same but where the written one would lose all of them.
        value: y at x.
        slope: dy/dx at x.
        kink: where the slope jumps, if anywhere: no difference quotient across it means anything.
        flat: the slope up to which a node counts as flat (saturated, or dead if that is 0); None where it never is. Of
            sigmoid and tanh a twenty-fifth of their greatest slope: there the output is within one hundredth of its
            range from an end of it, and a sigmoid divides what comes back by a hundred, where its best is four.
    """

    name: str
    symbol: str
    formula: str
    slope_formula: str
    value: ScalarFunction
    slope: ScalarFunction
    kink: float | None = None
    flat: float | None = None

    @property
    def joint(self) -> bool:
        """Whether an output depends on the inputs of the whole layer (softmax), so that dy/dx is a matrix."""
        return False


class Softmax(Activation, frozen=True):
    """The one activation whose outputs depend on every input of the layer; `value` and `slope` have no meaning here."""

    @property
    def joint(self) -> bool:
        """True: dy/dx is a matrix."""
        return True

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


ACTIVATIONS = {
    record.name: record
    for record in (
        Activation("sigmoid", "σ", "1 / (1 + e^−{x})", "{y}·(1 − {y})", _sigmoid, _sigmoid_slope, flat=0.01),
        Activation("tanh", "tanh", "tanh({x})", "1 − {y}²", _tanh, _tanh_slope, flat=0.04),
        Activation("relu", "ReLU", "max(0, {x})", "(1 if {x} > 0, else 0)", _relu, _relu_slope, kink=0.0, flat=0.0),
        Activation(
            "leaky_relu",
            "LReLU",
            "{x} if {x} > 0, else 0.01·{x}",
            "(1 if {x} > 0, else 0.01)",
            _leaky_relu,
            _leaky_relu_slope,
            kink=0.0,
        ),
        Activation("identity", "id", "{x}", "1", _identity, _one),
        Softmax("softmax", "softmax", "e^{x} / Σ e^x", "{y}·(1 − {y})", _identity, _one),
    )
}
