"""Wrong derivatives and wrong updates: each function makes one usual mistake of the way back."""

import math
from collections.abc import Iterable, Iterator

import numpy as np

from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.functions import MULTIPLY
from engine.formula.quantity import Quantity
from engine.formula.tree import Call, Operand, Symbol, leaves
from engine.predict.question import Question
from engine.predict.slip import Slip, activation, node_index, operands, others, summed, terms
from engine.program.optimizers import Sgd
from engine.walking.advance import is_fused

_X, _Y = Symbol("x"), Symbol("y")


def x_for_y_in_derivative(question: Question) -> Iterator[Slip]:
    """x·dE/dx."""
    yield from changed_factor(question, "y", "x")


def slope_forgotten_in_derivative(question: Question) -> Iterator[Slip]:
    """y·dE/dy."""
    yield from changed_factor(question, "dE/dx", "dE/dy")


def changed_factor(question: Question, of: str, instead: str) -> Iterator[Slip]:
    """dE/dw from products in which one factor is another quantity of its node."""
    total, name = 0.0, None
    for part in question.explanation.parts:
        product = 1.0
        for piece in part.pieces:
            if not isinstance(piece, Operand):
                continue
            factor, node = piece.value, piece.quantity.subject or ""
            if piece.quantity.kind == of:
                if instead == "x" and question.after.scenario.network.node_index[node][0] == 0:
                    return
                factor, name = question.number(instead, node, example=piece.example), node
            product *= math.nan if factor is None else factor
        total += product
    if name is not None:
        yield Slip(over_batch(question, total), (Quantity(instead, name), Quantity(of, name)))


def over_batch(question: Question, total: float) -> float:
    """A total over the batch as the scenario joins it."""
    mean = question.after.scenario.training.reduction == "mean"
    return total / question.examples if mean else total


def x_for_y_in_slope(question: Question) -> Iterator[Slip]:
    """dE/dx with the slope's formula in y used on x: x·(1 − x)."""
    x, d_error_d_y = question.number("x", question.name), question.number("dE/dy", question.name)
    formula = activation(question).slope_formula(_X, _Y)
    if x is None or d_error_d_y is None or is_fused(question.after.scenario, question.row.layer):
        return
    if _Y in leaves(formula):
        slope = number_of(formula, {_X: x, _Y: x}, REAL)
        yield Slip(slope * d_error_d_y, (Quantity("x", question.name), Quantity("y", question.name)))


def half_a_slope(question: Question) -> Iterator[Slip]:
    """One factor of a slope that is a product: y or 1 − y for y·(1 − y)."""
    y, d_error_d_y = question.number("y", question.name), question.number("dE/dy", question.name)
    formula = activation(question).slope_formula(_X, _Y)
    fused = is_fused(question.after.scenario, question.row.layer)
    if y is None or d_error_d_y is None or fused or activation(question).joint:
        return
    for factor in formula.arguments if isinstance(formula, Call) and formula.function is MULTIPLY else ():
        slope = number_of(factor, {_Y: y}, REAL)
        yield Slip(slope * d_error_d_y, (Quantity("dy/dx", question.name), Quantity("y", question.name)))


def slope_too_early(question: Question) -> Iterator[Slip]:
    """The slope in dE/dy already."""
    slope = question.number("dy/dx", question.name)
    if slope is not None:
        yield Slip(slope * question.value, (Quantity("dy/dx", question.name),))


def slope_forgotten(question: Question) -> Iterator[Slip]:
    """dE/dy where dE/dx is asked."""
    value = question.number("dE/dy", question.name)
    if value is not None and not is_fused(question.after.scenario, question.row.layer):
        yield Slip(value, (Quantity("dy/dx", question.name),))


def slope_too_many(question: Question) -> Iterator[Slip]:
    """The slope where it cancels with the loss's."""
    slope = question.number("dy/dx", question.name)
    if slope is not None and is_fused(question.after.scenario, question.row.layer):
        yield Slip(slope * question.value, (Quantity("dy/dx", question.name),))


def back_through(question: Question, weights: Iterable[float] | None, kind: str) -> float | None:
    """Σ_j w_j·(a quantity of node j above), for dE/dy below the outputs; the weights are 1 without any."""
    network, layer = question.after.scenario.network, question.row.layer
    if layer == network.depth:
        return None
    targets = network.computed(layer + 1)
    factors = [1.0] * len(targets) if weights is None else list(weights)
    return summed(w * (question.number(kind, name) or 0.0) for w, name in zip(factors, targets, strict=True))


