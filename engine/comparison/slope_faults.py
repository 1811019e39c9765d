"""Mistakes of a slope: forgotten, put together from the wrong number, to a power, of another function."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.comparison.faults import Fault, Make, Place, Way, is_slope, of_way
from engine.comparison.forms import slope_formula, written_slope
from engine.formula.activation import Activation
from engine.formula.activations import forms, record_of, with_other_corners
from engine.formula.calculus import value_of
from engine.formula.field import REAL
from engine.formula.functions import ADD, SUBTRACT
from engine.formula.tree import PRODUCT, Call, Formula, Ref, Symbol, filled, leaves
from engine.formula.written import TEXT, text_pieces
from engine.program.chain_rule import pulled
from engine.program.elementwise import operation
from engine.program.equations import Equation, Turn, computed
from engine.program.steps import Row
from engine.walking.values import Values

Array = NDArray[np.float64]

POWERS = {0.5: "√f′", 2.0: "f′²"}


def of_slopes(place: Place, row: Row, *, alone: bool = False) -> Iterator[Fault]:
    """Mistakes of the slopes in a row of derivatives.

    Args:
        place: of the walk.
        row: which.
        alone: whether the slopes themselves are asked, and not the product with what comes back.
    """
    turns = [turn for _, turn in place.turns(row) if is_slope(turn)]
    if not turns:
        return

    def with_slope(put: Callable[[Turn, Array | float], Array | float]) -> Way:
        return Way(change=lambda turn, local: put(turn, local) if is_slope(turn) else local)

    rule = _rule(place, row, alone=alone)
    right = rule(_written_slope(place, row))
    yield of_way(place, "slope-forgotten", with_slope(_no_slope), rule(""), right)
    yield from _of_formulas(place, row, rule, right)
    yield from _of_other_outputs(place, row, rule, right)
    if any(turn.call.function.name == "softmax" for turn in turns):
        only = rule("(its own y·(1 − y) alone)" if place.steps.of_graph else "y[{n}]·(1 − y[{n}])")
        beside = "the sum over all outputs, with what lies beside the diagonal"
        yield of_way(place, "diagonal-only", with_slope(diagonal), only, beside)
    for power, sign in POWERS.items():
        yield of_way(place, "slope-power", with_slope(_powered(power)), rule(sign), right, sort=str(power))
    own = record_of(turns[0].call.function)
    if own is not None and not alone and len(row.values) == 1:
        of_derivative = _slope_of_another(place, _slope_of(own), of_derivative=True)
        yield Fault("other-quantity", of_derivative, rule("(the slope, asked of dE/dy)"), right, sort="slope of dE/dy")
    for record in (*forms(), *(() if own is None else with_other_corners(own))):
        if all(turn.call.function is not record.function for turn in turns):
            yield Fault(
                "other-activation",
                _slope_of_another(place, _slope_of(record)),
                rule(f"(the slope of {record.called})"),
                right,
                {"activation": record.name, **record.options},
                sort="slope",
            )


def _slope_of(activation: Activation) -> Callable[..., float]:
    """Its slope, of a number."""
    return value_of(activation.function.slopes[0](activation.function(Ref("x"))).function, 1)  # type: ignore[union-attr]


def _rule(place: Place, row: Row, *, alone: bool) -> Callable[[str], str]:
    """The rule with a slope, as one writes it; with none where that is forgotten."""
    if alone:
        return lambda slope: f"{{0}} = {slope or 1}"
    of_graph = place.steps.of_graph or row.quantity != "dE/dx"
    back = f"dE/dy[{place.program.consumers[row.values[0]][0].target if of_graph else '{n}'}]"
    return lambda slope: f"{{0}} = {back}" + (f" · {slope}" if slope else "")


def _written_slope(place: Place, row: Row) -> str:
    """The slope, as one writes it."""
    (name, *_) = row.values
    if place.steps.of_graph or row.quantity != "dE/dx":
        return "(the slope)"
    found = slope_formula(place.program, place.program.consumers[name][0], name)
    return "dy/dx[{n}]" if found is None else _as_factor(place, found[1])


def _as_factor(place: Place, formula: Formula) -> str:
    """A formula over whole values as a factor, for the node {n}."""
    names = place.program.names
    symbols = {leaf: Symbol(f"{names[leaf.name][0]}[{{n}}]") for leaf in leaves(formula) if isinstance(leaf, Ref)}
    written = filled(formula, symbols)
    text = "".join(map(str, text_pieces(written)))
    return text if TEXT.level(written) >= PRODUCT else f"({text})"


def _no_slope(turn: Turn, local: Array | float) -> Array | float:
    return (
        np.ones_like(local)  # as many as there were: over the batch it is told from them how many examples there are
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


def _of_formulas(place: Place, row: Row, rule: Callable[[str], str], right: str) -> Iterator[Fault]:
    """The slope's formula used on something else, or with a slip in it: x·(1 − x), f′(y), f for f′, 1 − y."""
    (name, *others) = row.values
    found = {use: slope_formula(place.program, use, name) for use in place.program.consumers[name]}
    slopes = {use: (turn, formula) for use, pair in found.items() if pair is not None for turn, formula in (pair,)}
    if others or not slopes:
        return
    seen = [{use: formula for use, (_, formula) in slopes.items()}]
    for cause, sort, wrong in _wrong_formulas(place, name, slopes):
        if wrong not in seen:
            seen.append(wrong)
            slope = _as_factor(place, next(iter(wrong.values())))
            yield Fault(cause, _by_formulas(place, wrong), rule(slope), right, sort=sort)


