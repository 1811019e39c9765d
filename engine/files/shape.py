"""The `[network]` of a file: names, shapes and starting weights, checked together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.files.activation import activation_of, check_settings, name_of
from engine.files.loss_parts import loss_in, weights_problem
from engine.files.model import MAX_LAYERS, MAX_PARAMETERS, LayerPart, NetworkHead, NetworkPart
from engine.files.naming import LayerNames, layer_names, nodes_of, note_duplicates
from engine.files.parts import Partial, keys_of, read_part
from engine.files.problems import Problems, described, plural
from engine.files.rows import check_rows, sides
from engine.files.sharing import Names, Own, check_ties, columns_of, names_in, owners_of
from engine.files.weight_parts import CsvMatrix, MadeWeights
from engine.formula.activations import ACTIVATIONS
from engine.formula.loss import UNIT, Loss
from engine.formula.losses import LOSSES
from engine.program.graph import Graph, GraphNode
from engine.program.network import Layer, Network
from engine.program.scenario import Origin

Array = NDArray[np.float64]

MOST_ALLOWED = next(record for record in ACTIVATIONS.values() if record.joint)
"""What an unknown activation is taken for."""


class Draft(Struct, frozen=True):
    """The network as far as it is well formed.

    Attributes:
        n_in: the number of inputs, if known.
        n_out: the number of outputs, if known.
        loss: the loss, if known.
        network: shape and names, if they are well formed; or a graph of formulas.
        theta: the parameters, if they are.
        frozen: the names of biases that are not trained.
        raw: the names of the inputs that the data give.
        features: the inputs behind them, formulas of these.
        origins: what was taken from files of arrays.
    """

    n_in: int | None = None
    n_out: int | None = None
    loss: Loss | None = None
    network: Network | Graph | None = None
    theta: Array | None = None
    frozen: frozenset[str] = frozenset()
    raw: Names = ()
    features: tuple[GraphNode, ...] = ()
    origins: tuple[Origin, ...] = ()


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
    rest = {key: value for key, value in section.items() if key not in ("layer", "weights")}
    head = read_part(NetworkHead, rest, "network", problems, keys_of(NetworkPart))
    layers = _layers(section, problems)
    raw = names_in(head.rough("inputs"))
    features = _features(head, raw, problems)
    inputs = None if raw is None or features is None else (*raw, *(feature.name for feature in features))
    loss = loss_in(head.value.loss) if head.good("loss") else None
    nodes = nodes_of(layers, problems)
    owners = owners_of(layers, problems, elsewhere="weights" in section)
    columns = columns_of(inputs, layers, nodes, problems)
    fine = _check_activations(layers, nodes, loss, problems)
    reason = None if loss is None or nodes[-1:] in ([], [None]) else weights_problem(loss, len(nodes[-1] or ()))
    if reason is not None:
        problems.add("network.loss.class_weights", *reason)
    draft = Draft(_size(raw), _size(nodes[-1]) if layers else None, loss, raw=raw or (), features=features or ())
    own = [Own(number, layers[number - 1], columns[number - 1], nodes[number - 1]) for number in dict.fromkeys(owners)]
    if not _within_limits(own, problems):
        return draft
    own, origins = _with_files(section.get("weights"), own, folder, problems)
    if origins and not _within_limits(own, problems):
        return draft
    fitting = check_ties(owners, columns, nodes, problems)
    named = {part.number: layer_names(part, problems) for part in own}
    note_duplicates([inputs, *nodes], layers, [named.get(number) for number in range(1, len(layers) + 1)], problems)
    of_layers = [named[owner] for owner in owners] if fitting else []
    network = _network(inputs if head.good("inputs") else None, loss, layers, nodes, of_layers, fine)
    values = [_theta(part, folder, problems) for part in own]
    known = [part for part in values if part is not None]
    theta = np.concatenate(known) if known and len(known) == len(values) else None
    frozen = _untrained_biases(own, named)
    return replace(draft, network=network, theta=theta, frozen=frozen, origins=origins)


def _with_files(given: Any, own: list[Own], folder: Path, problems: Problems) -> tuple[list[Own], tuple[Origin, ...]]:
    """The layers with what files give them, and what was taken from them."""
    if given is None and not any(isinstance(part.layer.rough(key), dict) for part in own for key in _IN_FILES):
        return own, ()
    from engine.files.weights import Files, read_weights  # here, and below: most layers list their numbers

    files = Files(folder, problems)
    return read_weights(given, own, files, problems), tuple(files.origins)


_IN_FILES = ("weights", "bias")
"""What a table may give that says where the numbers are."""


def _features(head: Partial[NetworkHead], raw: Names | None, problems: Problems) -> tuple[GraphNode, ...] | None:
    """The inputs that are formulas of others; None where any is wrong."""
    given = head.rough("features")
    if not head.good("features") or (given and raw is None):
        return None
    if not given or raw is None:
        return ()
    from engine.files.features import read_features  # most layers do without the grammar of formulas

    return read_features(given, raw, problems)


def _size(names: Names | None) -> int | None:
    return None if names is None else len(names)


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
        where = f"network.layer[{number}]"
        if isinstance(item, dict):
            layers.append(read_part(LayerPart, item, where, problems))
        else:
            problems.add(where, f"{described(item)} is not a table", "write [[network.layer]] for each layer")
            layers.append(Partial(LayerPart(activation=""), frozenset(keys_of(LayerPart)), {}))
    return layers


def _check_activations(
    layers: list[Partial[LayerPart]], nodes: list[Names | None], loss: Loss | None, problems: Problems
) -> list[bool]:
    """Whether each layer's is as it can be; notes what is not so."""
    fine = [layer.good("activation") for layer in layers]
    for number, layer in enumerate(layers, 1):
        if not layer.good("activation"):
            continue
        where, part = f"network.layer[{number}].activation", layer.value.activation
        names = ", ".join(map(name_of, part if isinstance(part, list) else [part]))
        joint = not isinstance(part, list) and ACTIVATIONS[names].joint is not None
        fine[number - 1] = check_settings(part, where, _size(nodes[number - 1]), problems)
        reason = None if loss is None else loss_problem(loss, names, joint=joint)
        if number == len(layers) and reason is not None:
            problems.add("network.loss", *reason)
    return fine


