"""From a walk to a picture: which nodes of the network the present step uses, and the numbers they bear."""

from collections.abc import Callable, Container, Sequence
from functools import lru_cache
from math import isfinite, isnan, nan

from tui.graph.edges_from_view import DERIVATIVE, focus_role, gap_of, has_to_do, present, selected_edges, step_role
from tui.graph.picture import (
    Aligned,
    Direction,
    Field,
    GraphPicture,
    NodeAt,
    NodePicture,
    Role,
    SmallMaps,
    State,
)
from tui.graph.small_maps import maps_of
from tui.view.seen import View
from tui.words.calculation import of_layer, short_symbol
from tui.words.columns import column
from tui.words.format import fit
from tui.words.kinds import OF_EVERY_NODE

DIRECTIONS: dict[str, Direction] = {"forward": "forward", "backward": "backward"}
MARK = 2
"""The longest symbol of a target that may stand beside it; `t` stands for longer ones."""
WIDTHS = {4: 7, 6: 7, 9: 12, None: 20}
"""Cells for a node's number where so many digits are wanted; at 6 the lines need the room more."""


def picture_of(view: View) -> GraphPicture:
    """The network at the view's place."""
    network, row = view.source.scenario.layered, view.session.row
    focus = _focus_node(view)
    layers = tuple(_nodes(view, number, focus) for number in range(network.depth + 1))
    gaps = tuple(gap_of(view, number, focus) for number in range(1, network.depth + 1))
    shaded = "dE/dx" if _goes_back(view) else "y"
    return GraphPicture(
        layers,
        gaps,
        shaded=short_symbol(shaded, view.notation),
        maps=small_maps(view),
        sizes=()  # the maps need the rows of their strip
        if view.map is not None
        else tuple(
            _largest(view.layer("dE/dx", number)[: len(network.computed(number))])
            for number in range(1, network.depth + 1)
        ),
        sized=short_symbol("dE/dx", view.notation),
        number=formatter(view.digits, plus=False),
        signed=formatter(view.digits, plus=True),
        focus=focus or NodeAt(0, 0),
        direction="still" if row is None else DIRECTIONS.get(row.phase, "still"),
        role=focus_role(view),
        selected_edges=selected_edges(view),
        number_width=WIDTHS[view.digits],
        thick=view.lecturing,
        label_width=7,
        aligned=aligner(view.digits),
    )


def small_maps(view: View) -> SmallMaps | None:
    """What the nodes of a hidden layer compute over the map's inputs, each in its own scale."""
    maps, names = maps_of(view), view.source.scenario.layered.computed
    return None if maps is None else lambda layer, columns, rows: maps.drawn(names(layer), columns, rows)


def formatter(digits: int | None, *, plus: bool) -> Callable[[float, int], str]:
    """Numbers of so many digits, in the cells that there are."""
    return lambda value, width: fit(value, width, digits, plus=plus)


def aligner(digits: int | None) -> Aligned:
    """Numbers of so many digits that stand under each other."""
    return lambda values, width: _column(tuple(values), width, digits)


@lru_cache(maxsize=256)
def _column(values: Sequence[float | None], width: int, digits: int | None) -> list[str]:
    """Lined up, unless that makes a power of ten of a number that alone would be written out."""
    # A step changes the numbers of one layer; those of the others are here already.
    texts = column(values, width, digits)
    alone = [fit(value, width, digits) for value in values]
    if any("e" in text and "e" not in other for text, other in zip(texts, alone, strict=True)):
        return [other.rjust(width) for other in alone]
    return texts


def _focus_node(view: View) -> NodeAt | None:
    """The node whose calculation is shown; of a parameter, the node that it leads into."""
    network, name = view.session.scenario.layered, view.focus_name
    if name is None:
        return None
    if name in network.node_index:
        return NodeAt(*network.node_index[name])
    number, row = network.layer_of(network.parameter_index[name]), view.session.row
    if row is not None and row.quantity == DERIVATIVE and row.layer in network.uses(number):
        number = row.layer  # of a tied parameter, the use that the step adds
    return NodeAt(number, network.places(name, number)[0][0])


def _nodes(view: View, number: int, focus: NodeAt | None) -> tuple[NodePicture, ...]:
    network, row = view.source.scenario.layered, view.session.row
    names = network.nodes(number)
    kinds, health = _kinds(view, number), view.health
    columns = tuple(view.layer(kind, number) for kind in kinds)
    symbols = tuple(short_symbol(kind, of_layer(view.notation, network, number)) for kind in kinds)
    fresh = row.quantity if row is not None and row.layer == number else None
    targets = None
    if number == network.depth and view.source.values.targets is not None:
        symbol = short_symbol("t", view.notation)
        label = symbol if len(symbol) <= MARK else "t"
        targets = tuple(Field(label, view.value("t", name), "y") for name in names)
    return _layer(
        names,
        len(network.computed(number)),
        kinds,
        symbols,
        columns,
        None if fresh is None else (fresh, view.lit),
        focus.index if focus is not None and focus.layer == number else None,
        _biases(view, number),
        targets,
        view.selected if view.selected in names else None,
        _shades(view, number),
        tuple(ailments[0].kind if (ailments := health.get(name)) else None for name in names),
    )


