"""When garbage is looked for: not during imports, where there is none, and not while someone waits for a step."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 100_000
"""Things made and still there, after which garbage is looked for even while keys are pressed."""


@contextmanager
def without_collection() -> Iterator[None]:
    """What is made inside is not looked through for garbage meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def set_aside() -> None:
    """What there is now, modules above all, will stay, and is never looked through.

    What steps make is, where nobody waits for it: as a rule by `tidy`, else after seventy steps. Usually it is after
    every 700 things made, which took a fifth of the time of a step, and once in a while as long as three.
    """
    gc.freeze()
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])


def tidy() -> None:
    """Looks for garbage among what was made lately."""
    gc.collect(1)
