"""What a map's nodes compute everywhere on it: kept as long as one looks about on it, computed beside the app if large.

Until it is known the map has neither colours nor a scale: those of another place would be wrong.
"""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tui.map.widget import MapPanel
from tui.stepper.host import Stepper
from tui.terminal.beside import Beside, StoppedError
from tui.words.progress import progress_words

if TYPE_CHECKING:
    from tui.map.node_map import Grid

Floats = NDArray[np.float64]

AT_ONCE = 50_000_000
"""Nanoseconds that they may take where somebody waits for them."""
STOPPED = "It was stopped."
AFTER = "It comes once the run is over."


class MapValues:
    """Those of one place at a time.

    Attributes:
        at_work: whether some are computed beside the app.
        came: how often some came from there: a map that was drawn without is to be drawn anew.
        beside: makes of something to do, and of what shows how far it is, a work beside the app.
    """

    def __init__(self, screen: Stepper, runs: Callable[[], bool]) -> None:
        """Before any is known; `runs` tells whether the walk runs on, which would outrun them."""
        self.screen, self._runs = screen, runs
        self.at_work, self.came = False, 0
        self.beside: type[Beside[Any]] = Beside
        self._known: tuple[Hashable, list[Floats]] | None = None
        self._sought: Hashable = None
        """What is computed, or was stopped."""
        self._work: Beside[Any] | None = None
        self._is_told = False
        self.words = ""
        """Why they are not there."""

    def of(self, place: Hashable, grid: "Grid") -> list[Floats] | None:
        """The values at a place; None while they are not known."""
        key = place, grid.frame, tuple(grid.nodes)
        if self._known is None or self._known[0] != key:
            if grid.work > AT_ONCE:
                self._seek(key, grid)
                return None
            self._known = key, grid.values()
        self._leave()
        return self._known[1]

    def _leave(self) -> None:
        """What is known is shown: what is computed for another place is wanted no more, what was stopped anew."""
        self._sought, self.at_work, self._is_told, self.words = None, False, False, ""
        if self._work is not None:
            self._work.stop()

    def _seek(self, key: Hashable, grid: "Grid") -> None:
        if self._runs():
            self.words = AFTER
        elif self._sought != key:
            self._sought, self._is_told, self.at_work, self.words = key, False, True, ""
            self.screen.textual.run_worker(self._compute(key, grid), group="map", exclusive=True)

    async def _compute(self, key: Hashable, grid: "Grid") -> None:
        self._work = work = self.beside(grid.values, self._tell)
        try:
            found = await work.result()
        except StoppedError:
            if self._sought == key:
                self.at_work = self._is_told = False
                self._say(STOPPED)
            return
        self._known, self._sought = (key, found), None
        self.at_work, self._is_told, self.came = False, False, self.came + 1
        self.screen.redraw()

    def stop(self) -> bool:
        """Stops it, if it says that this can be done; whether it did."""
        told = self._is_told and self._work is not None
        if told and self._work is not None:
            self._work.stop()
        return told

    @property
    def is_due(self) -> bool:
        """Whether it was to come once a run is over, which it is."""
        return self.words == AFTER and not self._runs()

    def _tell(self, done: int, of: int | None, what: str) -> None:
        if self._sought is not None and self.at_work:
            self._is_told = True
            self._say(f"{progress_words(done, of, what)}, escape stops")

    def _say(self, words: str) -> None:
        self.words = words
        if self.screen.textual.is_there:
            self.screen.textual.query_one(MapPanel).say(words)
