"""Signals that end the program: it leaves the terminal clean, if there is one any more."""

import asyncio
import os
import signal
from collections.abc import Callable
from types import FrameType

from engine.files.system import ENDING_SIGNALS, terminal_is_gone

SIGNALLED = 128
"""To which a signal's number is added for the exit code, as shells do."""


def end_on_signals(leave: Callable[[int], None], interrupt: Callable[[], None]) -> None:
    """From now on signals that end a program call `leave` with the exit code, and ctrl+C's `interrupt`, on the loop.

    Where the terminal is gone, they end the program at once: there is nothing to clean, and writing to it would wait
    for ever. So this is not asyncio's own way, which a main thread that waits to write never comes to, nor Windows.
    """
    loop = asyncio.get_running_loop()

    def end(number: int, _: FrameType | None) -> None:
        if terminal_is_gone() or loop.is_closed():
            os._exit(SIGNALLED + number)
        loop.call_soon_threadsafe(leave, SIGNALLED + number)

    def stop(number: int, frame: FrameType | None) -> None:
        if loop.is_closed():  # the app is over
            signal.default_int_handler(number, frame)
        loop.call_soon_threadsafe(interrupt)

    for number in ENDING_SIGNALS:
        signal.signal(number, end)
    signal.signal(signal.SIGINT, stop)
