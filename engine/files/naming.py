"""The names of nodes and parameters: the file's, or those that are given where it has none."""

from dataclasses import dataclass

from engine.files.model import LayerPart
from engine.files.parts import Partial
from engine.files.problems import Problems, plural
from engine.files.rows import check_rows, sides


@dataclass(frozen=True)
class LayerNames:
    """The names of one layer, as `engine.network.Layer` has them."""

    nodes: tuple[str, ...]
    weights: tuple[tuple[str, ...], ...]
    biases: tuple[str, ...]
    shared: bool


def nodes_of(layers: list[Partial[LayerPart]], problems: Problems) -> list[tuple[str, ...] | None]:
    """The nodes of each layer; None where that part of the file is wrong."""
    names: list[tuple[str, ...] | None] = []
    for number, layer in enumerate(layers, 1):
        place = f"network.layer[{number}]"
        if not layer.good("nodes", "units"):
            names.append(None)
        elif layer.value.nodes is not None:
            if layer.value.units is not None:
                problems.add(place, "it has both nodes and units", "keep one of them")
            names.append(tuple(layer.value.nodes))
        elif layer.value.units is not None:
            names.append(_made_names(number, layer.value.units, len(layers)))
        else:
            problems.add(f"{place}.nodes", "it is missing", "give nodes (their names) or units (how many)")
            names.append(None)
    return names


def _made_names(number: int, units: int, depth: int) -> tuple[str, ...]:
    hidden = "h" if depth == 2 else f"h{number}_"
    prefix = "o" if number == depth else hidden
    return tuple(f"{prefix}{k}" for k in range(1, units + 1))


def layer_names(
    layer: Partial[LayerPart], number: int, nodes: list[tuple[str, ...] | None], problems: Problems
) -> LayerNames | None:
    """The names of layer `number`, or None where they, or what they follow from, are wrong."""
    sources, targets = nodes[number - 1], nodes[number]
    weights = _weight_names(layer, number, sources, targets, problems)
    biases = _bias_names(layer, number, targets, problems)
    if targets is None or weights is None or biases is None:
        return None
    return LayerNames(targets, weights, biases, not isinstance(layer.value.bias, list) and bool(biases))


def _weight_names(
    layer: Partial[LayerPart],
    number: int,
    sources: tuple[str, ...] | None,
    targets: tuple[str, ...] | None,
    problems: Problems,
) -> tuple[tuple[str, ...], ...] | None:
    if not layer.good("weight_names", "weights_by"):
        return None
    rows = layer.value.weight_names
    if rows is None:
        if sources is None or targets is None:
            return None
        return tuple(tuple(f"w_{source}_{target}" for source in sources) for target in targets)
    by_source = layer.value.weights_by == "source"
    down, across = sides(number, _count(sources), _count(targets), by_source)
    if not check_rows(rows, down, across, "name", f"network.layer[{number}].weight_names", problems):
        return None
    return tuple(zip(*rows, strict=True)) if by_source else tuple(map(tuple, rows))


def _count(names: tuple[str, ...] | None) -> int | None:
    return None if names is None else len(names)


def _bias_names(
    layer: Partial[LayerPart], number: int, targets: tuple[str, ...] | None, problems: Problems
) -> tuple[str, ...] | None:
    if not layer.good("bias", "bias_names"):
        return None
    bias, names, place = layer.value.bias, layer.value.bias_names, f"network.layer[{number}].bias_names"
    if bias is None:
        if names is not None:
            problems.add(place, "the layer has no bias to name", "give bias, or take the names out")
        return ()
    if not isinstance(bias, list):
        if not isinstance(names, list):
            return (names or f"b_{number}",)
        problems.add(place, "is a list, but the layer's nodes share one bias", 'give one name, like "b1"')
    elif isinstance(names, str):
        problems.add(place, "is one name, but the layer has a list of biases", 'give a list, like ["b1", "b2"]')
    elif targets is not None:
        if names is None:
            return tuple(f"b_{target}" for target in targets)
        if len(names) == len(targets):
            return tuple(names)
        message = f"has {plural(len(names), 'name')}, but layer {number} has {plural(len(targets), 'node')}"
        problems.add(place, message, "give one per node")
    return None


def note_duplicates(nodes: list[tuple[str, ...] | None], named: list[LayerNames | None], problems: Problems) -> None:
    """Notes every name that stands for two things: nodes and parameters share one set of names."""
    owners: dict[str, str] = {}

    def claim(name: str, place: str, what: str) -> None:
        if name in owners:
            problems.add(place, f"the name {name} is taken by {owners[name]}", "take another")
        else:
            owners[name] = what

    for number, names in enumerate(nodes):
        for i, name in enumerate(names or (), 1):
            if number == 0:
                claim(name, f"network.inputs[{i}]", f"input {i}")
            else:
                claim(name, f"network.layer[{number}].nodes[{i}]", f"node {i} of layer {number}")
    for number, layer in enumerate(named, 1):
        place = f"network.layer[{number}]"
        for row in layer.weights if layer else ():
            for name in row:
                claim(name, f"{place}.weight_names", f"a weight of layer {number}")
        for name in layer.biases if layer else ():
            claim(name, f"{place}.bias_names", f"a bias of layer {number}")
