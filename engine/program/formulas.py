"""A graph of formulas as a program: an equation for each node."""

from collections.abc import Iterator, Mapping
from functools import lru_cache, reduce
from math import prod
from typing import Literal

from engine.formula.functions import ADD, MULTIPLY
from engine.formula.tree import Formula, Ref
from engine.program.across.joined import reduction
from engine.program.equations import Equation, Given, Program
from engine.program.fusing import fused
from engine.program.graph import TOTAL_OF_UPSTREAM, UPSTREAM, WEIGHT, Graph
from engine.program.names import element_names
from engine.program.operations import Shape


@lru_cache(maxsize=16)
def program_of(graph: Graph) -> Program:
    """The program of a graph."""
    shapes = dict(graph.shapes)
    names = {name: ("w" if name in graph.parameter_shapes else "y", graph.elements(name)) for name in shapes}
    constants = {name: array[None] for name, array in graph.constants.items()}
    given_shapes, shared = dict(graph.target_shapes), set(graph.shared)
    equations = [Equation(node.name, node.formula) for node in graph.graph_nodes]
    for node, array in graph.upstream.items():
        name = UPSTREAM + node
        shapes[name] = graph.shapes[node]
        names[name] = ("t", element_names(name, shapes[name]))
        if array is None:
            given_shapes[name] = shapes[name]
        else:
            constants[name] = array[None]
            shared.add(name)
    if graph.upstream:
        equations.append(Equation(TOTAL_OF_UPSTREAM, _total(graph)))
        shapes[TOTAL_OF_UPSTREAM], names[TOTAL_OF_UPSTREAM] = (), ("E", (TOTAL_OF_UPSTREAM,))
        if shared.issuperset(equations[-1].operands):
            shared.add(TOTAL_OF_UPSTREAM)
    errors = (TOTAL_OF_UPSTREAM,) if graph.upstream else graph.errors
    if graph.weighted:
        shapes[WEIGHT], names[WEIGHT] = (), ("t", (WEIGHT,))
        for error in graph.errors:
            weighted = WEIGHT + error
            equations.append(Equation(weighted, MULTIPLY(Ref(WEIGHT), Ref(error))))
            shapes[weighted], names[weighted] = (), ("E", (error,))
        errors = tuple(WEIGHT + error for error in graph.errors) or errors
    found = fused(equations, shapes, errors)
    of_examples = {WEIGHT: Given("weights", (0,))} if graph.weighted else {}
    return Program(
        shapes,
        names,
        graph.parameter_spans,
        found.equations,
        errors,
        graph.output_values,
        {**_columns("inputs", graph.input_shapes), **_columns("targets", given_shapes), **of_examples},
        constants=constants,
        shared=frozenset(shared),
        instead=found.instead,
        passed=frozenset(found.instead),
    )


def _total(graph: Graph) -> Formula:
    """Σ upstream·y, whose derivative by y is what was given; times the example's weight, where it has one."""
    total = reduce(ADD, _products(graph))
    return MULTIPLY(Ref(WEIGHT), total) if graph.weighted else total


def _products(graph: Graph) -> Iterator[Formula]:
    for name in graph.upstream:
        product = MULTIPLY(Ref(UPSTREAM + name), Ref(name))
        yield reduction("sum")(product) if graph.shapes[name] else product


def _columns(of: Literal["inputs", "targets"], shapes: Mapping[str, Shape]) -> dict[str, Given]:
    found, start = {}, 0
    for name, shape in shapes.items():
        found[name] = Given(of, tuple(range(start, start + prod(shape))))
        start += prod(shape)
    return found
