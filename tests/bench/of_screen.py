"""The screen: a key and dialogs, against a minimal Textual app that replaces its whole screen."""

import statistics
import subprocess
import sys
from contextlib import contextmanager
from unittest.mock import patch

from engine.files import load_scenario, parse_scenario
from engine.files.beginning import beginning
from engine.walking.session import Session
from tests.bench import GIVEN
from tests.bench.driven import driven, press
from tests.bench.measure import cpu, line
from tests.bench.minimal import Minimal
from tests.bench.of_engine import WIDE, wide
from tui.app import GradstepApp
from tui.stepper.ahead import Ahead
from tui.stepper.screen import StepperScreen

WARM, KEYS = 15, 120
IDLE = 5.0
"""Seconds after a few steps, in which somebody reads what is there."""
OPENED = {
    "v": "the published figures", "o": "the picker", "c": "the check of derivatives", "ctrl+p": "the palette",
    "e": "edit", "slash": "find", "g": "go to", "question_mark": "help", "w": "what-if", "f": "an activation function",
    "r": "run on", "s": "save",
}  # fmt: skip
AT_ONCE = ("v", "o")
"""What is got ready in that time, and so is opened without it, too."""
LIVING = (2, 8, 8, 1)
FRAMES = 6.0
"""Seconds of a run whose drawings are counted."""
MILLION = (784, 1000, 200, 10)
SEEN = 3
"""Iterations of it that are walked after a first one."""
REST = 0.3
"""Seconds after each of its steps, until it is drawn for certain."""


async def keys():
    """A step forward and a step back, in processor time of this process until the last byte is sent.

    All of it: with what is drawn ahead after it.
    """
    least = await _pressed(Minimal())
    for name, session, targets in (
        ("mazur", Session.open(load_scenario("mazur")), ("≤ 0.7", "≤ 1.0")),
        ("16-64-64-10", Session.open(wide()), ("≤ 1.05", "≤ 1.3")),
    ):
        ours = await _pressed(GradstepApp(session, notes=False))
        what = f"a key, {name} at 120x40 : replacing the whole screen"
        sent, most = (
            at([one.sent for one in ours]) / at([one.sent for one in least]) for at in (statistics.median, _p95)
        )
        rest = statistics.median(one.rest for one in ours) / statistics.median(one.rest for one in least)
        line(what, f"{sent:.2f}", targets[0])
        line("    95 of 100 at most; all of it", f"{most:.2f}; {rest:.2f}", targets[1])


async def large():
    """The two slowest steps of a network of a million parameters, drawn when one is there, as are the small one's."""
    (*_, next_one, slowest), least = [await _steps(shape) for shape in (MILLION, WIDE)]
    typical = statistics.median(seconds for seconds, _ in least)
    shown = ", ".join(f"{name} {seconds / typical:.1f}" for seconds, name in (slowest, next_one))
    line("the slowest steps of a million parameters : a step of 16-64-64-10", shown, "≤ 5")


async def _steps(shape):
    """[(seconds, what it computes)] of each step of an iteration, the slowest last."""
    session = Session.open(parse_scenario(beginning(shape, "sigmoid", "half_squared_error"), "steps"))
    with patch.object(Ahead, "begin", lambda ahead: None):
        async with driven(GradstepApp(session, notes=False)) as app:
            steps = {}
            for _ in range((1 + SEEN) * session.count):
                sent = (await press(app, "right", REST)).sent
                row = app.screen.session.row
                steps.setdefault((row.quantity, row.layer), []).append(sent)
    return sorted((statistics.median(times[1:]), str(quantity)) for (quantity, _), times in steps.items())


async def _pressed(app):
    async with driven(app):
        return [await press(app, "right" if number % 3 else "left") for number in range(WARM + KEYS)][WARM:]


def _p95(times):
    return statistics.quantiles(times, n=20)[-1]


async def frames():
    """A drawing of a run whose every number is another than before, without the map and with it."""
    step = statistics.median(one.sent for one in await _pressed(GradstepApp(Session.open(load_scenario("mazur")))))
    for words, shown in (("", ()), (" and its map", ("h",))):
        app = GradstepApp(Session.open(parse_scenario(beginning(LIVING, "sigmoid", "half_squared_error"), "living")))
        drawn, sent = [], []
        with _timed("redraw", drawn), _timed("_on_timer_update", sent):
            async with driven(app):
                for key in ("right", *shown, "r", *"9999999"):
                    await press(app, key, 0.3)
                drawn.clear()
                sent.clear()
                await press(app, "enter", FRAMES)
                await press(app, "escape")
        taken = statistics.median(drawn) + statistics.median(sorted(sent)[-len(drawn) :])  # the others sent nothing
        line(f"a drawing of a run of 2-8-8-1{words} : a step of mazur", f"{taken / step:.2f}", "≤ 1.5")


@contextmanager
def _timed(name, times):
    """Every call of the screen's method, in processor time."""
    method = getattr(StepperScreen, name)
    with patch.object(StepperScreen, name, lambda screen: times.append(cpu(lambda: method(screen)))):
        yield


def openings():
    """A dialog, for the first time and again, each in a process of its own."""
    rests = {"minimal": (IDLE,)} | dict.fromkeys(OPENED, (IDLE,)) | dict.fromkeys(AT_ONCE, (IDLE, 0.0))
    found = {(name, rest): [] for name, each in rests.items() for rest in each}
    for _ in range(3):  # in turn: whoever else is at work slows all of them
        for (name, rest), times in found.items():
            times.append(_opening(name, rest))
    least, *medians = [[statistics.median(column) for column in zip(*times, strict=True)] for times in found.values()]
    for (name, rest), ours in zip([*found][1:], medians, strict=True):
        first, again = (mine / theirs for mine, theirs in zip(ours, least, strict=True))
        if rest:
            line(f"{OPENED[name]} : a minimal dialog, the first time; again", f"{first:.2f}; {again:.2f}", "≤ 2")
        else:
            line("    the first time at once, before the app has rested", f"{first:.2f}", "")


def _opening(name, rest):
    command = [sys.executable, "-m", "tests.bench.opening", name, str(rest)]
    told = subprocess.run(command, env=GIVEN | {"GRADSTEP_SETTINGS": ""}, check=True, capture_output=True)
    return [float(word) for word in told.stdout.split()]
