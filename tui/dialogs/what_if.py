"""E along one parameter, or an input of a graph: the curve, the point where it stands, the tangent, the update."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from textual import work as beside_the_app
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label

from engine.ask.what_if import WhatIf, at_hand, errors_along, what_if, work
from engine.formula.quantity import Quantity
from engine.program.graph import Graph, operands_of
from engine.program.names import joined
from engine.program.network import Network
from engine.program.notation import Notation
from engine.told import Told, untold
from engine.walking.session import Session
from tui.chart.curve import Floats, Line, Mark, Rows, Step, curve_rows, sampled, through, window_on
from tui.chart.curve_widget import CurveChart
from tui.dialogs.looking import ACROSS, CLOSES, Computing, Zoom, keys_of
from tui.terminal.closing import Dialog
from tui.words.format import UNKNOWN, number
from tui.words.kinds import role_style

AROUND = 2.0
"""How far the curve goes to each side of the parameter's value at first; of a large value, so many times that."""
STEPS = 40
"""Moves from the value to the edge of what is in sight."""
MOST_WORK = 2_000_000
"""Parameters times examples times points of the curve: a large network gets fewer points, but at least `LEAST`."""
MOST_TIME = 2_000_000_000
"""Nanoseconds that all points of it may take: of very many equations or examples there are fewer, too."""
LEAST = 24
AT_ONCE = 50_000_000
"""Nanoseconds that all of it may take where it is computed at once; else it is computed beside the app."""
COLUMNS, BESIDES = 100, 12
"""Cells of a curve, for whose E that is reckoned; and E that take as long as what is computed besides."""
TO_GO = "points of the curve to go"
PIECE = 4
"""E after which it is looked whether another one is wanted first."""
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
    products = len(session.scenario.theta) * len(session.values.examples)
    points = min(MOST_WORK // max(1, products), MOST_TIME // work(session))
    return max(LEAST // 2, min(columns, points // 2))


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
        self._long = work(session) * (2 * points_for(session, COLUMNS) + BESIDES) > AT_ONCE
        self._at_work, self._columns = False, 0
        self._look_along(looked_along(session.scenario.network, name))

    def _look_along(self, name: str) -> None:
        self._what = at_hand(self._session, name, self._example)
        self._probe, self._zoom = self._what.value, Zoom()
        self._known, self._errors = False, dict[float, float]()
        """Whether more than the value is known of it; and E at other values, nan where it is not finite."""

    def compose(self) -> ComposeResult:
        """The drawing and a line for each of its points."""
        with Vertical(classes="dialog", id="what-if") as dialog:
            dialog.border_subtitle = Content(CLOSES)
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
        self._look_along(names[place % len(names)])
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
        self._seek()
        self.query_one(CurveChart).show(self._rows)
        self.query_one("#here", Label).update(self._here())
        self.query_one("#update", Label).update(self._update())
        self.query_one("#probe", Label).update(self._at_probe())

    def _rows(self, columns: int, rows: int) -> Rows:
        self._columns = columns
        self._seek()
        if self._missing:
            return ()
        xs = self._xs
        curve = xs, np.array([self._errors[x] for x in xs.tolist()])
        return what_if_rows(self._what, curve, self._probe, self._probed, columns, rows)

    # Computing

    @property
    def _xs(self) -> Floats:
        """The values at which the curve is computed; none before its width is known."""
        if not self._columns:
            return np.empty(0)
        value, half = self._what.value, half_of(self._what, self._probe, self._zoom.factor)
        return sampled(value - half, value + half, points_for(self._session, self._columns))

    @property
    def _missing(self) -> list[float]:
        """The values whose E is not known yet, the one that was moved to first.

        Where it stands E is known with all else that there is to say of it.
        """
        if not self._known:
            return [self._what.value]
        wanted = [self._probe] if self._probe != self._what.value else []
        return [x for x in dict.fromkeys([*wanted, *self._xs.tolist()]) if x not in self._errors]

    @property
    def _probed(self) -> float | None:
        """E where it was moved to, if that is known and finite."""
        error = self._errors.get(self._probe, np.nan)
        return error if np.isfinite(error) else None

    def _seek(self) -> None:
        """Computes what is not known of what is shown: at once, or beside the app."""
        if not self._long:
            while missing := self._missing:
                self._take(self._computed(self._what, missing, 0, untold))
        elif self._missing and not self._at_work:
            self._at_work = True
            self._compute()

    @beside_the_app(exclusive=True)
    async def _compute(self) -> None:
        """Piece by piece, so that what is wanted first is known first; once the dialog is closed it ends."""
        computing = Computing(self, "#what-if")
        while missing := self._missing:
            what, left = self._what, max(0, len(missing) - PIECE)
            found = await computing.result(partial(self._computed, what, missing[:PIECE], left))
            if not computing.is_seen:
                return
            if what.name == self._what.name:
                self._take(found)
                self._show()
            computing.tell(left, None, TO_GO)
        computing.over()
        self._at_work = False

    def _computed(self, what: WhatIf, values: list[float], left: int, told: Told) -> tuple[WhatIf, dict[float, float]]:
        """All that there is to say of it where it stands, or E at some values, of which so many are left."""
        if not self._known:
            return what_if(self._session, what.name, self._example, told), {}

        def told_of_all(done: int, of: int | None, words: str) -> None:
            told(left + len(values) - done, None, TO_GO)

        errors = errors_along(self._session, what.name, np.array(values), self._example, told_of_all)
        return what, dict(zip(values, errors.tolist(), strict=True))

    def _take(self, found: tuple[WhatIf, dict[float, float]]) -> None:
        self._what, self._known = found[0], True
        self._errors |= found[1]

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
        if not self._known:
            return Content.styled("○ …", "$text-muted")
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
            *self._told(self._probe, self._probed),
        )
