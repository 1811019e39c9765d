"""Walk through backpropagation one step at a time, forward and back, with every number on the screen."""

import argparse
import os
import sys
from typing import TYPE_CHECKING

from engine.files import load_scenario
from engine.files.system import typed
from engine.told import Told, untold
from engine.walking.journey import set_out
from engine.walking.session import Position, Session
from tui.commands.messages import OptionError, complain
from tui.commands.progress import waiting
from tui.commands.start import opened, place_asked
from tui.paper.encodings import DRAWN, can_encode
from tui.terminal.quick_start import look_seldom, without_collection

if TYPE_CHECKING:
    from tui.view.signs import Own


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument(
        "scenario", metavar="SCENARIO", nargs="?", help="what to walk through; without it, choose there"
    )
    parser.add_argument(
        "--at",
        metavar="PLACE",
        help="start at an iteration (1000), a place (3:dE/dw[w5]), or in epochs (epoch 10, example 3)",
    )
    parser.add_argument(
        "--notation", choices=("document", "canonical"), help="names: the document's, or our own (as last chosen)"
    )
    parser.add_argument("--compare", metavar="NUMBERS", help="mark your own numbers: as of gradstep compare")
    parser.add_argument("--plain", action="store_true", help="step by step in sentences, without a drawing")


def run(options: argparse.Namespace) -> int:
    """Opens the app; gives its exit code."""
    # a program that shows the app elsewhere says so to Textual by this variable, and has no terminal for it
    terminal = "TEXTUAL_DRIVER" in os.environ or all(
        stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)
    )
    canonical = None if options.notation is None else options.notation == "canonical"
    if options.scenario is None:
        return _choose(options, canonical=canonical, terminal=terminal)
    with waiting() as sign:
        session, destination, own = _begun(options, sign, terminal=terminal)
    if options.plain:
        from tui.paper.plain import walk_plainly

        notation = session.scenario.names(canonical=bool(canonical))
        walk_plainly(session, notation, waits=lambda: waiting(redrawn=False))
        return 0
    return _on_the_screen(session, destination, canonical=canonical, own=own)


def _begun(options: argparse.Namespace, told: Told, *, terminal: bool) -> "tuple[Session, Position | None, Own | None]":
    """The walk, at the place where it is to begin, or on the screen may go to, and somebody's own numbers.

    Raises:
        OptionError: it can't be had.
    """
    session = opened(load_scenario(options.scenario, told), told)
    if not terminal and not options.plain:
        raise OptionError(
            f"this needs a terminal; gradstep trace {options.scenario} prints the same numbers without one"
        )
    if not options.plain and (why_not := _why_no_drawing()):
        raise OptionError(f"{why_not}: {typed(['gradstep', options.scenario, '--plain'])} walks in sentences")
    destination = None if options.at is None else place_asked(session, options.at)
    if options.plain and options.compare is not None:
        raise OptionError(f"--compare needs a screen; gradstep compare {options.scenario} {options.compare} needs none")
    if options.plain:
        return session if destination is None else session.seek_position(destination), None, None
    own = None if options.compare is None else _own(session, destination, options.compare)
    session.timeline.told = untold
    if destination is not None:  # a far place is gone to on the screen, with the progress shown
        session, destination = set_out(session, destination)
    return session, destination, own


def _own(session: Session, destination: Position | None, file: str) -> "Own":
    """Somebody's own numbers, of the iteration where the walk is to be."""
    from engine.comparison.entries import NumbersError
    from tui.view.signs import compared

    iteration = session.first if destination is None else destination.iteration
    try:
        return compared(session.seek(iteration, 1), file)
    except NumbersError as error:
        raise OptionError(*f"--compare {error}".splitlines()) from error


def _why_no_drawing() -> str:
    """Why this terminal can show no screen; empty if it can."""
    if "TEXTUAL_DRIVER" in os.environ:
        return ""
    if os.environ.get("TERM") in ("dumb", "unknown"):
        return f"this terminal can't draw (TERM is {os.environ['TERM']})"
    encoding = sys.__stderr__.encoding if sys.__stderr__ is not None else "utf-8"  # which Textual draws on
    if not can_encode(DRAWN, encoding):
        remedy = "where it shows UTF-8: PYTHONIOENCODING=utf-8"
        return f"this terminal's encoding, {encoding}, lacks the signs to draw with ({remedy})"
    return ""


def _choose(options: argparse.Namespace, *, canonical: bool | None, terminal: bool) -> int:
    """Without a scenario: the picker, which needs a screen."""
    for option in ("at", "plain", "compare"):
        if getattr(options, option):
            return complain(f"--{option} needs a scenario, mazur for instance; gradstep list names them all")
    if not terminal:
        return complain("this needs a terminal; gradstep list and gradstep trace mazur, for instance, need none")
    if why_not := _why_no_drawing():
        return complain(f"{why_not}: gradstep mazur --plain, for instance, walks in sentences")
    return _on_the_screen(None, None, canonical=canonical)


def _on_the_screen(
    session: Session | None, destination: Position | None, *, canonical: bool | None, own: "Own | None" = None
) -> int:
    with without_collection():
        from tui.app import GradstepApp  # here, because Textual takes a while to import
        from tui.view.settings import users

    look_seldom()
    app = GradstepApp(session, kept=users(), canonical=canonical, destination=destination, own=own)
    app.run()
    return app.return_code or 0
