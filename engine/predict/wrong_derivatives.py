"""Wrong derivatives and wrong updates: each function makes one usual mistake of the way back."""

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.functions import MULTIPLY
from engine.formula.quantity import Quantity
from engine.formula.tree import Call, Operand, Symbol, leaves
from engine.predict.question import Question
from engine.predict.slip import Slip, activation, by_example, exchanged, exchanging, others, summed
from engine.program.clip import OVER, Clip
from engine.program.optimizers import Sgd
from engine.walking.clipping import norm_of

_X, _Y = Symbol("x"), Symbol("y")


def x_for_y_in_derivative(question: Question) -> Iterator[Slip]:
    """x·dE/dx."""
    yield from exchanging(question, {"y": "x"})


def slope_forgotten_in_derivative(question: Question) -> Iterator[Slip]:
    """y·dE/dy."""
    yield from exchanging(question, {"dE/dx": "dE/dy"})


def x_for_y_in_slope(question: Question) -> Iterator[Slip]:
    """dE/dx with the slope's formula in y used on x: x·(1 − x)."""
    x, d_error_d_y = question.number("x", question.name), question.number("dE/dy", question.name)
    formula = activation(question).slope_formula(_X, _Y)
    if x is None or d_error_d_y is None or question.is_fused:
        return
    if _Y in leaves(formula):
        slope = number_of(formula, {_X: x, _Y: x}, REAL)
        yield Slip(slope * d_error_d_y, (Quantity("x", question.name), Quantity("y", question.name)))


def half_a_slope(question: Question) -> Iterator[Slip]:
    """One factor of a slope that is a product: y or 1 − y for y·(1 − y)."""
    y, d_error_d_y = question.number("y", question.name), question.number("dE/dy", question.name)
    formula = activation(question).slope_formula(_X, _Y)
    fused = question.is_fused
    if y is None or d_error_d_y is None or fused or not question.is_alone:
        return
    if not (isinstance(formula, Call) and formula.function is MULTIPLY and {*leaves(formula)} == {_Y}):
        return
    for factor in formula.arguments:
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
    if value is not None and not question.is_fused:
        yield Slip(value, (Quantity("dy/dx", question.name),))


def slope_too_many(question: Question) -> Iterator[Slip]:
    """The slope where it cancels with the loss's."""
    slope = question.number("dy/dx", question.name)
    if slope is not None and question.is_fused:
        yield Slip(slope * question.value, (Quantity("dy/dx", question.name),))


def wrong_age(question: Question, *, new: bool) -> Iterator[Slip]:
    """New weights where the old ones belong, or with immediate updates the other way round."""
    if new is question.training.immediate or not is_below(question):
        return
    found = exchanged(question, {"w": lambda operand: weight_after(question, operand)} if new else {"w+": "w"})
    if found is not None:
        yield Slip(found[0])


def weight_after(question: Question, weight: Operand) -> float | None:
    """What the update makes of a weight of the layer above; of a tied one nothing before its last use."""
    network, name = question.layered, weight.quantity.subject or ""
    frozen = network.parameter_index[name] in question.training.frozen
    if frozen or not network.owns(question.row.layer + 1):
        return weight.value
    try:
        return updated(question, name)
    except LookupError:  # so it can't have been put in
        return None


def is_below(question: Question) -> bool:
    """Whether the row is of a layer below the outputs."""
    return question.row.layer < question.layered.depth


def slope_above_forgotten(question: Question) -> Iterator[Slip]:
    """dE/dy of the layer above for its dE/dx."""
    if is_below(question):
        yield from exchanging(question, {"dE/dx": "dE/dy"})


def weights_forgotten(question: Question) -> Iterator[Slip]:
    """The sum of dE/dx above, without the weights."""
    found = exchanged(question, {"w": None, "w+": None}) if is_below(question) else None
    if found is not None:
        yield Slip(found[0])


