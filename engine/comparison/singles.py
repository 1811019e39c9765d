"""Numbers that belong to no row by themselves: slopes, what comes back through one node, arithmetic over others."""

import math
from collections.abc import Callable, Iterator

from msgspec import Struct

from engine.ask.lookup import row_before_error_goes_back, value_of
from engine.comparison.entries import EXACT, PRINTED
from engine.comparison.slots import Slots
from engine.formula.quantity import Quantity, kind_of
from engine.program.expression import Expression
from engine.program.scenario import Scenario
from engine.walking.values import Values

Lookup = Callable[[Quantity], float | None]


class Single(Struct, frozen=True):
    """One number of such a kind.

    Attributes:
        expression: what it is.
        example: of which example of the batch, from 0.
        number: it.
        half: half a unit of its last digit.
        printed: what was written, where that was cut off and the number lies in the middle of what it may be.
    """

    expression: Expression
    example: int
    number: float
    half: float
    printed: float | None = None

    @property
    def written(self) -> float:
        """As somebody wrote it."""
        return self.number if self.printed is None else self.printed

    def agrees(self, other: float) -> bool:
        """Whether it is another number."""
        return abs(self.number - other) <= self.open(other)

    def open(self, other: float) -> float:
        """How far it may be from another number and still be it."""
        return self.half + (PRINTED if self.half else EXACT) * abs(other)

    @property
    def quantity(self) -> Quantity | None:
        """The one quantity that it is; None of arithmetic."""
        (found, *more) = self.expression.program
        return found if isinstance(found, Quantity) and not more else None

    @property
    def by_example(self) -> bool:
        """Whether there is one for each example of a batch."""
        return any(
            kind_of(quantity.kind).over == "example" and quantity != Quantity("E")
            for quantity in self.expression.quantities()
        )

    def value(self, scenario: Scenario, values: Values, lookup: Lookup | None = None) -> float | None:
        """What it is in values whose rows are done; None where it is not computed.

        Args:
            scenario: of the walk.
            values: of it.
            lookup: what some quantities are, whatever the values say; None for those that are as these say.
        """

        def number(quantity: Quantity) -> float:
            found = None if lookup is None else lookup(quantity)
            found = value_of(scenario, values, quantity, self.example) if found is None else found
            return math.nan if found is None else found

        found = self.expression.evaluate(number)
        return found if math.isfinite(found) else None

    def row(self, slots: Slots) -> int:
        """The row with which it is known; −1 where all of it is given."""
        return max((row_of(slots, quantity) for quantity in self.expression.quantities()), default=-1)

    def of_row(self, slots: Slots, row: int) -> Iterator[Quantity]:
        """Which of its quantities a row computes."""
        return (quantity for quantity in self.expression.quantities() if row_of(slots, quantity) == row)


def row_of(slots: Slots, quantity: Quantity) -> int:
    """The row with which a quantity is known: the one that would be wrong if it is; −1 of what is given."""
    steps, program, kind, subject = slots.steps, slots.program, quantity.kind, quantity.subject or ""
    if kind in ("w", "learning_rate", "t"):
        return -1
    if kind == "E":
        return steps.error_row
    if kind_of(kind).of == "parameter":
        name = program.parameter(slots.scenario.network.parameter_index[subject]).name
        places = steps.derivatives if kind == "dE/dw" else steps.updates
        return places[name][-1][0] if places[name] else len(steps.rows) - 1
    goes_back = kind == "dE/dy" or kind == "dE/dx" or kind == "dy/dx"
    element = program.known_elements.get(("x" if kind in ("x", "dE/dx", "dy/dx") else "y", subject))
    if element is None:
        return -1
    if not goes_back:
        return steps.forward[element.name][0] if element.name in steps.forward else -1
    if element.name in steps.backward:
        return steps.backward[element.name][0]
    return min(row_before_error_goes_back(slots.scenario, steps, element.name), len(steps.rows)) - 1
