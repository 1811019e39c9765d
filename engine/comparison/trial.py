"""Whether a mistake explains all the numbers that somebody gives: the walk with it, beside them."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.asides import Aside, Asides
from engine.comparison.faults import Fault, Faults, Place, with_result
from engine.comparison.forms import other_forms, slope_from_output
from engine.comparison.known_rows import KnownRows
from engine.comparison.mixed import GivenRows
from engine.comparison.placing import Placed
from engine.comparison.singles import Single
from engine.comparison.slots import Slot, Slots
from engine.comparison.verdicts import Judge
from engine.program.steps import Row
from engine.walking.advance import begin, event_of
from engine.walking.values import Values, followed

Array = NDArray[np.float64]
VANISHING = 1e-9
"""What is less than this part of what it should be is a zero, but for rounding."""


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
        asides: of what is given, the numbers that no row makes.
        slots: of a walk under other settings; None: of the scenario's own.
        known: the rows of such a walk that are known already.
    """

    def __init__(
        self, judge: Judge, asides: Asides, slots: Slots | None = None, known: KnownRows | None = None
    ) -> None:
        self.judge, self.asides, self.slots = judge, asides, slots or judge.slots
        self.place = Place(self.slots)
        self.rows_given = judge.rows_given if slots is None else GivenRows(judge.given, slots)
        self.known = known or (judge.known if slots is None else KnownRows(most=0))
        self._marks, self._wrong = judge.marks, dict[Slot, NDArray[np.bool_]]()
        self._least = 4 if any((marks == 4).any() for marks in self._marks.values()) or asides.wrong else 3
        self._last = self._last_row()
        self._idle = self._idle_rows()

    def wrong(self, slot: Slot) -> NDArray[np.bool_]:
        """Which numbers of a slot want to be explained: those that are wrong; if none is, those that follow."""
        if slot not in self._wrong:
            self._wrong[slot] = np.asarray(self._marks[slot] >= self._least)
        return self._wrong[slot]

    def not_right(self, slot: Slot) -> NDArray[np.bool_]:
        """Which are not right."""
        return np.asarray(self._marks[slot] >= 3)

    @cached_property
    def wrong_asides(self) -> list[Aside]:
        """The numbers that no row makes and that want to be explained."""
        return [aside for aside in self.asides.all if (aside.marks >= self._least).any()]

    @property
    def wrong_singles(self) -> list[Single]:
        """Those of them that have no slot."""
        return [aside.single for aside in self.wrong_asides if aside.single is not None]

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

    def _computed(self, values: Values, index: int, *, idle: bool, keep: bool) -> Values:
        """A row by its rule; where it does not matter, as it is without mistakes. `keep`: as of `KnownRows`."""
        if idle:
            result = self.judge.walk[index].values.results[-1]
            return replace(values, results=followed(values.results, result), previous=values)
        return self.known.row(self.place.scenario, values, keep=keep)

    def run(
        self,
        faults: Faults,
        first: int,
        start: Values | None = None,
        *,
        printed: bool = False,
        from_outputs: bool = False,
        only_wrong: bool = False,
    ) -> Outcome:
        """A walk with these mistakes.

        Args:
            faults: them.
            first: the row from which on they are made.
            start: the rows before it; None: as somebody's numbers have them.
            printed: whether they are made only where numbers are shown.
            from_outputs: whether slopes are taken from outputs, which may be wrong.
            only_wrong: whether of numbers that no row makes only the wrong ones are made so.
        """
        self.judge.going_on()
        values = self.judge.walk[first - 1].values if start is None else self._begun(start)
        hits: list[Hit] = []
        explains, first_number, faulty = 0, None, 0
        rows = values.steps.rows
        stages: dict[int, Values] = {}
        with np.errstate(all="ignore"):
            for index in range(first, self._last + 1):
                before = values
                faulty += index in faults  # what is made of two wrong rows is hardly made again
                after = self._computed(before, index, idle=index in self._idle and index not in faults, keep=faulty < 2)
                if from_outputs and index not in faults:
                    turned = slope_from_output(self.place, before, rows[index], after.results[-1])
                    after = with_result(self.place, after, rows[index], turned)
                shown = after
                make = self.known.changed if index == first and start is None else _made
                for fault in faults.get(index, ()):
                    result = make(fault, before, rows[index], shown.results[-1])
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
            if first_number is None and self.wrong_asides:
                first_number = self._first_of(self.wrong_asides[0], seen, faults)
            more = self._rest(seen, faults, only_wrong=only_wrong)
        if more is None:
            return Outcome(len(rows), values, tuple(hits), explains, first_number)
        explains += sum(int(np.count_nonzero(aside.marks >= 3)) for aside in self.asides.all)
        return Outcome(None, values, (*hits, *more), explains, first_number)

    def _seen(self, values: Values, stages: Mapping[int, Values]) -> Values:
        """A walk with what is shown otherwise than it goes on."""
        if not stages:
            return values
        results = list(values.results)
        for index, shown in stages.items():
            results[index] = shown.results[-1]
        of_error = stages.get(self.slots.steps.error_row, values)
        return replace(values, results=tuple(results), error=of_error.error, example_errors=of_error.example_errors)

    def _first_of(self, aside: Aside, values: Values, faults: Faults) -> float | None:
        """What is made of the first wrong number of those that no row makes."""
        found = aside.made(self.place.scenario, values, faults, self.asides.group_of.get(self.asides.all.index(aside)))
        found = aside.by_rule(self.place.scenario, self.slots, values) if found is None else found
        return None if found is None else float(found[int(np.argmax(aside.marks >= self._least))])

    def hits_of(self, aside: Aside, made: Array) -> list[Hit]:
        """Its numbers that are explained, by what was made of them."""
        wrong = (aside.marks >= self._least) & np.isfinite(aside.numbers)
        off = np.abs(aside.numbers - (aside.follows if self._least == 4 else aside.ours))
        return [
            Hit(*one) for one in zip(aside.numbers[wrong], off[wrong], aside.allowed[wrong], made[wrong], strict=True)
        ]

    def _begun(self, start: Values) -> Values:
        """A walk's beginning with what is given of it."""
        return self.known.begun(self.rows_given.beginning(start, self.judge.taken).values)

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
                values, made = self.known.row(self.place.scenario, before), faults.get(index, ())
                for fault in made:
                    result = fault.make(before, row, values.results[-1])
                    if result is None or result.shape != values.results[-1].shape or fault.printed:
                        return None
                    values = with_result(self.place, values, row, result)
                if not made and event_of(self.place.scenario, values, row) is not None:
                    return None
                if not np.isfinite(values.theta).all():
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
        return self.judge.tolerance.single(slot, placed, array)

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
        for aside in self.asides.all:
            if aside.slot is None and (aside.marks >= 3).any():
                found = aside.by_rule(self.place.scenario, self.slots, values)
                if found is None or aside.missed(found):
                    return None
                explains += 1
                hits += self.hits_of(aside, found)
        return Outcome(None, values, tuple(hits), explains) if hits else None

    def _rest(self, values: Values, faults: Faults, *, only_wrong: bool) -> list[Hit] | None:
        """The numbers that no row makes which are explained and were not; None if one is not explained."""
        hits: list[Hit] = []
        for number, aside in enumerate(self.asides.all):
            group = self.asides.group_of.get(number)
            found = aside.made(self.place.scenario, values, faults, group)
            if found is None or aside.missed(found):
                if group in faults and not only_wrong:
                    return None
                found = aside.by_rule(self.place.scenario, self.slots, values)
                if found is None or aside.missed(found):
                    return None
            hits += self.hits_of(aside, found)
        return hits


def _made(fault: Fault, values: Values, row: Row, result: Array) -> Array | None:
    return fault.make(values, row, result)
