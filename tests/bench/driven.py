"""Apps that get keys and write to nowhere: processor time from a key to the last byte that is sent for it."""

import asyncio
import os
import time
from contextlib import asynccontextmanager
from typing import NamedTuple

from textual import events
from textual.drivers.headless_driver import HeadlessDriver

from tui.terminal.quick_start import look_seldom

os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}

SIZE = (120, 40)
REST = 0.07
"""Seconds after a key in which nothing else is pressed: what is drawn ahead is drawn in them."""


class Swallowing(HeadlessDriver):
    """A terminal that takes everything, and knows when the last of it came."""

    at = 0.0
    frames = 0

    @property
    def is_headless(self):
        """What is drawn is to be written."""
        return False

    def write(self, data):
        Swallowing.at = time.process_time()
        Swallowing.frames += 1


class Pressed(NamedTuple):
    """Seconds of processor time, until the last byte was sent and until the app was at rest; how often it drew."""

    sent: float
    rest: float
    frames: int


@asynccontextmanager
async def driven(app):
    """The app, running."""
    app.driver_class = Swallowing
    ready = asyncio.Event()

    async def is_ready(pilot):
        ready.set()

    running = asyncio.create_task(app.run_async(size=SIZE, auto_pilot=is_ready))
    await ready.wait()
    await asyncio.sleep(1)
    look_seldom()  # as `gradstep` does; else it would look for garbage now and then for both
    try:
        yield app
    finally:
        app.exit()
        await running


async def press(app, key, rest=REST):
    """What a key takes."""
    frames, begun = Swallowing.frames, time.process_time()
    Swallowing.at = begun
    event = events.Key(key, key if len(key) == 1 else None)
    event.set_sender(app)
    app._driver.send_message(event)
    await asyncio.sleep(rest)
    return Pressed(Swallowing.at - begun, time.process_time() - begun, Swallowing.frames - frames)
