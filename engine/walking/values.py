"""What an iteration has computed so far: immutable, one array per row done."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar, cast, overload
from weakref import WeakKeyDictionary

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.quantity import Quantity
from engine.program.chain_rule import added, parts_of
from engine.program.operations import Shape
from engine.program.steps import Steps

Array = NDArray[np.float64]


class Results(Sequence[Array]):
    """Arrays one after the other, never changed: each row's have all those before, so they share one list.

    Of a graph with many nodes there are as many rows, and copies for each stage would need memory by their square.
    """

    __slots__ = ("_count", "_following", "_shared")

    def __init__(self, shared: list[Array], count: int, following: dict[Hashable, Any] | None = None) -> None:
        self._shared, self._count = shared, count
        self._following = {} if following is None else following

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Array: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Array]: ...
    def __getitem__(self, at: int | slice) -> Array | Sequence[Array]:
        if isinstance(at, slice):
            return self._shared[: self._count][at]
        if not -self._count <= at < self._count:
            raise IndexError(f"there are {self._count} results")
        return self._shared[at + self._count if at < 0 else at]

    def __iter__(self) -> Iterator[Array]:
        return islice(self._shared, self._count)


def followed(results: Sequence[Array], result: Array) -> Results:
    """The results, and one more behind them."""
    if not isinstance(results, Results):
        return Results([*results, result], len(results) + 1)
    shared, count = results._shared, results._count
    if len(shared) == count:
        shared.append(result)
        if shared[count] is result:
            return Results(shared, count + 1, results._following)
    return Results([*shared[:count], result], count + 1)  # another stage has gone on already


class Event(Struct, frozen=True):
    """A number left the finite ones: where a session stops.

    Attributes:
        iteration: counted from 0.
        quantity: which quantity, of which node or parameter.
        example: number of the example in the file, from 0; None for parameters and totals.
        value: inf, -inf or nan.
    """

    iteration: int
    quantity: Quantity
    example: int | None
    value: float

    def __str__(self) -> str:
        """One sentence."""
        value = {float("inf"): "+∞", float("-inf"): "−∞"}.get(self.value, "not a number")
        example = "" if self.example is None else f", example {self.example + 1}"
        return f"{self.quantity} became {value} at iteration {self.iteration:,}{example}"


class Values(Struct, frozen=True, eq=False, weakref=True):
    """One iteration, as far as it is computed.

    Each stage knows the one before it, so that a row can be asked for the parameters that it was computed with, and a
    step back within an iteration is that stage. The arrays are shared between stages; an iteration has few rows.

    Attributes:
        steps: the rows of an iteration.
        iteration: k, the number of updates made before it.
        examples: numbers of the batch's examples in the file, from 0.
        inputs: shape (batch, inputs).
        targets: shape (batch, outputs), or None.
        weights: of the examples in E, likewise.
        theta: the parameters as they stand now: those that the iteration started with until a row `w+` is done.
        state: the optimizer's memory, shape (slots, parameters), likewise.
        results: one array per row done: shape (batch, n) for quantities of nodes, (parameters of the layer,) else.
        example_errors: E of each example, shape (batch,), once the row E is done.
        error: E of the batch, likewise; a penalty is in it.
        penalty: what of it is made of parameters alone, likewise; None where there is no penalty.
        event: the first number that left the finite ones.
        previous: the same iteration one row earlier; None where nothing is computed.
    """

    steps: Steps
    iteration: int
    examples: tuple[int, ...]
    inputs: Array
    targets: Array | None
    theta: Array
    state: Array
    results: Sequence[Array] = ()
    example_errors: Array | None = None
    error: float | None = None
    penalty: float | None = None
    event: Event | None = None
    previous: "Values | None" = None
    weights: Array | None = None

    def get(self, quantity: str, subject: int | str) -> Array | None:
        """The result of the row of this quantity and layer, or node, or None while it is not computed."""
        index = self.steps.row(quantity, subject)
        return self.results[index] if index is not None and index < len(self.results) else None

    def need(self, quantity: str, subject: int | str) -> Array:
        """The same, where it is known to be computed.

        Raises:
            LookupError: it is not.
        """
        result = self.get(quantity, subject)
        if result is None:
            of = f"layer {subject}" if isinstance(subject, int) else subject
            raise LookupError(f"{quantity} of {of} is not computed yet")
        return result

    def value(self, name: str) -> Array:
        """A value of the program, with the parameters as they stand now: shape (batch, *shape), (1, *shape) of those.

        Raises:
            KeyError: it is not computed yet, or there is none of this name.
        """
        program = self.steps.program
        if name in program.parameters:
            return self.theta[program.parameters[name]].reshape(1, *program.shapes[name])
        if name in self.steps.forward:
            found = self._part(self.steps.forward[name], program.shapes[name], name)
            return found[:1] if name in program.shared else found  # as a term of E it stands there for each example
        return program.constants[name] if name in program.constants else self.given(name)

    def given(self, name: str) -> Array:
        """A value that the examples give, shape (batch, *shape).

        Raises:
            KeyError: they give none of this name.
        """
        program = self.steps.program
        given, shape = program.given[name], program.shapes[name]
        source = {"inputs": self.inputs, "targets": self.targets, "weights": self.weights}[given.of]
        if source is None:  # a loss that needs no targets is a function of them all the same
            return np.zeros((len(self.examples), *shape))
        return source[:, given.columns].reshape(-1, *shape)

    def derivative(self, name: str) -> Array:
        """The derivative of an example's E by a value of the program, shape (batch, *shape).

        Raises:
            KeyError: it is not computed yet, or there is none of this name.
        """
        if name in self.steps.backward:
            return self._part(self.steps.backward[name], self.steps.program.shapes[name], name)
        if name in self.steps.program.errors:
            return self.of_itself(name)
        raise KeyError(name)

    def of_itself(self, name: str) -> Array:
        """The derivative of E by a value that is a term of it, as such: 1, or where it is one for all, their number."""
        ones = np.ones_like(self.value(name))
        return ones * len(self.examples) if name in self.steps.program.shared else ones

    def pulled(self, name: str) -> Array:
        """The same from the equations that use the value, which may have no row of its own."""
        program = self.steps.program
        parts = [self.of_itself(name)] if name in program.errors else []
        parts += parts_of(program, name, self.value, self.derivative, arithmetic=self.steps.arithmetic)
        return added(parts) if parts else np.zeros_like(self.value(name))

    def _part(self, place: tuple[int, slice], shape: Shape, name: str) -> Array:
        row, columns = place
        if row >= len(self.results):
            raise KeyError(name)
        result = self.results[row]
        part = result if columns.stop - columns.start == result.shape[1] else result[:, columns]
        return part if len(shape) == 1 else part.reshape(-1, *shape)

    @property
    def complete(self) -> bool:
        """Whether every row is done."""
        return len(self.results) == len(self.steps.rows)

    @property
    def beginning(self) -> "Values":
        """The same iteration with nothing computed: its `theta` are the parameters it started with."""
        values = self
        while values.previous is not None:
            values = values.previous
        return values

    def history(self) -> Iterator["Values"]:
        """This and every earlier stage of the iteration, latest first."""
        values: Values | None = self
        while values is not None:
            yield values
            values = values.previous


Made = TypeVar("Made")
_FOLLOWING: WeakKeyDictionary[Values, dict[Hashable, Any]] = WeakKeyDictionary()


def following(values: Values, what: Hashable, make: Callable[[], Made]) -> Made:
    """What follows from values, made once and kept as long as they are.

    A cache that has them as its keys would keep them, and with them all arrays of their iteration.

    Args:
        values: from which it follows.
        what: which of the things that do.
        make: makes it.
    """
    known = _FOLLOWING.setdefault(values, {})
    if what not in known:
        known[what] = make()
    return cast(Made, known[what])


def following_rows(values: Values, what: Hashable, make: Callable[[], Made]) -> Made:
    """What follows from rows that are done, whatever comes after them: made once for all stages that have these.

    Args:
        values: which have the rows.
        what: as of `following`.
        make: makes it, of nothing that a later row changes.
    """
    if not isinstance(values.results, Results):
        return make()
    known = values.results._following
    if what not in known:
        known[what] = make()
    return cast(Made, known[what])
