"""The map beside the walk: what a node computes over two inputs, and where on it one looks."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import events

from tui import dialogs
from tui.map.widget import MapPanel
from tui.stepper.host import Stepper
from tui.stepper.map_values import MapValues
from tui.stepper.predict import Predict
from tui.stepper.run import Run
from tui.view.chosen import MapChoice
from tui.view.seen import View

if TYPE_CHECKING:
    from tui.map.frame import Frame

MOVES = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}
FARTHER = 5
"""Cells of a move with shift."""
LARGE = "arrows move   tab node   home example   6 all panels"
TURNS = {"tab": 1, "shift+tab": -1}


class Maps:
    """Shows the map, and moves on it."""

    def __init__(self, screen: Stepper, predict: Predict, run: Run) -> None:
        self.screen, self.predict = screen, predict
        self.values = MapValues(screen, lambda: run.journey is not None)

    def toggle(self) -> None:
        """The map in the place of the tables; again: the tables."""
        if self._lacks():
            return
        chosen = self.screen.chosen
        chosen.map = None if chosen.map is not None else MapChoice()
        if chosen.map is None and chosen.large == "map":
            chosen.large = None
            self.screen.textual.set_class(False, "large", "large-map")
        self.screen.rearrange()

    def over(self) -> None:
        """Asks for the two inputs that the map is over."""
        if self._lacks():
            return
        names = self._names
        if len(names) == 2:
            names = names[::-1] if self._choice.over in (None, names) else names
            self._choose(over=(names[0], names[1]), at=None)
            return
        question = dialogs.Ask[tuple[str, str]](
            "map",
            "Over which two inputs? The first goes across, the second up",
            f"two of {', '.join(names[:8])}{', …' if len(names) > 8 else ''}; the others stay as the example has them",
            "shows it",
            self._read,
        )
        self.screen.host.push_screen(question, lambda over: None if over is None else self._choose(over=over, at=None))

    def _read(self, answer: str) -> tuple[str, str]:
        names, words = self._names, answer.replace(",", " ").split()
        unknown = next((word for word in words if word not in names), None)
        if unknown is not None:
            raise LookupError(f"the data give no input {unknown}")
        if len(words) != 2 or words[0] == words[1]:
            raise ValueError(f"give two inputs, like {names[0]} {names[1]}")
        return words[0], words[1]

    def takes(self, event: events.Key) -> bool:
        """Where the map has the screen, the keys that move on it; escape stops what is computed of it."""
        if event.key == "escape" and self.values.stop():
            return True
        if self.screen.chosen.large != "map" or self.predict.on:
            return False
        shift, _, plain = event.key.rpartition("+")
        frame = self._frame
        if event.key in TURNS:
            self._turn(TURNS[event.key])
        elif plain in MOVES and shift in ("", "shift") and frame is not None:
            self._move(frame, *MOVES[plain], FARTHER if shift else 1)
        elif event.key == "home":
            self._choose(at=None)
        else:
            return False
        return True

    def picked(self, at: tuple[float, float]) -> None:
        """Somebody clicked on a point."""
        self._choose(at=at)

    def draw(self, view: View) -> None:
        """Draws it, if it is shown."""
        if view.map is None:
            return
        from tui.map.node_map import draw_map  # here, as most walks are without a map

        session, source = view.session, view.source
        place = (session.timeline, session.iteration, source.values.examples, view.example, view.map.over)
        key = (
            *(place, view.map, view.selected, self.values.came, self.values.is_due),
            *(view.notation.name, view.digits, view.shading, self.predict.on),
        )
        panel, told = self.screen.textual.query_one(MapPanel), not self.predict.on
        sought = partial(self.values.of, place)
        more = LARGE if view.large == "map" else ""
        panel.show(key, lambda *size: draw_map(view, *size, told=told, sought=sought), more)
        if self.values.words:
            panel.say(self.values.words)

    @property
    def shown(self) -> MapChoice | None:
        """How the map is seen, if it is."""
        return self._choice if self.screen.chosen.map is not None or self.screen.chosen.large == "map" else None

    @property
    def _names(self) -> Sequence[str]:
        """The inputs that it can be over."""
        from engine.ask.surface import inputs_of_data

        return inputs_of_data(self.screen.session.scenario)

    @property
    def _choice(self) -> MapChoice:
        return self.screen.chosen.map or MapChoice()

    @property
    def _frame(self) -> "Frame | None":
        drawing = self.screen.textual.query_one(MapPanel).drawing
        return None if drawing is None else drawing.frame

    def _choose(self, **changes: object) -> None:
        self.screen.chosen.map = replace(self._choice, **changes)
        self.screen.redraw()

    def _move(self, frame: "Frame", across: int, up: int, cells: int) -> None:
        """By so many cells, within the map."""
        window, drawing = frame.window, self.screen.textual.query_one(MapPanel).drawing
        assert drawing is not None
        x, y = drawing.cursor
        x += across * cells * (window.right - window.left) / frame.columns
        y += up * cells * (window.top - window.bottom) / frame.rows
        at = (min(max(x, window.left), window.right), min(max(y, window.bottom), window.top))
        self._choose(at=at)

    def _turn(self, by: int) -> None:
        """To the next node, from the last one to all outputs."""
        network = self.screen.session.scenario.network
        names = [None, *network.node_index]
        selected = self.screen.chosen.selected
        place = names.index(selected) if selected in names else 0
        self.screen.chosen.selected = names[(place + by) % len(names)]
        self.screen.redraw()

    @property
    def lacking(self) -> str:
        """Why there is no map; empty if there is one."""
        from engine.ask.surface import why_no_surface

        why_not = why_no_surface(self.screen.session.scenario)
        return "" if why_not is None else f"No map: {why_not}."

    def _lacks(self) -> bool:
        """Whether there is no map, which it then says."""
        if words := self.lacking:
            self.screen.say(words, 4)
        return bool(words)
