"""Wrong numbers of any row, of the forward pass and of the error: each function makes one usual mistake.

What goes wrong on the way back is in `wrong_derivatives`.
"""

import math
from collections.abc import Iterator

import numpy as np

from engine.formula.field import REAL
from engine.formula.functions import SQUARE, SUBTRACT
from engine.formula.quantity import KINDS, Quantity
from engine.formula.tree import Symbol, filled, leaves
from engine.predict.question import Question
from engine.predict.slip import (
    Slip,
    activation,
    exchanging,
    node_index,
    operands,
    others,
    paths,
    summed,
    terms,
)
from engine.program.equations import value_of
from engine.program.network import Network

_Y, _T, _M = Symbol("y"), Symbol("t"), Symbol("m")


def bias_forgotten(question: Question) -> Iterator[Slip]:
    """The sum without the bias; of an output, f of that sum."""
    bias = question.layered.layer(question.row.layer).bias_name(node_index(question)[1])
    if bias is None:
        return
    named = (Quantity("w", bias),)
    if question.row.quantity == "x":
        yield Slip(summed(value for part, value in terms(question) if len(part.pieces) > 1), named)
        return
    function, x = activation(question), question.number("x", question.name)
    if question.is_alone and x is not None:
        yield Slip(function.value(x - (question.number("w", bias) or 0.0), REAL), named)


def path_forgotten(question: Question) -> Iterator[Slip]:
    """The sum without one of its paths."""
    found = paths(question)
    if len(found) < 2:
        return
    for left_out, (part, _) in enumerate(found):
        if question.row.quantity == "x" and len(part.pieces) == 1:
            continue  # the bias
        rest = summed(value for number, (_, value) in enumerate(found) if number != left_out)
        yield Slip(rest + question.beside, tuple(operands(part)[-1:]))


def only_one_path(question: Question) -> Iterator[Slip]:
    """One path of three or more."""
    found = paths(question)
    if len(found) > 2:
        for part, value in found:
            yield Slip(value, tuple(operands(part)[-1:]))


def sign_turned(question: Question) -> Iterator[Slip]:
    """The opposite; of an update, a step uphill."""
    yield Slip(2 * question.base - question.value)


def x_for_y_in_sum(question: Question) -> Iterator[Slip]:
    """Total inputs of the layer before for its outputs."""
    yield from exchanging(question, {"y": "x"})


def total_input_for_output(question: Question) -> Iterator[Slip]:
    """x where y is asked."""
    yield from own(question, "x")


def own(question: Question, *kinds: str) -> Iterator[Slip]:
    """Another quantity of the same node."""
    for kind in kinds:
        if kind == "x" and node_index(question)[0] == 0:
            continue
        value = number_if_there(question, kind, question.name)
        if value is not None:
            yield Slip(value, (Quantity(kind, question.name),))


def number_if_there(question: Question, kind: str, name: str) -> float | None:
    """A quantity of a node, or None where it has none or it is not computed."""
    network = question.network
    if isinstance(network, Network) and KINDS[kind].of == "output" and network.node_index[name][0] != network.depth:
        return None
    return question.number(kind, name)


def output_for_total_input(question: Question) -> Iterator[Slip]:
    """f(x) where x is asked."""
    x = np.array([[question.number("x", name) or 0.0 for name in question.row.items]])
    outputs = value_of(question.equation, lambda name: x)
    yield Slip(float(outputs[0, node_index(question)[1]]), (Quantity("y", question.name),))


def turned_inside(question: Question) -> Iterator[Slip]:
    """f(−x)."""
    x = question.number("x", question.name)
    if x is not None and question.is_alone:
        yield Slip(activation(question).value(-x, REAL), (Quantity("x", question.name),))


def not_normalized(question: Question) -> Iterator[Slip]:
    """Of softmax e^x without its division."""
    x = question.number("x", question.name)
    if x is not None and not question.is_alone and x < 700:
        yield Slip(math.exp(x), (Quantity("x", question.name),))


def of_another(question: Question) -> Iterator[Slip]:
    """The same quantity of another node of the layer, or of a parameter nearby."""
    for name in others(question):
        value = question.number(question.row.quantity, name)
        if value is not None:
            yield Slip(value, (Quantity(question.row.quantity, name),))


def times(factor: float, question: Question) -> Iterator[Slip]:
    """A factor too many or too few; of an update, on its change."""
    yield Slip(question.base + factor * (question.value - question.base))


def not_squared(question: Question) -> Iterator[Slip]:
    """y − t where its square is asked."""
    error = question.layered.loss.formula(_Y, _T, _M)
    if filled(error, {SQUARE(SUBTRACT(_Y, _T)): 0.0}) == error:
        return
    y, t = question.number("y", question.name), question.number("t", question.name)
    if y is not None and t is not None:
        named = (Quantity("y", question.name), Quantity("t", question.name))
        yield from (Slip(y - t, named), Slip(t - y, named))


def whole_error(question: Question) -> Iterator[Slip]:
    """The example's error over all outputs for the part of one."""
    errors = question.after.values.example_errors
    if errors is not None:
        yield Slip(float(errors[question.example]), (Quantity("E"),))


def count_forgotten(question: Question) -> Iterator[Slip]:
    """A mean over the outputs without its division."""
    network = question.layered
    if _M in leaves(network.loss.formula(_Y, _T, _M)) and question.row.layer == network.depth:
        yield Slip(len(network.outputs) * question.value, (str(len(network.outputs)),))
