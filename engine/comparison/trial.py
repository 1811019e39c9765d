"""Whether a mistake explains all the numbers that somebody gives: the walk with it, beside them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.ask.lookup import value_of
from engine.comparison.faults import Fault, Place, with_result
from engine.comparison.forms import other_forms, slope_from_output
from engine.comparison.mixed import GivenRows, by_the_rule
from engine.comparison.placing import Placed
from engine.comparison.singles import Single, row_of
from engine.comparison.slots import Slot, Slots
from engine.comparison.verdicts import Judge
from engine.formula.quantity import Quantity
from engine.walking.advance import begin
from engine.walking.values import Values

Array = NDArray[np.float64]
OF_SLOPES = (
    *("slope-forgotten", "slope-of-x", "slope-of-y", "function-for-slope", "slope-mistaken", "slope-power"),
    *("other-activation", "sign"),
)
"""The mistakes in what comes back through a function that are mistakes of its slope."""
VANISHING = 1e-9
"""What is less than this part of what it should be is a zero, but for rounding."""
Faults = Mapping[int, Sequence[Fault]]
"""By row what is done wrong there, one after the other."""


class Hit(NamedTuple):
    """A given number that a mistake gives.

    Attributes:
        number: it.
        off: by how much it differs from what the rule gives.
        open: what its digits leave open.
        made: what the mistake makes of it.
    """

    number: float
    off: float
    open: float
    made: float = np.nan

    @property
    def vanishes(self) -> bool:
        """Whether it is nothing beside what is right."""
        return abs(self.number) <= VANISHING * self.off


class Outcome(Struct, frozen=True, eq=False):
    """What became of a trial.

    Attributes:
        failed_at: the row at which a number is not explained; None where all are.
        values: the walk there, before that row.
        hits: the numbers that the rule does not give, and the mistake does.
        explains: how many numbers it explains that are not right.
        first: of the first number that the rule does not give, what the mistake gives.
    """

    failed_at: int | None
    values: Values
    hits: tuple[Hit, ...] = ()
    explains: int = 0
    first: float | None = None


class Trials:
    """Tries mistakes on what is given.

    Args:
        judge: of it.
        slots: of a walk under other settings; None: of the scenario's own.
        spread: whether what the digits of operands leave open is allowed for.
    """

    def __init__(self, judge: Judge, slots: Slots | None = None, *, spread: bool = False) -> None:
        self.judge, self.slots, self.spread = judge, slots or judge.slots, spread
        self.place = Place(self.slots)
        self.rows_given = judge.rows_given if slots is None else GivenRows(judge.given, slots)
        self._marks = judge.marks
        self._singles = {single: judge.mark_of(single) for single in judge.given.singles}
        wrong = any((marks == 4).any() for marks in self._marks.values()) or 4 in self._singles.values()
        self._least = 4 if wrong else 3
        self._last = self._last_row()
        self._idle = self._idle_rows()

    def wrong(self, slot: Slot) -> NDArray[np.bool_]:
        """Which numbers of a slot want to be explained: those that are wrong; if none is, those that follow."""
        return np.asarray(self._marks[slot] >= self._least)

    def not_right(self, slot: Slot) -> NDArray[np.bool_]:
        """Which are not right."""
        return np.asarray(self._marks[slot] >= 3)

    @property
    def wrong_singles(self) -> list[Single]:
        """Those that want to be explained."""
        return [single for single, mark in self._singles.items() if mark >= self._least]

    def _last_row(self) -> int:
        """The last row of which something is given: nothing is to be known of those after it."""
        given = self.judge.given
        if any(self.slots.row(slot) is None for slot in given.slots):
            return len(self.slots.steps.rows) - 1
        singles = (single.row(self.slots) for single in given.singles)
        return max([*self.rows_given.by_row, *singles], default=-1)

    def sees(self, index: int) -> bool:
        """Whether something is given of a row."""
        if index in self.rows_given.by_row:
            return True
        return any(any(single.of_row(self.slots, index)) for single in self.judge.given.singles)

    def _idle_rows(self) -> frozenset[int]:
        """Rows of which nothing is given and on which nothing that is given depends: they need not be computed."""
        rows = self.slots.steps.rows
        if any(row.quantity == "w+" for row in rows[: self._last + 1]):
            return frozenset()
        ends = (index for index, row in enumerate(rows[: self._last + 1]) if row.quantity in ("E", "dE/dw"))
        return frozenset(index for index in ends if not self.sees(index))

    def _computed(self, values: Values, index: int, *, idle: bool) -> Values:
        """A row by its rule; where it does not matter, as it is without mistakes."""
        if idle:
            result = self.judge.walk[index].values.results[-1]
            return replace(values, results=(*values.results, result), previous=values)
        return replace(by_the_rule(self.place.scenario, values, values.steps.rows[index]), event=None)

    def run(
        self,
        faults: Faults,
        first: int,
        start: Values | None = None,
        *,
        printed: bool = False,
        from_outputs: bool = False,
    ) -> Outcome:
        """A walk with these mistakes.

        Args:
            faults: them.
            first: the row from which on they are made.
            start: the rows before it; None: as somebody's numbers have them.
            printed: whether they are made only where numbers are shown.
            from_outputs: whether slopes are taken from outputs, which may be wrong.
        """
        self.judge.going_on()
        values = self.judge.walk[first - 1].values if start is None else self._begun(start)
        hits: list[Hit] = []
        explains, first_number = 0, None
        rows = values.steps.rows
        stages: dict[int, Values] = {}
        with np.errstate(all="ignore"):
            for index in range(first, self._last + 1):
                before = replace(values, event=None)
                after = self._computed(before, index, idle=index in self._idle and index not in faults)
                if from_outputs and index not in faults:
                    turned = slope_from_output(self.place, before, rows[index], after.results[-1])
                    after = with_result(self.place, after, rows[index], turned)
                shown = after
                for fault in faults.get(index, ()):
                    result = fault.make(before, rows[index], shown.results[-1])
                    if result is None or result.shape != shown.results[-1].shape:
                        return Outcome(index, before)
                    shown = with_result(self.place, shown, rows[index], result)
                    if not (printed or fault.printed):
                        after = shown
                for slot in self.rows_given.by_row.get(index, ()):
                    found = self._found(slot, shown, before, index, faulty=index in faults)
                    if first_number is None:
                        first_number = self._first(slot, shown)
                    if found is None:
                        return Outcome(index, before, tuple(hits), explains, first_number)
                    hits += found
                    explains += int(np.count_nonzero(self.not_right(slot)))
                if shown is not after:
                    stages[index] = shown
                values = after
            seen = self._seen(values, stages)
            more = self._rest(seen)
            if first_number is None and self.wrong_singles:
                first_number = self.number(self.wrong_singles[0], seen, faults)
            of_singles = None if more is None else self._of_singles(seen, faults)
        if more is None or of_singles is None:
            return Outcome(len(rows), values, tuple(hits), explains, first_number)
        explains += more + sum(mark >= 3 for mark in self._singles.values())
        return Outcome(None, values, (*hits, *of_singles), explains, first_number)

    def _seen(self, values: Values, stages: Mapping[int, Values]) -> Values:
        """A walk with what is shown otherwise than it goes on."""
        if not stages:
            return values
        results = list(values.results)
        for index, shown in stages.items():
            results[index] = shown.results[-1]
        of_error = stages.get(self.slots.steps.error_row, values)
        return replace(values, results=tuple(results), error=of_error.error, example_errors=of_error.example_errors)

    def number(self, single: Single, values: Values, faults: Faults) -> float | None:
        """What a walk makes of a number that belongs to no row."""
        return single.value(self.place.scenario, values, lambda quantity: self._slope(quantity, single, values, faults))

    def _slope(self, quantity: Quantity, single: Single, values: Values, faults: Faults) -> float | None:
        """A slope with which someone goes on wrongly: what comes back, by what came; None of any other quantity."""
        index = row_of(self.slots, quantity)
        if (
            quantity.kind != "dy/dx"
            or quantity.through
            or not any(fault.cause in OF_SLOPES for fault in faults.get(index, ()))
        ):
            return None
        came, back = (
            value_of(self.place.scenario, values, Quantity(kind, quantity.subject), single.example)
            for kind in ("dE/dy", "dE/dx")
        )
        return back / came if came and back is not None else None

    def _of_singles(self, values: Values, faults: Faults) -> list[Hit] | None:
        """The numbers that belong to no row, explained; None if one is not."""
        hits: list[Hit] = []
        for single in self._singles:
            number = self.number(single, values, faults)
            if number is None or not single.agrees(number):
                return None
            if single in self.wrong_singles:
                hits.append(self.hit(single, number))
        return hits

    def hit(self, single: Single, number: float) -> Hit:
        """A number that belongs to no row and that is explained."""
        scenario = self.slots.scenario if self._least == 4 else self.judge.slots.scenario
        right = single.value(scenario, self.judge.last if self._least == 4 else self.judge.ours)
        return Hit(single.number, abs(single.number - (np.nan if right is None else right)), single.open(number))

    def _begun(self, start: Values) -> Values:
        """A walk's beginning with what is given of it."""
        return self.rows_given.beginning(start, self.judge.taken).values

    def through(self, faults: Faults, values: Values, until: int) -> Values | None:
        """The start of an iteration, from that of an earlier one, with the mistakes made in all between.

        Returns:
            None where a mistake can't be made, or a number leaves the finite ones.
        """
        while values.iteration < until:
            done = self.whole(faults, values)
            if done is None:
                return None
            values = self.next(done)
        return values

    def next(self, done: Values) -> Values:
        """The iteration after one that is done."""
        return begin(self.place.scenario, done.steps, done.iteration + 1, done.theta, done.state)

    def whole(self, faults: Faults, values: Values) -> Values | None:
        """An iteration with the mistakes, from its start; None as of `through`."""
        self.judge.going_on()
        with np.errstate(all="ignore"):
            for index, row in enumerate(values.steps.rows):
                before = values
                values = by_the_rule(self.place.scenario, before, row)
                for fault in faults.get(index, ()):
                    result = fault.make(before, row, values.results[-1])
                    if result is None or result.shape != values.results[-1].shape or fault.printed:
                        return None
                    values = with_result(self.place, values, row, result)
                if values.event is not None or not np.isfinite(values.theta).all():
                    return None
        return values

    def _first(self, slot: Slot, shown: Values) -> float | None:
        """What is made of the first wrong number of a slot."""
        wrong = self.wrong(slot)
        array = self.slots.array(shown, slot)
        if array is None or not wrong.any():
            return None
        return float(array.ravel()[int(np.argmax(wrong.ravel()))])

    def _found(self, slot: Slot, shown: Values, before: Values, index: int, *, faulty: bool) -> list[Hit] | None:
        """The numbers of a slot that are explained and were not; None if one is not explained."""
        placed, array = self.judge.given.slots[slot], self.slots.array(shown, slot)
        if array is None:
            return None
        allowed = self._allowed(slot, placed, array)
        missed = self._missed(placed, array, allowed)
        if missed.any() and not faulty:
            for form in other_forms(self.place, before, self.slots.steps.rows[index]):
                missed = missed & self._missed(placed, self.slots.of_row(form, slot), allowed)
        if missed.any():
            return None
        wrong = self.wrong(slot)
        if not wrong.any():
            return []
        expected = self.judge.followed(slot) if self._least == 4 else self.judge.our(slot)
        off = np.abs(placed.numbers - expected)[wrong]
        return [Hit(*one) for one in zip(placed.numbers[wrong], off, allowed[wrong], array[wrong], strict=True)]

    def _allowed(self, slot: Slot, placed: Placed, array: Array) -> Array:
        allowed = self.judge.tolerance.single(slot, placed, array)
        if self.spread:
            allowed = np.maximum(allowed, placed.half + self.judge.spread(slot))
        return allowed

    def _missed(self, placed: Placed, array: Array, allowed: Array) -> NDArray[np.bool_]:
        there = np.isfinite(placed.numbers)
        return there & ~(np.abs(placed.numbers - array) <= allowed)

    def shown(self, values: Values) -> Outcome | None:
        """Whether all numbers that are given are right, or those of other values, as far as they are not right."""
        hits: list[Hit] = []
        explains = 0
        for slot, placed in self.judge.given.slots.items():
            array = self.slots.array(values, slot)
            not_right = self.not_right(slot)
            if not not_right.any():
                continue
            if array is None or (self._missed(placed, array, self._allowed(slot, placed, array)) & not_right).any():
                return None
            explains += int(np.count_nonzero(not_right))
            allowed = self._allowed(slot, placed, array)[not_right]
            off = np.abs(placed.numbers - self.judge.our(slot))[not_right]
            hits += [Hit(*one) for one in zip(placed.numbers[not_right], off, allowed, strict=True)]
        for single, mark in self._singles.items():
            if mark < 3:
                continue
            number = single.value(self.place.scenario, values)
            if number is None or not single.agrees(number):
                return None
            explains += 1
            hits.append(self.hit(single, number))
        return Outcome(None, values, tuple(hits), explains) if hits else None

    def _rest(self, values: Values) -> int | None:
        """How many numbers are explained that no row computes; None if one is not."""
        explained = 0
        for slot, placed in self.judge.given.slots.items():
            if self.slots.row(slot) is None:
                array = self.slots.array(values, slot)
                if array is None or self._missed(placed, array, self._allowed(slot, placed, array)).any():
                    return None
                explained += int(np.count_nonzero(self.not_right(slot)))
        return explained
