"""What every test needs: a terminal whose looks do not depend on the machine, and no time that a test asserts."""

import gc
import os

from hypothesis import HealthCheck, settings

for name in [*os.environ]:
    if name.startswith("TEXTUAL_") or name in ("NO_COLOR", "COLORTERM"):
        del os.environ[name]
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["GRADSTEP_SETTINGS"] = ""  # no test, and no program that one starts, reads or writes anybody's settings

settings.register_profile("gradstep", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gradstep")


def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto`, one more than processors: some tests wait for a program of their own."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish():
    """What is collected lives to the end: the search for what can be freed, a tenth of the time, leaves it out."""
    gc.collect()
    gc.freeze()
