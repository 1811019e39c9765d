"""Mistakes of a slope: forgotten, put together from the wrong number, to a power, of another function."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from engine.comparison.faults import Fault, Make, Place, is_slope
from engine.comparison.forms import slope_formula
from engine.formula.activations import forms, record_of, with_other_corners
from engine.formula.calculus import value_of
from engine.formula.field import REAL
from engine.formula.tree import PRODUCT, Formula, Ref, Symbol, filled, leaves
from engine.formula.written import TEXT, text_pieces
from engine.program.chain_rule import pulled
from engine.program.equations import Equation, Turn, computed
from engine.program.steps import Row
from engine.walking.values import Values

Array = NDArray[np.float64]

POWERS = {0.5: "√f′", 2.0: "f′²"}


def of_slopes(place: Place, row: Row) -> Iterator[Fault]:
    """Mistakes of the slopes in a row of derivatives."""
    turns = [turn for _, turn in place.turns(row) if is_slope(turn)]
    if not turns:
        return

    def with_slope(put: Callable[[Turn, Array | float], Array | float]) -> Make:
        def make(values: Values, row: Row, result: Array) -> Array | None:
            return place.pulled(values, row, change=lambda turn, local: put(turn, local) if is_slope(turn) else local)

        return make

    without, right = _written_slope(place, row)
    yield Fault("slope-forgotten", with_slope(_no_slope), without, right)
    yield from _slope_of_x(place, row)
    if any(turn.call.function.name == "softmax" for turn in turns):
        only = "{0} = dE/dy[{n}] · y[{n}]·(1 − y[{n}])"
        yield Fault(
            "diagonal-only",
            with_slope(diagonal),
            only,
            "the sum over all outputs, with what lies beside the diagonal",
        )
    for power, sign in POWERS.items():
        yours = f"{without} · {sign}"
        yield Fault("slope-power", with_slope(_powered(power)), yours, right, sort=str(power))
    own = record_of(turns[0].call.function)
    for record in (*forms(), *(() if own is None else with_other_corners(own))):
        if all(turn.call.function is not record.function for turn in turns):
            slope = value_of(record.function.slopes[0](record.function(Ref("x"))).function, 1)
            yield Fault(
                "other-activation",
                _slope_of_another(place, slope),
                f"{without} · (the slope of {record.called})",
                right,
                {"activation": record.name, **record.options},
                sort="slope",
            )


def _written_slope(place: Place, row: Row) -> tuple[str, str]:
    """The rule without the slope, and with it, as one writes them."""
    (name, *_) = row.values
    use = place.program.consumers[name][0]
    if place.steps.of_graph or row.quantity != "dE/dx":
        return "{0} = dE/dy[" + use.target + "]", "{0} = dE/dy[" + use.target + "] · (the slope)"
    found = slope_formula(place.program, use, name)
    slope = "dy/dx[{n}]" if found is None else _as_factor(place, found[1])
    return "{0} = dE/dy[{n}]", f"{{0}} = dE/dy[{{n}}] · {slope}"


def _as_factor(place: Place, formula: Formula) -> str:
    """A formula over whole values as a factor, for the node {n}."""
    names = place.program.names
    symbols = {leaf: Symbol(f"{names[leaf.name][0]}[{{n}}]") for leaf in leaves(formula) if isinstance(leaf, Ref)}
    written = filled(formula, symbols)
    text = "".join(map(str, text_pieces(written)))
    return text if TEXT.level(written) >= PRODUCT else f"({text})"


def _no_slope(turn: Turn, local: Array | float) -> Array | float:
    return (
        1.0
        if np.ndim(local) < 3 or not _is_joint(turn)
        else np.broadcast_to(np.eye(np.shape(local)[-1]), np.shape(local))
    )


def _is_joint(turn: Turn) -> bool:
    """Whether each element of the result depends on a whole row."""
    return turn.call.function.across is not None


def diagonal(turn: Turn, local: Array | float) -> Array | float:
    """Of a matrix of slopes the diagonal alone."""
    return local * np.eye(np.shape(local)[-1]) if _is_joint(turn) and np.ndim(local) >= 3 else local


def _powered(power: float) -> Callable[[Turn, Array | float], Array | float]:
    return lambda turn, local: local if _is_joint(turn) else np.sign(local) * np.abs(local) ** power


def _slope_of_x(place: Place, row: Row) -> Iterator[Fault]:
    """The slope's formula in y used on x: x·(1 − x)."""
    (name, *others) = row.values
    uses = {use: slope_formula(place.program, use, name) for use in place.program.consumers[name]}
    formulas = {use: found[1] for use, found in uses.items() if found is not None}
    wrong = {use: filled(formula, {Ref(use.target): Ref(name)}) for use, formula in formulas.items()}
    if others or all(wrong[use] == formulas[use] for use in wrong):
        return

    def make(values: Values, row: Row, result: Array) -> Array | None:
        def part(use: Equation, name: str) -> Array:
            adjoint = values.derivative(use.target)
            if use in wrong:
                return computed(wrong[use], values.value) * adjoint
            return pulled(place.program, use, name, values.value, adjoint)

        return place.backward(values, row, part)

    without, right = _written_slope(place, row)
    formula = next(iter(wrong.values()))
    yield Fault("slope-of-x", make, f"{without} · {_as_factor(place, formula)}", right)


def _slope_of_another(place: Place, slope: Callable[..., float]) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        def part(use: Equation, name: str) -> Array:
            ways = place.program.ways(use).get(name, ())
            adjoint = values.derivative(use.target)
            if len(ways) == 1 and len(ways[0]) == 1 and is_slope(ways[0][0]):
                x = values.value(name)
                return np.array([slope(one, REAL) for one in x.ravel().tolist()]).reshape(x.shape) * adjoint
            return pulled(place.program, use, name, values.value, adjoint)

        return place.backward(values, row, part)

    return make
