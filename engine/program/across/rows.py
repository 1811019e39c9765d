"""Rows as a whole: each element of the result depends on every element of the row (the last axis)."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import prod
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

import numpy as np

from engine.formula.activation import Activation, called
from engine.formula.activations import ACTIVATIONS
from engine.formula.arithmetic import FEW, mapped, multiplied, ordered_sum, row_sums, scalars
from engine.formula.cancelling import Fused
from engine.formula.exact import of_arrays
from engine.formula.field import REAL, Functions, Number
from engine.formula.functions import ADD, DIVIDE, EXP, LOG, MULTIPLY, NEGATE, SQRT, SUBTRACT, TOTAL
from engine.formula.lines import RowLines
from engine.formula.several import AVERAGE, VARIANCE
from engine.formula.softmax import all_sums_of_others, sum_of_others
from engine.formula.tree import ATOM, CHOICE, Call, Formula, Function, Scripts, Spelled, Writing, of_slopes
from engine.program.across.derivatives import THROUGH_ROWS, Jacobian
from engine.program.across.scripts import LAYER_NORM, LAYER_NORM_BACK, LOG_SOFTMAX_IN_NUMPY
from engine.program.coded import TORCH, Code, Language
from engine.program.operations import Array, Operands, Operation, Shape, ShapeError, Whole


class RowWise(Operation):
    """A function of each row (the last axis) as a whole, with a Jacobian."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The operand's, which must have an axis."""
        if not shapes[0]:
            raise ShapeError("a number alone has no row: a vector or a matrix is needed")
        return shapes[0]

    def handled(self, shapes: Sequence[Shape]) -> int:
        """A matrix of local derivatives for each row."""
        return prod(shapes[0]) * shapes[0][-1]

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """dE/dx_k = Σ_j dy_j/dx_k·dE/dy_j, from the first j to the last; `local` has shape (batch, *rows, n, n)."""
        return THROUGH_ROWS.across.compute((np.asarray(local), adjoint), REAL)  # type: ignore[no-any-return]

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """Over the outputs."""
        return True

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """The whole row."""
        start = item - item % shapes[0][-1]
        return range(start, start + shapes[0][-1])

    def outputs(self, operand: Whole, item: int) -> list[Formula]:
        """All that the row of an element becomes."""
        return [self.element([operand], number) for number in self.reach(0, [operand.shape], item)]

    def row(self, operand: Whole, item: int) -> list[Formula]:
        """The row of an element."""
        return list(map(operand.element, self.reach(0, [operand.shape], item)))


class RowFunction(Protocol):
    """A function of a row whose Jacobian is made of what it gives.

    Attributes:
        lines: for running on quickly.
    """

    lines: ClassVar[RowLines | None]

    @staticmethod
    def outputs(x: list[Number], f: Functions[Number]) -> list[Number]:
        """y of one row."""

    @staticmethod
    def outputs_of_rows(x: Array) -> Array:
        """y of many rows of real numbers, to the last bit the same."""

    @staticmethod
    def jacobian(y: list[float], *, of_outputs: bool = False) -> list[list[float]]:
        """Row j, column k: dy_j/dx_k; with `of_outputs` as `slope` has it, to whatever digits that leaves."""

    @staticmethod
    def jacobians(y: Array) -> Array:
        """The same of many rows of real numbers."""

    @staticmethod
    def output(row: Sequence[Formula], j: int) -> Formula:
        """y_j."""

    @staticmethod
    def slope(outputs: Sequence[Formula], j: int, k: int) -> Formula:
        """dy_j/dx_k."""


class ByRow(RowWise):
    """A function of each row whose Jacobian is made of what it gives.

    Args:
        joint: the function.
        scripts: how scripts write its slopes, of the outputs.
    """

    def __init__(self, joint: type[RowFunction], scripts: Scripts = MappingProxyType({})) -> None:
        self.joint, self.cancels = joint, joint is LogSoftmax
        self._slopes = Jacobian(joint.jacobian, joint.jacobians)
        writing = Writing("J({0})", ATOM, (CHOICE,))
        self._jacobian = Function(name="Jacobian", writing=writing, across=self._slopes, scripts=scripts)

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Row by row, or all rows at once."""
        (x,) = operands
        if f is REAL and x.size > FEW:
            with np.errstate(all="ignore"):
                return self.joint.outputs_of_rows(x.reshape(-1, x.shape[-1])).reshape(x.shape)
        return np.array([self.joint.outputs(row, f) for row in scalars(x.reshape(-1, x.shape[-1]))]).reshape(x.shape)

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """dy_j/dx_k of each row, shape (batch, *rows, n, n), from the outputs."""
        return self._slopes.compute((operands.result,), f)

    def local_formula(self, place: int, call: Call) -> Formula:
        """dy_j/dx_k of each row, from the outputs."""
        return self._jacobian(call)

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """Jᵀ·dE/dy of each row."""
        return THROUGH_ROWS(local, adjoint)

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The formula of one output."""
        return self.joint.output(self.row(operands[0], item), item % operands[0].shape[-1])

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """An entry of the Jacobian."""
        width = operands[0].shape[-1]
        return self.joint.slope(self.outputs(operands[0], of), of % width, item % width)


