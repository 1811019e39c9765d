"""The order of boxes and lanes in each column: few lines cross, and the same graph always has the same order.

A line that skips columns runs through a *lane* in each of them, which takes part in the order as boxes do.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from tui.graph.formulas.outline import Outline

SWEEPS = 8
"""How often the columns are gone through, from the left and from the right in turn."""
MOST_COUNTED = 400
"""Lines between two columns up to which their crossings are counted."""


class Place(NamedTuple):
    """What stands in a column: the box of a value, or the lane of lines from it."""

    name: str
    lane: bool = False


Links = Sequence[tuple[Place, Place]]


class Order(NamedTuple):
    """Columns from `first` on in order, and what leads from each to the next."""

    first: int
    columns: tuple[tuple[Place, ...], ...]
    links: tuple[tuple[tuple[Place, Place], ...], ...]


@lru_cache(maxsize=64)
def ordered(outline: Outline, first: int, last: int, skip: int) -> Order:
    """The columns `first` … `last`.

    Args:
        outline: of the graph.
        first: the first column in view.
        last: the last one.
        skip: the most columns that a line may skip; a longer one is not drawn.
    """
    columns = [[Place(name) for name in outline.columns[number]] for number in range(first, last + 1)]
    links: list[list[tuple[Place, Place]]] = [[] for _ in range(len(columns) - 1)]
    for number in range(len(columns)):
        for place in tuple(place for place in columns[number] if not place.lane):
            _lead(outline, place, number, first, skip, columns, links)
    best, least = columns, _crossings(columns, links)
    for sweep in range(SWEEPS):
        if not least:
            break
        columns = _swept(columns, links, backwards=sweep % 2 == 1)
        crossings = _crossings(columns, links)
        if crossings < least:
            best, least = columns, crossings
    return Order(first, tuple(map(tuple, best)), tuple(map(tuple, links)))


def lines_of(order: Order) -> frozenset[tuple[str, str]]:
    """By source and user what is drawn as a line: where all of its way is in view."""
    found, lanes = set[tuple[str, str]](), set[Place]()
    for index, pairs in enumerate(order.links):
        here = {place for place in order.columns[index] if not place.lane} | lanes
        lanes = set()
        for source, target in pairs:
            if source in here and target.lane:
                lanes.add(target)
            elif source in here:
                found.add((source.name, target.name))
    return frozenset(found)


def reaches(outline: Outline, source: str, user: str, skip: int) -> bool:
    """Whether a line may lead from a value to one that uses it."""
    return outline.items[user].column - outline.items[source].column - 1 <= skip


def _lead(
    outline: Outline,
    place: Place,
    number: int,
    first: int,
    skip: int,
    columns: list[list[Place]],
    links: list[list[tuple[Place, Place]]],
) -> None:
    """The lines from a box: through one lane in each column up to the last one they go to."""
    users = [user for user in outline.users[place.name] if reaches(outline, place.name, user, skip)]
    ends = {user: outline.items[user].column - first for user in users}
    last = max((end for end in ends.values() if end < len(columns)), default=number)
    here = place
    for column in range(number + 1, last + 1):
        links[column - 1] += [(here, Place(user)) for user, end in ends.items() if end == column]
        if column < last:
            lane = Place(place.name, lane=True)
            columns[column].append(lane)
            links[column - 1].append((here, lane))
            here = lane


def _swept(columns: Sequence[Sequence[Place]], links: Sequence[Links], *, backwards: bool) -> list[list[Place]]:
    """Each column in the order of the middles of what it is linked with in the one before, or the one after."""
    result = [list(column) for column in columns]
    numbers = range(len(columns) - 2, -1, -1) if backwards else range(1, len(columns))
    for number in numbers:
        beside = result[number + 1 if backwards else number - 1]
        at = {place: index / max(1, len(beside) - 1) for index, place in enumerate(beside)}
        met: dict[Place, list[float]] = {}
        for source, target in links[number if backwards else number - 1]:
            own, other = (source, target) if backwards else (target, source)
            met.setdefault(own, []).append(at[other])
        own_at = {place: index / max(1, len(result[number]) - 1) for index, place in enumerate(result[number])}
        middle = {place: sum(met[place]) / len(met[place]) if place in met else own_at[place] for place in own_at}
        result[number].sort(key=middle.__getitem__)
    return result


def _crossings(columns: Sequence[Sequence[Place]], links: Sequence[Links]) -> int:
    """How many pairs of lines cross."""
    total = 0
    for number, (left, right) in enumerate(pairwise(columns)):
        a, b = _numbers(left), _numbers(right)
        ends = sorted((a[source], b[target]) for source, target in links[number])
        if len(ends) > MOST_COUNTED:
            continue
        total += sum(low[0] < high[0] and low[1] > high[1] for i, low in enumerate(ends) for high in ends[i + 1 :])
    return total


def _numbers(column: Sequence[Place]) -> Mapping[Place, int]:
    return {place: index for index, place in enumerate(column)}
