"""A graph of formulas as a program: an equation for each node."""

from collections.abc import Mapping
from math import prod

from engine.formula.functions import MULTIPLY
from engine.formula.tree import Formula, Ref
from engine.program.equations import Equation, Given, Program
from engine.program.fusing import fused
from engine.program.graph import TOTAL_OF_UPSTREAM, UPSTREAM, Graph, element_names
from engine.program.operations import Array, Shape
from engine.program.vocabulary import sum_of


def program_of(graph: Graph) -> Program:
    """The program of a graph."""
    shapes = dict(graph.shapes)
    names = {
        name: ("w" if name in graph.parameter_shapes else "y", element_names(name, shape))
        for name, shape in shapes.items()
    }
    given = {**_columns("inputs", graph.input_shapes, 0), **_columns("targets", graph.target_shapes, 0)}
    constants = {name: array[None] for name, array in graph.constants.items()}
    equations = [Equation(node.name, node.formula) for node in graph.graph_nodes]
    if graph.upstream:
        upstream = {f"{UPSTREAM}{name}": name for name in graph.upstream}
        shapes |= {name: shapes[of] for name, of in upstream.items()} | {TOTAL_OF_UPSTREAM: ()}
        names |= {name: ("t", names[of][1]) for name, of in upstream.items()}
        names[TOTAL_OF_UPSTREAM] = ("E", (TOTAL_OF_UPSTREAM,))
        by_example = {name: shapes[name] for name, of in upstream.items() if graph.upstream[of] is None}
        given |= _columns("targets", by_example, len(graph.target_names))
        constants |= {
            f"{UPSTREAM}{name}": array[None] for name, array in graph.upstream.items() if array is not None
        }
        equations.append(Equation(TOTAL_OF_UPSTREAM, _total(upstream, shapes)))
    equations, instead = fused(graph, equations)
    return Program(
        shapes,
        names,
        graph.parameter_spans,
        tuple(equations),
        graph.errors or (TOTAL_OF_UPSTREAM,),
        given,
        constants=constants,
        shared=graph.shared | constants.keys(),
        instead=instead,
        passed=frozenset(instead),
    )


def _columns(of: str, shapes: Mapping[str, Shape], start: int) -> dict[str, Given]:
    found = {}
    for name, shape in shapes.items():
        found[name] = Given(of, tuple(range(start, start + prod(shape))))  # type: ignore[arg-type]
        start += prod(shape)
    return found


def _total(upstream: Mapping[str, str], shapes: Mapping[str, Shape]) -> Formula:
    """Σ upstream·y over the nodes and their elements."""
    terms = [sum_of(MULTIPLY(Ref(given), Ref(node)), shapes[node]) for given, node in upstream.items()]
    return ADDED(*terms)
