"""From a walk to the edges of a picture: which of them the present step uses, and the numbers they bear."""

from collections.abc import Iterable

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.ask.lookup import uses_added
from engine.formula.quantity import Quantity
from engine.program.network import Network
from engine.program.steps import Row
from engine.walking.session import Session
from tui.graph.picture import EdgeAt, EdgeLabels, GapPicture, Mask, NodeAt, Numbers, Role
from tui.view.seen import View
from tui.words.kinds import OF_EVERY_NODE

DERIVATIVE = "dE/dw"


def gap_of(view: View, number: int, focus: NodeAt | None) -> GapPicture:
    """The edges into the column of layer `number`: none leads to an input that stands there on its way on."""
    network, found = view.source.scenario.layered, _edges_into(view, number, focus)
    inputs = len(network.nodes(number)) - len(network.computed(number))
    if not inputs:
        return found

    def longer(mask: Mask | None, *, value: bool = False) -> Mask:
        below = np.full((inputs, found.weights.shape[1]), value)
        return np.concatenate((np.zeros(found.weights.shape, bool) if mask is None else mask, below))

    labels = found.labels
    if labels is not None:
        values = np.concatenate((labels.values, np.zeros((inputs, labels.values.shape[1]))))
        labels = replace(labels, values=values, shown=None if labels.shown is None else longer(labels.shown))
    return replace(
        found,
        weights=np.concatenate((found.weights, np.zeros((inputs, found.weights.shape[1])))),
        active=longer(found.active),
        lit=longer(found.lit),
        absent=longer(found.absent, value=True),
        labels=labels,
    )


def _edges_into(view: View, number: int, focus: NodeAt | None) -> GapPicture:
    """The edges to the nodes that layer `number` computes."""
    network, row = view.source.scenario.layered, view.session.row
    weights = network.weights(present(view), number)
    absent = _absent(view.session, number, weights)
    active, title = _active(view, number, focus), network.layer(number).label
    if row is None:
        return GapPicture(weights, active, absent=absent, role=focus_role(view), title=title)
    lit, labels = np.zeros(weights.shape, bool), None
    if row.quantity == "x" and row.layer == number:
        lit[[network.nodes(number).index(name) for name in view.session.fresh]] = True
    elif row.quantity == "dE/dy":
        fresh = set(view.session.fresh)
        lit[:, [i for i, name in enumerate(network.sources(number)) if name in fresh]] = True
    elif has_to_do(network, row, number):
        lit = _fresh_edges(view.session, number)
        labels = _labels(view, number, lit)
    role = step_role(view.session) if lit.any() else focus_role(view)
    return GapPicture(weights, active, lit & ~active, absent, labels, role, title)


def _active(view: View, number: int, focus: NodeAt | None) -> Mask:
    """The edges into layer `number` that the calculation in focus uses."""
    network = view.source.scenario.layered
    active = np.zeros(network.layer(number).shape, bool)
    if view.focus is None or focus is None:
        return active
    if view.focus.kind == "x" and focus.layer == number:
        active[focus.index] = True
    elif view.focus.kind == "dE/dy":
        active[:, [i for i, name in enumerate(network.sources(number)) if name == view.focus.subject]] = True
    elif view.focus.subject in network.parameter_index and number in _layers_of(view, view.focus):
        return _edges_of(view.session, number, (view.focus.subject or "",))
    return active


def focus_role(view: View) -> Role | None:
    """The quantity of the number in focus, likewise."""
    return None if view.focus is None else _colour(view.focus.kind)


def step_role(session: Session) -> Role | None:
    """The quantity that the step computes, if it has a colour in the graph."""
    return None if session.row is None else _colour(session.row.quantity)


def _colour(kind: str) -> Role | None:
    return kind if kind in (*OF_EVERY_NODE, DERIVATIVE) else None


