"""Write a walk as a page for a browser: one file that needs nothing else, to step through, to be tested by, to print.

It opens from a folder, a mail or a web server, on a phone too, and loads nothing from the network. Printed, it has
every step on paper.

Example:
  gradstep page mazur --iterations 2 -o mazur.html
"""

import argparse
import sys
from pathlib import Path

from engine.files.create import put
from engine.files.problems import printable
from tui.commands.messages import OptionError
from tui.commands.options import whole
from tui.commands.progress import waiting
from tui.commands.start import check_iterations, first_asked, opened, scenario_of

ENDED_EARLY = 1
DIGITS = 4


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a file, or the name of a shipped scenario")
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="the page, in place of an older one: mazur.html"
    )
    parser.add_argument("--iterations", type=whole(1), default=1, metavar="N", help="how many iterations (1)")
    parser.add_argument("--from", dest="first", type=whole(0), metavar="K", help="the first one (where it begins: 0)")
    parser.add_argument("--detail", choices=("layer", "scalar"), default="layer", help="how much is one step (layer)")
    parser.add_argument("--digits", type=whole(1, 17), default=DIGITS, metavar="N", help="significant digits (4)")
    parser.add_argument(
        "--set", action="append", default=[], dest="changes", metavar="NAME=VALUE", help="as of gradstep trace"
    )
    parser.add_argument("--notation", choices=("document", "canonical"), default="document", help="names (document)")


def run(options: argparse.Namespace) -> int:
    """Writes the page; 1 if the walk ends early because a number left the finite ones."""
    with waiting() as sign:
        scenario = scenario_of(options, sign)
        start = opened(scenario, sign, options.detail)
        first = first_asked(start, options)
        check_iterations(start, options)
        from tui.page.document import document  # here, for it needs half of what the app does
        from tui.page.walked import TooLargeError, walked

        notation = scenario.names(canonical=options.notation == "canonical")
        try:
            walk = walked(start, first, options.iterations, notation, options.digits, sign)
        except TooLargeError as error:
            raise OptionError(_too_large(error.iterations, options)) from error
        sign(0, None, "writing the page")
        page = document(walk)
        try:
            put(Path(options.output), [page])
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path, or no name at all
            reason = (error.strerror if isinstance(error, OSError) else None) or "it is no path"
            raise OptionError(f"{printable(options.output)!r} can't be written: {reason}") from error
    size = max(1, round(len(page.encode()) / 1000))
    print(f"{printable(options.output)} is written: {len(walk['places'])} places, {size:,} KB; any browser opens it")
    if not walk["ends"]:
        return 0
    sys.stdout.flush()
    print(f"gradstep: {walk['ends']}", file=sys.stderr)
    return ENDED_EARLY


def _too_large(iterations: int, options: argparse.Namespace) -> str:
    """Why it is too much for a page, and what to do."""
    if iterations:
        return f"--iterations {options.iterations}: that is too much for one page; --iterations {iterations} has room"
    if options.detail == "scalar":
        return "one iteration in scalar steps is too much for a page: take --detail layer"
    return (
        "the network is too large for a page: not one iteration of it has room; "
        f"gradstep trace {options.scenario} prints it, gradstep serve {options.scenario} shows it in a browser"
    )
