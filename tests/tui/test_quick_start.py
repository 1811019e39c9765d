"""Garbage is looked for where nobody waits for it."""

import asyncio
import gc

from tests.tui.screens import opened
from tui.terminal.quick_start import without_collection


def test_not_during_imports():
    with without_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


async def test_after_a_step_when_no_key_is_pressed(monkeypatch):
    monkeypatch.setattr("tui.stepper.screen.IDLE", 0.01)
    looked = []
    async with opened("mazur") as (_, pilot):
        monkeypatch.setattr("tui.stepper.screen.tidy", lambda: looked.append(gc.get_count()))
        await asyncio.sleep(0.05)
        assert not looked, "nothing was made yet"
        await pilot.press("right")
        async with asyncio.timeout(30):  # that a busy machine may take
            while not looked:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert len(looked) == 1
