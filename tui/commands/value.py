"""Print numbers of a walk, one a line, in full precision: of quantities as scenario files name them, or of arithmetic.

Without --at, all of iteration 0 is computed; what is not computed at a place is — (in JSON null). An expression may
begin with a minus. With --json: one object from expression to number.

Example:
  gradstep value mazur 'dE/dw[w5]' '-learning_rate * dE/dx[h1]'
"""

import argparse
import json
import sys
from collections.abc import Sequence

from engine.ask.reading import OfExample, Reader
from engine.program.expression import ExpressionError
from engine.told import Told
from engine.walking.session import Session
from tui.commands.messages import OptionError, complain
from tui.commands.options import whole
from tui.commands.progress import waiting
from tui.commands.start import opened, place_asked, scenario_of
from tui.paper.encodings import for_programs
from tui.paper.json_numbers import finite

ENDED_EARLY = 1
NOT_COMPUTED = "—"
WITH_VALUE = ("--at", "--example", "--set")


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a file, or the name of a shipped scenario")
    parser.add_argument("expressions", metavar="EXPRESSION", nargs="+", help="dE/dw[w5], or -learning_rate * dE/dw[w5]")
    parser.add_argument("--at", metavar="PLACE", help="at an iteration (1000) or a place (3:dE/dw[w5]) of the walk")
    parser.add_argument("--example", type=whole(1), metavar="N", help="of one example of the file, from 1, by itself")
    parser.add_argument(
        "--set", action="append", default=[], dest="changes", metavar="NAME=VALUE", help="as of gradstep trace"
    )
    parser.add_argument("--json", action="store_true", help="one object, for programs")


def arranged(words: Sequence[str]) -> list[str]:
    """The words with the options first, so that an expression that begins with a minus is taken for none."""
    options, others = list[str](), list[str]()
    rest = iter(words)
    for word in rest:
        if word == "--":
            others += rest
        elif word.startswith("--") or word == "-h":
            options.append(word)
            if word in WITH_VALUE and (value := next(rest, None)) is not None:
                options.append(value)
        else:
            others.append(word)
    return [*options, "--", *others]


class _MistakesError(Exception):
    """What is wrong with some expressions."""


def _numbers(reader: Reader, expressions: Sequence[str], *, reached: bool) -> dict[str, float | None]:
    """What each comes to; nothing where the walk ends before the place is reached."""
    found: dict[str, float | None] = {}
    problems = list[str]()
    for text in expressions:
        try:
            value = reader.read(text)
            found[text] = value if reached else None
        except (ExpressionError, LookupError) as error:
            unknown = str(error.args[0]).endswith("is not known")
            problems.append(f"{text}: {error.args[0]}" + (": give a quantity like dE/dw[w5]" if unknown else ""))
    if problems:
        raise _MistakesError(*problems)
    return found


def run(options: argparse.Namespace) -> int:
    """Prints the numbers; 1 if the walk ends before the place because a number left the finite ones."""
    try:
        with waiting() as sign:
            session, found = _found(options, sign)
    except _MistakesError as mistakes:
        return complain(*mistakes.args)
    if options.json:
        for_programs()
        print(json.dumps(finite(found), ensure_ascii=False))
    else:
        for text in options.expressions:
            print(NOT_COMPUTED if found[text] is None else repr(found[text]))
    if session.event is None:
        return 0
    sys.stdout.flush()
    print(f"gradstep: the walk ends here: {session.event}", file=sys.stderr)
    return ENDED_EARLY


def _found(options: argparse.Namespace, told: Told) -> tuple[Session, dict[str, float | None]]:
    """Where the walk stands then, and what each expression comes to there."""
    start = opened(scenario_of(options, told), told)
    place = start.place(start.first, start.count)
    if options.at is not None:
        place = place_asked(start, options.at)
    session = start.seek_position(place)
    try:
        reader = Reader(session) if options.example is None else OfExample(session, options.example)
    except LookupError as error:
        raise OptionError(f"--example {options.example}: {error.args[0]}") from error
    return session, _numbers(reader, options.expressions, reached=session.iteration == place.iteration)
