"""Garbage is looked for where nobody waits for it."""

import gc

from tests.tui.screens import opened, press
from tui.terminal.quick_start import without_collection


def test_not_during_imports():
    with without_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_imported_is_never_looked_through():
    made = []
    with without_collection():
        made.append([made])
    looked_through = {id(item) for item in gc.get_objects()}
    assert id(made[0]) not in looked_through
    made.append([made])
    assert id(made[1]) in {id(item) for item in gc.get_objects()}


async def test_after_a_step_when_no_key_is_pressed(monkeypatch):
    """Once, and not again until there was another step."""
    looked = []
    monkeypatch.setattr("tui.stepper.ready.tidy", lambda: looked.append(gc.get_count()))
    monkeypatch.setattr("tui.stepper.ready.Ready._all", lambda _: iter(()))
    async with opened("mazur") as (app, pilot):
        ready = app.screen.ready
        for times in (1, 2, 3):
            await press(pilot, "right")
            assert ready._timer._active.is_set()  # it will come to that
            assert len(looked) == times - 1
            ready._rested()
            assert len(looked) == times
            assert not ready._timer._active.is_set()
