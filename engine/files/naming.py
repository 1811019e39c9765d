"""The names of nodes and parameters: the file's, or those that are given where it has none.

A name that is not well formed is noted already; it still counts here, so that shapes can be
checked.
"""

from collections.abc import Collection, Sequence
from itertools import chain

from msgspec import Struct

from engine.files.model import LayerPart
from engine.files.parts import Partial
from engine.files.problems import Problems, plural, shown
from engine.files.rows import check_rows, sides
from engine.files.sharing import Names, Own, names_in
from engine.program.names import Pairs, are_apart, weight_names


class LayerNames(Struct, frozen=True):
    """The names of one layer's parameters, as `engine.program.network.Layer` has them."""

    weights: Sequence[Sequence[str]]
    biases: Names
    shared: bool


def nodes_of(layers: list[Partial[LayerPart]], problems: Problems) -> list[Names | None]:
    """The nodes of each layer; None where that part of the file is wrong."""
    names: list[Names | None] = []
    for number, layer in enumerate(layers, 1):
        where = f"network.layer[{number}]"
        nodes, units = layer.rough("nodes"), layer.rough("units")
        if nodes is not None and units is not None:
            problems.add(where, "it has both nodes and units", "keep one of them")
        if nodes is not None:
            names.append(names_in(nodes))
        elif layer.good("nodes", "units") and units is not None:
            names.append(_made_names(number, units, len(layers)))
        else:
            names.append(None)
            if layer.good("nodes", "units"):
                problems.add(f"{where}.nodes", "it is missing", "give nodes (their names) or units (how many)")
    return names


def _made_names(number: int, units: int, depth: int) -> Names:
    hidden = "h" if depth == 2 else f"h{number}_"
    prefix = "o" if number == depth else hidden
    return tuple(f"{prefix}{k}" for k in range(1, units + 1))


def layer_names(own: Own, problems: Problems) -> LayerNames | None:
    """The names of a layer with parameters of its own, or None where it cannot be known which they are."""
    layer, number, targets = own.layer, own.number, own.nodes
    weights = _weight_names(own, problems)
    biases = _bias_names(layer, number, targets, problems)
    if targets is None or weights is None or biases is None:
        return None
    return LayerNames(weights, biases, bool(biases) and not isinstance(layer.rough("bias"), list))


def _weight_names(own: Own, problems: Problems) -> Sequence[Sequence[str]] | None:
    layer, number, sources, targets = own.layer, own.number, own.sources, own.nodes
    if not layer.good("weights_by"):
        return None
    rows = layer.rough("weight_names")
    if rows is None:
        if sources is None or targets is None:
            return None
        return weight_names(sources, targets)
    if not (isinstance(rows, list) and all(isinstance(row, list) for row in rows)):
        return None
    by_source = layer.value.weights_by == "source"
    down, across = sides(number, _count(sources), _count(targets), by_source, joined=own.joined)
    if not check_rows(rows, down, across, "name", f"network.layer[{number}].weight_names", problems):
        return None
    names = [row for row in map(names_in, rows) if row is not None]
    if len(names) < len(rows):
        return None
    return tuple(zip(*names, strict=True)) if by_source else tuple(names)


def _count(names: Names | None) -> int | None:
    return None if names is None else len(names)


def _bias_names(layer: Partial[LayerPart], number: int, targets: Names | None, problems: Problems) -> Names | None:
    bias, given, where = layer.rough("bias"), layer.rough("bias_names"), f"network.layer[{number}].bias_names"
    one = given if isinstance(given, str) else None
    many = names_in(given)
    if given is not None and one is None and many is None:
        return None
    if bias is None:
        if given is not None:
            problems.add(where, "the layer has no bias to name", "give bias, or take the names out")
        return ()
    if not isinstance(bias, list):
        if many is None:
            return (one or f"b_{number}",)
        problems.add(where, "is a list, but the layer's nodes share one bias", 'give one name, like "b1"')
    elif one is not None:
        problems.add(where, "is one name, but the layer has a list of biases", 'give a list, like ["b1", "b2"]')
    elif targets is not None:
        if many is None:
            return tuple(f"b_{target}" for target in targets)
        if len(many) == len(targets):
            return many
        message = f"has {plural(len(many), 'name')}, but layer {number} has {plural(len(targets), 'node')}"
        problems.add(where, message, "give one per node")
    return None


def note_duplicates(
    nodes: list[Names | None],
    layers: list[Partial[LayerPart]],
    named: list[LayerNames | None],
    problems: Problems,
) -> None:
    """Notes every name that stands for two things: nodes and parameters share one set of names.

    Args:
        nodes: of each layer, the inputs first.
        layers: the tables, for where a name stands in the file.
        named: the names of each table's parameters, None where it has none of its own.
        problems: gets what is wrong.
    """
    owners: dict[str, str] = {}
    before = len(problems.found)

    def claim(name: str, where: str, what: str) -> None:
        if name in owners:
            problems.add(where, f"the name {shown(name)} is taken by {owners[name]}", "take another")
        else:
            owners[name] = what

    for number, names in enumerate(nodes):
        for i, name in enumerate(names or (), 1):
            if number == 0:
                claim(name, f"network.inputs[{i}]", f"input {i}")
            else:
                claim(name, f"network.layer[{number}].nodes[{i}]", f"node {i} of layer {number}")
    # names made from nodes that share one would only say the same again
    every = len(problems.found) == before
    apart = every and _are_apart([of_layer for of_layer in named if of_layer is not None], owners)
    for number, (layer, of_layer) in enumerate(zip(layers, named, strict=True), 1):
        where = f"network.layer[{number}]"
        if of_layer is not None and (every or layer.rough("weight_names") is not None):
            rows = () if apart and isinstance(of_layer.weights, Pairs) else of_layer.weights
            for j, row in enumerate(rows, 1):
                for i, name in enumerate(row, 1):
                    claim(name, where + _weight_key(layer, i, j), f"a weight of layer {number}")
        given = layer.rough("bias_names") is not None
        if of_layer is not None and (every or given):
            for name in of_layer.biases:
                claim(name, f"{where}.{'bias_names' if given else 'bias'}", f"a bias of layer {number}")


def _are_apart(named: list[LayerNames], nodes: Collection[str]) -> bool:
    """Whether the names that are made of nodes' names are surely taken by nothing else."""
    made = [of_layer.weights for of_layer in named if isinstance(of_layer.weights, Pairs)]
    rows = chain.from_iterable(of_layer.weights for of_layer in named if not isinstance(of_layer.weights, Pairs))
    biases = (of_layer.biases for of_layer in named)
    return are_apart(made, [*nodes, *chain.from_iterable(rows), *chain.from_iterable(biases)])


def _weight_key(layer: Partial[LayerPart], i: int, j: int) -> str:
    """Where the file names the weight from i to j (from 1), if it does."""
    if layer.rough("weight_names") is None:
        return ".weights"
    row, number = (i, j) if layer.value.weights_by == "source" else (j, i)
    return f".weight_names row {row}, number {number}"
