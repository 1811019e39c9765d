"""Inputs that are formulas of others: `features` of a network, read as the lines of a graph are."""

from collections.abc import Mapping

from engine.files.lines import Lines
from engine.files.problems import Problems, shown
from engine.files.repetitions import Line
from engine.program.graph import GraphNode
from engine.program.operations import said

Names = tuple[str, ...]


def read_features(given: Mapping[str, object], inputs: Names, problems: Problems) -> tuple[GraphNode, ...] | None:
    """The features in their order, or None after noting what is wrong with one.

    Args:
        given: what TOML gives: a formula by name.
        inputs: the names of the inputs that the data give.
        problems: gets what is wrong.
    """
    before = len(problems.found)
    lines = [
        Line(f"{name} = {text}", f"network.features.{shown(name)}")
        for name, text in given.items()
        if isinstance(text, str)
    ]
    reader = Lines(dict.fromkeys(inputs, ()), {name: f"input {i}" for i, name in enumerate(inputs, 1)}, problems)
    reader.read(lines, gates=False)
    for node in reader.nodes:
        if shape := reader.shapes[node.name]:
            where = f"network.features.{shown(node.name)}"
            problems.add(
                where, f"{shown(node.name)} is {said(shape)}, but an input is a number", "give a formula of one"
            )
    return tuple(reader.nodes) if len(problems.found) == before else None
