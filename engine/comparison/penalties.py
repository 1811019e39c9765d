"""A penalty on the parameters, λ/2·Σw² or λ·Σ|w|, in the error, in its derivatives, or in both; λ is found from these.

Of E alone there is one number, and any λ gives it: only a round one is told, if few are as round.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.comparison.faults import Fault, Place
from engine.program.steps import Row
from engine.walking.advance import penalty_of, with_penalty
from engine.walking.values import Values

Array = NDArray[np.float64]
Form = Literal["L2", "L1"]

FORMS: tuple[Form, ...] = ("L2", "L1")
MOST_DIGITS = 6
"""With so many digits λ is told at most, where its numbers leave that open."""
ROUND = 2
"""Digits of a λ that is found from one number."""
TRIED = 24
"""So many kinds of penalty are tried, twice: of squares or sizes, of weights, of biases or of both, λ or λ/m."""


OF_OWN = ("own left out", "own of biases")
"""Mistakes with the scenario's own penalty, whose λ is not found from somebody's numbers."""


class Penalty(Struct, frozen=True):
    """A penalty.

    Attributes:
        form: of squares, or of absolute values.
        size: λ, the factor of w (or of its sign) in the derivative.
        biases: whether biases have it.
        weights: whether weights have it.
        examples: the number by which it is divided; 1 if it is not.
        chance: how many as round there would be by chance, where it was found from one number.
    """

    form: Form
    size: float
    biases: bool
    examples: int = 1
    chance: float = 0.0
    weights: bool = True

    @property
    def factor(self) -> float:
        """What stands in front."""
        return self.size / self.examples

    @property
    def details(self) -> dict[str, Any]:
        """What more there is to say."""
        return {"lambda": self.size} | ({} if self.form == "L2" else {"norm": "L1"})

    @property
    def of_error(self) -> str:
        """What it adds to E, in words."""
        over = f"/{self.examples}" if self.examples > 1 else ""
        half, sum_ = ("/2", "Σw²") if self.form == "L2" else ("", "Σ|w|")
        return f"{self.size:.6g}{half}{over}·{sum_}" + self._biases

    @property
    def _biases(self) -> str:
        if not self.biases:
            return ""
        return " (with biases)" if self.weights else " (of the biases)"

    @property
    def of_derivative(self) -> str:
        """What it adds to dE/dw, in words."""
        over = f"/{self.examples}" if self.examples > 1 else ""
        return f"{self.size:.6g}{over}·" + ("w" if self.form == "L2" else "sign(w)")


def direction(form: Form, w: Array) -> Array:
    """The derivative of the penalty by w, where λ is 1."""
    return w if form == "L2" else np.sign(w)


def which(
    place: Place, names: tuple[str, ...], first: int, count: int, *, biases: bool, weights: bool = True
) -> NDArray[np.bool_]:
    """Which of some parameters have a penalty: the weights, the biases, or all of them."""
    found = np.full(count, biases or place.steps.of_graph)
    for name in names:
        if len(place.program.shapes[name]) > 1:
            at = place.program.parameters[name]
            found[at.start - first : at.stop - first] = weights
    return found


def _in_all(place: Place, penalty: Penalty, theta: Array) -> float:
    """What it is where λ is 1."""
    names, of = tuple(place.program.parameters), (penalty.biases, penalty.weights)
    w = theta[which(place, names, 0, len(theta), biases=of[0], weights=of[1])]
    return float((w * w).sum() / 2 if penalty.form == "L2" else np.abs(w).sum())


def of_row(place: Place, row: Row, *, biases: bool) -> NDArray[np.bool_]:
    """The same of a row's parameters."""
    span = place.steps.span(row)
    return which(place, row.values, span.start, span.stop - span.start, biases=biases)


def rounded(size: float, slack: float) -> float:
    """The roundest number so near a size."""
    for digits in range(1, MOST_DIGITS + 1):
        found = float(f"{size:.{digits - 1}e}")
        if abs(found - size) <= slack + 1e-7 * abs(size):
            return found
    return size


def roundest(size: float, slack: float) -> Iterator[tuple[float, float]]:
    """The roundest λ so near a size, if one is round, and how many as round there would be by chance."""
    for digits in range(1, ROUND + 1):
        near = float(f"{size:.{digits - 1}e}")
        if near > 0 and abs(near - size) <= slack:
            yield near, TRIED * slack / abs(size) * 8 * 10.0 ** (digits - 1)
            return


def of_error(place: Place, off: float, open_: float, theta: Array) -> Iterator[Penalty]:
    """Penalties by which E is off.

    Args:
        place: of the walk.
        off: by how much it is.
        open_: what its digits leave open.
        theta: the parameters.
    """
    batch, own = place.slots.batch, place.scenario.training.penalty
    parts = [(True, False)] if place.steps.of_graph or _alike(place) else [(True, False), (True, True)]
    if len(parts) > 1 and own is not None and not own.biases:
        parts.append((False, True))
    for form, (weights, biases), examples in product(FORMS, parts, (1, batch) if batch > 1 else (1,)):
        if own is not None and getattr(own, form.lower()) and weights and biases == own.biases:
            continue  # of its own penalty, that is another λ
        total = _in_all(place, Penalty(form, 1.0, biases, weights=weights), theta)
        if not total:
            continue
        size = off / total * examples
        slack = abs(open_ / total * examples) + 1e-12 * abs(size)
        for near, chance in roundest(size, slack):
            yield Penalty(form, near, biases, examples, chance, weights)


def _alike(place: Place) -> bool:
    """Whether there are no biases."""
    return all(len(shape) > 1 for name, shape in place.program.shapes.items() if name in place.program.parameters)


