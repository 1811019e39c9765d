"""The only code that computes a propagation value: one row of an iteration from the rows before it.

The sequence of rows decides everything else. The error goes back through the parameters *as they stand now*; with
simultaneous updates those are still the old ones, because all updates come last.
"""

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.formula.arithmetic import locked, ordered_sum
from engine.formula.quantity import Quantity
from engine.program.batches import batch_of, weights_of
from engine.program.chain_rule import added, pulled
from engine.program.equations import computed, value_of
from engine.program.names import within
from engine.program.scenario import Scenario
from engine.program.steps import Row, Steps
from engine.walking.clipping import clipped, norm_of
from engine.walking.values import Event, Values, followed

Array = NDArray[np.float64]


def begin(scenario: Scenario, steps: Steps, iteration: int, theta: Array, state: Array) -> Values:
    """Iteration k with nothing computed yet, on its own batch."""
    return begin_with(scenario, steps, iteration, theta, state, batch_of(scenario, iteration))


def begin_with(
    scenario: Scenario, steps: Steps, iteration: int, theta: Array, state: Array, examples: tuple[int, ...]
) -> Values:
    """Iteration k with nothing computed yet, on chosen examples (numbers from 0)."""
    chosen, taken = list(examples), scenario.training.arithmetic.taken
    targets = None if scenario.targets is None else taken(locked(scenario.targets[chosen]))
    inputs = taken(locked(scenario.inputs[chosen]))
    weights = weights_of(scenario, chosen)
    weights = None if weights is None else taken(locked(weights))
    return Values(steps, iteration, examples, inputs, targets, taken(theta), taken(state), weights=weights)


def first_state(scenario: Scenario) -> Array:
    """The optimizer's memory before the walk's first update, as its rule or a file has it: (slots, parameters)."""
    if scenario.resume is not None:
        return scenario.resume.state
    training = scenario.training
    return locked(training.optimizer.first_state(training.rate(0), len(scenario.theta)))


def pack(theta: Array, state: Array) -> Array:
    """Parameters, and what the optimizer remembers of them behind: an iteration's start as one array."""
    return locked(np.concatenate((theta, state.ravel())))


def unpack(packed: Array, count: int) -> tuple[Array, Array]:
    """Both as views, of so many parameters."""
    return packed[:count], packed[count:].reshape(-1 if count else 0, count)


def advance(scenario: Scenario, values: Values) -> Values:
    """The iteration with one row more.

    Raises:
        ValueError: the iteration is complete, or a number of it has left the finite ones.
    """
    if values.complete:
        raise ValueError("the iteration is complete")
    if values.event is not None:
        raise ValueError(str(values.event))
    with _no_warnings():
        return _with_row(scenario, values)


def complete(scenario: Scenario, values: Values) -> Values:
    """The whole iteration, or as much of it as stays finite."""
    with _no_warnings():
        while not values.complete and values.event is None:
            values = _with_row(scenario, values)
    return values


def _no_warnings() -> np.errstate:
    """What is not finite becomes an event, with its name."""
    return np.errstate(all="ignore")


def _with_row(scenario: Scenario, values: Values) -> Values:
    later = with_row(scenario, values)
    event = event_of(scenario, later, values.steps.rows[len(values.results)])
    return later if event is None else replace(later, event=event)


def with_row(scenario: Scenario, values: Values) -> Values:
    """The iteration with one row more, whether its numbers are finite or not: numpy may warn of them."""
    row = values.steps.rows[len(values.results)]
    if row.quantity in _MORE:
        return _MORE[row.quantity](scenario, values, row)
    result = locked(_COMPUTE[row.quantity](scenario, values, row))
    return replace(values, results=followed(values.results, result), previous=values)


def _forward(scenario: Scenario, values: Values, row: Row) -> Array:
    """Values of the program, one behind the other: what the example gives, or what an equation makes."""
    program, arithmetic = values.steps.program, scenario.training.arithmetic
    parts = [
        arithmetic.kept(value_of(program.equation[name], values.value, arithmetic.field))
        if name in program.equation
        else values.given(name)
        for name in row.values
    ]
    return _flat(parts)


def _flat(parts: Sequence[Array]) -> Array:
    """Values one behind the other, shape (batch, their elements)."""
    flat = [part if part.ndim == 2 else part.reshape(len(part), -1) for part in parts]
    return flat[0] if len(flat) == 1 else np.concatenate(flat, axis=1)


