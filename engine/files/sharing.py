"""What layers share: parameters, where they are tied, and the example's inputs, each of which comes into one of them.

The first layer of a tie has its weights and names; the others have none of their own, so that nothing in a file is said
twice and nothing can contradict. A tie is a word and not the number of a layer: there are no chains and no circles, and
a layer put in between changes no tie.
"""

from msgspec import Struct

from engine.files.model import LayerPart
from engine.files.parts import Partial, missing
from engine.files.problems import Problems, nearest, plural, shown

Names = tuple[str, ...]


def names_in(value: object) -> Names | None:
    """The names in a list of texts, good ones or not; None if it is anything else."""
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return tuple(value)
    return None


class Own(Struct, frozen=True):
    """A layer with parameters of its own: of tied layers the first.

    Attributes:
        number: which layer, from 1.
        layer: its table.
        sources: the nodes from which its weights come, if known.
        nodes: its nodes, if known.
    """

    number: int
    layer: Partial[LayerPart]
    sources: Names | None
    nodes: Names | None

    @property
    def joined(self) -> bool:
        """Whether inputs come in beside the nodes of the layer before."""
        return self.number > 1 and self.layer.rough("inputs") is not None


OF_PARAMETERS = ("weights", "weights_by", "weight_names", "bias", "bias_names", "train_bias")
"""The keys of a layer that say what its parameters are."""


def owners_of(layers: list[Partial[LayerPart]], problems: Problems, *, elsewhere: bool = False) -> list[int]:
    """The number of the layer that has each layer's parameters: its own, or of tied ones the first of them.

    Notes a tie of one layer only, parameters given again, and weights that no layer gives.

    Args:
        layers: the tables.
        problems: gets what is wrong.
        elsewhere: whether a file gives the weights of layers that give none.
    """
    ties = [layer.value.tie if layer.good("tie") else None for layer in layers]
    owners = []
    for number, (layer, tie) in enumerate(zip(layers, ties, strict=True), 1):
        where = f"network.layer[{number}]"
        owner = number if tie is None else ties.index(tie) + 1
        owners.append(owner)
        if tie is not None and ties.count(tie) == 1:
            others = [other for other in ties if other is not None and other != tie]
            remedy = nearest(tie, dict.fromkeys(others)) if others else "give another layer the same tie"
            problems.add(f"{where}.tie", f"no other layer is tied as {shown(tie)}", remedy)
        if owner == number:
            if "weights" not in layer.raw and layer.good("tie") and not elsewhere:
                problems.add(f"{where}.weights", "it is missing", missing(LayerPart, "weights"))
            continue
        for key in OF_PARAMETERS:
            if key in layer.raw:
                message = f"the layer is tied to layer {owner}, which has the parameters of both"
                problems.add(f"{where}.{key}", message, "take it out")
    return owners


def columns_of(
    inputs: Names | None, layers: list[Partial[LayerPart]], nodes: list[Names | None], problems: Problems
) -> list[Names | None]:
    """The nodes from which each layer's weights come: of the layer before, then the inputs that come in here.

    Args:
        inputs: all inputs, if they are well formed.
        layers: the tables.
        nodes: of each layer that computes, None where that part of the file is wrong.
        problems: gets the inputs that there are not, or that come in twice.
    """
    if not layers:
        return []
    taken: dict[str, int] = {}
    wrong: set[int] = set()
    for number, layer in enumerate(layers, 1):
        for i, name in enumerate(names_in(layer.rough("inputs")) or (), 1):
            where = f"network.layer[{number}].inputs[{i}]"
            if inputs is not None and name not in inputs:
                problems.add(where, f"the network has no input {shown(name)}", nearest(name, inputs))
                wrong.add(number)
            elif name in taken:
                problems.add(where, f"{shown(name)} comes into layer {taken[name]} already", "name it once")
                wrong.add(number)
            taken.setdefault(name, number)
    before = [None if inputs is None else tuple(name for name in inputs if name not in taken), *nodes[:-1]]
    columns: list[Names | None] = []
    for number, (of_before, layer) in enumerate(zip(before, layers, strict=True), 1):
        coming = () if layer.rough("inputs") is None else names_in(layer.rough("inputs"))
        known = of_before is not None and coming is not None and number not in wrong
        columns.append((of_before or ()) + (coming or ()) if known else None)
    if columns and columns[0] == ():
        problems.add("network.inputs", "none is left for layer 1: all come into later layers", "leave it one")
        columns[0] = None
    return columns


def check_ties(owners: list[int], columns: list[Names | None], nodes: list[Names | None], problems: Problems) -> bool:
    """Notes tied layers of different shapes; says whether all shapes are known and fit.

    Args:
        owners: of each layer, the number of the one that has its parameters.
        columns: of each layer, the nodes from which its weights come.
        nodes: of each layer, its own.
        problems: gets what is wrong.
    """
    before = len(problems.found)
    for number, owner in enumerate(owners, 1):
        here, there = ((columns[layer - 1], nodes[layer - 1]) for layer in (number, owner))
        for mine, its, what in ((here[1], there[1], "node"), (here[0], there[0], "number")):
            if mine is None or its is None or len(mine) == len(its):
                continue
            own, other = plural(len(mine), what), len(its)
            words = ("has", "") if what == "node" else ("gets", " from the layer before and its inputs")
            message = f"the layer {words[0]} {own}{words[1]}, but layer {owner}, to which it is tied, {other}"
            problems.add(f"network.layer[{number}].tie", message, "tied layers have the same shape")
    return len(problems.found) == before and None not in columns and None not in nodes
