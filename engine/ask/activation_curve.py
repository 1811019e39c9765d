"""A node's activation function as a curve, and where on it the node stands."""

from math import isfinite

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.ask.lookup import value_at
from engine.formula.quantity import Quantity
from engine.program.chain_rule import slopes
from engine.program.equations import value_of
from engine.walking.session import Session

Array = NDArray[np.float64]


class Point(Struct, frozen=True):
    """Where a node stands on its curve.

    Attributes:
        example: its number in the batch, from 0.
        x: the node's total input.
        y: its output.
        slope: dy/dx there.
    """

    example: int
    x: float
    y: float
    slope: float


def is_alone(session: Session, node: str) -> bool:
    """Whether a node's output depends on its own total input only, and not on those of its whole layer."""
    layer, _ = session.scenario.layered.node_index[node]
    return session.timeline.steps.program.equation[f"y{layer}"].by_element


def points_of(session: Session, node: str) -> tuple[Point, ...]:
    """Of each example of the batch whose x is known and finite, the point; y and dy/dx follow from x alone."""
    found = []
    for example in range(len(session.values.examples)):
        x = value_at(session, Quantity("x", node), example)
        if x is None or not isfinite(x):
            continue
        curve = curve_of(session, node, np.array([x]), example)
        if curve is not None:
            found.append(Point(example, x, float(curve[0][0]), float(curve[1][0])))
    return tuple(found)


def curve_of(session: Session, node: str, xs: Array, example: int = 0) -> tuple[Array, Array] | None:
    """y and dy/dx of a node at total inputs of one's choice, shape (n,) each.

    An output of softmax depends on the whole layer: there the other nodes keep the total inputs that they have in an
    example.

    Args:
        session: the place of the walk.
        node: the node's name; not an input.
        xs: total inputs, shape (n,).
        example: its number in the batch, from 0.

    Returns:
        None where the other nodes' total inputs are needed and not known.
    """
    network = session.scenario.layered
    layer, index = network.node_index[node]
    x, program, target = xs[:, np.newaxis], session.timeline.steps.program, f"y{layer}"
    if not is_alone(session, node):
        inputs = [value_at(session, Quantity("x", name), example) for name in network.computed(layer)]
        if not all(other is not None and isfinite(other) for other in inputs):
            return None
        x = np.tile(np.array(inputs), (len(xs), 1))
        x[:, index] = xs
    else:
        index = 0
    y = value_of(program.equation[target], {f"x{layer}": x}.__getitem__)
    found = slopes(program, target, {f"x{layer}": x, target: y}.__getitem__)
    return y[:, index], found[:, index] if found.ndim == 2 else found[:, index, index]
