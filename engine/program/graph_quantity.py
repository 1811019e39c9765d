"""Whether a graph has the number that a quantity names, and if not, in plain words why."""

from collections.abc import Iterable

from engine.formula.quantity import Quantity, kind_of
from engine.formula.similar import most_similar, some_of
from engine.program.graph import Graph, operands_of
from engine.program.operations import said

INSTEAD = {
    "x": "y[NODE]: a node has one value",
    "dE/dx": "dE/dy[NODE]: a node has one derivative",
    "dy/dx": "the local derivative dy/dy[NODE<-OPERAND]",
    "t": "y[NAME]: a target is a value like others",
}
"""Kinds that only layers have, and what there is in a graph."""


def check_of_graph(quantity: Quantity, graph: Graph) -> str | None:
    """What is wrong with asking a graph for this quantity, or None."""
    kind, subject = quantity.kind, quantity.subject
    if kind in INSTEAD:
        return f"a graph has no {kind}, it has {INSTEAD[kind]}"
    if subject is None or kind_of(kind).of in ("epoch", "walk"):
        return None
    problem = (
        _of_parameter(kind, subject, graph) if kind_of(kind).of == "parameter" else _of_value(kind, subject, graph)
    )
    if problem is None and kind == "dy/dy":
        return _check_local(quantity, subject, graph)
    if problem is None and quantity.through is not None:
        return _check_through(subject, quantity.through, graph)
    return problem


def _of_parameter(kind: str, subject: str, graph: Graph) -> str | None:
    if subject in graph.parameter_index:
        return None
    if subject in graph.parameter_shapes:
        return one_of(subject, graph)
    if subject in graph.shapes or subject in graph.value_of_element:
        return f"{subject} is no parameter, but {kind} is of one: {_some_parameters(graph)}"
    if not graph.parameter_names:
        return f"there is no parameter {subject}: this graph has none"
    return f"there is no parameter {subject}: {nearest_of(subject, graph.parameter_names)}"


def _some_parameters(graph: Graph) -> str:
    return f"there are {some_of(graph.parameter_names)}" if graph.parameter_names else "this graph has none"


def _of_value(kind: str, subject: str, graph: Graph) -> str | None:
    ref = graph.value_of_element.get(subject)
    if ref is None:
        if subject in graph.shapes:
            return one_of(subject, graph)
        value, *_ = subject.partition(".")
        part = (
            [name for name in graph.elements(value) if name.startswith(subject + ".")] if value in graph.shapes else []
        )
        if part:
            return f"{subject} is a part of {value}, not one number: its elements are {some_of(part)}"
        elements = [name for name in graph.value_of_element if name not in graph.parameter_index]
        return f"there is no node {subject}: {nearest_of(subject, elements)}"
    if ref.name in graph.parameter_shapes:
        return f"{subject} is a parameter, but {kind} is of a node: a parameter has w, dE/dw and w+"
    if kind == "E" and ref.name not in graph.errors:
        return f"{subject} is no term of E: {some_of(graph.errors) or 'E'} is; its value is y[{subject}]"
    if kind == "dE/dy":
        if ref.name in graph.constants or ref.name in graph.target_shapes:
            return f"{subject} is given, and nothing comes back to it"
        if ref.name in graph.node and ref.name not in graph.live:
            return f"E does not depend on {subject}"
    return None


def one_of(subject: str, graph: Graph) -> str:
    """That a whole value is no number, and which numbers it has."""
    names = graph.elements(subject)
    return f"{subject} is {said(graph.shapes[subject])}, not one number: its elements are {some_of(names)}"


def _check_local(quantity: Quantity, subject: str, graph: Graph) -> str | None:
    node, operand = graph.value_of_element[subject].name, quantity.through
    if node not in graph.node:
        return f"{subject} is given: it has no formula, and no local derivative"
    if operand is None:
        return f"dy/dy needs two names: dy/dy[{subject}<-{next(iter(operands_of(graph.node[node].formula)), 'x')}]"
    ref = graph.value_of_element.get(operand)
    if ref is None and operand in graph.shapes:
        return one_of(operand, graph)
    if ref is None or ref.name not in set(operands_of(graph.node[node].formula)):
        return f"{subject} does not use {operand}: {node} = {graph.node[node].text}"
    return None


def _check_through(subject: str, through: str, graph: Graph) -> str | None:
    value = graph.value_of_element[subject].name
    uses = [
        node.name for node in graph.graph_nodes if value in set(operands_of(node.formula)) and node.name in graph.live
    ]
    by = graph.value_of_element.get(through)
    name = through if by is None else by.name
    if name in uses:
        return None
    used = f"it is used by {some_of(uses)}" if uses else "no formula uses it"
    return f"nothing comes back to {subject} through {through}: {used}"


def nearest_of(name: str, names: Iterable[str]) -> str:
    """The name that may be meant, or some that there are."""
    names = list(names)
    near = most_similar(name, names)
    return f"the nearest is {near}" if near else f"there are {some_of(names)}"
