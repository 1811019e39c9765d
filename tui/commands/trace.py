"""Print every step of an iteration: the formula, the numbers put in, the result.

Example:
  gradstep trace mazur --iterations 2 --format jsonl
"""

import argparse
import json
import sys

from engine.explain import Explanation, explain
from engine.expression import ExpressionError
from engine.files import load_scenario
from engine.notation import CANONICAL, Notation
from engine.quantity import Quantity
from engine.scenario import Scenario
from engine.session import Session
from engine.trace import names, narrowing, record, walk
from tui.cli import complain
from tui.commands.json_numbers import finite
from tui.commands.options import whole
from tui.format import number
from tui.formula import known, numbers_of, result_of, rule, symbol, symbols_of, text_of

ENDED_EARLY = 1
DIGITS = 9


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a file, or the name of a shipped scenario")
    parser.add_argument("--iterations", type=whole(1), default=1, metavar="N", help="how many iterations (1)")
    parser.add_argument("--from", dest="first", type=whole(0), default=0, metavar="K", help="the first one (0)")
    parser.add_argument("--detail", choices=("layer", "scalar"), default="layer", help="how much is one step (layer)")
    parser.add_argument("--format", choices=("text", "jsonl"), default="text", help="text to read, or JSON lines")
    parser.add_argument("--only", metavar="QUANTITY", help="only this quantity: dE/dw, or dE/dw[w5]")
    parser.add_argument("--digits", type=whole(1, 17), default=DIGITS, metavar="N", help="significant digits (9)")
    parser.add_argument("--notation", choices=("document", "canonical"), default="canonical", help="names (canonical)")


def run(options: argparse.Namespace) -> int:
    """Prints the trace; 1 if the walk ends early because a number left the finite ones."""
    scenario = load_scenario(options.scenario)
    start = session = Session.open(scenario, options.detail)
    try:
        only = None if options.only is None else narrowing(session, options.only)
    except (ExpressionError, LookupError) as error:
        return complain(f"--only {options.only}: {error.args[0]}")
    if options.format == "jsonl":
        write = _write_json
    else:
        notation = scenario.notation if options.notation == "document" else CANONICAL
        writer = _TextWriter(notation, options.digits)
        writer.title(scenario)
        write = writer.write
    for session in walk(start, options.first, options.iterations):
        if session.iteration >= options.first:
            write(session, only)
    if session.event is None:
        return 0
    sys.stdout.flush()
    print(f"gradstep: the walk ends here: {session.event}", file=sys.stderr)
    return ENDED_EARLY


def _write_json(session: Session, only: Quantity | None) -> None:
    step = record(session, only)
    if step is not None:
        print(json.dumps(finite(step), ensure_ascii=False))


class _TextWriter:
    """Writes steps for reading: what is computed, then each number with its calculation."""

    def __init__(self, notation: Notation, digits: int) -> None:
        self.notation, self.digits = notation, digits

    def title(self, scenario: Scenario) -> None:
        """What the walk is of."""
        rate = symbol(Quantity("learning_rate"), self.notation).text
        print(f"{scenario.title}  ({scenario.shape}, {rate} = {number(scenario.training.learning_rate, self.digits)})")

    def write(self, session: Session, only: Quantity | None) -> None:
        """One step, if it computed what is asked for."""
        row, chosen = session.row, names(session, only)
        if row is None or not chosen:
            return
        if session.done == 1:
            examples = ", ".join(str(example + 1) for example in session.values.examples)
            print(f"\niteration {session.iteration}, example {examples}")
        general = text_of(rule(explain(session, Quantity(row.quantity, chosen[0])), self.notation))
        layer = "inputs" if row.layer == 0 else f"layer {row.layer}"
        print(f"\n{session.done}/{session.count}  {row.phase}  {layer}  {general}")
        batch = range(len(session.values.examples)) if row.per_example else range(1)
        for example in batch:
            for name in chosen:
                self._print(explain(session, Quantity(row.quantity, name), example), len(batch) > 1)
        if row.quantity == "E" and not session.hidden:
            self._print(explain(session, Quantity("E")), False)

    def _print(self, explanation: Explanation, of_batch: bool) -> None:
        left = symbol(explanation.quantity, self.notation).text
        if of_batch:
            left += f" (example {explanation.example + 1})"
        forms = [symbols_of(explanation, self.notation), numbers_of(explanation, self.digits)]
        lines = [text_of(form) for form in forms if form and known(explanation)]
        lines.append(text_of(result_of(explanation, self.digits)))
        lines = [line for i, line in enumerate(lines) if i == 0 or line != lines[i - 1]]
        for i, line in enumerate(lines):
            print(f"  {left if i == 0 else '':{len(left)}} = {line}")
        if explanation.words:
            print(f"  {'':{len(left)}}   {explanation.words}")
