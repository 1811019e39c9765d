"""Any number of a walk by its name, or None while it is not computed."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.quantity import Kind, Quantity, kind_of
from engine.formula.tree import Leaf, Ref, leaves
from engine.program.equations import partials, slopes
from engine.program.layers import node_value
from engine.program.scenario import Scenario
from engine.program.steps import Steps
from engine.walking.advance import reduced
from engine.walking.session import Session
from engine.walking.values import Values

Array = NDArray[np.float64]


def value_at(session: Session, quantity: Quantity, example: int = 0) -> float | None:
    """The number at this place, as far as it is *shown*: at detail `scalar` a row may be computed and half shown.

    Args:
        session: the place.
        quantity: what is asked for.
        example: the example's number within the batch, from 0; it does not matter for parameters and batch totals.

    Returns:
        the number, or None while it is not computed or not shown yet.

    Raises:
        KeyError: the network has no such node or parameter.
    """
    if _shown(session, quantity):
        return value_of(session.scenario, session.values, quantity, example)
    if quantity.kind == "dE/dw" and session.values.previous is not None:
        # of a tied parameter, what its uses in later layers give
        return value_of(session.scenario, session.values.previous, quantity, example)
    return None


def value_of(scenario: Scenario, values: Values, quantity: Quantity, example: int = 0) -> float | None:
    """The number in these values, or None while it is not *computed*. Arguments and errors as in `value_at`."""
    kind = kind_of(quantity.kind, scenario.training.optimizer.slots)
    if quantity.kind == "learning_rate":
        return scenario.training.learning_rate
    if kind.slot is not None:
        return _of_optimizer(scenario, values, quantity, kind)
    if kind.of == "parameter":
        return _of_parameter(scenario, values, quantity)
    if quantity.kind == "E" and quantity.subject is None:
        return values.error
    return _of_node(scenario, values, quantity, example)


def layer_values(session: Session, kind: str, layer: int, example: int = 0) -> tuple[float | None, ...]:
    """x, y, dE/dy or dE/dx of a layer's nodes, in their order: as `value_at` gives them, of many nodes at once.

    Inputs have an output only: None for theirs of another kind.
    """
    names, result = session.scenario.network.nodes(layer), session.values.get(kind, layer)
    if result is None:
        return (None,) * len(names)
    found: list[float | None] = result[example].tolist()
    found += [None] * (len(names) - len(found))
    if session.hidden and session.row is not None and (session.row.quantity, session.row.layer) == (kind, layer):
        unshown = set(session.unshown)
        found = [None if name in unshown else value for name, value in zip(names, found, strict=True)]
    return tuple(found)


def _of_parameter(scenario: Scenario, values: Values, quantity: Quantity) -> float | None:
    network = scenario.network
    index = network.parameter_index[quantity.subject or ""]
    if quantity.kind == "w":
        return float(values.beginning.theta[index])
    layer = network.layer_of(index)
    if quantity.through is not None:
        return _of_use(scenario, values, index, quantity.through)
    result = values.get(quantity.kind, layer)
    if quantity.kind == "dE/dw":  # of a tied parameter, as far as the rows done have added to it
        rows = (values.get("dE/dw", use) for use in network.uses(layer))
        result = next((row for row in rows if row is not None), None)
    if result is None and quantity.kind == "w+" and values.complete:
        return float(values.theta[index])  # a layer that is wholly frozen
    return None if result is None else float(result[index - network.spans[layer - 1].start])


def _of_use(scenario: Scenario, values: Values, parameter: int, through: str) -> float | None:
    """The part of a parameter's dE/dw that comes from its use at one node."""
    layer, node = scenario.network.node_index[through]
    if values.get("dE/dw", layer) is None:
        return None
    ref = values.steps.program.parameter(parameter)
    parts = [_through(values, layer, node, ref, example) for example in range(len(values.examples))]
    return float(reduced(scenario, np.array(parts)[:, np.newaxis])[0])


def _through(values: Values, layer: int, node: int, of: Ref, example: int) -> float:
    """What comes back to an element of a value through a node's total input."""
    program, target = values.steps.program, f"x{layer}"
    slope = partials(program, program.equation[target], of)[node]
    numbers: dict[Leaf, float] = {}
    for leaf in leaves(slope):
        assert isinstance(leaf, Ref)
        whole = values.value(leaf.name)
        numbers[leaf] = float(whole[example % len(whole)].flat[leaf.item or 0])
    return float(number_of(slope, numbers, REAL)) * float(values.derivative(target)[example, node])