def loss_problem(loss: Loss, activation: str, *, joint: bool) -> tuple[str, str] | None:
    """Why this loss cannot follow this activation of the last layer, and a remedy; or None."""
    if not loss.shares or joint:
        return None
    (needed,) = loss.fused
    instead = next(name for name, other in LOSSES.items() if other.targets is UNIT and not other.shares)
    remedy = f'give the last layer activation = "{needed}", or take {instead}'
    return f"{loss.name} needs {needed} in the last layer, which has {activation}", remedy


def _within_limits(own: list[Own], problems: Problems) -> bool:
    """Whether the network is small enough to go on with, as far as its sizes are known."""
    count = 0
    for part in own:
        n_in, n_out = len(part.sources or "?"), len(part.nodes or "?")
        count += n_in * n_out
        if part.layer.good("bias") and part.layer.value.bias is not None:
            count += n_out if isinstance(part.layer.value.bias, list) else 1
    if count > MAX_PARAMETERS:
        problems.add("network", f"there are {count:,} parameters", f"{MAX_PARAMETERS:,} are the most")
    return count <= MAX_PARAMETERS


def _network(
    inputs: Names | None,
    loss: Loss | None,
    layers: list[Partial[LayerPart]],
    nodes: list[Names | None],
    named: list[LayerNames | None],
    fine: list[bool],
) -> Network | None:
    """Shape and names; None if it cannot be known which they are.

    An unknown activation or loss is taken for the one that allows most: the network serves to check what comes after.
    """
    if inputs is None or not layers or len(named) != len(layers):
        return None
    made = []
    for layer, own, names, known in zip(layers, nodes, named, fine, strict=True):
        if own is None or names is None or not layer.good("nodes", "weight_names", "bias_names", "inputs", "tie"):
            return None  # a reference to the name that was meant is no problem of its own
        activation = activation_of(layer.value.activation) if known else MOST_ALLOWED
        label = layer.value.label if layer.good("label") else ""
        coming = tuple(layer.value.inputs or ())
        made.append(Layer(own, activation, names.weights, names.biases, names.shared, coming, label))
    return Network(inputs, tuple(made), loss or LOSSES["half_squared_error"])


