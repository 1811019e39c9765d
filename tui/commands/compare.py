"""Hold your own numbers against the computed ones: which of them is wrong first, and what follows from it.

NUMBERS is a file (.json, .npz, .npy, .csv with name,value, .safetensors, or text as one prints it), or - for standard
input. Names are those of scenario files (dE/dw[w5]), of layers as people call them (W1 b1 z1 a1 dz1 da1 dW1 db1,
W1.grad, 0.weight.grad, w1_new …), of graphs those of their nodes (q, dq, q.grad), or dE/dw:1 for a whole layer.
Arrays may be turned either way.

Example:
  gradstep compare mazur numbers.txt
"""

import argparse
import json
import sys
from itertools import count
from pathlib import Path
from typing import Any

from engine.comparison.compared import Comparison, compare_numbers, read_file
from engine.comparison.containers import LIMIT, Numbers, read_bytes, renamed
from engine.comparison.entries import NumbersError
from engine.comparison.verdicts import RowVerdict
from engine.comparison.words import text_of
from engine.files import load_scenario
from engine.walking.session import Session
from tui.commands.messages import OptionError, complain
from tui.commands.options import above_zero, whole
from tui.commands.progress import Sign, waiting
from tui.commands.start import opened
from tui.paper.encodings import for_programs

DIFFERS = 1
STANDARD_INPUT = "-"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a file, or the name of a shipped scenario")
    parser.add_argument("numbers", metavar="NUMBERS", help="the file of your numbers, or - for standard input")
    parser.add_argument(
        "--iteration", type=whole(0), metavar="K", help="of which iteration they are (where it begins: 0)"
    )
    parser.add_argument("--detail", action="store_true", help="a line for every number")
    parser.add_argument("--json", action="store_true", help="one object, for programs")
    parser.add_argument("--rtol", type=above_zero, metavar="R", help="the relative difference that is none (1e-9)")
    parser.add_argument(
        "--as",
        action="append",
        default=[],
        dest="names",
        metavar="NAME=QUANTITY",
        help="what a name means: grads=dE/dw:1; of a .npy file =dE/dw:1",
    )


def run(options: argparse.Namespace) -> int:
    """Prints the comparison; 1 if a number differs."""
    with waiting() as sign:
        session = opened(load_scenario(options.scenario, sign), sign)
    try:
        numbers = _read(options.numbers, options.names)  # somebody may type them: nothing is drawn there
        with waiting() as sign, session.timeline.telling(sign):
            found = _found(session, numbers, options, sign)
    except NumbersError as error:
        return complain(*str(error).splitlines())
    if options.json:
        for_programs()
        print(json.dumps(_object(found), ensure_ascii=False, indent=1))
    else:
        print(text_of(found, detail=options.detail))
    return 0 if found.agrees else DIFFERS


def _found(session: Session, numbers: Numbers, options: argparse.Namespace, sign: Sign) -> Comparison:
    """The comparison, and what was done to get wrong numbers."""
    iteration = session.first if options.iteration is None else options.iteration
    try:
        session = session.seek(iteration, 1)
    except IndexError as error:
        raise OptionError(f"--iteration {iteration}: {error}") from error
    if session.iteration != iteration:
        raise OptionError(f"--iteration {iteration}: the walk ends before it: {session.event}")
    tries = count(1)

    def searching() -> None:
        sign(0, None, f"looking for what was done to get the wrong numbers, {next(tries):,} tried")

    sign(0, None, "comparing the numbers")
    found = compare_numbers(session, numbers, rtol=options.rtol, searching=searching)
    meant = {text.partition("=")[2].strip() for text in options.names}
    for name in [name for name in found.unknown if name in meant]:
        raise OptionError(f"--as …={name}: that means nothing here: write a quantity like dE/dw:1, or dE/dw[w5]")
    return found


def _read(numbers: str, names: list[str]) -> Numbers:
    if numbers != STANDARD_INPUT:
        return read_file(Path(numbers), names)
    content = sys.stdin.buffer.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise NumbersError(f"standard input: it is too large: {LIMIT // 2**20} MiB are the most")
    return renamed(read_bytes(content, "standard input"), names)


def _object(found: Comparison) -> dict[str, Any]:
    return {
        "scenario": found.scenario,
        "iteration": found.iteration,
        "agrees": found.agrees,
        "first": None if found.first is None else found.first.quantity,
        "rows": [_row(row) for row in found.rows],
        "causes": [cause.told for cause in found.causes],
        "others": found.others,
        "said": list(found.said),
        "unknown": list(found.unknown),
    }


def _row(row: RowVerdict) -> dict[str, Any]:
    return {
        "quantity": row.quantity,
        **({} if row.example is None else {"example": row.example}),
        "given": row.given,
        "computed": row.computed,
        "verdict": row.verdict,
        "digits": row.digits,
    }
