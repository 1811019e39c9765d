"""Wrong derivatives where E has a penalty: each function makes one usual mistake with its part."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from msgspec.structs import replace

from engine.formula.quantity import Quantity
from engine.predict.question import Question
from engine.predict.slip import Slip
from engine.predict.wrong_derivatives import updated
from engine.program.penalty import Penalty


def penalty_forgotten(question: Question) -> Iterator[Slip]:
    """The derivative of the examples' error alone; of an update, a step against that."""
    if _own(question) is not None:
        yield _slip(question, 0.0)


def half_forgotten(question: Question) -> Iterator[Slip]:
    """2·λ·w for λ·w."""
    penalty = _own(question)
    if penalty is not None and penalty.half and penalty.l2:
        yield _with(question, penalty, half=False)


def half_too_many(question: Question) -> Iterator[Slip]:
    """λ·w for 2·λ·w."""
    penalty = _own(question)
    if penalty is not None and not penalty.half and penalty.l2:
        yield _with(question, penalty, half=True)


def half_kept(question: Question) -> Iterator[Slip]:
    """½·λ·w for λ·w."""
    penalty = _own(question)
    if penalty is not None and penalty.half and penalty.l2:
        yield _with(question, penalty, l2=penalty.l2 / 2)


def divided(question: Question) -> Iterator[Slip]:
    """λ/n for λ: the penalty within the mean over the batch, or divided by all examples."""
    penalty = _own(question)
    for per in ("example", "epoch") if penalty is not None and penalty.per == "batch" else ():
        assert penalty is not None
        yield _with(question, penalty, per=per)


def not_divided(question: Question) -> Iterator[Slip]:
    """λ for λ/n."""
    penalty = _own(question)
    if penalty is not None and penalty.per != "batch":
        yield _with(question, penalty, per="batch")


def subtracted(question: Question) -> Iterator[Slip]:
    """The penalty's part with the other sign."""
    penalty = _own(question)
    if penalty is not None:
        yield _slip(question, -_slope(question, penalty))


def bias_penalized(question: Question) -> Iterator[Slip]:
    """A parameter that is not penalized, with a penalty's part."""
    penalty = question.training.penalty
    if penalty is not None and _own(question) is None:
        yield _slip(question, _slope(question, penalty))


def _own(question: Question) -> Penalty | None:
    """The penalty, where the parameter that is asked about has a part of it in this row."""
    penalty, index = question.training.penalty, question.network.parameter_index[question.name]
    if penalty is None or index not in penalty.of:
        return None
    return penalty if question.row.quantity == "w+" or question.explanation.beside else None


def _slope(question: Question, penalty: Penalty) -> float:
    w = question.number("w", question.name) or 0.0
    return float(penalty.slope_of_array(np.array([w]), question.examples)[0])


def _with(question: Question, penalty: Penalty, **settings: Any) -> Slip:
    """With another setting of the penalty."""
    return _slip(question, _slope(question, replace(penalty, **settings)))


def _slip(question: Question, part: float) -> Slip:
    """The number with another part of the penalty in the derivative; its words name the parameter."""
    penalty, derivative = _own(question), question.number("dE/dw", question.name) or 0.0
    other = derivative - (0.0 if penalty is None else _slope(question, penalty)) + part
    named = (Quantity("w", question.name),)
    if question.row.quantity == "w+":
        return Slip(updated(question, question.name, derivative=other), named)
    return Slip(other, named)
