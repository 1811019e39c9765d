"""A node's function of one number and its slope, with the point where the node stands and the tangent there."""

from functools import partial

import numpy as np
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label

from engine.ask.activation_curve import Point, curve_of, is_alone, points_of
from engine.program.network import Network
from engine.program.notation import CANONICAL, Notation
from engine.walking.session import Session
from tui.chart.curve import Line, Mark, Rows, curve_rows, sampled, through, window_on
from tui.chart.curve_widget import CurveChart
from tui.dialogs.told_curve import Told, told_of, with_curves, words_of
from tui.terminal.closing import Dialog
from tui.words.format import UNKNOWN, number
from tui.words.kinds import role_style

BEYOND = 1.15
"""How much farther than the farthest point the window reaches."""
TANGENT = 0.16
"""The part of the window that the tangent goes to each side."""
MANY, FINE = 1000, 32
"""Points from which on only some are drawn: that many in a cell across."""
LABELS = 6
"""Cells for the round numbers beside both drawings."""
KEYS = "↑ ↓ other node   x other example   escape closes"


def node_of(network: Network, name: str | None) -> str:
    """The node whose activation is looked at: this one, the one a parameter leads into; for an input the first."""
    first = network.computed(1)[0]
    if name is None:
        return first
    if name in network.parameter_index:
        layer, index = network.node_into(name)
        return network.nodes(layer)[index]
    return first if network.is_input(name) else name


def reach(bent: float, points: tuple[Point, ...]) -> float:
    """How far the drawing goes to each side of 0: every point is in it."""
    return max([bent, *(abs(point.x) * BEYOND for point in points)])


def output_rows(
    session: Session, node: str, example: int, columns: int, rows: int, points: tuple[Point, ...] | None = None
) -> Rows:
    """f over x, the tangent at the example's point, and the points of the batch's other examples.

    Where `points`, those in sight, are known already, they are not sought again.
    """
    return _drawn(session, node, example, columns, rows, points, slope=False)


def slope_rows(
    session: Session, node: str, example: int, columns: int, rows: int, points: tuple[Point, ...] | None = None
) -> Rows:
    """f′ over x, with the same points."""
    return _drawn(session, node, example, columns, rows, points, slope=True)


def _drawn(
    session: Session,
    node: str,
    example: int,
    columns: int,
    rows: int,
    points: tuple[Point, ...] | None,
    *,
    slope: bool,
) -> Rows:
    points = points_in_sight(session, node, example) if points is None else points
    told = told_of(session, node, CANONICAL)
    far = reach(told.bent, points)
    points = told_apart(points, example, 2 * far / max(1, columns * FINE))
    xs = sampled(-far, far, columns)
    curve = curve_of(session, node, xs, example)
    if curve is None:
        return ()
    ys = curve[1] if slope else curve[0]
    heights = [point.slope if slope else point.y for point in points]
    window = window_on(-far, far, [ys, np.array(heights), *([np.zeros(1)] if slope else [])])
    here = next((point for point in points if point.example == example), None)
    kinks = told.kinks if slope else ()
    spots = [(point.x, height) for point, height in zip(points, heights, strict=True) if point.x not in kinks]
    line = through(*_with_gap(xs, ys, kinks), spots)
    lines = [Line(*line, "slope" if slope else "curve")]
    if here is not None and not slope:
        near = xs[np.abs(xs - here.x) <= TANGENT * 2 * far]
        tangent = through(near, here.y + here.slope * (near - here.x), [(here.x, here.y)])
        lines.append(Line(*tangent, "tangent"))
    marks = [
        Mark(point.x, height, *(("●", "point") if point.example == example else ("○", "other")))
        for point, height in sorted(zip(points, heights, strict=True), key=lambda pair: pair[0].example == example)
    ]
    return curve_rows(lines, marks, window, columns, rows, cursor=here.x if here else None, labels=LABELS)


