"""What an answer is worth: right, wrong and why, or not exact enough to tell."""

from typing import Literal

from msgspec import Struct

from engine.predict.answer import Answer
from engine.predict.mistakes import Diagnosis, slips_of
from engine.predict.question import Question

Verdict = Literal["right", "wrong", "coarse"]
TELLING = 2
"""The least digits in which a wrong answer must agree with a mistake to be told that it is this one."""


class Judgement(Struct, frozen=True):
    """The worth of an answer.

    Attributes:
        verdict: `coarse` asks for more digits.
        diagnosis: of a wrong answer the mistake that makes it, if one does; of a coarse one the mistake with which it
            agrees as well, if that is why.
    """

    verdict: Verdict
    diagnosis: Diagnosis | None = None


def judge(answer: Answer, question: Question) -> Judgement:
    """Holds an answer against the right number and against every usual mistake."""
    rounding = question.cancelling if answer.written else question.rounding
    agreement = answer.agreement(question.value, base=question.base, rounding=rounding)
    if agreement == "exact":
        return Judgement("right")
    if agreement == "coarse":
        return Judgement("coarse")
    telling: Diagnosis | None = None
    for diagnosis in slips_of(question):
        base = 0.0 if diagnosis.slip.whole else question.base
        agrees = answer.agreement(diagnosis.slip.value, base=base)
        if agreement == "close" and not (agrees == "exact" and not answer.written):
            if agrees in ("exact", "close"):
                return Judgement("coarse", diagnosis)
        elif agrees in ("exact", "close"):
            return Judgement("wrong", diagnosis)
        elif agrees == "coarse" and telling is None and answer.has_digits(TELLING, diagnosis.slip.value, base):
            telling = diagnosis
    return Judgement("right") if agreement == "close" else Judgement("wrong", telling)
