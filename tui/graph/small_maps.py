"""What nodes compute over the map's two inputs, as small as a node's box: the walk's part of the maps in a picture."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from tui.terminal.mosaic import Area, Mosaic, Runs
from tui.view.scale import Shown, scale_of
from tui.view.seen import View


class MapsOf(NamedTuple):
    """Maps of nodes, and the two inputs of the data that they are over.

    Attributes:
        over: the inputs.
        drawn: of nodes by their names, each one's map in so many columns and rows.
    """

    over: tuple[str, str]
    drawn: Callable[[tuple[str, ...], int, int], Sequence[Sequence[Runs]]]


def maps_of(view: View) -> MapsOf | None:
    """What nodes compute over the map's inputs, each in its own scale; None where no map is shown, or there is none."""
    if view.map is None:
        return None
    from engine.ask.surface import outputs_at, plane_of, why_no_surface  # here, as most walks are without a map

    scenario, start = view.source.scenario, view.source.values.beginning
    if why_no_surface(scenario) is not None:
        return None
    plane = plane_of(scenario, start, view.example, view.map.over)
    left, right, bottom, top = plane.window

    def made(names: tuple[str, ...], columns: int, rows: int) -> tuple[Sequence[Runs], ...]:
        xs = left + (np.arange(columns) + 0.5) / columns * (right - left)
        ys = top - (np.arange(2 * rows) + 0.5) / (2 * rows) * (top - bottom)
        values = outputs_at(start, plane, plane.grid(xs, ys), names)
        parts = [scale_of(Shown((name,)), of).parts(of) for name, of in zip(names, values, strict=True)]
        # one below the other they are one area, whose cells are told once
        lines = Mosaic(Area(np.reshape(parts, (-1, columns))), view.shading).lines()
        return tuple(lines[node * rows : (node + 1) * rows] for node in range(len(names)))

    def kept(names: tuple[str, ...], columns: int, rows: int) -> Sequence[Sequence[Runs]]:
        return view.drawings.get(("small maps", names, columns, rows), lambda: made(names, columns, rows))

    return MapsOf((plane.across, plane.up), kept)
