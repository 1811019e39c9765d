"""What takes a while and is no run: a file that is read again, a way back that is walked once more.

It is done beside the app, and shown in the place of a run's line once it has taken a tenth of a second. Meanwhile the
walk stays where it is, and keys that would move it say what goes on.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from textual import events

from engine.told import Told
from engine.walking.session import Position, Session
from engine.walking.timeline import Timeline
from tui.panels.run_line import RunLine, Working
from tui.stepper.host import Stepper
from tui.terminal.beside import Beside, StoppedError
from tui.view.keys import BY_KEY

T = TypeVar("T")


class Wait:
    """Has one thing done at a time.

    Attributes:
        work: what is done now, if something is.
        drawn_later: whether the screen is to be drawn once that is over.
        beside: makes of something to do, and of what shows how far it is, a work beside the app.
    """

    def __init__(self, screen: Stepper) -> None:
        self.screen = screen
        self.work: Beside[Any] | None = None
        self.drawn_later = False
        self.beside: type[Beside[Any]] = Beside

    def takes(self, event: events.Key) -> bool:
        """Meanwhile escape stops it, and keys that would do something say so; help and leaving are still there."""
        entry = BY_KEY.get(event.key)
        if self.work is None or entry is None or entry.group == "gradstep":
            return False
        if event.key == "escape":
            self.work.stop()
        else:
            self.goes_on()
        return True

    def goes_on(self) -> bool:
        """Whether something is done; if so, it says what stops it."""
        if self.work is not None:
            what = "It is being stopped." if self.work.stopped else "This takes a moment: escape stops it."
            self.screen.say(what)
        return self.work is not None

    def then(
        self, timeline: Timeline, place: Position, move: Callable[[], Session], go: Callable[[Session], object]
    ) -> None:
        """Goes to where a move leads: at once, unless so much is to be walked first that it is done beside the app.

        Args:
            timeline: the course in which it leads somewhere.
            place: where to, as far as that can be told before.
            move: the session there.
            go: what is done with it; nothing if it was stopped.
        """
        if self.goes_on():
            return
        if not timeline.takes_long(max(timeline.first, place.iteration), self._rows_to(timeline, place)):
            go(move())
            return

        def work(told: Told) -> Session:
            with timeline.telling(told):
                return move()

        async def moved() -> None:
            there = await self.for_(work)
            if there is not None and self.screen.textual.is_there:
                go(there)

        self.screen.textual.run_worker(moved(), group="wait", exclusive=True)

    def _rows_to(self, timeline: Timeline, place: Position) -> int:
        """How many rows of an iteration are to be walked, those done here being known."""
        here = self.screen.session
        known = here.timeline is timeline and here.iteration == place.iteration
        return max(0, place.rows - here.position.rows) if known else place.rows

    async def for_(self, work: Callable[[Told], T]) -> T | None:
        """What comes of it; nothing where it was stopped, which is said."""
        line, screen = self.screen.textual.query_one(RunLine), self.screen.textual

        def show(done: int, of: int | None, what: str) -> None:
            if screen.is_there:
                line.show(Working(done, of, what, stopping=beside.stopped))
                screen.set_class(True, "running")

        self.work = beside = self.beside(work, show)
        try:
            found: T = await beside.result()
        except StoppedError:
            self.screen.say("Stopped: everything is as it was.", 4)
            return None
        finally:
            self.work = None
            screen.set_class(False, "running")
            if self.drawn_later:
                self.drawn_later = False
                self.screen.redraw()
        return found
