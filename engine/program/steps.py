"""The steps of one iteration: which rows there are, in which order, and what a scalar step of each shows.

A *row* is one quantity of one layer. At detail `layer` a step is a row; at detail `scalar` it is one item of a row.
"""

from functools import cached_property
from math import prod
from typing import Literal, get_args

from msgspec import Struct

from engine.formula.quantity import KINDS, Kind, Phase
from engine.program.equations import Program
from engine.program.layers import beside_of, expand
from engine.program.network import Network
from engine.program.scenario import Training

Detail = Literal["layer", "scalar"]
PHASES: tuple[Phase, ...] = get_args(Phase)
DETAILS: tuple[Detail, ...] = ("layer", "scalar")


class Row(Struct, frozen=True):
    """One quantity of one layer.

    Attributes:
        quantity: the kind of what is computed.
        layer: of which layer, 0 being the inputs.
        items: the names of what a scalar step computes, in order: nodes, or parameters (of `w+` the trainable ones).
        values: what of the program it is about, one behind the other.
    """

    quantity: str
    layer: int
    items: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def kind(self) -> Kind:
        """What is true of all that is computed."""
        return KINDS[self.quantity]

    @property
    def phase(self) -> Phase:
        """Forward, error, backward or update."""
        assert self.kind.phase is not None
        return self.kind.phase

    @property
    def per_example(self) -> bool:
        """Whether an item has one number per example of the batch: nodes have, parameters have one number."""
        return self.kind.over == "example"


class Steps:
    """The rows of one iteration of a network under one way of training."""

    def __init__(self, network: Network, training: Training) -> None:
        self.program = expand(network)
        self.rows = tuple(_rows(network, training, self.program))
        self.index: dict[tuple[str, int], int] = {(row.quantity, row.layer): i for i, row in enumerate(self.rows)}

    @cached_property
    def forward(self) -> dict[str, tuple[int, slice]]:
        """In which row each value stands, and where in it."""
        return self._places("y", "x", "E")

    @cached_property
    def backward(self) -> dict[str, tuple[int, slice]]:
        """In which row the derivative of E by each value stands, and where in it."""
        return self._places("dE/dy", "dE/dx")

    def _places(self, *quantities: str) -> dict[str, tuple[int, slice]]:
        found: dict[str, tuple[int, slice]] = {}
        for number, row in enumerate(self.rows):
            start = 0
            for name in row.values if row.quantity in quantities else ():
                stop = start + prod(self.program.shapes[name])
                found[name] = (number, slice(start, stop))
                start = stop
        return found

    def row(self, quantity: str, layer: int) -> int | None:
        """The index of the row of this quantity and layer, or None where there is none."""
        return self.index.get((quantity, layer))

    @cached_property
    def scalar_ends(self) -> tuple[int, ...]:
        """How many scalar steps are done once row i is, at index i."""
        ends, total = [], 0
        for row in self.rows:
            total += len(row.items)
            ends.append(total)
        return tuple(ends)

    def count(self, detail: Detail) -> int:
        """N, the number of steps of an iteration at this detail."""
        return len(self.rows) if detail == "layer" else self.scalar_ends[-1]

    def done(self, rows: int, hidden: int, detail: Detail) -> int:
        """d, the steps done with `rows` rows computed and the last `hidden` items of the last one not shown yet."""
        if detail == "layer" or rows == 0:
            return rows
        return self.scalar_ends[rows - 1] - hidden

    def rows_and_hidden(self, done: int, detail: Detail) -> tuple[int, int]:
        """The inverse of `done`: (rows computed, items of the last one not shown yet)."""
        if detail == "layer" or done == 0:
            return done, 0
        rows = next(i for i, end in enumerate(self.scalar_ends, 1) if end >= done)
        return rows, self.scalar_ends[rows - 1] - done

    @cached_property
    def phase_starts(self) -> tuple[int, ...]:
        """The index of the first row of each phase: of each maximal run of rows with one phase."""
        phases = [row.phase for row in self.rows]
        return tuple(i for i, phase in enumerate(phases) if i == 0 or phases[i - 1] != phase)


def _rows(network: Network, training: Training, program: Program) -> list[Row]:
    last = network.depth

    def column(number: int) -> tuple[str, ...]:
        return tuple(name for name in dict.fromkeys((f"y{number}", beside_of(number))) if name in program.shapes)

    def parameters(number: int) -> tuple[str, ...]:
        owner = network.uses(number)[0]
        return tuple(name for name in (f"W{owner}", f"b{owner}") if name in program.shapes)

    updates: dict[int, Row] = {}
    for number, (layer, span) in enumerate(zip(network.layers, network.spans, strict=True), 1):
        if not network.owns(number):  # tied parameters are updated once
            continue
        names = zip(range(span.start, span.stop), layer.parameter_names, strict=True)
        trainable = tuple(name for index, name in names if index not in training.frozen)
        if trainable:  # a layer that is wholly frozen has nothing to update
            updates[number] = Row("w+", number, trainable, parameters(number))

    rows = [Row("y", 0, network.nodes(0), column(0))]
    for number in range(1, last + 1):
        rows += [Row("x", number, network.computed(number), (f"x{number}",))]
        rows += [Row("y", number, network.nodes(number), column(number))]
    rows.append(Row("E", last, network.outputs, (program.error,)))
    for number in range(last, 0, -1):
        nodes = network.computed(number)
        rows.append(Row("dE/dy", number, nodes, (f"y{number}",)))
        rows.append(Row("dE/dx", number, nodes, (f"x{number}",)))
        rows.append(Row("dE/dw", number, network.layer(number).parameter_names, parameters(number)))
        if training.immediate and number in updates:
            rows.append(updates[number])
    if not training.immediate:
        rows += [updates[number] for number in sorted(updates, reverse=True)]
    return rows
