"""E over two parameters: a landscape to move about in, with the walk's path, the way down and the update."""

from functools import partial

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label

from engine.ask.landscape import Landscape
from engine.ask.what_if import work as work_of
from engine.formula.quantity import Quantity
from engine.program.names import joined
from engine.program.notation import Notation
from engine.told import Told
from engine.walking.session import Session
from tui.dialogs.looking import BOTH_WAYS, CLOSES, Computing, Zoom, keys_of
from tui.dialogs.what_if import DIGITS, could_differ
from tui.map.frame import Frame
from tui.map.land import Ground, bare, draw_land, frame_at, ground_of, half_of
from tui.map.node_map import MapDrawing
from tui.map.widget import MapPanel
from tui.terminal.closing import Dialog
from tui.terminal.mosaic import Shading
from tui.words.format import UNKNOWN, number
from tui.words.kinds import role_style

KEYS = "arrows move (shift: farther), + − zoom, tab other one, home back, enter takes"
AT_ONCE = 100_000
"""Nanoseconds that one E may take where the drawing is made at once; else it is made beside the app."""
BESIDES, BESIDES_AT_ONCE = 24, 500
"""E that take as long as what is computed of the two numbers besides; that may take so many times as long."""
NARROW, FEW = 100, 4
"""Columns under which numbers have so many digits at least."""


def second_of(session: Session, first: str) -> str:
    """The parameter that goes up unless another is asked for: the next that is trained, else the next."""
    names = could_differ(session.scenario.network)
    frozen, index = session.scenario.training.frozen, session.scenario.network.parameter_index
    after = joined([names[names.index(first) + 1 :], names[: names.index(first)]])
    trained = (name for name in after if name in index and index[name] not in frozen)
    return next(trained, after[0])


