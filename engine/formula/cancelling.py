"""Where a loss and the last layer's activation cancel: the error as a function of the total input, and dE/dx = y − t.

As y nears 1 that would lose its digits one by one, so near a target near 1 it is what both leave of 1 that is
subtracted: (1 − t) − (1 − y), the same number.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from engine.formula.arithmetic import Array, row_sums
from engine.formula.calculus import number_of
from engine.formula.field import REAL, Functions, Number
from engine.formula.functions import DIVIDE, MULTIPLY, SUBTRACT
from engine.formula.lines import FusedLines, Names
from engine.formula.softmax import sum_of_others, sums_of_others
from engine.formula.tree import PRODUCT, Formula, Scripts, Spelled, Symbol, Writing

SUM_TOLERANCE = 1e-14
"""What rounding leaves of the sum 1: targets that are further from it have their sum in the slope, Σt·y − t."""
_SUMMED = "{2}.sum(axis=-1, keepdims=True)"


class InputFunction(Protocol):
    """The errors of one example from the last layer's total inputs x and targets t, one per output."""

    def __call__(self, x: list[Number], t: list[float], f: Functions[Number], /) -> list[Number]:
        """The errors at x."""


class DifferenceFunction(Protocol):
    """Two numbers for each output of one example whose difference is y − t, from total inputs x, outputs y, targets t.

    They are y and t themselves, or 1 − t and 1 − y where `near_one` says so.
    """

    def __call__(self, x: list[float], y: list[float], t: list[float], /) -> list[tuple[float, float]]:
        """The first less the second is y − t."""


class OfRows(Struct, frozen=True):
    """What a fused loss computes of many examples at once, to the last bit as of each by itself.

    Attributes:
        errors: of x and t, each a row for each example, the parts in E.
        differences: of x, y and t the y − t.
        together: of x and t both y and the parts in E, in any order in memory, where that is quicker than each alone.
    """

    errors: Callable[[Array, Array], Array]
    differences: Callable[[Array, Array, Array], Array]
    together: Callable[[Array, Array], tuple[Array, Array]] | None = None


class Fused(Struct, frozen=True):
    """The error straight from the total inputs, where dE/dx = y − t.

    Attributes:
        formula: the part of one output in E, of x and t.
        errors: the parts of one example in E.
        terms: what is subtracted for y − t.
        of_rows: both of many examples.
        near_one: y − t of x and t, where it is not y and t that are subtracted; None where it is sums over the other
            outputs.
        scripts: in scripts for libraries of arrays the parts of E, of x and t, and dE/dx, of x, y and t.
        lines: for running on quickly.
        of_sum: whether the slope is Σt·y − t, as the outputs sum to 1 and the targets need not.
        of_any: whether it is written so, as there are targets that do not.
        divisor: by what all is divided, where an example's error is a mean over the outputs.
        slope: of y and t what dE/dx is, where it is another formula than that.
        of_classes: whether in slopes t are targets times the weights of their classes.
    """

    formula: Callable[[Formula, Formula], Formula]
    errors: InputFunction
    terms: DifferenceFunction
    of_rows: OfRows
    near_one: Callable[[Formula, Formula], Formula] | None = None
    scripts: Scripts = field(default_factory=dict)
    lines: FusedLines | None = None
    of_sum: bool = False
    of_any: bool = False
    divisor: int = 1
    slope: Callable[[Formula, Formula], Formula] | None = None
    of_classes: bool = False

    def over(self, outputs: int) -> "Fused":
        """The same where an example's error is the mean over so many outputs."""
        return replace(self, scripts=over(self.scripts, outputs), divisor=outputs)

    def summed(self) -> "Fused":
        """The same, written for targets whose sum comes in."""
        return replace(self, of_any=True, scripts={name: _summed(spelled) for name, spelled in self.scripts.items()})

    def with_classes(self) -> "Fused":
        """The same where classes have weights: of softmax targets times weights are what stands in slopes for targets.

        Of sigmoid a weight is a factor of all.
        """
        if self.near_one is not None:
            return self
        return replace(
            self,
            terms=_terms_of_classes,
            of_rows=OfRows(self.of_rows.errors, _differences_of_classes),
            scripts={
                name: _summed(spelled, "{2}.sum(axis=-1, keepdims=True) / 2") for name, spelled in self.scripts.items()
            },
            lines=None,
            of_sum=True,
            of_any=True,
            of_classes=True,
        )

    def slope_formula(self, y: Formula, t: Formula, total: Formula | None = None) -> Formula:
        """dE/dx as one writes it, with what targets sum to where that comes in."""
        if self.slope is not None:
            return self.over_divisor(self.slope(y, t))
        return self.over_divisor(SUBTRACT(y if total is None else MULTIPLY(total, y), t))

    def parts(self, x: list[Number], t: list[float], f: Functions[Number]) -> list[Number]:
        """The parts of one example in E."""
        parts = self.errors(x, t, f)
        return parts if self.divisor == 1 else [part / self.divisor for part in parts]

    def slopes(self, x: list[float], y: list[float], t: list[float]) -> list[float]:
        """dE/dx = y − t of each output of one example."""
        return self._divided(self.differences(x, self.scaled(y, t), t))

    def parts_of_rows(self, x: Array, t: Array) -> Array:
        """The parts in E of many examples."""
        parts = self.of_rows.errors(x, t)
        return parts if self.divisor == 1 else parts / self.divisor

    def outputs_and_parts(self, x: Array, t: Array) -> tuple[Array, Array]:
        """Both outputs and parts of many examples, where there is a quicker way for them."""
        assert self.of_rows.together is not None
        y, parts = self.of_rows.together(x, t)
        return y, parts if self.divisor == 1 else parts / self.divisor

    def slopes_of_rows(self, x: Array, y: Array, t: Array) -> Array:
        """dE/dx of many examples."""
        if self.of_sum:
            totals = row_sums(t)[:, np.newaxis]
            whole = np.abs(totals - 1) <= SUM_TOLERANCE
            y = y if whole.all() else np.where(whole, y, totals * y)
        return self.slopes_of_shares(x, y, t)

    def slopes_of_shares(self, x: Array, y: Array, t: Array) -> Array:
        """The same where Σt comes in nowhere."""
        slopes = self.of_rows.differences(x, y, t)
        return slopes if self.divisor == 1 else slopes / self.divisor

    def sums(self, t: Array) -> bool:
        """Whether Σt comes in for some of many examples."""
        return self.of_sum and bool((np.abs(row_sums(t) - 1) > SUM_TOLERANCE).any())

    def lines_of_parts(self, x: Names, t: Names, y: Names, parts: Names) -> list[str]:
        """`parts` in straight-line Python; there must be lines."""
        assert self.lines is not None
        return [*self.lines.parts(x, t, y, parts), *self._divided_lines(parts)]

    def lines_of_slopes(self, y: Names, t: Names, slopes: Names) -> list[str]:
        """`slopes` likewise, from y that is scaled."""
        assert self.lines is not None
        return [*self.lines.slopes(y, t, slopes), *self._divided_lines(slopes)]

    def _divided_lines(self, names: Names) -> list[str]:
        return [] if self.divisor == 1 else [f"{name} = {name} / {self.divisor}" for name in names]

    def slopes_as_written(self, y: list[float], t: list[float]) -> list[float]:
        """The same, where it is y and t that are subtracted, whatever digits that leaves."""
        if self.slope is not None:
            slope, pairs = self.slope(_Y, _T), zip(y, t, strict=True)
            return self._divided([number_of(slope, {_Y: output, _T: target}, REAL) for output, target in pairs])
        return self._divided([output - target for output, target in zip(self.scaled(y, t), t, strict=True)])

    def sizes(self, x: list[float], y: list[float], t: list[float]) -> list[float]:
        """How large the numbers are of which slopes are made."""
        return self._divided([first + second for first, second in self.terms(x, self.scaled(y, t), t)])

    def differences(self, x: list[float], y: list[float], t: list[float]) -> list[float]:
        """What the terms differ by."""
        return [first - second for first, second in self.terms(x, y, t)]

    def scaled(self, y: list[float], t: list[float]) -> list[float]:
        """Σt·y; y itself where the targets are shares."""
        total = self.total(t)
        return y if total is None else [total * output for output in y]

    def total(self, t: Sequence[float]) -> float | None:
        """Σt, where it comes in; None where it is 1, but for rounding."""
        if not self.of_sum:
            return None
        total = sum_of(t)
        return None if abs(total - 1) <= SUM_TOLERANCE else total

    def over_divisor(self, formula: Formula) -> Formula:
        """A part of E, or a slope, as a mean over the outputs has it."""
        return formula if self.divisor == 1 else DIVIDE(formula, float(self.divisor))

    def _divided(self, slopes: list[float]) -> list[float]:
        return slopes if self.divisor == 1 else [slope / self.divisor for slope in slopes]


