"""What a loss function is: the error of one example and how it changes with an output, in one record.

Where a loss and the last layer's activation cancel (sigmoid with binary cross entropy, softmax with cross entropy), the
record also holds the error as a function of the total input, which cannot overflow; then dE/dx = y − t. As y nears 1
that would lose its digits one by one, so near a target near 1 it is what both leave of 1 that is subtracted:
(1 − t) − (1 − y), the same number.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from engine.formula.calculus import value_of
from engine.formula.field import Functions, Number
from engine.formula.tree import ATOM, SUM, Call, Formula, Function, Scripts, Writing, of_slopes

SUM_TOLERANCE = 1e-11
"""How far targets that are shares may be from the sum 1."""


class OutputFunction(Protocol):
    """A function of one output y, its target t and the number m of outputs, over either field."""

    def __call__(self, y: Number, t: float, m: int, f: Functions[Number], /) -> Number:
        """The value at y."""


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


class Fused(Struct, frozen=True):
    """The error straight from the total inputs, where dE/dx = y − t.

    Attributes:
        formula: the part of one output in E, of x and t.
        errors: the parts of one example in E.
        terms: what is subtracted for y − t.
        near_one: y − t of x and t, where it is not y and t that are subtracted; None where it is sums over the other
            outputs.
        scripts: in scripts for libraries of arrays the parts of E, of x and t, and dE/dx, of x, y and t.
    """

    formula: Callable[[Formula, Formula], Formula]
    errors: InputFunction
    terms: DifferenceFunction
    near_one: Callable[[Formula, Formula], Formula] | None = None
    scripts: Scripts = field(default_factory=dict)

    def slopes(self, x: list[float], y: list[float], t: list[float]) -> list[float]:
        """dE/dx = y − t of each output of one example."""
        return [first - second for first, second in self.terms(x, y, t)]


def near_one(y: float, t: float) -> bool:
    """Whether y − t is taken from what both leave of 1: nearer to 1 than to 0, y has too few digits."""
    return y > 0.5 and t > 0.5


class Targets(Struct, frozen=True):
    """What targets a loss takes.

    Attributes:
        words: which, after "targets of … ".
        low: the least.
        high: the greatest.
        only: the only ones, if there are so few.
        example: two of them, a low one and a high one.
    """

    words: str = "are numbers"
    low: float = -math.inf
    high: float = math.inf
    only: tuple[float, ...] = ()
    example: tuple[float, float] = (0.1, 0.9)

    def holds(self, target: float) -> bool:
        """Whether it is one."""
        return self.low <= target <= self.high and (not self.only or target in self.only)


ANY = Targets()
UNIT = Targets("lie in 0 … 1", 0.0, 1.0, example=(0.0, 1.0))
NOT_NEGATIVE = Targets("are 0 or more", 0.0, example=(1.0, 3.0))
SIGNS = Targets("are −1 and 1: give −1 for 0", only=(-1.0, 1.0), example=(-1.0, 1.0))


class Loss(Struct, frozen=True, dict=True):
    """The error of one example: the sum over its outputs of `value`.

    Attributes:
        name: as scenario files write it.
        formula: the part of one output, of y, t and m, the number of outputs.
        slope_formula: dE/dy of one output, likewise.
        stable: value and slope of one output where the formulas, computed as they are written, would not do.
        fused: by the last activation's name, the error from x where the two cancel.
        needs_targets: whether an example must have targets.
        targets: which targets it takes.
        shares: whether an example's targets, and the outputs, are probabilities of which one is true: they sum to 1.
        scripts: in scripts for libraries of arrays value and slope, of y and t, where they are not as the formulas say.
        corner: of y and t what is 0 where the slope jumps.
        suits: an activation whose outputs it takes, where it does not take all numbers and none cancels with it.
    """

    name: str
    formula: Callable[[Formula, Formula, Formula], Formula]
    slope_formula: Callable[[Formula, Formula, Formula], Formula]
    stable: tuple[OutputFunction, OutputFunction] | None = None
    fused: Mapping[str, Fused] = field(default_factory=dict)
    needs_targets: bool = True
    targets: Targets = ANY
    shares: bool = False
    scripts: Scripts = field(default_factory=dict)
    corner: Callable[[Formula, Formula], Formula] | None = None
    suits: str = ""

    def target_problem(self, targets: Sequence[float]) -> tuple[str, str] | None:
        """Why it cannot take these targets of one example, and a remedy; or None."""
        outside = next((target for target in targets if not self.targets.holds(target)), None)
        if outside is not None:
            return f"the target {outside:g} is out of range", f"targets of {self.name} {self.targets.words}"
        total = math.fsum(targets) if self.shares else 1.0
        if abs(total - 1) > SUM_TOLERANCE:
            return f"the targets sum to {total:.12g}", f"targets of {self.name} are probabilities: they sum to 1"
        return None

    @cached_property
    def value(self) -> OutputFunction:
        """The part of one output in E."""
        return value_of(self._part, 3)

    @cached_property
    def slope(self) -> OutputFunction:
        """dE/dy of one output."""
        return value_of(self._slope, 3)

    @cached_property
    def _part(self) -> Function:
        return self._function(self.name, self.formula, 0)

    @cached_property
    def _slope(self) -> Function:
        return self._function(f"{self.name}′", self.slope_formula, 1)

    def _function(self, name: str, formula: Callable[..., Formula], which: int) -> Function:
        stable = None if self.stable is None else self.stable[which]
        scripts = of_slopes(self.scripts) if which else self.scripts
        writing = Writing(f"{name}({{0}}, {{1}})", ATOM, (0,))
        upright = name.replace("_", "-").replace("′", "'")
        latex = Writing(rf"\operatorname{{{{{upright}}}}}({{0}}, {{1}})", ATOM, (0,))
        return Function(name=name, formula=formula, value=stable, writing=writing, latex=latex, scripts=scripts)

    def function(self, outputs: int) -> Function:
        """The same for equations: the part of one output, a function of y and t."""
        count = float(outputs)

        def of(record: Function, slopes: tuple[Callable[[Call], Formula], ...] = ()) -> Function:
            value = None if record.value is None else partial(_counted, record.value, outputs)
            formula = None if record.formula is None else partial(_with_count, record.formula, count)
            return Function(
                name=record.name,
                formula=formula,
                value=value,
                slopes=slopes,
                writing=record.writing,
                latex=record.latex,
                scripts=record.scripts,
            )

        slope, corner = of(self._slope), self.corner
        part = of(self._part, (lambda call: slope(*call.arguments),))
        return part if corner is None else replace(part, corner=lambda call: corner(*call.arguments))


def _counted(value: OutputFunction, outputs: int, y: Number, t: float, f: Functions[Number]) -> Number:
    return value(y, t, outputs, f)


def _with_count(
    formula: Callable[[Formula, Formula, Formula], Formula], count: float, y: Formula, t: Formula
) -> Formula:
    return formula(y, t, count)


def of_outputs(template: str) -> Writing:
    """What a script writes of outputs and targets: as a loss, or as its slope."""
    return Writing(template, SUM, (ATOM,))
