"""What a loss function is: the error of one example and how it changes with an output, in one record.

Where a loss and the last layer's activation cancel (sigmoid with binary cross entropy, softmax with cross entropy), the
record also holds the error as a function of the total input, which cannot overflow.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Annotated, Any, Literal, Protocol

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from engine.formula.arithmetic import Array
from engine.formula.calculus import value_of
from engine.formula.cancelling import Fused, are_shares, over
from engine.formula.corner import Corner, told
from engine.formula.field import Functions, Number
from engine.formula.functions import DIVIDE, MULTIPLY
from engine.formula.setting import says
from engine.formula.tree import ATOM, SUM, Call, Formula, Function, Scripts, Writing, of_slopes


class OutputFunction(Protocol):
    """A function of one output y, its target t and the number m of outputs, over either field."""

    def __call__(self, y: Number, t: float, m: int, f: Functions[Number], /) -> Number:
        """The value at y."""


class OfOutputs(Protocol):
    """The same of arrays of real numbers y and t."""

    def __call__(self, y: Array, t: Array, m: int, /) -> Array:
        """The values."""


class Settings(Struct, frozen=True, kw_only=True):
    """What can be chosen of a loss besides its name; the fields are the settings."""

    over_outputs: Annotated[
        Literal["sum", "mean"], says("whether an example's error is the sum or the mean over its outputs")
    ] = "sum"
    class_weights: Annotated[
        Sequence[float] | None, says("a factor for each output's part of the error, like [1, 2.5]")
    ] = None


class Halved(Settings, frozen=True, kw_only=True):
    """Of a loss that some have with a half before it."""

    half: Annotated[bool, says("whether there is a ½ before it")] = False


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


AS_WRITTEN = 1e-11
"""How far targets that have to be shares may be from the sum 1: written with twelve digits, thirds are."""

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
        arrays: the same of arrays, to the last bit.
        fused: by the last activation's name, the error from x where the two cancel.
        needs_targets: whether an example must have targets.
        targets: which targets it takes.
        shares: whether the outputs are probabilities of which one is true: they sum to 1.
        whole: whether an example's targets have to sum to 1, too.
        scripts: in scripts for libraries of arrays value and slope, of y and t, where they are not as the formulas say.
        corner: of y and t what is 0 where the slope jumps.
        jump: where the slope jumps and which slope is taken there, and of what, as one writes it.
        suits: an activation whose outputs it takes, where it does not take all numbers and none cancels with it.
        settings: those that it is made with.
        make: makes it with others, but for the mean over the outputs.
        family: what it is called where others are the same function but for settings.
    """

    name: str
    formula: Callable[[Formula, Formula, Formula], Formula]
    slope_formula: Callable[[Formula, Formula, Formula], Formula]
    stable: tuple[OutputFunction, OutputFunction] | None = None
    fused: Mapping[str, Fused] = field(default_factory=dict)
    needs_targets: bool = True
    targets: Targets = ANY
    shares: bool = False
    whole: bool = False
    scripts: Scripts = field(default_factory=dict)
    corner: Callable[[Formula, Formula], Formula] | None = None
    jump: tuple[Corner, str] | None = None
    suits: str = ""
    settings: Settings = Settings()
    make: "Callable[[Any], Loss] | None" = None
    family: str = ""
    arrays: tuple[OfOutputs, OfOutputs] | None = None

    @property
    def mean(self) -> bool:
        """Whether an example's error is the mean over its outputs."""
        return self.settings.over_outputs == "mean"

    @cached_property
    def same(self) -> tuple[str, tuple[Any, ...]]:
        """What it is, with which settings: two of which these are equal are one function."""
        return self.family or self.name, tuple(asdict(self.settings).values())

    @cached_property
    def options(self) -> Mapping[str, Any]:
        """The settings that are not as usual, by name."""
        usual = asdict(type(self.settings)())
        return {name: value for name, value in asdict(self.settings).items() if value != usual[name]}

    @property
    def told(self) -> str | dict[str, Any]:
        """The loss as a file says it."""
        options = {name: list(value) if isinstance(value, tuple) else value for name, value in self.options.items()}
        return {"name": self.name, **options} if options else self.name

    @property
    def called(self) -> str:
        """The name, with what is not as usual: `huber (delta = 2)`."""
        return f"{self.name} ({', '.join(map(said, self.options.items()))})" if self.options else self.name

    def fused_with(self, activation: str, outputs: int) -> Fused | None:
        """How E and dE/dx come from the total inputs, where it cancels with this activation of so many outputs."""
        fused = self.fused.get(activation)
        fused = fused.with_classes() if fused is not None and self.settings.class_weights else fused
        return fused.over(outputs) if fused is not None and self.mean else fused

    def taking(self, targets: Array) -> "Loss":
        """The loss as it is written of such targets, an example a row: where some are no shares, their sum comes in."""
        cancels = any(fused.of_sum and not fused.of_any for fused in self.fused.values())
        cancels = cancels and not self.settings.class_weights  # then their sum comes in anyhow
        return self._of_any if cancels and not are_shares(targets) else self

    @cached_property
    def _of_any(self) -> "Loss":
        return replace(self, fused={name: fused.summed() for name, fused in self.fused.items()})

    def weighted(self, part: Formula, weight: Formula) -> Formula:
        """The part of an output in E, or its slope, with its class weight before it; as it is where there are none."""
        return MULTIPLY(weight, part) if self.settings.class_weights else part

    def target_problem(self, targets: Sequence[float]) -> tuple[str, str] | None:
        """Why it cannot take these targets of one example, and a remedy; or None."""
        outside = next((target for target in targets if not self.targets.holds(target)), None)
        if outside is not None:
            return f"the target {outside:g} is out of range", f"targets of {self.name} {self.targets.words}"
        total = math.fsum(targets) if self.whole else 1.0
        if abs(total - 1) > AS_WRITTEN:
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
        more = "".join(f", {said(option)}" for option in self.options.items())
        writing = Writing(f"{name}({{0}}, {{1}}{more})", ATOM, (0,))
        upright = name.replace("_", "-").replace("′", "'")
        below = r",\,".join(rf"\text{{{{{said(option)}}}}}" for option in self.options.items()).replace("_", r"\_")
        index = f"_{{{{{below}}}}}" if below else ""
        latex = Writing(rf"\operatorname{{{{{upright}}}}}{index}({{0}}, {{1}})", ATOM, (0,))
        arrays = None if self.arrays is None else self.arrays[which]
        return Function(
            name=name, formula=formula, value=stable, writing=writing, latex=latex, scripts=scripts, arrays=arrays
        )

    def function(self, outputs: int) -> Function:
        """The same for equations: the part of one output, a function of y and t."""
        count = float(outputs)

        def of(record: Function, slopes: tuple[Callable[[Call], Formula], ...] = ()) -> Function:
            value = None if record.value is None else partial(_counted, record.value, outputs)
            formula = None if record.formula is None else partial(_with_count, record.formula, count)
            arrays = record.arrays
            return Function(
                name=record.name,
                formula=formula,
                value=value,
                slopes=slopes,
                arrays=None if arrays is None else lambda y, t: arrays(y, t, outputs),
                writing=record.writing,
                latex=record.latex,
                scripts=over(record.scripts, outputs) if self.mean else record.scripts,
            )

        slope, corner = of(self._slope), self.corner
        part = of(self._part, (lambda call: slope(*call.arguments),))
        if corner is None or self.jump is None:
            return part
        return replace(part, corner=lambda call: corner(*call.arguments), tie=told(*self.jump))


