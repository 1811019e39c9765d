"""Every mistake that each row of a walk may have, with those whose size is found from what is given of it."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.comparison.backward_faults import of_derivative, of_errors_above_the_output, of_factors, of_parameters
from engine.comparison.faults import Fault, Faults
from engine.comparison.fitted import factor_of, fitted
from engine.comparison.forward_faults import of_error, of_forward
from engine.comparison.general_faults import of_any, of_examples, turned_sign
from engine.comparison.penalties import of_own
from engine.comparison.slope_faults import of_slopes
from engine.comparison.slots import Slot
from engine.comparison.trial import Trials
from engine.comparison.update_faults import of_update
from engine.comparison.verdicts import Judge
from engine.program.steps import Row
from engine.walking.values import Values

Array = NDArray[np.float64]


class RowFaults:
    """Mistakes by row.

    Args:
        judge: of what is given.
        trials: of it.
    """

    def __init__(self, judge: Judge, trials: Trials) -> None:
        self.judge, self.trials, self.place = judge, trials, trials.place
        self.rows = judge.slots.steps.rows
        self._known: dict[int, tuple[Fault, ...]] = {}
        self._by_key: dict[int, dict[tuple[Any, ...], Fault]] = {}

    @cached_property
    def wrong_row(self) -> int | None:
        """The first row with a number that wants to be explained; None where there is none."""
        by_row = self.judge.rows_given.by_row
        rows = [row for row in by_row if any(self.trials.wrong(slot).any() for slot in by_row[row])]
        of_asides = (aside.row(self.judge.slots) for aside in self.trials.wrong_asides)
        rows += [row for row in of_asides if row is not None]
        return min(rows, default=None)

    def open(self, index: int) -> bool:
        """Whether a mistake may have been made in a row: it is not given whole, or wrong."""
        slots = self.judge.rows_given.by_row.get(index, ())
        if index == self.wrong_row:
            return True
        return not any(np.isfinite(self.judge.given.slots[slot].numbers).all() for slot in slots)

    def of(self, index: int) -> tuple[Fault, ...]:
        """Every mistake of a row."""
        if index not in self._known:
            self._known[index] = tuple(self._made(index))
        return self._known[index]

    def alike(self, index: int, fault: Fault) -> Faults:
        """The same mistake in the rows after this one that are of its kind."""
        key, quantity = fault.key, self.rows[index].quantity
        others = (other for other in range(index + 1, len(self.rows)) if self.rows[other].quantity == quantity)
        return {other: [twin] for other in others if (twin := self._of_key(other).get(key)) is not None}

    def _of_key(self, index: int) -> Mapping[tuple[Any, ...], Fault]:
        if index not in self._by_key:
            self._by_key[index] = {fault.key: fault for fault in self.of(index)}
        return self._by_key[index]

    def in_every_step(self, index: int, fault: Fault) -> Faults:
        """The same mistake in the rows of the nodes that are called alike but for a number, as those of each step."""
        if not self.place.steps.of_graph:
            return {}
        own = without_numbers(self.rows[index].node)
        return {
            other: twins
            for other, twins in self.alike(index, fault).items()
            if without_numbers(self.rows[other].node) == own
        }

    def masked(self, index: int, fault: Fault) -> Iterator[Faults]:
        """The mistake only in those numbers of a row that are wrong, where others are right; then in more rows so."""
        alone = self._masked(index, fault)
        if alone is None:
            return
        yield {index: [alone]}
        others = self.alike(index, fault)
        if others:
            yield {index: [alone], **{row: [self._masked(row, twin) or twin] for row, (twin,) in others.items()}}

    def _masked(self, index: int, fault: Fault) -> Fault | None:
        """The mistake only in those numbers of one row that are wrong; None where all are, or nothing is known."""
        given = self._given(index)
        if given is None:
            return None
        numbers = given[0]
        wrong = np.zeros(numbers.shape, np.bool_)
        for slot in self._of_numbers(index):
            marks = self.trials.wrong(slot)
            wrong[..., self._part(slot)] = marks.reshape(len(numbers), -1) if wrong.ndim == 2 else marks.ravel()
        if (wrong | ~np.isfinite(numbers)).all():
            return None
        columns, make = (wrong.any(axis=0) if wrong.ndim == 2 else wrong), fault.make

        def masked(values: Values, row: Row, result: Array) -> Array | None:
            found = make(values, row, result)
            return None if found is None or found.shape != result.shape else np.where(columns, found, result)

        return Fault(fault.cause, masked, fault.yours, fault.right, fault.details, fault.printed, fault.sort)

    def _of_aside(self, index: int) -> Iterator[Fault]:
        """Mistakes of numbers that no row makes."""
        making = self.trials.asides.groups[index][0].making
        assert making is not None
        place, row = making.place, making.row
        if making.alone:
            yield from of_slopes(place, row, alone=True)
            yield from of_factors(place, row)
            yield turned_sign()
        else:
            yield from of_parameters(place, row) if row.quantity == "dE/dw" else of_derivative(place, row)
            yield from of_any(place, row)

    def _made(self, index: int) -> Iterator[Fault]:
        if index >= len(self.rows):
            yield from self._of_aside(index)
            return
        row = self.rows[index]
        if row.quantity in ("E", "dE/dw"):
            yield from of_own(self.place, row)
        if row.phase == "forward":
            yield from of_forward(self.place, row)
        elif row.quantity == "E":
            yield from of_error(self.place, row)
        elif row.quantity == "dE/dw":
            yield from of_parameters(self.place, row)
        elif row.quantity == "w+":
            yield from of_update(self.place, row)
        else:
            yield from of_derivative(self.place, row)
            before = max((other for other in self.judge.rows_given.by_row if other < index), default=-1)
            if row.quantity == "dE/dx" and before >= 0 and self.rows[before].quantity == "dE/dy":
                yield from of_errors_above_the_output(self.place, row)
        if row.layer or row.quantity != "y" or row.node:
            yield from of_any(self.place, row)
        yield from of_examples(self.place, row, self.judge.ours)
        given = self._given(index)
        if given is not None:
            yield from fitted(self.place, row, *given, self.judge.walk[index - 1].values)
        elif self.wrong_row is not None and index < self.wrong_row and row.phase == "backward":
            later = self._given(self.wrong_row)
            if later is not None:  # a factor goes on with what comes back
                yield from factor_of(*later)

    def _of_numbers(self, index: int) -> list[Slot]:
        """The slots of a row that are given number by number."""
        slots = self.judge.rows_given.by_row.get(index, ())
        return [slot for slot in slots if slot.role not in ("total", "errors")]

    def _given(self, index: int) -> tuple[Array, Array, Array] | None:
        """What is given of a row with wrong numbers, in its layout: numbers, halves, and what follows."""
        slots = self._of_numbers(index)
        if not any(self.trials.wrong(slot).any() for slot in slots):
            return None
        followed = np.array(self.judge.walk[index].values.results[-1])
        numbers, half = np.full(followed.shape, np.nan), np.zeros(followed.shape)
        for slot in slots:
            placed, part = self.judge.given.slots[slot], self._part(slot)
            pairs = ((numbers, placed.numbers), (half, placed.half), (followed, self.judge.followed(slot)))
            for array, other in pairs:
                array[..., part] = other.reshape(len(array), -1) if array.ndim == 2 else other.ravel()
        return numbers, half, followed

    def _part(self, slot: Slot) -> slice:
        """Where in its row a slot stands."""
        steps = self.judge.slots.steps
        if slot.role == "new":
            return steps.updates[slot.name][-1][1]
        if self.judge.slots.is_parameter(slot):
            return steps.derivatives[slot.name][-1][1]
        return (steps.forward if slot.role == "value" else steps.backward)[slot.name][1]


def without_numbers(name: str) -> str:
    """What the nodes of all steps are called alike."""
    return "".join(letter for letter in name if not letter.isdigit())
