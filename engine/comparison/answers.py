"""What was done to get a wrong answer to a final derivative, where no mistake of the step itself explains it."""

import numpy as np

from engine.comparison.cause import Cause
from engine.comparison.compared import compare_numbers
from engine.comparison.containers import Numbers
from engine.comparison.entries import Entry, NumbersError
from engine.predict.answer import Answer
from engine.predict.question import Question

MOST_PARAMETERS = 1_000
LATEST = 1_000
"""The last iteration of which answers are searched: who answers is waiting."""


def searched(question: Question) -> bool:
    """Whether a wrong answer is searched: of a derivative by a parameter, to which all steps before it lead."""
    session = question.after
    small = len(session.values.theta) <= MOST_PARAMETERS and session.iteration <= LATEST
    return question.quantity.kind == "dE/dw" and small


def cause_of(question: Question, answer: Answer) -> str:
    """What was done, in words; empty where that is not found.

    Args:
        question: what was asked.
        answer: the wrong one.
    """
    entry = Entry(str(question.quantity), np.array(answer.value), np.array(answer.spread))
    try:
        found = compare_numbers(question.after, Numbers("the answer", (entry,)))
    except NumbersError:
        return ""
    return " ".join(_sentence(cause, told=not found.others) for cause in found.causes)


def _sentence(cause: Cause, *, told: bool) -> str:
    """A cause in words; `told`: with its place, if it is of one layer or node, and no other place is as plain."""
    quantity, colon, of = cause.at.partition(":")
    if told and colon:
        return f"In {quantity} of {f'layer {of}' if of.isdecimal() else of}: {cause.words}."
    return f"{cause.words[:1].upper()}{cause.words[1:]}."
