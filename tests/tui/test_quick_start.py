"""Garbage is looked for where nobody waits for it."""

import asyncio
import gc

from tests.patience import PATIENCE
from tests.tui.screens import opened
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
    monkeypatch.setattr("tui.stepper.screen.IDLE", 0.01)
    looked = []
    async with opened("mazur") as (_, pilot):
        monkeypatch.setattr("tui.stepper.screen.tidy", lambda: looked.append(gc.get_count()))
        await asyncio.sleep(0.05)
        assert not looked, "nothing was made yet"
        await pilot.press("right")
        async with asyncio.timeout(PATIENCE):
            while not looked:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert len(looked) == 1
