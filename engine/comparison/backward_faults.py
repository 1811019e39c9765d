"""Mistakes on the way back: a slope, a weight, an input or a path forgotten, or something else in its place."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from engine.comparison.faults import Fault, Make, Place, Way, is_factor, of_way
from engine.comparison.loss_faults import of_the_loss, where_it_cancels
from engine.comparison.slope_faults import of_slopes
from engine.formula.tree import Ref
from engine.program.chain_rule import pulled
from engine.program.equations import Equation
from engine.program.steps import Row
from engine.walking.clipping import clipped_if_known
from engine.walking.values import Values

Array = NDArray[np.float64]

MOST_PATHS = 12
"""Of a sum over more paths than this nobody forgets just one."""


def of_derivative(place: Place, row: Row) -> Iterator[Fault]:
    """Mistakes of a row dE/dy or dE/dx."""
    (name,) = row.values
    if name in place.program.direct:
        yield from where_it_cancels(place, row)
        return
    yield from of_slopes(place, row)
    yield from of_the_loss(place, row)
    yield from of_factors(place, row)
    yield from _of_paths(place, row)
    yield from _of_errors_above(place, row)


def of_parameters(place: Place, row: Row) -> Iterator[Fault]:
    """Mistakes of a row dE/dw."""
    yield from of_slopes(place, row)
    yield from of_factors(place, row)
    yield from _of_errors_above(place, row)
    yield from _of_paths(place, row)
    yield from _of_examples(place)
    yield from _of_one_example(place)
    yield from _of_biases(place, row)


def of_factors(place: Place, row: Row) -> Iterator[Fault]:
    """The other factor of a product forgotten, or something else in its place."""
    program = place.program
    others = {
        leaf.name
        for _, turn in place.turns(row)
        if is_factor(turn) and isinstance(leaf := turn.call.arguments[1 - turn.place], Ref)
    }
    for name in sorted(others, key=list(program.shapes).index):
        of_parameter = name in program.parameters
        kind = "w" if of_parameter else "y"
        cause = "weight-forgotten" if of_parameter else "input-forgotten"
        yield of_way(place, cause, _with(name, np.ones_like), f"without the factor {kind}", f"with the factor {kind}")
        if name in place.sources:
            other = _with_value(name, place.sources[name])
            yield of_way(place, "input-for-output", other, "x in the place of y", "y[…], not x[…]")
        if of_parameter:
            words = "with the weights after the update", "with the weights before it"
            yield of_way(place, "updated-weight", Way({name: _updated(place, name)}), *words)
            shape = program.shapes[name]
            if len(shape) == 2 and shape[0] == shape[1] and shape[0] > 1:
                way = _with(name, lambda w: w.swapaxes(1, 2))
                yield of_way(place, "transposed", way, "with Wᵀ and W exchanged", "W", sort="weights")
        yield from _of_other_layers(place, row, name)
    if len(others) > 1:
        without_any = Way(change=lambda turn, local: np.ones_like(local) if is_factor(turn) else local)
        cause = "weight-forgotten" if others <= set(program.parameters) else "input-forgotten"
        yield of_way(place, cause, without_any, "without any of the factors", "with all of the factors", sort="all")


def _of_other_layers(place: Place, row: Row, name: str) -> Iterator[Fault]:
    """Another value of this kind and shape in its place."""
    program = place.program
    if place.steps.of_graph:
        return
    for other, shape in program.shapes.items():
        if other != name and shape == program.shapes[name] and other[0] == name[0] and other in program.names:
            if other in program.given and name in program.parameters:
                continue
            words = f"with those of {other}", f"with those of {name}"
            yield of_way(place, "other-layer", _with_value(name, other), *words, sort=other)


def _with(name: str, put: Callable[[Array], Array]) -> Way:
    return Way({name: lambda values: put(values.value(name))})


def _with_value(name: str, other: str) -> Way:
    return Way({name: lambda values: values.value(other)})


def _updated(place: Place, name: str) -> Callable[[Values], Array | None]:
    """What the update makes of a parameter, as far as its derivative is known."""

    def updated(values: Values) -> Array | None:
        places = place.steps.derivatives[name]
        if not places or places[-1][0] >= len(values.results):
            return None
        at, part = places[-1]
        training, span, shape = place.scenario.training, place.program.parameters[name], place.program.shapes[name]
        old = values.beginning.theta[span]
        derivatives = clipped_if_known(training.clip, values, place.steps.rows[at], values.results[at])
        if derivatives is None:
            return None
        new, _ = training.optimizer.update(
            old, derivatives[part], values.state[:, span], training.rate(values.iteration), values.iteration + 1
        )
        for index in training.frozen:
            if span.start <= index < span.stop:
                new[index - span.start] = old[index - span.start]
        return np.asarray(new.reshape(1, *shape))

    return updated


def _of_errors_above(place: Place, row: Row) -> Iterator[Fault]:
    """dE/dy where dE/dx belongs: the slope is missing in what comes back."""
    targets = {use.target for name in row.values for use in place.program.consumers[name]}
    above = {target: place.made_of[target] for target in targets if target in place.made_of}
    above = {target: y for target, y in above.items() if y in place.steps.backward}
    if not above:
        return

    words = "with dE/dy, without the slope", "with dE/dx = dE/dy · dy/dx"
    yield of_way(place, "slope-forgotten", Way(errors=above), *words, sort="above")


def of_errors_above_the_output(place: Place, row: Row) -> Iterator[Fault]:
    """The same in dE/dx, by whoever puts it together at once, and not from dE/dy."""
    target = place.program.consumers[row.values[0]][0].target
    at = place.steps.backward.get(target)
    if place.made_of.get(row.values[0]) != target or at is None:
        return
    output, shape = place.steps.rows[at[0]], place.program.shapes[target]
    for fault in _of_errors_above(place, output) if len(output.values) == 1 else ():

        def make(values: Values, row: Row, result: Array, fault: Fault = fault) -> Array | None:
            back = fault.make(values, output, values.results[at[0]])
            return None if back is None else place.pulled(values, row, adjoint=lambda _: back.reshape(-1, *shape))

        yield Fault(
            "slope-forgotten", make, "with dE/dy of the layer after it", "with its dE/dx", sort="above the output"
        )


def _of_paths(place: Place, row: Row) -> Iterator[Fault]:
    """One summand missing: what comes back through one use, or one node of a layer."""
    program = place.program
    for name in row.values:
        uses = program.consumers[name]
        for use in uses if len(uses) > 1 else ():
            yield Fault(
                "path-forgotten",
                _without_use(place, use, name),
                f"without the part through {use.target}",
                "all parts",
                sort=use.target,
            )
        for use in uses:
            count = int(np.prod(program.shapes[use.target]))
            if count <= MOST_PATHS and count > 1 and program.sums(use, name):
                for item in range(count):
                    through = program.names[use.target][1][item]
                    yield Fault(
                        "path-forgotten",
                        _without_item(place, use, name, item),
                        f"without the part through {through}",
                        "the sum over all of them",
                        sort=f"{use.target}.{item}",
                    )


def _without_use(place: Place, use: Equation, name: str) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        def part(one: Equation, of: str) -> Array:
            found = pulled(place.program, one, of, values.value, values.derivative(one.target))
            return found * 0.0 if (one.target, of) == (use.target, name) else found

        return place.backward(values, row, part)

    return make


def _without_item(place: Place, use: Equation, name: str, item: int) -> Make:
    def make(values: Values, row: Row, result: Array) -> Array | None:
        def part(one: Equation, of: str) -> Array:
            adjoint = values.derivative(one.target)
            if (one.target, of) == (use.target, name):
                adjoint = adjoint.copy()
                adjoint.reshape(len(adjoint), -1)[:, item] = 0.0
            return pulled(place.program, one, of, values.value, adjoint)

        return place.backward(values, row, part)

    return make


def _of_biases(place: Place, row: Row) -> Iterator[Fault]:
    """dE/db added up over the nodes as well, or made of dE/dW: a sum of a program over one axis too many."""
    program, first = place.program, place.steps.span(row).start
    spans = {
        len(program.shapes[name]): slice(program.parameters[name].start - first, program.parameters[name].stop - first)
        for name in row.values
    }
    if place.steps.of_graph or len(row.values) != 2 or set(spans) != {1, 2}:
        return
    n_out = spans[1].stop - spans[1].start
    made: tuple[tuple[str, str, str, Callable[[Array], Array]], ...] = (
        ("reduction", "nodes", "added up over the nodes as well", lambda result: result[spans[1]].sum()),
        ("reduction", "mean of nodes", "the mean over the nodes as well", lambda result: result[spans[1]].mean()),
        ("other-quantity", "weights", "the sum of the node's dE/dw", lambda of: of[spans[2]].reshape(n_out, -1).sum(1)),
    )
    for cause, sort, yours, biases in made if n_out > 1 else made[-1:]:

        def make(values: Values, row: Row, result: Array, biases: Callable[[Array], Array] = biases) -> Array | None:
            found = result.copy()
            found[spans[1]] = biases(result)
            return found

        right = "dE/db of a node is the sum of its dE/dx over the examples"
        yield Fault(cause, make, f"dE/db is {yours}", right, sort=f"biases, {sort}")


def _of_one_example(place: Place) -> Iterator[Fault]:
    """Derivatives of one example alone: in a loop over them they were set, and not added to."""
    batch, of_mean = place.slots.batch, place.scenario.training.reduction == "mean"
    shares = ((float(batch), ""), (1.0, f" divided by the {batch} examples")) if of_mean else ((1.0, ""),)
    for example in range(batch if 2 < batch <= MOST_PATHS else 0):
        for share, over in shares:

            def make(
                values: Values, row: Row, result: Array, example: int = example, share: float = share
            ) -> Array | None:
                def adjoint(name: str) -> Array:
                    found = values.derivative(name)
                    kept = np.arange(len(found)) == example if len(found) > 1 else np.ones(1, np.bool_)
                    return np.asarray(found * kept.reshape(-1, *[1] * (found.ndim - 1)))

                return place.pulled(values, row, adjoint=adjoint) * share

            yield Fault(
                "example-left-out",
                make,
                f"that of example {example + 1} of the batch alone{over}, as where it is set and not added to",
                "over all examples",
                {"example": example + 1, "alone": True},
                sort=f"alone{over}",
            )


def _of_examples(place: Place) -> Iterator[Fault]:
    """One example left out, or the mean for the sum and the other way round."""
    batch = place.slots.batch
    for example in range(batch if 1 < batch <= MOST_PATHS else 0):
        for divided_too in (False, True) if place.scenario.training.reduction == "mean" else (False,):

            def make(
                values: Values, row: Row, result: Array, example: int = example, divided_too: bool = divided_too
            ) -> Array | None:
                def adjoint(name: str) -> Array:
                    found = values.derivative(name).copy()
                    found[example % len(found)] = 0.0
                    return found

                return place.pulled(values, row, adjoint=adjoint) * (batch / (batch - 1) if divided_too else 1.0)

            yield Fault(
                "example-left-out",
                make,
                f"without example {example + 1} of the batch",
                "over all examples",
                {"example": example + 1},
                sort=str(divided_too),
            )