def uses_added(session: Session, name: str) -> tuple[int, ...]:
    """The layers whose use of a parameter is in its dE/dw as it is shown: all of them once that is whole."""
    network, row = session.scenario.network, session.row
    hidden = row.layer if row is not None and row.quantity == "dE/dw" and name in session.unshown else None
    uses = network.uses(network.layer_of(network.parameter_index[name]))
    return tuple(use for use in uses if session.values.get("dE/dw", use) is not None and use != hidden)


def is_partial(session: Session, quantity: Quantity) -> bool:
    """Whether it is dE/dw of a tied parameter to which some use has yet to add its part."""
    if quantity.kind != "dE/dw" or quantity.subject is None or quantity.through is not None:
        return False
    network = session.scenario.network
    uses = network.uses(network.layer_of(network.parameter_index[quantity.subject]))
    return 0 < len(uses_added(session, quantity.subject)) < len(uses)


def _of_optimizer(scenario: Scenario, values: Values, quantity: Quantity, kind: Kind) -> float | None:
    """What the optimizer remembers of a parameter, before the update (`v`) or after it (`v+`)."""
    index = scenario.network.parameter_index[quantity.subject or ""]
    if not kind.row:
        return float(values.beginning.state[kind.slot, index])
    updated = values.get(kind.row, scenario.network.layer_of(index)) is not None
    return float(values.state[kind.slot, index]) if updated else None


def _of_node(scenario: Scenario, values: Values, quantity: Quantity, example: int) -> float | None:
    network = scenario.network
    layer, node = network.node_index[quantity.subject or ""]
    if quantity.kind == "t":
        return None if values.targets is None else float(values.targets[example, node])
    if quantity.kind == "dy/dx" and not network.is_input(quantity.subject or ""):
        return _slope(scenario, values, layer, node, quantity.through, example)
    if quantity.kind == "dE/dy" and (quantity.through is not None or network.is_input(quantity.subject or "")):
        stage = before_error_goes_back(scenario, values, layer)
        if stage is None:
            return None
        ref = node_value(network, layer, node)
        if quantity.through is None:
            return float(stage.pulled(ref.name)[example].flat[ref.item or 0])
        return _through(stage, layer + 1, network.node_index[quantity.through][1], ref, example)
    result = values.get(quantity.kind, layer)
    if result is None or node >= result.shape[1]:  # an input beside the nodes that a layer computes has an output only
        return None
    return float(result[example, node])


def _slope(
    scenario: Scenario, values: Values, layer: int, node: int, through: str | None, example: int
) -> float | None:
    if values.get("y", layer) is None:
        return None
    found, other = _slopes(values, layer, example), node if through is None else scenario.network.node_index[through][1]
    return float(found[node] if found.ndim == 1 else found[node, other])


@lru_cache(maxsize=32)
def _slopes(values: Values, layer: int, example: int) -> Array:
    """dy/dx of a layer for one example: a matrix where each output depends on every input."""
    of_one = slice(example, example + 1)
    found: Array = slopes(values.steps.program, f"y{layer}", lambda name: values.value(name)[of_one])[0]
    return found


def before_error_goes_back(scenario: Scenario, values: Values, layer: int) -> Values | None:
    """The stage at which the error goes back into `layer`: with the parameters that its row dE/dy uses."""
    row = row_before_error_goes_back(scenario, values.steps, layer)
    return next((stage for stage in values.history() if len(stage.results) == row), None)


def row_before_error_goes_back(scenario: Scenario, steps: Steps, layer: int) -> int:
    """How many rows are done then. The inputs have no row dE/dy; theirs is taken where it would stand."""
    row = steps.row("dE/dy", layer)
    if row is not None:
        return row
    updated = steps.row("w+", 1) if scenario.training.immediate else None
    return (steps.index["dE/dw", 1] if updated is None else updated) + 1


def _shown(session: Session, quantity: Quantity) -> bool:
    kind = kind_of(quantity.kind, session.scenario.training.optimizer.slots)
    if not session.hidden or session.row is None or (kind.known_with or kind.row) != session.row.quantity:
        return True
    return quantity.subject is not None and quantity.subject not in session.unshown
