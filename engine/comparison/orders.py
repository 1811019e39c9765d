"""What may be otherwise from one iteration to the next: the order of the examples, and what is kept of derivatives."""

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.faults import Fault, Faults, Make
from engine.formula.arithmetic import locked
from engine.program.batches import batches_per_epoch
from engine.program.scenario import Scenario
from engine.program.steps import Row
from engine.walking.values import Values

Array = NDArray[np.float64]


def other_orders(scenario: Scenario) -> Iterator[tuple[str, Scenario]]:
    """The examples in other orders: what was done, in words, and the scenario so.

    Of a shuffle there are too many: only that it was left out is told.
    """
    training, count = scenario.training, len(scenario.inputs)
    if count < 2:
        return
    if training.shuffle is not None:
        plain = replace(scenario, training=replace(training, shuffle=None))
        yield "the examples were taken in the order of the file; they should be shuffled", plain
        return
    right = "they should be taken in the order of the file"
    seen, size = [list(range(count))], training.batch
    found = list(_orders(count, size, batches_per_epoch(scenario)))
    alike: dict[tuple[frozenset[int], ...], list[str]] = {}
    for words, order in found:  # a sum is the same in whatever order a batch has its examples
        alike.setdefault(_batches(order, size), []).append(words)
    for _, order in found:
        if order not in seen:
            seen.append(order)
            yield f"{', or '.join(alike[_batches(order, size)])}; {right}", _in_order(scenario, order)


def _batches(order: list[int], size: int) -> tuple[frozenset[int], ...]:
    return tuple(frozenset(order[first : first + size]) for first in range(0, len(order), size))


def _orders(count: int, batch: int, batches: int) -> Iterator[tuple[str, list[int]]]:
    """Orders that people take for another one."""
    whole = list(range(count))
    yield "the examples were taken from the end", whole[::-1]
    if batches > 1:
        for number in sorted({1, batch}):
            what = "batch" if number == batch and batch > 1 else "example"
            yield f"the first {what} was left for the end of the epoch", whole[number:] + whole[:number]
            yield f"the last {what} was taken first", whole[-number:] + whole[:-number]
        if batch > 1:
            strided = [one for first in range(batches) for one in whole[first::batches]]
            yield f"the examples of a batch lie {batches} apart in the file, not side by side", strided
            if count % batch == 0:
                blocks = [whole[first : first + batch] for first in range(0, count, batch)]
                yield "the batches were taken from the end", [one for block in blocks[::-1] for one in block]


def _in_order(scenario: Scenario, order: list[int]) -> Scenario:
    return replace(
        scenario,
        inputs=locked(scenario.inputs[order]),
        targets=None if scenario.targets is None else locked(scenario.targets[order]),
        weights=None if scenario.weights is None else locked(scenario.weights[order]),
    )


def kept(rows: tuple[Row, ...]) -> Faults:
    """Derivatives by parameters to which those of all iterations before are added: nothing sets them to zero.

    They are to be made in one iteration after the other, from the first one on.
    """
    return {
        index: [Fault("gradients-kept", _added(), "{0} with those before it", "{0} of one iteration")]
        for index, row in enumerate(rows)
        if row.quantity == "dE/dw"
    }


def _added() -> Make:
    sums: dict[int, Array] = {}

    def make(values: Values, row: Row, result: Array) -> Array | None:
        before = sums.get(values.iteration - 1)
        sums[values.iteration] = np.array(result) if before is None else before + result
        return sums[values.iteration]

    return make
