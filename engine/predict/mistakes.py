"""The usual mistakes: each is made here on purpose, so that whoever makes it can be told which one it was.

A mistake is one record. Adding one is adding one entry to `MISTAKES`: what it is called, of which quantities it is
made, how the wrong number comes about, and the words for it. No number here is a value of the walk.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
from msgspec import Struct

from engine.formula.quantity import Quantity
from engine.predict import wrong_derivatives as derivatives
from engine.predict import wrong_numbers as numbers
from engine.predict.question import Question
from engine.predict.slip import Slip
from engine.program.notation import Notation

DISTINCT = 1e-6
"""A mistake that comes this close to the right number, relatively, did no harm and is none."""


class Mistake(Struct, frozen=True):
    """A way to go wrong.

    Attributes:
        name: for scores and tests.
        kinds: the quantities of which it is made.
        recompute: makes it; nothing where it can't be made.
        words: one or two short sentences; `{0}` is the first thing that the slip names, `{asked}` what is asked.
    """

    name: str
    kinds: tuple[str, ...]
    recompute: Callable[[Question], Iterable[Slip]]
    words: str


class Diagnosis(Struct, frozen=True):
    """Which mistake made a wrong number."""

    mistake: Mistake
    slip: Slip

    def sentence(self, question: Question, notation: Notation) -> str:
        """It in words, in a notation."""
        named = [thing if isinstance(thing, str) else called(thing, notation) for thing in self.slip.named]
        return self.mistake.words.format(*named, asked=called(question.quantity, notation))


def called(quantity: Quantity, notation: Notation) -> str:
    """A quantity's name in a sentence: a parameter by its own name alone."""
    return quantity.subject if quantity.kind == "w" and quantity.subject else notation.symbol(quantity)


def slips_of(question: Question) -> Iterator[Diagnosis]:
    """Every wrong number that a usual mistake makes of this question, the most usual first."""
    right, base = question.value, question.base
    for mistake in MISTAKES:
        if question.row.quantity not in mistake.kinds:
            continue
        with np.errstate(all="ignore"):
            for slip in mistake.recompute(question):
                size = abs(right - (0.0 if slip.whole else base))
                last_bits = 4 * math.ulp(max(abs(right), abs(base)))
                if math.isfinite(slip.value) and abs(slip.value - right) > DISTINCT * size + last_bits:
                    yield Diagnosis(mistake, slip)


