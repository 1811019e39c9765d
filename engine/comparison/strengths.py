"""The scenario's own penalty with another λ, which is found from E, or from derivatives, as they are given."""

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from engine.comparison.faults import Place
from engine.comparison.penalties import rounded, roundest
from engine.comparison.settings import Setting, other_strength_of
from engine.comparison.slots import Slot
from engine.comparison.verdicts import Judge
from engine.program.penalty import Penalty
from engine.walking.advance import penalty_of
from engine.walking.values import Values


def strengths(place: Place, judge: Judge) -> Iterator[Setting]:
    """The scenario with another λ of its penalty, in E and in all derivatives alike.

    Args:
        place: of the walk.
        judge: of what is given.
    """
    own, seen = place.scenario.training.penalty, set()
    for name in ("l2", "l1") if own is not None else ():
        assert own is not None
        if not getattr(own, name):
            continue
        one, right = replace(own, **{"l2": 0.0, "l1": 0.0, name: 1.0}), getattr(own, name)
        for size, chance in (*_of_error(place, judge, one, right), *_of_derivatives(place, judge, one, right)):
            if size > 0 and (name, size) not in seen and size != right:
                seen.add((name, size))
                yield replace(other_strength_of(place.scenario, name, size), chance=chance)


def _of_error(place: Place, judge: Judge, one: Penalty, own: float) -> Iterator[tuple[float, float]]:
    """λ by which E is as it is given, and how many as round there would be by chance."""
    slot = Slot("total", "E")
    placed = judge.given.slots.get(slot)
    if placed is None:
        return
    start = judge.walk[-1].values
    scenario = replace(place.scenario, training=replace(place.scenario.training, penalty=one))
    part = penalty_of(scenario, start.theta, len(start.examples))
    if part:
        size = own + float(placed.numbers - judge.followed(slot)) / part
        slack = float(judge.tolerance.single(slot, placed, placed.numbers)) / part
        yield from roundest(size, slack)


def _of_derivatives(place: Place, judge: Judge, one: Penalty, own: float) -> Iterator[tuple[float, float]]:
    """λ by which derivatives of each row are as they are given."""
    for slot, placed in judge.given.slots.items():
        row = judge.slots.row(slot)
        if slot.role != "derivative" or not judge.slots.is_parameter(slot) or row is None:
            continue
        values: Values | None = judge.walk[row].values.previous
        assert values is not None
        span = place.program.parameters[slot.name]
        at = one.within(span)
        direction = one.slope_of_array(values.theta[span][at], len(values.examples))
        off = (placed.numbers - judge.followed(slot)).ravel()[at]
        usable = np.isfinite(off) & (np.abs(direction) > 0)
        if usable.any():
            best = int(np.argmax(np.where(usable, np.abs(direction), 0.0)))
            size = own + float(off[best] / direction[best])
            yield rounded(size, float(placed.half.ravel()[at][best] / abs(direction[best]))), np.inf