class LogSoftmax:
    """The logarithm of softmax, with every digit where softmax itself comes near 0 or 1."""

    lines: ClassVar[RowLines | None] = None

    @staticmethod
    def outputs(x: list[Number], f: Functions[Number]) -> list[Number]:
        """y_j = x_j − ln Σ_k e^x_k, with the largest x taken out so that nothing overflows.

        The power of the largest is then 1 and stays out of the sum: ln(1 + the others) keeps its digits.
        """
        largest = max(range(len(x)), key=lambda k: x[k].real)
        others: Any = 0.0
        for k, value in enumerate(x):
            if k != largest:
                others = others + f.exp(value - x[largest])
        total = f.log1p(others)
        return [value - x[largest] - total for value in x]

    @staticmethod
    def outputs_of_rows(x: Array) -> Array:
        """The same of many rows of real numbers, to the last bit."""
        rows, at = np.arange(len(x)), x.argmax(axis=1)
        less = x - x[rows, at][:, np.newaxis]
        powers = of_arrays("exp")(less)
        powers[rows, at] = 0.0
        return np.asarray(less - of_arrays("log1p")(row_sums(powers))[:, np.newaxis])

    @staticmethod
    def jacobian(y: list[float], *, of_outputs: bool = False) -> list[list[float]]:
        """Row j, column k: 1 − e^y_k on the diagonal, −e^y_k beside it; 1 − e^y_k is summed from the others."""
        p = list(map(REAL.exp, y))
        own = [1 - p_k if of_outputs else sum_of_others(p, k) for k, p_k in enumerate(p)]
        return [[own[j] if k == j else -p_k for k, p_k in enumerate(p)] for j in range(len(p))]

    @staticmethod
    def jacobians(y: Array) -> Array:
        """The same of many rows of real numbers, to the last bit."""
        p, own = of_arrays("exp")(y), np.arange(y.shape[1])
        found = np.repeat(-p[:, np.newaxis, :], y.shape[1], axis=1)
        found[:, own, own] = all_sums_of_others(p)
        return found

    @staticmethod
    def output(row: Sequence[Formula], j: int) -> Formula:
        """x_j − ln Σ_k e^x_k."""
        return SUBTRACT(row[j], LOG(TOTAL(*map(EXP, row))))

    @staticmethod
    def slope(outputs: Sequence[Formula], j: int, k: int) -> Formula:
        """dy_j/dx_k."""
        p = EXP(outputs[k])
        return SUBTRACT(1.0, p) if j == k else NEGATE(p)


