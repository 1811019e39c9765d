"""The `[network]` of a file: names, shapes and starting weights, checked together."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.activations import ACTIVATIONS
from engine.files.initial import bounds, made_weights
from engine.files.model import MAX_LAYERS, MAX_PARAMETERS, CsvMatrix, LayerPart, MadeWeights, NetworkHead, NetworkPart
from engine.files.naming import LayerNames, layer_names, names_in, nodes_of, note_duplicates
from engine.files.parts import Partial, described, read_part
from engine.files.problems import Problems, plural
from engine.files.rows import check_rows, sides
from engine.files.tables import read_matrix
from engine.losses import LOSSES
from engine.network import Layer, Network

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Draft:
    """The network as far as it is well formed.

    Attributes:
        n_in: the number of inputs, if known.
        n_out: the number of outputs, if known.
        loss: the loss's name, if known.
        network: shape and names, if they are well formed.
        theta: the parameters, if they are.
        frozen: the names of biases that are not trained.
    """

    n_in: int | None = None
    n_out: int | None = None
    loss: str | None = None
    network: Network | None = None
    theta: Array | None = None
    frozen: frozenset[str] = frozenset()


def read_network(section: Any, folder: Path, problems: Problems) -> Draft:
    """Reads `[network]` and notes every problem in it.

    Args:
        section: what TOML gives for `network`, or None.
        folder: the scenario's, for weights in files.
        problems: gets what is wrong.
    """
    if not isinstance(section, dict):
        message = "it is missing" if section is None else f"{described(section)} is not a table"
        problems.add("network", message, "write [network] with inputs and loss below it, and [[network.layer]]")
        return Draft()
    rest = {key: value for key, value in section.items() if key != "layer"}
    head = read_part(NetworkHead, rest, "network", problems, NetworkPart.model_fields)
    layers = _layers(section, problems)
    inputs = names_in(head.rough("inputs"))
    loss = head.value.loss if head.good("loss") else None
    nodes = [inputs, *nodes_of(layers, problems)]
    sizes = [None if names is None else len(names) for names in nodes]
    _check_activations(layers, loss, problems)
    draft = Draft(sizes[0], sizes[-1] if layers else None, loss)
    if not _within_limits(layers, sizes, problems):
        return draft
    named = [layer_names(layer, number, nodes, problems) for number, layer in enumerate(layers, 1)]
    note_duplicates(nodes, layers, named, problems)
    network = _network(inputs if head.good("inputs") else None, loss, layers, named)
    values = [_theta(layer, number, sizes, folder, problems) for number, layer in enumerate(layers, 1)]
    known = [part for part in values if part is not None]
    theta = np.concatenate(known) if known and len(known) == len(values) else None
    return Draft(draft.n_in, draft.n_out, loss, network, theta, _untrained_biases(layers, named))


def _layers(section: Mapping[str, Any], problems: Problems) -> list[Partial[LayerPart]]:
    found = section.get("layer")
    if not isinstance(found, list) or not found:
        message = "it is missing" if found in (None, []) else f"{described(found)} is not a list of layers"
        problems.add("network.layer", message, "write [[network.layer]], with two brackets, for each layer")
        return []
    if len(found) > MAX_LAYERS:
        problems.add("network.layer", f"there are {plural(len(found), 'layer')}", f"{MAX_LAYERS} are the most")
        return []
    layers = []
    for number, item in enumerate(found, 1):
        place = f"network.layer[{number}]"
        if isinstance(item, dict):
            layers.append(read_part(LayerPart, item, place, problems))
        else:
            problems.add(place, f"{described(item)} is not a table", "write [[network.layer]] for each layer")
            layers.append(Partial(LayerPart.model_construct(), frozenset(LayerPart.model_fields), {}))
    return layers


def _check_activations(layers: list[Partial[LayerPart]], loss: str | None, problems: Problems) -> None:
    for number, layer in enumerate(layers, 1):
        if not layer.good("activation"):
            continue
        place, activation = f"network.layer[{number}].activation", layer.value.activation
        if number < len(layers) and ACTIVATIONS[activation].joint:
            problems.add(place, f"{activation} is possible in the last layer only", "take another here")
        if number == len(layers) and loss is not None and (reason := loss_problem(loss, activation)):
            problems.add("network.loss", *reason)


def loss_problem(loss: str, activation: str) -> tuple[str, str] | None:
    """Why this loss cannot follow this activation of the last layer, and a remedy; or None."""
    if loss == "cross_entropy" and not ACTIVATIONS[activation].joint:
        remedy = 'give the last layer activation = "softmax", or take binary_cross_entropy'
        return f"cross_entropy needs softmax in the last layer, which has {activation}", remedy
    return None


def _within_limits(layers: list[Partial[LayerPart]], sizes: list[int | None], problems: Problems) -> bool:
    """Whether the network is small enough to go on with, as far as its sizes are known."""
    count = 0
    for number, layer in enumerate(layers, 1):
        n_in, n_out = sizes[number - 1], sizes[number]
        count += (n_in or 1) * (n_out or 1)
        if layer.good("bias") and layer.value.bias is not None:
            count += (n_out or 1) if isinstance(layer.value.bias, list) else 1
    if count > MAX_PARAMETERS:
        problems.add("network", f"there are {count:,} parameters", f"{MAX_PARAMETERS:,} are the most")
    return count <= MAX_PARAMETERS


def _network(
    inputs: tuple[str, ...] | None, loss: str | None, layers: list[Partial[LayerPart]], named: list[LayerNames | None]
) -> Network | None:
    """Shape and names; None if it cannot be known which they are.

    An unknown activation or loss is taken for the one that allows most: the network serves to check what comes after.
    """
    if inputs is None or not layers:
        return None
    made = []
    for layer, names in zip(layers, named, strict=True):
        if names is None or not layer.good("nodes", "weight_names", "bias_names"):
            return None  # a reference to the name that was meant is no problem of its own
        activation = ACTIVATIONS[layer.value.activation if layer.good("activation") else "softmax"]
        made.append(Layer(names.nodes, activation, names.weights, names.biases, names.shared))
    return Network(inputs, tuple(made), LOSSES[loss or "half_squared_error"])


def _untrained_biases(layers: list[Partial[LayerPart]], named: list[LayerNames | None]) -> frozenset[str]:
    pairs = zip(layers, named, strict=True)
    return frozenset(
        name
        for layer, names in pairs
        if names and layer.good("train_bias") and not layer.value.train_bias
        for name in names.biases
    )


def _theta(
    layer: Partial[LayerPart], number: int, sizes: list[int | None], folder: Path, problems: Problems
) -> Array | None:
    """The layer's parameters, the weights row by row and then the biases; None if any is wrong."""
    n_in, n_out = sizes[number - 1], sizes[number]
    weights = _weights(layer, number, n_in, n_out, folder, problems)
    biases = _biases(layer.value, number, n_out, problems) if layer.good("bias") else None
    return None if weights is None or biases is None else np.concatenate((weights.ravel(), biases))


