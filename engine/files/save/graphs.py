"""What of a graph a file holds: written from nothing, and the author's numbers where they have changed."""

from collections.abc import Iterable, Mapping, MutableSequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.files.save.listed import in_file, item, key, matrix, names, revise_number, text
from engine.program.graph import Graph
from engine.program.operations import Shape
from engine.program.scenario import Scenario

Array = NDArray[np.float64]


# Written from nothing


def graph_lines(scenario: Scenario, graph: Graph) -> list[str]:
    """The lines of `[graph]`."""
    table = {
        "inputs": _sizes(graph.input_shapes),
        "targets": _sizes(graph.target_shapes),
        "constants": _table(graph.constants.items()),
        "nodes": matrix([text(f"{node.name} = {node.text}") for node in graph.graph_nodes]),
        "error": names(graph.errors),
        "upstream": _table((name, array) for name, array in graph.upstream.items() if array is not None),
        "shown": names(graph.shown),
        "parameters": _table(parameters(scenario, graph).items()),
    }
    return ["[graph]", *(f"{name} = {value}" for name, value in table.items() if value not in ("{  }", "[]"))]


def graph_examples(scenario: Scenario, graph: Graph) -> str:
    """An `[[example]]` for each, its values by name."""
    given = {name: graph.shapes[name] for name, array in graph.upstream.items() if array is None}
    pieces = []
    for number, inputs in enumerate(scenario.inputs):
        targets = np.zeros(0) if scenario.targets is None else scenario.targets[number]
        own, upstream = np.split(targets, [len(graph.targets)])
        tables = {
            "inputs": _table(values_in(inputs, graph.input_shapes).items()),
            "targets": _table(values_in(own, graph.target_shapes).items()),
            "upstream": _table(values_in(upstream, given).items()),
        }
        lines = [f"{name} = {table}\n" for name, table in tables.items() if table != "{  }"]
        if scenario.weights is not None:
            lines.append(f"weight = {float(scenario.weights[number, 0])!r}\n")
        pieces.append("".join(["[[example]]\n", *lines]))
    return "\n".join(pieces)


def parameters(scenario: Scenario, graph: Graph) -> dict[str, Array]:
    """The parameters where the walk begins, by name."""
    return values_in(scenario.theta, graph.parameter_shapes)


def values_in(numbers: Array, shapes: Mapping[str, Shape]) -> dict[str, Array]:
    """By name the values that stand one behind the other."""
    found, start = {}, 0
    for name, shape in shapes.items():
        found[name] = numbers[start : start + prod(shape)].reshape(shape)
        start += prod(shape)
    return found


def _sizes(shapes: Mapping[str, Shape]) -> str:
    """Names of numbers, or name = shape."""
    if not any(shapes.values()):
        return names(shapes)
    return "{ " + ", ".join(f"{key(name)} = {list(shape)}" for name, shape in shapes.items()) + " }"


def _table(values: Iterable[tuple[str, Array]]) -> str:
    return "{ " + ", ".join(f"{key(name)} = {array.tolist()!r}" for name, array in values) + " }"


# The author's file with other numbers


def revise_graph(table: Any, scenario: Scenario, before: Scenario | None, *, stays: bool) -> None:
    """Writes the parameters and constants of a scenario into the author's `[graph]`.

    Args:
        table: the `[graph]`.
        scenario: with its present numbers.
        before: as the author's file has it; None where that cannot be read any more.
        stays: whether tables beside the author's file are beside the new one.
    """
    graph = scenario.graph
    assert graph is not None
    old = None if before is None else before.graph
    was = {} if before is None or old is None else parameters(before, old)
    _revise_table(table.get("constants"), graph.constants, {} if old is None else old.constants, stays=stays)
    _revise_table(table.get("parameters"), parameters(scenario, graph), was, stays=stays)


def _revise_table(table: Any, values: Mapping[str, Array], was: Mapping[str, Array], *, stays: bool) -> None:
    for name, array in values.items():
        given = table[name]
        if not isinstance(given, dict):
            _revise(table, name, array)
        elif name not in was or was[name].tobytes() != array.tobytes() or (in_file(given) and not stays):
            table[name] = item(repr(array.tolist()))


def revise_graph_examples(listed: Iterable[Any], scenario: Scenario, graph: Graph) -> None:
    """Writes what the examples give into the author's `[[example]]`s."""
    upstream = {name: graph.shapes[name] for name, array in graph.upstream.items() if array is None}
    for number, example in enumerate(listed):
        _revise_given(example, "inputs", values_in(scenario.inputs[number], graph.input_shapes))
        if scenario.targets is not None:
            own, back = np.split(scenario.targets[number], [len(graph.targets)])
            _revise_given(example, "targets", values_in(own, graph.target_shapes))
            _revise_given(example, "upstream", values_in(back, upstream))


def _revise_given(example: Any, part: str, values: Mapping[str, Array]) -> None:
    """In the author's notation: a list in declared order, or a table."""
    for number, (name, array) in enumerate(values.items()):
        _revise(example[part], name if isinstance(example[part], dict) else number, array)


def _revise(holder: Any, place: Any, values: Array) -> None:
    """Writes a number, or the numbers of lists, where others stand; the same ones stay as the author wrote them."""
    if values.ndim == 0:
        revise_number(holder, place, float(values))
        return
    rows: MutableSequence[Any] = holder[place]
    for number, part in enumerate(values):
        _revise(rows, number, np.asarray(part))
