"""A graph of formulas as a program: an equation for each node."""

from collections.abc import Mapping
from math import prod
from typing import Literal

from engine.program.equations import Equation, Given, Program
from engine.program.graph import Graph
from engine.program.operations import Shape


def program_of(graph: Graph) -> Program:
    """The program of a graph."""
    names = {name: ("w" if name in graph.parameter_shapes else "y", graph.elements(name)) for name in graph.shapes}
    given = {**_columns("inputs", graph.input_shapes), **_columns("targets", graph.target_shapes)}
    constants = {name: array[None] for name, array in graph.constants.items()}
    equations = tuple(Equation(node.name, node.formula) for node in graph.graph_nodes)
    return Program(
        graph.shapes,
        names,
        graph.parameter_spans,
        equations,
        graph.errors,
        graph.output_values,
        given,
        constants=constants,
        shared=graph.shared,
    )


def _columns(of: Literal["inputs", "targets"], shapes: Mapping[str, Shape]) -> dict[str, Given]:
    found, start = {}, 0
    for name, shape in shapes.items():
        found[name] = Given(of, tuple(range(start, start + prod(shape))))
        start += prod(shape)
    return found
