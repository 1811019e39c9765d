"""Mistakes where the loss comes in: another loss, no target, a slope left in that cancels with it."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from engine.comparison.faults import Fault, Faults, Make, Place
from engine.comparison.slope_faults import diagonal
from engine.formula.field import REAL
from engine.formula.loss import Loss
from engine.formula.losses import other_losses
from engine.program.chain_rule import pulled
from engine.program.equations import computed
from engine.program.steps import Row
from engine.walking.values import Values

Array = NDArray[np.float64]


MOST_PAIRS = 4_096
"""Outputs by targets that are held against each other."""
BROADCAST = "every output beside every target (shapes (m, 1) and (m,))"
"""What becomes of a difference of arrays that are not shaped alike."""


def broadcast(place: Place, of: Callable[[Array, Array], Array]) -> Iterator[tuple[str, Make]]:
    """What is asked of outputs and targets, asked of each output with every target: their mean, or their sum.

    Args:
        place: of the walk.
        of: what is asked.
    """
    loss, batch = place.scenario.layered.loss, place.slots.batch
    if not loss.needs_targets or len(place.scenario.network.outputs) > 1 or batch < 2 or batch * batch > MOST_PAIRS:
        return
    (y,) = place.program.outputs
    for sort, share in (("mean", batch), ("sum", 1)):

        def make(values: Values, row: Row, result: Array, share: int = share) -> Array | None:
            if values.targets is None:
                return None
            outputs = values.value(y)
            parts = [of(outputs, np.full_like(outputs, target)) for target in values.targets.ravel().tolist()]
            return np.asarray(np.sum(parts, axis=0) / share)

        yield f"{sort} of {BROADCAST}", make


def of_the_loss(place: Place, row: Row) -> Iterator[Fault]:
    """Of dE/dy of outputs: another loss, or no target."""
    (name,) = row.values
    uses = place.program.consumers[name]
    if place.steps.of_graph or len(uses) != 1 or uses[0].target not in place.program.errors:
        return
    losses = place.scenario.layered.loss
    if losses.needs_targets:
        yield _target_forgotten(lambda values: values.value(name))
    for said, make in broadcast(place, lambda y, t: slopes_of(losses, y, t)):
        yield Fault("reduction", make, f"{{0}} as the {said}", "{0} with its own target", sort=said)
    for loss in other_losses(losses) if losses.needs_targets else ():
        yield Fault(
            "loss",
            _slopes_of_loss(loss, name),
            f"{{0}} as of {loss.called}",
            f"{{0}} as of {losses.called}",
            {"loss": loss.told},
            sort="slope",
        )


def activation_twice(place: Place) -> Iterator[Faults]:
    """The outputs' activation function used twice, once more by the loss: outputs as they are, or after both."""
    if place.steps.of_graph or not place.scenario.layered.loss.needs_targets:
        return
    (y,), loss, steps = place.program.outputs, place.scenario.layered.loss, place.steps
    x = place.sources.get(y)
    if x is None or y not in steps.backward or x not in steps.backward:
        return
    use = place.program.equation[y]

    def once(values: Values) -> Array:
        return np.asarray(computed(use.form, values.value))

    def twice(values: Values) -> Array:
        first = once(values)
        return np.asarray(computed(use.form, place.known(values, {x: lambda: first})))

    def of_loss(values: Values) -> Array:
        assert values.targets is not None
        return slopes_of(loss, twice(values), values.targets)

    def of_first(values: Values) -> Array:
        first, second = once(values), twice(values)
        known = place.known(values, {x: lambda: first, y: lambda: second})
        return pulled(place.program, use, x, known, of_loss(values))

    def of_inputs(values: Values) -> Array:
        first = once(values)
        return pulled(place.program, use, x, place.known(values, {y: lambda: first}), of_first(values))

    def fault(made: Callable[[Values], Array]) -> Fault:
        return Fault("activation-twice", lambda values, row, result: made(values).reshape(result.shape))

    def errors(values: Values) -> Array:
        assert values.targets is not None
        return errors_of(loss, twice(values), values.targets)

    (at_y, _), (at_x, _), (forward, _) = steps.backward[y], steps.backward[x], steps.forward[y]
    yield {steps.error_row: [fault(errors)], at_y: [fault(of_first)], at_x: [fault(of_inputs)]}
    yield {forward: [fault(twice)], at_x: [fault(of_inputs)]}


