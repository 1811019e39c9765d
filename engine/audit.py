"""What a document prints, held against what is computed.

A figure matches within half a unit of its last printed digit. One that does not must say why: it went on from rounded
numbers, it belongs to other settings, or it is wrong in print. A reason that is not there any more is stale.
"""

import math
from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from engine.advance import begin_with, complete
from engine.arithmetic import locked
from engine.batches import batches_per_epoch
from engine.gradient_check import GradientCheck, ParameterCheck, each_derivative
from engine.lookup import value_of
from engine.quantity import Quantity
from engine.scenario import Published, Scenario, Variant
from engine.timeline import Timeline
from engine.values import Values

Verdict = Literal["match", "rounded", "variant", "erratum", "mismatch", "stale"]

FAILED: tuple[Verdict, ...] = ("mismatch", "stale")
"""What the audit finds beside what is declared: an undeclared difference, and a declared one that is not there."""

RELATIVE = 1e-12
"""The part of a number that counts as rounding of our own: figures with very many digits match within it."""

SLICE = 0.05
"""Seconds of a walk towards a figure between one word of how far it is and the next."""

Watch = Callable[[int, int, Literal["figures", "derivatives"]], None]
"""Is told how many are checked, of how many, of what."""

OF_THE_ITERATION = ("w", "w+", "learning_rate", "E_epoch")
"""Quantities that are the same whichever example is asked for."""


class FigureCheck(Struct, frozen=True):
    """One figure, checked.

    Attributes:
        figure: what is printed.
        computed: the number under the file's own settings; nan where the walk does not get there.
        under_variant: the number under the variant's settings, if there is one.
        verdict: the declared one if it holds, else `mismatch` or `stale`.
    """

    figure: Published
    computed: float
    under_variant: float | None
    verdict: Verdict

    @property
    def ok(self) -> bool:
        """Whether the figure is as declared."""
        return self.verdict not in FAILED


class Audit(Struct, frozen=True):
    """A scenario's figures in the order of its file, and its gradient check where its walk begins.

    `gradient` is None where a number leaves the finite ones, and then `why_not` says which.
    """

    scenario: Scenario
    figures: tuple[FigureCheck, ...]
    gradient: GradientCheck | None
    why_not: str = ""

    @property
    def ok(self) -> bool:
        """Whether every figure is as declared and every derivative is right."""
        return all(check.ok for check in self.figures) and self.gradient is not None and self.gradient.ok


def audit(scenario: Scenario, watch: Watch | None = None) -> Audit:
    """Checks every figure and every derivative of a scenario.

    Args:
        scenario: what is checked.
        watch: is told now and then how far it is; what it raises ends the audit.
    """
    tell: Watch = watch or (lambda done, count, what: None)
    auditor = Auditor(scenario)
    figures: list[FigureCheck] = []
    for figure in scenario.published:
        while not auditor.reach(figure, SLICE):
            tell(len(figures), len(scenario.published), "figures")
        figures.append(auditor.check(figure))
        tell(len(figures), len(scenario.published), "figures")
    timeline = Timeline(scenario)
    start = timeline.start(timeline.first)
    derivatives: list[ParameterCheck] = []
    try:
        for derivative in each_derivative(scenario, scenario.theta, start.examples):
            derivatives.append(derivative)
            tell(len(derivatives), len(scenario.theta), "derivatives")
    except ArithmeticError as error:
        return Audit(scenario, tuple(figures), None, str(error))
    return Audit(scenario, tuple(figures), GradientCheck(tuple(derivatives)))


def matches(figure: Published, value: float) -> bool:
    """Whether a number, rounded as the figure is, gives the figure.

    A number that lies on the half is rounded away from zero or to the even digit: 0.125 is printed as 0.13 or 0.12, and
    1.5 as 2, never as 1.
    """
    distance, half = abs(value - figure.number), figure.resolution / 2
    noise = RELATIVE * max(abs(figure.number), half)
    if distance <= noise:
        return True
    if abs(distance - half) <= noise:
        even = round(figure.number / figure.resolution) % 2 == 0
        return even or abs(figure.number) > abs(value)
    return distance < half