def usual(make: Callable[[Any], Loss], settings: Settings) -> Loss:
    """A loss with the settings that its name alone means."""
    return over_outputs(make(settings), settings)


def with_settings(loss: Loss, settings: Settings) -> Loss:
    """A loss with others; of its own kind."""
    if settings == loss.settings:
        return loss
    return over_outputs(replace(loss, settings=settings) if loss.make is None else loss.make(settings), settings)


def over_outputs(loss: Loss, settings: Settings) -> Loss:
    """A loss that is a sum over the outputs, as the settings have it: or their mean."""
    if settings.over_outputs == "sum":
        return replace(loss, settings=settings)
    stable, arrays = loss.stable, loss.arrays

    def divided(value: OutputFunction) -> OutputFunction:
        return lambda y, t, m, f: value(y, t, m, f) / m

    def of_arrays(values: OfOutputs) -> OfOutputs:
        return lambda y, t, m: values(y, t, m) / m

    return replace(
        loss,
        formula=lambda y, t, m: DIVIDE(loss.formula(y, t, m), m),
        slope_formula=lambda y, t, m: DIVIDE(loss.slope_formula(y, t, m), m),
        stable=None if stable is None else (divided(stable[0]), divided(stable[1])),
        arrays=None if arrays is None else (of_arrays(arrays[0]), of_arrays(arrays[1])),
        settings=settings,
    )


def said(option: tuple[str, Any]) -> str:
    """`delta = 2`."""
    name, value = option
    if isinstance(value, tuple):
        return f"{name} = [{', '.join(f'{number:g}' for number in value)}]"
    if isinstance(value, bool):
        return f"{name} = {'true' if value else 'false'}"
    return f"{name} = {value:g}" if isinstance(value, float) and float(f"{value:g}") == value else f"{name} = {value}"


def _counted(value: OutputFunction, outputs: int, y: Number, t: float, f: Functions[Number]) -> Number:
    return value(y, t, outputs, f)


def _with_count(
    formula: Callable[[Formula, Formula, Formula], Formula], count: float, y: Formula, t: Formula
) -> Formula:
    return formula(y, t, count)


def of_outputs(template: str) -> Writing:
    """What a script writes of outputs and targets: as a loss, or as its slope."""
    return Writing(template, SUM, (ATOM,))
