"""A mistake made on purpose in one row of a walk: what the row becomes, from the rows before it.

A mistake is a change of what the rule is asked of (other values, other derivatives, other local derivatives, another
formula) or of what it gives. All of them are made with the program's own equations and chain rule, for layers and
graphs alike; none of them is a value of the walk.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.slots import Slots
from engine.formula.arithmetic import locked, ordered_sum
from engine.formula.functions import MULTIPLY, NEGATE
from engine.formula.tree import Call, Ref
from engine.program.across.products import MATRIX_PRODUCT
from engine.program.chain_rule import Change, added, pulled
from engine.program.elementwise import Computation
from engine.program.equations import Equation, Known, Turn
from engine.program.steps import Row
from engine.walking.advance import reduced, with_errors, with_penalty
from engine.walking.values import Values

Array = NDArray[np.float64]
Make = Callable[[Values, Row, Array], Array | None]
"""A wrong row, from the rows before it, it and what it is by the rule; None where the mistake can't be made there."""


class Way(Struct, frozen=True, eq=False):
    """What a row of derivatives is put together from otherwise.

    Attributes:
        values: by name what stands in the place of a value; None where there is nothing yet.
        errors: by name of whose derivative it is made in the place of its own.
        change: what stands in the place of local derivatives.
    """

    values: Mapping[str, Callable[[Values], Array | None]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    change: Change | None = None

    def with_other(self, other: "Way") -> "Way | None":
        """Both ways together; None where they concern the same thing."""
        if self.values.keys() & other.values or self.errors.keys() & other.errors or (self.change and other.change):
            return None
        return Way({**self.values, **other.values}, {**self.errors, **other.errors}, self.change or other.change)


class Fault(Struct, frozen=True, eq=False):
    """One mistake in one row.

    Attributes:
        cause: its name.
        make: makes it.
        yours: the wrong rule, as a formula of {0}, what is asked.
        right: the right one.
        details: what more is to be said of it, by the names of its JSON.
        printed: whether only what is shown is wrong, and the right numbers go on.
        sort: what tells it from others of its name that are made of several rows alike.
        way: of what it is put together, where it is so made: two such may be made in one row.
        factor: by what it multiplies what is right, where that is all: it may be made in a row besides another one.
    """

    cause: str
    make: Make
    yours: str = ""
    right: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    printed: bool = False
    sort: str = ""
    way: Way | None = None
    factor: float | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """What is the same in other rows."""
        return self.cause, self.sort, self.printed, _as_key(self.details)


def _as_key(told: object) -> object:
    """What JSON tells as something that can be a key: an activation with its settings is a table there."""
    if isinstance(told, Mapping):
        return tuple((name, _as_key(told[name])) for name in sorted(told))
    return tuple(map(_as_key, told)) if isinstance(told, list | tuple) else told


Faults = Mapping[int, Sequence[Fault]]
"""By row what is done wrong there, one after the other."""


class Place:
    """Where mistakes are made: a walk's program, and what is usual to know of it.

    Args:
        slots: of the walk.

    Attributes:
        slopes_from_outputs: by a row's values the slopes that may come from outputs, as far as they were asked for.
    """

    def __init__(self, slots: Slots) -> None:
        self.slots, self.scenario, self.steps, self.program = slots, slots.scenario, slots.steps, slots.program
        self.slopes_from_outputs: dict[tuple[str, ...], Mapping[tuple[str, str], Computation]] = {}

    @cached_property
    def sources(self) -> dict[str, str]:
        """By value what it is a function of, one number of each or a row of a row: y of a layer is of x."""
        found = {}
        for equation in self.program.equations:
            formula = equation.formula
            if isinstance(formula, Call) and len(formula.arguments) == 1 and formula.function is not NEGATE:
                (argument,) = formula.arguments
                shapes = self.program.shapes
                if isinstance(argument, Ref) and shapes.get(argument.name) == shapes[equation.target]:
                    found[equation.target] = argument.name
        return found

    @cached_property
    def order(self) -> dict[str, int]:
        """By value the number of the row that makes it; −1 of what is given."""
        return {name: self.steps.forward[name][0] if name in self.steps.forward else -1 for name in self.program.shapes}

    @cached_property
    def made_of(self) -> dict[str, str]:
        """The other way round, of what one function alone is made."""
        alone = (pair for pair in self.sources.items() if len(self.program.consumers[pair[1]]) == 1)
        return {source: target for target, source in alone}

    def known(self, values: Values, others: Mapping[str, Callable[[], Array]]) -> Known:
        """The values, with others in the places of some."""
        return lambda name: others[name]() if name in others else values.value(name)

    def backward(self, values: Values, row: Row, part: Callable[[Equation, str], Array]) -> Array:
        """A row of derivatives, from what comes back through each use."""
        program = self.program
        if row.quantity == "dE/dw":
            place, batch = self.steps.backward, len(values.examples)

            def of(name: str) -> Array:
                done = [use for use in program.consumers[name] if place[use.target][0] < len(values.results)]
                return added([reduced(self.scenario, part(use, name), batch) for use in done]).ravel()

            return np.concatenate([with_penalty(self.scenario, values, name, of(name)) for name in row.values])
        (name,) = row.values
        parts = [values.of_itself(name)] if name in program.errors else []
        back = [part(use, name) for use in program.consumers[name]]
        if name in program.shared:
            back = [ordered_sum(one)[np.newaxis] if len(one) > 1 else one for one in back]
        found = added([*parts, *back])
        return found.reshape(len(found), -1)

    def pulled(
        self,
        values: Values,
        row: Row,
        known: Known | None = None,
        change: Change | None = None,
        adjoint: Callable[[str], Array] | None = None,
    ) -> Array:
        """A row of derivatives with something else in the place of values, local derivatives or derivatives."""
        known, adjoint = known or values.value, adjoint or values.derivative
        return self.backward(
            values, row, lambda use, name: pulled(self.program, use, name, known, adjoint(use.target), change)
        )

    def by(self, way: Way) -> Make:
        """A row of derivatives that is put together in another way."""

        def make(values: Values, row: Row, result: Array) -> Array | None:
            others = {name: put(values) for name, put in way.values.items()}
            if any(other is None for other in others.values()):
                return None
            known = self.known(values, {name: lambda name=name: others[name] for name in others})  # type: ignore[misc]
            return self.pulled(
                values, row, known, way.change, lambda name: values.derivative(way.errors.get(name, name))
            )

        return make

    def turns(self, row: Row) -> Iterator[tuple[Equation, Turn]]:
        """The calls through which something comes back to a row's values and does not pass as it is."""
        for name in row.values:
            for use in self.program.consumers[name]:
                for way in self.program.ways(use).get(name, ()):
                    yield from ((use, turn) for turn in way if not turn.passes)


def of_way(place: Place, cause: str, way: Way, yours: str, right: str, sort: str = "") -> Fault:
    """The mistake to put a row of derivatives together in another way."""
    return Fault(cause, place.by(way), yours, right, sort=sort, way=way)


def is_slope(turn: Turn) -> bool:
    """Whether a call is a function of one value, so that its local derivative is a slope."""
    return len(turn.call.arguments) == 1 and turn.call.function is not NEGATE


def is_factor(turn: Turn) -> bool:
    """Whether the local derivative of a call is the other one of two factors."""
    return turn.call.function in (MULTIPLY, MATRIX_PRODUCT)


def with_result(place: Place, after: Values, row: Row, result: Array) -> Values:
    """The newest row with other numbers."""
    result = np.asarray(result, np.float64)
    later = replace(after, results=(*after.results[:-1], locked(result)), event=None)
    if row.quantity == "E":
        return with_errors(place.scenario, later, ordered_sum(np.ascontiguousarray(result.T)))
    if row.quantity == "w+":
        theta = after.theta.copy()
        theta[place.steps.span(row)] = result
        return replace(later, theta=locked(theta))
    return later
