"""A function as a graph of formulas: what a scenario with `[graph]` computes, and its program.

A *value* is a number, a vector, a matrix or a picture with channels; its *elements* are numbers with names of their
own: `h.1` of a vector, `A.2.3` of a matrix, the bare name of a number. Examples give inputs and targets element by
element, θ holds parameters likewise, in C order.

`Graph` has the attributes of a layered `Network` as far as they make sense of formulas, so that whatever asks for
names, inputs or columns takes either: a column is a rank, the length of the longest way from what is given.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import ClassVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.tree import Call, Formula, Ref, leaves
from engine.program.elementwise import operation
from engine.program.names import element_names, joined, place_in, places_of
from engine.program.operations import Shape

Array = NDArray[np.float64]

UPSTREAM = "upstream·"
"""Begins the name of a given derivative: no name of a file holds the sign."""
TOTAL_OF_UPSTREAM = "Σ upstream·y"
"""The value that stands for E where derivatives are given."""


def value_name(element: str) -> str:
    """The name of the value that an element belongs to: no name of a value has a point in it."""
    return element.partition(".")[0]


WEIGHT = "weight·"
"""The name of an example's weight, and with a term of E behind it that of the weighted term."""


class GraphNode(Struct, frozen=True, eq=False):
    """name = formula.

    Attributes:
        name: of the value that it makes.
        formula: over whole values.
        text: the formula as the file has it, repetitions written out.
    """

    name: str
    formula: Formula
    text: str


