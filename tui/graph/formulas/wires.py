"""The way of every line, in dots: from a box to the ports of its users, through lanes where it skips columns."""

from collections.abc import Mapping, Sequence

from tui.graph.formulas.geometry import Box, Edge, Port, Wire
from tui.graph.formulas.order import Order, Place
from tui.graph.routes import level
from tui.terminal.raster import DOTS_X


def wires_of(
    order: Order,
    across: Sequence[tuple[int, int]],
    zones: Sequence[int],
    tops: Sequence[Mapping[Place, int]],
    boxes: Sequence[Box],
    ports: Sequence[Port],
) -> tuple[Wire, ...]:
    """Every line.

    Args:
        order: the columns with their lanes, and what leads to what.
        across: (first cell, width) of each column.
        zones: cells of labels before each column.
        tops: the first row of each box and lane, by column.
        boxes: those in view.
        ports: theirs.
    """
    known, at = {box.name: box for box in boxes}, {port.edge: port for port in ports}
    reached = _reached(order)
    found: list[Wire] = []
    for index, pairs in enumerate(order.links):
        start, stop = sum(across[index]), across[index + 1][0]
        for source, target in pairs:
            edges = tuple((source.name, user) for user in reached[index + 1].get(target, ()) if target.lane) or (
                () if target.lane else ((source.name, target.name),)
            )
            if not edges or not _leads(order, index, source):
                continue
            row = _row(target, source.name, tops[index + 1], known, at)
            y = level(row)
            out = _leave(source, tops[index], known, y)
            bend = stop - zones[index + 1]
            found.append(Wire((start * DOTS_X, out, bend * DOTS_X - 1, y), edges))
            # through the labels at the boxes of the column it runs level: they stand in other rows
            last = sum(across[index + 1]) if target.lane else stop
            if (source.name, target.name) not in at and last > bend:
                found.append(Wire((bend * DOTS_X - 1, y, last * DOTS_X - 1, y), edges))
    return tuple(found)


def _reached(order: Order) -> list[dict[Place, tuple[str, ...]]]:
    """By column and lane the users to which it leads."""
    found: list[dict[Place, tuple[str, ...]]] = [{} for _ in order.columns]
    for index in range(len(order.links) - 1, -1, -1):
        for source, target in order.links[index]:
            if source.lane:
                ends = found[index + 1].get(target, ()) if target.lane else (target.name,)
                found[index][source] = (*found[index].get(source, ()), *ends)
    return found


def _leads(order: Order, index: int, place: Place) -> bool:
    """Whether a lane is led to; where some of a column is out of view, one may not be."""
    while place.lane:
        before = next((source for source, target in order.links[index - 1] if target == place), None)
        if before is None:
            return False
        place, index = before, index - 1
    return True


def _row(
    target: Place, source: str, tops: Mapping[Place, int], boxes: Mapping[str, Box], ports: Mapping[Edge, Port]
) -> int:
    if target.lane:
        return tops[target]
    port = ports.get((source, target.name))
    return boxes[target.name].y if port is None else port.row


def _leave(source: Place, tops: Mapping[Place, int], boxes: Mapping[str, Box], towards: int) -> int:
    """Where a line leaves a box: at the height it goes to, if the box is that high, else as near as may be."""
    if source.lane:
        return level(tops[source])
    inside = boxes[source.name].inside
    return min(max(towards, level(inside.start)), level(inside.stop - 1))
