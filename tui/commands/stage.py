"""The app without a terminal: opened at a place, so large, in a theme, to be looked at.

What somebody has kept of settings does not count: a picture is the same whoever has it made.
"""

import argparse
import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from engine.files import load_scenario
from engine.files.create import check_target, put
from engine.told import Told, untold
from engine.walking.session import Session
from tui.commands.messages import OptionError
from tui.commands.start import opened, place_asked
from tui.terminal.quick_start import without_collection

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.app import GradstepApp
    from tui.stepper.screen import StepperScreen
    from tui.terminal.picture.shot import Shot

LEAST, MOST = (60, 16), (400, 200)
"""Columns and rows: those that the screen needs, and some that no terminal has."""
SIZE = (120, 40)
ENDED_EARLY = 1
INTERRUPTED = 130


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of how the screen looks, and the scenario."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a file, or the name of a shipped scenario")
    parser.add_argument("--at", metavar="PLACE", help="at an iteration (1000) or a place (3:dE/dw[w5]) of the walk")
    parser.add_argument("--size", type=size, default=SIZE, metavar="120x40", help="columns and rows (120x40)")
    parser.add_argument("--theme", metavar="NAME", help="its colours: gradstep-dark, gradstep-light, or another")
    parser.add_argument(
        "--notation", choices=("document", "canonical"), default="document", help="names (the document's)"
    )
    parser.add_argument("--no-notes", action="store_true", help="the calculation where a teacher's note would be")


def size(text: str) -> tuple[int, int]:
    """Reads columns and rows."""
    found = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", text)
    wanted = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(least <= here <= most for least, here, most in zip(LEAST, wanted, MOST, strict=True)):
        bounds = f"from {LEAST[0]}x{LEAST[1]} to {MOST[0]}x{MOST[1]}"
        raise argparse.ArgumentTypeError(f"{text!r} is no size: give columns and rows like 120x40, {bounds}")
    return wanted


def session_of(options: argparse.Namespace, told: Told) -> Session:
    """The walk at its place; somebody is told how far it is.

    Raises:
        OptionError: there is no such place.
    """
    session = opened(load_scenario(options.scenario, told), told)
    if options.at is not None:
        session = session.seek_position(place_asked(session, options.at))
    session.timeline.told = untold  # in the app nothing is raised where it is told
    return session


@dataclass(frozen=True)
class Stage:
    """What is there while the app is open."""

    app: "GradstepApp"
    pilot: "Pilot[object]"

    @property
    def walk(self) -> "StepperScreen":
        """The screen of the walk."""
        from tui.stepper.screen import StepperScreen

        return next(screen for screen in self.app.screen_stack if isinstance(screen, StepperScreen))

    async def seen(self) -> "Shot":
        """What is seen once all is drawn, without messages."""
        from tui.terminal.picture.shot import taken

        await self.settled()
        self.app.clear_notifications()
        await self.settled()
        return taken(self.app)

    async def moved(self) -> "Shot":
        """What is seen after a step of a walk, which redraws the panels where they are."""
        from tui.terminal.picture.shot import taken

        await self.pilot.pause()
        await self._measured()
        return taken(self.app)

    async def settled(self) -> None:
        """Waits until everything is drawn: what is drawn may have something else drawn, and that again."""
        for _ in range(3):
            await self.pilot.pause()
        await self._measured()

    async def _measured(self) -> None:
        """Waits until all is known that the chart shows: a picture is of that, whoever has it made."""
        waited = False
        while self.walk.history.at_work or self.walk.maps.values.at_work:
            waited = True
            await asyncio.sleep(0)
        if waited:
            await self.pilot.pause()


def play(
    session: Session, options: argparse.Namespace, act: Callable[[Stage], Awaitable[None]], *, notes: bool
) -> None:
    """Opens the app with a walk, and has something done there.

    Raises:
        KeyboardInterrupt: ctrl+C, which the app takes for a wish to leave, ended it before.
        OptionError: there is no such theme.
    """
    with without_collection():
        from tui.app import GradstepApp  # here, because Textual takes a while to import
        from tui.view.settings import Kept

    kept = Kept()
    if options.theme is not None:
        kept.override(theme=options.theme)
    app = GradstepApp(session, kept=kept, canonical=options.notation == "canonical", notes=notes)
    if options.theme not in (None, *app.available_themes):
        near = get_close_matches(options.theme, app.available_themes, 3, 0.5) or sorted(app.available_themes)
        raise OptionError(f"--theme {options.theme!r} is not known: {', '.join(near)}")

    async def acted(pilot: "Pilot[object]") -> None:
        await act(Stage(app, pilot))
        app.exit()

    app.run(headless=True, size=options.size, auto_pilot=acted)
    if app.return_code == INTERRUPTED:
        raise KeyboardInterrupt


def check_file(name: str) -> None:
    """Raises OptionError where no file of this name can be written: before the work, not after it."""
    try:
        check_target(Path(name))
    except (OSError, ValueError) as error:
        raise OptionError(_why_not(name, error)) from error


def write(name: str, content: str | bytes) -> None:
    """Writes the file, in the place of an older one; raises OptionError where it can't be."""
    try:
        put(Path(name), [content])
    except (OSError, ValueError) as error:
        raise OptionError(_why_not(name, error)) from error


def told_end(session: Session) -> int:
    """Says where a walk ended because a number left the finite ones; the exit code."""
    if session.event is None:
        return 0
    sys.stdout.flush()
    print(f"gradstep: the walk ends here: {session.event}", file=sys.stderr)
    return ENDED_EARLY


def _why_not(name: str, error: OSError | ValueError) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or "it is no path"  # a NUL in it
    return f"-o {name!r} can't be written: {reason}"
