"""Mistakes with a number of their own, which is found from what is given: a factor, a penalty, an order."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from engine.comparison.faults import Fault, Place
from engine.comparison.penalties import fitted_penalties, in_derivative, in_update, other_strength, own_part
from engine.program.optimizers import Momentum, Sgd
from engine.program.steps import Row
from engine.walking.values import Values

Array = NDArray[np.float64]
MOST_OTHERS = 64
"""Numbers of a row of which each is tried in the place of a wrong one."""
SLACK = 1e-6
"""By which part of itself a factor may be off that numbers share."""
PLAIN = 64
"""The largest numerator or denominator of a ratio that is told as one."""


def fitted(place: Place, row: Row, given: Array, half: Array, followed: Array, values: Values) -> Iterator[Fault]:
    """Mistakes that give some numbers of a row as they are given, whose size is found from these.

    Args:
        place: of the walk.
        row: which.
        given: numbers in the row's layout, not a number where none is given.
        half: half a unit of the last digit of each.
        followed: what they are by the rule.
        values: the rows before.
    """
    there = np.isfinite(given)
    yield from _permuted(given, followed, there)
    yield from _of_another(place, row, given, half, followed)
    if row.quantity == "y" and row.phase == "forward":
        yield from _dropped_out(given, half, followed)
    if row.quantity == "dE/dw":
        w, own = values.beginning.theta[place.steps.span(row)], place.scenario.training.penalty
        part = 0.0 if own is None else own_part(place, row, values)
        for penalty in fitted_penalties(place, row, given - followed + part, half, w):
            yield (in_derivative if own is None else other_strength)(place, row, penalty)
    elif row.quantity == "w+":
        rate, w = place.scenario.training.rate(values.iteration), values.theta[place.steps.span(row)]
        for penalty in fitted_penalties(place, row, (followed - given) / rate, half / rate, w):
            yield in_update(place, penalty)
        yield from _rate(place, row, given, half, followed, values)
    if row.quantity != "w+":
        yield from factor_of(given, half, followed)


def _permuted(given: Array, followed: Array, there: NDArray[np.bool_]) -> Iterator[Fault]:
    """All numbers of a row, in another order: of nodes the same one for every example."""
    if not there.all() or given.shape[-1] < 2:
        return
    rows = np.atleast_2d(given), np.atleast_2d(followed)
    apart = np.abs(rows[0][:, :, np.newaxis] - rows[1][:, np.newaxis, :]).max(axis=0)
    order = apart.argmin(axis=1)
    if len(set(order.tolist())) < len(order) or (order == np.arange(len(order))).all():
        return

    def make(values: Values, row: Row, result: Array) -> Array | None:
        return np.asarray(result[..., order])

    yield Fault(
        "permuted", make, "the same numbers in another order", "in the order of the scenario", sort=str(order.tolist())
    )


def _dropped_out(given: Array, half: Array, followed: Array) -> Iterator[Fault]:
    """Outputs of which some are 0, and all others larger by one factor, 1/(1 − p)."""
    there = np.isfinite(given) & (followed != 0)
    on, off = there & (given != 0), there & (given == 0)
    if np.count_nonzero(on) < 2 or not off.any():
        return
    ratios, open_ = given[on] / followed[on], half[on] / np.abs(followed[on])
    ratio = float(f"{ratios[open_.argmin()]:.3g}")
    if ratio <= 1.0 or not (np.abs(ratios - ratio) <= open_ + SLACK * ratio).all():
        return
    rate = 1 - 1 / ratio

    def make(values: Values, row: Row, result: Array) -> Array | None:
        return np.where(there, np.where(off, 0.0, ratio * result), result)

    yours = f"{{0}} with dropout: some are 0, the others {ratio:g} times as large (p = {rate:.3g})"
    yield Fault("dropout", make, yours, "{0} without dropout, as for a check", {"rate": round(rate, 3)}, sort="fitted")


def _of_another(place: Place, row: Row, given: Array, half: Array, followed: Array) -> Iterator[Fault]:
    """Where one number of a row is wrong, that of another node, or parameter, in its place."""
    off = np.abs(given - followed) > half + 1e-9 * np.abs(followed)  # what is not given is not off
    columns = np.flatnonzero(np.atleast_2d(off).any(axis=0))
    of_parameters = row.quantity in ("dE/dw", "w+")  # frozen ones have a place in w+, too
    names = place.scenario.network.parameter_names[place.steps.span(row)] if of_parameters else row.items
    if len(columns) != 1 or not 1 < given.shape[-1] <= MOST_OTHERS or len(names) != given.shape[-1]:
        return
    (column,) = columns.tolist()
    for other, name in enumerate(names):

        def make(values: Values, row: Row, result: Array, other: int = other) -> Array | None:
            found = result.copy()
            found[..., column] = result[..., other]
            return found

        if other != column:
            words = f"{{0}} shows {row.quantity}[{name}]", "its own"
            yield Fault("other-quantity", make, *words, printed=True, sort=name)


def factor_of(given: Array, half: Array, followed: Array) -> Iterator[Fault]:
    """One factor that all numbers share; arguments as of `fitted`."""
    usable = np.isfinite(given) & (np.abs(followed) > 0) & (np.abs(given) > 0)
    if np.count_nonzero(usable) < 2:
        return
    open_ = np.where(half > 0, half, 1e-12 * np.abs(given))
    best = np.argmin(np.divide(open_, np.abs(given), out=np.full(given.shape, np.inf), where=usable))
    ratio = float(given.flat[best] / followed.flat[best])
    plain = Fraction(ratio).limit_denominator(PLAIN)
    slack = float(half.flat[best] / abs(followed.flat[best])) + 1e-9 * abs(ratio)
    if plain.numerator and abs(plain.numerator) <= PLAIN and abs(float(plain) - ratio) <= slack:
        ratio = float(plain)
    if ratio in (1.0, -1.0) or not np.isfinite(ratio):
        return

    def make(values: Values, row: Row, result: Array) -> Array | None:
        return ratio * result

    yield Fault("factor", make, f"{ratio:.10g} times {{0}}", "{0} as it is", {"factor": ratio}, sort="fitted")


def _rate(place: Place, row: Row, given: Array, half: Array, followed: Array, values: Values) -> Iterator[Fault]:
    """Another learning rate."""
    training, old = place.scenario.training, values.theta[place.steps.span(row)]
    usable = np.isfinite(given) & (followed != old)
    if not isinstance(training.optimizer, Sgd | Momentum) or np.count_nonzero(usable) < 2:
        return
    off = np.abs(given - old)
    open_ = np.where(half > 0, half, 1e-15 * np.abs(given))
    best = np.argmin(np.divide(open_, off, out=np.full(off.shape, np.inf), where=usable & (off > 0)))
    rate = float((given[best] - old[best]) / (followed[best] - old[best])) * training.learning_rate
    rounded = float(f"{rate:.3g}")
    slack = float(open_[best] / abs(followed[best] - old[best])) * training.learning_rate + 1e-9 * abs(rate)
    rate = rounded if abs(rounded - rate) <= slack else rate
    if not np.isfinite(rate) or rate <= 0:
        return
    by = rate / training.learning_rate

    def make(values: Values, row: Row, result: Array) -> Array | None:
        before = values.theta[place.steps.span(row)]
        return np.asarray(before + by * (result - before))

    right = f"{{0}} with α = {training.learning_rate:.6g}"
    joined = _as_joined(place, by)
    if joined:
        yours = f"{{0}} with the {joined}, or with α = {rate:.6g}"
        yield Fault("reduction", make, yours, right, {"learning_rate": rate}, sort="fitted")
        return
    yours = f"{{0}} with α = {rate:.6g}"
    yield Fault("learning-rate", make, yours, right, {"learning_rate": rate}, sort="fitted")


def _as_joined(place: Place, by: float) -> str:
    """What joins the examples of a batch so that a step is so many times as large; nothing where that is not it."""
    batch = place.slots.batch
    own, other = ("mean", "sum") if place.scenario.training.reduction == "mean" else ("sum", "mean")
    size = float(batch) if other == "sum" else 1 / batch
    same = batch > 1 and abs(by - size) <= SLACK * size
    return f"{other} over the {batch} examples for their {own}" if same else ""
