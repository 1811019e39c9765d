"""Walk through backpropagation one step at a time, forward and back, with every number on the screen."""

import argparse
import sys

from engine.expression import ExpressionError, check_quantity, parse_place
from engine.files import load_scenario
from engine.place import go_to
from engine.session import Session
from tui.cli import complain


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", nargs="?", default="mazur", help="what to walk through (mazur)")
    parser.add_argument("--at", metavar="PLACE", help="start at an iteration (1000) or a place (3:dE/dw[w5])")
    parser.add_argument(
        "--notation", choices=("document", "canonical"), default="document", help="names: the document's, or our own"
    )


def run(options: argparse.Namespace) -> int:
    """Opens the app; gives its exit code."""
    session = Session.open(load_scenario(options.scenario))
    if options.at is not None:
        try:
            session = at_place(session, options.at)
        except (ExpressionError, LookupError) as error:
            return complain(f"--at {options.at}: {error.args[0]}")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return complain("this needs a terminal; gradstep trace SCENARIO prints the same numbers without one")
    from tui.app import GradstepApp  # here, because Textual takes a while to import

    app = GradstepApp(session, canonical=options.notation == "canonical")
    app.run()
    return app.return_code or 0


def at_place(session: Session, text: str) -> Session:
    """The place that a person names.

    Raises:
        ExpressionError: it is no place.
        LookupError: the network or the walk has no such place; the message says why.
    """
    iteration, quantity = parse_place(text)
    if quantity is not None and quantity.subject is not None:
        problem = check_quantity(quantity, session.scenario.network)
        if problem:
            raise LookupError(problem)
    return go_to(session, iteration, quantity)
