"""A walk on somebody's own numbers: each row by its rule from what they give, and where they give nothing from ours.

What a row makes is replaced by what is given of it, where that is something else; so a rule is always asked of the
nearest numbers before it that somebody has, and what is right by its rule from wrong operands shows as such.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.placing import Given, Placed
from engine.comparison.slots import Slot, Slots
from engine.formula.arithmetic import locked, ordered_sum
from engine.program.scenario import Scenario
from engine.walking.advance import with_errors, with_row
from engine.walking.values import Values

Array = NDArray[np.float64]
Rule = Callable[[Scenario, Values], Values]
"""An iteration with one row more, finite or not."""
Taken = Callable[[Slot, Placed, Array], Array]
"""Of what follows, and what is given in its place, what goes on."""


class Mixed(Struct, frozen=True, eq=False):
    """A row of such a walk.

    Attributes:
        values: with the row done, and what is given put in.
        followed: by slot of the row what follows by the rule, before that.
    """

    values: Values
    followed: Mapping[Slot, Array]


class GivenRows:
    """What is given by rows.

    Args:
        given: all of it.
        slots: of the walk.
    """

    def __init__(self, given: Given, slots: Slots) -> None:
        self.given, self.slots = given, slots
        self.by_row: dict[int, list[Slot]] = {}
        for slot in given.slots:
            row = slots.row(slot)
            if row is not None:
                self.by_row.setdefault(row, []).append(slot)

    def beginning(self, start: Values, taken: Taken) -> Mixed:
        """An iteration with nothing computed, with the parameters, inputs and targets that are given."""
        slots, program = self.slots, self.slots.program
        followed: dict[Slot, Array] = {}
        theta, inputs = start.theta.copy(), start.inputs.copy()
        targets = None if start.targets is None else start.targets.copy()
        for slot in self.by_row.get(-1, ()):
            ours = slots.array(start, slot)
            if ours is None:
                continue
            followed[slot] = ours
            found = taken(slot, self.given.slots[slot], ours)
            if slot.name in program.parameters:
                theta[program.parameters[slot.name]] = found.ravel()
            elif slot.name in program.given:
                given = program.given[slot.name]
                source = inputs if given.of == "inputs" else targets
                if source is not None:
                    source[:, list(given.columns)] = found.reshape(len(source), -1)
        changed = replace(
            start,
            theta=locked(theta),
            inputs=locked(inputs),
            targets=None if targets is None else locked(targets),
            event=None,
        )
        return Mixed(changed, followed)

    def rows(self, scenario: Scenario, values: Values, taken: Taken, rule: Rule = with_row) -> Iterator[Mixed]:
        """Row by row from here on."""
        with np.errstate(all="ignore"):
            while not values.complete:
                row = len(values.results)
                values = rule(scenario, values)
                followed: dict[Slot, Array] = {}
                for slot in self.by_row.get(row, ()):
                    array = self.slots.array(values, slot)
                    if array is not None:
                        followed[slot] = array
                for slot, array in followed.items():
                    values = self._with(scenario, values, row, slot, taken(slot, self.given.slots[slot], array))
                yield Mixed(values, followed)

    def _with(self, scenario: Scenario, values: Values, row: int, slot: Slot, numbers: Array) -> Values:
        """The newest row with other numbers in one slot."""
        steps = values.steps
        if slot.role == "total":
            return replace(values, error=float(numbers))
        if slot.role == "errors":
            return replace(values, example_errors=locked(numbers))
        result = values.results[-1].copy()
        if slot.role == "new":
            theta, span = values.theta.copy(), steps.program.parameters[slot.name]
            theta[span] = numbers.ravel()
            _, part = steps.updates[slot.name][-1]
            result[part] = numbers.ravel()
            return replace(values, theta=locked(theta), results=(*values.results[:-1], locked(result)))
        if self.slots.is_parameter(slot):
            _, part = steps.derivatives[slot.name][-1]
            result[part] = numbers.ravel()
        else:
            places = steps.forward if slot.role == "value" else steps.backward
            _, part = places[slot.name]
            result[:, part] = numbers.reshape(len(result), -1)
        later = replace(values, results=(*values.results[:-1], locked(result)))
        if steps.rows[row].quantity != "E":
            return later
        return with_errors(scenario, later, ordered_sum(np.ascontiguousarray(result.T)))
