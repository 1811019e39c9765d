"""Mistakes on the way forward: what a formula becomes where a part of it is forgotten, turned or exchanged."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.comparison.backward_faults import MOST_PATHS
from engine.comparison.faults import Fault, Make, Place
from engine.comparison.loss_faults import broadcast, errors_of
from engine.formula.activations import forms, record_of
from engine.formula.functions import ADD, DIVIDE, MULTIPLY, NEGATE, SUBTRACT
from engine.formula.likelihoods import BINARY_CROSS_ENTROPY
from engine.formula.loss import Loss
from engine.formula.losses import other_losses
from engine.formula.tree import Call, Formula, Ref
from engine.program.across.arrangement import TRANSPOSE
from engine.program.across.products import MATRIX_PRODUCT
from engine.program.equations import computed
from engine.program.operations import ShapeError
from engine.program.parts_of_losses import loss_in, part_of_loss
from engine.program.steps import Row
from engine.walking.values import Values

Array = NDArray[np.float64]


def of_forward(place: Place, row: Row) -> Iterator[Fault]:
    """Mistakes of a row x or y."""
    names = [name for name in row.values if name in place.program.equation]
    if len(names) != 1 or not row.layer:
        return
    (name,) = names
    formula = place.program.equation[name].form
    seen: set[Formula] = {formula}
    for cause, sort, other, details in rewritten(place, formula):
        if other not in seen and fits(place, other, name):
            seen.add(other)
            words = _words(place, cause, details)
            yield Fault(cause, _by_formula(place, name, other), *words, details, sort=sort)
    yield from _of_paths(place, name, formula)


def _words(place: Place, cause: str, details: dict[str, Any]) -> tuple[str, str]:
    return {
        "bias-forgotten": ("{0} without the bias", "{0} with the bias"),
        "activation-forgotten": ("y = x, without the activation function", "y = f(x)"),
        "other-activation": (f"with {details.get('activation')}", "with the activation function of the scenario"),
        "input-for-output": ("x in the place of y", "y[…], not x[…]"),
        "transposed": ("with the matrix turned round", "with the matrix as it is"),
        "weight-forgotten": ("without the weights", "with the weights"),
        "divisor-forgotten": ("without what it is divided by", "divided by it"),
        "path-forgotten": ("with one summand missing", "all summands"),
        "sign": ("with a sign turned in it", "the sign as it is"),
    }.get(cause, ("", ""))


def fits(place: Place, formula: Formula, name: str) -> bool:
    """Whether a formula makes something of a value's shape."""
    try:
        return place.program.shape(formula) == place.program.shapes[name]
    except (ShapeError, IndexError):
        return False


def rewritten(place: Place, formula: Formula) -> Iterator[tuple[str, str, Formula, dict[str, Any]]]:
    """The formula with one part of it changed: the mistake, what tells it from others, the formula, details."""
    program = place.program
    if isinstance(formula, Ref):
        if formula.name in place.sources:
            yield "input-for-output", formula.name, Ref(place.sources[formula.name]), {}
        shape = program.shapes[formula.name]
        if formula.name in program.parameters and len(shape) == 2 and shape[0] == shape[1]:
            yield "transposed", formula.name, TRANSPOSE(formula), {}
        for other, other_shape in program.shapes.items() if not place.steps.of_graph else ():
            same = other != formula.name and other_shape == shape and other[0] == formula.name[0]
            if same and place.order.get(other, -1) < place.order.get(formula.name, 0):
                yield "other-layer", f"{formula.name}:{other}", Ref(other), {}
        return
    if not isinstance(formula, Call):
        return
    yield from _rewritten_call(place, formula)
    for number, argument in enumerate(formula.arguments):
        for cause, sort, changed, details in rewritten(place, argument):
            arguments = (*formula.arguments[:number], changed, *formula.arguments[number + 1 :])
            yield cause, sort, Call(formula.function, arguments), details


def _rewritten_call(place: Place, call: Call) -> Iterator[tuple[str, str, Formula, dict[str, Any]]]:
    parameters = place.program.parameters
    if call.function in (ADD, SUBTRACT):
        for number, argument in enumerate(call.arguments):
            rest = call.arguments[1 - number]
            kept = NEGATE(rest) if call.function is SUBTRACT and number == 0 else rest
            is_bias = isinstance(argument, Ref) and argument.name in parameters
            yield ("bias-forgotten" if is_bias else "path-forgotten"), str(number), kept, {}
        yield "sign", "inside", Call(SUBTRACT if call.function is ADD else ADD, call.arguments), {}
    elif call.function in (MULTIPLY, MATRIX_PRODUCT):
        for number, argument in enumerate(call.arguments):
            of_parameter = isinstance(argument, Ref) and argument.name in parameters
            cause = "weight-forgotten" if of_parameter else "input-forgotten"
            yield cause, str(number), call.arguments[1 - number], {}
    elif (of_loss := loss_in(call.function)) is not None:
        own, count = of_loss
        for loss in other_losses(own, means=count > 1):
            cause = "reduction" if loss.name == own.name and loss.mean != own.mean else "loss"
            yield cause, str(loss.told), part_of_loss(loss, {}, count, *call.arguments), {"loss": loss.told}
    elif call.function is DIVIDE:
        yield "divisor-forgotten", "", call.arguments[0], {}
    elif len(call.arguments) == 1 and call.function is not NEGATE:
        yield "activation-forgotten", "", call.arguments[0], {}
        if record_of(call.function) is not None:
            for record in forms():
                if record.function is not call.function:
                    found = record.function(*call.arguments)
                    yield "other-activation", "forward", found, {"activation": record.name, **record.options}


