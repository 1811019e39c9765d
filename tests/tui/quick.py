"""What makes tests of the app quick, and the same on any machine: it is at rest when nothing is left to do.

Textual takes an app to be at rest when the processor was for 20 ms: twice for every key and once for every pause. Here
it is when its event loop has nothing left to do and no thread of it is at work, which is sooner, and does not depend on
how busy the machine is. Nor does what happens by itself: of timers only those go off that are due at once, and these
are waited for. What is due later, as a cursor's blinking or a message's end, would come before or after a test looks.
"""

import asyncio
from asyncio.base_events import BaseEventLoop
from contextlib import contextmanager
from weakref import WeakSet

from textual import _wait, app, pilot
from textual._context import active_app
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.screen import Screen
from textual.timer import Timer

from tests.patience import PATIENCE

BY_MESSAGES, AT_ONCE = Pilot._wait_for_screen, Screen._compositor_refresh

SOON = 0.05
"""Seconds: a timer that goes off within is waited for; Textual has some of 8 and of 50 ms. No other goes off."""
NEVER = 1e9

_IN_THREADS: set[asyncio.Future] = set()
"""What event loops wait for that threads do."""
_HELD: list[None] = []
"""As long as there is one, threads are not waited for."""
_WAITING: list[None] = []
"""As long as there is one, somebody waits until an app is at rest."""
_TO_DRAW: WeakSet[Screen] = WeakSet()
"""Screens that are drawn once the app is at rest."""


@contextmanager
def one_more(of):
    """One more, as long as it lasts."""
    of.append(None)
    try:
        yield
    finally:
        of.pop()


def threads_held():
    """In it threads wait for the test, or go on for long, and nobody waits for them."""
    return one_more(_HELD)


async def wait_for_idle(min_sleep=_wait.SLEEP_GRANULARITY, max_sleep=PATIENCE):
    """In place of Textual's function of that name: returns when nothing is left to do, or raises an error."""
    loop, running = asyncio.get_running_loop(), active_app.get(None)
    with one_more(_WAITING):
        async with asyncio.timeout(PATIENCE):
            while True:
                await nothing_ready(loop)
                if working := in_threads(loop):
                    await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
                elif seconds := soon(running):
                    await asyncio.sleep(seconds)
                elif not drawn(running):
                    return


async def wait_for_screen(waiting, timeout=PATIENCE):
    """In place of Pilot's method, which sends a message to every widget: they were most of all messages there are."""
    async with asyncio.timeout(timeout):
        await nothing_ready(asyncio.get_running_loop())
    return waiting.app._exception is None


async def nothing_ready(loop):
    """Gives way until, twice in a row, nobody else was ready to run."""
    alone = 0
    while alone < 2:
        await asyncio.sleep(0)
        # asyncio has no public way to ask for it
        alone = 0 if loop._ready else alone + 1


def in_threads(loop):
    """What threads of this event loop are at, that end by themselves."""
    return [] if _HELD else [future for future in _IN_THREADS if future.get_loop() is loop]


def soon(running):
    """Seconds until something happens by itself, such as the drawing in a new size; 0 where nothing does so soon."""
    if running is None:
        return 0
    timers = (timer for pump in (running, *running.screen_stack) for timer in pump._timers)
    going = (timer for timer in timers if timer._repeat == 0 and timer._task is not None and not timer._task.done())
    return min((timer._interval for timer in going if timer._interval <= SOON), default=0)


def drawn(running):
    """Draws what waits for the screen's timer, as `Pilot.pause` does, or for this; whether there was anything."""
    if running is None or not running.is_running or not running.screen_stack:
        return False
    screen = running.screen
    if screen._update_timer._active.is_set():
        screen._on_timer_update()
    elif screen in _TO_DRAW:
        _TO_DRAW.discard(screen)
        AT_ONCE(screen)
    else:
        return False
    return True


def drawn_at_rest(screen):
    """In place of Screen's method, which draws whenever it is laid out otherwise: half of the time."""
    if _WAITING and screen is screen.app.screen:
        _TO_DRAW.add(screen)
    else:
        AT_ONCE(screen)


def known_in_threads():
    """An event loop's method of running something in a thread, which is known as long as it isn't done."""
    run = BaseEventLoop.run_in_executor

    def run_in_executor(loop, executor, function, *arguments):
        future = run(loop, executor, function, *arguments)
        _IN_THREADS.add(future)
        future.add_done_callback(_IN_THREADS.discard)
        return future

    return run_in_executor


def only_soon():
    """A timer's method of running, which waits for ever where it is not due at once."""
    run = Timer._run

    async def _run(timer):
        if timer._interval > SOON:
            await asyncio.sleep(NEVER)
        await run(timer)

    return _run


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
    Pilot._wait_for_screen = wait_for_screen
    Screen._compositor_refresh = drawn_at_rest
    BaseEventLoop.run_in_executor = known_in_threads()
    Timer._run = only_soon()
    Stylesheet._parse_rules = parsed_once()
