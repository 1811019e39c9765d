"""The numbers that figures ask of a walk: at whole iterations, of the batch or of one example, or of a whole epoch."""

import math
from abc import ABC, abstractmethod

from engine.ask.lookup import value_of
from engine.formula.quantity import Quantity, kind_of
from engine.program.batches import batches_per_epoch
from engine.program.scenario import Published, Scenario
from engine.walking.advance import begin_with, complete
from engine.walking.timeline import Timeline
from engine.walking.values import Values


def last_iteration(scenario: Scenario, figure: Published, iteration: int) -> int:
    """The iteration up to which a walk must be known for a figure."""
    epochs = [quantity.epoch for quantity in figure.expression.quantities() if quantity.epoch is not None]
    return max([iteration, *((epoch + 1) * batches_per_epoch(scenario) for epoch in epochs)])


class Numbers(ABC):
    """A source of numbers for figures."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def value(self, figure: Published, iteration: int) -> float:
        """The figure's expression after so many updates; nan where the walk does not get there."""

        def lookup(quantity: Quantity) -> float:
            value = self.number(quantity, iteration, figure.example)
            return math.nan if value is None else value

        return figure.expression.evaluate(lookup)

    def number(self, quantity: Quantity, iteration: int, example: int | None) -> float | None:
        """One quantity, of an example of the file (from 1) or of the batch; None where the walk does not get there."""
        if quantity.epoch is not None:
            return self.of_epoch(quantity.epoch)
        own = None if example is None or kind_of(quantity.kind).over == "iteration" else example - 1
        values = self.completed(iteration, own)
        return None if values is None else value_of(self.scenario, values, quantity)

    @abstractmethod
    def of_epoch(self, epoch: int) -> float | None:
        """The sum of the E of an epoch's iterations; None where the walk does not get there."""

    @abstractmethod
    def completed(self, iteration: int, example: int | None) -> Values | None:
        """A whole iteration, or what its parameters make of one example (from 0) by itself."""


class Walked(Numbers):
    """The numbers of a walk as it is."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self._timeline = Timeline(scenario)
        self._values: dict[tuple[int, int | None], Values] = {}

    def reach(self, figure: Published, iteration: int, seconds: float) -> bool:
        """Records for about so long what the figure needs; whether all of it is there, or the walk ends before."""
        last = last_iteration(self.scenario, figure, iteration)
        self._timeline.extend(last, seconds=seconds)
        return self._timeline.recorded >= last or self._timeline.event is not None

    def of_epoch(self, epoch: int) -> float | None:
        """As `Numbers` has it."""
        size = batches_per_epoch(self.scenario)
        errors = self._timeline.errors((epoch + 1) * size, epoch * size)
        total = 0.0
        for error in errors.tolist():
            total += error
        return total if len(errors) == size else None

    def completed(self, iteration: int, example: int | None) -> Values | None:
        """As `Numbers` has it."""
        if (iteration, example) not in self._values:
            try:
                values = self._timeline.start(iteration)
            except IndexError:
                return None
            if example is not None:
                theta, state = values.theta, values.state
                values = begin_with(self.scenario, values.steps, iteration, theta, state, (example,))
            scenario = self.scenario if example is None else self.scenario.without_penalty
            self._values[iteration, example] = complete(scenario, values)
        return self._values[iteration, example]