class LandscapeView(Dialog[dict[str, float] | None]):
    """The drawing and its numbers; the result are the values that are taken, if some are."""

    BINDINGS = [
        *keys_of(BOTH_WAYS),
        ("w", "dismiss", "close"),
        ("tab", "other(1)", "next second parameter"),
        ("shift+tab", "other(-1)", "second parameter before"),
    ]

    def __init__(
        self,
        session: Session,
        notation: Notation,
        digits: int | None,
        names: tuple[str, str],
        shading: Shading,
        example: int = 0,
    ) -> None:
        super().__init__()
        self._session, self._notation, self._example, self._shading = session, notation, example, shading
        self._chosen = digits
        self._zoom = Zoom()
        self._long = work_of(session) * BESIDES > AT_ONCE * BESIDES_AT_ONCE
        self._look_at(*names)

    def _look_at(self, across: str, up: str) -> None:
        self._land = Landscape(self._session, across, up, self._example, known=not self._long)
        self._errors: dict[tuple[float, float], float | None] = {}
        """E at single places, as the walk has it."""
        self._path = self._land.path()
        self._probe = self._here
        self._ground: Ground | None = None
        self._wanted: Frame | None = None
        self._sought: tuple[tuple[str, str], Frame | None] | None = None
        """What is computed now."""

    @property
    def _here(self) -> tuple[float, float]:
        return self._land.across.value, self._land.up.value

    @property
    def _updated(self) -> tuple[float, float] | None:
        """Where the update leads; None where it moves neither, or that is not known yet."""
        here = self._land.across, self._land.up
        if all(one.updated is None for one in here):
            return None
        x, y = (one.value if one.updated is None else one.updated for one in here)
        return x, y

    @property
    def _names(self) -> tuple[str, str]:
        return self._land.across.name, self._land.up.name

    def compose(self) -> ComposeResult:
        """The drawing and a line for each of its points."""
        with Vertical(classes="dialog", id="landscape") as dialog:
            dialog.border_subtitle = Content(CLOSES)
            yield MapPanel()
            yield Label("", id="here", markup=False)
            yield Label("", id="update", markup=False)
            yield Label("", id="probe", markup=False)
            yield Label(KEYS, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Draws it around where the walk stands."""
        self._show()

    def on_map_panel_picked(self, message: MapPanel.Picked) -> None:
        """To a point that was clicked on."""
        self._probe = message.at
        self._show()

    def action_move(self, across: int, up: int) -> None:
        """To another place, by whole cells."""
        frame = self._frame
        if frame is None:
            return
        window = frame.window
        x = self._probe[0] + across * (window.right - window.left) / frame.columns
        y = self._probe[1] + up * (window.top - window.bottom) / frame.rows
        self._probe = (
            float(f"{min(max(x, window.left), window.right):.6g}"),
            float(f"{min(max(y, window.bottom), window.top):.6g}"),
        )
        self._show()

    def action_home(self) -> None:
        """Back to where the walk stands."""
        self._probe = self._here
        self._show()

    def action_zoom(self, by: int) -> None:
        """Nearer, or farther away."""
        if self._zoom.by(by, self):
            self._show()

    def action_other(self, by: int) -> None:
        """Another second parameter."""
        first, second = self._names
        names = [name for name in could_differ(self._session.scenario.network) if name != first]
        self._look_at(first, names[(names.index(second) + by) % len(names)])
        self._show()

    def action_take(self) -> None:
        """Takes the place that was moved to."""
        if self._probe == self._here:
            self.notify("Move to another place first.", timeout=2, markup=False)
            return
        network = self._session.scenario.network
        example = self._session.values.examples[self._example] + 1
        called = [f"{name}@{example}" if name in network.inputs else name for name in self._names]
        self.dismiss(dict(zip(called, self._probe, strict=True)))

    def _show(self) -> None:
        dialog = self.query_one("#landscape")
        error = self._notation.symbol(Quantity("E"))
        dialog.border_title = Content(f"{error} of this batch over {self._names[0]} → and {self._names[1]} ↑")
        self.query_one(MapPanel).show((self._land, self._probe, self._zoom.factor, self._ground), self._drawn)
        self._seek()
        self.query_one("#here", Label).update(self._at_here())
        self.query_one("#update", Label).update(self._at_update())
        self.query_one("#probe", Label).update(self._at_probe())

    @property
    def _frame(self) -> Frame | None:
        drawing = self.query_one(MapPanel).drawing
        return None if drawing is None else drawing.frame

    def _drawn(self, columns: int, rows: int) -> MapDrawing:
        half = half_of(self._land, self._path, (columns, rows), self._zoom.factor)
        self._wanted = frame = frame_at(self._land, half, columns, rows)
        if self._lacks_ground and not self._long and self._land.work <= AT_ONCE:
            self._ground = ground_of(self._land, frame)
        self._seek()
        ground = bare(frame) if self._ground is None or self._lacks_ground else self._ground
        return draw_land(self._land, ground, self._path, self._probe, self._shading, columns)

    # Computing

    @property
    def _lacks_ground(self) -> bool:
        return self._wanted is not None and (self._ground is None or self._ground.frame != self._wanted)

    @property
    def _unknown(self) -> list[tuple[float, float]]:
        """Places whose E is told and not known yet: where one has moved to, and where the update leads."""
        places = [self._probe] if self._probe != self._here else []
        if (updated := self._updated) is not None:
            places.append(updated)
        return [place for place in places if place not in self._errors]

    @property
    def _what_is_wanted(self) -> tuple[tuple[str, str], Frame | None]:
        """Before all is known of the two numbers it is that, in whatever frame."""
        return self._names, self._wanted if self._land.is_known else None

    def _seek(self) -> None:
        """Computes beside the app what is not known of what is shown; what was computed of another frame is left."""
        lacking = not self._land.is_known or self._lacks_ground or (self._long and self._unknown)
        wanted = self._what_is_wanted
        if lacking and self._sought != wanted:
            self._sought = wanted
            self._compute()

    @work(exclusive=True)
    async def _compute(self) -> None:
        """Once the dialog is closed it ends."""
        computing = Computing(self, "#landscape")
        while True:
            land, frame, unknown = self._land, self._wanted, self._unknown
            if not land.is_known:
                self._land = await computing.result(land.completed)
            elif self._long and unknown:
                self._errors |= await computing.result(partial(_errors_at, land, unknown))
            elif frame is not None and self._lacks_ground:
                self._ground = await computing.result(partial(ground_of, land, frame))
            else:
                break
            if not computing.is_seen:
                return
            self._sought = self._what_is_wanted
            self._show()
        computing.over()
        self._sought = None

    def _error_at(self, place: tuple[float, float]) -> float | None:
        """E there; of a large network None until it is known."""
        if not self._long and place not in self._errors:
            self._errors[place] = self._land.error(*place)
        return self._errors.get(place)

    # The numbers

    def _number(self, value: float | None) -> str:
        least = FEW if self.app.size.width < NARROW else DIGITS
        return UNKNOWN if value is None else number(value, None if self._chosen is None else max(least, self._chosen))

    def _place(self, x: float, y: float) -> str:
        first, second = self._names
        return f"{first} = {self._number(x)}, {second} = {self._number(y)}"

    def _error(self) -> tuple[str, str]:
        return self._notation.symbol(Quantity("E")), role_style("E")

    def _at_here(self) -> Content:
        down = [None if what.slope is None else -what.slope for what in (self._land.across, self._land.up)]
        return Content.assemble(
            ("● ", "bold"),
            f"{self._place(*self._here)}   ",
            self._error(),
            f" = {self._number(self._land.across.error)}   −∇",
            self._error(),
            f" = ({self._number(down[0])}, {self._number(down[1])})",
        )

    def _at_update(self) -> Content:
        if not self._land.is_known:
            return Content.styled("○ …", "$text-muted")
        updated = self._updated
        if updated is None:
            return Content.styled("○ No update moves these two.", "$text-muted")
        x, y = updated
        return Content.assemble(
            ("○ ", role_style("dE/dw")),
            f"update to {self._number(x)}, {self._number(y)}; these two alone give ",
            (f"{self._notation.symbol(Quantity('E'))} = {self._number(self._error_at(updated))}", "bold"),
        )

    def _at_probe(self) -> Content:
        if self._probe == self._here:
            moved = " The path is seen from above: the others moved too." if len(self._path) > 1 else ""
            return Content.styled(f"◆ Arrows move.{moved}", "$text-muted")
        return Content.assemble(
            ("◆ ", "bold"),
            f"{self._place(*self._probe)}   ",
            self._error(),
            (f" = {self._number(self._error_at(self._probe))}", "bold"),
        )


def _errors_at(
    land: Landscape, places: list[tuple[float, float]], told: Told
) -> dict[tuple[float, float], float | None]:
    """E at some places."""
    found = {}
    for done, place in enumerate(places):
        told(done, len(places), "places")
        found[place] = land.error(*place)
    return found