def _error(scenario: Scenario, values: Values, row: Row) -> Values:
    """E per output (shape (batch, n)), per example, and of the batch."""
    program, batch, arithmetic = values.steps.program, len(values.examples), scenario.training.arithmetic
    terms = [
        values.value(name)
        if values.steps.forward[name][0] < len(values.results)  # one that is used further on
        else arithmetic.kept(value_of(program.equation[name], values.value, arithmetic.field))
        for name in row.values
    ]
    parts = _flat([np.broadcast_to(term, (batch, *term.shape[1:])) if len(term) != batch else term for term in terms])
    example_errors = arithmetic.kept(ordered_sum(np.ascontiguousarray(parts.T)))
    later = replace(
        values,
        results=followed(values.results, locked(parts)),
        penalty=penalty_of(scenario, values.theta, batch),
        previous=values,
    )
    return with_errors(scenario, later, example_errors)


def with_errors(scenario: Scenario, values: Values, example_errors: Array) -> Values:
    """Values whose examples have these errors, and the E of the batch that is made of them and of the penalty."""
    arithmetic, error = scenario.training.arithmetic, reduced(scenario, example_errors[:, np.newaxis])[0]
    if values.penalty is not None:
        of = error.dtype.type  # single precision stays that
        error = of(arithmetic.kept_of(float(error))) + of(values.penalty)
    return replace(values, example_errors=locked(example_errors), error=arithmetic.kept_of(float(error)))


def penalty_of(scenario: Scenario, theta: Array, count: int) -> float | None:
    """What E has of parameters alone, in a batch of so many examples; None where there is no penalty."""
    penalty, arithmetic = scenario.training.penalty, scenario.training.arithmetic
    if penalty is None:
        return None
    if not penalty.of:
        return 0.0
    parts = arithmetic.kept(penalty.of_array(theta[penalty.indices], count))
    return arithmetic.kept_of(float(ordered_sum(parts[:, np.newaxis])[0]))


def reduced(scenario: Scenario, per_example: Array, batch: int | None = None, out: Array | None = None) -> Array:
    """The examples' numbers joined into the batch's: their sum, or their mean. (batch, …) → (…).

    Args:
        scenario: says which of the two.
        per_example: the numbers; of what is one for all examples, that one, which is their sum already.
        batch: the number of examples, where that is not the length.
        out: where they are to stand, if there is such a place.
    """
    total, count = ordered_sum(per_example, out), batch or len(per_example)
    if scenario.training.reduction != "mean" or count == 1:
        return total
    return cast(Array, np.divide(total, count, out=out))


def _d_error_d_value(scenario: Scenario, values: Values, row: Row) -> Array:
    """dE/d(a value of the program): the sum over the equations that use it, in their order. Shape (batch, n)."""
    program, (name,), arithmetic = values.steps.program, row.values, scenario.training.arithmetic
    if name in program.direct and values.targets is not None:
        return arithmetic.kept(program.direct_computations[name](values.value, arithmetic.field))
    return arithmetic.kept(_flat([values.pulled(name)]))


def _d_error_d_parameters(scenario: Scenario, values: Values, row: Row) -> Array:
    """dE/dw of a layer's parameters; of tied ones the sum over this use and those of later layers, in that order."""
    program, place, batch = values.steps.program, values.steps.backward, len(values.examples)
    arithmetic = scenario.training.arithmetic

    def parts(name: str) -> list[Array]:
        uses = (use for use in program.consumers[name] if place[use.target][0] < len(values.results))
        return [
            pulled(program, use, name, values.value, values.derivative(use.target), None, arithmetic, summed=True)
            for use in uses
        ]

    pulls = {name: parts(name) for name in row.values}
    kind, span = np.result_type(*(part for of_one in pulls.values() for part in of_one)), values.steps.span(row)
    made = np.empty(span.stop - span.start, kind)  # of many parameters each array that is made takes as long as its sum
    for name, of_one in pulls.items():
        own = program.parameters[name]
        here = made[own.start - span.start : own.stop - span.start].reshape(program.shapes[name])
        if len(of_one) == 1:
            reduced(scenario, of_one[0], batch, here)
        else:
            here[...] = added([reduced(scenario, part, batch) for part in of_one])
        if scenario.training.penalty is not None:
            here[...] = with_penalty(scenario, values, name, here.ravel()).reshape(here.shape)
    return arithmetic.kept(made)


