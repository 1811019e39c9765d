"""The screen: a key, and the start, against a minimal Textual app that replaces its whole screen."""

import resource
import statistics
import subprocess
import sys
import time

from engine.walking.session import Session
from tests.bench import GIVEN
from tests.bench.measure import line
from tests.bench.minimal import Minimal
from tests.bench.of_engine import wide
from tests.tui.screens import opened, settled

SIZE = (120, 40)
WARM, KEYS = 10, 60

MINIMAL = ("tests.bench.minimal",)
GRADSTEP = ("tui", "mazur")
"""What is started; each shows its first screen and ends at once."""
ENDING = {
    "TEXTUAL_DRIVER": "textual.drivers.headless_driver:HeadlessDriver",
    "TEXTUAL_PRESS": "ctrl+q",
    "GRADSTEP_SETTINGS": "",  # whoever measures may have chosen another theme
}


async def keys():
    """A step forward and a step back, and what is drawn ahead after it, in processor time of this process."""
    app = Minimal()
    async with app.run_test(size=SIZE) as pilot:
        least = await _per_key(pilot)
    for name, scenario, target in (("mazur", "mazur", "≤ 0.7"), ("16-64-64-10", Session.open(wide()), "≤ 1.05")):
        async with opened(scenario, SIZE) as (_, pilot):
            line(
                f"a key, {name} at 120x40 : replacing the whole screen", f"{await _per_key(pilot) / least:.2f}", target
            )


async def _per_key(pilot):
    times = []
    for number in range(WARM + KEYS):
        start = time.process_time()
        await pilot.press("right" if number % 3 else "left")
        times.append(time.process_time() - start)
    await settled(pilot)
    return statistics.median(times[WARM:])


def start():
    """From nothing to the first screen, in processor time; what is compiled is there after a first start of each."""
    times = [(_seconds(GRADSTEP), _seconds(MINIMAL)) for _ in range(5)]
    ours, least = (statistics.median(column) for column in zip(*times[1:], strict=True))
    line("start with mazur : start of a minimal Textual app", f"{ours / least:.2f}", "≤ 1.5")


def _seconds(program):
    environment = {name: value for name, value in GIVEN.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", *program], env=environment | ENDING, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
