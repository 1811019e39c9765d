"""The `[graph]` of a file: names, shapes, formulas and starting parameters, checked together."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from engine.files.arrays import read_array, read_constant, read_parameter, read_shape
from engine.files.lines import Lines
from engine.files.model import MAX_PARAMETERS, GraphPart
from engine.files.parts import Partial, read_part
from engine.files.problems import Problems, described, nearest, shown
from engine.files.repetitions import written_out
from engine.files.shape import Draft
from engine.files.weights import Files
from engine.program.graph import Graph, operands_of
from engine.program.operations import Shape, said
from engine.program.parser import MOST_DEEP

Array = NDArray[np.float64]


class Asked(Struct, frozen=True):
    """What examples give of a graph.

    Attributes:
        inputs: the shape of each input, None where it is not known; None where not even the names are.
        targets: likewise of each target.
        upstream: of each node by which every example gives the derivative of E.
    """

    inputs: Mapping[str, Shape | None] | None = None
    targets: Mapping[str, Shape | None] | None = None
    upstream: Mapping[str, Shape | None] = field(default_factory=dict)


def read_graph(section: Any, listed: Any, folder: Path, problems: Problems) -> tuple[Draft, Asked]:
    """Reads `[graph]` and notes every problem in it.

    Args:
        section: what TOML gives for `graph`.
        listed: what it gives for `example`: these may give derivatives of E.
        folder: the scenario's, for parameters in files.
        problems: gets what is wrong.
    """
    if not isinstance(section, dict):
        problems.add("graph", f"{described(section)} is not a table", "write [graph] with nodes below it")
        return Draft(), Asked()
    before = len(problems.found)
    part = read_part(GraphPart, section, "graph", problems)
    reader = _Reader(part, folder, problems)
    own = _named_by_examples(listed)
    graph = reader.graph(own)
    asked = Asked(
        reader.inputs if part.good("inputs") else None,
        reader.targets if part.good("targets") else None,
        {name: reader.lines.shapes.get(name) for name in own},
    )
    if len(problems.found) > before:
        return Draft(), asked
    values = [array.ravel() for array in reader.parameters.values() if array is not None]
    theta = np.concatenate([np.zeros(0), *values])
    return Draft(network=graph, theta=theta, origins=tuple(reader.files.origins)), asked


def _named_by_examples(listed: Any) -> tuple[str, ...]:
    """The nodes by which the first example gives derivatives: all others must give the same."""
    first = listed[0] if isinstance(listed, list) and listed else None
    given = first.get("upstream") if isinstance(first, dict) else None
    return tuple(given) if isinstance(given, dict) else ()


class _Reader:
    """Reads one `[graph]`."""

    def __init__(self, part: Partial[GraphPart], folder: Path, problems: Problems) -> None:
        self._part, self._problems = part, problems
        self._owners: dict[str, str] = {}
        self._named = False
        self.inputs = self._values("inputs", "an input")
        self.targets = self._values("targets", "a target")
        self.files = Files(folder, problems)
        self.constants = {
            name: read_constant(given, name, folder, self.files, problems)
            for name, given in self._table("constants", "a constant").items()
        }
        self.parameters = {
            name: read_parameter(given, number, name, folder, self.files, problems)
            for number, (name, given) in enumerate(self._table("parameters", "a parameter").items(), 1)
        }
        self._check_parameters()
        arrays = {**self.constants, **self.parameters}
        shapes = {**self.inputs, **self.targets}
        shapes |= {name: None if array is None else array.shape for name, array in arrays.items()}
        self.lines = Lines(shapes, self._owners, problems)
        if part.good("nodes"):
            before = len(problems.found)
            written = written_out(part.value.nodes, "graph.nodes", problems)
            all_there = len(problems.found) == before
            gates = part.good("gates") and part.value.gates
            self.lines.read(written, gates=gates)
            # the operations of a formula that is not read have no names yet
            self._named = all_there and (self.lines.whole if gates else self.lines.named)

    def _values(self, key: str, what: str) -> dict[str, Shape | None]:
        """Names with shapes, whichever form declares them."""
        given = self._part.rough(key)
        where = f"graph.{key}"
        if isinstance(given, list):
            names: list[tuple[str, str, Any]] = [
                (f"{where}[{i}]", name, []) for i, name in enumerate(given, 1) if isinstance(name, str)
            ]
        elif isinstance(given, dict):
            names = [(f"{where}.{shown(name)}", name, sizes) for name, sizes in given.items()]
        else:
            names = []
        found: dict[str, Shape | None] = {}
        for place, name, sizes in names:
            if self._claimed(name, place, what):
                found[name] = read_shape(sizes, place, self._problems)
        return found

    def _table(self, key: str, what: str) -> dict[str, Any]:
        given = self._part.rough(key)
        if not isinstance(given, dict):
            return {}
        return {name: item for name, item in given.items() if self._claimed(name, f"graph.{key}.{shown(name)}", what)}

    def _claimed(self, name: str, where: str, what: str) -> bool:
        """Whether a name is nobody else's; it is taken from here on."""
        if name in self._owners:
            self._problems.add(where, f"the name {shown(name)} is taken by {self._owners[name]}", "take another")
            return False
        self._owners[name] = what
        return True

    def _check_parameters(self) -> None:
        count = sum(array.size for array in self.parameters.values() if array is not None)
        if count > MAX_PARAMETERS:
            self._problems.add("graph.parameters", f"they are {count:,} numbers", f"{MAX_PARAMETERS:,} are the most")

    # What is differentiated

    def graph(self, own: Sequence[str]) -> Graph | None:
        """The graph, or what there is of it; None where its outline is wrong.

        Args:
            own: the nodes by which each example gives derivatives.
        """
        errors, upstream, shown_nodes = self._errors(own), self._upstream(own), self._shown()
        shapes = {name: shape for name, shape in self.lines.shapes.items() if shape is not None}
        if errors is None or upstream is None or len(shapes) < len(self.lines.shapes) or not self.lines.whole:
            return None
        graph = Graph(
            {name: shapes[name] for name in self.inputs},
            {name: shapes[name] for name in self.targets},
            {name: array for name, array in self.constants.items() if array is not None},
            {name: shapes[name] for name in self.parameters},
            tuple(self.lines.nodes),
            shapes,
            errors,
            upstream,
            shown_nodes,
        )
        self._check_use(graph)
        return graph

    def _errors(self, own: Sequence[str]) -> tuple[str, ...] | None:
        if not self._part.good("error", "upstream"):
            return None
        given, where = self._part.value.error, "graph.error"
        if given is None:
            if self._part.value.upstream or own:
                return ()
            message = "it is missing: it says what is differentiated"
            self._problems.add(where, message, 'give a node that is a number, like error = "E", or upstream')
            return None
        if self._part.value.upstream or own:
            message = "there are both error and upstream"
            self._problems.add(where, message, "keep error, or the derivatives of E that upstream gives")
            return None
        names = given if isinstance(given, list) else [given]
        if not names:
            self._problems.add(where, "it is empty", "give at least one node")
        good = bool(names)
        for number, name in enumerate(names, 1):
            place = f"{where}[{number}]" if isinstance(given, list) else where
            if name in names[: number - 1]:
                self._problems.add(place, f"{shown(name)} stands there twice", "take it out")
                good = False
            else:
                good = self._is_node(name, place) and self._is_number(name, place) and good
        return tuple(names) if good else None

    def _is_node(self, name: str, where: str) -> bool:
        """Whether there is a node of this name; where a line does not say which it makes, that is told already."""
        if name in self.lines.names:
            return True
        if name in self._owners:
            self._problems.add(where, f"{shown(name)} is {self._owners[name]} and no node", "give the name of a node")
        elif self._named:
            self._problems.add(where, f"there is no node {shown(name)}", nearest(name, self.lines.names))
        return False

    def _is_number(self, name: str, where: str) -> bool:
        shape = self.lines.shapes.get(name)
        if not shape:
            return True
        remedy = f"make a number of it: a loss, sum({name}), or give derivatives by it as upstream"
        self._problems.add(where, f"{shown(name)} is {said(shape)}, and the error is a number", remedy)
        return False

    def _upstream(self, own: Sequence[str]) -> dict[str, Array | None] | None:
        if not self._part.good("upstream"):
            return None
        if len({*(self._part.value.upstream or ()), *own}) > MOST_DEEP:  # they are the terms of one sum
            message = f"there are more than {MOST_DEEP} nodes whose derivatives are given"
            self._problems.add("graph.upstream", message, "join some of them, with concat")
            return None
        found: dict[str, Array | None] = {}
        good = True
        for name, given in (self._part.value.upstream or {}).items():
            where = f"graph.upstream.{shown(name)}"
            if not self._is_node(name, where):
                good = False
                continue
            shape = self.lines.shapes.get(name)
            array = read_array(given, where, self._problems, shape)
            good = good and array is not None
            if array is not None:
                found[name] = array
        for name in own:
            if name in found:
                where = f"example[1].upstream.{shown(name)}"
                self._problems.add(where, "[graph] gives it as well", "keep one of them")
            good = self._is_node(name, f"example[1].upstream.{shown(name)}") and name not in found and good
            found.setdefault(name, None)
        return found if good else None

    def _shown(self) -> tuple[str, ...]:
        if not self._part.good("shown"):
            return ()
        names = self._part.value.shown
        return tuple(name for number, name in enumerate(names, 1) if self._is_node(name, f"graph.shown[{number}]"))

    def _check_use(self, graph: Graph) -> None:
        """Notes nodes and parameters that nothing uses."""
        used = {*graph.live, *_beneath(graph, graph.shown)}
        of = " or ".join(graph.errors) or "what upstream names"
        for node in graph.graph_nodes:
            if node.name not in used and not self.lines.is_gate(node.name):
                message = f"{shown(node.name)} is not used: {of} does not depend on it"
                self._problems.add(self.lines.where[node.name], message, f'use it, or list it: shown = ["{node.name}"]')
        for name in graph.parameter_shapes:
            if name not in graph.live:
                message = f"{shown(name)} is not used: {of} does not depend on it"
                self._problems.add(f"graph.parameters.{shown(name)}", message, "use it, or take it out")


def _beneath(graph: Graph, names: Iterable[str]) -> set[str]:
    """The nodes, and all that they are made of."""
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name in graph.node and name not in found:
            found.add(name)
            waiting += operands_of(graph.node[name].formula)
    return found
