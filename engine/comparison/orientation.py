"""Which way arrays are turned: weights as (n_out, n_in) or (n_in, n_out), examples as rows or as columns."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import prod
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.comparison.entries import Entry
from engine.comparison.slots import Slot, Slots
from engine.program.operations import Shape

Array = NDArray[np.float64]
Ours = Callable[[Slot], Array | None]

LIKE = 1e-5
"""By which part numbers may differ that tell which way an array is turned."""


class Form(NamedTuple):
    """How an array may hold the numbers of a slot.

    Attributes:
        slot: which.
        shape: the array's.
        turned: whether it is turned round.
        joined: of what has numbers for each example where there should be one for the batch, how these are joined.
    """

    slot: Slot
    shape: tuple[int, ...]
    turned: bool
    joined: Literal["", "mean", "sum"] = ""


class Forms:
    """How arrays may hold what a walk has.

    Args:
        slots: of the walk.
        ours: what it has of a slot.
    """

    def __init__(self, slots: Slots, ours: Ours) -> None:
        self._slots, self._ours = slots, ours

    def of(self, entry: Entry, slot: Slot) -> Iterator[Form]:
        """The forms that an array may have."""
        shape = self._slots.shape(slot)
        options = self._of_batch(shape) if self._slots.per_example(slot) else _of_one(shape)
        seen: set[tuple[int, ...]] = set()
        for option, turned in options:
            square = turned and option[0] == option[1]
            if entry.fits(option) and (square or option not in seen):
                seen.add(option)
                yield Form(slot, option, turned)
        if not seen and slot.role in ("value", "derivative", "new") and self._is_shared_bias(slot):
            yield from self._of_shared(entry, slot)
        if not seen and slot.role == "derivative" and self._slots.is_parameter(slot) and self._slots.batch > 1:
            yield from self._of_examples(entry, slot)

    def _of_examples(self, entry: Entry, slot: Slot) -> Iterator[Form]:
        """Of derivatives by parameters that are not joined over the batch: a number for each example."""
        batch, shape = self._slots.batch, self._slots.shape(slot)
        options = [((batch, *shape), False), ((batch, *shape[::-1]) if len(shape) == 2 else (*shape, batch), True)]
        options += [((batch,), False)] if shape == (1,) else []
        found = [(option, turned) for option, turned in options if entry.fits(option)]
        of_mean = self._slots.scenario.training.reduction == "mean"
        for (option, turned), joined in product(found, ("mean", "sum") if of_mean else ("sum",)):
            yield Form(slot, option, turned, joined)  # type: ignore[arg-type]

    def _is_shared_bias(self, slot: Slot) -> bool:
        return not self._slots.steps.of_graph and slot.name.startswith("b") and not self._slots.shape(slot)

    def _of_batch(self, shape: Shape) -> list[tuple[Shape, bool]]:
        """Shapes of what has numbers for each example, and whether examples are columns then."""
        batch = self._slots.batch
        whole = (batch, *shape)
        options: list[tuple[Shape, bool]] = [(whole, False)]
        if len(shape) == 1:
            options.append((whole[::-1], True))
        if batch == 1:
            options += [(shape, False)] + ([] if shape else [((1,), False)])
        if shape == (1,):
            options.append(((batch,), False))
        if not shape:
            options += [((batch, 1), False), ((1, batch), False)]
        return options

    def _of_shared(self, entry: Entry, slot: Slot) -> Iterator[Form]:
        """Of a bias that its layer shares: one number for each node, parts of its derivative or all alike."""
        parts = Slot("parts", slot.name)
        count = self._slots.shape(parts)[0]
        for option in ((count,), (1, count), (count, 1)):
            if entry.fits(option):
                yield Form(parts if slot.role == "derivative" else slot, option, False)
                return

    def in_shape(self, entry: Entry, form: Form) -> tuple[Array, Array]:
        """An array's numbers, and half a unit of the last digit of each, in the slot's whole shape."""
        numbers, half = entry.spread_out(form.shape)
        if form.joined:
            return self._joined(numbers, form), self._joined(half, form)
        if form.turned:
            numbers, half = numbers.T, half.T
        shape = self._slots.whole_shape(form.slot)
        if numbers.size != prod(shape):  # a shared bias, once for each node
            return np.full(shape, numbers.flat[0]), np.full(shape, half.flat[0])
        return numbers.reshape(shape), half.reshape(shape)

    def _joined(self, array: Array, form: Form) -> Array:
        """What is given for each example, as one for the batch."""
        shape = self._slots.shape(form.slot)
        first = np.moveaxis(array, -1, 0) if form.turned and len(shape) == 1 else array
        found = first.sum(axis=0) / (len(first) if form.joined == "mean" else 1)
        return np.asarray((found.T if form.turned else found).reshape(shape))

    def agreeing(self, entry: Entry, form: Form) -> int:
        """How many numbers agree with ours, roughly."""
        ours = self._ours(form.slot)
        if ours is None:
            return 0
        numbers, half = self.in_shape(entry, form)
        with np.errstate(invalid="ignore"):
            agrees = np.abs(numbers - ours) <= half + LIKE * np.abs(ours)
        return int(np.count_nonzero(agrees & (ours != 0.0)))  # zeros are alike everywhere

    def direction(self, group: Sequence[tuple[Entry, list[Form], Slot]]) -> bool | None:
        """Whether arrays are turned: as most shapes say, else as more numbers agree; None where neither tells."""
        votes, agreeing = [0, 0], [0, 0]
        for entry, forms, slot in group:
            ways = {form.turned for form in forms}
            sized = [size for size in self._slots.whole_shape(slot) if size > 1]
            if len(ways) == 1 and len(sized) > 1:
                votes[ways.pop()] += 1
            for form in forms:
                agreeing[form.turned] += self.agreeing(entry, form)
        if votes[0] != votes[1]:
            return votes[1] > votes[0]
        return None if agreeing[0] == agreeing[1] else agreeing[1] > agreeing[0]


def _of_one(shape: Shape) -> list[tuple[Shape, bool]]:
    """Shapes of what is one for the batch, and whether it is turned then."""
    alone: list[tuple[Shape, bool]] = [((), False)] if shape and prod(shape) == 1 else []
    if len(shape) == 2:
        options: list[tuple[Shape, bool]] = [(shape, False), (shape[::-1], True)]
        return [*options, ((max(shape),), False), *alone] if 1 in shape else options
    if len(shape) == 1:
        return [(shape, False), ((1, *shape), False), ((*shape, 1), False), *alone]
    return [(shape, False)] if shape else [((), False), ((1,), False), ((1, 1), False)]
