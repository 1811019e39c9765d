"""How far a figure may be from ours because the program that printed it rounds otherwise, from the first update on.

A few such programs are walked beside ours. Of the iteration that a figure is of, every number is moved by what rounding
does to it, up or down. Of those before it a few are, the further back the fewer: at the distances 1, 2, 4 … from its
end, each for all that lie between it and the next one, whose roundings add up as independent ones do, by the square
root of their count. In between, the walk goes on as fast as ever. So what rounding does is carried on by the arithmetic
itself: it dies out where training converges, and grows where small differences grow.

Programs come in pairs, which move each number in opposite directions, and the nearer of the two counts: where a node
stands on the kink of its activation, one of them goes over it, and what jumps there is not what rounding does.

The roundings are made `SCALE` times as large and what comes of them is divided by that again, so that they are not lost
among those of our own arithmetic.
"""

import math
from collections.abc import Iterator
from functools import cached_property, lru_cache
from time import perf_counter
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.check.agreement import SINGLE
from engine.check.uncertainty import drawn, moved_rows
from engine.check.walked import Numbers, Walked
from engine.formula.precision import EXACT
from engine.formula.quantity import Quantity
from engine.formula.tree import Ref
from engine.program.batches import batch_of, batches_per_epoch
from engine.program.scenario import Published, Scenario
from engine.program.steps import Steps
from engine.walking.advance import begin, begin_with, complete, first_state, pack, unpack
from engine.walking.values import Values

if TYPE_CHECKING:
    from engine.walking.fast.array_run import ArrayRun

Array = NDArray[np.float64]

ROUNDING = 2.0**-52
"""What one rounding does to a number, and one more in the other program: a unit of its last bit."""
SCALE = 2.0**10
PAIRS = 3
"""Pairs of programs that walk."""
DRAWS = 3
"""Draws of what rounding does to the figure's own iteration, for each of them: of all, the furthest away counts …"""
SAFETY = 5.0
"""… and so many times that: they may all be small by chance."""
SUM = 64
"""Terms of a sum from which on its rounding is more than one of its own: it grows with the square root of them."""
CHUNK = 64
"""Iterations between two looks at the clock."""


class Rounding:
    """What rounding may do to the figures of one scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self._arithmetic = scenario.training.arithmetic
        scenario = replace(scenario, training=replace(scenario.training, arithmetic=EXACT))
        self._exact = None if self._arithmetic.exact else Walked(scenario)
        self._walks = [tuple(_Walk(scenario, seed, way * SCALE * ROUNDING) for way in (1, -1)) for seed in range(PAIRS)]
        self._pairs = {
            from_outputs: [
                [_Program(walk, draw, slopes_from_outputs=from_outputs) for walk in pair]
                for pair in self._walks
                for draw in range(DRAWS)
            ]
            for from_outputs in (False, True)
        }

    def reach(self, figure: Published, iteration: int, seconds: float) -> bool:
        """Walks for about so long; whether what the figure needs is there."""
        until = perf_counter() + seconds
        if self._exact is not None and not self._exact.reach(figure, iteration, seconds):
            return False
        return all(walk.reach(figure, iteration, until) for pair in self._walks for walk in pair)

    def spread(self, figure: Published, iteration: int, own: float, *, slopes_from_outputs: bool = False) -> float:
        """The most that a figure may be off after so many updates.

        Args:
            figure: what is printed.
            iteration: after how many updates.
            own: our number.
            slopes_from_outputs: whether the other program takes slopes from outputs, as y·(1 − y), and so loses the
                digits of a saturated one.
        """
        if self._arithmetic.rounds:  # who rounds, and tells how, comes to the figure itself
            return 0.0
        size = SINGLE if self._arithmetic.field.single else 1.0
        own = own if self._exact is None else self._exact.value(figure, iteration)
        pairs = self._pairs[slopes_from_outputs]
        offs = [min(abs(program.value(figure, iteration) - own) for program in pair) for pair in pairs]
        return size * SAFETY / SCALE * max((off for off in offs if math.isfinite(off)), default=0.0)


@lru_cache(maxsize=4)
def rounding_of(scenario: Scenario) -> Rounding:
    """The one of a scenario: its programs walk once."""
    return Rounding(scenario)


class _Walk:
    """The updates of a program that rounds otherwise: each iteration's parameters and optimizer state at its start."""

    def __init__(self, scenario: Scenario, seed: int, rounding: float) -> None:
        self.scenario, self.steps = scenario, Steps(scenario.network, scenario.training)
        self.seed, self.rounding = seed, rounding
        self._starts: dict[int, tuple[Array, Array]] = {}
        self._on_the_way: dict[int, Iterator[tuple[Array, Array] | None]] = {}

    @cached_property
    def _run(self) -> "ArrayRun | None":
        """Whole iterations at once: few figures ask for them."""
        from engine.walking.fast.array_run import fast_run

        return fast_run(self.scenario)

    def reach(self, figure: Published, iteration: int, until: float) -> bool:
        """Walks until that time; whether what the figure needs is there."""
        epochs = {quantity.epoch for quantity in figure.expression.quantities() if quantity.epoch is not None}
        wanted = {iteration, *(epoch * batches_per_epoch(self.scenario) for epoch in epochs)}
        return all(self._reach(one, until) for one in sorted(wanted))

    def start(self, iteration: int) -> Values:
        """An iteration with nothing computed."""
        self._reach(iteration, math.inf)
        return begin(self.scenario, self.steps, iteration, *self._starts[iteration])

    def random(self, *of: int) -> np.random.Generator:
        """Which way the numbers of an iteration are moved; the same each time."""
        return np.random.Generator(np.random.PCG64([self.seed, *of]))

    def moved(
        self,
        start: Values,
        random: np.random.Generator,
        *,
        count: int = 1,
        slopes_from_outputs: bool = True,
        alone: bool = False,
    ) -> Values:
        """An iteration with the roundings of so many; or what its parameters make of an example alone."""
        longest = max(len(start.examples), *self.scenario.network.shape)
        part = self.rounding * math.sqrt(count * max(1.0, longest / SUM))
        scenario = self.scenario.without_penalty if alone else self.scenario
        *_, last = moved_rows(scenario, start, part, random, slopes_from_outputs=slopes_from_outputs)
        return last

    def _reach(self, iteration: int, until: float) -> bool:
        if iteration not in self._starts:
            way = self._on_the_way.setdefault(iteration, self._way(iteration))
            for found in way:
                if found is not None:
                    self._starts[iteration] = found
                elif perf_counter() >= until:
                    return False
            del self._on_the_way[iteration]
        return True

    def _way(self, target: int) -> Iterator[tuple[Array, Array] | None]:
        """Parameters and state at the start of an iteration, after a None for each stretch of the way."""
        at, theta, state = self.scenario.first_iteration, self.scenario.theta, first_state(self.scenario)
        distances = [0]
        while distances[-1] < target - at:
            distances.append(min(max(1, 2 * distances[-1]), target - at))
        for nearer, distance in zip(distances[-2::-1], distances[:0:-1], strict=True):
            while at < target - distance:
                theta, state, at = self._on(theta, state, at, min(at + CHUNK, target - distance))
                yield None
            start = begin(self.scenario, self.steps, at, theta, state)
            values = self.moved(start, self.random(at), count=distance - nearer)
            theta, state, at = values.theta, values.state, at + 1
        yield theta, state

    def _on(self, theta: Array, state: Array, at: int, last: int) -> tuple[Array, Array, int]:
        """Some iterations as they are."""
        if self._run is not None:
            packed, reached = self._run(pack(theta, state), at, last, -math.inf, [])
            if reached > at:
                return *unpack(packed, len(theta)), reached
        values = complete(self.scenario, begin(self.scenario, self.steps, at, theta, state))
        return values.theta, values.state, at + 1


