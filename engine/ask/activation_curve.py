"""A node's activation function as a curve, and where on it the node stands.

A node of a graph has one as well if its formula is a function of one number: of what stands in the function, as in
tanh(w x + b), or of the only element that the formula uses, as in z·σ(z).
"""

from collections.abc import Iterator, Sequence
from math import isfinite, isnan, nan

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.ask.lookup import value_at
from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.functions import is_of_one_number
from engine.formula.quantity import Quantity
from engine.formula.tree import Call, Formula, Ref, Symbol, filled, leaves
from engine.program.across.batch import in_batch
from engine.program.chain_rule import partials, slopes
from engine.program.equations import value_of
from engine.program.graph import joins_examples
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


class OfOne(Struct, frozen=True):
    """A node's formula as a function of one number.

    Attributes:
        y: of `X`.
        slope: its derivative, likewise.
        x: what that number is: a formula over elements of values.
        kinks: where the slope jumps, as far as the functions say that are applied to `X` itself.
    """

    y: Formula
    slope: Formula
    x: Formula
    kinks: tuple[float, ...] = ()


X = Symbol("x")


def of_one(session: Session, node: str) -> OfOne | None:
    """A graph's node as a function of one number; None where it is none.

    Args:
        session: any place of the walk.
        node: the name of an element.
    """
    program, graph = session.timeline.steps.program, session.scenario.graph
    ref = None if graph is None else graph.value_of_element.get(node)
    if ref is None or ref.name not in program.equation:
        return None
    equation, item = program.equation[ref.name], ref.item or 0
    element = program.element(equation.formula, item)
    if isinstance(element, Call) and is_of_one_number(element):
        y = element.function(X)
        return OfOne(y, element.function.slopes[0](y), element.arguments[0], element.function.kinks)
    used = {leaf for leaf in leaves(element) if isinstance(leaf, Ref)}
    if len(used) != 1 or isinstance(element, Ref) or joins_examples(equation.formula):
        return None
    (only,) = used
    slope = partials(program, equation, only).get(item, 0.0)
    whole = filled(element, {only: X})
    return OfOne(whole, filled(slope, {only: X}), only, tuple(_kinks(whole)))


def _kinks(formula: Formula) -> Iterator[float]:
    if isinstance(formula, Call):
        if formula.arguments == (X,):
            yield from formula.function.kinks
        for argument in formula.arguments:
            yield from _kinks(argument)


def has_curve(session: Session, node: str) -> bool:
    """Whether there is a curve of a node: of all that layers compute, and of functions of one number."""
    graph = session.scenario.graph
    if graph is not None:
        ref = graph.value_of_element.get(node)
        made = None if ref is None else session.timeline.steps.program.equation.get(ref.name)
        if made is not None and made.by_element and is_of_one_number(made.formula):
            return True  # what is inside of it, thousands of terms perhaps, need not be written to know that
        return of_one(session, node) is not None
    return not session.scenario.layered.is_input(node)


def is_alone(session: Session, node: str) -> bool:
    """Whether a node's output depends on its own total input only, and not on those of its whole layer."""
    if session.scenario.graph is not None:
        return True
    layer, _ = session.scenario.layered.node_index[node]
    return session.timeline.steps.program.equation[f"y{layer}"].by_element


def points_of(session: Session, node: str, only: int | None = None) -> tuple[Point, ...]:
    """Of each example of the batch whose x is known and finite, or of this `only`, the point.

    y and dy/dx follow from x alone, or from those of the whole layer in an example.
    """
    examples = range(len(session.values.examples)) if only is None else (only,)
    asked = zip(examples, _all_x(session, node, examples), strict=True)
    known = [(example, x) for example, x in asked if x is not None and isfinite(x)]
    at_once = [known] if is_alone(session, node) else [[one] for one in known]
    found: list[Point] = []
    for some in at_once:
        curve = curve_of(session, node, np.array([x for _, x in some]), some[0][0]) if some else None
        if curve is not None:
            numbers = zip(some, curve[0].tolist(), curve[1].tolist(), strict=True)
            found += [Point(example, x, y, slope) for (example, x), y, slope in numbers]
    return tuple(found)


def _all_x(session: Session, node: str, examples: Sequence[int]) -> Sequence[float | None]:
    """Where a node stands in each of these examples; of layers it is computed of all or of none."""
    if session.scenario.graph is not None or _x(session, node, examples[0]) is None:
        return [_x(session, node, example) for example in examples]
    layer, index = session.scenario.layered.node_index[node]
    found: list[float | None] = session.values.value(f"x{layer}")[list(examples), index].tolist()
    return found


def _x(session: Session, node: str, example: int) -> float | None:
    """Where a node stands in an example; None while that is not computed."""
    if session.scenario.graph is None:
        return value_at(session, Quantity("x", node), example)
    found, program = of_one(session, node), session.timeline.steps.program
    if found is None:
        return None

    def number(ref: Ref, at: int) -> Formula:
        kind, names = program.names[ref.name]
        value = value_at(session, Quantity(kind, names[ref.item or 0]), at)
        return nan if value is None else value

    x = number_of(in_batch(found.x, example, len(session.values.examples), number), {}, REAL)
    return None if isnan(x) else float(x)


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
        None where the other nodes' total inputs are needed and not known, or the node of a graph has no curve.
    """
    if session.scenario.graph is not None:
        one = of_one(session, node)
        if one is None:
            return None
        return _over(one.y, xs), _over(one.slope, xs)
    network = session.scenario.layered
    layer, index = network.node_index[node]
    x, program, target = xs[:, np.newaxis], session.timeline.steps.program, f"y{layer}"
    if not is_alone(session, node):
        inputs = [value_at(session, Quantity("x", name), example) for name in network.computed(layer)]
        if not all(other is not None and isfinite(other) for other in inputs):
            return None
        x = np.tile(np.array(inputs), (len(xs), 1))
        x[:, index] = xs
    elif isinstance(network.layer(layer).activation, tuple):
        x = np.repeat(x, len(network.computed(layer)), axis=1)
    else:
        index = 0
    y = value_of(program.equation[target], {f"x{layer}": x}.__getitem__)
    found = slopes(program, target, {f"x{layer}": x, target: y}.__getitem__)
    return y[:, index], found[:, index] if found.ndim == 2 else found[:, index, index]


def _over(formula: Formula, xs: Array) -> Array:
    return np.array([number_of(formula, {X: x}, REAL) for x in xs.tolist()])
