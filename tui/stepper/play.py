"""Playing: the walk goes on by itself, a step at a time."""

from collections.abc import Callable
from typing import Protocol

from textual import events

from tui.stepper.host import Stepper
from tui.stepper.notes import Notes
from tui.stepper.predict import Predict
from tui.view.keys import BY_KEY, KEYS

SPEEDS = (0.25, 0.5, 1, 2, 4, 8, 16)
"""Steps a second."""
USUAL = 1.0

STOPS = {entry.does for entry in KEYS if entry.group == "Walk"} - {"run.to", "run.on"} | {"see.unselect"}
"""What does nothing else while a walk plays: one presses such a key to look at what is there."""


class Stoppable(Protocol):
    """A timer that has been set."""

    def stop(self) -> None:
        """Lets it never go off."""


class Beat:
    """Takes a step again and again, until there is none or someone stops it.

    Attributes:
        speed: steps a second.
        after: sets a timer: so many seconds, and what to do then.
    """

    def __init__(self, step: Callable[[], bool], after: Callable[[float, Callable[[], None]], Stoppable]) -> None:
        self.speed = USUAL
        self.after = after
        self._step = step
        self._timer: Stoppable | None = None

    @property
    def on(self) -> bool:
        """Whether it beats."""
        return self._timer is not None

    def start(self) -> None:
        """Begins; the first step comes after a pause, like every other."""
        self.stop()
        self._timer = self.after(1 / self.speed, self._next)

    def stop(self) -> None:
        """Stops, if it beats."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = None

    def change_speed(self, by: int) -> bool:
        """The next speed up (1) or down (−1); False where there is none."""
        at = SPEEDS.index(self.speed) + by
        if not 0 <= at < len(SPEEDS):
            return False
        self.speed = SPEEDS[at]
        if self.on:
            self.start()
        return True

    def _next(self) -> None:
        if self._step() and self.on:
            self.start()
        else:
            self.stop()


class Play:
    """Has the walk go on to a beat."""

    def __init__(self, screen: Stepper, predict: Predict, notes: Notes) -> None:
        self.screen, self.predict, self.notes = screen, predict, notes
        self.beat = Beat(self._step, screen.textual.set_timer)

    @property
    def speed(self) -> float | None:
        """Steps a second, while it plays."""
        return self.beat.speed if self.beat.on else None

    def takes(self, event: events.Key) -> bool:
        """While it plays, keys that move the walk only stop it, and those that ask something stop it as well."""
        entry = BY_KEY.get(event.key)
        if not self.beat.on or entry is None or entry.group == "View" or entry.does.startswith("play."):
            return False
        self.stop()
        return entry.does in STOPS

    def toggle(self) -> None:
        """Plays, or stops."""
        if self.predict.refuses() or self.screen.busy():
            return
        if self.beat.on:
            self.stop()
        elif self.screen.session.ending is not None:
            self.screen.say(f"The walk ends here: {self.screen.session.ending}.")
        else:
            self.beat.start()
            self.screen.redraw()

    def stop(self) -> None:
        """Lets the walk stand, if it plays."""
        if self.beat.on:
            self.beat.stop()
            self.screen.redraw()

    def _step(self) -> bool:
        """One step of playing; whether there will be another. It waits while something else is on the screen."""
        if not self.screen.textual.is_active or self.screen.waits:
            return True
        self.screen.session = session = self.screen.session.forward()
        if session.ending is None and not self.notes.wait_here():
            return True
        self.stop()
        if session.ending is not None:
            self.screen.say(f"The walk ends here: {session.ending}.", 4)
        return False

    def change_speed(self, by: int) -> None:
        """The next speed up (1) or down (−1)."""
        if not self.beat.change_speed(by):
            words = f"{speed_words(self.beat.speed).capitalize()} is the {'highest' if by > 0 else 'lowest'} speed."
            self.screen.say(words)
            return
        words = speed_words(self.beat.speed)
        self.screen.say(f"{words.capitalize()}." if self.beat.on else f"a plays {words}.")
        self.screen.redraw()


def speed_words(speed: float) -> str:
    """`2 steps a second`, `a step every 4 s`."""
    if speed < 1:
        return f"a step every {1 / speed:g} s"
    return "1 step a second" if speed == 1 else f"{speed:g} steps a second"