def _untrained_biases(own: list[Own], named: Mapping[int, LayerNames | None]) -> frozenset[str]:
    pairs = ((part.layer, named[part.number]) for part in own)
    return frozenset(
        name
        for layer, names in pairs
        if names and layer.good("train_bias") and not layer.value.train_bias
        for name in names.biases
    )


def _theta(own: Own, folder: Path, problems: Problems) -> Array | None:
    """The layer's parameters, the weights row by row and then the biases; None if any is wrong."""
    n_out = _size(own.nodes)
    weights = _weights(own, folder, problems)
    biases = _biases(own.layer.value, own.number, n_out, problems) if own.layer.good("bias") else None
    return None if weights is None or biases is None else np.concatenate((weights.ravel(), biases))


def _weights(own: Own, folder: Path, problems: Problems) -> Array | None:
    """W with shape (n_out, n_in)."""
    layer, number, n_in, n_out = own.layer, own.number, _size(own.sources), _size(own.nodes)
    where, weights = f"network.layer[{number}].weights", layer.rough("weights")
    if isinstance(weights, dict) and "file" in weights:  # it could not be read: that is noted
        return None
    if isinstance(weights, dict) and "csv" not in weights:
        return _drawn(weights, own, where, problems)
    rows = _rows(weights, where, folder, problems) if isinstance(weights, dict) else weights
    if not (isinstance(rows, list) and all(isinstance(row, list) for row in rows)):
        return None
    by_source = layer.good("weights_by") and layer.value.weights_by == "source"
    down, across = sides(number, n_in, n_out, by_source, joined=own.joined)
    # where it is not known whether rows are sources or targets, their number tells nothing
    if not layer.good("weights_by") or not check_rows(rows, down, across, "number", where, problems):
        return None
    if not layer.good("weights"):  # its outline was checked all the same
        return None
    matrix = np.array(rows, dtype=np.float64)
    return matrix.T if by_source else matrix


def _drawn(given: Mapping[str, Any], own: Own, where: str, problems: Problems) -> Array | None:
    """Weights that are drawn; None after noting that it does not say how."""
    from engine.files.initial import check_made, made_weights
    from engine.files.weights import DRAWN, says_where

    if not says_where(given, ("csv", *DRAWN), where, problems):
        return None
    made = read_part(MadeWeights, given, where, problems)
    if made.bad or not check_made(made.value, where, problems) or not own.nodes or not own.sources:
        return None
    return made_weights(made.value, own.number, len(own.nodes), len(own.sources))


def _rows(given: Mapping[str, Any], where: str, folder: Path, problems: Problems) -> list[list[float]] | None:
    """The rows of weights in a file of numbers; None after noting why there are none."""
    from engine.files.tables import read_matrix

    table = read_part(CsvMatrix, given, where, problems)
    return None if table.bad else read_matrix(folder, table.value.csv, MAX_PARAMETERS, f"{where}.csv", problems)


def _biases(layer: LayerPart, number: int, n_out: int | None, problems: Problems) -> Array | None:
    bias = layer.bias
    if isinstance(bias, dict):
        return None
    if isinstance(bias, list) and n_out is not None and len(bias) != n_out:
        message = f"has {plural(len(bias), 'number')}, but layer {number} has {plural(n_out, 'node')}"
        problems.add(f"network.layer[{number}].bias", message, "give one per node, or one number for all")
        return None
    return np.array([] if bias is None else bias if isinstance(bias, list) else [bias], dtype=np.float64)
