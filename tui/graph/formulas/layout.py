"""From the outline of a graph and the room there is to a geometry: a ladder of ever smaller forms.

1. A box for each value. 2. Boxes in the columns round the focus, then only for the focus and what it is next to; names,
with numbers where there is room, for the others. 3. A window of some columns, and of a column that is too high: what is
out of view is counted, and where it is used it stands at the port by its name. The geometry depends on the outline, the
room and the focus alone, never on a number: a picture whose boxes move when a digit is added can't be followed.
"""

from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace

from tui.graph.formulas.columns import Columns, Known
from tui.graph.formulas.geometry import Box, Column, Edge, Geometry, Port
from tui.graph.formulas.measure import HEIGHTS, MAP_HEIGHTS, Height, Measure, Plan, plans
from tui.graph.formulas.order import Order, Place, lines_of, ordered
from tui.graph.formulas.outline import Outline
from tui.graph.formulas.stack import tops_of
from tui.graph.formulas.wires import wires_of


@lru_cache(maxsize=256)
def layout(
    outline: Outline, factors: Known, columns: int, rows: int, focus: str, mapped: frozenset[str] = frozenset()
) -> Geometry:
    """The geometry of a graph in so much room.

    Args:
        outline: of the graph.
        factors: what stands at its ports going back.
        columns: of cells.
        rows: of cells.
        focus: the value that stays in view where not all fit.
        mapped: the values that have a map in their boxes, where there are rows for it.
    """
    for plan in plans(outline, focus, columns):
        if Columns(outline, factors, plan, plan.measures[-1], HEIGHTS[-1]).width > columns:
            continue  # not even in its tightest measure
        whole = plan.last - plan.first + 1 == len(outline.columns)
        for measure in plan.measures:
            found = _in_measure(outline, factors, plan, measure, (columns, rows - (not whole)), focus, mapped)
            if found is not None:
                return replace(found, rows=rows)
    return Geometry(columns, rows)


def _in_measure(
    outline: Outline,
    factors: Known,
    plan: Plan,
    measure: Measure,
    size: tuple[int, int],
    focus: str,
    mapped: frozenset[str],
) -> Geometry | None:
    """The layout by a plan, in the roomiest height that fits; None if there is none."""
    columns, rows = size
    least = Columns(outline, factors, plan, measure, HEIGHTS[-1])
    if least.width > columns:
        return None
    order = ordered(outline, plan.first, plan.last, plan.skip)
    for height in (*MAP_HEIGHTS, *HEIGHTS) if mapped & plan.boxes else HEIGHTS:
        across = Columns(outline, factors, plan, measure, height, mapped)
        if across.width <= columns and all(_high(across, column) <= rows for column in order.columns):
            return _placed(across, order, order, size)
    cut = _cut(least, order, rows, focus) if plan.cut and rows > MIN_ROWS else None
    return None if cut is None else _placed(least, cut, order, size)


MIN_ROWS = 4
"""Rows in which a part of a column and the counts of what is out of view have room."""


def _high(columns: Columns, places: Sequence[Place]) -> int:
    """The rows that a column takes."""
    return sum(map(columns.rows_of, places)) + sum(columns.apart(places))


