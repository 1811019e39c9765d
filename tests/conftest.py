"""What every test needs: a terminal whose looks do not depend on the machine, and no time that a test asserts."""

import gc
import os
import signal
from functools import cache

import pytest
from hypothesis import HealthCheck, settings
from msgspec.structs import replace

from engine.files import read

for name in [*os.environ]:
    if name.startswith("TEXTUAL_") or name in ("NO_COLOR", "COLORTERM"):
        del os.environ[name]
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["GRADSTEP_SETTINGS"] = ""  # no test, and no program that one starts, reads or writes anybody's settings

# a job in the background of a script ignores ctrl+C, and so would every program that it starts
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("gradstep", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gradstep")


SHIPPED = read.shipped_path("mazur").parent
_load = read._load
_load_shipped = cache(_load)


def load(path, name, told):
    """In place of what reads a scenario: a shipped one, which nothing changes, is read and checked once.

    Each time it is another one: some tests change rules, and what is kept with a scenario was made by the right ones.
    """
    if path.parent == SHIPPED and told is read.untold:
        return replace(_load_shipped(path, name, told))
    return _load(path, name, told)


read._load = load


def pytest_collection_modifyitems(items):
    """What is only on POSIX, pipes and modes and the like, is tested there."""
    if os.name != "posix":
        for item in items:
            if item.get_closest_marker("posix"):
                item.add_marker(pytest.mark.skip(reason="of POSIX"))


def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto`, as many as processors: no test waits for a time, and each worker collects all tests."""
    return os.cpu_count() or 1


def pytest_collection_finish():
    """What is collected lives to the end: the search for what can be freed, a tenth of the time, leaves it out.

    It is also searched less often: screens and explanations are made of so many small things that each of them would
    have it searched again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
