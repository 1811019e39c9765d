"""The question before a step as the page asks it: the number, and what usual mistakes make of it, with their words.

The page only compares what is typed with these; no wrong number is made there.
"""

from itertools import islice
from typing import Any

from engine.predict.answer import same_within
from engine.predict.lesson import Feedback, Lesson
from engine.predict.mistakes import Diagnosis, called, slips_of
from engine.predict.question import Question, question_of
from engine.predict.words import HELP, asked, meaning, said
from engine.program.notation import Notation
from engine.walking.session import Session
from tui.page.runs import Runs, flat, joined
from tui.words.hints import hint_lines

MOST_MISTAKES = 40
HINTS = (1, 2)
WORDS = {
    "help": [*HELP, "the answer"],
    "number": "This can't be used: type one number, such as −0.0822 or 1.2e-3.",
}
"""What a page says besides what the engine says."""


def asked_before(session: Session, example: int, notation: Notation, digits: int | None) -> dict[str, Any] | None:
    """The question about the step after a place; None where there is nothing to predict."""
    question = question_of(session, None, example)
    if question is None:
        return None
    lesson = Lesson(question=question)

    def feedback(what: Feedback) -> str:
        return said(Lesson(question=question, feedback=what), question, notation)

    slips = list(islice(slips_of(question), MOST_MISTAKES))
    return {
        "asks": asked(lesson, notation),
        "means": meaning(question, notation),
        "name": called(question.quantity, notation),
        "number": question.value,
        "base": question.base,
        "within": same_within(question.value, base=question.base, rounding=question.cancelling),
        "mistakes": [_mistake(slip, question, notation) for slip in slips],
        "coarse": feedback(Feedback("coarse")),
        "alike": feedback(Feedback("coarse", slips[0])) if slips else "",
        "hints": [_hint(Lesson(question=question, hints=hints), notation, digits) for hints in HINTS],
    }


def _mistake(diagnosis: Diagnosis, question: Question, notation: Notation) -> list[Any]:
    """The wrong number, from where it is measured, how far from it one is the same, and the words."""
    slip = diagnosis.slip
    base = 0.0 if slip.whole else question.base
    return [slip.value, base, same_within(slip.value, base=base), diagnosis.sentence(question, notation)]


def _hint(lesson: Lesson, notation: Notation, digits: int | None) -> list[Runs]:
    """The lines of a hint."""
    return [joined([(f"{line.left} = ", "text")]) + flat(line.runs) for line in hint_lines(lesson, notation, digits)]
