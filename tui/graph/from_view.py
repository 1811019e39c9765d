"""From a walk to a picture: which node and edge of the network the present step uses, and the numbers they bear."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from engine.session import Session
from tui.format import fit
from tui.formula import short_symbol
from tui.graph.picture import (
    Direction,
    EdgeAt,
    EdgeLabels,
    Field,
    GapPicture,
    GraphPicture,
    Mask,
    NodeAt,
    NodePicture,
    Numbers,
    Role,
    State,
)
from tui.view import View

KINDS: tuple[Role, ...] = ("x", "y", "dE/dy", "dE/dx")
"""A node's numbers in the order of the walk."""
DERIVATIVE: Role = "dE/dw"
PARAMETER_ROWS = ("dE/dw", "w+")
DIRECTIONS: dict[str, Direction] = {"forward": "forward", "backward": "backward"}
MARK = 2
"""The longest symbol of a target that may stand beside it; `t` stands for longer ones."""
WIDTHS = {4: 7, 6: 7, 9: 12, None: 20}
"""Cells for a node's number where so many digits are wanted; at 6 the lines need the room more."""


def picture_of(view: View) -> GraphPicture:
    """The network at the view's place."""
    network, row = view.source.scenario.network, view.session.row
    focus = _focus_node(view)
    layers = tuple(tuple(_nodes(view, number, focus)) for number in range(network.depth + 1))
    gaps = tuple(_gap(view, number, focus) for number in range(1, network.depth + 1))
    return GraphPicture(
        layers,
        gaps,
        number=_formatter(view.digits, plus=False),
        signed=_formatter(view.digits, plus=True),
        focus=focus or NodeAt(0, 0),
        direction="still" if row is None else DIRECTIONS.get(row.phase, "still"),
        role=_focus_role(view),
        selected_edge=_selected_edge(view),
        number_width=WIDTHS[view.digits],
        label_width=7,
    )


def _formatter(digits: int | None, *, plus: bool) -> Callable[[float, int], str]:
    return lambda value, width: fit(value, width, digits, plus=plus)


def _role(session: Session) -> Role | None:
    """The quantity that the step computes, if it has a colour in the graph."""
    return None if session.row is None else _colour(session.row.quantity)


def _colour(kind: str) -> Role | None:
    return next((role for role in (*KINDS, DERIVATIVE) if role == kind), None)


def _focus_node(view: View) -> NodeAt | None:
    """The node whose calculation is shown; of a parameter, the node that it leads into."""
    if view.focus is None:
        return None
    network, name = view.session.scenario.network, view.focus.subject or ""
    if name in network.node_index:
        return NodeAt(*network.node_index[name])
    number = network.layer_of(network.parameter_index[name])
    layer = network.layer(number)
    for index, names in enumerate(layer.weight_names):
        if name in names or layer.bias_name(index) == name:
            return NodeAt(number, index)
    return None


def _selected_edge(view: View) -> EdgeAt | None:
    """The edge of the selected weight."""
    network, name = view.session.scenario.network, view.selected
    if name is None or name not in network.parameter_index:
        return None
    number = network.layer_of(network.parameter_index[name])
    found = np.argwhere(_edges_of(view.session, number, (name,)))
    return EdgeAt(number - 1, int(found[0][1]), int(found[0][0])) if len(found) else None


def _nodes(view: View, number: int, focus: NodeAt | None) -> list[NodePicture]:
    network, row = view.source.scenario.network, view.session.row
    last = number == network.depth
    names = network.nodes(number)
    kinds: tuple[Role, ...] = KINDS if number else ("y",)
    shades = _shades(view, number)
    nodes = []
    for index, name in enumerate(names):
        fields = tuple(_field(view, kind, name) for kind in kinds)
        lit = row is not None and row.layer == number and name in view.lit
        state: State = "active" if focus == NodeAt(number, index) else "lit" if lit else "idle"
        target = None
        symbol = short_symbol("t", view.notation)
        if last and view.source.values.targets is not None:
            target = Field(symbol if len(symbol) <= MARK else "t", view.value("t", name), "y")
        selected, bias = name == view.selected, _bias(view, number, index)
        ailments = view.health.get(name)
        badge = ailments[0].kind if ailments else None
        nodes.append(NodePicture(name, fields, bias, target, state, selected, shade=shades[index], badge=badge))
    return nodes


def _field(view: View, kind: Role, name: str) -> Field:
    symbol = short_symbol(kind, view.notation)
    return Field(symbol, view.value(kind, name), kind, view.is_lit(kind, name), brief=symbol.rpartition("/")[2])