def _cut(columns: Columns, order: Order, rows: int, focus: str) -> Order | None:
    """Of each column that is too high a run round what is next to the focus; two rows are for the counts.

    None where there is no room for even one of a column.
    """
    outline = columns.outline
    near = {focus, *outline.users[focus], *(use.source for use in outline.items[focus].uses)}
    cut = []
    for places in order.columns:
        if _high(columns, places) > rows:
            at = [index for index, place in enumerate(places) if place == Place(focus)]
            at = at or [index for index, place in enumerate(places) if place.name in near] or [len(places) // 2]
            middle = at[len(at) // 2]
            if columns.rows_of(places[middle]) > rows - 2:
                return None
            places = _run(columns, places, middle, rows - 2)
        cut.append(places)
    kept = [set(places) for places in cut]
    links = (
        tuple((source, target) for source, target in pairs if source in kept[index] and target in kept[index + 1])
        for index, pairs in enumerate(order.links)
    )
    return Order(order.first, tuple(cut), tuple(links))


def _run(columns: Columns, places: Sequence[Place], middle: int, rows: int) -> tuple[Place, ...]:
    """As many places round one as there are rows for."""
    first, last = middle, middle + 1
    while True:
        above, below = (first - 1, last), (first, last + 1)
        for low, high in (above, below) if middle - first < last - middle else (below, above):
            if low >= 0 and high <= len(places) and _high(columns, places[low:high]) <= rows:
                first, last = low, high
                break
        else:
            return tuple(places[first:last])


def _placed(columns: Columns, order: Order, whole: Order, size: tuple[int, int]) -> Geometry:
    """The layout of what an order has."""
    plan, outline = columns.plan, columns.outline
    cut = [len(some) < len(all_) for some, all_ in zip(order.columns, whole.columns, strict=True)]
    lines = lines_of(order)
    tops = tops_of(columns, order, size[1], cut)
    across = columns.across(size[0])
    boxes = tuple(
        _box(columns, place, *across[index], tops[index][place])
        for index, places in enumerate(order.columns)
        for place in places
        if not place.lane
    )
    ports = tuple(port for box in boxes if not box.flat for port in _ports(columns, box, tops, order, lines))
    sizes = [len(names) for names in outline.columns]
    elsewhere = [(box.name, sum((box.name, user) not in lines for user in outline.users[box.name])) for box in boxes]
    return Geometry(
        *size,
        tuple(
            _column(columns, index, order.columns[index], whole.columns[index], tops[index], *across[index])
            for index in range(len(across))
        ),
        boxes,
        ports,
        wires_of(order, across, columns.zones, tops, boxes, ports),
        columns.measure.number,
        sum(sizes[: plan.first]),
        sum(sizes[plan.last + 1 :]),
        tuple((name, count) for name, count in elsewhere if count),
    )


def _box(columns: Columns, place: Place, x: int, width: int, top: int) -> Box:
    height: Height = columns.height
    item, rows = columns.outline.items[place.name], columns.rows_of(place)
    if rows == 1:
        return Box(x, top, width, 1, name=place.name)
    formula = height.formula and bool(item.text)
    block, rows_of_map = columns.block(item), columns.map_of(place.name)
    return Box(x, top, width, rows, name=place.name, block=block, formula=formula, both=height.both, map=rows_of_map)


def _column(
    columns: Columns,
    index: int,
    shown: Sequence[Place],
    whole: Sequence[Place],
    tops: dict[Place, int],
    x: int,
    width: int,
) -> Column:
    """A column, and what of it is out of view."""
    start = whole.index(shown[0]) if shown else 0
    above = sum(not place.lane for place in whole[:start])
    below = sum(not place.lane for place in whole[start + len(shown) :])
    bottom = max((tops[place] + columns.rows_of(place) for place in shown), default=0)
    number = columns.plan.first + index
    return Column(number, x, width, columns.form(number), above, below, min(tops.values(), default=0), bottom)


def _ports(
    columns: Columns, box: Box, tops: Sequence[dict[Place, int]], order: Order, lines: frozenset[Edge]
) -> list[Port]:
    """A row for each use: tags in reading order, lines in the order in which they come in between them."""
    item = columns.outline.items[box.name]
    index = item.column - columns.plan.first
    coming: dict[str, int] = {}
    for source, target in order.links[index - 1] if index else ():
        if target == Place(box.name):
            coming[source.name] = 2 * tops[index - 1][source] + columns.rows_of(source)
    drawn = [use.source for use in item.uses if (use.source, box.name) in lines]
    level = iter(sorted(drawn, key=coming.__getitem__))
    sources = [next(level) if use.source in drawn else use.source for use in item.uses]
    first = box.inside.start + (len(box.inside) - len(sources)) // 2
    zone = columns.zones[index]
    return [
        Port((source, box.name), first + row, box.x - zone, box.x - 1, source not in drawn)
        for row, source in enumerate(sources)
    ]
