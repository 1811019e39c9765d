"""What is wrong with a node's derivatives: the usual reasons why a network does not learn.

Whether a node is saturated or dead is a matter of all examples, not of one: a ReLU that is 0 for one example is doing
its work. So it is judged on the batch, and only where the batch raises a suspicion on the other examples too. A healthy
network pays for the batch alone.

Of a graph those nodes are judged that are an activation of one value: only these have a range from which flat can be
told. Whether derivatives vanish on their way is not said of a graph: values of different meaning have different sizes.

The thresholds are reasoned, not taken from anywhere: see each, and `Activation.flat`. They are where an ailment
begins to decide how a network learns, so that a healthy one shows nothing.
"""

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.ask.lookup import before_update, layer_values, value_at
from engine.formula.activation import Activation
from engine.formula.activations import record_of
from engine.formula.quantity import Quantity
from engine.formula.tree import Call, Formula
from engine.program.chain_rule import slopes
from engine.program.equations import Program, computed
from engine.program.graph import Graph, GraphNode
from engine.program.network import Network
from engine.program.scenario import Scenario
from engine.walking.advance import advance, begin_with
from engine.walking.session import Session
from engine.walking.values import Values, following, following_rows

Array = NDArray[np.float64]
Kind = Literal["dead", "saturated", "exploding", "vanishing"]

WRONG = 0.1
"""How far a flat output is off its target, at least, to be ailing: one that is near its target is flat and well."""
FACTOR = 1000.0
"""How much smaller or larger dE/dx is, by layer, than at the output, to be vanishing or exploding.

A layer whose derivatives are a thousandth of the last one's learns a thousand times more slowly, so that no learning
rate suits both; two or three layers of sigmoids, a factor of a hundred, still learn.
"""
MOST_EXAMPLES = 64
"""Examples outside the batch that are asked, the first of the file."""


class Ailment(Struct, frozen=True):
    """What a node suffers from.

    Attributes:
        kind: the word for it.
        number: what shows it. `saturated`: the greatest slope that any example has. `vanishing`, `exploding`: the mean
            size of dE/dx in the node's layer, divided by that of the last layer. `dead`: 0.
    """

    kind: Kind
    number: float


def health(session: Session) -> dict[str, tuple[Ailment, ...]]:
    """The ailing nodes, by name, as far as their numbers are shown; the worst ailment first."""
    if session.scenario.graph is not None:
        return _of_graph(session, session.scenario.graph)
    if session.scenario.training.learning_rule is not None:  # it needs no slopes
        return {}
    network, found = session.scenario.layered, dict[str, list[Ailment]]()
    last = _size(session, network.depth)
    for layer in range(1, network.depth + 1):
        for index, ailment in _flat_nodes(session, layer).items():
            found.setdefault(network.computed(layer)[index], []).append(ailment)
        size = _size(session, layer)
        if size and last and np.isfinite(last):
            ratio = size / last
            kind: Kind | None = "exploding" if ratio > FACTOR else "vanishing" if ratio < 1 / FACTOR else None
            if kind is not None:
                for name in network.computed(layer):
                    found.setdefault(name, []).append(Ailment(kind, ratio))
    return {name: tuple(ailments) for name, ailments in found.items()}


def _of_graph(session: Session, graph: Graph) -> dict[str, tuple[Ailment, ...]]:
    """The elements that are flat for every example, of the nodes that are an activation."""
    found: dict[str, tuple[Ailment, ...]] = {}
    for node in graph.graph_nodes:
        activation = _activation_of(node.formula)
        bound = None if activation is None else activation.flat
        if bound is None or node.name not in graph.live or node.name in session.timeline.steps.program.passed:
            continue
        shown = [value_at(session, Quantity("y", name)) is not None for name in graph.elements(node.name)]
        steepest = _steepest_of_node(before_update(session.values), node) if any(shown) else np.array([])
        suspects = [i for i, slope in enumerate(steepest.tolist()) if shown[i] and slope <= bound]
        others = _others(session) if suspects and not graph.joins_examples else None
        if others is not None and others.event is None:
            steepest = np.maximum(steepest, _steepest_of_node(others, node))
        kind: Kind = "dead" if bound == 0 else "saturated"
        for i in suspects:
            if steepest[i] <= bound:
                found[graph.elements(node.name)[i]] = (Ailment(kind, float(steepest[i])),)
    return found


