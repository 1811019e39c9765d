"""Learning rates that change from iteration to iteration: each schedule is the formula of the rate in force.

Adding a schedule is adding one class to `SCHEDULES`.
"""

import math
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.functions import ADD, COSINE, DIVIDE, MULTIPLY, PI, RAISE, SUBTRACT
from engine.formula.setting import NotNegative, Positive, says
from engine.formula.tree import ATOM, CHOICE, Formula, Function, Symbol, Writing

Count = Annotated[int, Meta(ge=1, le=10_000_000)]
START, ITERATION = Symbol("α₀", r"\alpha_{0}"), Symbol("k")
"""The rate to begin with, and the number of the iteration, from 0."""
FLOOR = Function(
    name="floor",
    value=lambda a, f: float(math.floor(a)),
    slopes=(lambda c: 0.0,),
    writing=Writing("⌊{0}⌋", ATOM, (CHOICE,)),
    latex=Writing(r"\left\lfloor {0} \right\rfloor", ATOM, (CHOICE,)),
)


class Schedule(Struct, frozen=True, kw_only=True):
    """A schedule; its fields are its settings."""

    name: ClassVar[str]

    def formula(self, start: Formula, k: Formula, iteration: int) -> Formula:
        """The rate in force.

        Args:
            start: the rate to begin with.
            k: the number of the iteration.
            iteration: the same as a number, where another formula holds from some iteration on.
        """
        raise NotImplementedError

    def at(self, start: float, iteration: int) -> float:
        """The rate at an iteration, from 0."""
        return float(number_of(self.formula(start, float(iteration), iteration), {}, REAL))


class Step(Schedule, frozen=True):
    """The rate falls by a factor every so many iterations."""

    name: ClassVar[str] = "step"
    every: Annotated[Count, says("after how many iterations")]
    factor: Annotated[Positive, says("by which the rate is multiplied then")] = 0.1

    def formula(self, start: Formula, k: Formula, iteration: int) -> Formula:
        """α₀·factor^⌊k / every⌋."""
        return MULTIPLY(start, RAISE(self.factor, FLOOR(DIVIDE(k, float(self.every)))))


class Exponential(Schedule, frozen=True):
    """The rate falls by a factor at every iteration."""

    name: ClassVar[str] = "exponential"
    rate: Annotated[Positive, says("by which the rate is multiplied at every iteration")]

    def formula(self, start: Formula, k: Formula, iteration: int) -> Formula:
        """α₀·rate^k."""
        return MULTIPLY(start, RAISE(self.rate, k))


class Inverse(Schedule, frozen=True):
    """The rate falls as 1 over the time."""

    name: ClassVar[str] = "inverse"
    rate: Annotated[NotNegative, says("by how much what the rate is divided by grows at every iteration")]

    def formula(self, start: Formula, k: Formula, iteration: int) -> Formula:
        """α₀ / (1 + rate·k)."""
        return DIVIDE(start, ADD(1.0, MULTIPLY(self.rate, k)))


class Cosine(Schedule, frozen=True):
    """The rate falls along half a wave, and stays at its end."""

    name: ClassVar[str] = "cosine"
    iterations: Annotated[Count, says("within how many iterations")]
    end: Annotated[NotNegative, says("the rate at the end")] = 0.0

    def formula(self, start: Formula, k: Formula, iteration: int) -> Formula:
        """End + (α₀ − end)·(1 + cos(π·k / iterations)) / 2."""
        if iteration >= self.iterations:
            return self.end
        wave = ADD(1.0, COSINE(MULTIPLY(PI, DIVIDE(k, float(self.iterations)))))
        return ADD(self.end, DIVIDE(MULTIPLY(SUBTRACT(start, self.end), wave), 2.0))


class Warmup(Schedule, frozen=True):
    """The rate grows in equal steps, and stays, or goes on by another schedule that begins then."""

    name: ClassVar[str] = "warmup"
    iterations: Annotated[Count, says("within how many iterations")]
    then: Schedule | None = None

    def formula(self, start: Formula, k: Formula, iteration: int) -> Formula:
        """α₀·(k + 1) / iterations, and then α₀, or that of the next one."""
        whole = float(self.iterations)
        if iteration < self.iterations:
            return DIVIDE(MULTIPLY(start, ADD(k, 1.0)), whole)
        if self.then is None:
            return start
        return self.then.formula(start, SUBTRACT(k, whole), iteration - self.iterations)


SCHEDULES: dict[str, type[Schedule]] = {
    schedule.name: schedule for schedule in (Step, Exponential, Inverse, Cosine, Warmup)
}
