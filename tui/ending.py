"""Signals that end the program: it leaves the terminal clean, if there is one any more."""

import asyncio
import errno
import os
import signal
import sys
import termios
from collections.abc import Callable
from types import FrameType

SIGNALLED = 128
"""To which a signal's number is added for the exit code, as shells do."""


def end_on_signals(leave: Callable[[int], None]) -> None:
    """From now on SIGTERM and SIGHUP call `leave` with the exit code, on the running event loop.

    Where the terminal is gone, they end the program at once: there is nothing to clean, and writing to it would wait
    for ever. So this is not asyncio's own way, which a main thread that waits to write never comes to.
    """
    loop = asyncio.get_running_loop()

    def end(number: int, _: FrameType | None) -> None:
        if _terminal_is_gone():
            os._exit(SIGNALLED + number)
        loop.call_soon_threadsafe(leave, SIGNALLED + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def _terminal_is_gone() -> bool:
    try:
        termios.tcgetattr(sys.__stdin__.fileno() if sys.__stdin__ else 0)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)  # not that there never was one
    except (OSError, ValueError):
        return False
    return False