def _activation_of(formula: Formula) -> Activation | None:
    """The activation that a formula is, of whatever."""
    return record_of(formula.function) if isinstance(formula, Call) else None


def _steepest_of_node(values: Values, node: GraphNode) -> Array:
    """The greatest slope of each element over the examples; of one near its target infinite: it is well."""
    program, call = values.steps.program, node.formula
    assert isinstance(call, Call)
    slope = computed(call.function.slopes[0](call), values.value)
    found = np.abs(slope).reshape(len(slope), -1)
    for target in _targets_of(program, node.name):
        met = values.given(target)
        if met.shape == slope.shape:
            near = np.abs(values.value(node.name) - met) < WRONG
            found = np.where(near.reshape(len(near), -1).all(axis=0), np.inf, found)
    return np.asarray(found.max(axis=0))


def _targets_of(program: Program, name: str) -> list[str]:
    """The targets that stand beside a value in a formula: those of its loss."""
    used = [operand for use in program.consumers[name] for operand in use.operands]
    return [operand for operand in used if operand in program.given and program.given[operand].of == "targets"]


def _size(session: Session, layer: int) -> float | None:
    """The mean size of dE/dx in a layer, over nodes and batch; None while it is not all shown."""
    if value_at(session, Quantity("dE/dx", session.scenario.layered.computed(layer)[-1])) is None:
        return None
    derivatives = session.values.need("dE/dx", layer)
    with np.errstate(all="ignore"):
        return following_rows(session.values, ("size", layer), lambda: float(np.abs(derivatives).mean()))


def _flat_nodes(session: Session, layer: int) -> dict[int, Ailment]:
    """The nodes of a layer that are flat for every example, by their number in it."""
    scenario = session.scenario
    bounds = [activation.flat for activation in scenario.layered.layer(layer).activations]
    if bounds == [None] * len(bounds) or scenario.layered.fused(layer):
        return {}
    computed = len(scenario.layered.computed(layer))
    shown = [value is not None for value in layer_values(session, "y", layer)[:computed]]
    if not any(shown):
        return {}
    steepest = _steepest(session, session.values, layer)

    def suspects() -> dict[int, float]:
        """The flat nodes that are shown, each with its bound."""
        known = ((i, bound) for i, bound in enumerate(bounds) if bound is not None)
        return {i: bound for i, bound in known if shown[i] and steepest[i] <= bound}

    if suspects():
        others = _others(session)
        if others is not None and others.get("y", layer) is not None:
            steepest = np.maximum(steepest, _steepest(session, others, layer))
    return {i: Ailment("dead" if bound == 0 else "saturated", float(steepest[i])) for i, bound in suspects().items()}


def _steepest(session: Session, values: Values, layer: int) -> Array:
    """The greatest slope of each node over the examples; of an output near its target infinite: it is well.

    Rows that follow change nothing of it, so it is known in all of them.
    """
    layered = session.scenario.layered
    return following_rows(values, ("steepest", layer), lambda: _steepest_of_layer(layered, values, layer))


def _steepest_of_layer(layered: Network, values: Values, layer: int) -> Array:
    found = np.abs(slopes(values.steps.program, f"y{layer}", values.value))
    if layer == layered.depth and values.targets is not None:
        near = np.abs(values.need("y", layer) - values.targets) < WRONG
        found = np.where(near.all(axis=0), np.inf, found)
    return np.asarray(found.max(axis=0))


def _others(session: Session) -> Values | None:
    """The forward pass of examples outside the batch, at the parameters of the iteration's start; None without any."""
    start = session.values.beginning
    if len(session.scenario.inputs) <= len(start.examples):
        return None
    return following(start, ("others", session.scenario), lambda: _passed(session.scenario, start))


def _passed(scenario: Scenario, start: Values) -> Values:
    others = tuple(i for i in range(len(scenario.inputs)) if i not in start.examples)[:MOST_EXAMPLES]
    values = begin_with(scenario, start.steps, start.iteration, start.theta, start.state, others)
    while values.error is None and values.event is None:
        values = advance(scenario, values)
    return values
