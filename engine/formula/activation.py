"""What an activation function is: its value, its slope and its formula, in one record.

Slopes take the total input x, not the output: that is where the function is differentiated.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from msgspec import Struct, field
from msgspec.structs import asdict, replace

from engine.formula.arithmetic import Array
from engine.formula.corner import Corner, chosen, numbers_at
from engine.formula.field import Functions, Number
from engine.formula.softmax import Softmax
from engine.formula.tree import (
    ATOM,
    CHOICE,
    NEVER_BARE,
    SUM,
    Formula,
    Function,
    Lines,
    Scripts,
    Spelled,
    Symbol,
    Writing,
    of_slopes,
)
from engine.formula.written import code


class ScalarFunction(Protocol):
    """A function of one number, over either field."""

    def __call__(self, x: Number, f: Functions[Number], /) -> Number:
        """The value at x."""


class Settings(Struct, frozen=True, kw_only=True):
    """What can be chosen of an activation besides its name; the fields are the settings."""


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
        jumps: where the value itself jumps.
        corners: where the slope jumps, and which one is taken there.
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
        settings: those that it is made with.
        make: makes it with others.
        elsewhere: other settings that frameworks have for it.
        chosen: the slopes at corners, where they are chosen: one `corner` for each.
    """

    name: str
    symbol: str
    formula: Callable[[Formula], Formula]
    slope_formula: Callable[[Formula, Formula], Formula]
    value: ScalarFunction
    slope: ScalarFunction
    jumps: tuple[float, ...] = ()
    corners: tuple[Corner, ...] = ()
    flat: float | None = None
    lines: Lines | None = None
    latex: str = ""
    scripts: Scripts = field(default_factory=dict)
    joint: type[Softmax] | None = None
    bent: float = 4.0
    steep: bool = False
    arrays: Callable[[Array], tuple[Array, Array]] | None = None
    settings: Settings = Settings()
    make: "Callable[[Any], Activation] | None" = None
    elsewhere: tuple[Settings, ...] = ()
    chosen: tuple[float, ...] = ()

    @property
    def kinks(self) -> tuple[float, ...]:
        """Where the slope jumps: no difference quotient across it means anything."""
        return (*self.jumps, *(corner.at for corner in self.corners if corner.jumps))

    @cached_property
    def given(self) -> Mapping[str, float | str]:
        """The settings that are not as usual, by name, but for those of corners."""
        usual = asdict(type(self.settings)())
        return {name: value for name, value in asdict(self.settings).items() if value != usual[name]}

    @cached_property
    def options(self) -> Mapping[str, Any]:
        """All that is not as usual, as a file says it."""
        corner = self.chosen[0] if len(set(self.chosen)) == 1 else list(self.chosen)
        return {**self.given, **({"corner": corner} if self.chosen else {})}

    @property
    def called(self) -> str:
        """The name, with what is not as usual: `leaky_relu (slope = 0.2)`."""
        return f"{self.name} ({_listed(self.options)})" if self.options else self.name

    @cached_property
    def function(self) -> Function:
        """The same for equations."""
        arrays = self.arrays
        slope = Function(
            name=f"{self.called}′",
            formula=lambda x: self.slope_formula(x, self.function(x)),
            value=self.slope,
            writing=Writing(f"{self.symbol}′({{0}}{_listed(self.options, ', ')})", ATOM, (CHOICE,)),
            scripts=of_slopes(self.scripts),
            arrays=None if arrays is None else lambda x: arrays(x)[1],
        )
        symbol = self.latex or rf"\mathrm{{{{{self.symbol}}}}}"
        return Function(
            name=self.called,
            formula=self.formula,
            value=self.value,
            slopes=(lambda call: slope(*call.arguments),),
            writing=Writing(f"{self.symbol}({{0}}{_listed(self.given, ', ')})", ATOM, (CHOICE,)),
            latex=Writing(f"{symbol}{_in_latex(self.given)}{{0}}", ATOM, (NEVER_BARE,)),
            lines=self.lines,
            kinks=self.kinks,
            corners=self.corners,
            scripts=self.scripts,
            arrays=None if arrays is None else lambda x: arrays(x)[0],
        )


def _listed(settings: Mapping[str, Any], before: str = "") -> str:
    """`slope = 0.2`, and what stands before the first, if there is one."""
    found = ", ".join(f"{name} = {_number(value)}" for name, value in settings.items())
    return f"{before}{found}" if found else ""


def _number(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_number, value))}]"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def _in_latex(settings: Mapping[str, Any]) -> str:
    """The settings as an index."""
    texts = {
        name: rf"\text{{{{{value}}}}}" if isinstance(value, str) else _number(value) for name, value in settings.items()
    }
    found = r",\,".join(rf"\text{{{{{name}}}}} = {value}" for name, value in texts.items())
    return f"_{{{{{found}}}}}" if found else ""


def with_corners(record: Activation, shares: tuple[float, ...]) -> Activation:
    """The activation with a choice of its own for the slope at each of its corners."""
    corners = tuple(replace(corner, corner=share) for corner, share in zip(record.corners, shares, strict=True))
    places = {corner.at: corner.slope for corner in corners}

    def slope_formula(x: Formula, y: Formula) -> Formula:
        formula = record.slope_formula(x, y)
        for place, slope in places.items():
            formula = chosen(formula, slope, x, place)
        return formula

    def arrays(x: Array) -> tuple[Array, Array]:
        assert record.arrays is not None
        y, slopes = record.arrays(x)
        for place, slope in places.items():
            slopes = np.where(x == place, slope, slopes)
        return y, slopes

    return replace(
        record,
        slope_formula=slope_formula,
        slope=numbers_at(record.slope, places),
        corners=corners,
        lines=None,
        scripts=_with_corners(record, places),
        arrays=None if record.arrays is None else arrays,
        chosen=shares,
    )


def _with_corners(record: Activation, places: Mapping[float, float]) -> Scripts:
    """The slopes of scripts; PyTorch's own by adding what is 0 at a corner and has the slope that is missing there."""
    numpy, torch = (record.scripts.get(name, Spelled()) for name in ("numpy", "torch"))
    slope = None if numpy.slope is None else numpy.slope.template
    by_formula = code(record.formula(_X), lambda x: x.text, "torch.", library="torch")
    value = by_formula if torch.value is None else torch.value.template
    for corner in record.corners:
        at, more = corner.at, places[corner.at] - corner.slope
        beyond = f"({{0}} - {at!r})" if at else "{0}"
        value += f" + torch.where({{0}} == {at!r}, {more!r} * {beyond}, 0.0)" if more else ""
        slope = None if slope is None else f"np.where({{0}} == {at!r}, {places[at]!r}, {slope})"
    return {
        "numpy": replace(numpy, slope=None if slope is None else of_operand(slope)),
        "torch": replace(torch, value=of_operand(value)),
    }


_X = Symbol("{0}")


def called(name: str) -> Writing:
    """A call of a function of one argument in a script."""
    return Writing(f"{name}({{0}})", ATOM, (CHOICE,))


def of_operand(template: str) -> Writing:
    """What a script writes of a function's argument."""
    return Writing(template, SUM, (ATOM,))
