"""E along one parameter: the curve, the point where it stands, the tangent, and what the update makes of it."""

import numpy as np
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label

from engine.ask.what_if import WhatIf, errors_along, what_if
from engine.formula.quantity import Quantity
from engine.program.graph import Graph, operands_of
from engine.program.network import Network
from engine.program.notation import Notation
from engine.walking.session import Session
from tui.chart.curve import Floats, Line, Mark, Rows, Step, curve_rows, sampled, through, window_on
from tui.chart.curve_widget import CurveChart
from tui.terminal.closing import Dialog
from tui.words.format import UNKNOWN, number
from tui.words.kinds import role_style

AROUND = 2.0
"""How far the curve goes to each side of the parameter's value at first; of a large value, so many times that."""
ZOOM = 2.0
ZOOMS = 24
"""How often one may come nearer, or go away."""
STEPS = 40
"""Moves from the value to the edge of what is in sight; those with shift are `BIGGER` times as long."""
BIGGER = 5
MOST_WORK = 2_000_000
"""Parameters times examples times points of the curve: a large network gets fewer points, but at least `LEAST`."""
LEAST = 24
KEYS = "← → move (shift: farther), + − zoom, ↑ ↓ parameter, enter takes it"
DIGITS = 6
"""Significant digits, at least: with fewer the tangent's error and the true one often look the same."""


def parameter_of(network: Network | Graph, name: str | None) -> str:
    """The parameter that is looked at: this one, or the first that leads into a node, or out of an input."""
    if name is None:
        return network.parameter_names[0]
    if name in network.parameter_index:
        return name
    if isinstance(network, Graph):
        value = network.value_of_element[name].name
        made = next(node for node in network.graph_nodes if value in (node.name, *operands_of(node.formula)))
        used = (of for of in operands_of(made.formula) if of in network.parameter_shapes)
        return network.elements(next(used, next(iter(network.parameter_shapes))))[0]
    layer, index = network.node_index[name]
    if network.is_input(name):
        return network.layer(layer + 1).weight_names[0][index]
    return network.layer(layer).weight_names[index][0]


def step_of(half: float) -> float:
    """The length of a move: a round number, about a `STEPS`th of the way to the edge."""
    power = 10.0 ** np.floor(np.log10(half / STEPS))
    return float(next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= half / STEPS * 0.999))


def half_of(what: WhatIf, probe: float, zoom: int) -> float:
    """How far to each side the drawing goes: the value moved to stays in sight."""
    half = max(AROUND, 2 * abs(what.value)) * ZOOM**zoom
    return max(half, abs(probe - what.value) * 1.1)


