"""Opens a dialog over a walk, or the minimal one: what it takes for the first time, and again, in milliseconds.

A process for each, `python -m tests.bench.opening v 5`: the first time is one only once. The seconds are those in which
somebody reads what is there before; with none nothing was got ready either since the app began.
"""

import asyncio
import statistics
import sys

from tests.bench.driven import driven, press

AGAIN = 4
WAIT = 1.0
"""Seconds that a dialog is left alone, to be drawn and to check what it shows."""


def app_of(name, rest):
    """The app, and the key that opens the dialog."""
    if name == "minimal":
        from tests.bench.minimal import Minimal

        return Minimal(), "v"
    from engine.files import load_scenario
    from engine.walking.session import Session
    from tui.app import GradstepApp
    from tui.stepper.ready import Ready

    if not rest:
        Ready.begin = lambda ready: None
    return GradstepApp(Session.open(load_scenario("mazur")), notes=False), name


async def opened(name, rest):
    """What each opening takes, after a few steps and a rest."""
    app, key = app_of(name, rest)
    times = []
    async with driven(app):
        for _ in range(3):
            await press(app, "right")
        await asyncio.sleep(rest)
        stack = len(app.screen_stack)
        for _ in range(1 + AGAIN):
            times.append((await press(app, key, WAIT)).rest)
            assert len(app.screen_stack) == stack + 1, f"{key} opens nothing"
            await press(app, "escape", WAIT / 2)
    return times


if __name__ == "__main__":
    first, *again = asyncio.run(opened(sys.argv[1], float(sys.argv[2])))
    sys.__stdout__.write(f"{first * 1000} {statistics.median(again) * 1000}\n")
