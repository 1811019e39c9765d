"""What a command walks through, as its options say; what they cannot mean ends it with one message."""

import argparse

from engine.ask.whereabouts import place_called
from engine.explain.trace import first_of, only_iteration
from engine.files import load_scenario
from engine.program.expression import ExpressionError
from engine.program.scenario import Scenario
from engine.program.steps import Detail
from engine.told import Told
from engine.walking.changes import ChangeError, changed
from engine.walking.session import Position, Session
from engine.walking.timeline import Timeline
from tui.commands.messages import OptionError


def scenario_of(options: argparse.Namespace, told: Told) -> Scenario:
    """The scenario, with the values that `--set` gives; somebody is told how far reading it is.

    Raises:
        OptionError: `--set` gives something that cannot be set.
        ScenarioError: the file cannot be used.
    """
    try:
        return changed(load_scenario(options.scenario, told), options.changes)
    except ChangeError as error:
        raise OptionError(f"--set {error}") from error


def opened(scenario: Scenario, told: Told, detail: Detail = "layer") -> Session:
    """A walk with nothing computed, of which somebody is told how far it is from now on."""
    told(0, None, "preparing the walk")
    timeline = Timeline(scenario)
    timeline.told = told
    return Session.open(scenario, detail, timeline)


def place_asked(start: Session, at: str) -> Position:
    """The place that `--at` names.

    Raises:
        OptionError: there is no such place.
    """
    try:
        return place_called(start, at)
    except (ExpressionError, LookupError) as error:
        raise OptionError(f"--at {at}: {error.args[0]}") from error


def first_asked(start: Session, options: argparse.Namespace) -> int:
    """The iteration that `--from` names, else the first that there is.

    Raises:
        OptionError: there is no such iteration.
    """
    try:
        return first_of(start, options.first)
    except IndexError as error:
        raise OptionError(f"--from {options.first}: {error}") from error


def check_iterations(start: Session, options: argparse.Namespace) -> None:
    """Looks whether there are as many as `--iterations` asks for.

    Raises:
        OptionError: nothing is trained, so that there is one.
    """
    if why_not := only_iteration(start, options.iterations):
        raise OptionError(f"--iterations {options.iterations}: {why_not}")
