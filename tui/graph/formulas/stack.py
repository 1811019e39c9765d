"""The rows of what stands in a column: in its order, without overlap, as level with what it is linked to as can be."""

from collections.abc import Sequence

from tui.graph.formulas.columns import Columns
from tui.graph.formulas.order import Order, Place

PASSES = 6
"""How often boxes are moved to be level with what they are linked to."""


def tops_of(columns: Columns, order: Order, rows: int, cut: Sequence[bool]) -> list[dict[Place, int]]:
    """The first row of each box and lane: round the middle, then as level as may be with what it is linked to.

    Args:
        columns: how high things are.
        order: the columns.
        rows: that there are.
        cut: whether of a column a part is out of view: above and below it a row stays for the count.
    """
    heights = [[columns.rows_of(place) for place in places] for places in order.columns]
    apart = [columns.apart(places) for places in order.columns]
    tops = [
        dict(zip(places, stacked(high, blank, _middle(high, blank, rows), rows), strict=True))
        for places, high, blank in zip(order.columns, heights, apart, strict=True)
    ]
    links = _links(columns, order)
    for turn in range(PASSES):
        numbers = range(len(order.columns))
        for index in numbers if turn % 2 else reversed(numbers):
            wanted = []
            for place in order.columns[index]:
                ends = [tops[other][there] + shift for other, there, shift in links[index].get(place, ())]
                wanted.append(sum(ends) / len(ends) if ends else float(tops[index][place]))
            margin = int(cut[index])
            placed = stacked(heights[index], apart[index], [want - margin for want in wanted], rows - 2 * margin)
            tops[index] = {place: top + margin for place, top in zip(order.columns[index], placed, strict=True)}
    return tops


def _middle(heights: Sequence[int], apart: Sequence[int], rows: int) -> list[float]:
    """The first rows of a column that stands in the middle, packed."""
    start, found = (rows - sum(heights) - sum(apart)) / 2, []
    for height, blank in zip(heights, [*apart, 0], strict=False):
        found.append(start)
        start += height + blank
    return found


def _links(columns: Columns, order: Order) -> list[dict[Place, list[tuple[int, Place, float]]]]:
    """By column and place what it is linked to: the other's column, the other, and by how much to be below its top."""
    links: list[dict[Place, list[tuple[int, Place, float]]]] = [{} for _ in order.columns]
    for index, pairs in enumerate(order.links):
        for source, target in pairs:
            into, out = _port_below(columns, source.name, target), (columns.rows_of(source) - 1) / 2
            links[index].setdefault(source, []).append((index + 1, target, into - out))
            links[index + 1].setdefault(target, []).append((index, source, out - into))
    return links


def _port_below(columns: Columns, source: str, target: Place) -> float:
    """How far below its first row a line comes into a box or a lane."""
    rows = columns.rows_of(target)
    if rows == 1:
        return 0.0
    uses = columns.outline.items[target.name].uses
    row = next(number for number, use in enumerate(uses) if use.source == source)
    return 1 + (rows - 2 - len(uses)) // 2 + row


def stacked(heights: Sequence[int], apart: Sequence[int], wanted: Sequence[float], rows: int) -> list[int]:
    """The first row of each, as near to the wanted ones as order and room allow: least squares.

    Args:
        heights: of each.
        apart: the least blank rows between each and the next.
        wanted: the first rows that each would best have.
        rows: that there are, enough for all.
    """
    before = [0]
    for height, blank in zip(heights, [*apart, 0], strict=False):
        before.append(before[-1] + height + blank)
    total = before[-2] + heights[-1] if heights else 0
    level = _rising([want - start for want, start in zip(wanted, before, strict=False)])
    spare = rows - total
    return [start + min(max(0, round(shift)), spare) for shift, start in zip(level, before, strict=False)]


def _rising(wanted: Sequence[float]) -> list[float]:
    """The nearest numbers of which none is smaller than the one before: neighbours that are not, meet in the middle."""
    pools: list[tuple[float, int]] = []
    for want in wanted:
        pools.append((want, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (low, count), (high, more) = pools.pop(-2), pools.pop()
            pools.append(((low * count + high * more) / (count + more), count + more))
    return [want for want, count in pools for _ in range(count)]
