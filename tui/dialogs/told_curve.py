"""What the view of a curve says of a node, in words and rules: of layers its activation, of a graph its formula."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from engine.ask.activation_curve import Point, has_curve, is_alone, of_one
from engine.formula.activation import Activation
from engine.formula.quantity import Quantity
from engine.formula.tree import Call, Formula, Leaf, Ref, Symbol, filled, leaves
from engine.formula.written import text_pieces
from engine.program.graph import Graph, operands_of
from engine.program.notation import Notation
from engine.walking.session import Session
from tui.words.calculation import short_symbol
from tui.words.format import number

LETTERS = ("x", "u", "s", "r")
"""For the number that goes into a node's function, where that is a formula: one that is no name of the graph."""
FAR = 4.0
"""How far from 0 the curve of a formula is drawn at least."""
MOST = 1000
"""Elements that are asked whether they have one: each answer looks at a formula."""


class Told(NamedTuple):
    """A node's curve in words.

    Attributes:
        title: of the view.
        rules: of the output and of the slope.
        names: of the number that goes in, of what comes out, and of the slope.
        unknown: what is said while the number that goes in is not computed.
        bent: how far from 0 the curve is of interest.
        kinks: where the slope jumps.
    """

    title: str
    rules: tuple[str, str]
    names: tuple[str, str, str]
    unknown: str
    bent: float
    kinks: tuple[float, ...]


def told_of(session: Session, node: str, notation: Notation) -> Told:
    """What is said of a node that has a curve."""
    return _of_layers(session, node, notation) if session.scenario.graph is None else _of_graph(session, node, notation)


def _of_layers(session: Session, node: str, notation: Notation) -> Told:
    activation = activation_of(session, node)
    x, y, slope = (short_symbol(kind, notation) for kind in ("x", "y", "dy/dx"))
    output = _text(activation.formula(Symbol(x)))

    def of_node(kind: str) -> str:
        return notation.symbol(Quantity(kind, node))

    return Told(
        f"activation of {node}: {activation.called}",
        (
            f"{y} = {activation.symbol}({x}) = {output}",
            f"{slope} = {_text(activation.slope_formula(Symbol(x), Symbol(y)))}",
        ),
        (of_node("x"), of_node("y"), of_node("dy/dx")),
        "Its total input is not computed yet.",
        activation.bent,
        activation.kinks,
    )


def activation_of(session: Session, node: str) -> Activation:
    """The activation of a layer's node."""
    network = session.scenario.layered
    layer, index = network.node_index[node]
    return network.layer(layer).activation_of(index)


def _of_graph(session: Session, node: str, notation: Notation) -> Told:
    one, graph = of_one(session, node), session.scenario.graph
    assert one is not None
    assert graph is not None
    program = session.timeline.steps.program

    def called(ref: Leaf) -> Formula:
        assert isinstance(ref, Ref)
        return Symbol(program.names[ref.name][1][ref.item or 0])

    inside = filled(one.x, {leaf: called(leaf) for leaf in leaves(one.x) if isinstance(leaf, Ref)})
    x = inside.text if isinstance(inside, Symbol) else next(letter for letter in LETTERS if letter not in graph.shapes)
    y, slope = (filled(formula, {Symbol("x"): Symbol(x)}) for formula in (one.y, one.slope))
    where = "" if isinstance(inside, Symbol) else f",  {x} = {_text(inside)}"
    fraction = f"∂{node}/∂{x}"
    return Told(
        f"{notation.symbol(Quantity('y', node))} as a function of {x if not where else 'one number'}",
        (f"{node} = {_with_definition(y)}{where}", f"{fraction} = {_with_definition(slope)}"),
        (x, node, fraction),
        f"{x} is not computed yet.",
        FAR,
        one.kinks,
    )


def _with_definition(formula: Formula) -> str:
    """A formula, and what it is in terms of simpler functions, if it is a single one."""
    if isinstance(formula, Call) and len(formula.arguments) == 1 and formula.function.formula is not None:
        return f"{_text(formula)} = {_text(formula.function.formula(*formula.arguments))}"
    return _text(formula)


def _text(formula: Formula) -> str:
    return "".join(map(str, text_pieces(formula)))


def words_of(
    session: Session, node: str, here: Point | None, told: Told, notation: Notation, digits: int | None
) -> str:
    """What the drawing does not say by itself."""
    if here is None:
        return told.unknown
    slope = number(here.slope, digits)
    graph = session.scenario.graph
    if graph is not None:
        ref, error = graph.value_of_element[node], notation.symbol(Quantity("E"))
        if ref.name in session.timeline.steps.program.passed:
            return "The slope is not used here: the next derivative comes straight from the error."
        if ref.name not in graph.live:
            return f"{error} does not depend on it: nothing comes back."
        return f"Going back, ∂{error}/∂{node} times this slope, {slope}, goes on to {told.names[0]}."
    if (rule := session.scenario.training.learning_rule) is not None:
        return f"The {rule.name} rule does not ask for the slope: nothing goes back."
    network = session.scenario.layered
    if fused := network.fused(network.node_index[node][0]):
        plain = not (network.weighted or network.loss.settings.class_weights or fused.slope or fused.of_any)
        is_told = "is y − t" if plain else "comes straight from y and t"
        return f"The slope is not used here: with this loss dE/dx {is_told}."
    if not is_alone(session, node):
        return ""
    back, there = (short_symbol(kind, notation) for kind in ("dE/dy", "dE/dx"))
    return f"Going back, {back} times this slope, {slope}, is {there}."


def with_curves(session: Session) -> Iterator[str]:
    """The nodes that have a curve, in the order of the walk; of a large graph the first ones."""
    network = session.scenario.network
    if isinstance(network, Graph):
        names = (name for node in network.graph_nodes for name in network.elements(node.name))
        return (name for name in islice(names, MOST) if has_curve(session, name))
    return (node for layer in range(1, network.depth + 1) for node in network.computed(layer))


def nearest_curve(session: Session, graph: Graph, name: str | None) -> str | None:
    """The node whose curve is looked at: this one, else the next in the order of the walk; None if there is none."""
    found = list(with_curves(session))
    if name is None or name in found or not found:
        return name if name in found else next(iter(found), None)
    order = {node.name: number for number, node in enumerate(graph.graph_nodes)}
    value = graph.value_of_element[name].name
    users = (order[node.name] for node in graph.graph_nodes if value in operands_of(node.formula))
    here = order.get(value, next(users, 0))
    return next((node for node in found if order[graph.value_of_element[node].name] >= here), found[-1])
