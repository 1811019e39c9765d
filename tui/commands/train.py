"""Run on without looking at every step, and print what comes out: why it stopped, E of all examples before and after,
the accuracy (where targets are classes), the outputs, and the parameters if they are few.

Without options it runs to the scenario's own `stop`, or 1,000 iterations. Ctrl+C stops it and prints what was reached.
A terminal sees how far it is; --history FILE.csv keeps the error of every iteration.

Example:
  gradstep train mazur --iterations 10000
"""

import argparse
import json
import sys
from typing import Any

from msgspec.structs import replace

from engine.files import load_scenario
from engine.files.problems import plural
from engine.formula.quantity import Quantity
from engine.program.scenario import Scenario, Stop
from engine.told import Told
from engine.walking.run import ITERATIONS, Measured, Outcome, run_on, stop_ahead
from engine.walking.timeline import Timeline
from tui.commands.history import HistoryError, HistoryFile
from tui.commands.messages import OptionError
from tui.commands.options import above_zero, whole
from tui.commands.progress import Sign, waiting
from tui.commands.start import check_iterations, opened
from tui.paper.encodings import for_programs
from tui.paper.json_numbers import finite
from tui.words.format import number

CODES = {"iterations": 0, "error": 0, "patience": 0, "epoch-error": 0, "non-finite": 1, "interrupted": 130}
WORDS = {
    "iterations": "all iterations are done",
    "error": "the error is below the bound",
    "patience": "the error of the test part falls no more",
    "epoch-error": "the errors of an epoch are together below the bound",
    "non-finite": "a number left the finite ones",
    "interrupted": "interrupted",
}
DIGITS = 9
FEW = 30
"""Parameters that are printed without being asked for."""
MOST_EXAMPLES = 10
"""Examples whose outputs are printed."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a file, or the name of a shipped scenario")
    parser.add_argument("--iterations", type=whole(1), metavar="N", help="at most so many")
    parser.add_argument("--error", type=above_zero, metavar="E", help="stop once an iteration's error is below E")
    parser.add_argument("--history", metavar="FILE.csv", help="write the error of every iteration (iteration,error)")
    parser.add_argument("--parameters", action="store_true", help=f"print them even if they are more than {FEW}")
    parser.add_argument("--json", action="store_true", help="one object, for programs")


def run(options: argparse.Namespace) -> int:
    """Runs on and prints the outcome."""
    with waiting() as sign:
        scenario, outcome = _outcome(options, sign)
    if options.json:
        for_programs()
        print(json.dumps(finite(_object(scenario, outcome)), ensure_ascii=False))
    else:
        _print(scenario, outcome, all_parameters=options.parameters)
    if outcome.event is not None:
        sys.stdout.flush()
        print(f"gradstep: the walk ends here: {outcome.event}", file=sys.stderr)
    return CODES[outcome.stopped_by]


def _outcome(options: argparse.Namespace, sign: Sign) -> tuple[Scenario, Outcome]:
    """The run, and its history in a file if that is wanted."""
    scenario = load_scenario(options.scenario, sign)
    own = stop_ahead(scenario.training.stop, scenario.first_iteration)
    error = options.error if options.error is not None else own.error
    stop = replace(own, iterations=options.iterations or own.iterations, error=error)
    start = opened(scenario, sign)
    check_iterations(start, options)
    timeline = start.timeline
    try:
        history = None if options.history is None else HistoryFile(options.history)
        with timeline.telling(_told_of(timeline, sign, ITERATIONS if stop == Stop() else stop.iterations)):
            outcome = run_on(scenario, stop, timeline)
        if history is not None:
            errors = _errors(timeline, outcome)
            history.write(errors, timeline.penalties(timeline.first + len(errors)), timeline.first, sign)
    except HistoryError as error:
        raise OptionError(f"--history {options.history!r} can't be written: {error}") from error
    return scenario, outcome


def _told_of(timeline: Timeline, sign: Sign, goal: int | None) -> Told:
    """Tells E besides, and of how many iterations of the whole run, which is extended an epoch at a time."""

    def told(done: int, of: int | None, what: str) -> None:
        known = timeline.recorded - timeline.first
        if of is None or not known:
            sign(done, of, what)
        elif sign.due:  # a number takes as long to write as some iterations take
            error = number(float(timeline.errors(timeline.recorded)[-1]), 4)
            sign(known, goal, f"{what}  E = {error}")

    return told


def _errors(timeline: Timeline, outcome: Outcome) -> list[float]:
    """E of every iteration, that of the one at which the run ended without an update too."""
    ended_before_updating = outcome.stopped_by in ("error", "non-finite")
    errors: list[float] = timeline.errors(outcome.iterations + ended_before_updating).tolist()
    return errors


def _object(scenario: Scenario, outcome: Outcome) -> dict[str, Any]:
    after, test = outcome.after, outcome.test_after
    return {
        "scenario": scenario.name,
        "iterations": outcome.iterations,
        "error": after.error,
        **({} if after.penalty is None else {"penalty": after.penalty}),
        **({} if after.accuracy is None else {"accuracy": after.accuracy}),
        **({} if test is None else {"test_error": test.error}),
        **({} if test is None or test.accuracy is None else {"test_accuracy": test.accuracy}),
        "outputs": [dict(zip(scenario.network.outputs, row, strict=True)) for row in after.outputs.tolist()],
        "parameters": dict(zip(scenario.network.parameter_names, outcome.theta.tolist(), strict=True)),
        "stopped_by": outcome.stopped_by,
    }


def _accuracy(before: Measured, after: Measured) -> str | None:
    """How many examples are right, where targets are classes."""
    if after.right is None:
        return None
    examples = len(after.outputs)
    rate = f"{after.right / examples:.1%}"
    return f"accuracy {rate}: {after.right:,} of {examples:,} are right (it was {before.right:,})"


def _print_test(error: str, before: Measured, after: Measured) -> None:
    print(f"test {error} = {number(after.error, DIGITS)} (it was {number(before.error, DIGITS)})")
    if (right := _accuracy(before, after)) is not None:
        print(f"test {right}")


def _print(scenario: Scenario, outcome: Outcome, *, all_parameters: bool) -> None:
    network, before, after = scenario.network, outcome.before, outcome.after
    print(f"{scenario.title}  ({scenario.shape})")
    since = f" from iteration {first:,} on" if (first := scenario.first_iteration) else ""
    why = WORDS[outcome.stopped_by] if len(outcome.theta) else "nothing is trained"
    print(f"{plural(outcome.iterations - first, 'iteration')}{since}: {why}")
    error = scenario.names(canonical=True).symbol(Quantity("E"))
    print(f"{error} = {number(after.error, DIGITS)} (it was {number(before.error, DIGITS)})")
    if after.penalty is not None and before.penalty is not None:
        name = scenario.names(canonical=True).symbol(Quantity("E_penalty"))
        print(f"of it {name} = {number(after.penalty, DIGITS)} (it was {number(before.penalty, DIGITS)})")
    examples = len(after.outputs)
    if (right := _accuracy(before, after)) is not None:
        print(right)
    if outcome.test_before is not None and outcome.test_after is not None:
        _print_test(error, outcome.test_before, outcome.test_after)
    if outcome.best is not None:
        at, least = outcome.best
        print(f"test {error} was least at iteration {at:,}: {number(least, DIGITS)}")
    for example, row in enumerate(after.outputs[:MOST_EXAMPLES].tolist(), 1):
        outputs = (f"{name} = {number(value, DIGITS)}" for name, value in zip(network.outputs, row, strict=True))
        print(f"example {example}: {'   '.join(outputs)}")
    if examples > MOST_EXAMPLES:
        print(f"and {plural(examples - MOST_EXAMPLES, 'more example')}: --json has the outputs of all")
    if len(outcome.theta) > FEW and not all_parameters:
        print(f"{len(outcome.theta):,} parameters: --parameters prints them, --json has them, too")
        return
    for name, value in zip(network.parameter_names, outcome.theta.tolist(), strict=True):
        print(f"{name} = {number(value, DIGITS)}")
