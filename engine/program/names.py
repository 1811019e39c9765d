"""Names of parameters that nobody has listed: a million of them are told by their ends, and made when one is asked for.

Where there are few they are a tuple: that is quicker to use.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain, product
from math import prod
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

PLACE = re.compile("[1-9][0-9]{0,8}")
"""Where an element stands along an axis, as its name has it."""
UNLIKE = "\0"
"""What no name holds."""
FEW = 20_000
"""Names that are listed: what reads a network lists these in some milliseconds."""


class Names(Sequence[str]):
    """Names of which no two are alike, in an order of their own."""

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> "Names": ...
    def __getitem__(self, at: int | slice) -> "str | Names":
        if isinstance(at, slice):
            part = range(len(self))[at]
            return self if len(part) == len(self) and part.step == 1 else Part(self, part)
        return self._made(range(len(self))[at])

    def __contains__(self, name: object) -> bool:
        return self.place(name) is not None

    def index(self, name: str, start: int = 0, stop: int | None = None) -> int:
        """Where a name stands.

        Raises:
            ValueError: it stands nowhere.
        """
        found = self.place(name)
        if found is None or found not in range(len(self))[start:stop]:
            raise ValueError(f"there is no {name}")
        return found

    def place(self, name: object) -> int | None:
        """Where a name stands; None if it is none of these."""
        raise NotImplementedError

    def widest(self, width: Callable[[str], int]) -> int:
        """The width of the widest, where a text is as wide as its parts together."""
        raise NotImplementedError

    def text(self, between: str) -> str:
        """All of them as one text."""
        return between.join(self)

    def _made(self, at: int) -> str:
        """The name that stands there, counted from 0."""
        raise NotImplementedError


class Part(Names):
    """Some of other names, in their order."""

    def __init__(self, names: Names, places: range | NDArray[np.intp]) -> None:
        self._names, self._places = names, places

    def __len__(self) -> int:
        return len(self._places)

    def _made(self, at: int) -> str:
        found = int(self._places[at])
        return self._names[found]

    def place(self, name: object) -> int | None:
        """As of all names."""
        whole = self._names.place(name)
        if whole is None:
            return None
        if isinstance(self._places, range):
            return self._places.index(whole) if whole in self._places else None
        found = int(np.searchsorted(self._places, whole))
        return found if found < len(self) and self._places[found] == whole else None

    def widest(self, width: Callable[[str], int]) -> int:
        """As of all names."""
        return self._names.widest(width)


class Pairs(Sequence[Sequence[str]]):
    """The names of a layer's weights by their ends: a row for each target, with a name for each source."""

    def __init__(self, sources: tuple[str, ...], targets: tuple[str, ...]) -> None:
        self.sources, self.targets = sources, targets
        self.flat: Names = _Weights(self)

    def __len__(self) -> int:
        return len(self.targets)

    @overload
    def __getitem__(self, at: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> "Pairs": ...
    def __getitem__(self, at: int | slice) -> "tuple[str, ...] | Pairs":
        if isinstance(at, slice):
            return Pairs(self.sources, self.targets[at])
        return _row(self.sources, self.targets[at])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pairs) and (self.sources, self.targets) == (other.sources, other.targets)

    def __hash__(self) -> int:
        return hash((self.sources, self.targets))


