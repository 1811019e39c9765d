"""The map: what a node computes over two inputs, in colours, with the examples as points on it.

A pure function of what is seen and of the room there is.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from engine.ask.surface import Plane, outputs_at, outputs_of, plane_of, why_no_surface, work
from engine.formula.quantity import Quantity
from engine.told import Told, untold
from engine.walking.values import Values
from tui.map.contour import lines_in_cells
from tui.map.frame import Frame, Row, Window, frame_of
from tui.terminal.mosaic import Mosaic, ramp
from tui.terminal.theme import MAP_CLASSES
from tui.view.scale import Scale, Shown, area_of, scale_of, shown_of
from tui.view.seen import View
from tui.words.format import UNKNOWN, number
from tui.words.names import in_cells, shorten

Floats = NDArray[np.float64]

LEAST_ROWS = 4
LEGEND = 21
"""Cells of the scale."""
SIGNS = {(True, False): "●", (False, False): "○", (True, True): "◆", (False, True): "◇"}
"""Of an example, by whether it is of the upper class, and whether it is kept for the test."""
PLAIN = {False: "●", True: "◆"}


class MapDrawing(NamedTuple):
    """A drawn map, and what it shows.

    Attributes:
        rows: of styled text.
        frame: where the plane is in it; None where there is no room for one.
        title: what is drawn, in words.
        cursor: where it stands, in numbers of the data.
    """

    rows: tuple[Row, ...]
    frame: Frame | None
    title: str
    cursor: tuple[float, float] = (0.0, 0.0)


class Grid(NamedTuple):
    """Where the outputs of which nodes are wanted.

    Attributes:
        start: of the iteration.
        plane: over which.
        frame: the cells; each half of one is a point.
        nodes: by name.
    """

    start: Values
    plane: Plane
    frame: Frame
    nodes: Sequence[str]

    @property
    def work(self) -> int:
        """About how many nanoseconds they take."""
        return work(self.start, 2 * self.frame.rows * self.frame.columns)

    def values(self, told: Told = untold) -> list[Floats]:
        """Of each node, shape (2·rows, columns)."""
        frame, plane = self.frame, self.plane
        found = outputs_at(self.start, plane, plane.grid(frame.xs, frame.ys), self.nodes, told)
        return [one.reshape(2 * frame.rows, frame.columns) for one in found]


def draw_map(
    view: View,
    columns: int,
    rows: int,
    *,
    told: bool = True,
    sought: Callable[[Grid], list[Floats] | None] = Grid.values,
) -> MapDrawing:
    """The map of the selected node, or of the outputs.

    Args:
        view: what is seen.
        columns: cells across.
        rows: cells down.
        told: whether the value under the cursor is said.
        sought: gives the outputs everywhere; None while they are not known: then there are neither colours nor a scale.
    """
    scenario, start = view.source.scenario, view.source.values.beginning
    why_not = why_no_surface(scenario)
    if why_not is not None or columns < 12 or rows < LEAST_ROWS:
        return MapDrawing((), None, why_not or "")
    choice = view.map
    plane = plane_of(scenario, start, view.example, None if choice is None else choice.over)
    shown = shown_of(scenario, view.selected)
    below = _words(view, plane, shown, columns, 1 if rows < 14 else 2, told=told)
    legend_rows = 0 if rows < 9 else 1
    frame = frame_of(Window(*plane.window), columns, rows - len(below) - legend_rows)
    found = sought(Grid(start, plane, frame, shown.nodes))
    values = found or [np.full((2 * frame.rows, frame.columns), np.nan) for _ in shown.nodes]
    scale = scale_of(shown, values[0])
    mosaic = Mosaic(area_of(shown, scale, values), view.shading)
    if found:
        _put_borders(mosaic, shown, scale, values)
    _put_examples(mosaic, frame, plane, shown)
    _put_cursor(mosaic, frame, view, plane)
    drawn = frame.drawn(mosaic)
    scaled = _legend(view, plane, shown, scale, columns) if found else ((" " * columns, "label"),)
    legend = [scaled] * legend_rows
    lines = [((in_cells(line, columns), "words"),) for line in below]
    return MapDrawing((*drawn, *legend, *lines), frame, title_of(view, plane, shown), _cursor(view, plane))


def title_of(view: View, plane: Plane, shown: Shown) -> str:
    """What is drawn."""
    what = "classes" if shown.by_class else view.notation.symbol(Quantity("y", shown.nodes[0]))
    return f"{what} over {plane.across} → and {plane.up} ↑"


def _put_borders(mosaic: Mosaic, shown: Shown, scale: Scale, values: list[Floats]) -> None:
    """Where few colours tell areas apart, the line on which the middle lies; between classes that of the largest."""
    if mosaic.shading == "colours":
        return
    fields = [(values[0], scale.middle)]
    if shown.by_class:
        stacked = np.stack(values)
        fields = [(one - np.delete(stacked, place, axis=0).max(axis=0), 0.0) for place, one in enumerate(stacked)]
    for field, level in fields:
        for row, text in enumerate(lines_in_cells(field, [level])):
            for column, sign in enumerate(text):
                if sign != " ":
                    mosaic.put(row, column, sign, "line")


def _put_examples(mosaic: Mosaic, frame: Frame, plane: Plane, shown: Shown) -> None:
    scenario, test = plane.scenario, plane.scenario.test
    parts = [(scenario.inputs, scenario.targets, False)] + ([] if test is None else [(test.inputs, test.targets, True)])
    for inputs, targets, of_test in reversed(parts):  # what is trained on stands over what is not
        cells = frame.cells(plane.points(inputs))
        mosaic.put_all(cells, _signs(shown, targets, len(cells), of_test))


def _signs(shown: Shown, targets: Floats | None, count: int, of_test: bool) -> list[tuple[str, str]]:
    """Of each example a sign and its style."""
    if targets is None or (shown.target is None and not shown.one_hot):
        return [(PLAIN[of_test], "point")] * count
    if shown.target is None:
        own = targets.argmax(axis=1).tolist()
        return [(str((place + 1) % 10), f"class map-class-{place % MAP_CLASSES}") for place in own]
    high = (targets[:, shown.target] > shown.middle).tolist()
    return [(SIGNS[one, of_test], "high" if one else "low") for one in high]


def _put_cursor(mosaic: Mosaic, frame: Frame, view: View, plane: Plane) -> None:
    x, y = _cursor(view, plane)
    cell = frame.cell(x, y)
    if cell is not None:
        mosaic.put(*cell, "╋", "cursor")


def _cursor(view: View, plane: Plane) -> tuple[float, float]:
    return plane.here if view.map is None or view.map.at is None else view.map.at


def _words(view: View, plane: Plane, shown: Shown, columns: int, lines: int, *, told: bool) -> list[str]:
    """What the nodes are where the cursor stands, and where that is, in so many lines."""
    x, y = _cursor(view, plane)
    moved = view.map is not None and view.map.at is not None
    inputs = plane.inputs(np.array([x]), np.array([y])) if moved else plane.own
    names = (plane.across, plane.up)
    at = [f"{name} = {number(value, 4)}" for name, value in zip(names, (x, y), strict=True)]
    preparation = plane.scenario.preparation
    scaled = [""]
    if preparation is not None and preparation.means is not None:
        across, up = (number(float(inputs[0, place]), 4) for place in plane.places)
        scaled.insert(0, f" (standardized {across}, {up})")
    where = [f"at {at[0]}, {at[1]}{more}" for more in scaled]
    what = _told(view, plane, shown, inputs) if told else [""]
    if lines > 1:
        pairs = [(one, _first_that_fits(where, columns)) for one in what]
        first, second = next((pair for pair in pairs if cell_len(pair[0]) + 2 <= columns), pairs[-1])
        return [shorten(f"╋ {first}", columns), shorten(f"  {second}", columns)]
    short = [*where, f"at {number(x, 3)}, {number(y, 3)}"]
    return [_first_that_fits([f"╋ {one} {other}".replace("  ", " ") for one in what for other in short], columns)]


def _told(view: View, plane: Plane, shown: Shown, inputs: Floats) -> list[str]:
    """The values of the nodes, from many words to few."""
    found = outputs_of(view.source.values.beginning, plane, inputs, shown.nodes)
    parts = [
        f"{view.notation.symbol(Quantity('y', name))} = {UNKNOWN if value is None else number(value, view.digits)}"
        for name, value in zip(shown.nodes, found, strict=True)
    ]
    known = [value for value in found if value is not None]
    if not shown.by_class or len(known) < len(found):
        return [", ".join(parts), parts[0]]
    place = int(np.argmax(known))
    return [f"class {place + 1}: {', '.join(parts)}", f"class {place + 1}: {parts[place]}"]


def _first_that_fits(texts: list[str], columns: int) -> str:
    return next((text for text in texts if cell_len(text) <= columns), shorten(texts[-1], columns))


def _legend(view: View, plane: Plane, shown: Shown, scale: Scale, columns: int) -> Row:
    """What the colours and the signs mean."""
    spans, left = list[tuple[str, str]](), columns

    def add(text: str, style: str) -> bool:
        nonlocal left
        fits = cell_len(text) <= left
        if fits:
            spans.append((text, style))
            left -= cell_len(text)
        return fits

    if shown.by_class:
        for place, name in enumerate(shown.nodes):
            if not add(f"{(place + 1) % 10} {name}  ", f"class map-class-{place % MAP_CLASSES}"):
                break
    else:
        low, middle, high = (number(scale.middle + part * scale.reach, 4) for part in (-1, 0, 1))
        low, high = (f"≤{low}", f"≥{high}") if scale.fixed else (low, high)
        half = max(2, min(LEGEND, columns - len(low) - len(middle) - len(high) - 4) // 2)
        bars = ramp(view.shading, half)
        for text, bar in ((f"{low} ", bars[0]), (f" {middle} ", bars[1]), (f" {high}", ())):
            add(text, "label")
            spans += bar
            left -= sum(len(piece) for piece, _ in bar)
    signs = not shown.by_class and shown.target is not None and plane.scenario.targets is not None
    if signs and left >= len("   ●○ examples"):
        add("   ●", "high")
        add("○", "low")
        add(" examples", "label")
        if plane.scenario.test is not None and left >= len(" ◆◇ test"):
            add(" ◆", "high")
            add("◇", "low")
            add(" test", "label")
    return (*spans, (" " * max(0, left), "label"))