def selected_edges(view: View) -> tuple[EdgeAt, ...]:
    """The edges of the selected weight: one, of a tied one each of its uses."""
    network, name = view.session.scenario.layered, view.selected
    if name is None or name not in network.parameter_index:
        return ()
    uses = network.uses(network.layer_of(network.parameter_index[name]))
    found = ((number, np.argwhere(_edges_of(view.session, number, (name,)))) for number in uses)
    return tuple(EdgeAt(number - 1, int(at[0][1]), int(at[0][0])) for number, at in found if len(at))


def _layers_of(view: View, focus: Quantity) -> tuple[int, ...]:
    """The layers in which the calculation in focus uses a parameter: of dE/dw those that have added their part."""
    network, name = view.source.scenario.layered, focus.subject or ""
    added = uses_added(view.source, name) if focus.kind == DERIVATIVE else ()
    return added or network.uses(network.layer_of(network.parameter_index[name]))


def _edges_of(session: Session, number: int, names: Iterable[str]) -> Mask:
    """Which edges into a layer bear parameters of these names."""
    network = session.scenario.layered
    n_out, n_in = network.layer(number).shape
    start = network.spans[number - 1].start
    indices = np.array([network.parameter_index[name] - start for name in names], dtype=int)
    mask = np.zeros(n_out * n_in, bool)
    mask[indices[indices < mask.size]] = True  # the rest are biases
    edges: Mask = mask.reshape(n_out, n_in)
    return edges


def _fresh_edges(session: Session, number: int) -> Mask:
    """Which edges into a layer bear what the step computed: all that are trained, of a scalar step one."""
    row, network = session.row, session.scenario.layered
    assert row is not None
    if len(session.fresh) < len(row.items):
        return _edges_of(session, number, session.fresh)
    shape, start = network.layer(number).shape, network.spans[number - 1].start
    mask = np.ones(shape[0] * shape[1], bool)
    if row.quantity == "w+":
        mask[[at - start for at in session.scenario.training.frozen if start <= at < start + mask.size]] = False
    edges: Mask = mask.reshape(shape)
    return edges


def _labels(view: View, number: int, shown: Mask) -> EdgeLabels:
    network, row = view.source.scenario.layered, view.session.row
    assert row is not None
    n_out, n_in = network.layer(number).shape
    result = view.source.values.get(row.quantity, row.layer)
    values: Numbers = np.zeros((n_out, n_in)) if result is None else result[: n_out * n_in].reshape(n_out, n_in)
    return EdgeLabels(values, step_role(view.session), shown if result is not None else np.zeros_like(shown))


def _absent(session: Session, number: int, weights: Numbers) -> Mask | None:
    """A frozen weight of 0 is no connection."""
    span = session.scenario.layered.spans[number - 1]
    frozen = [index - span.start for index in session.scenario.training.frozen if span.start <= index < span.stop]
    inside = [index for index in frozen if index < weights.size]
    if not inside:
        return None
    mask = np.zeros(weights.size, bool)
    mask[inside] = True
    absent: Mask = mask.reshape(weights.shape) & (weights == 0)
    return absent


def has_to_do(network: Network, row: Row, number: int) -> bool:
    """Whether a row is of the parameters of layer `number`: its derivatives, or new values wherever they are used."""
    if row.quantity == "w+":
        return number in network.uses(row.layer)
    return row.quantity == DERIVATIVE and row.layer == number


def present(view: View) -> NDArray[np.float64]:
    """The parameters as they stand now, those not shown yet as they were."""
    session = view.session
    if not session.hidden or session.row is None or session.row.quantity != "w+":
        return session.values.theta
    return view.drawings.get("parameters", lambda: _as_shown(session))


def _as_shown(session: Session) -> NDArray[np.float64]:
    """The parameters of which the last ones of a row are new, but not shown yet."""
    assert session.row is not None
    theta, old = session.values.theta.copy(), session.values.beginning.theta
    unshown = session.timeline.steps.trained(session.row)[-session.hidden :]
    theta[unshown] = old[unshown]
    return theta
