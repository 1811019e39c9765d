"""From the shape of a network and the room there is to places: a ladder of ever smaller forms.

1. Boxes with a port per edge. 2. Pills of one row. 3. Where layers are too high, a window of each; where there are too
many, a window of layers. A place depends on the shape, the room and the focus only, never on the numbers: a picture
whose boxes move when a digit is added can't be followed.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import islice

from msgspec.structs import replace

from tui.graph.boxes import place_boxes
from tui.graph.geometry import SIDE, Geometry
from tui.graph.measure import FULL, ROOMY, Measure, measures
from tui.graph.picture import FIRST, NodeAt, Shape
from tui.graph.pills import place_pills

_Place = Callable[[Shape, Measure, range, NodeAt, int, int, int], Geometry | None]
"""(shape, measure, layers in view, focus, first column, columns, rows) → places, or None where it does not fit."""

_ENOUGH = 3
"""Layers in view that are worth boxes: a node with what comes in and where it goes."""


@lru_cache(maxsize=64)
def layout(shape: Shape, columns: int, rows: int, focus: NodeAt = FIRST, *, backward: bool = False) -> Geometry:
    """The places of a network of this shape in so much room.

    `backward` matters only where no more than two layers fit: then the second is the one the numbers come from.
    """
    if shape.titled:
        untitled = shape._replace(titled=False)
        whole = layout(untitled, columns, rows, focus, backward=backward)
        if not whole.nodes or whole.top > 0:
            return replace(whole, title_row=whole.top - 1 if whole.nodes else None)
        lower = layout(untitled, columns, rows - 1, focus, backward=backward)
        as_much = lower.layers == whole.layers and len(lower.nodes) == len(whole.nodes) and lower.boxed == whole.boxed
        return lower.below_titles() if as_much else whole
    everything = range(len(shape.layers))
    if columns > 0 and rows > 0:
        for place in (place_boxes, place_pills):
            found = _placed(place, shape, everything, focus, columns, rows)
            if found:
                return found
        for place, least, most in ((place_boxes, _ENOUGH, FULL), (place_boxes, _ENOUGH, ROOMY), (place_pills, 1, None)):
            for count in range(len(shape.layers) - 1, least - 1, -1):
                shown = _window(len(shape.layers), count, focus.layer, backward)
                found = _placed(place, shape, shown, focus, columns, rows, most)
                if found:
                    return found
    return Geometry(columns, rows)


def _placed(
    place: _Place, shape: Shape, shown: range, focus: NodeAt, columns: int, rows: int, most: int | None = None
) -> Geometry | None:
    """The layers `shown` in the widest measure that fits; of the first ones only, where fewer layers would do."""
    left = SIDE if shown.start > 0 else 0
    right = SIDE if shown.stop < len(shape.layers) else 0
    for measure in islice(measures(shape), most):
        if left + measure.width(shape, shown, boxed=place is place_boxes) + right <= columns:
            found = place(shape, measure, shown, focus, left, columns - left - right, rows)
            after = len(shape.layers) - shown.stop
            return replace(found, columns=columns, hidden_left=shown.start, hidden_right=after) if found else None
    return None


def _window(layers: int, count: int, focus: int, backward: bool) -> range:
    """So many layers round the focus."""
    before = count // 2 if count > 2 else (0 if backward else count - 1)
    start = min(max(focus - before, 0), layers - count)
    return range(start, start + count)
