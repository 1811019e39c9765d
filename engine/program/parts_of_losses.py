"""What an element adds to a loss, as a function of its output and its target, in formulas."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from msgspec.structs import replace

from engine.formula.calculus import derivative
from engine.formula.functions import DIVIDE, NEGATE, SUBTRACT
from engine.formula.loss import Loss, Settings
from engine.formula.losses import loss_of
from engine.formula.tree import Call, Formula, Function, Symbol, filled


def part_of_loss(record: Loss, settings: Mapping[str, Any], count: int, *values: Formula) -> Formula:
    """The part of each element in a loss of so many.

    Args:
        record: the loss.
        settings: that are given.
        count: how many elements there are.
        values: outputs, and targets where it has some.
    """
    chosen = replace(record.settings, **settings)
    if record.needs_targets:
        return _part(record.name, chosen, count)(*values)
    return DIVIDE(values[0], float(count)) if chosen.over_outputs == "mean" and count > 1 else values[0]


def loss_in(function: Function) -> tuple[Loss, int] | None:
    """Of which loss, of how many outputs, a function is the part; None of any other."""
    return _LOSSES.get(function)


_LOSSES: dict[Function, tuple[Loss, int]] = {}
_Y, _T = Symbol("y"), Symbol("t")


@cache
def _part(name: str, settings: Settings, count: int) -> Function:
    """The same function each time, with a slope by the target too."""
    loss = loss_of(name, settings)
    part = loss.function(count)
    assert part.formula is not None
    formula = part.formula(_Y, _T)
    if _only_difference(formula):  # the same as by y, with the other sign
        made = replace(part, slopes=(*part.slopes, lambda call: NEGATE(part.slopes[0](call))))
    else:
        by_target = derivative(formula, _T)
        made = replace(
            part,
            slopes=(*part.slopes, lambda call: filled(by_target, dict(zip((_Y, _T), call.arguments, strict=True)))),
        )
    _LOSSES[made] = loss, count
    return made


def _only_difference(formula: Formula) -> bool:
    """Whether y and t come in as y − t alone."""
    if isinstance(formula, Call):
        return formula == SUBTRACT(_Y, _T) or all(map(_only_difference, formula.arguments))
    return formula not in (_Y, _T)