class _Weights(Names):
    """All of them, row by row."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs, self._across = pairs, len(pairs.sources)
        self._ends: tuple[dict[str, int], dict[str, int]] | None = None

    def __len__(self) -> int:
        return self._across * len(self.pairs.targets)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self.pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Weights) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(self.pairs)

    def _made(self, at: int) -> str:
        row, column = divmod(at, self._across)
        return weight_name(self.pairs.sources[column], self.pairs.targets[row])

    def place(self, name: object) -> int | None:
        """As of all names."""
        if not isinstance(name, str) or not name.startswith("w_"):
            return None
        if self._ends is None:
            self._ends = _places(self.pairs.sources), _places(self.pairs.targets)
        columns, rows = self._ends
        end = name.rfind("_")
        while end > 1:  # a node's name may hold the sign as well
            column, row = columns.get(name[2:end]), rows.get(name[end + 1 :])
            if column is not None and row is not None:
                return row * self._across + column
            end = name.rfind("_", 0, end)
        return None

    def widest(self, width: Callable[[str], int]) -> int:
        """As of all names."""
        ends = (max(map(width, names)) for names in (self.pairs.sources, self.pairs.targets))
        return width(weight_name("", "")) + sum(ends)

    def text(self, between: str) -> str:
        """As of all names, of which a row has the same beginnings as the next."""
        row = between.join(weight_name(source, UNLIKE) for source in self.pairs.sources)
        return between.join(row.replace(UNLIKE, target) for target in self.pairs.targets)


class ElementNames(Names):
    """The names of an array's elements: behind its own their places in C order, counted from 1."""

    def __init__(self, array: str, shape: tuple[int, ...]) -> None:
        self.array, self.shape = array, shape

    def __len__(self) -> int:
        return prod(self.shape)

    def __iter__(self) -> Iterator[str]:
        return _each_element(self.array, self.shape)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ElementNames) and (self.array, self.shape) == (other.array, other.shape)

    def __hash__(self) -> int:
        return hash((self.array, self.shape))

    def _made(self, at: int) -> str:
        return ".".join((self.array, *(str(place + 1) for place in np.unravel_index(at, self.shape))))

    def place(self, name: object) -> int | None:
        """As of all names."""
        array, *places = name.split(".") if isinstance(name, str) else ("",)
        return place_in(self.shape, places) if array == self.array else None

    def widest(self, width: Callable[[str], int]) -> int:
        """As of all names."""
        return width(self[-1])

    def text(self, between: str) -> str:
        """As of all names, of which a row has the same ends as the next."""
        row = between.join(f"{UNLIKE}.{place}" for place in range(1, self.shape[-1] + 1))
        return between.join(row.replace(UNLIKE, begin) for begin in _each_element(self.array, self.shape[:-1]))


class Joined(Names):
    """Names one behind the other.

    Attributes:
        parts: those that are joined, none of which is made of others.
    """

    def __init__(self, parts: Sequence[Sequence[str]]) -> None:
        flat = (part.parts if isinstance(part, Joined) else (part,) for part in parts)
        self.parts: tuple[Sequence[str], ...] = tuple(chain.from_iterable(flat))
        self._starts = [0, *accumulate(map(len, self.parts))]
        self._listed: dict[str, int] | None = None
        self._made_ones = [(part, at) for part, at in self._with_starts() if isinstance(part, Names)]

    def __len__(self) -> int:
        return self._starts[-1]

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Joined) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def _made(self, at: int) -> str:
        part = bisect_right(self._starts, at) - 1
        return self.parts[part][at - self._starts[part]]

    def place(self, name: object) -> int | None:
        """As of all names."""
        if self._listed is None:
            listed = [(part, start) for part, start in self._with_starts() if not isinstance(part, Names)]
            self._listed = {name: start + at for part, start in listed for at, name in enumerate(part)}
        found = self._listed.get(name) if isinstance(name, str) else None
        if found is None:
            for part, start in self._made_ones:
                at = part.place(name)
                if at is not None:
                    return start + at
        return found

    def widest(self, width: Callable[[str], int]) -> int:
        """As of all names."""
        return max((widest(part, width) for part in self.parts), default=0)

    def text(self, between: str) -> str:
        """As of all names."""
        return between.join(text_of(part, between) for part in self.parts if part)

    def _with_starts(self) -> Iterator[tuple[Sequence[str], int]]:
        return zip(self.parts, self._starts, strict=False)