def judged(figure: Published, own: float, other: float | None) -> Verdict:
    """The verdict on a figure.

    Args:
        figure: what is printed.
        own: the number under the file's own settings.
        other: the number under the variant's settings, if there is one.
    """
    fits = matches(figure, own)
    if figure.verdict == "match":
        return "match" if fits else "mismatch"
    if fits:
        return "stale"
    holds = {
        "rounded": figure.within is not None and abs(own - figure.number) <= figure.within,
        "variant": other is not None and matches(figure, other),
        "erratum": math.isfinite(own),
    }
    return figure.verdict if holds[figure.verdict] else "mismatch"


class Auditor:
    """Checks figures of one scenario; figures under the same settings share a walk."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._walk = _Walk(scenario)
        self._others: list[tuple[Variant, _Walk]] = []

    def check(self, figure: Published) -> FigureCheck:
        """One figure."""
        own = self._walk.value(figure, figure.iteration)
        other = None if figure.variant is None else self._under(figure, figure.variant)
        return FigureCheck(figure, own, other, judged(figure, own, other))

    def reach(self, figure: Published, seconds: float) -> bool:
        """Walks towards a figure for about so long: 10,000 updates take a while, in which others want their turn.

        Returns:
            whether it is reached, so that `check` is quick.
        """
        own = self._walk.reach(figure, figure.iteration, seconds)
        if not own or figure.variant is None:
            return own
        walk, iteration = self._other(figure, figure.variant)
        return walk.reach(figure, iteration, seconds)

    def _under(self, figure: Published, variant: Variant) -> float:
        walk, iteration = self._other(figure, variant)
        return walk.value(figure, iteration)

    def _other(self, figure: Published, variant: Variant) -> "tuple[_Walk, int]":
        """The walk under a variant's settings, and the figure's iteration there."""
        iteration = figure.iteration if variant.iteration is None else variant.iteration
        settings = replace(variant, iteration=None)
        walk = next((walk for known, walk in self._others if known == settings), None)
        if walk is None:
            walk = _Walk(varied(self.scenario, variant))
            self._others.append((settings, walk))
        return walk, iteration


def varied(scenario: Scenario, variant: Variant) -> Scenario:
    """The scenario under a variant's settings."""
    theta = scenario.theta.copy()
    for name, value in variant.parameters.items():
        theta[scenario.network.parameter_index[name]] = value
    network = scenario.network if variant.loss is None else replace(scenario.network, loss=variant.loss)
    return replace(scenario, network=network, theta=locked(theta), training=variant.training)


class _Walk:
    """Numbers of one walk, at whole iterations."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario, self._timeline = scenario, Timeline(scenario)
        self._values: dict[tuple[int, int | None], Values] = {}

    def reach(self, figure: Published, iteration: int, seconds: float) -> bool:
        """Records for about so long what the figure needs; whether all of it is there, or the walk ends before."""
        epochs = [quantity.epoch for quantity in figure.expression.quantities() if quantity.epoch is not None]
        last = max([iteration, *((epoch + 1) * batches_per_epoch(self._scenario) for epoch in epochs)])
        self._timeline.extend(last, seconds=seconds)
        return self._timeline.recorded >= last or self._timeline.event is not None

    def value(self, figure: Published, iteration: int) -> float:
        """The figure's expression after so many updates; nan where the walk does not get there."""

        def lookup(quantity: Quantity) -> float:
            value = self._number(quantity, iteration, figure.example)
            return math.nan if value is None else value

        return figure.expression.evaluate(lookup)

    def _number(self, quantity: Quantity, iteration: int, example: int | None) -> float | None:
        if quantity.epoch is not None:
            size = batches_per_epoch(self._scenario)
            errors = self._timeline.errors((quantity.epoch + 1) * size, quantity.epoch * size)
            total = 0.0
            for error in errors.tolist():
                total += error
            return total if len(errors) == size else None
        own = None if example is None or quantity.kind in OF_THE_ITERATION else example - 1
        values = self._complete(iteration, own)
        return None if values is None else value_of(self._scenario, values, quantity)

    def _complete(self, iteration: int, example: int | None) -> Values | None:
        """An iteration of the walk, or what its parameters make of one example by itself; None if it is not reached."""
        if (iteration, example) not in self._values:
            try:
                values = self._timeline.start(iteration)
            except IndexError:
                return None
            if example is not None:
                theta, state = values.theta, values.state
                values = begin_with(self._scenario, values.steps, iteration, theta, state, (example,))
            self._values[iteration, example] = complete(self._scenario, values)
        return self._values[iteration, example]
