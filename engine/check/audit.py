"""What a document prints, held against what is computed.

A figure matches where it agrees with the number (`agreement`). One that does not must say why: it went on from rounded
numbers, it belongs to other settings, or it is wrong in print. A reason that is not there any more is stale.
"""

from time import perf_counter
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from engine.check.agreement import agreement, like_single, needs_spread
from engine.check.rounding import rounding_of
from engine.check.verdict import FAILED, FigureCheck, judged
from engine.check.walked import Walked
from engine.formula.arithmetic import locked
from engine.program.batches import with_weights
from engine.program.network import Network
from engine.program.scenario import Published, Scenario, Variant
from engine.told import Told, untold
from engine.walking.changes import with_values
from engine.walking.timeline import Timeline

if TYPE_CHECKING:
    from engine.check.gradients import GradientCheck, ParameterCheck

SLICE = 0.05
"""Seconds between one word of how far it is and the next."""


class Audit(Struct, frozen=True):
    """A scenario's figures in the order of its file, and its gradient check where its walk begins.

    `gradient` is None where a number leaves the finite ones, and then `why_not` says which.
    """

    scenario: Scenario
    figures: tuple[FigureCheck, ...]
    gradient: "GradientCheck | None"
    why_not: str = ""

    @property
    def ok(self) -> bool:
        """Whether every figure is as declared and every derivative is right."""
        return all(check.ok for check in self.figures) and self.gradient is not None and self.gradient.ok


def audit(scenario: Scenario, told: Told = untold) -> Audit:
    """Checks every figure and every derivative of a scenario.

    Args:
        scenario: what is checked.
        told: is told now and then how far it is; what it raises ends the audit.
    """
    from engine.check.gradients import GradientCheck, each_derivative  # here: a walk's marks check no derivative

    checks, over = Checks(scenario), False
    while not over:
        over = checks.go_on(SLICE)
        told(len(checks.done), len(scenario.published), "figures")
    timeline = Timeline(scenario)
    start = timeline.start(timeline.first)
    derivatives: list[ParameterCheck] = []
    try:
        for derivative in each_derivative(scenario, scenario.theta, start.examples):
            derivatives.append(derivative)
            told(len(derivatives), len(scenario.theta), "derivatives")
    except ArithmeticError as error:
        return Audit(scenario, tuple(checks.done), None, str(error))
    return Audit(scenario, tuple(checks.done), GradientCheck.of(derivatives))


class Checks:
    """A scenario's figures, checked as far as there was time for it.

    Attributes:
        scenario: whose.
        done: those that are checked, in the order of its file.
    """

    def __init__(self, scenario: Scenario) -> None:
        """None is checked yet."""
        self.scenario = scenario
        self.done: list[FigureCheck] = []
        self._auditor: Auditor | None = None

    @property
    def over(self) -> bool:
        """Whether all are checked."""
        return len(self.done) == len(self.scenario.published)

    def go_on(self, seconds: float) -> bool:
        """Checks for about so long; whether all are checked."""
        until = perf_counter() + seconds
        auditor = self._auditor = self._auditor or Auditor(self.scenario)
        while not self.over:
            figure = self.scenario.published[len(self.done)]
            if not auditor.reach(figure, until - perf_counter()):
                return False
            self.done.append(auditor.check(figure))
            if perf_counter() >= until:
                break
        if self.over:
            self._auditor = None  # nobody asks for its walks any more
        return self.over


class Auditor:
    """Checks figures of one scenario; figures under the same settings share a walk."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._walk = Walked(scenario)
        self._walks: list[tuple[Variant, Walked]] = [(Variant(scenario.training), self._walk)]
        """By their settings, which need be no others: a figure may be of another iteration only."""

    def check(self, figure: Published) -> FigureCheck:
        """One figure."""
        own = self._walk.value(figure, figure.iteration)
        walk, iteration = self._declared(figure)
        value = own if figure.variant is None else walk.value(figure, iteration)
        other = None if figure.variant is None else value
        if figure.verdict not in ("match", "variant"):
            return FigureCheck(figure, own, other, judged(figure, own, None))

        def spread(slopes_from_outputs: bool) -> float:
            rounding = rounding_of(walk.scenario)
            return rounding.spread(figure, iteration, value, slopes_from_outputs=slopes_from_outputs)

        how = agreement(figure, value, spread)
        verdict = judged(figure, own, how)
        if verdict in FAILED:
            return FigureCheck(figure, own, other, verdict, None, how is None and like_single(figure, value, spread))
        return FigureCheck(figure, own, other, verdict, how)

    def reach(self, figure: Published, seconds: float) -> bool:
        """Walks towards a figure for about so long: 10,000 updates take a while, in which others want their turn.

        Returns:
            whether it is reached, so that `check` is quick.
        """
        walk, iteration = self._declared(figure)
        for one, k in {(self._walk, figure.iteration), (walk, iteration)}:
            if not one.reach(figure, k, seconds):
                return False
        if figure.verdict in ("match", "variant") and needs_spread(figure, walk.value(figure, iteration)):
            return rounding_of(walk.scenario).reach(figure, iteration, seconds)
        return True

    def _declared(self, figure: Published) -> tuple[Walked, int]:
        """The walk that a figure is declared to be of, and its iteration there."""
        if figure.variant is None:
            return self._walk, figure.iteration
        variant = figure.variant
        iteration = figure.iteration if variant.iteration is None else variant.iteration
        settings = replace(variant, iteration=None, told={})
        walk = next((walk for known, walk in self._walks if known == settings), None)
        if walk is None:
            walk = Walked(varied(self.scenario, variant))
            self._walks.append((settings, walk))
        return walk, iteration


def varied(scenario: Scenario, variant: Variant) -> Scenario:
    """The scenario under a variant's settings."""
    network = (
        scenario.network
        if variant.loss is None
        else replace(scenario.layered, loss=variant.loss).taking(scenario.targets)
    )
    if variant.activations and isinstance(network, Network):
        layers = [
            replace(layer, activation=variant.activations.get(number, layer.activation))
            for number, layer in enumerate(network.layers, 1)
        ]
        network = replace(network, layers=tuple(layers))
    found = replace(scenario, network=network, training=variant.training)
    if not variant.biases:
        found = _without_biases(found)
    return with_weights(with_values(found, variant.parameters))


def _without_biases(scenario: Scenario) -> Scenario:
    """The same with biases of 0 that stay 0."""
    network, theta = scenario.layered, scenario.theta.copy()
    biases = [network.parameter_index[name] for layer in network.layers for name in layer.bias_names]
    theta[biases] = 0.0
    training = replace(scenario.training, frozen=scenario.training.frozen | set(biases))
    return replace(scenario, theta=locked(theta), training=training)