def _by_formula(place: Place, name: str, formula: Formula) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        return _put(place, row, result, name, computed(formula, values.value))

    return make


def _put(place: Place, row: Row, result: Array, name: str, part: Array) -> Array | None:
    """A row with one of its values changed; what stands beside it stays.

    None where the value would be one for each example, and is one for the batch.
    """
    if len(part) not in (1, len(result)):
        return None
    _, columns = place.steps.forward[name]
    found = result.copy()
    found[:, columns] = np.broadcast_to(part, (len(result), *part.shape[1:])).reshape(len(result), -1)
    return found


def _of_paths(place: Place, name: str, formula: Formula) -> Iterator[Fault]:
    """One input forgotten in a product of a matrix and a vector."""
    for factor in _vectors(place, formula):
        (count,) = place.program.shapes[factor]
        for item in range(count if 1 < count <= MOST_PATHS else 0):

            def make(values: Values, row: Row, result: Array, factor: str = factor, item: int = item) -> Array | None:
                def without() -> Array:
                    found = values.value(factor).copy()
                    found[:, item] = 0.0
                    return found

                known = place.known(values, {factor: without})
                return _put(place, row, result, name, computed(formula, known))

            through = place.program.names[factor][1][item]
            words = (f"without the part from {through}", "the sum over all of them")
            yield Fault("path-forgotten", make, *words, sort=f"{factor}.{item}")


def _vectors(place: Place, formula: Formula) -> Iterator[str]:
    """Vectors that are multiplied by a matrix."""
    if not isinstance(formula, Call):
        return
    if formula.function is MATRIX_PRODUCT:
        for argument in formula.arguments:
            if isinstance(argument, Ref) and len(place.program.shapes[argument.name]) == 1:
                yield argument.name
    for argument in formula.arguments:
        yield from _vectors(place, argument)


def of_error(place: Place, row: Row) -> Iterator[Fault]:
    """Mistakes of the row E."""
    if place.steps.of_graph:
        yield from _of_error_formula(place, row)
        return
    own, (y,) = place.scenario.layered.loss, place.program.outputs
    if not own.needs_targets:
        return
    right = f"E as of {own.called}"
    for sort, sign in (("y − t", 1.0), ("t − y", -1.0), ("½(y − t)", 0.5)):
        yield Fault("not-squared", _difference(place, y, sign), f"Σ {sort}, not squared", right, sort=sort)
    yield from _of_two_classes(place, y, own)
    for said, make in broadcast(place, lambda outputs, targets: errors_of(own, outputs, targets)):
        yield Fault("reduction", make, f"E as the {said}", "each output with its own target", sort=said)
    for loss in other_losses(own):
        yield Fault("loss", _as_of(place, y, loss), f"E as of {loss.called}", right, {"loss": loss.told}, sort="value")


def _difference(place: Place, y: str, factor: float) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        return None if values.targets is None else factor * (values.value(y) - values.targets)

    return make


def _of_two_classes(place: Place, y: str, own: Loss) -> Iterator[Fault]:
    """Of t·E(1) + (1 − t)·E(0), with E(t) the error where the target is t: one summand missing, or its sign turned."""
    if own.name != BINARY_CROSS_ENTROPY.name:
        return
    parts = ("t·ln y", "(1 − t)·ln(1 − y)")
    for cause, word, factor in (("sign", "with another sign", -1.0), ("path-forgotten", "missing", 0.0)):
        for changed, name in enumerate(parts):

            def make(
                values: Values, row: Row, result: Array, changed: int = changed, factor: float = factor
            ) -> Array | None:
                if values.targets is None:
                    return None
                outputs, t = values.value(y), values.targets
                of_one, of_zero = (errors_of(own, outputs, np.full(t.shape, target)) for target in (1.0, 0.0))
                first, second = (factor if changed == number else 1.0 for number in (0, 1))
                return np.asarray(first * t * of_one + second * (1.0 - t) * of_zero)

            right = f"−({' + '.join(parts)})"
            yield Fault(cause, make, f"{{0}} with {name} {word}", right, sort=f"{name} {word}")


def _as_of(place: Place, y: str, loss: Loss) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        return None if values.targets is None else errors_of(loss, values.value(y), values.targets)

    return make


def _of_error_formula(place: Place, row: Row) -> Iterator[Fault]:
    if len(row.values) != 1:
        return
    (name,) = row.values
    if name not in place.program.equation:
        return
    formula = place.program.equation[name].formula
    for cause, sort, other, details in rewritten(place, formula):
        if fits(place, other, name):

            def make(values: Values, row: Row, result: Array, other: Formula = other) -> Array | None:
                found = computed(other, values.value)
                if len(found) not in (1, len(result)):
                    return None
                return np.broadcast_to(found.reshape(len(found), -1), result.shape)

            yield Fault(cause, make, *_words(place, cause, details), details, sort=sort)
