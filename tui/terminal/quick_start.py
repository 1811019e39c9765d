"""When garbage is looked for: not during imports, where there is none, and not while someone waits for a step."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 100_000
"""Things made and still there, after which garbage is looked for even while keys are pressed."""


@contextmanager
def without_collection() -> Iterator[None]:
    """What is made inside, modules above all, will stay: it is not looked through for garbage, nor is it later.

    Set aside it has to be before the first look: that one would go through all of it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def look_seldom() -> None:
    """What steps make is looked through where nobody waits for it: as a rule by `tidy`, else after seventy steps.

    Usually it is after every 700 things made, which took a fifth of the time of a step, and once in a while as long as
    three.
    """
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])


def tidy() -> None:
    """Looks for garbage among what was made lately."""
    gc.collect(1)