def input_forgotten(question: Question) -> Iterator[Slip]:
    """dE/dx where y·dE/dx is asked."""
    found = exchanged(question, {"y": None}) if len(question.explanation.parts) == 1 else None
    if found is not None:
        yield Slip(found[0], found[1][1:])


def only_one_example(question: Question) -> Iterator[Slip]:
    """One example's derivative where the batch's is asked."""
    found = by_example(question)
    if len(found) > 1:
        for number, values in found.items():
            yield Slip(
                summed(values) + question.beside,
                (str(question.after.values.examples[number] + 1), str(question.examples)),
            )


def sum_for_mean(question: Question, *, mean: bool) -> Iterator[Slip]:
    """The batch's sum for its mean, or the other way round."""
    if question.examples > 1 and (question.training.reduction == "mean") is mean:
        factor = question.examples if mean else 1 / question.examples
        fixed = question.base + question.beside  # the change of an update is all of it multiplied
        yield Slip(fixed + factor * (question.value - fixed), (str(question.examples),))


def rate_too_early(question: Question) -> Iterator[Slip]:
    """α·dE/dw where dE/dw is asked."""
    rate = question.training.rate(question.after.iteration)
    yield from (Slip(sign * rate * question.value, (Quantity("learning_rate"),)) for sign in (1, -1))


def updated(
    question: Question,
    name: str,
    *clips: Clip | None,
    rate: float | None = None,
    plain: bool = False,
    derivative: float | None = None,
) -> float:
    """A parameter's new value, with another bound, learning rate or derivative, or by plain gradient descent.

    Raises:
        LookupError: the norm goes over derivatives that are not computed yet.
    """
    scenario, values = question.after.scenario, question.after.values
    training, index = scenario.training, scenario.network.parameter_index[name]
    rule, clip = Sgd() if plain else training.optimizer, clips[0] if clips else training.clip
    derivatives = np.array([question.taken(name) if derivative is None else derivative])
    if clip is not None:
        derivatives = clip.clipped(derivatives, np.array([norm_of(clip, values, index) or 0.0]))
    new, _ = rule.update(
        values.beginning.theta[index : index + 1],
        derivatives,
        values.beginning.state[: len(rule.slots), index : index + 1],
        training.rate(values.iteration) if rate is None else rate,
        values.iteration + 1,
    )
    return float(new[0])


def rate_forgotten(question: Question) -> Iterator[Slip]:
    """The update with α = 1."""
    yield Slip(updated(question, question.name, rate=1.0), (Quantity("learning_rate"),))


def memory_forgotten(question: Question) -> Iterator[Slip]:
    """Plain gradient descent for another rule."""
    if question.training.optimizer.slots:
        yield Slip(updated(question, question.name, plain=True))


def clip_forgotten(question: Question) -> Iterator[Slip]:
    """The update with derivatives as they are."""
    if question.training.clip is not None:
        yield Slip(updated(question, question.name, None), (Quantity("dE/dw", question.name),))


def norm_over_others(question: Question) -> Iterator[Slip]:
    """The bound to a norm over more derivatives, or over fewer."""
    clip, training = question.training.clip, question.training
    if clip is None or clip.norm is None:
        return
    layered = question.after.scenario.graph is None
    others = {"all": not training.immediate, "layer": layered, "parameter": True}
    for over, known in others.items():
        if known and over != clip.over:
            yield Slip(updated(question, question.name, replace(clip, over=over)), (OVER[over], OVER[clip.over]))


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
    for name in others(question) if question.training.learning_rule is None else ():
        new, old = question.number("w+", name), question.number("w", name)
        if new is not None and old is not None:
            yield Slip(question.base + (new - old), (Quantity("dE/dw", name),))


def derivative_alone(question: Question) -> Iterator[Slip]:
    """dE/dw for w+."""
    value = question.number("dE/dw", question.name)
    if value is not None:
        yield Slip(value, (Quantity("dE/dw", question.name),), whole=True)
