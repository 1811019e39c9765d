"""The usual mistakes: each is made here on purpose, so that whoever makes it can be told which one it was.

A mistake is one record. Adding one is adding one entry to `MISTAKES`: what it is called, of which quantities it is
made, how the wrong number comes about, and the words for it. No number here is a value of the walk.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Literal

import numpy as np
from msgspec import Struct

from engine.formula.quantity import Quantity
from engine.formula.written import text_pieces
from engine.predict import wrong_corrections as corrections
from engine.predict import wrong_derivatives as derivatives
from engine.predict import wrong_formulas as formulas
from engine.predict import wrong_numbers as numbers
from engine.predict import wrong_paths as paths
from engine.predict import wrong_penalties as penalties
from engine.predict.question import Question
from engine.predict.slip import Named, Slip
from engine.program.notation import Notation

MOST_CHARACTERS = 40
DISTINCT = 1e-6
"""A mistake that comes this close to the right number, relatively, did no harm and is none."""


class Mistake(Struct, frozen=True):
    """A way to go wrong.

    Attributes:
        name: for scores and tests.
        kinds: the quantities of which it is made.
        recompute: makes it; nothing where it can't be made.
        words: one or two short sentences; `{0}` is the first thing that the slip names, `{asked}` what is asked.
        of: where it is made, if not everywhere.
    """

    name: str
    kinds: tuple[str, ...]
    recompute: Callable[[Question], Iterable[Slip]]
    words: str
    of: Literal["layers", "graph"] | None = None


class Diagnosis(Struct, frozen=True):
    """Which mistake made a wrong number."""

    mistake: Mistake
    slip: Slip

    def sentence(self, question: Question, notation: Notation) -> str:
        """It in words, in a notation."""
        named = [written(thing, notation) for thing in self.slip.named]
        return self.mistake.words.format(*named, asked=called(question.quantity, notation))


def called(quantity: Quantity, notation: Notation) -> str:
    """A quantity's name in a sentence: a parameter by its own name alone."""
    return quantity.subject if quantity.kind == "w" and quantity.subject else notation.symbol(quantity)


def written(thing: Named, notation: Notation) -> str:
    """What a mistake names as a sentence has it; of a long formula its beginning."""
    if isinstance(thing, tuple):
        return " and ".join(written(one, notation) for one in thing)
    if isinstance(thing, str):
        return thing
    if isinstance(thing, Quantity):
        return called(thing, notation)
    pieces = (piece if isinstance(piece, str) else called(piece.quantity, notation) for piece in text_pieces(thing))
    text = "".join(pieces)
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"


def slips_of(question: Question) -> Iterator[Diagnosis]:
    """Every wrong number that a usual mistake makes of this question, the most usual first."""
    right, base = question.value, question.base
    elsewhere = "graph" if question.graph is None else "layers"
    for mistake in MISTAKES:
        if question.row.quantity not in mistake.kinds or mistake.of == elsewhere:
            continue
        with np.errstate(all="ignore"):
            for slip in mistake.recompute(question):
                size = abs(right - (0.0 if slip.whole else base))
                last_bits = 4 * math.ulp(max(abs(right), abs(base)))
                if math.isfinite(slip.value) and abs(slip.value - right) > DISTINCT * size + last_bits:
                    yield Diagnosis(mistake, slip)


