"""Whether a network has the number that a quantity names, and if not, in plain words why."""

import re
from typing import Protocol

from engine.formula.quantity import ALIASES, OF_CLIP, OF_DERIVATIVES, Quantity, kind_of
from engine.formula.similar import some_of
from engine.program.clip import Clip
from engine.program.graph import Graph
from engine.program.graph_quantity import check_of_graph, nearest_of
from engine.program.learning_rules import LearningRule
from engine.program.network import Network
from engine.program.penalty import Penalty
from engine.program.rule import Optimizer


def check_quantity(quantity: Quantity, network: Network | Graph, text: str = "") -> str | None:
    """What is wrong with asking this network, or graph, for this quantity, or None.

    A quantity without a subject (a whole row) and those of the whole network are always known.

    Args:
        quantity: what is asked for.
        network: who is asked.
        text: in which it is asked for: what is said of a bias there as `dE/db` is called so in the answer.
    """
    kind, subject, of = quantity.kind, quantity.subject, kind_of(quantity.kind).of
    if isinstance(network, Graph):
        return check_of_graph(quantity, network)
    if subject is None:
        return None
    if kind == "dy/dy":
        return "dy/dy is of graphs: of a layer's node it is dy/dx"
    if of == "parameter":
        return _check_parameter(quantity, subject, network, text) or _check_use(subject, quantity.through, network)
    if subject not in network.node_index:
        if subject in network.parameter_index:
            return f"{subject} is a parameter, but {kind} is of a node: {some_of(network.node_index)}"
        return f"there is no node {subject}: {nearest_of(subject, network.node_index)}"
    layer = network.node_index[subject][0]
    if of == "computed" and network.is_input(subject):
        return f"{subject} is an input and has no {kind}: an input has y and dE/dy"
    if of == "output" and layer != network.depth:
        return f"{subject} is not an output and has no {kind}: the outputs are {some_of(network.outputs)}"
    if kind == "t" and not network.loss.needs_targets:
        return f"there are no targets with the loss {network.loss.name}"
    return None if quantity.through is None else _check_through(kind, subject, quantity.through, layer, network)


class Rules(Protocol):
    """What of a training has quantities of its own: a scenario's is built on this module, so it is not named here."""

    @property
    def optimizer(self) -> Optimizer:
        """The update rule."""

    @property
    def clip(self) -> Clip | None:
        """The bound to derivatives."""

    @property
    def penalty(self) -> Penalty | None:
        """The part of E that is made of parameters alone."""


def check_rule(quantity: Quantity, training: Rules) -> str | None:
    """What is wrong with asking a walk that trains so for a quantity of its update or its penalty, or None."""
    if quantity.kind == "E_penalty" and training.penalty is None:
        return "there is no penalty: [training] gives none"
    optimizer, clip = training.optimizer, training.clip
    if isinstance(optimizer, LearningRule) and quantity.kind in OF_DERIVATIVES:
        return f"there is no {quantity.kind}: the {optimizer.name} rule learns without derivatives"
    if not kind_of(quantity.kind).of_rule:
        return None
    of_clip = () if clip is None else clip.formulas()
    known = [*optimizer.slots, *(f"{slot}+" for slot in optimizer.slots), *of_clip, *optimizer.on_the_way]
    if quantity.kind in known:
        return None
    if quantity.kind in OF_CLIP:
        return f"there is no {quantity.kind}: no clip under [training] has one"
    has = f"it has {', '.join(known)}" if known else "it remembers nothing"
    return f"{optimizer.name} has no {quantity.kind}: {has}"


def _check_parameter(quantity: Quantity, subject: str, network: Network, text: str) -> str | None:
    if subject in network.parameter_index:
        return None
    if subject in network.node_index:
        alias = _alias(quantity, text)
        of = "a bias" if alias else "a parameter"
        return f"{subject} is a node, but {alias or quantity.kind} is of {of}: {_of_node(subject, network, alias)}"
    return f"there is no parameter {subject}: {nearest_of(subject, network.parameter_names)}"


def _alias(quantity: Quantity, text: str) -> str:
    """The spelling of a bias, `dE/db`, if the text asks for this quantity by it."""
    spellings = (alias for alias, kind in ALIASES.items() if kind == quantity.kind)
    name = re.escape(quantity.subject or "")
    return next((one for one in spellings if re.search(rf"(?<![\w/]){re.escape(one)}\[\s*{name}\s*[]<]", text)), "")


def _of_node(node: str, network: Network, alias: str) -> str:
    """The parameters that lead into a node, or its bias alone; of an input all that there are."""
    if network.is_input(node):
        return some_of(network.parameter_names)
    layer, place = network.node_index[node]
    definition = network.layer(layer)
    bias = definition.bias_name(place)
    if alias:
        return f"{node} has none" if bias is None else f"that of {node} is {alias}[{bias}]"
    weights = f"into {node} lead {some_of(definition.weight_names[place])}"
    return weights if bias is None else f"{weights}, and its bias is {bias}"


def _check_through(kind: str, subject: str, through: str, layer: int, network: Network) -> str | None:
    if kind == "dy/dx":
        if not network.layer(layer).joint:
            return f"dy/dx[{subject}<-{through}]: only softmax has a slope across nodes"
        if through in network.nodes(layer):
            return None
        return f"{through} is not in the layer of {subject}: {nearest_of(through, network.nodes(layer))}"
    if layer == network.depth:
        return f"{subject} is an output: nothing comes back to it through another node"
    if through in network.computed(layer + 1):
        return None
    return f"{through} is not in the layer after {subject}: {nearest_of(through, network.computed(layer + 1))}"


def _check_use(subject: str, through: str | None, network: Network) -> str | None:
    if through is None:
        return None
    uses = network.uses(network.layer_of(network.parameter_index[subject]))
    targets = [network.nodes(layer)[target] for layer in uses for target, _ in network.places(subject, layer)]
    if through in targets:
        return None
    return f"{subject} does not lead into {through}: it leads into {some_of(targets)}"
