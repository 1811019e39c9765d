"""Where in a walk somebody's numbers belong: the values of its program, their derivatives, and new parameters."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.ask.lookup import before_error_goes_back
from engine.formula.quantity import Quantity, kind_of
from engine.program.operations import Shape
from engine.program.scenario import Scenario
from engine.program.steps import Steps
from engine.walking.advance import reduced
from engine.walking.values import Values

Array = NDArray[np.float64]
Role = Literal["value", "derivative", "new", "total", "errors", "parts"]


class Slot(NamedTuple):
    """A whole value, or one that comes of it.

    Attributes:
        role: the value itself, dE/d(it), or what the update makes of it; E of the batch, or of each example; of a bias
            that a layer shares the parts of dE/db, one for each node.
        name: of the program's value.
    """

    role: Role
    name: str


class Slots:
    """The slots of one scenario's iterations.

    Args:
        scenario: whose.
        steps: the rows of its iterations.
        batch: how many examples the iteration has.
    """

    def __init__(self, scenario: Scenario, steps: Steps, batch: int) -> None:
        self.scenario, self.steps, self.batch = scenario, steps, batch
        self.program = steps.program

    def is_parameter(self, slot: Slot) -> bool:
        """Whether it is of a parameter, with no number of its own for each example."""
        return slot.name in self.program.parameters

    def per_example(self, slot: Slot) -> bool:
        """Whether it has a number for each example."""
        if slot.role in ("total", "parts"):
            return False
        return slot.role == "errors" or slot.name not in self.program.shared

    def shape(self, slot: Slot) -> Shape:
        """Of one example, where there is something for each."""
        if slot.role in ("total", "errors"):
            return ()
        if slot.role == "parts":
            return (len(self.program.names[self._node_of_parts(slot)][1]),)
        return self.program.shapes[slot.name]

    def whole_shape(self, slot: Slot) -> Shape:
        """With the examples in front, where there is something for each."""
        return (self.batch, *self.shape(slot)) if self.per_example(slot) else self.shape(slot)

    def row(self, slot: Slot) -> int | None:
        """The index of the row that computes it; −1 of what is given, None of what no row computes."""
        steps, name = self.steps, slot.name
        if slot.role in ("total", "errors"):
            return steps.error_row
        if slot.role == "value":
            if name not in steps.forward or self._is_given(name):
                return -1
            return steps.forward[name][0]
        if slot.role == "new":
            return steps.updates[name][-1][0] if steps.updates.get(name) else None
        if slot.role == "parts":
            return None
        if self.is_parameter(slot):
            return steps.derivatives[name][-1][0]
        return steps.backward[name][0] if name in steps.backward else None

    def order(self, slot: Slot) -> float:
        """Where it stands in the walk: what is given first, what no row computes beside what is computed with it."""
        row = self.row(slot)
        if row is not None:
            return row if row >= 0 else -1.0 - (slot.name in self.program.parameters)
        if slot.role == "parts":
            return self.steps.derivatives[slot.name][-1][0] - 0.5
        return float(len(self.steps.rows))

    def order_of(self, quantity: Quantity) -> float:
        """Where a number stands that has no slot: a part before the sum that it is in."""
        kind, steps, subject = quantity.kind, self.steps, quantity.subject or ""
        beside = 0.5 if quantity.through is None or kind in ("dy/dx", "dy/dy") else -0.5
        if kind_of(kind).of == "parameter":
            name = self.program.parameter(self.scenario.network.parameter_index[subject]).name
            places = steps.derivatives if kind == "dE/dw" else steps.updates
            return places[name][-1][0] + beside if places[name] else float(len(steps.rows))
        element = self.program.known_elements.get(({"dE/dx": "x"}.get(kind, "y"), subject))
        if element is None:
            return -2.0
        return (steps.backward if kind.startswith("dE/") else steps.forward).get(element.name, (len(steps.rows),))[
            0
        ] + beside

    def quantities(self, slot: Slot) -> list[Quantity]:
        """What its numbers are called, in the order of its shape (without examples)."""
        if slot.role in ("total", "errors"):
            return [Quantity("E")]
        kind, elements = self.program.names[slot.name]
        if slot.role == "parts":
            (name,) = elements
            return [Quantity("dE/dw", name, node) for node in self.program.names[self._node_of_parts(slot)][1]]
        if slot.role == "derivative":
            kind = {"w": "dE/dw", "x": "dE/dx"}.get(kind, "dE/dy")
        elif slot.role == "new":
            kind = "w+"
        return [Quantity(kind, name) for name in elements]

    def whole(self, slot: Slot) -> str:
        """What all of it is called: `dE/dw:2`, of a graph `dE/dw:WQ`, and where it is one number as that is."""
        names = self.quantities(slot)
        if len(names) == 1:
            return str(names[0])
        if self.steps.of_graph:
            return f"{names[0].kind}:{slot.name}"
        layer = "".join(letter for letter in slot.name if letter.isdigit()) or str(self.scenario.layered.depth)
        kind = names[0].kind
        if slot.name.startswith("b"):
            kind = {"dE/dw": "dE/db", "w": "b", "w+": "b+"}[kind]
        return f"{kind}:{layer}"

    def of_row(self, result: Array, slot: Slot) -> Array:
        """What of a row of derivatives belongs to a slot, in its whole shape."""
        if self.is_parameter(slot):
            return result[self.steps.derivatives[slot.name][-1][1]].reshape(self.shape(slot))
        _, part = self.steps.backward[slot.name]
        found = result[:, part].reshape(-1, *self.shape(slot))
        return np.broadcast_to(found, self.whole_shape(slot)) if self.per_example(slot) else np.asarray(found[0])

    def array(self, values: Values, slot: Slot) -> Array | None:
        """Its numbers in values whose rows are done, in its whole shape; None where it is not computed."""
        try:
            found = self._array(values, slot)
        except KeyError:
            return None
        return None if found is None else np.broadcast_to(found, self.whole_shape(slot))

    def _array(self, values: Values, slot: Slot) -> Array | None:
        name = slot.name
        if slot.role == "total":
            return None if values.error is None else np.array(values.error)
        if slot.role == "errors":
            return values.example_errors
        if slot.role == "parts":
            return reduced(self.scenario, values.derivative(self._node_of_parts(slot)))
        if self.is_parameter(slot):
            return self._of_parameter(values, slot)
        if slot.role == "value":
            return self._for_each(values.value(name), slot)
        if name in self.steps.backward:
            return self._for_each(values.derivative(name), slot)
        stage = before_error_goes_back(self.scenario, values, name)
        return None if stage is None else self._for_each(stage.pulled(name), slot)

    def _for_each(self, array: Array, slot: Slot) -> Array:
        return array if self.per_example(slot) else array[0]

    def _of_parameter(self, values: Values, slot: Slot) -> Array | None:
        span, shape = self.program.parameters[slot.name], self.program.shapes[slot.name]
        if slot.role == "value":
            return values.beginning.theta[span].reshape(shape)
        if slot.role == "new":
            row = self.row(slot)
            done = values.complete if row is None else row < len(values.results)
            return values.theta[span].reshape(shape) if done else None
        row, part = self.steps.derivatives[slot.name][-1]
        return values.results[row][part].reshape(shape) if row < len(values.results) else None

    def _is_given(self, name: str) -> bool:
        return name in self.program.given or name in self.program.constants

    def _node_of_parts(self, slot: Slot) -> str:
        """The total inputs into which a bias goes that their layer shares."""
        return self.program.consumers[slot.name][-1].target
