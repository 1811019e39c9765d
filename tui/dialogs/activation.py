"""A node's activation function and its slope over x, with the point where the node stands and the tangent there."""

import numpy as np
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label

from engine.ask.activation_curve import Point, curve_of, is_alone, points_of
from engine.formula.activation import Activation
from engine.formula.quantity import Quantity
from engine.formula.tree import Symbol
from engine.formula.written import text_pieces
from engine.program.network import Network
from engine.program.notation import Notation
from engine.walking.session import Session
from tui.chart.curve import Line, Mark, Rows, curve_rows, sampled, through, window_on
from tui.chart.curve_widget import CurveChart
from tui.terminal.closing import Dialog
from tui.words.calculation import short_symbol
from tui.words.format import UNKNOWN, number
from tui.words.kinds import role_style

BEYOND = 1.15
"""How much farther than the farthest point the window reaches."""
TANGENT = 0.16
"""The part of the window that the tangent goes to each side."""
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


def reach(activation: Activation, points: tuple[Point, ...]) -> float:
    """How far the drawing goes to each side of 0: every point is in it."""
    return max([activation.bent, *(abs(point.x) * BEYOND for point in points)])


def output_rows(session: Session, node: str, example: int, columns: int, rows: int) -> Rows:
    """f over x, the tangent at the example's point, and the points of the batch's other examples."""
    return _drawn(session, node, example, columns, rows, slope=False)


def slope_rows(session: Session, node: str, example: int, columns: int, rows: int) -> Rows:
    """f′ over x, with the same points."""
    return _drawn(session, node, example, columns, rows, slope=True)


def _drawn(session: Session, node: str, example: int, columns: int, rows: int, *, slope: bool) -> Rows:
    activation = _activation(session, node)
    points = points_in_sight(session, node, example)
    far = reach(activation, points)
    xs = sampled(-far, far, columns)
    curve = curve_of(session, node, xs, example)
    if curve is None:
        return ()
    ys = curve[1] if slope else curve[0]
    heights = [point.slope if slope else point.y for point in points]
    window = window_on(-far, far, [ys, np.array(heights), *([np.zeros(1)] if slope else [])])
    here = next((point for point in points if point.example == example), None)
    spots = [(point.x, height) for point, height in zip(points, heights, strict=True)]
    line = through(*_with_gap(xs, ys, activation.kinks if slope else ()), spots)
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
    points = points_of(session, node)
    return points if is_alone(session, node) else tuple(point for point in points if point.example == example)


def _activation(session: Session, node: str) -> Activation:
    network = session.scenario.layered
    return network.layer(network.node_index[node][0]).activation


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
        network = session.scenario.layered
        self._shown = node_of(network, name)
        self._all = [node for layer in range(1, network.depth + 1) for node in network.computed(layer)]

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
        activation = _activation(session, node)
        x, y = (short_symbol(kind, self._notation) for kind in ("x", "y"))
        slope = short_symbol("dy/dx", self._notation)
        dialog = self.query_one("#activation")
        dialog.border_title = Content(f"activation of {node}: {activation.name}")
        dialog.border_subtitle = Content(KEYS)
        output = "".join(map(str, text_pieces(activation.formula(Symbol(x)))))
        rule = "".join(map(str, text_pieces(activation.slope_formula(Symbol(x), Symbol(y)))))
        self._put("output-rule", Content.assemble((f"{y} = {activation.symbol}({x}) = {output}", role_style("y"))))
        self._put("slope-rule", Content(f"{slope} = {rule}"))
        drawn, tangent = self.query_one("#output", CurveChart), self.query_one("#slope", CurveChart)
        drawn.show(lambda columns, rows: output_rows(session, node, example, columns, rows))
        tangent.show(lambda columns, rows: slope_rows(session, node, example, columns, rows))
        here = next((point for point in points_of(session, node) if point.example == example), None)
        self._put("numbers", self._numbers(here))
        self._put("words", Content(" ".join(self._words(here))))

    def _numbers(self, here: Point | None) -> Content:
        values = (None, None, None) if here is None else (here.x, here.y, here.slope)
        pieces: list[Content] = []
        for kind, value in zip(("x", "y", "dy/dx"), values, strict=True):
            text = UNKNOWN if value is None else number(value, self._digits)
            name = self._notation.symbol(Quantity(kind, self._shown))
            pieces.append(Content.assemble((name, role_style(kind)), f" = {text}"))
        return Content("   ").join(pieces)

    def _words(self, here: Point | None) -> list[str]:
        """What the drawing does not say by itself."""
        session, network = self._session, self._session.scenario.layered
        layer = network.node_index[self._shown][0]
        alone, batch = is_alone(session, self._shown), session.values.examples
        words = []
        if here is None:
            words.append("Its total input is not computed yet.")
        elif session.scenario.layered.fused(layer):
            words.append("The slope is not used here: with this loss dE/dx is y − t.")
        elif alone:
            back, there = (short_symbol(kind, self._notation) for kind in ("dE/dy", "dE/dx"))
            words.append(f"Going back, {back} times this slope, {number(here.slope, self._digits)}, is {there}.")
        if not alone:
            words.append("The curve is along this node's own x; the others of the layer stay as they are.")
        elif len(batch) > 1:
            words.append(f"● is example {batch[self._example] + 1}, ○ are the others of the batch.")
        return words

    def _put(self, name: str, words: Content) -> None:
        self.query_one(f"#{name}", Label).update(words)
