"""The steps of one iteration: which rows there are, in which order, and what a scalar step of each shows.

A *row* is one quantity of one layer, or of one node of a graph. At detail `layer` a step is a row; at detail `scalar`
it is one item of a row.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from math import prod
from typing import Literal, get_args

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.quantity import KINDS, Kind, Phase
from engine.program.clip import Clip
from engine.program.equations import Program
from engine.program.formulas import program_of
from engine.program.graph import Graph, operands_of
from engine.program.layers import beside_of, expand
from engine.program.names import joined, without
from engine.program.network import Network
from engine.program.scenario import Training

Detail = Literal["layer", "scalar"]
PHASES: tuple[Phase, ...] = get_args(Phase)
DETAILS: tuple[Detail, ...] = ("layer", "scalar")


class Row(Struct, frozen=True):
    """One quantity of one layer, or of one node of a graph.

    Attributes:
        quantity: the kind of what is computed.
        layer: of which layer, 0 being the inputs; in a graph the rank.
        items: the names of what a scalar step computes, in order: nodes, or parameters (of `w+` the trainable ones).
        values: what of the program it is about, one behind the other.
        node: of a graph the node, the input or the parameter that it is about; empty where it is about several.
    """

    quantity: str
    layer: int
    items: Sequence[str]
    values: tuple[str, ...]
    node: str = ""

    @property
    def subject(self) -> int | str:
        """Of what it is a row: the node of a graph, else the layer."""
        return self.node or self.layer

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


class Together(Struct, frozen=True, eq=False):
    """Derivatives that have a norm in common.

    Attributes:
        indices: where in θ the parameters stand that are trained.
        rows: in which they are updated.
    """

    indices: NDArray[np.intp]
    rows: tuple[Row, ...]


class Steps:
    """The rows of one iteration of a network, or a graph, under one way of training.

    Args:
        network: whose.
        training: in which way.
        program: of the network, where it is known.
    """

    def __init__(self, network: Network | Graph, training: Training, program: Program | None = None) -> None:
        self.of_graph = isinstance(network, Graph)
        self.arithmetic, self._frozen = training.arithmetic, training.frozen
        self._together: dict[Clip, tuple[Together, ...]] = {}
        self._norms: dict[Clip, dict[int, list[int]]] = {}
        if isinstance(network, Graph):
            self.program = program or program_of(network)
            self.rows = tuple(_graph_rows(network, training, self.program))
        else:
            self.program = program or expand(network)
            self.rows = tuple(_rows(network, training, self.program))
        self.index: dict[tuple[str, int | str], int] = {
            (row.quantity, row.subject): i for i, row in enumerate(self.rows)
        }

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
                found.setdefault(name, (number, slice(start, stop)))  # an error that is used further on: its own row
                start = stop
        return found

    @cached_property
    def derivatives(self) -> dict[str, tuple[tuple[int, slice], ...]]:
        """In which rows dE/d(each parameter of the program) stands, in their order, and where in them."""
        return self._parameters("dE/dw")

    @cached_property
    def updates(self) -> dict[str, tuple[tuple[int, slice], ...]]:
        """Likewise its new value: in one row, or in none."""
        return self._parameters("w+")

    def _parameters(self, quantity: str) -> dict[str, tuple[tuple[int, slice], ...]]:
        found: dict[str, tuple[tuple[int, slice], ...]] = dict.fromkeys(self.program.parameters, ())
        for number, row in enumerate(self.rows):
            if row.quantity == quantity:
                first = self.span(row).start
                for name in row.values:
                    span = self.program.parameters[name]
                    found[name] += ((number, slice(span.start - first, span.stop - first)),)
        return found

    def span(self, row: Row) -> slice:
        """The slice of θ that a row of parameters is about."""
        first, last = (self.program.parameters[name] for name in (row.values[0], row.values[-1]))
        return slice(first.start, last.stop)

    def trained(self, row: Row) -> NDArray[np.intp]:
        """Where in θ the parameters of a row stand that are trained: the items of a row `w+`, in their order."""
        span = self.span(row)
        frozen = [index - span.start for index in self._frozen if span.start <= index < span.stop]
        return np.delete(np.arange(span.start, span.stop), frozen)

    def names(self, row: Row) -> Sequence[str]:
        """The names of all numbers of a row, frozen parameters included."""
        return joined([self.program.names[value][1] for value in row.values])

    def together(self, clip: Clip) -> tuple[Together, ...]:
        """The derivatives that have a norm in common, of each norm."""
        if clip not in self._together:
            self._together[clip] = tuple(self._groups(clip)) if clip.norm is not None else ()
        return self._together[clip]

    def norms(self, clip: Clip, row: Row) -> Sequence[int]:
        """The norms in which derivatives of a row of parameters are, by their numbers among those of `together`."""
        if clip not in self._norms:
            found = self._norms[clip] = {}
            for number, one in enumerate(self.together(clip)):
                for updated in one.rows:
                    found.setdefault(self.span(updated).start, []).append(number)
        return self._norms[clip].get(self.span(row).start, ())

    def _groups(self, clip: Clip) -> Iterator[Together]:
        updated = tuple(row for row in self.rows if row.quantity == "w+")
        spans = [(self.span(row), row) for row in updated]
        if clip.over == "parameter":
            spans = [(self.program.parameters[name], row) for row in updated for name in row.values]
        groups = [
            (np.array([i for i in range(span.start, span.stop) if i not in self._frozen], np.intp), (row,))
            for span, row in spans
        ]
        if clip.over == "all":
            together = np.sort(np.concatenate([group for group, _ in groups])) if groups else np.empty(0, np.intp)
            yield from [Together(together, updated)] if together.size else []
        else:
            yield from (Together(group, rows) for group, rows in groups if group.size)

    @cached_property
    def ends(self) -> bool:
        """Whether one iteration is all there is: a graph in which nothing is trained."""
        return self.of_graph and not any(row.quantity == "w+" for row in self.rows)

    @cached_property
    def error_row(self) -> int:
        """The index of the row that computes E."""
        return next(number for number, row in enumerate(self.rows) if row.quantity == "E")

    def row(self, quantity: str, subject: int | str) -> int | None:
        """The index of the row of this quantity and layer, or node, or None where there is none."""
        return self.index.get((quantity, subject))

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
        rows = bisect_left(self.scalar_ends, done) + 1
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
        trainable = without(layer.parameter_names, training.frozen, span.start)
        if trainable:  # a layer that is wholly frozen has nothing to update
            updates[number] = Row("w+", number, trainable, parameters(number))

    rows = [Row("y", 0, network.nodes(0), column(0))]
    for number in range(1, last + 1):
        rows += [Row("x", number, network.computed(number), (f"x{number}",))]
        rows += [Row("y", number, network.nodes(number), column(number))]
    rows.append(Row("E", last, network.outputs, program.errors))
    for number in range(last, 0, -1) if training.learning_rule is None else ():
        nodes = network.computed(number)
        rows.append(Row("dE/dy", number, nodes, (f"y{number}",)))
        rows.append(Row("dE/dx", number, nodes, (f"x{number}",)))
        rows.append(Row("dE/dw", number, network.layer(number).parameter_names, parameters(number)))
        if training.immediate and number in updates:
            rows.append(updates[number])
    if not training.immediate or training.learning_rule is not None:
        rows += [updates[number] for number in sorted(updates, reverse=True)]
    return rows


def _graph_rows(graph: Graph, training: Training, program: Program) -> list[Row]:
    """Nodes in file order and back; a parameter's derivative right after the last of its uses has been passed."""
    ranks = graph.ranks

    def row(quantity: str, name: str, rank: int) -> Row:
        return Row(quantity, rank, graph.elements(name), (name,), name)

    used = {name for node in graph.graph_nodes for name in operands_of(node.formula)}
    rows = [Row("y", 0, graph.inputs, tuple(graph.input_shapes))] if graph.inputs else []
    rows += [
        row("y", node.name, ranks[node.name])
        for node in graph.graph_nodes
        if node.name not in graph.errors or node.name in used or graph.weighted
    ]
    terms = tuple(name for value in program.errors for name in program.names[value][1])
    rank = max(ranks[name] for name in (graph.errors or graph.upstream))
    rows.append(Row("E", rank, terms, program.errors, graph.errors[0] if len(graph.errors) == 1 else ""))

    live = [node for node in graph.graph_nodes if node.name in graph.live]
    first_uses: dict[str, str] = {}
    for node in live:
        for name in operands_of(node.formula):
            first_uses.setdefault(name, node.name)
    passed: dict[str, list[str]] = {}
    for name in graph.parameter_shapes:
        if name in first_uses:
            passed.setdefault(first_uses[name], []).append(name)
    derivatives: list[Row] = []
    for node in reversed(live):
        rows.append(row("dE/dy", node.name, ranks[node.name]))
        derivatives += (found := [row("dE/dw", name, ranks[node.name]) for name in passed.get(node.name, ())])
        rows += found
    rows += [row("dE/dy", name, 0) for name in reversed(tuple(graph.input_shapes))]
    for derivative in derivatives:
        trainable = without(derivative.items, training.frozen, graph.parameter_spans[derivative.node].start)
        if trainable:
            rows.append(Row("w+", derivative.layer, trainable, derivative.values, derivative.node))
    return rows
