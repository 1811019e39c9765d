"""Rows by their rule, each computed once where it is made of the same numbers.

A trial changes a row and what is made of it; the other rows stay as they are without the mistake, in hundreds of
trials, and two mistakes are tried on what one of them has made. What a row is made of is noted while it is computed:
where all of that is there again, the very arrays, so is what it makes. Which rows a rule reads was not to be said
beforehand: a second account of the program would have to be right, too.
"""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.faults import Fault
from engine.program.scenario import Scenario
from engine.program.steps import Row
from engine.walking.advance import with_row
from engine.walking.values import Results, Values, followed

Array = NDArray[np.float64]

Content = tuple[tuple[int, ...], str, bytes]
"""By which arrays are equal to the last bit."""
MOST = 64 << 20
"""Bytes of rows that are kept."""
OVERHEAD = 1000
"""Bytes of a row besides its numbers."""


class Noting(Results):
    """Results that note which of them are read."""

    __slots__ = ("read",)

    def __init__(self, results: Sequence[Array]) -> None:
        super().__init__([*results], len(results))
        self.read: set[int] = set()

    @overload
    def __getitem__(self, at: int) -> Array: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Array]: ...
    def __getitem__(self, at: int | slice) -> Array | Sequence[Array]:
        places = range(len(self))[at]
        self.read.update((places,) if isinstance(places, int) else places)
        return super().__getitem__(at)

    def __iter__(self) -> Iterator[Array]:
        self.read.update(range(len(self)))
        return super().__iter__()


class Known(Struct, frozen=True, eq=False):
    """A row that was computed.

    Attributes:
        read: what was read, held so that nothing else gets its place in memory.
        result: the row.
        error: of the row E, as of `Values`.
        example_errors: likewise.
        penalty: likewise.
    """

    read: tuple[object, ...]
    result: Array
    error: float | None
    example_errors: Array | None
    penalty: float | None


class KnownRows:
    """The rows of iterations that begin alike, as far as they are kept.

    They are for one scenario, and those that differ from it in what only the update asks for. New parameters are not
    among them: they are made of all sorts of settings, at the end of the walk.

    Args:
        most: so many bytes are kept; 0: none.
    """

    def __init__(self, most: int = MOST) -> None:
        self._left = most
        self._equal: dict[Content, Array] = {}
        self._begun: dict[int, Array] = {}
        self._known: dict[tuple[int, ...], Known] = {}
        self._results: set[int] = set()
        self._changed: dict[tuple[Fault, int], Array | None] = {}
        self._reads: dict[int, list[tuple[int, ...]]] = {}  # by row which rows were read; one way, as a rule

    def begin(self, start: Values) -> Values:
        """A beginning whose rows are kept: its arrays are those of an equal one from before."""
        theta, inputs = self._same(start.theta), self._same(start.inputs)
        targets = None if start.targets is None else self._same(start.targets)
        weights = None if start.weights is None else self._same(start.weights)
        return replace(start, theta=theta, inputs=inputs, targets=targets, weights=weights)

    def begun(self, start: Values) -> Values:
        """The same where the parameters are those of such a beginning; another one hardly ever comes again."""
        return self.begin(start) if _content(start.theta) in self._equal else start

    def _same(self, array: Array) -> Array:
        found = self._equal.get(content := _content(array))
        if found is None:
            if self._left <= 0:
                return array
            self._equal[content] = self._begun[id(array)] = found = array
            self._left -= 2 * array.nbytes + OVERHEAD
        return found

    def row(self, scenario: Scenario, values: Values, *, keep: bool = True) -> Values:
        """The next row by its rule, finite or not; `keep`: whether it may be asked for again."""
        index, results, theta = len(values.results), values.results, values.theta
        if id(theta) not in self._begun or values.steps.rows[index].quantity == "w+":
            return with_row(scenario, values)
        begun = (index, id(theta), id(values.inputs), id(values.targets), id(values.weights))
        ways = self._reads.setdefault(index, [])
        for places in ways:
            found = self._known.get((*begun, *[id(results[place]) for place in places]))
            if found is not None:
                return _with(values, found)
        if not keep or self._left <= 0:
            return with_row(scenario, values)
        noting = Noting(results)
        made = with_row(scenario, replace(values, results=noting))
        places = tuple(sorted(noting.read))
        if places not in ways:
            ways.append(places)
        read = tuple(results[place] for place in places)
        held, result = (*read, theta, values.inputs, values.targets, values.weights), made.results[index]
        found = Known(held, result, made.error, made.example_errors, made.penalty)
        self._known[*begun, *map(id, read)] = found
        self._results.add(id(result))
        self._left -= result.nbytes + OVERHEAD
        return _with(values, found)

    def changed(self, fault: Fault, values: Values, row: Row, result: Array) -> Array | None:
        """What a mistake makes of a row, where the rows before it are what they are each time that it is asked."""
        key = fault, id(result)
        if key in self._changed:
            return self._changed[key]
        made = fault.make(values, row, result)
        if id(result) in self._results and self._left > 0:
            self._changed[key] = made = None if made is None else np.asarray(made, np.float64)
            self._left -= OVERHEAD + (0 if made is None else made.nbytes)
        return made


def _with(values: Values, row: Known) -> Values:
    """The values with a row more."""
    results = followed(values.results, row.result)
    if values.steps.rows[len(values.results)].quantity != "E":
        return replace(values, results=results, previous=values)
    return replace(
        values,
        results=results,
        error=row.error,
        example_errors=row.example_errors,
        penalty=row.penalty,
        previous=values,
    )


def _content(array: Array) -> Content:
    return array.shape, array.dtype.str, array.tobytes()
