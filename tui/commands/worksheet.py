"""Print an iteration with blanks to fill in by hand, numbered, and its answer key: at the end, or in a file of its own.

Example:
  gradstep worksheet mazur --blank backward --key answers.md
"""

import argparse
import io
import sys
from contextlib import redirect_stdout
from pathlib import Path

from engine.explain.trace import entries, walk
from engine.files.create import put
from tui.commands.messages import OptionError
from tui.commands.options import whole
from tui.commands.progress import waiting
from tui.commands.start import first_asked, opened, scenario_of
from tui.paper.blanks import LatexWorksheet, MarkdownWorksheet
from tui.paper.encodings import for_programs
from tui.paper.trace_latex import LatexWriter
from tui.paper.trace_markdown import MarkdownWriter

ENDED_EARLY = 1
DIGITS = 6


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a file, or the name of a shipped scenario")
    parser.add_argument(
        "--blank",
        choices=("all", "backward", "half"),
        default="all",
        help="what is left out: every result, those of the way back, every second one (all)",
    )
    parser.add_argument("--from", dest="first", type=whole(0), metavar="K", help="the iteration (where it begins: 0)")
    parser.add_argument("--digits", type=whole(1, 17), default=DIGITS, metavar="N", help="significant digits (6)")
    parser.add_argument(
        "--set", action="append", default=[], dest="changes", metavar="NAME=VALUE", help="as of gradstep trace"
    )
    parser.add_argument("--format", choices=("markdown", "latex"), default="markdown", help="how it is written")
    parser.add_argument("--notation", choices=("document", "canonical"), default="canonical", help="names (canonical)")
    parser.add_argument("--key", metavar="FILE", help="where the answers go, in place of an older file")


def run(options: argparse.Namespace) -> int:
    """Prints the worksheet; 1 if the walk ends early because a number left the finite ones."""
    with waiting() as sign:
        scenario = scenario_of(options, sign)
        start = session = opened(scenario, sign)
        first = first_asked(start, options)
        notation = scenario.names(canonical=options.notation == "canonical")
        latex = options.format == "latex"
        sheet = (LatexWorksheet if latex else MarkdownWorksheet)(notation, options.digits, options.blank)
        page = io.StringIO()
        with redirect_stdout(page):  # the key is written first: if it can't be, nothing is printed
            sheet.begin(scenario)
            for done, session in enumerate(walk(start, first, 1)):
                sign(done, session.count, "steps")
                if session.iteration == first:
                    if session.done == 1:
                        sheet.given(session)
                    for entry in entries(session):
                        sheet.entry(entry)
            if options.key is None:
                sheet.write_answers(sheet)
            sheet.end()
        if options.key is not None:
            key = io.StringIO()
            with redirect_stdout(key):
                answers = (LatexWriter if latex else MarkdownWriter)(notation, options.digits)
                answers.begin(scenario)
                sheet.write_answers(answers)
                answers.end()
            try:
                put(Path(options.key), [key.getvalue()])
            except (OSError, ValueError) as error:  # ValueError: a NUL in the path, or no name at all
                reason = (error.strerror if isinstance(error, OSError) else None) or "it is no path"
                raise OptionError(f"--key {options.key!r} can't be written: {reason}") from error
    for_programs()
    sys.stdout.write(page.getvalue())
    if session.event is None:
        return 0
    sys.stdout.flush()
    print(f"gradstep: the walk ends here: {session.event}", file=sys.stderr)
    return ENDED_EARLY
