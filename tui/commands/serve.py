"""Show the app in a web page, for a projector: at http://127.0.0.1:8000/, for the browsers of this computer alone.

It prints the link to open, whose token lets nobody else in. Each page that opens it walks by itself. `&fontsize=24`
behind the link sets the size of the letters. This needs the extra `web`: in the clone, pip install '.[web]'.

Example:
  gradstep serve mazur --port 8080
"""

import argparse
import errno
import sys

from engine.files import load_scenario
from engine.files.system import for_shell
from tui.commands.messages import complain, needs_extra
from tui.commands.options import whole
from tui.commands.progress import waiting

PORT = 8000
INTERRUPTED = 130


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", nargs="?", help="what to walk through")
    parser.add_argument("--port", type=whole(1, 65535), default=PORT, metavar="N", help=f"of the address ({PORT})")


def run(options: argparse.Namespace) -> int:
    """Serves until ctrl+C."""
    if options.scenario is not None:
        with waiting() as sign:
            load_scenario(options.scenario, sign)  # what is wrong with it is said here, not in a page
    try:
        from tui.web.server import serve
    except ModuleNotFoundError as error:
        return needs_extra("web", error)
    # -P: no module of the working directory takes the place of ours; --: no scenario's name is a command
    words = [sys.executable, "-P", "-m", "tui", "--", *([options.scenario] if options.scenario is not None else [])]
    try:
        serve(for_shell(words), options.port)
    except OSError as error:
        used = error.errno == errno.EADDRINUSE
        reason = "something else uses it" if used else error.strerror
        return complain(f"port {options.port} can't be had: {reason}: give another one with --port")
    return INTERRUPTED
