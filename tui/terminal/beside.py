"""A work beside the app: in a thread, so that keys are heard and the screen is drawn; it can be stopped.

Python gives the two of them the processor in turn, so it is no sooner done. It is for what cannot be cut into slices on
the event loop: what reads, replays or computes in one piece, and says now and then how far it is (`engine.told`).
"""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from engine.told import Told

BETWEEN = 0.1
"""Seconds until somebody is told, and from one word to the next."""

T = TypeVar("T")


class StoppedError(Exception):
    """It was stopped: whoever asked for it leaves everything as it was."""


class Beside(Generic[T]):
    """A work that is done once.

    Attributes:
        said: what it said last, as of `engine.told.Told`.
        stopped: whether it was stopped, or is about to be: it ends at its next word.
    """

    def __init__(self, work: Callable[[Told], T], show: Callable[[int, int | None, str], object]) -> None:
        """Before it begins.

        Args:
            work: what is done; it is given whom to tell.
            show: shows what it said last, every tenth of a second until it is done.
        """
        self.said: tuple[int, int | None, str] = 0, None, "working"
        self.stopped = False
        self._work, self._show = work, show

    def stop(self) -> None:
        """Ends it at its next word."""
        self.stopped = True

    async def result(self) -> T:
        """Does it.

        Raises:
            StoppedError: it was stopped before it was done.
        """
        done = asyncio.ensure_future(asyncio.to_thread(self._work, self._told))
        done.add_done_callback(lambda done: done.cancelled() or done.exception())  # which nobody may wait for any more
        try:
            while not done.done():
                await self.pause(done)
                if not done.done():
                    self._show(*self.said)
            if self.stopped:  # it came to its end before it could be told
                raise StoppedError
            return done.result()
        finally:  # whoever waits for it may be gone, too
            self.stop()

    async def pause(self, done: "asyncio.Future[T]") -> None:
        """Until it is done, or somebody is to be told again."""
        await asyncio.wait({done}, timeout=BETWEEN)

    def _told(self, done: int, of: int | None, what: str) -> None:
        self.said = done, of, what
        if self.stopped:
            raise StoppedError
