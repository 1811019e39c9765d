"""The sign of a work that goes on: a line on the terminal, and nothing where nobody looks at it.

There is one for all commands. A command says what it does as often as it likes (`engine.told`), which costs next to
nothing; a thread looks at it ten times a second and draws it. The other way, to draw where it is said, was dropped:
what takes longest says nothing meanwhile (numpy sorts, Python compiles), and a line that stands still says "it hangs".
So a work that takes less than a tenth of a second has no sign, and a long one has its seconds beside what it says.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import perf_counter
from typing import TextIO

from tui.words.format import duration
from tui.words.progress import progress_words

BETWEEN = 0.1
"""Seconds from one picture to the next; what takes less has none."""
BAR = 30


class Line:
    """A line on standard error that each picture replaces."""

    def __init__(self) -> None:
        self._width = 0
        self._stream = sys.stderr  # that of now: an app that is open meanwhile has another one

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
    def drawn(self) -> bool:
        """Whether there is one."""
        return self._width > 0

    @property
    def room(self) -> int:
        """Columns for a picture; one in the last column might go on in the next line."""
        from shutil import get_terminal_size  # here, for most work has no sign

        return get_terminal_size().columns - 1

    def _write(self, text: str) -> None:
        self._stream.write(f"\r{text}")
        self._stream.flush()


def somebody_looks() -> bool:
    """Whether there is a terminal that shows it."""
    return sys.stderr.isatty()


class Beat:
    """What has a sign drawn again and again."""

    def __init__(self, draw: Callable[[], object]) -> None:
        self._over = Event()
        self._draw = draw
        Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while not self._over.wait(BETWEEN):
            self._draw()

    def told(self) -> None:
        """Something new is said: it is drawn in its time."""

    def stop(self) -> None:
        """No more of it."""
        self._over.set()


class Sign:
    """How far a work is; whoever works calls it as `engine.told.Told`."""

    def __init__(self, *, redrawn: bool = True, clock: Callable[[], float] = perf_counter) -> None:
        """A sign.

        Args:
            redrawn: whether a picture takes the place of the one before; else there is a line for each tenth of the
                way, which can be read aloud.
            clock: the time, in seconds.
        """
        self._redrawn, self._tenth = redrawn, -1
        self._line, self._lock, self._clock, self._begun = Line(), Lock(), clock, clock()
        self._said: tuple[int, int | None, str] = 0, None, "working"
        self._hidden = False
        self._beat = Beat(self.draw) if somebody_looks() else None
        self.due = self._beat is not None
        """Whether what was said last is drawn, so that more is worth its words."""

    def __call__(self, done: int, of: int | None, what: str) -> None:
        """What is done."""
        self._said, self.due = (done, of, what), False
        if self._beat is not None:
            self._beat.told()

    def draw(self) -> None:
        """A picture of what was said last."""
        with self._lock:
            if self._hidden:
                return
            self.due = True
            if self._redrawn:
                self._line.draw(picture(*self._said, self._clock() - self._begun, self._line.room))
                return
            done, of, _ = self._said
            tenth = 10 * done // of if of else 0
            if tenth > self._tenth:
                self._tenth = tenth
                print(f"{progress_words(*self._said)} …", file=sys.stderr, flush=True)

    def hide(self) -> None:
        """No more of it: what comes out is a sign from now on, or all is done."""
        if self._beat is not None:
            self._beat.stop()
        with self._lock:
            self._hidden = True
            self._line.erase()

    def stopped(self) -> None:
        """Ctrl+C: the line says where, if there is one."""
        shown = self._line.drawn
        self.hide()
        if shown:
            print(f"gradstep: stopped: {progress_words(*self._said)}", file=sys.stderr)


@contextmanager
def waiting(*, redrawn: bool = True) -> Iterator[Sign]:
    """Shows a terminal what is done meanwhile, once that takes a while; it is gone afterwards.

    Nothing is printed inside unless the sign is hidden before. Where ctrl+C ends the work, the line says where.
    """
    sign = Sign(redrawn=redrawn)
    try:
        yield sign
    except KeyboardInterrupt:
        sign.stopped()
        raise
    finally:
        sign.hide()


def goes_into_a_file(stream: TextIO) -> bool:
    """Whether nobody sees what is printed there: neither a terminal, nor a program that may show it as it comes."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):  # it has no number, as what a test looks at
        return False


def picture(done: int, of: int | None, what: str, seconds: float, width: int) -> str:
    """What is done, in one line at most `width` long: its percentage before it, how long it takes already behind it.

    A bar stands where there is room.
    """
    said = progress_words(done, of, what)
    said = said if of is not None or done else f"{said} …"
    timed = f"{said}  {duration(int(seconds))}" if seconds >= 1 else said
    said = timed if len(timed) <= width else said
    return said[:width] if not of else with_bar(min(done, of), of, said, width)


def with_bar(done: int, goal: int, words: str, width: int) -> str:
    """Words with the percentage before them, and a bar where there is room; one line at most `width` long."""
    filled = BAR * done // goal
    text = f"{100 * done // goal:3} %  {words}"
    picture = f"[{'#' * filled}{'.' * (BAR - filled)}] "
    return (picture + text if len(picture) + len(text) <= width else text)[:width]
