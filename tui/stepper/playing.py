"""Playing: the walk goes on by itself, a step at a time."""

from collections.abc import Callable
from typing import Protocol

SPEEDS = (0.25, 0.5, 1, 2, 4, 8, 16)
"""Steps a second."""
USUAL = 1.0


class Stoppable(Protocol):
    """A timer that has been set."""

    def stop(self) -> None:
        """Lets it never go off."""


class Playing:
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
        """Whether it plays."""
        return self._timer is not None

    def start(self) -> None:
        """Plays; the first step comes after a pause, like every other."""
        self.stop()
        self._timer = self.after(1 / self.speed, self._next)

    def stop(self) -> None:
        """Stops, if it plays."""
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


def speed_words(speed: float) -> str:
    """`2 steps a second`, `a step every 4 s`."""
    if speed < 1:
        return f"a step every {1 / speed:g} s"
    return "1 step a second" if speed == 1 else f"{speed:g} steps a second"