def _with_gap(xs: np.ndarray, ys: np.ndarray, kinks: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The line with a gap where the slope jumps: it has no value between."""
    for kink in kinks:
        at = int(np.searchsorted(xs, kink, side="right"))
        xs, ys = np.insert(xs, at, kink), np.insert(ys, at, np.nan)
    return xs, ys


def points_in_sight(session: Session, node: str, example: int) -> tuple[Point, ...]:
    """The points that lie on the drawn curve: each example has a curve of its own where the layer acts as one."""
    return points_of(session, node, None if is_alone(session, node) else example)


def told_apart(points: tuple[Point, ...], example: int, apart: float) -> tuple[Point, ...]:
    """Of very many points those that lie so far apart, and the example's own: the others would be drawn over them."""
    if len(points) <= MANY:
        return points
    found = {int(point.x / apart): point for point in points}
    return tuple(point for point in points if point.example == example or found[int(point.x / apart)] is point)


class ActivationView(Dialog[None]):
    """One node's curve; the keys go on to other nodes and examples."""

    BINDINGS = [
        ("escape", "dismiss", "close"),
        ("f", "dismiss", "close"),
        ("q", "dismiss", "close"),
        ("up", "move(-1)", "node before"),
        ("down", "move(1)", "next node"),
        ("x", "example", "example"),
    ]

    def __init__(
        self, session: Session, notation: Notation, digits: int | None, name: str | None, example: int
    ) -> None:
        super().__init__()
        self._session, self._notation, self._digits = session, notation, digits
        self._example = example
        self._all = list(with_curves(session))
        self._shown = name if name in self._all else node_of(session.scenario.layered, name)

    def compose(self) -> ComposeResult:
        """The two drawings, each under its rule, and the numbers."""
        with Vertical(classes="dialog", id="activation"):
            yield Label("", id="output-rule", classes="rule", markup=False)
            yield CurveChart(id="output")
            yield Label("", id="slope-rule", classes="rule", markup=False)
            yield CurveChart(id="slope")
            yield Label("", id="numbers", markup=False)
            yield Label("", id="words", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Draws the first node."""
        self._show()

    def action_move(self, by: int) -> None:
        """The next node, or the one before; after the last the first."""
        self._shown = self._all[(self._all.index(self._shown) + by) % len(self._all)]
        self._show()

    def action_example(self) -> None:
        """The next example of the batch."""
        count = len(self._session.values.examples)
        if count == 1:
            self.notify("There is one example in this batch.", timeout=2)
        self._example = (self._example + 1) % count
        self._show()

    def _show(self) -> None:
        session, node, example = self._session, self._shown, self._example
        told = told_of(session, node, self._notation)
        dialog = self.query_one("#activation")
        dialog.border_title = Content(told.title)
        dialog.border_subtitle = Content(KEYS)
        self._put("output-rule", Content.styled(told.rules[0], role_style("y")))
        self._put("slope-rule", Content(told.rules[1]))
        drawn, tangent = self.query_one("#output", CurveChart), self.query_one("#slope", CurveChart)
        points = points_in_sight(session, node, example)
        drawn.show(partial(output_rows, session, node, example, points=points))
        tangent.show(partial(slope_rows, session, node, example, points=points))
        here = next((point for point in points if point.example == example), None)
        self._put("numbers", self._numbers(here, told.names))
        self._put("words", Content(" ".join(self._words(here, told))))

    def _numbers(self, here: Point | None, names: tuple[str, str, str]) -> Content:
        values = (None, None, None) if here is None else (here.x, here.y, here.slope)
        pieces: list[Content] = []
        for kind, name, value in zip(("x", "y", "dy/dx"), names, values, strict=True):
            text = UNKNOWN if value is None else number(value, self._digits)
            pieces.append(Content.assemble((name, role_style(kind)), f" = {text}"))
        return Content("   ").join(pieces)

    def _words(self, here: Point | None, told: Told) -> list[str]:
        """What the drawing does not say by itself."""
        batch = self._session.values.examples
        words = [words_of(self._session, self._shown, here, told, self._notation, self._digits)]
        if not is_alone(self._session, self._shown):
            words.append("The curve is along this node's own x; the others of the layer stay as they are.")
        elif len(batch) > 1:
            words.append(f"● is example {batch[self._example] + 1}, ○ are the others of the batch.")
        return [one for one in words if one]

    def _put(self, name: str, words: Content) -> None:
        self.query_one(f"#{name}", Label).update(words)
