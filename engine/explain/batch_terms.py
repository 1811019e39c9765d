"""The terms of a sum over a batch, each made when it is asked for: of tens of thousands a person sees a few."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain
from typing import TypeVar, overload

T = TypeVar("T")

Run = tuple[Callable[[int], Iterable[T]], int]
"""What makes the terms of an example, and of how many examples, from 0: of each as many, about the same names."""


class BatchTerms(Sequence[T]):
    """Terms in their order: of each run those of the first example, then those of the second, and so on.

    Each example's are made once. A generator of all terms, which was there before, made those that nobody sees.

    Args:
        runs: what makes them.
    """

    def __init__(self, runs: Sequence[Run[T]]) -> None:
        self._runs = tuple(runs)
        self._made: dict[tuple[int, int], tuple[T, ...]] = {}
        self._sizes = [len(self._of_example(run, 0)) for run in range(len(self._runs))]
        lengths = (size * examples for size, (_, examples) in zip(self._sizes, self._runs, strict=True))
        self._starts = [0, *accumulate(lengths)]

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(len(self))[at])
        place = range(len(self))[at]
        run = bisect_right(self._starts, place) - 1
        example, term = divmod(place - self._starts[run], self._sizes[run])
        return self._of_example(run, example)[term]

    def followed_by(self, behind: Sequence[T]) -> "BatchTerms[T]":
        """The same terms, and others behind them."""
        return BatchTerms([*self._runs, (lambda _: behind, 1)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    @property
    def of_first(self) -> tuple[T, ...]:
        """Those of the first example, in which every name occurs: those of others have other numbers."""
        return tuple(chain.from_iterable(self._of_example(run, 0) for run in range(len(self._runs))))

    def _of_example(self, run: int, example: int) -> tuple[T, ...]:
        made = self._made.get((run, example))
        if made is None:
            made = self._made[run, example] = tuple(self._runs[run][0](example))
        return made
