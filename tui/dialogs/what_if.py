"""E along one parameter, or an input of a graph: the curve, the point where it stands, the tangent, the update."""

from collections.abc import Sequence

import numpy as np
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label

from engine.ask.what_if import WhatIf, errors_along, what_if
from engine.formula.quantity import Quantity
from engine.program.graph import Graph, operands_of
from engine.program.names import joined
from engine.program.network import Network
from engine.program.notation import Notation
from engine.walking.session import Session
from tui.chart.curve import Floats, Line, Mark, Rows, Step, curve_rows, sampled, through, window_on
from tui.chart.curve_widget import CurveChart
from tui.dialogs.looking import ACROSS, Zoom, keys_of
from tui.terminal.closing import Dialog
from tui.words.format import UNKNOWN, number
from tui.words.kinds import role_style

AROUND = 2.0
"""How far the curve goes to each side of the parameter's value at first; of a large value, so many times that."""
STEPS = 40
"""Moves from the value to the edge of what is in sight."""
MOST_WORK = 2_000_000
"""Parameters times examples times points of the curve: a large network gets fewer points, but at least `LEAST`."""
LEAST = 24
KEYS = "← → move (shift: far), + − zoom, ↑ ↓ {other}, w two, enter takes it"
DIGITS = 6
"""Significant digits, at least: with fewer the tangent's error and the true one often look the same."""


def could_differ(network: Network | Graph) -> Sequence[str]:
    """What E can be looked at along: parameters, and the inputs of a graph, whose derivatives its walk has."""
    return joined([network.parameter_names, network.inputs]) if isinstance(network, Graph) else network.parameter_names


def looked_along(network: Network | Graph, name: str | None) -> str:
    """What is looked at: this one, or the first parameter that leads into a node, or out of an input of layers."""
    if name is None:
        return could_differ(network)[0]
    if name in could_differ(network):
        return name
    if isinstance(network, Graph):
        value = network.value_of_element[name].name
        given = {**network.parameter_shapes, **network.input_shapes}
        used = tuple(operands_of(network.node[value].formula)) if value in network.node else ()
        first = next((of for kind in (network.parameter_shapes, given) for of in used if of in kind), next(iter(given)))
        return network.elements(first)[0]
    layer, index = network.node_index[name]
    if network.is_input(name):
        return network.layer(layer + 1).weight_names[0][index]
    return network.layer(layer).weight_names[index][0]


def step_of(half: float) -> float:
    """The length of a move: a round number, about a `STEPS`th of the way to the edge."""
    power = 10.0 ** np.floor(np.log10(half / STEPS))
    return float(next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= half / STEPS * 0.999))


def half_of(what: WhatIf, probe: float, zoom: float) -> float:
    """How far to each side the drawing goes: the value moved to stays in sight."""
    half = max(AROUND, 2 * abs(what.value)) * zoom
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


