"""What takes a while and is no run: a file that is read again, a way back that is walked once more.

It is done beside the app, and shown in the place of a run's line once it has taken a tenth of a second. Meanwhile the
walk stays where it is, and keys that would move it say what goes on.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from textual import events

from engine.told import Told
from engine.walking.session import Session
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

    def then(self, iteration: int, move: Callable[[Session], Session], go: Callable[[Session], object]) -> None:
        """Goes to where a move leads: at once, unless the beginning of that iteration is to be walked first."""
        session = self.screen.session
        timeline = session.timeline
        iteration = max(session.first, iteration)
        if timeline.steps.ends or iteration == session.iteration or not timeline.takes_long(iteration):
            go(move(session))
            return

        def work(told: Told) -> Session:
            with timeline.telling(told):
                return move(session)

        async def moved() -> None:
            there = await self.for_(work)
            if there is not None and self.screen.textual.is_mounted:
                go(there)

        self.screen.textual.run_worker(moved(), group="wait", exclusive=True)

    async def for_(self, work: Callable[[Told], T]) -> T | None:
        """What comes of it; nothing where it was stopped, which is said."""
        line, screen = self.screen.textual.query_one(RunLine), self.screen.textual

        def show(done: int, of: int | None, what: str) -> None:
            if screen.is_mounted:
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