def with_penalty(scenario: Scenario, values: Values, name: str, derivative: Array) -> Array:
    """A parameter's derivative with the penalty's part: of a tied one it comes in once, where its uses are all done."""
    penalty, steps = scenario.training.penalty, values.steps
    if penalty is None or steps.derivatives[name][-1][0] != len(values.results):
        return derivative
    span = steps.program.parameters[name]
    at = penalty.within(span)
    derivative = derivative.copy()
    derivative[at] += penalty.slope_of_array(values.theta[span][at], len(values.examples))
    return derivative


def taken(scenario: Scenario, values: Values, row: Row) -> Array:
    """What the update rule takes of the parameters of a row: their derivatives, clipped or not, or corrections."""
    rule, arithmetic, program = scenario.training.learning_rule, scenario.training.arithmetic, values.steps.program
    if rule is None:
        return clipped(scenario.training.clip, values, row)
    differences = arithmetic.kept(computed(rule.of_layer, values.value, arithmetic.field))
    uses = ((name, use) for name in row.values for use in program.consumers[name])
    parts = [pulled(program, use, name, values.value, differences, None, arithmetic, summed=True) for name, use in uses]
    joined = (reduced(scenario, part, len(values.examples)).ravel() for part in parts)
    return arithmetic.kept(np.concatenate([*joined]))


def _update(scenario: Scenario, values: Values, row: Row) -> Values:
    """New parameters and new optimizer state of one layer."""
    training, span = scenario.training, values.steps.span(row)
    old, old_state = values.theta[span], values.state[:, span]
    new, new_state = training.optimizer.update(
        old, taken(scenario, values, row), old_state, training.rate(values.iteration), values.iteration + 1
    )
    frozen = within(training.frozen, span.start, span.stop - span.start)
    theta, state, kept = values.theta.copy(), values.state.copy(), training.arithmetic.kept
    theta[span], state[:, span] = kept(new), kept(new_state)
    if frozen:
        theta[span][frozen], state[:, span][:, frozen] = old[frozen], old_state[:, frozen]
    return replace(
        values,
        theta=locked(theta),
        state=locked(state),
        results=followed(values.results, theta[span]),
        previous=values,
    )


_COMPUTE: dict[str, Callable[[Scenario, Values, Row], Array]] = {
    "x": _forward,
    "y": _forward,
    "dE/dy": _d_error_d_value,
    "dE/dx": _d_error_d_value,
    "dE/dw": _d_error_d_parameters,
}
_MORE: dict[str, Callable[[Scenario, Values, Row], Values]] = {"E": _error, "w+": _update}
"""Rows of which more is known afterwards than their result."""


def event_of(scenario: Scenario, values: Values, row: Row) -> Event | None:
    """The first number of the newest row that is not finite: of its first item, whose first example comes first."""
    result = values.results[-1]
    if row.quantity == "dE/dy" and row.values[0] in values.steps.program.passed:
        return None  # nothing uses it
    finite = np.isfinite(result)
    if row.quantity == "w+":
        finite = finite & np.isfinite(values.state[:, values.steps.span(row)]).all(axis=0)
    if np.logical_and.reduce(finite, axis=None):
        if values.error is not None and not np.isfinite(values.error):
            return Event(values.iteration, Quantity("E"), None, values.error)
        return None
    at = tuple(np.argwhere(~finite.T)[0][::-1])
    name = values.steps.names(row)[at[-1]]
    example = values.examples[at[0]] if row.per_example and len(result) == len(values.examples) else None
    if row.quantity == "w+" and (found := _event_on_the_way(scenario, values, name)) is not None:
        return found
    return Event(values.iteration, Quantity(row.quantity, name), example, float(result[at]))


def _event_on_the_way(scenario: Scenario, values: Values, name: str) -> Event | None:
    """A norm that is not finite, or what the optimizer remembers where the parameter itself is."""
    slots, index = scenario.training.optimizer.slots, scenario.network.parameter_index[name]
    clip = scenario.training.clip
    norm = None if clip is None else norm_of(clip, values, index)
    if norm is not None and not np.isfinite(norm):
        return Event(values.iteration, Quantity("norm", name), None, norm)
    if not np.isfinite(values.theta[index]):
        return None
    numbers = zip(slots, values.state[:, index].tolist(), strict=True)
    slot, value = next((slot, value) for slot, value in numbers if not np.isfinite(value))
    return Event(values.iteration, Quantity(f"{slot}+", name), None, value)
