"""Bad weather: seeded keys, clicks, pastes and new sizes, none of which may end the app or make its screen stale.

By hand, for thousands of events (a failure is shrunk to the few events that it takes):

    python -m tests.tui.weather --events 3000 --seed 7 mazur xor
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import traceback
from contextlib import contextmanager, suppress
from functools import partialmethod
from pathlib import Path
from unittest.mock import patch

from textual.errors import NoWidget
from textual.events import MouseScrollDown, MouseScrollUp, Paste
from textual.pilot import OutOfBounds, Pilot

from engine.files import load_scenario, shipped_names
from engine.files.save.where import path_of
from engine.walking.session import Session
from tests.patience import PATIENCE
from tests.tui.quick import BY_MESSAGES
from tests.tui.screens import opened, screen_text, settled
from tui.stepper.screen import StepperScreen
from tui.view.keys import KEYS, PICKER_KEYS

BOUND = [key for entry in (*KEYS, *PICKER_KEYS) for key in entry.keys]
TYPED = [*"abcdefghijklmnopqrstuvwxyz0123456789", "E", "H", "minus", "full_stop", "colon", "slash", "circumflex_accent"]
EDITING = ["enter", "escape", "tab", "shift+tab", "backspace", "delete", "ctrl+c", "ctrl+p", "ctrl+q", "up", "down"]
STEPS = ["right", "right", "right_square_bracket", "n", "left", "p"]
PASTES = ["0.5", "1 2\n3\t4", "\x1b[31m\x9b32m[@click=app.quit]x[/]", "漢字 e\u0301 w5", "9" * 400, "x" * 100_000, ""]
WHEEL = {"down": MouseScrollDown, "up": MouseScrollUp}
SIZES = [(120, 40), (80, 24), (60, 16), (200, 60), (240, 70), (100, 30), (59, 15), (20, 5), (1, 1), (61, 70), (240, 16)]
SETTLING = 12
"""How many times `escape` is pressed until no dialog is left."""


def in_this_folder(answer):
    """The file that an answer means, wherever it says that it lies."""
    return path_of(answer.replace("/", ""))


def forecast(seed, count):
    """So many events, always the same ones for a seed: what happens, and how."""
    draw = random.Random(seed)

    def place():
        return draw.randrange(1000), draw.randrange(1000)

    def key():
        return draw.choice(draw.choices((BOUND, STEPS, EDITING, TYPED), (5, 2, 3, 2))[0])

    made = []
    for _ in range(count):
        chance = draw.random()
        if chance < 0.06:
            made.append(("size", *draw.choice(SIZES)))
        elif chance < 0.15:
            made.append(("click", *place()))
        elif chance < 0.18:
            made.append(("drag", *place(), *place()))
        elif chance < 0.21:
            made.append(("wheel", *place(), draw.choice([*WHEEL])))
        elif chance < 0.23:
            made.append(("paste", draw.choice(PASTES)))
        elif chance < 0.3:  # one after the other, without waiting for what the first does
            made.append(("key", *[key() for _ in range(draw.randint(2, 4))]))
        else:
            made.append(("key", key()))
    return made


def _there(app, x, y):
    return x * app.size.width // 1000, y * app.size.height // 1000


async def _click(app, pilot, x, y):
    await pilot.click(offset=_there(app, x, y))


async def _drag(app, pilot, x, y, to_x, to_y):
    await pilot.mouse_down(offset=_there(app, x, y))
    await pilot.hover(offset=_there(app, to_x, to_y))
    await pilot.mouse_up(offset=_there(app, to_x, to_y))


async def _turn(app, pilot, x, y, way):
    await pilot._post_mouse_events([WHEEL[way]], offset=_there(app, x, y), button=0)


MOUSE = {"click": _click, "drag": _drag, "wheel": _turn}


async def happen(app, pilot, event):
    """Lets one event come over the app; the mouse's places are in thousandths of the screen."""
    kind, *what = event
    if kind == "key":
        await pilot.press(*what)
    elif kind == "size":
        await pilot.resize_terminal(*what)
    elif kind == "paste":
        app.post_message(Paste(*what))
        await pilot.pause()
    else:
        with suppress(NoWidget, OutOfBounds):  # a screen that is not laid out yet has nothing to click on
            await MOUSE[kind](app, pilot, *what)
    if app._exception is not None:
        raise app._exception
    assert screen_text(app).replace("\n", "").isprintable(), "a control character reaches the terminal"


@contextmanager
def hurrying():
    """The pilot waits for the widgets' messages, but not each time until the processor is idle: a third of the time."""

    async def no_longer(*_):
        await asyncio.sleep(0)

    with (
        patch("textual.app.wait_for_idle", no_longer),
        patch("textual.pilot.wait_for_idle", no_longer),
        patch.object(Pilot, "_wait_for_screen", partialmethod(BY_MESSAGES, PATIENCE)),
    ):
        yield


