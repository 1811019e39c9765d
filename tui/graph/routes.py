"""The way of every edge in view, in dots: computed once per layout, as arrays."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.graph.geometry import GapSpan, Geometry, NodeBox
from tui.terminal.raster import DOTS_X, DOTS_Y

Indices = NDArray[np.intp]


class Routes(NamedTuple):
    """The edges of a gap: their sources and targets (numbers in their layers), and the ends of their lines.

    `ends` has shape (n, 4): x0, y0, x1, y1.
    """

    sources: Indices
    targets: Indices
    ends: NDArray[np.int64]


def distinct(numbers: Indices) -> list[int]:
    """Each of these numbers once, from the least on; `np.unique` would import masked arrays for it."""
    return np.flatnonzero(np.bincount(numbers)).tolist()


def level(row: int) -> int:
    """The dot row on which a line meets the text of a row; a thick one takes the next as well."""
    return row * DOTS_Y + 1


@lru_cache(maxsize=64)
def routes(geometry: Geometry, gap: GapSpan) -> Routes:
    """The edges in view between two layers."""
    return _to_ports(geometry, gap) if gap.link == "ports" else _between(geometry, gap)


def _to_ports(geometry: Geometry, gap: GapSpan) -> Routes:
    """From the source's side, as level as it goes, to the blank before the port's label."""
    ports = [port for port in geometry.ports if port.edge.gap == gap.gap]
    sources = {box.at.index: box for box in geometry.by_layer[gap.gap]}
    ends = [
        (
            gap.start * DOTS_X,
            _leave(sources[port.edge.source], level(port.row)),
            (port.start - 1) * DOTS_X - 1,
            level(port.row),
        )
        for port in ports
    ]
    return Routes(
        np.array([port.edge.source for port in ports], dtype=np.intp),
        np.array([port.edge.target for port in ports], dtype=np.intp),
        np.array(ends, dtype=np.int64).reshape(-1, 4),
    )


def _leave(box: NodeBox, towards: int) -> int:
    """Where a line leaves a box: at the height it goes to, if the box is that high, else as near as may be."""
    return min(max(towards, level(box.inside.start)), level(box.inside.stop - 1))


def _between(geometry: Geometry, gap: GapSpan) -> Routes:
    """From each node to each, a blank cell at both ends, if there are any to spare; as level as boxes allow."""
    before, after = geometry.by_layer[gap.gap], geometry.by_layer[gap.gap + 1]
    ends = [(_leave(source, _middle(target)), _leave(target, _middle(source))) for target in after for source in before]
    targets, sources = np.meshgrid(
        np.array([box.at.index for box in after]), np.array([box.at.index for box in before]), indexing="ij"
    )
    y0, y1 = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    blank = 1 if gap.link == "fan" else 0
    x0 = np.full(y0.size, (gap.start + blank) * DOTS_X)
    x1 = np.full(y0.size, (gap.stop - blank) * DOTS_X - 1)
    return Routes(sources.ravel(), targets.ravel(), np.column_stack([x0, y0, x1, y1]))


def _middle(box: NodeBox) -> int:
    """The dot row of the middle of a box, or of a row."""
    return level((box.y + box.bottom - 1) // 2)