def in_error(place: Place, penalty: Penalty) -> Fault:
    """It in E."""

    def make(values: Values, row: Row, result: Array) -> Array | None:
        total = _in_all(place, penalty, values.beginning.theta)
        share = 1 if place.scenario.training.reduction == "mean" else len(result)
        return np.asarray(result + penalty.factor * total / result.shape[1] / share)

    sort = f"{penalty.form} {penalty.weights} {penalty.biases} {penalty.examples}"
    return Fault("penalty", make, f"{{0}} + {penalty.of_error}", "{0} alone", penalty.details, sort=sort)


def in_derivative(place: Place, row: Row, penalty: Penalty) -> Fault:
    """It in the derivatives of a row."""

    def make(values: Values, row: Row, result: Array) -> Array | None:
        w, of = values.beginning.theta[place.steps.span(row)], of_row(place, row, biases=penalty.biases)
        return np.asarray(result + penalty.factor * np.where(of, direction(penalty.form, w), 0.0))

    sort = f"{penalty.form} {penalty.biases}"
    return Fault("penalty", make, f"{{0}} = dE/dw + {penalty.of_derivative}", "{0} = dE/dw", penalty.details, sort=sort)


def in_update(place: Place, penalty: Penalty) -> Fault:
    """It in the step of a row of new parameters."""

    def make(values: Values, row: Row, result: Array) -> Array | None:
        w, of = values.theta[place.steps.span(row)], of_row(place, row, biases=penalty.biases)
        rate = place.scenario.training.rate(values.iteration)
        return np.asarray(result - rate * penalty.factor * np.where(of, direction(penalty.form, w), 0.0))

    yours = f"{{0}} = w − α·(dE/dw + {penalty.of_derivative})"
    sort = f"update {penalty.form} {penalty.biases}"
    return Fault("penalty", make, yours, "{0} = w − α·dE/dw", penalty.details, sort=sort)


def of_own(place: Place, row: Row) -> Iterator[Fault]:
    """The scenario's own penalty left out of E or of a row's derivatives, or of other parameters than it is of."""
    own = place.scenario.training.penalty
    if own is None:
        return

    def without(values: Values, row: Row, result: Array) -> Array | None:
        if row.quantity == "dE/dw":
            return result - own_part(place, row, values)
        total = penalty_of(place.scenario, values.beginning.theta, len(values.examples)) or 0.0
        share = 1 if place.scenario.training.reduction == "mean" else len(result)
        return np.asarray(result - total / result.shape[1] / share)

    yield Fault("penalty", without, "{0} without the penalty", "{0} with it", {"lambda": 0.0}, sort=OF_OWN[0])
    if row.quantity != "dE/dw" or place.steps.of_graph:
        return
    biases, sign = ~of_row(place, row, biases=False), -1.0 if own.biases else 1.0

    def otherwise(values: Values, row: Row, result: Array) -> Array | None:
        w = values.theta[place.steps.span(row)]
        return np.asarray(result + sign * np.where(biases, own.slope_of_array(w, len(values.examples)), 0.0))

    yours = "{0} of a bias with" + ("out" if own.biases else "") + " a penalty"
    right = "penalized as weights are" if own.biases else "without: weights alone are penalized"
    yield Fault("penalty", otherwise, yours, right, {"lambda": own.l2}, sort=OF_OWN[1])


def own_part(place: Place, row: Row, values: Values) -> Array:
    """What the scenario's own penalty gives to a row of dE/dw: of tied parameters with the last of their uses."""
    zeros = (np.zeros(len(np.ravel(values.theta[place.program.parameters[name]]))) for name in row.values)
    parts = zip(row.values, zeros, strict=True)
    return np.concatenate([with_penalty(place.scenario, values, name, none) for name, none in parts])


def other_strength(place: Place, row: Row, penalty: Penalty) -> Fault:
    """Another λ than the scenario's in the derivatives of a row."""
    added = in_derivative(place, row, penalty).make

    def make(values: Values, row: Row, result: Array) -> Array | None:
        return added(values, row, result - own_part(place, row, values))

    own = place.scenario.training.penalty
    assert own is not None
    right = f"λ is {own.l2 if penalty.form == 'L2' else own.l1:.6g}"
    return Fault(
        "penalty", make, f"the penalty's part is {penalty.of_derivative}", right, penalty.details, sort="other λ"
    )


def fitted_penalties(place: Place, row: Row, off: Array, half: Array, w: Array) -> Iterator[Penalty]:
    """Penalties by which the derivatives of a row are off.

    Args:
        place: of the walk.
        row: which.
        off: by how much each is; not a number where that is not known.
        half: what its digits leave open.
        w: the parameters.
    """
    batch = place.slots.batch
    for form in FORMS:
        towards = direction(form, w)
        for biases in (False, True):
            of = of_row(place, row, biases=biases)
            usable = np.isfinite(off) & of & (np.abs(towards) > 1e-12)
            if np.count_nonzero(usable) < 2 or (biases and (of == of_row(place, row, biases=False)).all()):
                continue
            at = int(np.argmax(np.where(usable, np.abs(towards), 0.0)))
            size, slack = float(off[at] / towards[at]), float(half[at] / abs(towards[at]))
            if size == 0.0 or not np.isfinite(size):
                continue
            whole, each = rounded(size, slack), rounded(size * batch, slack * batch)
            if batch > 1 and digits_of(each) < digits_of(whole):
                yield Penalty(form, each, biases, batch)
            else:
                yield Penalty(form, whole, biases)


def digits_of(number: float) -> int:
    """How many significant digits a number has."""
    return len(f"{number:.15e}".partition("e")[0].replace(".", "").lstrip("-").rstrip("0"))
