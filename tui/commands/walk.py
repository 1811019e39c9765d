"""Walk through backpropagation one step at a time, forward and back, with every number on the screen."""

import argparse
import os
import sys

from engine.expression import ExpressionError
from engine.files import load_scenario
from engine.journey import AT_ONCE, Journey
from engine.notation import CANONICAL
from engine.place import named_place, place_of
from engine.session import Position, Session
from tui.messages import complain
from tui.plain import walk_plainly


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", nargs="?", default="mazur", help="what to walk through (mazur)")
    parser.add_argument("--at", metavar="PLACE", help="start at an iteration (1000) or a place (3:dE/dw[w5])")
    parser.add_argument(
        "--notation", choices=("document", "canonical"), default="document", help="names: the document's, or our own"
    )
    parser.add_argument("--plain", action="store_true", help="step by step in sentences, without a drawing")


def run(options: argparse.Namespace) -> int:
    """Opens the app; gives its exit code."""
    session = Session.open(load_scenario(options.scenario))
    # a program that shows the app elsewhere says so to Textual by this variable, and has no terminal for it
    terminal = "TEXTUAL_DRIVER" in os.environ or all(stream.isatty() for stream in (sys.stdin, sys.stdout))
    if not terminal and not options.plain:
        return complain(f"this needs a terminal; gradstep trace {options.scenario} prints the same numbers without one")
    destination: Position | None = None
    if options.at is not None:
        try:
            destination = place_of(session, *named_place(options.at, session.scenario.network))
        except (ExpressionError, LookupError) as error:
            return complain(f"--at {options.at}: {error.args[0]}")
    if options.plain:
        start = session if destination is None else session.seek_position(destination)
        walk_plainly(start, CANONICAL if options.notation == "canonical" else session.scenario.notation)
        return 0
    return _on_the_screen(session, destination, canonical=options.notation == "canonical")


def _on_the_screen(session: Session, destination: Position | None, *, canonical: bool) -> int:
    from tui.app import GradstepApp  # here, because Textual takes a while to import

    if destination is not None:
        journey = Journey(session, destination.iteration, place=destination)
        if journey.go_on(AT_ONCE):  # a far place is gone to on the screen, with the progress shown
            session, destination = journey.arrived(), None
    app = GradstepApp(session, canonical=canonical, destination=destination)
    app.run()
    return app.return_code or 0