def _weights(
    layer: Partial[LayerPart], number: int, n_in: int | None, n_out: int | None, folder: Path, problems: Problems
) -> Array | None:
    """W with shape (n_out, n_in)."""
    place, weights = f"network.layer[{number}].weights", layer.rough("weights")
    if isinstance(weights, MadeWeights):
        good = _check_made(weights, place, problems)
        return made_weights(weights, number, n_out, n_in) if good and n_out and n_in else None
    if isinstance(weights, CsvMatrix):
        rows = read_matrix(folder, weights.csv, MAX_PARAMETERS, f"{place}.csv", problems)
        if rows is None:
            return None
    else:
        rows = weights
    if not (isinstance(rows, list) and all(isinstance(row, list) for row in rows)):
        return None
    by_source = layer.good("weights_by") and layer.value.weights_by == "source"
    down, across = sides(number, n_in, n_out, by_source)
    # where it is not known whether rows are sources or targets, their number tells nothing
    if not layer.good("weights_by") or not check_rows(rows, down, across, "number", place, problems):
        return None
    if not layer.good("weights"):  # its outline was checked all the same
        return None
    matrix = np.array(rows, dtype=np.float64)
    return matrix.T if by_source else matrix


def _check_made(weights: MadeWeights, place: str, problems: Problems) -> bool:
    before = len(problems.found)
    given = {"low": weights.low, "high": weights.high, "scale": weights.scale}
    takes = {"uniform": ("low", "high"), "normal": ("scale",)}.get(weights.init, ())
    for key, value in given.items():
        if value is not None and key not in takes:
            remedy = f"it takes {' and '.join(takes)}" if takes else "take it out"
            problems.add(f"{place}.{key}", f"{weights.init} takes no {key}", remedy)
    low, high = bounds(weights)
    if not low < high or high - low == float("inf"):
        problems.add(place, f"nothing lies between low = {low:g} and high = {high:g}", "give a low below the high")
    return len(problems.found) == before


def _biases(layer: LayerPart, number: int, n_out: int | None, problems: Problems) -> Array | None:
    bias = layer.bias
    if isinstance(bias, list) and n_out is not None and len(bias) != n_out:
        message = f"has {plural(len(bias), 'number')}, but layer {number} has {plural(n_out, 'node')}"
        problems.add(f"network.layer[{number}].bias", message, "give one per node, or one number for all")
        return None
    return np.array([] if bias is None else bias if isinstance(bias, list) else [bias], dtype=np.float64)
