"""Print every step of an iteration: the formula, the numbers put in, the result.

For programs there are jsonl (a step a line) and csv (a number a line: iteration, step, phase, quantity, layer, example,
name, value), with full precision; in both, iteration, step and example count from 0. To hand out, there are markdown
and latex: a whole document for any LaTeX with amsmath.

Example:
  gradstep trace mazur --iterations 2 --format jsonl
"""

import argparse
import sys
from typing import Protocol

from engine.explain.trace import Entry, entries, narrowing, walk
from engine.formula.quantity import Quantity
from engine.program.expression import ExpressionError
from engine.program.notation import Notation
from engine.program.quantity_check import check_rule
from engine.program.scenario import Scenario
from engine.walking.session import Session
from tui.commands.messages import OptionError
from tui.commands.options import whole
from tui.commands.progress import goes_into_a_file, waiting
from tui.commands.start import check_iterations, first_asked, opened, scenario_of
from tui.paper.encodings import for_programs

ENDED_EARLY = 1
DIGITS = 9
FORMATS = ("text", "jsonl", "csv", "markdown", "latex")


class Writer(Protocol):
    """Writes a walk in one format."""

    def begin(self, scenario: Scenario) -> None:
        """What comes before the first step."""

    def entry(self, entry: Entry) -> None:
        """What is computed at a place, as far as it is asked for."""

    def end(self) -> None:
        """What comes after the last step."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a file, or the name of a shipped scenario")
    parser.add_argument("--iterations", type=whole(1), default=1, metavar="N", help="how many iterations (1)")
    parser.add_argument("--from", dest="first", type=whole(0), metavar="K", help="the first one (where it begins: 0)")
    parser.add_argument("--detail", choices=("layer", "scalar"), default="layer", help="how much is one step (layer)")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how it is written (text)")
    parser.add_argument("--only", metavar="QUANTITY", help="only this quantity: dE/dw, or dE/dw[w5]")
    parser.add_argument("--inputs", action="store_true", help="also the derivatives by inputs, which no step computes")
    parser.add_argument("--digits", type=whole(1, 17), default=DIGITS, metavar="N", help="significant digits (9)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="NAME=VALUE",
        help="another value of a parameter, of learning_rate, of an input or a target (i1, o1; i1@2: of example 2)",
    )
    parser.add_argument("--notation", choices=("document", "canonical"), default="canonical", help="names (canonical)")


def run(options: argparse.Namespace) -> int:
    """Prints the trace; 1 if the walk ends early because a number left the finite ones."""
    with waiting() as sign:
        scenario = scenario_of(options, sign)
        start = session = opened(scenario, sign, options.detail)
        first = first_asked(start, options)
        check_iterations(start, options)
        _check_inputs(start, options)
        only = _only(start, options)
        if options.format != "text":
            for_programs()
        writer = _writer(options, scenario.names(canonical=options.notation == "canonical"))
        seen, steps = not goes_into_a_file(sys.stdout), options.iterations * start.count
        for done, session in enumerate(walk(start, first, options.iterations)):
            if not done:
                if seen:  # what comes out is a sign
                    sign.hide()
                writer.begin(scenario)
            sign(done, steps, "steps")
            if session.iteration >= first:
                for entry in entries(session, only, inputs=options.inputs):
                    writer.entry(entry)
        writer.end()
    if session.event is None:
        return 0
    sys.stdout.flush()
    print(f"gradstep: the walk ends here: {session.event}", file=sys.stderr)
    return ENDED_EARLY


def _check_inputs(start: Session, options: argparse.Namespace) -> None:
    """Refuses derivatives by inputs where there are none."""
    problem = check_rule(Quantity("dE/dy"), start.scenario.training)
    if options.inputs and problem is not None:
        raise OptionError(f"--inputs: {problem}")


def _only(start: Session, options: argparse.Namespace) -> Quantity | None:
    """To what it is narrowed, if it is."""
    try:
        return None if options.only is None else narrowing(start, options.only)
    except (ExpressionError, LookupError) as error:
        raise OptionError(f"--only {options.only}: {error.args[0]}") from error


def _writer(options: argparse.Namespace, notation: Notation) -> Writer:
    """The writer of a format; imported here, since the others would be half of what the command starts with."""
    match options.format:
        case "jsonl":
            from tui.paper.trace_rows import JsonWriter

            return JsonWriter()
        case "csv":
            from tui.paper.trace_rows import CsvWriter

            return CsvWriter()
        case "markdown":
            from tui.paper.trace_markdown import MarkdownWriter

            return MarkdownWriter(notation, options.digits)
        case "latex":
            from tui.paper.trace_latex import LatexWriter

            return LatexWriter(notation, options.digits)
        case _:
            from tui.paper.trace_text import TextWriter

            return TextWriter(notation, options.digits)