class _Program(Numbers):
    """One draw of a figure's own iteration, after that walk."""

    def __init__(self, walk: _Walk, draw: int, *, slopes_from_outputs: bool) -> None:
        super().__init__(walk.scenario)
        self._walk, self._draw, self._from_outputs = walk, draw, slopes_from_outputs
        self._values: dict[tuple[int, int | None], Values] = {}

    def number(self, quantity: Quantity, iteration: int, example: int | None) -> float | None:
        """One quantity, moved as far as it is computed from others when it is asked for; what is given is as it is."""
        program, name = self._walk.steps.program, quantity.subject or ""
        element = program.known_elements.get((quantity.kind, name))
        if element is not None and element.name in program.given:
            return self._given(element, iteration, example)
        value = super().number(quantity, iteration, example)
        is_given = quantity.kind == "w" and iteration == self.scenario.first_iteration
        if value is None or is_given or quantity.kind == "learning_rate":
            return value
        by = abs(value)
        if quantity.kind == "dy/dx" and self._from_outputs:
            y = super().number(Quantity("y", name), iteration, example)
            by = max(by, abs(y or 0.0))
        random = self._walk.random(iteration, self._draw, crc32(str(quantity).encode()))
        return value + self._walk.rounding * by * float(drawn(random, ()))

    def of_epoch(self, epoch: int) -> float | None:
        """As `Numbers` has it; every iteration of it is moved."""
        size = batches_per_epoch(self.scenario)
        values = self._walk.start(epoch * size)
        total = 0.0
        for iteration in range(epoch * size, (epoch + 1) * size):
            values = begin(self.scenario, self._walk.steps, iteration, values.theta, values.state)
            values = self._walk.moved(values, self._walk.random(iteration, self._draw))
            if values.error is None:
                return None
            total += values.error
        return total

    def completed(self, iteration: int, example: int | None) -> Values | None:
        """As `Numbers` has it, every number of it moved."""
        if (iteration, example) not in self._values:
            start = self._walk.start(iteration)
            if example is not None:
                start = begin_with(self.scenario, start.steps, iteration, start.theta, start.state, (example,))
            random = self._walk.random(iteration, self._draw)
            self._values[iteration, example] = self._walk.moved(
                start, random, slopes_from_outputs=self._from_outputs, alone=example is not None
            )
        return self._values[iteration, example]

    def _given(self, element: Ref, iteration: int, example: int | None) -> float | None:
        """An input, or a target."""
        row = batch_of(self.scenario, iteration)[0] if example is None else example - 1
        given = self._walk.steps.program.given[element.name]
        scenario = self.scenario
        source = {"inputs": scenario.inputs, "targets": scenario.targets, "weights": scenario.weights}[given.of]
        return None if source is None else float(source[row, given.columns[element.item or 0]])