Slopes = Mapping[Equation, tuple[Turn, Formula]]
Formulas = dict[Equation, Formula]


def _wrong_formulas(place: Place, name: str, slopes: Slopes) -> Iterator[tuple[str, str, Formulas]]:
    """By use what stands in the place of its slope: the mistake, what tells it from others, the formulas."""

    def with_each(put: Callable[[Equation, Turn, Formula], Formula]) -> Formulas:
        return {use: put(use, turn, formula) for use, (turn, formula) in slopes.items()}

    yield "slope-of-x", "", with_each(lambda use, _, formula: filled(formula, {Ref(use.target): Ref(name)}))
    yield "function-for-slope", "", with_each(lambda use, turn, formula: Ref(use.target))

    def of_output(use: Equation, turn: Turn, formula: Formula) -> Formula:
        y = Ref(use.target)
        return filled(formula, {Ref(name): y, y: Call(turn.call.function, (y,))})

    yield "slope-of-y", "", with_each(of_output)
    if len(slopes) > 1:
        return
    ((use, (_, formula)),) = slopes.items()
    for number, slip in enumerate(_slips(formula)):
        yield "slope-mistaken", f"{formula}:{number}", {use: slip}
    for layer in () if place.steps.of_graph else range(1, place.scenario.layered.depth + 1):
        y, x = f"y{layer}", f"x{layer}"
        if y != use.target and place.program.shapes[y] == place.program.shapes[name]:
            yield "other-layer", f"slope of {y}", {use: filled(formula, {Ref(use.target): Ref(y), Ref(name): Ref(x)})}


def _of_other_outputs(place: Place, row: Row, rule: Callable[[str], str], right: str) -> Iterator[Fault]:
    """The slope of another function, written with outputs, used on those of this one: y·(1 − y) of a tanh."""
    (name, *others) = row.values
    uses = [use for use in place.program.consumers[name] if slope_formula(place.program, use, name) is not None]
    if others or len(uses) != 1:
        return
    (use,) = uses
    own = slope_formula(place.program, use, name)
    for record in forms():
        call = record.function(Ref(name))
        formula = written_slope(use, operation(call.function), call)  # type: ignore[arg-type]
        if (
            own is None
            or formula == own[1]
            or {leaf for leaf in leaves(formula) if isinstance(leaf, Ref)} != {Ref(use.target)}
        ):
            continue
        slope = f"{_as_factor(place, formula)}, the slope of {record.called}"
        details = {"activation": record.name, **record.options}
        yield Fault(
            "other-activation", _by_formulas(place, {use: formula}), rule(slope), right, details, sort="of outputs"
        )


def _slips(formula: Formula) -> Iterator[Formula]:
    """A formula with a sign turned, or a part left out."""
    if not isinstance(formula, Call):
        return
    if formula.function in (ADD, SUBTRACT):
        yield Call(SUBTRACT if formula.function is ADD else ADD, formula.arguments)
    yield from formula.arguments
    for number, argument in enumerate(formula.arguments):
        for slip in _slips(argument):
            yield Call(formula.function, (*formula.arguments[:number], slip, *formula.arguments[number + 1 :]))


def _by_formulas(place: Place, wrong: Formulas) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        def part(use: Equation, name: str) -> Array:
            adjoint = values.derivative(use.target)
            if use in wrong:
                return np.asarray(computed(wrong[use], values.value) * adjoint)
            return pulled(place.program, use, name, values.value, adjoint)

        return place.backward(values, row, part)

    return make


def _slope_of_another(place: Place, slope: Callable[..., float], *, of_derivative: bool = False) -> Make:
    """With another function's slope; `of_derivative`: asked of what comes back, as ReLU's of dA > 0."""

    def make(values: Values, row: Row, result: Array) -> Array | None:
        def part(use: Equation, name: str) -> Array:
            ways = place.program.ways(use).get(name, ())
            adjoint = values.derivative(use.target)
            if len(ways) == 1 and len(ways[0]) == 1 and is_slope(ways[0][0]):
                x = adjoint if of_derivative else values.value(name)
                return np.array([slope(one, REAL) for one in x.ravel().tolist()]).reshape(x.shape) * adjoint
            return pulled(place.program, use, name, values.value, adjoint)

        return place.backward(values, row, part)

    return make
