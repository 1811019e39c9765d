"""How each kind of quantity is shown: its colour, and in a line what it tells.

Adding a kind is adding one record to `SHOWN`, beside the one in `engine.formula.quantity`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from engine.formula.quantity import KINDS, OF_DERIVATIVES, Quantity
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.notation import Notation
from engine.program.scenario import Training


class Shown(NamedTuple):
    """How a kind is shown.

    Attributes:
        role: its colour, by the name of its theme variable; without one it is that of text.
        meaning: what it tells, in terms of {x} and {E}; nothing where its name says it all.
        of_input: that of an input, where it is another.
        heading: over its column in a table, where it is not its symbol.
    """

    role: str = ""
    meaning: str = ""
    of_input: str = ""
    heading: str = ""


SHOWN = {
    "x": Shown("x", "total input of a node: its weighted inputs and its bias, summed"),
    "y": Shown(
        "y",
        "output of a node: its activation function at {x}",
        of_input="an input: the example gives it, and it is passed on as it is",
    ),
    "dy/dx": Shown(),
    "t": Shown("y"),
    "E": Shown("e", "error: how far the outputs are from their targets"),
    "dE/dy": Shown("de-dy", "how {E} changes with a node's output", of_input="how {E} changes with an input"),
    "dE/dx": Shown("de-dx", "how {E} changes with a node's total input"),
    "w": Shown(meaning="a weight or a bias: what the network learns", heading="value"),
    "dE/dw": Shown("de-dw", "how {E} changes with a weight or a bias"),
    "w+": Shown(meaning="the weight or the bias after the update", heading="next value"),
}
"""In the order in which tables have them."""
COLOURED = tuple(kind for kind, shown in SHOWN.items() if shown.role)
OF_NODES = tuple(kind for kind in SHOWN if KINDS[kind].of_node)
COMPUTED_OF_NODES = tuple(kind for kind in OF_NODES if KINDS[kind].phase)
OF_EVERY_NODE = tuple(kind for kind in COMPUTED_OF_NODES if KINDS[kind].of != "output")
"""What the walk computes of every node, but for the inputs."""
OF_PARAMETERS = tuple(kind for kind in SHOWN if KINDS[kind].of == "parameter")


def walked(kinds: Sequence[str], training: Training) -> tuple[str, ...]:
    """Those of some kinds that a walk has: by a rule without derivatives, none of the way back."""
    return tuple(kind for kind in kinds if training.learning_rule is None or kind not in OF_DERIVATIVES)


OF_SOFTMAX = "output of a node: its share among all nodes of the layer"
OF_VALUES = {
    "y": "a value: its formula says how it is made",
    "E": "the error: what is differentiated",
    "dE/dy": "how {E} changes with this value",
    "dE/dw": "how {E} changes with this parameter",
    "w": "a parameter: what is learned",
    "w+": "the parameter after the update",
}
"""The same in a graph of formulas."""
WITHOUT_TARGETS = "the outputs, summed: it is their own derivatives that are looked for"
"""What E is where there are no targets."""


def role_style(kind: str, variant: str = "") -> str:
    """The style of a kind of quantity: `$role-de-dx`; with the variant `muted` or `lit`, that one."""
    if kind not in COLOURED:
        return {"muted": "$text-muted", "lit": "$lit-background"}.get(variant, "$text")
    role = SHOWN[kind].role
    return f"$role-{role}-{variant}" if variant else f"$role-{role}"


def in_words(kind: str, notation: Notation) -> str:
    """What a kind of number tells."""
    return _in_notation(SHOWN[kind].meaning, notation)


def meaning(quantity: Quantity, network: Network | Graph, notation: Notation) -> str:
    """What a number of this network tells; nothing where its name says it all."""
    kind, name = quantity.kind, quantity.subject
    shown = SHOWN.get(kind, Shown())
    words = shown.meaning
    if isinstance(network, Graph):
        return _in_notation(OF_VALUES.get(kind, words), notation)
    if kind == "E" and not network.loss.needs_targets:
        words = WITHOUT_TARGETS
    elif name in network.node_index and network.is_input(name):
        words = shown.of_input or words
    elif kind == "y" and name in network.node_index and network.layer(network.node_index[name][0]).joint:
        words = OF_SOFTMAX
    return _in_notation(words, notation)


def _in_notation(words: str, notation: Notation) -> str:
    return words.format(x=notation.symbol(Quantity("x")), E=notation.symbol(Quantity("E")))