class Places(Mapping[str, int]):
    """Where each name stands."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def __getitem__(self, name: str) -> int:
        found = self._names.place(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return self._names.place(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        """Where a name stands, or what stands for that."""
        found = self._names.place(name)
        return default if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def weight_name(source: str, target: str) -> str:
    """The name of a weight that has none in the file."""
    return f"w_{source}_{target}"


def weight_names(sources: tuple[str, ...], targets: tuple[str, ...]) -> Sequence[Sequence[str]]:
    """Such names, a row for each target."""
    if len(sources) * len(targets) > FEW:
        return Pairs(sources, targets)
    return tuple(_row(sources, target) for target in targets)


def element_names(array: str, shape: tuple[int, ...]) -> Sequence[str]:
    """The names of an array's elements in C order, counted from 1: `A.1.1`, `A.1.2` …; of a number its own."""
    return ElementNames(array, shape) if prod(shape) > FEW else _elements(array, shape)


def place_in(shape: tuple[int, ...], places: Sequence[str]) -> int | None:
    """Which element of an array stands there, as its name has it; None if there is none."""
    found = 0
    if len(places) != len(shape):
        return None
    for place, size in zip(places, shape, strict=True):
        if not PLACE.fullmatch(place) or int(place) > size:
            return None
        found = found * size + int(place) - 1
    return found


def joined(parts: Sequence[Sequence[str]]) -> Sequence[str]:
    """Names one behind the other; a tuple where they are listed."""
    return Joined(parts) if any(isinstance(part, Names) for part in parts) else tuple(chain.from_iterable(parts))


def places_of(names: Sequence[str]) -> Mapping[str, int]:
    """Where each name stands."""
    return Places(names) if isinstance(names, Names) else _places(names)


def within(places: Collection[int], first: int, count: int) -> list[int]:
    """Which of so many, from the first on, stand at one of the places: by their own numbers, in no order.

    It takes no longer than the fewer of both, where it is quick to see whether a place is among the places.
    """
    if count < len(places):
        return [number for number in range(count) if first + number in places]
    return [place - first for place in places if first <= place < first + count]


def without(names: Sequence[str], places: Collection[int], first: int) -> Sequence[str]:
    """The names except some, by their places, `first` being that of the first name."""
    gone = within(places, first, len(names))
    if not gone:
        return names
    kept = np.delete(np.arange(len(names)), gone)
    return Part(names, kept) if isinstance(names, Names) else tuple(names[at] for at in kept.tolist())


def among(names: Sequence[str]) -> Container[str]:
    """What knows quickly whether a name is one of these."""
    return names if isinstance(names, Names) else frozenset(names)


def widest(names: Sequence[str], width: Callable[[str], int]) -> int:
    """The width of the widest name, 0 where there is none."""
    return names.widest(width) if isinstance(names, Names) else max(map(width, names), default=0)


def text_of(names: Sequence[str], between: str) -> str:
    """Names as one text."""
    return names.text(between) if isinstance(names, Names) else between.join(names)


def are_apart(made: Sequence[Pairs], others: Collection[str]) -> bool:
    """Whether no two of these names are alike, for certain: what comes out as False may be so or not.

    A name's end tells the target, if all of them have as many signs that join, and then the source; targets with
    another number of these have another end. Nodes must have names of their own.
    """
    signs = [{target.count("_") for target in pairs.targets} for pairs in made]
    if any(len(counts) > 1 for counts in signs):
        return False
    ends: dict[str, int] = {}
    for pairs, (count,) in zip(made, signs, strict=True):
        for target in pairs.targets:
            if ends.setdefault(target.rpartition("_")[2], count) != count:
                return False
    return not any(name in pairs.flat for name in others for pairs in made)


@lru_cache(maxsize=1024)
def _elements(array: str, shape: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(_each_element(array, shape))


def _each_element(array: str, shape: tuple[int, ...]) -> Iterator[str]:
    places = product(*(range(1, size + 1) for size in shape))
    return (".".join((array, *map(str, at))) for at in places)


def _row(sources: tuple[str, ...], target: str) -> tuple[str, ...]:
    return tuple(weight_name(source, target) for source in sources)


def _places(names: Sequence[str]) -> dict[str, int]:
    return {name: at for at, name in enumerate(names)}
