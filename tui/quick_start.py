"""Imports without looking for garbage between them: there is none, and looking takes a tenth of the start."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
    """What there is now, modules above all, will stay: a step need never wait for it to be looked through."""
    gc.freeze()
