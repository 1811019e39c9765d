"""A bar on the terminal while a run goes on, and nothing where nobody looks at it."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from engine.program.scenario import Scenario
from engine.walking.timeline import Timeline
from tui.words.format import number

BETWEEN = 0.1
"""Seconds from one picture to the next; a run that takes less has none."""
BAR = 30


class Line:
    """A line on standard error that each picture replaces."""

    def __init__(self) -> None:
        self._width = 0

    def draw(self, text: str) -> None:
        """Another picture, at most `room` long."""
        shown = text.ljust(self._width)
        self._width = len(shown)  # first: ctrl+C may come while it is drawn
        self._write(shown)

    def erase(self) -> None:
        """As if there had been none."""
        if self._width:
            echoed = len("^C")  # a terminal writes it behind the line
            self._write(" " * min(self._width + echoed, max(self._width, self.room)) + "\r")
            self._width = 0

    @property
    def room(self) -> int:
        """Columns for a picture; one in the last column might go on in the next line."""
        return shutil.get_terminal_size().columns - 1

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text}")
        sys.stderr.flush()


class Count:
    """How much of a long check is done."""

    def __init__(self) -> None:
        self._line, self._drawn = Line(), perf_counter()

    def show(self, done: int, goal: int, what: str) -> None:
        """Draws it, if it is time for another picture."""
        if perf_counter() - self._drawn >= BETWEEN:
            self._line.draw(with_bar(done, goal, f"{done:,} of {goal:,} {what}", self._line.room))
            self._drawn = perf_counter()

    def erase(self) -> None:
        """As if there had been none."""
        self._line.erase()


@contextmanager
def telling() -> Iterator[Callable[[str], None]]:
    """Tells a terminal in words what takes a while, each in the place of the one before; they are gone afterwards."""
    line = Line()

    def tell(words: str) -> None:
        if sys.stderr.isatty():
            line.draw(words[: line.room])

    try:
        yield tell
    finally:
        line.erase()


class ShownTimeline(Timeline):
    """A timeline that draws on standard error how far it is.

    Attributes:
        goal: the iterations of the run, or None where only its error ends it.
    """

    def __init__(self, scenario: Scenario, goal: int | None) -> None:
        super().__init__(scenario)
        self.goal, self._line = goal, Line()

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
            self._line.erase()

    def _draw(self) -> None:
        error = number(float(self.errors(self.recorded)[-1]), 4)
        self._line.draw(bar(self.recorded - self.first, self.goal, error, self._line.room))


def bar(done: int, goal: int | None, error: str, width: int) -> str:
    """A run, in one line at most `width` long."""
    if goal is None:
        return f"{done:,} iterations  E = {error}"[:width]
    return with_bar(done, goal, f"{done:,} of {goal:,} iterations  E = {error}", width)


def with_bar(done: int, goal: int, words: str, width: int) -> str:
    """Words with the percentage before them, and a bar where there is room; one line at most `width` long."""
    filled = BAR * done // goal
    text = f"{100 * done // goal:3} %  {words}"
    picture = f"[{'#' * filled}{'.' * (BAR - filled)}] "
    return (picture + text if len(picture) + len(text) <= width else text)[:width]
