"""A bar on the terminal while a run goes on, and nothing where nobody looks at it."""

import shutil
import sys

from engine.scenario import Scenario
from engine.timeline import Timeline
from tui.format import number

BETWEEN = 0.1
"""Seconds from one picture to the next; a run that takes less has none."""
BAR = 30


class ShownTimeline(Timeline):
    """A timeline that draws on standard error how far it is.

    Attributes:
        goal: the iterations of the run, or None where only its error ends it.
    """

    def __init__(self, scenario: Scenario, goal: int | None) -> None:
        super().__init__(scenario)
        self.goal, self._width = goal, 0

    def extend(self, iterations: int, *, below: float | None = None, seconds: float | None = None) -> int | None:
        """As of any timeline, in slices."""
        if seconds is not None:
            return super().extend(iterations, below=below, seconds=seconds)
        try:
            while True:
                reached = super().extend(iterations, below=below, seconds=BETWEEN)
                if reached is not None or self.event is not None or self.recorded >= iterations:
                    return reached
                self._draw()
        finally:
            self._erase()

    def _draw(self) -> None:
        error = number(float(self.errors(self.recorded)[-1]), 4)
        text = bar(self.recorded - self.first, self.goal, error, shutil.get_terminal_size().columns - 1)
        shown = text.ljust(self._width)
        self._width = len(shown)  # first: ctrl+C may come while it is drawn
        self._write(shown)

    def _erase(self) -> None:
        if self._width:
            self._write(" " * self._width + "\r")
            self._width = 0

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text}")
        sys.stderr.flush()


def bar(done: int, goal: int | None, error: str, width: int) -> str:
    """One line, at most `width` long."""
    if goal is None:
        return f"{done:,} iterations  E = {error}"[:width]
    filled = BAR * done // goal
    text = f"{100 * done // goal:3} %  {done:,} of {goal:,} iterations  E = {error}"
    picture = f"[{'#' * filled}{'.' * (BAR - filled)}] "
    return (picture + text if len(picture) + len(text) <= width else text)[:width]