class WhatIfView(Dialog[tuple[str, float | None] | None]):
    """The drawing and its numbers; the result is the parameter and the value that is taken, if one is.

    It has no value where a second parameter is to be looked at beside it.
    """

    BINDINGS = [
        *keys_of(ACROSS),
        ("w", "second", "a second one"),
        ("up", "other(-1)", "parameter before"),
        ("down", "other(1)", "next parameter"),
    ]

    def __init__(
        self, session: Session, notation: Notation, digits: int | None, name: str | None, example: int = 0
    ) -> None:
        super().__init__()
        self._session, self._notation, self._example = session, notation, example
        self._digits = None if digits is None else max(DIGITS, digits)
        self._what = what_if(session, looked_along(session.scenario.network, name), example)
        self._probe, self._zoom = self._what.value, Zoom()
        self._curve: tuple[tuple[str, float, int], tuple[Floats, Floats]] | None = None

    def compose(self) -> ComposeResult:
        """The drawing and a line for each of its points."""
        with Vertical(classes="dialog", id="what-if"):
            yield CurveChart()
            yield Label("", id="here", markup=False)
            yield Label("", id="update", markup=False)
            yield Label("", id="probe", markup=False)
            yield Label(
                KEYS.format(other="other number" if self._is_graph else "parameter"), classes="hint", markup=False
            )

    def on_mount(self) -> None:
        """Draws the parameter where it stands."""
        self._show()

    def action_move(self, by: int) -> None:
        """To another value."""
        step = step_of(half_of(self._what, self._what.value, self._zoom.factor))
        self._probe = float(f"{self._probe + by * step:.12g}")  # without the dust of binary fractions
        self._show()

    def action_home(self) -> None:
        """Back to the value that the parameter has."""
        self._probe = self._what.value
        self._show()

    def action_zoom(self, by: int) -> None:
        """Nearer, or farther away."""
        if not self._zoom.by(by, self):
            return
        if by < 0:  # what was moved to shall not keep the drawing wide
            self._probe = self._what.value
        self._show()

    def action_other(self, by: int) -> None:
        """The next parameter, or the one before."""
        names = could_differ(self._session.scenario.network)
        place = names.index(self._what.name) + by
        self._what = what_if(self._session, names[place % len(names)], self._example)
        self._probe, self._zoom = self._what.value, Zoom()
        self._show()

    def action_second(self) -> None:
        """To E over two parameters, of which this is the first."""
        if len(could_differ(self._session.scenario.network)) < 2:
            self.notify(f"There is no second one beside {self._what.name}.", timeout=3, markup=False)
        else:
            self.dismiss((self._what.name, None))

    def action_take(self) -> None:
        """Takes the value that was moved to."""
        if self._probe == self._what.value:
            self.notify("← → move to another value first.", timeout=2, markup=False)
        else:
            name = f"{self._what.name}@{self._number_of_example}" if self._of_input else self._what.name
            self.dismiss((name, self._probe))

    def _show(self) -> None:
        dialog = self.query_one("#what-if")
        error = self._notation.symbol(Quantity("E"))
        called = self._what.name
        if self._of_input and len(self._session.scenario.inputs) > 1:
            called = f"{called} of example {self._number_of_example}"
        of_batch = "" if len(self._session.values.examples) == 1 and self._is_graph else " of this batch"
        dialog.border_title = Content(f"what if {called} were different? {error}{of_batch} along it")
        dialog.border_subtitle = Content("escape closes")
        self.query_one(CurveChart).show(self._rows)
        self.query_one("#here", Label).update(self._here())
        self.query_one("#update", Label).update(self._update())
        self.query_one("#probe", Label).update(self._at_probe())

    def _rows(self, columns: int, rows: int) -> Rows:
        half = half_of(self._what, self._probe, self._zoom.factor)
        key = (self._what.name, half, columns)
        if self._curve is None or self._curve[0] != key:
            left, right = self._what.value - half, self._what.value + half
            xs = sampled(left, right, points_for(self._session, columns))
            self._curve = key, (xs, errors_along(self._session, self._what.name, xs, self._example))
        return what_if_rows(self._what, self._curve[1], self._probe, self._error_at(self._probe), columns, rows)

    # The numbers

    @property
    def _is_graph(self) -> bool:
        return self._session.scenario.graph is not None

    @property
    def _of_input(self) -> bool:
        return self._what.name in self._session.scenario.network.inputs

    @property
    def _number_of_example(self) -> int:
        """Of the example whose input it is, from 1."""
        return self._session.values.examples[self._example] + 1

    @property
    def _slope(self) -> str:
        """The name of E's slope along it: of an input, the example's share in a mean."""
        slope = self._notation.symbol(Quantity("dE/dy" if self._of_input else "dE/dw", self._what.name))
        count = len(self._session.values.examples)
        mean = self._session.scenario.training.reduction == "mean"
        return f"{slope} / {count}" if self._of_input and mean and count > 1 else slope

    def _number(self, value: float | None) -> str:
        return UNKNOWN if value is None else number(value, self._digits)

    def _error_at(self, value: float) -> float | None:
        error = float(errors_along(self._session, self._what.name, np.array([value]), self._example)[0])
        return error if np.isfinite(error) else None

    def _here(self) -> Content:
        what, error = self._what, self._notation.symbol(Quantity("E"))
        return Content.assemble(
            ("● ", "bold"),
            f"{what.name} = {self._number(what.value)}   ",
            (error, role_style("E")),
            f" = {self._number(what.error)}",
            *self._slope_here(),
        )

    def _slope_here(self) -> list[str | tuple[str, str]]:
        """E's slope there, where the walk has one."""
        if not self._has_slopes:
            return []
        style = role_style("dE/dy" if self._of_input else "dE/dw")
        return ["   slope ", (self._slope, style), f" = {self._number(self._what.slope)}"]

    @property
    def _has_slopes(self) -> bool:
        return self._session.scenario.training.learning_rule is None

    def _told(self, value: float, true: float | None) -> tuple[str, tuple[str, str]]:
        """E for another value, beside what the tangent says of it."""
        tangent = f"   tangent says {self._number(self._what.tangent(value))}, " if self._has_slopes else "   "
        error = self._notation.symbol(Quantity("E"))
        return tangent, (f"{'true' if self._has_slopes else error} is {self._number(true)}", "bold")

    def _update(self) -> Content:
        what = self._what
        if self._of_input:
            return Content.styled("It is given: no update moves it.", "$text-muted")
        if what.updated is None:
            index = self._session.scenario.network.parameter_index[what.name]
            frozen = index in self._session.scenario.training.frozen
            return Content.styled(
                "It is frozen: no update moves it." if frozen else "No update is reached.", "$text-muted"
            )
        return Content.assemble(
            ("○ ", role_style("dE/dw")),
            f"update to {self._number(what.updated)}",
            *self._told(what.updated, what.updated_error),
        )

    def _at_probe(self) -> Content:
        if self._probe == self._what.value:
            return Content.styled("◆ ← → move along the curve", "$text-muted")
        return Content.assemble(
            ("◆ ", "bold"),
            f"{self._what.name} = {self._number(self._probe)}",
            *self._told(self._probe, self._error_at(self._probe)),
        )
