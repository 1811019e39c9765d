"""Print a script that stands alone, recomputes one iteration with numpy or PyTorch, and fails unless every number of
it (outputs, all derivatives, new weights) is gradstep's.

Example:
  gradstep export mazur --format numpy
"""

import argparse
import sys

from engine.files import load_scenario
from engine.program.coded import NoCodeError
from tui.commands.messages import OptionError
from tui.commands.options import whole
from tui.commands.progress import waiting
from tui.commands.start import first_asked, opened
from tui.paper.encodings import for_programs
from tui.paper.script import Script
from tui.paper.script_numpy import NumpyScript
from tui.paper.script_torch import TorchScript

ENDED_EARLY = 1
FORMATS: dict[str, type[Script]] = {"numpy": NumpyScript, "pytorch": TorchScript}


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a file, or the name of a shipped scenario")
    parser.add_argument("--format", choices=tuple(FORMATS), required=True, help="what the script computes with")
    parser.add_argument("--from", dest="first", type=whole(0), metavar="K", help="the iteration (where it begins: 0)")


def run(options: argparse.Namespace) -> int:
    """Prints the script; 1 if a number of the iteration, or of one before it, left the finite ones."""
    with waiting() as sign:
        scenario = load_scenario(options.scenario, sign)
        if not scenario.training.arithmetic.exact:
            raise OptionError('a script computes in double precision: take precision = "float32" out of [training]')
        rule = scenario.training.learning_rule
        if rule is not None and options.format == "pytorch":
            raise OptionError(f"--format pytorch: PyTorch has no {rule.name} rule: give --format numpy")
        start = opened(scenario, sign)
        session = start.seek(first_asked(start, options), start.count)
        sign(0, None, "writing the script")
        try:
            text = FORMATS[options.format](session).text() if session.event is None else ""
        except NoCodeError as error:
            raise OptionError(f"--format {options.format}: {error}") from error
    if session.event is not None:
        print(f"gradstep: there is no such iteration to recompute: {session.event}", file=sys.stderr)
        return ENDED_EARLY
    for_programs()
    sys.stdout.write(text)
    return 0