def _shades(view: View, number: int) -> list[float | None]:
    """How full each node's pill is: its output, or going back its dE/dx, against the layer's largest."""
    row = view.session.row
    back = row is not None and row.phase in ("backward", "update")
    values = [
        view.value("dE/dx" if back and number else "y", name) for name in view.source.scenario.network.nodes(number)
    ]
    largest = max((abs(value) for value in values if value is not None and np.isfinite(value)), default=0.0)
    scale = largest if back else max(1.0, largest)
    return [None if value is None else value / scale if scale and np.isfinite(value) else 0.0 for value in values]


def _bias(view: View, number: int, index: int) -> Field | None:
    """What stands on a node's lower border: the bias, in its own steps dE/db or the new bias."""
    network, row = view.source.scenario.network, view.session.row
    name = network.layer(number).bias_name(index) if number else None
    if name is None:
        return None
    if row is not None and row.quantity in PARAMETER_ROWS and row.layer == number and name in view.lit:
        label = "b⁺" if row.quantity == "w+" else short_symbol("dE/dw", view.notation)[:-1] + "b"
        value = view.value(row.quantity, name)
        brief = label.rpartition("/")[2]
        return Field(label, value, _role(view.session), lit=True, brief=brief, selected=name == view.selected)
    return Field("b", float(_present(view)[network.parameter_index[name]]), selected=name == view.selected)


def _present(view: View) -> NDArray[np.float64]:
    """The parameters as they stand now, those not shown yet as they were."""
    session = view.session
    if not session.hidden or session.row is None or session.row.quantity != "w+":
        return session.values.theta
    theta, old = session.values.theta.copy(), session.values.beginning.theta
    index = session.scenario.network.parameter_index
    for name in session.unshown:
        theta[index[name]] = old[index[name]]
    return theta


def _gap(view: View, number: int, focus: NodeAt | None) -> GapPicture:
    """The edges into layer `number`."""
    network, row = view.source.scenario.network, view.session.row
    weights = network.weights(_present(view), number)
    absent = _absent(view.session, number, weights)
    active = _active(view, number, focus)
    if row is None:
        return GapPicture(weights, active, absent=absent, role=_focus_role(view))
    lit, labels = np.zeros(weights.shape, bool), None
    if row.quantity == "x" and row.layer == number:
        lit[[network.nodes(number).index(name) for name in view.session.fresh]] = True
    elif row.quantity == "dE/dy" and row.layer == number - 1:
        lit[:, [network.nodes(number - 1).index(name) for name in view.session.fresh]] = True
    elif row.quantity in PARAMETER_ROWS and row.layer == number:
        lit = _edges_of(view.session, number, view.session.fresh)
        labels = _labels(view, number, lit)
    role = _role(view.session) if lit.any() else _focus_role(view)
    return GapPicture(weights, active, lit & ~active, absent, labels, role)


def _focus_role(view: View) -> Role | None:
    return None if view.focus is None else _colour(view.focus.kind)


def _active(view: View, number: int, focus: NodeAt | None) -> Mask:
    """The edges into layer `number` that the calculation in focus uses."""
    network = view.source.scenario.network
    active = np.zeros(network.layer(number).shape, bool)
    if view.focus is None or focus is None:
        return active
    if view.focus.kind == "x" and focus.layer == number:
        active[focus.index] = True
    elif view.focus.kind == "dE/dy" and focus.layer == number - 1:
        active[:, focus.index] = True
    elif view.focus.subject in network.parameter_index and focus.layer == number:
        return _edges_of(view.session, number, (view.focus.subject or "",))
    return active


def _edges_of(session: Session, number: int, names: Iterable[str]) -> Mask:
    """Which edges into a layer bear parameters of these names."""
    network = session.scenario.network
    n_out, n_in = network.layer(number).shape
    start = network.spans[number - 1].start
    places = np.array([network.parameter_index[name] - start for name in names], dtype=int)
    mask = np.zeros(n_out * n_in, bool)
    mask[places[places < mask.size]] = True  # the rest are biases
    edges: Mask = mask.reshape(n_out, n_in)
    return edges


def _labels(view: View, number: int, shown: Mask) -> EdgeLabels:
    network, row = view.source.scenario.network, view.session.row
    assert row is not None
    n_out, n_in = network.layer(number).shape
    result = view.source.values.get(row.quantity, number)
    values: Numbers = np.zeros((n_out, n_in)) if result is None else result[: n_out * n_in].reshape(n_out, n_in)
    return EdgeLabels(values, _role(view.session), shown if result is not None else np.zeros_like(shown))


def _absent(session: Session, number: int, weights: Numbers) -> Mask | None:
    """A frozen weight of 0 is no connection."""
    span = session.scenario.network.spans[number - 1]
    frozen = [index - span.start for index in session.scenario.training.frozen if span.start <= index < span.stop]
    inside = [index for index in frozen if index < weights.size]
    if not inside:
        return None
    mask = np.zeros(weights.size, bool)
    mask[inside] = True
    absent: Mask = mask.reshape(weights.shape) & (weights == 0)
    return absent