class LayerNorm(RowWise):
    """y = (x − mean) / √(var + eps) of each row; var divides by n.

    An input comes into y in three ways: by itself, through the mean and through the variance.

    Args:
        eps: what is added to the variance.
    """

    def __init__(self, eps: float) -> None:
        self._eps = eps

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """All rows at once, each sum from the left to the right."""
        differences, deviation = self._parts(operands[0], f)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(differences / deviation)

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """dy_j/dx_k = ((1 if j = k, else 0) − 1/n − y_j·y_k/n) / √(var + eps), shape (batch, *rows, n, n)."""
        y, (_, deviation) = operands.result, self._parts(operands[place], f)
        n = y.shape[-1]
        through_variance = y[..., :, np.newaxis] * y[..., np.newaxis, :] / n
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((np.eye(n) - 1.0 / n - through_variance) / deviation[..., np.newaxis])

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """(x − mean) / √(var + eps)."""
        row = self.row(operands[0], item)
        return DIVIDE(SUBTRACT(row[item % len(row)], AVERAGE(*row)), self._deviation(row))

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """The three ways, each divided by √(var + eps)."""
        row, y, n = self.row(operands[0], of), self.outputs(operands[0], of), float(operands[0].shape[-1])
        through_mean = DIVIDE(1.0, n)
        through_variance = DIVIDE(MULTIPLY(y[of % len(row)], y[item % len(row)]), n)
        own = SUBTRACT(1.0, through_mean) if item == of else NEGATE(through_mean)
        return DIVIDE(SUBTRACT(own, through_variance), self._deviation(row))

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """The library's own, or one that the script defines."""
        (x,) = operands
        if language.library is TORCH:
            text = f"F.layer_norm({x.text}, ({x.shape[-1]},), eps={self._eps!r})"
        else:
            language.define(LAYER_NORM)
            text = f"layer_norm({x.text}, {self._eps!r})"
        return Code(text, ATOM, x.shape, x.per_example)

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """In the three ways."""
        (x,) = operands
        language.define(LAYER_NORM_BACK)
        text = f"layer_norm_back({adjoint.text}, {x.text}, {result().text}, {self._eps!r})"
        return Code(text, ATOM, x.shape, x.per_example)

    def _deviation(self, row: Sequence[Formula]) -> Formula:
        variance = VARIANCE(*row)
        return SQRT(ADD(variance, self._eps) if self._eps else variance)

    def _parts(self, x: Array, f: Functions[Any]) -> tuple[Array, Array]:
        """x − mean, and √(var + eps) of each row."""
        n = x.shape[-1]

        def average(terms: Array) -> Array:
            return np.asarray(ordered_sum(np.ascontiguousarray(np.moveaxis(terms, -1, 0))) / n)[..., np.newaxis]

        differences = x - average(x)
        variance = average(multiplied(differences, differences))
        return differences, mapped(f.sqrt, variance + self._eps if self._eps else variance)


class Rows(Operation):
    """A function of rows as a whole that is only computed: how a fused loss is.

    Args:
        value: of one row of each operand, and the field.
        of_rows: of all rows of real numbers at once, to the last bit.
        fused: of a fused loss its record, if it has lines.
    """

    def __init__(
        self, value: Callable[..., list[Any]], of_rows: Callable[..., Array], fused: Fused | None = None
    ) -> None:
        self.value, self.of_rows, self.fused = value, of_rows, fused

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The first operand's."""
        return shapes[0]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Row by row, or all rows at once."""
        batch = max(map(len, operands))
        met = [np.broadcast_to(array, (batch, *array.shape[1:])) for array in operands]
        if f is REAL and met[0].size > FEW:
            with np.errstate(all="ignore"):
                return self.of_rows(*met)
        rows = zip(*map(scalars, met), strict=True)
        return np.array([self.value(*of_one, f) for of_one in rows])


EPS = 1e-5
"""What `layer_norm` adds to the variance unless told otherwise."""


def by_row(activation: Activation) -> Function:
    """An activation of whole rows as a function of values.

    Raises:
        ValueError: it is one of single numbers.
    """
    if activation.joint is None:
        raise ValueError(f"{activation.name} takes each number by itself")
    return Function(
        name=activation.name,
        writing=activation.function.writing,
        latex=activation.function.latex,
        general=activation.formula,
        across=ByRow(activation.joint, of_slopes(activation.scripts)),
        scripts=activation.scripts,
    )


_LOG_SOFTMAX_IN_SCRIPTS: Scripts = {
    "numpy": Spelled(called("log_softmax"), called("log_softmax_slopes"), LOG_SOFTMAX_IN_NUMPY),
    "torch": Spelled(Writing("F.log_softmax({0}, dim=-1)", ATOM, (CHOICE,))),
}

SOFTMAX = by_row(ACTIVATIONS["softmax"])
LOG_SOFTMAX = Function(
    name="log_softmax",
    writing=Writing("log_softmax({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\operatorname{{log-softmax}}({0})", ATOM, (CHOICE,)),
    across=ByRow(LogSoftmax, of_slopes(_LOG_SOFTMAX_IN_SCRIPTS)),
    scripts=_LOG_SOFTMAX_IN_SCRIPTS,
)


@cache
def layer_norm(eps: float = EPS) -> Function:
    """The function that gives each row the mean 0 and the variance 1, but for what `eps` takes of it."""
    said_eps = "" if eps == EPS else f", eps = {eps:g}"
    return Function(
        name="layer_norm",
        writing=Writing(f"layer_norm({{0}}{said_eps})", ATOM, (CHOICE,)),
        latex=Writing(rf"\operatorname{{{{layer-norm}}}}({{0}}{said_eps})", ATOM, (CHOICE,)),
        across=LayerNorm(eps),
    )
