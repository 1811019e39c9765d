"""What each kind of number tells, in a line."""

from engine.formula.quantity import Quantity
from engine.program.network import Network
from engine.program.notation import Notation

MEANINGS = (
    ("x", "total input of a node: its weighted inputs and its bias, summed"),
    ("y", "output of a node: its activation function at {x}"),
    ("E", "error: how far the outputs are from their targets"),
    ("dE/dy", "how {E} changes with a node's output"),
    ("dE/dx", "how {E} changes with a node's total input"),
    ("dE/dw", "how {E} changes with a weight or a bias"),
)
"""Of the quantities that have a colour, in the order of the walk."""
OF_INPUTS = {
    "y": "an input: the example gives it, and it is passed on as it is",
    "dE/dy": "how {E} changes with an input",
}
OF_PARAMETERS = {
    "w": "a weight or a bias: what the network learns",
    "w+": "the weight or the bias after the update",
}
OF_SOFTMAX = "output of a node: its share among all nodes of the layer"
OF_OUTPUTS = "the outputs, summed: it is their own derivatives that are looked for"
"""What E is where there are no targets."""


def in_words(kind: str, notation: Notation) -> str:
    """What a kind of number that has a colour tells."""
    return _in_notation(dict(MEANINGS)[kind], notation)


def meaning(quantity: Quantity, network: Network, notation: Notation) -> str:
    """What a number of this network tells; nothing where its name says it all."""
    kind, name = quantity.kind, quantity.subject
    words = {**dict(MEANINGS), **OF_PARAMETERS}.get(kind, "")
    if kind == "E" and not network.loss.needs_targets:
        words = OF_OUTPUTS
    elif name in network.node_index and network.is_input(name):
        words = OF_INPUTS.get(kind, words)
    elif kind == "y" and name in network.node_index and network.layer(network.node_index[name][0]).activation.joint:
        words = OF_SOFTMAX
    return _in_notation(words, notation)


def _in_notation(words: str, notation: Notation) -> str:
    return words.format(x=notation.symbol(Quantity("x")), E=notation.symbol(Quantity("E")))
