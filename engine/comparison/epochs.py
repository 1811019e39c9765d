"""Figures of whole epochs that are not what is computed: what was done to get them.

No row makes them: they are sums over iterations. So mistakes are made in each iteration from the first one on.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from engine.check.walked import Walked
from engine.comparison.arithmetic import slips
from engine.comparison.asides import Asides
from engine.comparison.cause import PLAINNESS, WORDS, Cause
from engine.comparison.explanations import NEAR
from engine.comparison.faults import Fault, Faults
from engine.comparison.placing import Given
from engine.comparison.row_faults import RowFaults
from engine.comparison.search import BY_CHANCE
from engine.comparison.settings import SETTING, SLOWLY, settings_of
from engine.comparison.slots import Slots
from engine.comparison.tolerance import Tolerance
from engine.comparison.trial import Trials
from engine.comparison.verdicts import Judge
from engine.formula.quantity import Quantity
from engine.program.batches import batches_per_epoch
from engine.program.expression import Expression
from engine.program.scenario import Published, Scenario, Variant
from engine.program.steps import Row
from engine.walking.advance import complete
from engine.walking.timeline import Timeline

MOST_ROWS = 150_000
"""Rows that are computed to look for mistakes of rows; beyond that, none is looked for."""


Program = tuple[float | Quantity | str, ...]
Mistake = tuple[str, tuple[int, ...], str, str, dict[str, Any], Sequence[float]]


class Try(Struct, frozen=True):
    """A mistake and what it makes of a figure.

    Attributes:
        cause: its name.
        number: what comes of it.
        order: less is plainer.
        words: what was done.
        at: where.
        details: what more there is to say.
        variant: the settings that say the same, if there are any.
    """

    cause: str
    number: float
    order: tuple[int, ...]
    words: str
    at: str = SETTING
    details: dict[str, Any] = field(default_factory=dict)
    variant: Variant | None = None


class Epochs:
    """Looks for what was done to get figures of epochs.

    Args:
        scenario: of the walk.
        last: the last epoch of which there are figures.
    """

    def __init__(self, scenario: Scenario, last: int) -> None:
        self.scenario, self.batches = scenario, batches_per_epoch(scenario)
        self._right, self._last = Walked(scenario), last
        slowly = (last + 1) * self.batches - scenario.first_iteration > SLOWLY
        settings = (setting for setting in settings_of(scenario) if not (setting.slow and slowly))
        self._settings = [(setting, Walked(setting.scenario)) for setting in settings]

    def causes(self, figure: Published) -> tuple[Cause, ...]:
        """What was done to get a figure; none where that is not found."""
        right = self._right.value(figure, figure.iteration)
        half, off = figure.resolution / 2, abs(figure.number - right)
        tries = [one for one in self._tries(figure) if np.isfinite(one.number)]
        hits = [one for one in tries if abs(one.number - figure.number) <= half]
        near = {float(f"{one.number:.12e}") for one in tries if half < abs(one.number - figure.number) < 0.999 * off}
        chance = (1 + len(near)) * min(1.0, half / max(off, 1e-300))
        if not hits or chance > BY_CHANCE:
            return ()
        best = min(hits, key=lambda one: one.order)
        return (Cause(best.cause, best.at, 1, best.words, best.details, chance, best.variant),)

    def _tries(self, figure: Published) -> Iterator[Try]:
        text = str(figure.expression)
        for place, slip in enumerate(slips(figure.expression, self.scenario)):
            order = (PLAINNESS.index(slip.cause), 0, place)
            words = f"{slip.words}; it should be {text}"
            yield Try(slip.cause, self._number(figure, slip.expression.program), order, words, text)
        yield from self._of_other_epochs(figure)
        yield from self._of_means(figure)
        for setting, walk in self._settings:
            of_it = (PLAINNESS.index(setting.cause), 1)
            number = walk.value(figure, figure.iteration)
            yield Try(setting.cause, number, of_it, setting.words, setting.at, dict(setting.details), setting.variant)
        if all(one.epoch is not None for one in figure.expression.quantities()):
            yield from self._of_rows(figure)

    def _number(self, figure: Published, program: Program) -> float:
        """Other arithmetic over our numbers."""
        return self._right.value(replace(figure, expression=Expression("", program)), figure.iteration)

    def _of_other_epochs(self, figure: Published) -> Iterator[Try]:
        text, epochs = str(figure.expression), epochs_of(figure)
        for by in (step for size in range(1, NEAR + 1) for step in (-size, size)):
            if min(epochs) + by < 0:
                continue
            shifted = _replaced(figure, lambda one, by=by: (replace(one, epoch=(one.epoch or 0) + by),))  # type: ignore[misc]
            theirs = [epoch + by for epoch in epochs]
            words = f"these are the numbers of {_named(theirs)}; those of {_named(epochs)} are asked"
            order = (PLAINNESS.index("other-iteration"), 0, abs(by))
            yield Try("other-iteration", self._number(figure, shifted), order, words, text, {"epoch": theirs[0]})

    def _of_means(self, figure: Published) -> Iterator[Try]:
        """The mean of an epoch for its sum."""
        for of, count in (("iterations", self.batches), ("examples", len(self.scenario.inputs))):
            mean = _replaced(figure, lambda one, count=count: (one, float(count), "/"))  # type: ignore[misc]
            words = f"the sum of an epoch was divided by its {count} {of}; E_epoch is the sum over its iterations"
            if count > 1:
                order = (PLAINNESS.index("reduction"), 0)
                yield Try("reduction", self._number(figure, mean), order, words, str(figure.expression))

    def _of_rows(self, figure: Published) -> Iterator[Try]:
        for cause, order, words, at, details, sums in self._mistakes:
            number = figure.expression.evaluate(lambda one, sums=sums: sums[one.epoch or 0])  # type: ignore[misc]
            yield Try(cause, number, (PLAINNESS.index(cause), 0, *order), words, at, details)

    @cached_property
    def _mistakes(self) -> list[Mistake]:
        """Mistakes of rows, made in every iteration, in one row and in those like it as well; with E of each epoch."""
        timeline = Timeline(self.scenario)
        start = timeline.start(timeline.first)
        slots = Slots(self.scenario, timeline.steps, len(start.examples))
        ours = complete(self.scenario, start)
        judge = Judge(Given({}), slots, ours, Tolerance(slots, ours, None))
        trials = Trials(judge, Asides(judge))
        rows = RowFaults(judge, trials)
        tries = [(index, fault) for index in range(len(rows.rows)) for fault in rows.of(index) if not fault.printed]
        if len(tries) * len(rows.rows) * ((self._last + 1) * self.batches - timeline.first) > MOST_ROWS:
            return []
        found: list[Mistake] = []
        for index, fault in tries:
            at, words = _told(rows.rows[index], fault)
            for scope, more in enumerate((None, rows.alike(index, fault))):
                sums = None if more == {} else self._sums(trials, {index: [fault], **(more or {})}, timeline)
                if sums is not None:
                    found.append((fault.cause, (scope, index), words, at, dict(fault.details), sums))
        return found

    def _sums(self, trials: Trials, faults: Faults, timeline: Timeline) -> list[float] | None:
        """E of every epoch with the mistakes; before the walk begins it is 0."""
        values, errors = timeline.start(timeline.first), [0.0] * timeline.first
        while values.iteration < (self._last + 1) * self.batches:
            done = trials.whole(faults, values)
            if done is None or done.error is None:
                return None
            errors.append(done.error)
            values = trials.next(done)
        return [sum(errors[first : first + self.batches]) for first in range(0, len(errors), self.batches)]


def _told(row: Row, fault: Fault) -> tuple[str, str]:
    """Where a mistake of a row is made, and what it is."""
    asked = Quantity(row.quantity, row.items[0])
    yours, right = (
        words.replace("{0}", str(asked)).replace("{n}", asked.subject or "") for words in (fault.yours, fault.right)
    )
    at = "E" if row.quantity == "E" else f"{row.quantity}:{row.subject}"
    return at, f"{WORDS[fault.cause]}. Yours: {yours}; it should be {right}"


def epochs_of(figure: Published) -> list[int]:
    """The epochs that a figure is of, or none."""
    return [quantity.epoch for quantity in figure.expression.quantities() if quantity.epoch is not None]


def _named(epochs: Sequence[int]) -> str:
    return f"epoch{'s' if len(epochs) > 1 else ''} {' and '.join(map(str, epochs))}"


def _replaced(figure: Published, other: Callable[[Quantity], Program]) -> Program:
    """The figure's arithmetic with something else in the place of each epoch."""
    found: list[float | Quantity | str] = []
    for item in figure.expression.program:
        found += other(item) if isinstance(item, Quantity) and item.epoch is not None else (item,)
    return tuple(found)