class Elements(Mapping[str, Ref]):
    """The elements of values by their names, from which each is made when it is asked for: there may be millions."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self._shapes = shapes

    def __getitem__(self, name: str) -> Ref:
        value, *places = name.split(".")
        item = place_in(self._shapes[value], places) if value in self._shapes else None
        if item is None:
            raise KeyError(name)
        return Ref(value, item)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name)

    def __len__(self) -> int:
        return sum(map(prod, self._shapes.values()))

    def __iter__(self) -> Iterator[str]:
        return (name for value, shape in self._shapes.items() for name in element_names(value, shape))


class Graph(Struct, frozen=True, eq=False, dict=True):
    """A function of formulas.

    Attributes:
        input_shapes: of each input that an example gives, in the order in which it does.
        target_shapes: of each target, likewise.
        constants: given once for all examples, neither trained nor differentiated.
        parameter_shapes: of each parameter, in the order of θ.
        graph_nodes: in the order of the walk.
        shapes: of every value.
        errors: the nodes whose sum is E; none where derivatives are given.
        upstream: by node the derivative of E by it, or None where each example gives its own.
        shown: nodes that E does not depend on.
        weighted: whether each example has a weight, a factor of its part in E.
    """

    input_shapes: Mapping[str, Shape]
    target_shapes: Mapping[str, Shape]
    constants: Mapping[str, Array]
    parameter_shapes: Mapping[str, Shape]
    graph_nodes: tuple[GraphNode, ...]
    shapes: Mapping[str, Shape]
    errors: tuple[str, ...]
    upstream: Mapping[str, Array | None] = {}
    shown: tuple[str, ...] = ()
    weighted: bool = False

    target_is: ClassVar[str] = "target"
    targets_are: ClassVar[str] = "targets"

    # What a layered network has as well

    @cached_property
    def inputs(self) -> Sequence[str]:
        """The names of all input elements, in the order in which an example gives them."""
        return _names_of(self.input_shapes)

    @cached_property
    def targets(self) -> Sequence[str]:
        """The names of all target elements, likewise."""
        return _names_of(self.target_shapes)

    def target_problem(self, targets: Sequence[float]) -> tuple[str, str] | None:
        """None: formulas take any targets."""
        return None

    @property
    def outputs(self) -> Sequence[str]:
        """The names of their elements."""
        return joined([self.elements(value) for value in self.output_values])

    @cached_property
    def output_values(self) -> tuple[str, ...]:
        """What the error is made of: the nodes that its formula uses, or whose derivative is given; else its own."""
        found = (name for error in self.errors for name in operands_of(self.node[error].formula) if name in self.node)
        return tuple(dict.fromkeys(found)) or self.errors or tuple(self.upstream)

    @cached_property
    def parameter_names(self) -> Sequence[str]:
        """Every element of a parameter in the order of θ."""
        return _names_of(self.parameter_shapes)

    @cached_property
    def parameter_index(self) -> Mapping[str, int]:
        """Where in θ a parameter's element of this name stands."""
        return places_of(self.parameter_names)

    @cached_property
    def parameter_spans(self) -> dict[str, slice]:
        """Where in θ each parameter stands."""
        spans, start = {}, 0
        for name, shape in self.parameter_shapes.items():
            spans[name] = slice(start, start + prod(shape))
            start += prod(shape)
        return spans

    @cached_property
    def node_index(self) -> dict[str, tuple[int, int]]:
        """(rank, number within the rank's column) of each element of an input or a node."""
        return {
            name: (number, index) for number in range(self.depth + 1) for index, name in enumerate(self.nodes(number))
        }

    def is_input(self, name: str) -> bool:
        """Whether an element is given by the example."""
        return name in self.node_index and self.node_index[name][0] == 0

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """0 of what is given, else one more than the largest operand's."""
        ranks = dict.fromkeys((*self.input_shapes, *self.target_shapes, *self.constants, *self.parameter_shapes), 0)
        for node in self.graph_nodes:
            ranks[node.name] = 1 + max((ranks[name] for name in operands_of(node.formula)), default=0)
        return ranks

    @cached_property
    def depth(self) -> int:
        """The largest rank."""
        return max((self.ranks[node.name] for node in self.graph_nodes), default=0)

    def nodes(self, number: int) -> Sequence[str]:
        """The elements of the values of a rank, of rank 0 the inputs."""
        return self._columns[number]

    @cached_property
    def _columns(self) -> tuple[Sequence[str], ...]:
        values = [list(self.input_shapes), *([] for _ in range(self.depth))]
        for node in self.graph_nodes:
            values[self.ranks[node.name]].append(node.name)
        return tuple(joined([self.elements(value) for value in column]) for column in values)

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of elements of each rank, inputs first."""
        return tuple(map(len, self._columns))

    def called(self, number: int) -> str:
        """What a text calls a column."""
        return f"rank {number}"

    # What formulas have

    def elements(self, value: str) -> Sequence[str]:
        """The names of a value's elements."""
        return element_names(value, self.shapes[value])

    @cached_property
    def node(self) -> Mapping[str, GraphNode]:
        """The nodes by name."""
        return {node.name: node for node in self.graph_nodes}

    @cached_property
    def value_of_element(self) -> Mapping[str, Ref]:
        """By name every element of every value, parameters included."""
        return Elements(self.shapes)

    @cached_property
    def users(self) -> Mapping[str, tuple[str, ...]]:
        """By value the nodes whose formulas use it, in the order of the walk."""
        found: dict[str, list[str]] = {}
        for node in self.graph_nodes:
            for name in operands_of(node.formula):
                found.setdefault(name, []).append(node.name)
        return {name: tuple(users) for name, users in found.items()}

    @cached_property
    def live(self) -> frozenset[str]:
        """The values that E depends on."""
        found, waiting = set[str](), [*self.errors, *self.upstream]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += operands_of(self.node[name].formula) if name in self.node else ()
        return frozenset(found)

    @cached_property
    def shared(self) -> frozenset[str]:
        """The values of which there is one for the whole batch."""
        found = {*self.constants, *self.parameter_shapes}
        for node in self.graph_nodes:
            if is_shared(node.formula, found):
                found.add(node.name)
        return frozenset(found)

    @cached_property
    def joins_examples(self) -> bool:
        """Whether the examples of a batch meet anywhere."""
        return any(joins_examples(node.formula) for node in self.graph_nodes)


def _names_of(shapes: Mapping[str, Shape]) -> Sequence[str]:
    return joined([element_names(value, shape) for value, shape in shapes.items()])


def operands_of(formula: Formula) -> Iterator[str]:
    """The values that a formula uses, each once, in reading order."""
    return iter(dict.fromkeys(leaf.name for leaf in leaves(formula) if isinstance(leaf, Ref)))


def joins_examples(formula: Formula) -> bool:
    """Whether the examples of a batch meet in a formula."""
    if not isinstance(formula, Call):
        return False
    return operation(formula.function).over_batch or any(map(joins_examples, formula.arguments))


def is_shared(formula: Formula, shared: Collection[str]) -> bool:
    """Whether a formula has one value for the whole batch."""
    if isinstance(formula, Ref):
        return formula.name in shared
    if not isinstance(formula, Call) or operation(formula.function).over_batch:
        return True
    return all(is_shared(argument, shared) for argument in formula.arguments)