def errors_of(loss: Loss, outputs: Array, targets: Array) -> Array:
    """The error of each output."""
    count = outputs.shape[1]
    pairs = zip(outputs.ravel().tolist(), targets.ravel().tolist(), strict=True)
    return np.array([loss.value(one, t, count, REAL) for one, t in pairs]).reshape(outputs.shape)


def _target_forgotten(of: Callable[[Values], Array]) -> Fault:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        return of(values).reshape(result.shape)

    return Fault("target-forgotten", make, "y[{n}] for y[{n}] − t[{n}]", "y[{n}] − t[{n}] in it")


def _slopes_of_loss(loss: Loss, name: str) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        if values.targets is None:
            return None
        return slopes_of(loss, values.value(name), values.targets)

    return make


def slopes_of(loss: Loss, y: Array, t: Array) -> Array:
    """dE/dy of a loss."""
    count = y.shape[1]
    pairs = zip(y.ravel().tolist(), t.ravel().tolist(), strict=True)
    return np.array([loss.slope(one, target, count, REAL) for one, target in pairs]).reshape(y.shape)


def where_it_cancels(place: Place, row: Row) -> Iterator[Fault]:
    """Of dE/dx = y − t: a slope left in, no target, no slope where it was put together, another loss."""
    (x,), (y,) = row.values, place.program.passed
    use = place.program.equation[y]

    def left_in(values: Values, row: Row, result: Array) -> Array | None:
        return pulled(place.program, use, x, values.value, result)

    yours, right = "{0} = (y[{n}] − t[{n}]) · dy/dx[{n}]", "{0} = y[{n}] − t[{n}]"
    yield Fault("slope-not-cancelled", left_in, yours, right)
    if use.formula.function.name == "softmax":  # type: ignore[union-attr]

        def of_the_diagonal(values: Values, row: Row, result: Array) -> Array | None:
            return pulled(place.program, use, x, values.value, result, diagonal)

        yield Fault("slope-not-cancelled", of_the_diagonal, yours, right, sort="diagonal")

        def through_the_diagonal(values: Values, row: Row, result: Array) -> Array | None:
            return pulled(place.program, use, x, values.value, values.derivative(y), diagonal)

        yield Fault("diagonal-only", through_the_diagonal, "{0} = dE/dy[{n}] · y[{n}]·(1 − y[{n}])", right)
    yield _target_forgotten(lambda values: values.value(y))
    own = place.scenario.layered.loss

    def through(outputs: Array, targets: Array) -> Array:
        return slopes_of(own, outputs, targets)

    for said, make in broadcast(place, through):

        def of_pairs(values: Values, row: Row, result: Array, make: Make = make) -> Array | None:
            found = make(values, row, result)
            return None if found is None else pulled(place.program, use, x, values.value, found)

        yield Fault("reduction", of_pairs, f"{{0}} as the {said}", "{0} with its own target", sort=said)

    def forgotten(values: Values, row: Row, result: Array) -> Array | None:
        return values.derivative(y)

    yield Fault("slope-forgotten", forgotten, "{0} = dE/dy[{n}]", right)
    for loss in other_losses(place.scenario.layered.loss):

        def of_loss(values: Values, row: Row, result: Array, loss: Loss = loss) -> Array | None:
            if values.targets is None:
                return None
            return pulled(place.program, use, x, values.value, slopes_of(loss, values.value(y), values.targets))

        yield Fault("loss", of_loss, f"{{0}} as of {loss.called}", right, {"loss": loss.told}, sort="slope")