def sum_of(numbers: Sequence[float]) -> float:
    """From the first to the last."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def over(scripts: Scripts, outputs: int) -> Scripts:
    """What is written, divided by the number of outputs."""

    def divided(writing: Writing | None) -> Writing | None:
        if writing is None:
            return None
        text = writing.template if writing.level >= PRODUCT else f"({writing.template})"
        return Writing(f"{text} / {outputs}", PRODUCT, writing.needs)

    return {
        library: replace(spelled, value=divided(spelled.value), slope=divided(spelled.slope))
        for library, spelled in scripts.items()
    }


def near_one(y: float, t: float) -> bool:
    """Whether y − t is taken from what both leave of 1: nearer to 1 than to 0, y has too few digits."""
    return y > 0.5 and t > 0.5


def _terms_of_classes(x: list[float], y: list[float], t: list[float]) -> list[tuple[float, float]]:
    """Σt·y and t, or what both leave of Σt: y is scaled, and t are targets times weights."""
    half = sum_of(t) / 2
    return [
        (sum_of_others(t, j), sum_of_others(y, j)) if output > half and target > half else (output, target)
        for j, (output, target) in enumerate(zip(y, t, strict=True))
    ]


def _differences_of_classes(x: Array, y: Array, t: Array) -> Array:
    """Their differences, of many examples."""
    half = row_sums(t)[:, np.newaxis] / 2
    found, near = y - t, (y > half) & (t > half)
    if near.any():
        rows, columns = near.nonzero()
        found[rows, columns] = sums_of_others(t[rows], columns) - sums_of_others(y[rows], columns)
    return found


_Y, _T = Symbol("y"), Symbol("t")


def _summed(spelled: Spelled, half: str = "0.5") -> Spelled:
    """Σt·y in the place of y; it is near Σt where it is above a half."""
    remark, slope = spelled.remark.replace(": y - t", ": y times the sum of t, less t"), spelled.slope
    if slope is None:
        return spelled
    template = slope.template.replace("{1}", f"({_SUMMED} * {{1}})").replace("> 0.5", f"> {half}")
    return replace(spelled, slope=replace(slope, template=template), remark=remark)


def are_shares(targets: Array) -> bool:
    """Whether the targets of each example (a row) sum to 1, but for rounding."""
    return bool((np.abs(row_sums(targets) - 1) <= SUM_TOLERANCE).all())