_OF, _BY = ("y", "E"), ("dE/dy", "dE/dw")
_BACK = ("dE/dy", "dE/dx", "dE/dw")
_PENALIZED = ("dE/dw", "w+")
MISTAKES = (
    Mistake(
        "penalty forgotten",
        _PENALIZED,
        penalties.penalty_forgotten,
        "The penalty's part is missing: {0} is penalized, and so has one in its derivative.",
    ),
    Mistake(
        "half forgotten",
        _PENALIZED,
        penalties.half_forgotten,
        "The penalty's part is twice the right one: of ½·λ·{0}² the derivative is λ·{0}.",
    ),
    Mistake(
        "half too many",
        _PENALIZED,
        penalties.half_too_many,
        "The penalty's part is half the right one: of λ·{0}², without a ½, the derivative is 2·λ·{0}.",
    ),
    Mistake(
        "half kept",
        _PENALIZED,
        penalties.half_kept,
        "The penalty's part is half the right one: of ½·λ·{0}² the derivative is λ·{0}, the ½ cancels.",
    ),
    Mistake(
        "λ divided",
        _PENALIZED,
        penalties.divided,
        "λ is not divided here: the penalty stands beside the mean over examples.",
    ),
    Mistake("λ not divided", _PENALIZED, penalties.not_divided, "λ is still to be divided by the number of examples."),
    Mistake(
        "penalty subtracted", _PENALIZED, penalties.subtracted, "The sign of the penalty's part is turned: it is added."
    ),
    Mistake("bias penalized", _PENALIZED, penalties.bias_penalized, "{0} is not penalized: it has no part of it."),
    Mistake("path forgotten", _BY, paths.path_forgotten, "The part with {0} is missing.", of="graph"),
    Mistake("term forgotten", _OF, formulas.term_forgotten, "The term {0} is missing.", of="graph"),
    Mistake("bias forgotten", ("x",), numbers.bias_forgotten, "The bias {0} is missing.", of="layers"),
    Mistake(
        "bias forgotten", ("y",), numbers.bias_forgotten, "The bias {0} is missing in the total input.", of="layers"
    ),
    Mistake(
        "path forgotten",
        ("x", "dE/dy", "dE/dx", "dE/dw"),
        numbers.path_forgotten,
        "The part with {0} is missing.",
        of="layers",
    ),
    Mistake("sign turned", ("x", "y", "E", *_BACK), numbers.sign_turned, "The sign is turned."),
    Mistake("sign turned", ("w+",), corrections.sign_turned, "The sign is turned: it is {0}, and it is added."),
    Mistake("another difference", ("w+",), corrections.other_compared, "{0} was put in where {1} belongs."),
    Mistake("input forgotten", ("w+",), corrections.input_forgotten, "The factor {0} is missing."),
    Mistake(
        "sign turned", ("w+",), numbers.sign_turned, "The sign is turned: the step is subtracted, so that E falls."
    ),
    Mistake(
        "local derivative forgotten", _BY, paths.local_forgotten, "The local derivative {0} is missing.", of="graph"
    ),
    Mistake(
        "adjoint forgotten",
        _BY,
        paths.back_forgotten,
        "What comes back is missing: the local derivative is multiplied by {0}.",
        of="graph",
    ),
    Mistake(
        "factor itself",
        _BY,
        paths.factor_itself,
        "{0} was put in where {1} belongs: the derivative of a product by one factor is the other.",
        of="graph",
    ),
    Mistake(
        "function for derivative",
        _BY,
        paths.function_for_derivative,
        "{0} was put in where its derivative {1} belongs.",
        of="graph",
    ),
    Mistake(
        "inner derivative forgotten",
        _BY,
        paths.inner_forgotten,
        "The factor {0} is missing: the chain goes through every operation.",
        of="graph",
    ),
    Mistake("x for y", _BY, paths.x_for_y_in_local, "{0} was put in the derivative where {1} belongs.", of="graph"),
    Mistake("x for y", _BY, paths.value_before_in_local, "{0} was put in where {1} belongs.", of="graph"),
    Mistake("x for y", _OF, formulas.value_before, "{0} was put in where {1} belongs.", of="graph"),
    Mistake("half a derivative", _BY, paths.half_a_local, "Of the derivative {0} one factor is missing.", of="graph"),
    Mistake(
        "denominator not squared",
        _BY,
        paths.denominator_not_squared,
        "The derivative of a quotient by {0} has its square below.",
        of="graph",
    ),
    Mistake("function forgotten", _OF, formulas.function_forgotten, "{0} was put in where {1} belongs.", of="graph"),
    Mistake("factor forgotten", _OF, formulas.factor_forgotten, "The factor {0} is missing.", of="graph"),
    Mistake("not divided", _OF, formulas.not_divided, "{0} is still to be divided by {1}.", of="graph"),
    Mistake("not squared", _OF, formulas.power_forgotten, "{0} was put in where {1} belongs.", of="graph"),
    Mistake("sign turned inside", _OF, formulas.sign_turned_inside, "The sign of {0} is turned.", of="graph"),
    Mistake(
        "sign turned inside", _BY, paths.sign_in_local, "The sign of one part is turned: of that with {0}.", of="graph"
    ),
    Mistake("upside down", _OF, formulas.upside_down, "{0} is turned upside down.", of="graph"),
    Mistake("slope forgotten", ("dE/dx",), derivatives.slope_forgotten, "The slope {0} is missing.", of="layers"),
    Mistake(
        "slope forgotten",
        ("dE/dy",),
        derivatives.slope_above_forgotten,
        "The slope is missing: {0} was put in where {1} belongs.",
        of="layers",
    ),
    Mistake(
        "slope forgotten",
        ("dE/dw",),
        derivatives.slope_forgotten_in_derivative,
        "The slope is missing: {0} was put in where {1} belongs.",
        of="layers",
    ),
    Mistake(
        "slope too early",
        ("dE/dy",),
        derivatives.slope_too_early,
        "{0} comes with the next step, not yet here.",
        of="layers",
    ),
    Mistake(
        "slope too many",
        ("dE/dx",),
        derivatives.slope_too_many,
        "{0} does not belong here: it cancels with this error.",
        of="layers",
    ),
    Mistake(
        "x for y",
        ("x",),
        numbers.x_for_y_in_sum,
        "Total inputs were put in where outputs belong: {0} for {1}.",
        of="layers",
    ),
    Mistake(
        "x for y",
        ("y",),
        numbers.total_input_for_output,
        "This is {0}: the activation function is still to be applied.",
        of="layers",
    ),
    Mistake(
        "x for y", ("dE/dx",), derivatives.x_for_y_in_slope, "{0} was put in the slope where {1} belongs.", of="layers"
    ),
    Mistake("x for y", ("dE/dw",), derivatives.x_for_y_in_derivative, "{0} was put in where {1} belongs.", of="layers"),
    Mistake(
        "y for x",
        ("x",),
        numbers.output_for_total_input,
        "This is {0} already: {asked} is the sum before it.",
        of="layers",
    ),
    Mistake(
        "new weight for old",
        ("dE/dy",),
        partial(derivatives.wrong_age, new=True),
        "New weights were put in: the error goes back through the old ones.",
        of="layers",
    ),
    Mistake(
        "old weight for new",
        ("dE/dy",),
        partial(derivatives.wrong_age, new=False),
        "Old weights were put in: here the layer above is updated already.",
        of="layers",
    ),
    Mistake("weights forgotten", ("dE/dy",), derivatives.weights_forgotten, "The weights are missing.", of="layers"),
    Mistake("not squared", ("E",), numbers.not_squared, "The difference of {0} and {1} is not squared.", of="layers"),
    Mistake(
        "count forgotten",
        ("E", "dE/dy"),
        numbers.count_forgotten,
        "It is still to be divided by the {0} outputs.",
        of="layers",
    ),
    Mistake("input forgotten", ("dE/dw",), derivatives.input_forgotten, "The factor {0} is missing.", of="layers"),
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
    Mistake(
        "clip forgotten", ("w+",), derivatives.clip_forgotten, "{0} is still to be clipped before the step with it."
    ),
    Mistake(
        "norm over others",
        ("w+",),
        derivatives.norm_over_others,
        "The norm is here over {0}: it goes over {1}.",
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
        "mean too early",
        ("dE/dy",),
        paths.mean_too_early,
        "The mean over the {0} examples comes with the derivatives by parameters, not yet here.",
        of="graph",
    ),
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
    Mistake("only one path", _BY, paths.only_one_path, "This is the part with {0} alone.", of="graph"),
    Mistake("another operand", _OF, formulas.operand_exchanged, "{0} was put in where {1} belongs.", of="graph"),
    Mistake("another operand", _BY, paths.operand_exchanged_in_local, "{0} was put in where {1} belongs.", of="graph"),
    Mistake(
        "only one path", ("x", "dE/dy", "dE/dx"), numbers.only_one_path, "This is the part with {0} alone.", of="layers"
    ),
    Mistake(
        "half a slope",
        ("dE/dx",),
        derivatives.half_a_slope,
        "The slope {0} is {1}·(1 − {1}): one of its factors is missing.",
        of="layers",
    ),
    Mistake("sign turned inside", ("y",), numbers.turned_inside, "The sign of {0} is turned.", of="layers"),
    Mistake(
        "not normalized",
        ("y",),
        numbers.not_normalized,
        "This is e^{0}: it is still to be divided by the layer's sum.",
        of="layers",
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
        of="layers",
    ),
    Mistake(
        "another quantity",
        ("dE/dy",),
        lambda question: numbers.own(question, "y"),
        "This is {0}: {asked} is asked.",
        of="graph",
    ),
    Mistake(
        "another quantity",
        ("dE/dw",),
        lambda question: numbers.own(question, "w"),
        "This is {0}: {asked} is asked.",
        of="graph",
    ),
)
"""The most usual first: where two make the same number, the first one is told."""
