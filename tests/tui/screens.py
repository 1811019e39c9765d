"""The app for tests: opened without a terminal, its screen as text and as SVG."""

import re
from contextlib import asynccontextmanager

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from engine.files import load_scenario
from engine.walking.session import Session
from tui.app import GradstepApp

SIZES = [(80, 24), (120, 40), (200, 60)]


def size_id(size):
    return f"{size[0]}x{size[1]}"


sizes = pytest.mark.parametrize("size", SIZES, ids=size_id)


@asynccontextmanager
async def opened(scenario="mazur", size=(120, 40), *, notes=False, **options):
    """(app, pilot) with the scenario (None: the picker) open and drawn; notifications are on, as for a person.

    A scenario's notes are put away, as by `i`, if not asked for: most tests look at calculations.
    """
    session = scenario if isinstance(scenario, Session | None) else Session.open(load_scenario(scenario))
    app = GradstepApp(session, notes=notes, **options)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        yield app, pilot


async def settled(pilot):
    """Waits until everything that a key set off is drawn."""
    for _ in range(3):
        await pilot.pause()


async def at_rest(pilot):
    """Waits until everything is read and checked that was begun."""
    await settled(pilot)
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)


async def press(pilot, *keys):
    """Presses keys, and waits."""
    await pilot.press(*keys)
    await settled(pilot)


def screen_text(app):
    """What is on the screen, as lines of text."""
    # Textual has no public way to the rendered screen; this is the one place that takes the private one
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"


def screen_cells(app):
    """What is on the screen, line by line, with its colours, without making a picture of it."""
    return [list(strip.simplify()) for strip in app.screen._compositor.render_strips()]


def screen_svg(app):
    """What is on the screen, with its colours."""
    return re.sub(r"terminal-\d+", "terminal", app.export_screenshot())


class TextFile(SingleFileSnapshotExtension):
    """A snapshot as a text file."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


class SvgFile(SingleFileSnapshotExtension):
    """A snapshot as a picture."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"
