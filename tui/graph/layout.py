"""From the shape of a network and the room there is to a geometry: a ladder of ever smaller forms.

1. Boxes with a port per edge. 2. Pills of one row. 3. Where there are too many layers, those round the focus in one of
these forms and the others as beads, with a strip that tells how large the derivatives of each layer are: what happens
along a deep network is seen in all its layers at once, or not at all. Where a layer is too high, a window of it. The
geometry depends on the shape, the room and the focus only, never on the numbers: a picture whose boxes move when a
digit is added can't be followed.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from msgspec.structs import replace

from tui.graph.boxes import place_boxes
from tui.graph.geometry import Form, Geometry
from tui.graph.measure import BEADS, Bead, Measure, Plan, measures, plan
from tui.graph.picture import FIRST, NodeAt, Shape
from tui.graph.pills import place_pills
from tui.words.thick import THIN

_ENOUGH = 3
"""Layers in full that show a node with what comes in and where it goes."""

_TOLD = 4
"""Forms of beads, from the widest, that leave room for names or numbers of nodes and lines."""

_NAMED = 3
"""Cells of a bead that are not given up for a neighbour of the focus in full."""

_STRIPS = ((18, 6), (9, 3))
"""From so many rows on, so many for the strip: its title, bars and numbers, and with room the numbers of the layers."""


@lru_cache(maxsize=64)
def layout(shape: Shape, columns: int, rows: int, focus: NodeAt = FIRST, *, backward: bool = False) -> Geometry:
    """The geometry of a network of this shape in so much room.

    `backward` matters only where no more than two layers are in full: then the second is the one the numbers come from.
    """
    if shape.titled:
        untitled = shape._replace(titled=False)
        whole = layout(untitled, columns, rows, focus, backward=backward)
        if not whole.nodes or whole.top > 0:
            return replace(whole, title_row=whole.top - 1 if whole.nodes else None)
        lower = layout(untitled, columns, rows - 1, focus, backward=backward)
        as_much = lower.layers == whole.layers and len(lower.nodes) == len(whole.nodes) and lower.strip == whole.strip
        return lower.below_titles() if as_much else whole
    if shape.thick:
        return _thick(shape, focus, columns, rows) or layout(
            shape._replace(thick=False), columns, rows, focus, backward=backward
        )
    for chosen, suits in _plans(len(shape.layers), focus.layer, backward):
        reduced = "bead" in chosen.forms and shape.sized
        strip = next((high for least, high in _STRIPS if rows >= least), 0) if reduced else 0
        found = _placed(shape, chosen, suits, focus, columns, rows - strip)
        if found:
            return replace(found, rows=rows, strip=strip)
    return Geometry(columns, rows)


def _thick(shape: Shape, focus: NodeAt, columns: int, rows: int) -> Geometry | None:
    """Every node as a box with one number in thick digits, if there is room for all of them."""
    if any(layer.given for layer in shape.layers):
        return None
    whole = plan(len(shape.layers), "box", range(len(shape.layers)), focus.layer, BEADS[0])
    found = _placed(shape, whole, lambda measure: True, focus, columns, rows)
    return found if found and all(len(box.inside) >= THIN.rows for box in found.nodes) else None


def _plans(layers: int, focus: int, backward: bool) -> Iterator[tuple[Plan, Callable[[Measure], bool]]]:
    """From all layers in full to one, and the measures in which each is worth it."""

    def windows(full: Form, most: int, least: int, beads: tuple[Bead, ...]) -> Iterator[Plan]:
        for count in range(min(most, layers - 1), least - 1, -1):
            for bead in beads:
                yield plan(layers, full, _window(layers, count, focus, backward), focus, bead)

    def any_measure(measure: Measure) -> bool:
        return True

    for full in ("box", "pill"):
        yield plan(layers, full, range(layers), focus, BEADS[0]), any_measure
    for beads in (BEADS[:_TOLD], BEADS[_TOLD:]):
        for least, most, least_bead in ((_ENOUGH, layers, _NAMED), (1, _ENOUGH - 1, 1)):
            fitting = tuple(bead for bead in beads if bead.width >= least_bead)
            for suits in (lambda measure: measure.generous, lambda measure: measure.roomy):
                yield from ((found, suits) for found in windows("box", most, least, fitting))
        yield from ((found, any_measure) for found in windows("pill", layers, 1, beads))


def _placed(
    shape: Shape, chosen: Plan, suits: Callable[[Measure], bool], focus: NodeAt, columns: int, rows: int
) -> Geometry | None:
    """The layers in the widest measure that fits and suits."""
    laid_out = place_boxes if "box" in chosen.forms else place_pills
    for measure in measures(shape):
        if suits(measure) and measure.width(shape, chosen) <= columns:
            found = laid_out(shape, measure, chosen, focus, columns, rows)
            if found:
                return found
    return None


def _window(layers: int, count: int, focus: int, backward: bool) -> range:
    """So many layers round the focus."""
    before = count // 2 if count > 2 else (0 if backward else count - 1)
    start = min(max(focus - before, 0), layers - count)
    return range(start, start + count)
