"""Mistakes that any row may have: another sign, a factor, turned round or in another order, or something else shown."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.comparison.faults import Fault, Make, Place
from engine.comparison.forms import other_forms
from engine.program.steps import Row
from engine.walking.advance import begin_with, complete
from engine.walking.clipping import clipped_if_known
from engine.walking.values import Values

Array = NDArray[np.float64]
MOST_EXAMPLES = 64
"""Examples of a file that are tried in the place of the right one."""


def of_any(place: Place, row: Row) -> Iterator[Fault]:
    """Mistakes of whatever kind a row is."""
    if row.quantity == "w+":
        yield from _turned(place, row)
        yield from _of_others(place, row)
        return
    yield turned_sign()
    yield from _turned(place, row)
    yield from _of_constants(place, row)
    yield from _of_others(place, row)
    if row.phase == "backward" and row.per_example:
        yield Fault("saturated-slope", _from_outputs(place), "the slope from y, where y is so near its end", "from x")


def turned_sign() -> Fault:
    """−1 times what is right."""
    return _by_factor("sign", -1.0, "{0} with its sign turned", "{0} as it is")


def of_examples(place: Place, row: Row, values: Values) -> Iterator[Fault]:
    """Numbers of another example of the batch, or of the file."""
    if not row.per_example or (place.steps.of_graph and place.slots.batch > 1):
        return
    batch = values.examples
    if len(batch) > 1:
        for example in range(len(batch)):

            def of_one(values: Values, row: Row, result: Array, example: int = example) -> Array | None:
                return np.repeat(result[example : example + 1], len(result), axis=0)

            yield Fault(
                "other-example",
                of_one,
                f"{{0}} of example {batch[example] + 1}",
                "{0} of its own example",
                {"example": batch[example] + 1},
                sort=str(example),
                printed=True,
            )


def _from_outputs(place: Place) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        return next(iter(list(other_forms(place, values, row))[-1:]), None)

    return make


def _by_factor(cause: str, factor: float, yours: str, right: str, sort: str = "") -> Fault:
    return Fault(cause, lambda values, row, result: factor * result, yours, right, sort=sort, factor=factor)


def _of_constants(place: Place, row: Row) -> Iterator[Fault]:
    """The numbers by which people multiply and divide: examples, outputs, the learning rate."""
    batch, outputs = place.slots.batch, len(place.scenario.network.outputs)
    for count, of in ((batch, "examples"), (outputs, "outputs")):
        if count > 1 and row.quantity in ("E", "dE/dw", "dE/dy", "dE/dx"):
            for factor, word in ((1 / count, "divided by"), (float(count), "times")):
                yours = f"{{0}} {word} the {count} {of}"
                yield _by_factor("reduction", factor, yours, "{0} as it is", sort=f"{of} {word}")
    rate = place.scenario.training.learning_rate
    if row.quantity == "dE/dw" and rate != 1.0:
        for sign, word in ((1.0, "α · dE/dw"), (-1.0, "−α · dE/dw")):
            right = "{0} = dE/dw, without α"
            yield _by_factor("learning-rate", sign * rate, f"{{0}} = {word}", right, sort=word)


def _turned(place: Place, row: Row) -> Iterator[Fault]:
    """Matrices of parameters turned round: of square ones their numbers, of others how these lie."""
    if row.quantity not in ("dE/dw", "w+"):
        return
    program, first = place.program, place.steps.span(row).start
    spans = {name: program.parameters[name] for name in row.values if len(program.shapes[name]) == 2}
    if not any(min(program.shapes[name]) > 1 for name in spans):
        return

    def make(values: Values, row: Row, result: Array) -> Array | None:
        found = result.copy()
        for name, span in spans.items():
            part = slice(span.start - first, span.stop - first)
            found[part] = result[part].reshape(program.shapes[name]).T.ravel()
        return found

    yield Fault("transposed", make, "{0} turned round (rows for columns)", "{0} as it is")


def _of_others(place: Place, row: Row) -> Iterator[Fault]:
    """Another quantity of the same nodes or parameters, or the same one of another layer, shown in its place."""
    rows = place.steps.rows
    here = next((number for number, one in enumerate(rows) if one is row), -1)
    if row.quantity == "dE/dw":
        yield Fault("parameter-for-derivative", _parameters(place), "{0} shows w", "{0} is dE/dw", printed=True)
        yield Fault("change-for-value", _changes(place), "{0} shows w⁺ − w", "{0} is dE/dw", printed=True)
    for number, other in enumerate(rows):
        if number == here or other.per_example != row.per_example or row.quantity == "E":
            continue
        same_nodes = not place.steps.of_graph and other.layer == row.layer and other.quantity != row.quantity
        same_kind = not place.steps.of_graph and other.quantity == row.quantity and other.layer != row.layer
        of_node = place.steps.of_graph and other.node == row.node and other.quantity != row.quantity
        both = {row.quantity, other.quantity} in ({"dE/dw", "w+"}, {"w+"})
        if other.quantity == "E" or both or not (same_nodes or same_kind or of_node):
            continue
        cause = "other-layer" if same_kind else "other-quantity"
        shown = f"{other.quantity}:{other.subject}"
        words = (f"{{0}} shows {shown}", f"{{0}} is {row.quantity}:{row.subject}")
        yield Fault(cause, _row_shown(number), *words, sort=shown, printed=True)


def _row_shown(number: int) -> Make:
    """Another row's numbers, of the walk's last stage or where it stands already."""

    def make(values: Values, row: Row, result: Array) -> Array | None:
        if number >= len(values.results):
            return None
        other = values.results[number]
        return other if other.shape == result.shape else None

    return make


def _parameters(place: Place) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        return values.beginning.theta[place.steps.span(row)]

    return make


def _changes(place: Place) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        training, span = place.scenario.training, place.steps.span(row)
        old = values.theta[span]
        taken = clipped_if_known(training.clip, values, row, result)
        if taken is None:
            return None
        new, _ = training.optimizer.update(
            old, taken, values.state[:, span], training.rate(values.iteration), values.iteration + 1
        )
        return np.asarray(new - old)

    return make


def other_examples(place: Place, start: Values) -> Iterator[tuple[int, Values]]:
    """The iteration with another example of the file, where it takes one by itself."""
    scenario, own = place.scenario, start.examples
    if len(start.examples) != 1:
        return
    for example in range(min(len(scenario.inputs), MOST_EXAMPLES)):
        if example not in own:
            begun = begin_with(scenario, place.steps, start.iteration, start.theta, start.state, (example,))
            yield example + 1, complete(scenario, begun)
