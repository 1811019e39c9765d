"""What an activation function is: its value, its slope and its formula, in one record.

Slopes take the total input x, not the output: that is where the function is differentiated.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Protocol

from msgspec import Struct, field

from engine.formula.arithmetic import Array
from engine.formula.field import Functions, Number
from engine.formula.softmax import Softmax
from engine.formula.tree import ATOM, CHOICE, NEVER_BARE, SUM, Formula, Function, Lines, Scripts, Writing, of_slopes


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
        scripts: in scripts for libraries of arrays value and slope, where they are not as the formulas say.
        joint: how whole rows go through it, where an output depends on the inputs of the whole layer, so that dy/dx is
            a matrix; `value` and `slope` have no meaning there.
        bent: how far from 0 its curve is of interest.
        steep: whether its slope grows without bound: a learning rate that suits others is too large.
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
    scripts: Scripts = field(default_factory=dict)
    joint: type[Softmax] | None = None
    bent: float = 4.0
    steep: bool = False
    arrays: Callable[[Array], tuple[Array, Array]] | None = None

    @cached_property
    def function(self) -> Function:
        """The same for equations."""
        arrays = self.arrays
        slope = Function(
            name=f"{self.name}′",
            formula=lambda x: self.slope_formula(x, self.function(x)),
            value=self.slope,
            writing=Writing(f"{self.symbol}′({{0}})", ATOM, (CHOICE,)),
            scripts=of_slopes(self.scripts),
            arrays=None if arrays is None else lambda x: arrays(x)[1],
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
            scripts=self.scripts,
            arrays=None if arrays is None else lambda x: arrays(x)[0],
        )


def called(name: str) -> Writing:
    """A call of a function of one argument in a script."""
    return Writing(f"{name}({{0}})", ATOM, (CHOICE,))


def of_operand(template: str) -> Writing:
    """What a script writes of a function's argument."""
    return Writing(template, SUM, (ATOM,))