async def come_to_rest(app, pilot):
    """Closes dialogs, ends runs and lets messages fade: what is left is the walk alone."""
    for _ in range(SETTLING):
        await settled(pilot)  # a click may still be on its way to a question
        walk = app.screen
        if isinstance(walk, StepperScreen):
            walk.play.beat.stop()
            if walk.run.journey is None and not walk.predict.on:
                break
        await pilot.press("escape")
        await app.workers.wait_for_complete()
    assert isinstance(app.screen, StepperScreen), f"escape does not lead out of {app.screen}"
    await pilot.resize_terminal(120, 40)
    await settled(pilot)
    app.clear_notifications()
    app.screen.set_focus(app.screen.query_one("#graph"))
    await pilot.hover(offset=(0, 0))
    app.screen.redraw()


def scrolled_back(app):
    """To the beginning of every panel: how far one was scrolled is its own affair."""
    for widget in app.screen.query("*"):
        widget.scroll_to(0, 0, animate=False, immediate=True)


async def drawn_afresh(app, pilot):
    """Opens another screen that shows the same walk in the same way."""
    old = app.screen
    new = app.open_session(old.session)
    await settled(pilot)
    new.chosen, new.predict._remark, new.open.watch = old.chosen, old.predict._remark, old.open.watch
    new.set_classes(" ".join(old.classes))
    new.rearrange()
    new.set_focus(new.query_one("#graph"))


async def unchanging(app, pilot):
    """The screen's text once it stays as it is: a process that gets no processor looks idle to the pilot."""
    before, text = None, ""
    while text != before:
        scrolled_back(app)
        await settled(pilot)
        before, text = text, screen_text(app)
    return text


async def weather(scenario, events):
    """Opens a scenario, lets the events come, and compares the screen with a fresh drawing.

    Raises:
        AssertionError: the screen is stale, or a dialog can't be left.
        Exception: whatever the app raised.
    """
    async with opened(Session.open(scenario), notes=True) as (app, pilot):
        app.exit = lambda *arguments, **options: None  # whoever leaves stays, but the storm itself can be ended
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with hurrying(), patch("tui.dialogs.save.path_of", in_this_folder):
            for event in events:
                await happen(app, pilot, event)
        await come_to_rest(app, pilot)
        left = await unchanging(app, pilot)
        await drawn_afresh(app, pilot)
        fresh = await unchanging(app, pilot)
        differences = [pair for pair in zip(left.splitlines(), fresh.splitlines(), strict=True) if pair[0] != pair[1]]
        assert not differences, "\n".join(f"- {old}\n+ {new}" for old, new in differences)


async def within(seconds, weather):
    """Ends what takes too long. Seconds in which this process is stopped, as on a machine that sleeps, don't count."""
    task = asyncio.ensure_future(weather)
    for _ in range(seconds):
        if (await asyncio.wait({task}, timeout=1))[0]:
            return task.result()
    task.cancel()
    await asyncio.wait({task}, timeout=10)
    raise TimeoutError(f"it takes more than {seconds} seconds")


def failure(scenario, events):
    """What went wrong, in words; nothing if nothing did."""
    try:
        asyncio.run(within(60 + len(events), weather(scenario, events)))
    except Exception:
        return traceback.format_exc(limit=-6)
    return ""


def shrunk(scenario, events):
    """Fewer events that still fail: runs of them are left out, ever shorter, while the last line stays."""
    wanted = failure(scenario, events).splitlines()[-1:]
    length = len(events) // 2
    while length:
        begin = 0
        while begin < len(events):
            fewer = events[:begin] + events[begin + length :]
            if failure(scenario, fewer).splitlines()[-1:] == wanted:
                events = fewer
            else:
                begin += length
        length //= 2
    return events


def main():
    """Storms over scenarios until one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", help="all shipped ones, if none is named; a file is opened by its path")
    parser.add_argument("--events", type=int, default=1000, help="for each scenario")
    parser.add_argument("--storm", type=int, default=100, help="events from one opening to the comparison")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-shrink", action="store_true")
    options = parser.parse_args()
    names = [str(Path(name).absolute()) if Path(name).exists() else name for name in options.scenarios]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # whatever is saved is saved there
        os.environ["HOME"] = folder
        for name in names or shipped_names():
            for seed in range(options.seed, options.seed + max(1, options.events // options.storm)):
                events = forecast(seed, options.storm)
                words = failure(load_scenario(name), events)
                if words:
                    failed += 1
                    print(f"{name}, seed {seed}:\n{words}", flush=True)
                    if not options.no_shrink:
                        print(f"It takes: {shrunk(load_scenario(name), events)}", flush=True)
            print(f"{name}: {options.events} events", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
