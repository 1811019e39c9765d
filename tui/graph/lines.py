"""The lines of edges: what kind each is, and how its kind looks in dots."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.graph import styles
from tui.graph.canvas import Canvas, Cell, Straight
from tui.graph.picture import EdgeAt, GapPicture, Mask, Role, State
from tui.graph.routes import Routes, distinct
from tui.terminal.raster import DASHED, EMPTY, SOLID, Pattern, Raster

IDLE, LIT, ACTIVE = range(3)
_STATES: tuple[State, ...] = ("idle", "lit", "active")

# All but the active lines have gaps, and negative ones are in short dashes: dense enough to be followed by the eye
# where they cross, also a steep one.
_PATTERNS: dict[tuple[bool, bool], Pattern] = {
    (False, False): Pattern(4, 1),
    (False, True): Pattern(3, 2),
    (True, False): SOLID,
    (True, True): DASHED,
}
"""By whether it is active and whether the weight is negative."""

_STRONG = 0.7
"""The part of the strongest weight between two layers from which a line is two dots thick."""


class Kinds(NamedTuple):
    """Of each edge of some routes: its state (`IDLE`, `LIT`, `ACTIVE`), and three things of its weight."""

    state: NDArray[np.intp]
    negative: Mask
    strong: Mask
    present: Mask

    def of(self, chosen: Mask | NDArray[np.intp]) -> "Kinds":
        """Those of some of the edges."""
        return Kinds(self.state[chosen], self.negative[chosen], self.strong[chosen], self.present[chosen])

    def thin(self) -> "Kinds":
        """The same with no line two dots thick."""
        return self._replace(strong=np.zeros_like(self.strong))


def kinds_of(gap: GapPicture, way: Routes, selected: int | None) -> Kinds:
    """What each edge of some routes is; the selected one (by its index there) counts as active."""
    at = way.targets, way.sources
    state = np.full(len(way.sources), IDLE, dtype=np.intp)
    for mask, value in ((gap.lit, LIT), (gap.active, ACTIVE)):
        if mask is not None:
            state[mask[at]] = value
    if selected is not None:
        state[selected] = ACTIVE
    present = np.ones(len(state), dtype=np.bool_) if gap.absent is None else ~gap.absent[at]
    state[~present] = IDLE
    weights = gap.weights[at]
    sizes = np.abs(gap.weights)
    most = sizes.max(initial=0.0, where=np.isfinite(sizes))
    return Kinds(state, weights < 0, np.abs(weights) >= max(_STRONG * most, 1e-300), present)


def index_of(way: Routes, edge: EdgeAt) -> int | None:
    """Where in some routes an edge is, if it is in view."""
    found = np.flatnonzero((way.sources == edge.source) & (way.targets == edge.target))
    return int(found[0]) if len(found) else None


class Lines:
    """The lines of the edges between two layers, to be drawn at once."""

    def __init__(self, columns: int, rows: int) -> None:
        self._size = rows, columns
        self._parts: list[_Part] = []

    def add(self, ends: NDArray[np.int64], kinds: Kinds, role: Role | None) -> None:
        """Lines with the ends (n, 4) and the kinds of n edges."""
        codes = (kinds.state * 4 + kinds.negative * 2 + kinds.strong)[kinds.present]
        self._parts.append(_Part(ends[kinds.present].tobytes(), codes.tobytes(), role))

    def put_under(self, canvas: Canvas) -> None:
        """Draws them where the canvas is still blank; those that the step uses above the others."""
        if canvas.lines is None:
            canvas.put_under(_cells(self._size, tuple(self._parts)))
        else:
            canvas.lines += (
                line for state in (IDLE, LIT, ACTIVE) for part in self._parts for line in part.straight(state)
            )


class _Part(NamedTuple):
    """Lines as bytes, so that they can be compared: their ends, and their kinds as `state * 4 + negative * 2 + strong`.

    What is computed in their colour is `role`.
    """

    ends: bytes
    codes: bytes
    role: Role | None

    @property
    def arrays(self) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Ends (n, 4) and kinds."""
        ends = np.frombuffer(self.ends, dtype=np.int64).reshape(-1, 4)
        return ends, np.frombuffer(self.codes, dtype=np.intp)

    def straight(self, state: int) -> Iterator[Straight]:
        """Those of a state as lines."""
        ends, codes = self.arrays
        for (x0, y0, x1, y1), code in zip(ends.tolist(), codes.tolist(), strict=True):
            look = _look(code)
            if look.state == state:
                name = styles.edge(_STATES[state], look.negative, self.role)
                yield Straight(x0, y0, x1, y1, name, look.thick, look.negative)


class _Look(NamedTuple):
    """What a kind says of a line."""

    state: int
    negative: bool
    thick: bool


def _look(code: int) -> _Look:
    state = code // 4
    return _Look(state, bool(code & 2), bool(code & 1) and state == ACTIVE)


@lru_cache(maxsize=128)
def _cells(size: tuple[int, int], parts: tuple[_Part, ...]) -> list[Cell]:
    """Every cell that has a dot. A step changes the lines of one gap, and the next iteration has the same again."""
    raster, names = Raster(*size), list[str]()
    for part in parts:
        ends, codes = part.arrays
        for code in distinct(codes):
            state, negative, thick = _look(code)
            name = styles.edge(_STATES[state], negative, part.role)
            if name not in names:
                names.append(name)
            raster.lines(
                ends[codes == code],
                style=names.index(name),
                layer=state,
                thickness=2 if thick else 1,
                pattern=_PATTERNS[state == ACTIVE, negative],
            )
    return [
        (row, column, character, names[style])
        for row, (text, ids) in enumerate(raster.rows())
        if not text.isspace()
        for column, (character, style) in enumerate(zip(text, ids, strict=True))
        if style != EMPTY
    ]