def weights_back(question: Question, *, new: bool) -> list[float]:
    """The weights from the node to the layer above, as they were or as the update makes them."""
    scenario, values = question.after.scenario, question.after.values
    network, (layer, node) = scenario.network, node_index(question)
    if layer == network.depth:
        return []
    theta, span = values.beginning.theta.copy(), network.spans[layer]
    if new and network.owns(layer + 1):  # tied weights get no new value before their last use
        training, state = scenario.training, values.beginning.state[:, span]
        derivative = values.need("dE/dw", layer + 1)
        made, _ = training.optimizer.update(
            theta[span], derivative, state, training.learning_rate, values.iteration + 1
        )
        trained = [index - span.start for index in range(span.start, span.stop) if index not in training.frozen]
        theta[span][trained] = made[trained]
    back: list[float] = network.weights(theta, layer + 1)[:, node].tolist()
    return back


def wrong_age(question: Question, *, new: bool) -> Iterator[Slip]:
    """New weights where the old ones belong, or with immediate updates the other way round."""
    if new is not question.after.scenario.training.immediate:
        value = back_through(question, weights_back(question, new=new), "dE/dx") if is_below(question) else None
        if value is not None:
            yield Slip(value)


def is_below(question: Question) -> bool:
    """Whether the row is of a layer below the outputs."""
    return question.row.layer < question.after.scenario.network.depth


def slope_above_forgotten(question: Question) -> Iterator[Slip]:
    """dE/dy of the layer above for its dE/dx."""
    network = question.after.scenario.network
    if is_below(question):
        target = network.nodes(question.row.layer + 1)[0]
        weights = weights_back(question, new=question.after.scenario.training.immediate)
        value = back_through(question, weights, "dE/dy")
        if value is not None:
            yield Slip(value, (Quantity("dE/dy", target), Quantity("dE/dx", target)))


def weights_forgotten(question: Question) -> Iterator[Slip]:
    """The sum of dE/dx above, without the weights."""
    value = back_through(question, None, "dE/dx")
    if value is not None:
        yield Slip(value)


def input_forgotten(question: Question) -> Iterator[Slip]:
    """dE/dx where y·dE/dx is asked."""
    parts = question.explanation.parts
    if question.examples == 1 and len(parts) == 1 and len(parts[0].pieces) > 1:
        source, target = operands(parts[0])
        value = question.number("dE/dx", target.subject or "")
        if value is not None:
            yield Slip(value, (source,))


def only_one_example(question: Question) -> Iterator[Slip]:
    """One example's derivative where the batch's is asked."""
    if question.examples > 1 and len(question.explanation.parts) == question.examples:
        for number, (_, value) in enumerate(terms(question)):
            yield Slip(value, (str(question.after.values.examples[number] + 1), str(question.examples)))


def sum_for_mean(question: Question, *, mean: bool) -> Iterator[Slip]:
    """The batch's sum for its mean, or the other way round."""
    if question.examples > 1 and (question.after.scenario.training.reduction == "mean") is mean:
        factor = question.examples if mean else 1 / question.examples
        yield Slip(question.base + factor * (question.value - question.base), (str(question.examples),))


def rate_too_early(question: Question) -> Iterator[Slip]:
    """α·dE/dw where dE/dw is asked."""
    rate = question.after.scenario.training.learning_rate
    yield from (Slip(sign * rate * question.value, (Quantity("learning_rate"),)) for sign in (1, -1))


def updated(question: Question, *, rate: float | None = None, plain: bool = False) -> float:
    """The new value with another learning rate, or by plain gradient descent."""
    scenario, values = question.after.scenario, question.after.values
    training, index = scenario.training, scenario.network.parameter_index[question.name]
    rule = Sgd() if plain else training.optimizer
    new, _ = rule.update(
        values.beginning.theta[index : index + 1],
        np.array([question.number("dE/dw", question.name)]),
        values.beginning.state[: len(rule.slots), index : index + 1],
        training.learning_rate if rate is None else rate,
        values.iteration + 1,
    )
    return float(new[0])


def rate_forgotten(question: Question) -> Iterator[Slip]:
    """The update with α = 1."""
    yield Slip(updated(question, rate=1.0), (Quantity("learning_rate"),))


def memory_forgotten(question: Question) -> Iterator[Slip]:
    """Plain gradient descent for another rule."""
    if question.after.scenario.training.optimizer.slots:
        yield Slip(updated(question, plain=True))


def change_alone(question: Question) -> Iterator[Slip]:
    """w+ − w, or the step that is subtracted, for w+."""
    change = question.value - question.base
    for value in (change, -change):
        yield Slip(value, (Quantity("w", question.name),), whole=True)


def not_updated(question: Question) -> Iterator[Slip]:
    """w for w+."""
    yield Slip(question.base, (Quantity("w", question.name),), whole=True)


def change_of_another(question: Question) -> Iterator[Slip]:
    """Another parameter's change added to this one's old value."""
    for name in others(question):
        new, old = question.number("w+", name), question.number("w", name)
        if new is not None and old is not None:
            yield Slip(question.base + (new - old), (Quantity("dE/dw", name),))


def derivative_alone(question: Question) -> Iterator[Slip]:
    """dE/dw for w+."""
    value = question.number("dE/dw", question.name)
    if value is not None:
        yield Slip(value, (Quantity("dE/dw", question.name),), whole=True)