_BACK = ("dE/dy", "dE/dx", "dE/dw")
MISTAKES = (
    Mistake("bias forgotten", ("x",), numbers.bias_forgotten, "The bias {0} is missing."),
    Mistake("bias forgotten", ("y",), numbers.bias_forgotten, "The bias {0} is missing in the total input."),
    Mistake(
        "path forgotten", ("x", "dE/dy", "dE/dx", "dE/dw"), numbers.path_forgotten, "The part with {0} is missing."
    ),
    Mistake("sign turned", ("x", "y", "E", *_BACK), numbers.sign_turned, "The sign is turned."),
    Mistake(
        "sign turned", ("w+",), numbers.sign_turned, "The sign is turned: the step is subtracted, so that E falls."
    ),
    Mistake("slope forgotten", ("dE/dx",), derivatives.slope_forgotten, "The slope {0} is missing."),
    Mistake(
        "slope forgotten",
        ("dE/dy",),
        derivatives.slope_above_forgotten,
        "The slope is missing: {0} was put in where {1} belongs.",
    ),
    Mistake(
        "slope forgotten",
        ("dE/dw",),
        derivatives.slope_forgotten_in_derivative,
        "The slope is missing: {0} was put in where {1} belongs.",
    ),
    Mistake("slope too early", ("dE/dy",), derivatives.slope_too_early, "{0} comes with the next step, not yet here."),
    Mistake(
        "slope too many",
        ("dE/dx",),
        derivatives.slope_too_many,
        "{0} does not belong here: it cancels with this error.",
    ),
    Mistake("x for y", ("x",), numbers.x_for_y_in_sum, "Total inputs were put in where outputs belong: {0} for {1}."),
    Mistake(
        "x for y",
        ("y",),
        numbers.total_input_for_output,
        "This is {0}: the activation function is still to be applied.",
    ),
    Mistake("x for y", ("dE/dx",), derivatives.x_for_y_in_slope, "{0} was put in the slope where {1} belongs."),
    Mistake("x for y", ("dE/dw",), derivatives.x_for_y_in_derivative, "{0} was put in where {1} belongs."),
    Mistake("y for x", ("x",), numbers.output_for_total_input, "This is {0} already: {asked} is the sum before it."),
    Mistake(
        "new weight for old",
        ("dE/dy",),
        partial(derivatives.wrong_age, new=True),
        "New weights were put in: the error goes back through the old ones.",
    ),
    Mistake(
        "old weight for new",
        ("dE/dy",),
        partial(derivatives.wrong_age, new=False),
        "Old weights were put in: here the layer above is updated already.",
    ),
    Mistake("weights forgotten", ("dE/dy",), derivatives.weights_forgotten, "The weights are missing."),
    Mistake("not squared", ("E",), numbers.not_squared, "The difference of {0} and {1} is not squared."),
    Mistake(
        "count forgotten", ("E", "dE/dy"), numbers.count_forgotten, "It is still to be divided by the {0} outputs."
    ),
    Mistake("input forgotten", ("dE/dw",), derivatives.input_forgotten, "The factor {0} is missing."),
    Mistake("learning rate forgotten", ("w+",), derivatives.rate_forgotten, "The learning rate {0} is missing."),
    Mistake(
        "learning rate too early", ("dE/dw",), derivatives.rate_too_early, "{0} belongs into the update, not yet here."
    ),
    Mistake(
        "change alone", ("w+",), derivatives.change_alone, "This is the change alone: it is still to be made to {0}."
    ),
    Mistake("not updated", ("w+",), derivatives.not_updated, "This is {0} as it was before the update."),
    Mistake(
        "derivative alone", ("w+",), derivatives.derivative_alone, "This is {0}: a step against it leads to {asked}."
    ),
    Mistake("memory forgotten", ("w+",), derivatives.memory_forgotten, "What the optimizer remembers is missing."),
    Mistake(
        "sum for mean",
        ("dE/dw", "w+"),
        partial(derivatives.sum_for_mean, mean=True),
        "This is the sum over the batch: its mean is asked, so divide by {0}.",
    ),
    Mistake(
        "mean for sum",
        ("dE/dw", "w+"),
        partial(derivatives.sum_for_mean, mean=False),
        "This is the mean over the batch: its sum is asked, so do not divide by {0}.",
    ),
    Mistake("one example", ("dE/dw",), derivatives.only_one_example, "This is example {0} alone: the batch has {1}."),
    Mistake(
        "twice",
        ("E", *_BACK),
        partial(numbers.times, 2.0),
        "This is twice the right number: a ½ is missing, or a 2 too many.",
    ),
    Mistake(
        "half",
        ("E", *_BACK),
        partial(numbers.times, 0.5),
        "This is half the right number: a 2 is missing, or a ½ too many.",
    ),
    Mistake("twice", ("w+",), partial(numbers.times, 2.0), "The change is twice the right one."),
    Mistake("half", ("w+",), partial(numbers.times, 0.5), "The change is half the right one."),
    Mistake("only one path", ("x", "dE/dy", "dE/dx"), numbers.only_one_path, "This is the part with {0} alone."),
    Mistake(
        "half a slope",
        ("dE/dx",),
        derivatives.half_a_slope,
        "The slope {0} is {1}·(1 − {1}): one of its factors is missing.",
    ),
    Mistake("sign turned inside", ("y",), numbers.turned_inside, "The sign of {0} is turned."),
    Mistake(
        "not normalized", ("y",), numbers.not_normalized, "This is e^{0}: it is still to be divided by the layer's sum."
    ),
    Mistake(
        "whole error", ("E",), numbers.whole_error, "This is the whole error {0}: {asked} is one output's part of it."
    ),
    Mistake(
        "another's derivative",
        ("w+",),
        derivatives.change_of_another,
        "{0} was put in, the derivative of another parameter.",
    ),
    Mistake("another's number", ("x", "y", "E", "dE/dy", "dE/dx"), numbers.of_another, "This is {0}, of another node."),
    Mistake("another's number", ("dE/dw", "w+"), numbers.of_another, "This is {0}, of another parameter."),
    Mistake(
        "another quantity",
        ("x", "y", "E", "dE/dy", "dE/dx"),
        lambda question: numbers.own(question, "x", "y", "t", "dy/dx", "E", "dE/dy", "dE/dx"),
        "This is {0}: {asked} is asked.",
    ),
)
"""The most usual first: where two make the same number, the first one is told."""
