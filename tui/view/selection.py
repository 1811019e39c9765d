"""Which node or parameter a person has chosen: how the keys move on, and which of its numbers is explained."""

from collections.abc import Iterator, Sequence

from engine.ask.lookup import value_at
from engine.formula.quantity import Quantity
from engine.program.graph import Graph, value_name
from engine.program.names import joined
from engine.program.network import Network
from engine.walking.changes import RATE, STRENGTHS
from engine.walking.session import Session
from tui.words.kinds import COMPUTED_OF_NODES, OF_EVERY_NODE, OF_PARAMETERS


def kinds_of(network: Network | Graph, name: str) -> tuple[str, ...]:
    """What a node or parameter of this name has a calculation of, in the order of the walk."""
    if name in network.parameter_index:
        return OF_PARAMETERS
    if isinstance(network, Graph):
        value = network.value_of_element[name].name
        own = ("E",) if value in network.errors else ("y",)
        return (*own, "dE/dy") if value in network.live or value in network.input_shapes else own
    layer, _ = network.node_index[name]
    return ("y",) if network.is_input(name) else COMPUTED_OF_NODES if layer == network.depth else OF_EVERY_NODE


def known_of(session: Session, name: str, example: int = 0) -> list[Quantity]:
    """The numbers of this name that are computed at this place, in the order of the walk."""
    quantities = [Quantity(kind, name) for kind in kinds_of(session.scenario.network, name)]
    return [quantity for quantity in quantities if value_at(session, quantity, example) is not None]


def quantity_of(session: Session, name: str, example: int = 0) -> Quantity:
    """The number of this name that makes sense at this place: the latest that is computed, else the first to come."""
    known = known_of(session, name, example)
    return known[-1] if known else Quantity(kinds_of(session.scenario.network, name)[0], name)


def columns_of(network: Network | Graph) -> Iterator[Sequence[str]]:
    """The names as they stand in the graph, from the left: nodes, what leads from them to the next layer, its nodes.

    Tied parameters stand where they are first used.
    """
    if isinstance(network, Graph):
        yield from _columns_of_graph(network)
        return
    yield network.nodes(0)
    for number in range(1, network.depth + 1):
        if network.owns(number):
            yield network.layer(number).parameter_names
        yield network.nodes(number)


def _columns_of_graph(graph: Graph) -> Iterator[Sequence[str]]:
    """Inputs; then for each rank the parameters that are first used there, and its nodes."""
    own = used_first(graph)
    for number in range(graph.depth + 1):
        for column in (joined([graph.elements(name) for name in own.get(number, ())]), graph.nodes(number)):
            if column:
                yield column


def used_first(graph: Graph) -> dict[int, list[str]]:
    """By rank the parameters that are first used there."""
    found: dict[int, list[str]] = {}
    for name in graph.parameter_shapes:
        if name in graph.users:
            found.setdefault(min(graph.ranks[user] for user in graph.users[name]), []).append(name)
    return dict(sorted(found.items()))


def moved(network: Network | Graph, name: str | None, by: int) -> str:
    """The name `by` places below, past the end of a column on in the next; after the last one the first again."""
    names = joined(list(columns_of(network)))
    if name is None:
        return names[0 if by > 0 else -1]
    return names[(names.index(name) + by) % len(names)]


def moved_across(network: Network | Graph, name: str | None, by: int) -> str:
    """The first name `by` columns to the right; after the last column the first again."""
    columns = list(columns_of(network))
    if name is None:
        return columns[0 if by > 0 else -1][0]
    here = next(place for place, column in enumerate(columns) if name in column)
    return columns[(here + by) % len(columns)][0]


def what_is_edited(session: Session, name: str | None, example: int) -> tuple[str, ...] | None:
    """The numbers that are edited on a node or a parameter: its own; of an output its target, or all if they sum to 1.

    Args:
        session: the place.
        name: of a node or a parameter, `learning_rate`, or a penalty's `l2` or `l1`.
        example: the example's number in the file, from 0.

    Returns:
        names as `engine.walking.changes` has them; None where nothing is to be edited: on a node that is computed.
    """
    network = session.scenario.network
    if name is None:
        return None
    if name in network.parameter_index or name == RATE or (name in STRENGTHS and name not in network.node_index):
        return (name,)
    if isinstance(network, Graph):
        given = network.is_input(name) or value_name(name) in network.target_shapes
        return (f"{name}@{example + 1}",) if given else None
    layer, _ = network.node_index[name]
    if network.is_input(name):
        preparation = session.scenario.preparation
        made = preparation is not None and preparation.feature(name) is not None
        return None if made else (f"{name}@{example + 1}",)
    if layer < network.depth or session.scenario.targets is None:
        return None
    together = network.outputs if network.loss.whole else (name,)
    return tuple(f"{output}@{example + 1}" for output in together)
