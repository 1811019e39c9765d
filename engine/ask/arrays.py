"""What an iteration has computed of one layer, or of one value of a graph, as arrays to compare with another program's.

Those of a layer are laid out as most frameworks have them: a row of a weight matrix is a node of this layer, a row of
a quantity of nodes is an example of the batch.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.ask.lookup import before_error_goes_back
from engine.formula.arithmetic import locked
from engine.program.graph_quantity import nearest_of
from engine.program.network import Layer
from engine.walking.session import Session

Array = NDArray[np.float64]


class LayerArrays(Struct, frozen=True, eq=False):
    """One layer at one place of a walk; read-only arrays, None where nothing is computed yet (or nothing exists).

    n_out counts the nodes that the layer computes, n_in what comes into it: the nodes of the layer before, then inputs
    that come in beside them. Biases have shape (n_out,), (1,) where one is shared by the layer, or (0,) where there is
    none. Of tied layers (a network unrolled in time) the first one has the whole dE/dw; the others have the sum over
    their own use and those of later layers. Layer 0, the inputs, has `y` and `d_error_d_y` alone.

    Attributes:
        number: of the layer, 0 being the inputs.
        weights: W at the start of the iteration, shape (n_out, n_in): `weights[j, i]` leads from i to j.
        biases: b at the start of the iteration.
        x: total inputs, shape (batch, n_out).
        y: outputs, shape (batch, n_out).
        d_error_d_y: dE/dy, shape (batch, n_out); each row of its example's own E.
        d_error_d_x: dE/dx, likewise.
        d_error_d_weights: dE/dw, shape (n_out, n_in); of the batch's E, as `reduction` joins it.
        d_error_d_biases: dE/db, in the shape of `biases`.
        new_weights: W after the update, frozen ones included.
        new_biases: b after the update.
    """

    number: int
    weights: Array | None
    biases: Array | None
    x: Array | None
    y: Array | None
    d_error_d_y: Array | None
    d_error_d_x: Array | None
    d_error_d_weights: Array | None
    d_error_d_biases: Array | None
    new_weights: Array | None
    new_biases: Array | None


def layer_arrays(session: Session, number: int) -> LayerArrays:
    """The arrays of layer `number` at the session's place: whole rows, computed or None.

    At detail `scalar` a row counts from its first number on.

    Example:
        >>> from engine import Session, layer_arrays, load_scenario
        >>> mazur = Session.open(load_scenario("mazur"))
        >>> outputs = layer_arrays(mazur.seek(0, mazur.count), 2)
        >>> outputs.d_error_d_weights.shape
        (2, 2)
        >>> outputs.d_error_d_weights.round(6)
        array([[ 0.082167,  0.082668],
               [-0.022603, -0.02274 ]])

    Raises:
        IndexError: the network has no such layer.
        LookupError: the scenario is a graph of formulas: see `node_arrays`.
    """
    if session.scenario.graph is not None:
        raise LookupError("a graph of formulas has no layers: node_arrays(session, name) gives what a node has")
    network, values = session.scenario.layered, session.values
    if not 0 <= number <= network.depth:
        raise IndexError(f"no layer {number}: layers are 0 (the inputs) … {network.depth}")
    y = values.get("y", number)
    if number == 0:
        nothing = [None] * 5
        return LayerArrays(0, None, None, None, y, column_d_error_d_y(session, 0), *nothing)
    layer, span = network.layer(number), network.spans[number - 1]
    derivatives, new = values.get("dE/dw", number), _after_update(session, number)
    weights, biases = _parted(values.beginning.theta[span], layer)
    of_weights, of_biases = (None, None) if derivatives is None else _parted(derivatives, layer)
    new_weights, new_biases = (None, None) if new is None else _parted(new[span], layer)
    x, d_error_d_y, d_error_d_x = (values.get(quantity, number) for quantity in ("x", "dE/dy", "dE/dx"))
    of_nodes = (x, None if y is None else y[:, : len(layer.nodes)], d_error_d_y, d_error_d_x)
    return LayerArrays(number, weights, biases, *of_nodes, of_weights, of_biases, new_weights, new_biases)


class NodeArrays(Struct, frozen=True, eq=False):
    """One value of a graph at one place of a walk; read-only arrays, None where nothing is computed yet.

    Of an input, a target, a constant or a node they have the shape (batch, *shape), or (1, *shape) where one serves all
    examples; of a parameter its own shape.

    Attributes:
        name: of the input, target, constant, node or parameter.
        value: a parameter's at the start of the iteration.
        d_error_d_value: of each example's own E, where the examples of a batch do not meet, else of their sum; of a
            parameter of the batch's E, as `reduction` joins it. None of what is given and not differentiated.
        new_value: of a parameter after the update, frozen elements included; None of all else.
    """

    name: str
    value: Array | None
    d_error_d_value: Array | None
    new_value: Array | None


def node_arrays(session: Session, name: str) -> NodeArrays:
    """The arrays of a graph's value at the session's place: whole rows, computed or None.

    At detail `scalar` a row counts from its first number on.

    Example:
        >>> from engine import Session, node_arrays, parse_scenario
        >>> text = '''
        ... title = "A product"
        ... [graph]
        ... inputs = { x = [2] }
        ... nodes = ["y = W @ x", "E = sum(y**2)"]
        ... error = "E"
        ... parameters = { W = [[1, 2], [3, 4]] }
        ... [[example]]
        ... inputs = { x = [1, -1] }
        ... '''
        >>> start = Session.open(parse_scenario(text, "product"))
        >>> end = start.seek(0, start.count)
        >>> node_arrays(end, "y").d_error_d_value
        array([[-2., -2.]])
        >>> node_arrays(end, "W").d_error_d_value
        array([[-2.,  2.],
               [-2.,  2.]])

    Raises:
        KeyError: the graph has no such value; elements have none of their own.
        LookupError: the scenario is a network of layers: see `layer_arrays`.
    """
    graph, values = session.scenario.graph, session.values
    if graph is None:
        raise LookupError("a network has layers: layer_arrays(session, number) gives what a layer has")
    if name not in graph.shapes and name in graph.value_of_element:
        raise KeyError(f"{name} is one element of {graph.value_of_element[name].name}, which has the arrays")
    if name not in graph.shapes:
        raise KeyError(f"the graph has no value {name}: {nearest_of(name, graph.shapes)}")
    if name in graph.parameter_shapes:
        return _of_parameter(session, name)
    try:
        value = values.value(name)
    except KeyError:
        return NodeArrays(name, None, None, None)
    row = values.steps.backward.get(name)
    known = row is not None and row[0] < len(values.results)
    return NodeArrays(name, locked(value.copy()), locked(values.derivative(name).copy()) if known else None, None)


def _of_parameter(session: Session, name: str) -> NodeArrays:
    values, steps = session.values, session.timeline.steps
    span, shape = steps.program.parameters[name], steps.program.shapes[name]
    derivative = None
    for row, part in steps.derivatives[name]:
        if row < len(values.results):
            derivative = locked(values.results[row][part].reshape(shape).copy())
    updates = steps.updates[name]
    done = updates[0][0] < len(values.results) if updates else values.complete
    new = locked(values.theta[span].reshape(shape).copy()) if done else None
    return NodeArrays(name, locked(values.beginning.theta[span].reshape(shape).copy()), derivative, new)


def column_d_error_d_y(session: Session, number: int) -> Array | None:
    """dE/dy of all nodes in the column of layer `number`: those it computes, and inputs on their way to the next.

    The walk itself has no use for the inputs' ones. Shape (batch, nodes), None while it is not computed.
    """
    if number == session.scenario.layered.depth:
        return session.values.get("dE/dy", number)
    stage = before_error_goes_back(session.scenario, session.values, f"y{number}")
    if stage is None:
        return None
    column = stage.steps.rows[stage.steps.index["y", number]].values
    return locked(np.hstack(list(map(stage.pulled, column))))


def _parted(flat: Array, layer: Layer) -> tuple[Array, Array]:
    """A layer's part of θ as a matrix and the biases."""
    n_out, n_in = layer.shape
    return flat[: n_out * n_in].reshape(n_out, n_in), flat[n_out * n_in :]


def _after_update(session: Session, number: int) -> Array | None:
    """The parameters, once those of this layer are final: a wholly frozen layer has no row of its own."""
    values = session.values
    index = values.steps.row("w+", session.scenario.layered.uses(number)[0])
    done = values.complete if index is None else index < len(values.results)
    return values.theta if done else None