def _kinds(view: View, number: int) -> tuple[Role, ...]:
    """A node's numbers: in a lecture only two, those of which the step is made, where all the layer's are computed."""
    network, row = view.source.scenario.layered, view.session.row
    if view.session.scenario.training.learning_rule is not None:
        return ("x", "y")
    if not view.lecturing or len(network.computed(number)) < len(network.nodes(number)):
        return OF_EVERY_NODE
    if row is None or not row.kind.goes_back:
        return ("x", "y")
    return ("dE/dy", "dE/dx") if row.quantity in ("dE/dy", "dE/dx") else ("y", "dE/dx")


@lru_cache(maxsize=64)
def _layer(
    names: tuple[str, ...],
    computed: int,
    kinds: tuple[Role, ...],
    symbols: tuple[str, ...],
    columns: tuple[tuple[float | None, ...], ...],
    fresh: tuple[str, Container[str]] | None,
    active: int | None,
    biases: tuple[Field | None, ...],
    targets: tuple[Field, ...] | None,
    selected: str | None,
    shades: tuple[float | None, ...],
    badges: tuple[str | None, ...],
) -> tuple[NodePicture, ...]:
    """A layer, of which the first `computed` nodes are no inputs; a step changes two of them, the others are kept.

    Args:
        names: of the nodes.
        computed: how many of them are computed; the rest are inputs.
        kinds: of the numbers that a node has.
        symbols: theirs.
        columns: their numbers, of each node.
        fresh: what the step computed, if it did in this layer, and the names.
        active: the node whose calculation is shown.
        biases: what stands on the lower borders.
        targets: those of the last layer.
        selected: the node that was chosen.
        shades: how full pills are.
        badges: words for what nodes suffer from.
    """
    nodes = []
    for index, (name, values) in enumerate(zip(names, zip(*columns, strict=True), strict=True)):
        lit = fresh is not None and name in fresh[1]
        fields = tuple(
            Field(symbol, value, kind, lit and fresh is not None and kind == fresh[0])
            for kind, symbol, value in zip(kinds, symbols, values, strict=True)
            if index < computed or kind == "y"
        )
        state: State = "active" if index == active else "lit" if lit else "idle"
        target = None if targets is None else targets[index]
        chosen = name == selected
        nodes.append(NodePicture(name, fields, biases[index], target, state, chosen, shades[index], badges[index]))
    return tuple(nodes)


def _shades(view: View, number: int) -> tuple[float | None, ...]:
    """How full each node's pill is: its output, or going back its dE/dx, against the layer's largest."""
    back = _goes_back(view)
    values = view.layer("dE/dx" if back and number else "y", number)
    largest = max((abs(value) for value in values if value is not None and isfinite(value)), default=0.0)
    scale = largest if back else max(1.0, largest)
    return tuple(None if value is None else value / scale if scale and isfinite(value) else 0.0 for value in values)


@lru_cache(maxsize=64)
def _largest(values: tuple[float | None, ...]) -> float | None:
    """The largest size in a layer, None while not all that it computes are known; nan if one is that."""
    sizes = [abs(value) for value in values if value is not None]
    if len(sizes) < len(values):
        return None
    return nan if any(isnan(size) for size in sizes) else max(sizes)


def _goes_back(view: View) -> bool:
    row = view.session.row
    return row is not None and row.kind.goes_back and view.session.scenario.training.learning_rule is None


def _biases(view: View, number: int) -> tuple[Field | None, ...]:
    """What stands on the nodes' lower borders: the biases, in their own steps dE/db or the new biases."""
    network, row = view.source.scenario.layered, view.session.row
    computed, column = len(network.computed(number)), len(network.nodes(number))
    if not computed or not network.layer(number).bias_names:
        return (None,) * column
    names, shared = network.layer(number).bias_names, network.layer(number).shared_bias
    lit = view.lit if row is not None and has_to_do(network, row, number) else frozenset()
    label = "b⁺" if row is not None and row.quantity == "w+" else short_symbol("dE/dw", view.notation)[:-1] + "b"
    fresh = [name for name in names if name in lit]
    made = {} if row is None else dict(zip(fresh, view.parameters(row.quantity, fresh), strict=True))
    role = step_role(view.session)

    def bias(name: str, value: float) -> Field:
        chosen = name == view.selected
        if name in made:
            return Field(label, made[name], role, True, chosen)
        return Field("b", value, selected=chosen)

    found: tuple[Field | None, ...] = tuple(map(bias, names, network.biases(present(view), number).tolist()))
    return (found * computed if shared else found) + (None,) * (column - computed)