def points_for(session: Session, columns: int) -> int:
    """Cells for whose dots E is computed."""
    work = len(session.scenario.theta) * len(session.values.examples)
    return max(LEAST // 2, min(columns, MOST_WORK // max(1, work) // 2))


def what_if_rows(
    what: WhatIf, curve: tuple[Floats, Floats], probe: float, probed: float | None, columns: int, rows: int
) -> Rows:
    """The drawing.

    Args:
        what: the parameter.
        curve: values of it, and E at each.
        probe: the value that was moved to.
        probed: E there; None if it is not finite.
        columns: cells across.
        rows: cells down.
    """
    places = [(what.updated, what.updated_error, "○", "update"), (what.value, what.error, "●", "point")]
    if probe != what.value:
        places.append((probe, probed, "◆", "point"))
    marks = [Mark(x, y, sign, style) for x, y, sign, style in places if x is not None and y is not None]
    xs, ys = through(*curve, [(mark.x, mark.y) for mark in marks])
    window = window_on(float(xs[0]), float(xs[-1]), [ys])
    lines = [Line(xs, ys, "error")]
    if what.error is not None and what.slope is not None:
        dense = sampled(window.left, window.right, columns)
        lines.append(Line(dense, what.error + what.slope * (dense - what.value), "tangent", dotted=True))
    step = None if what.updated is None else Step(what.value, what.updated, "update", "update")

    return curve_rows(lines, marks, window, columns, rows, cursor=probe, step=step)


class WhatIfView(Dialog[tuple[str, float] | None]):
    """The drawing and its numbers; the result is the parameter and the value that is taken, if one is."""

    BINDINGS = [
        ("escape", "dismiss", "close"),
        ("w", "dismiss", "close"),
        ("q", "dismiss", "close"),
        ("left", "move(-1)", "less"),
        ("right", "move(1)", "more"),
        ("shift+left", f"move(-{BIGGER})", "much less"),
        ("shift+right", f"move({BIGGER})", "much more"),
        ("home", "home", "back to its value"),
        ("up", "other(-1)", "parameter before"),
        ("down", "other(1)", "next parameter"),
        ("plus", "zoom(-1)", "nearer"),
        ("minus", "zoom(1)", "farther"),
        ("enter", "take", "take"),
    ]

    def __init__(self, session: Session, notation: Notation, digits: int | None, name: str | None) -> None:
        super().__init__()
        self._session, self._notation = session, notation
        self._digits = None if digits is None else max(DIGITS, digits)
        self._what = what_if(session, parameter_of(session.scenario.network, name))
        self._probe, self._zoom = self._what.value, 0
        self._curve: tuple[tuple[str, float, int], tuple[Floats, Floats]] | None = None

    def compose(self) -> ComposeResult:
        """The drawing and a line for each of its points."""
        with Vertical(classes="dialog", id="what-if"):
            yield CurveChart()
            yield Label("", id="here", markup=False)
            yield Label("", id="update", markup=False)
            yield Label("", id="probe", markup=False)
            yield Label(KEYS, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Draws the parameter where it stands."""
        self._show()

    def action_move(self, by: int) -> None:
        """To another value."""
        step = step_of(half_of(self._what, self._what.value, self._zoom))
        self._probe = float(f"{self._probe + by * step:.12g}")  # without the dust of binary fractions
        self._show()

    def action_home(self) -> None:
        """Back to the value that the parameter has."""
        self._probe = self._what.value
        self._show()

    def action_zoom(self, by: int) -> None:
        """Nearer, or farther away."""
        if abs(self._zoom + by) > ZOOMS:
            self.notify("That is as near as it goes." if by < 0 else "That is as far as it goes.", timeout=2)
            return
        self._zoom += by
        if by < 0:  # what was moved to shall not keep the drawing wide
            self._probe = self._what.value
        self._show()

    def action_other(self, by: int) -> None:
        """The next parameter, or the one before."""
        names = self._session.scenario.network.parameter_names
        place = self._session.scenario.network.parameter_index[self._what.name] + by
        self._what = what_if(self._session, names[place % len(names)])
        self._probe, self._zoom = self._what.value, 0
        self._show()

    def action_take(self) -> None:
        """Takes the value that was moved to."""
        if self._probe == self._what.value:
            self.notify("← → move to another value first.", timeout=2, markup=False)
        else:
            self.dismiss((self._what.name, self._probe))

    def _show(self) -> None:
        dialog = self.query_one("#what-if")
        error = self._notation.symbol(Quantity("E"))
        dialog.border_title = Content(f"what if {self._what.name} were different? {error} of this batch along it")
        dialog.border_subtitle = Content("escape closes")
        self.query_one(CurveChart).show(self._rows)
        self.query_one("#here", Label).update(self._here())
        self.query_one("#update", Label).update(self._update())
        self.query_one("#probe", Label).update(self._at_probe())

    def _rows(self, columns: int, rows: int) -> Rows:
        half = half_of(self._what, self._probe, self._zoom)
        key = (self._what.name, half, columns)
        if self._curve is None or self._curve[0] != key:
            left, right = self._what.value - half, self._what.value + half
            xs = sampled(left, right, points_for(self._session, columns))
            self._curve = key, (xs, errors_along(self._session, self._what.name, xs))
        return what_if_rows(self._what, self._curve[1], self._probe, self._error_at(self._probe), columns, rows)

    # The numbers

    def _number(self, value: float | None) -> str:
        return UNKNOWN if value is None else number(value, self._digits)

    def _error_at(self, value: float) -> float | None:
        error = float(errors_along(self._session, self._what.name, np.array([value]))[0])
        return error if np.isfinite(error) else None

    def _here(self) -> Content:
        what, error = self._what, self._notation.symbol(Quantity("E"))
        slope = self._notation.symbol(Quantity("dE/dw", what.name))
        return Content.assemble(
            ("● ", "bold"),
            f"{what.name} = {self._number(what.value)}   ",
            (error, role_style("E")),
            f" = {self._number(what.error)}   slope ",
            (slope, role_style("dE/dw")),
            f" = {self._number(what.slope)}",
        )

    def _update(self) -> Content:
        what = self._what
        if what.updated is None:
            index = self._session.scenario.network.parameter_index[what.name]
            frozen = index in self._session.scenario.training.frozen
            return Content.styled(
                "It is frozen: no update moves it." if frozen else "No update is reached.", "$text-muted"
            )
        predicted = self._number(what.tangent(what.updated))
        true = self._number(what.updated_error)
        return Content.assemble(
            ("○ ", role_style("dE/dw")),
            f"update to {self._number(what.updated)}   tangent says {predicted}, ",
            (f"true is {true}", "bold"),
        )

    def _at_probe(self) -> Content:
        if self._probe == self._what.value:
            return Content.styled("◆ ← → move along the curve", "$text-muted")
        predicted = self._number(self._what.tangent(self._probe))
        return Content.assemble(
            ("◆ ", "bold"),
            f"{self._what.name} = {self._number(self._probe)}   tangent says {predicted}, ",
            (f"true is {self._number(self._error_at(self._probe))}", "bold"),
        )
