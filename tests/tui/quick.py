"""What makes tests of the app quick: no sleeping where nothing is left to wait for, and style sheets read once.

Textual takes an app to be at rest when the processor was for 20 ms: twice for every key and once for every pause. Here
it is when its event loop has nothing left to do, which is sooner, and does not depend on how busy the machine is.
"""

import asyncio

from textual import _wait, app, pilot
from textual._context import active_app
from textual.css.stylesheet import Stylesheet

SOON = 0.05
"""Seconds: a timer that goes off within is waited for; Textual has some of 8 and of 50 ms."""

BY_PROCESSOR = _wait.wait_for_idle


async def wait_for_idle(min_sleep=_wait.SLEEP_GRANULARITY, max_sleep=1.0):
    """In place of Textual's function of that name: returns when nothing is left to do, or after `max_sleep` seconds.

    While a worker runs, which may be in a thread, it is Textual's that waits.
    """
    loop, running = asyncio.get_running_loop(), active_app.get(None)
    end = loop.time() + max_sleep
    while loop.time() < end:
        await nothing_ready(loop, end)
        if running is None or any(not worker.is_finished for worker in running.workers):
            await BY_PROCESSOR(min_sleep, max_sleep)
            return
        if seconds := soon(running):
            await asyncio.sleep(seconds)
        elif not drawn(running):
            return


async def nothing_ready(loop, end):
    """Gives way until, twice in a row, nobody else was ready to run."""
    alone = 0
    while alone < 2 and loop.time() < end:
        await asyncio.sleep(0)
        # asyncio has no public way to ask for it
        alone = 0 if loop._ready else alone + 1


def soon(running):
    """Seconds until something happens by itself, such as the drawing in a new size; 0 where nothing does so soon."""
    timers = (timer for pump in (running, *running.screen_stack) for timer in pump._timers)
    going = (timer for timer in timers if timer._repeat == 0 and timer._task is not None and not timer._task.done())
    return min((timer._interval for timer in going if timer._interval <= SOON), default=0)


def drawn(running):
    """Draws what waits for the screen's timer, as `Pilot.pause` does; whether there was anything."""
    if not running.is_running or not running.screen_stack or not running.screen._update_timer._active.is_set():
        return False
    running.screen._on_timer_update()
    return True


def parsed_once():
    """Stylesheet's method of parsing, which knows what was parsed for other apps with the same variables."""
    parse, known = Stylesheet._parse_rules, {}

    def _parse_rules(sheet, css, read_from, is_default_rules=False, tie_breaker=0, scope=""):
        place = css, read_from, is_default_rules, tie_breaker, scope
        key = frozenset(sheet._variables.items()), *place
        if key not in known:
            known[key] = parse(sheet, *place)
        return known[key]

    return _parse_rules


def install():
    """For all tests of this process."""
    app.wait_for_idle = pilot.wait_for_idle = wait_for_idle
    Stylesheet._parse_rules = parsed_once()
