"""What a command walks through, as its options say; what they cannot mean ends it with one message."""

import argparse

from engine.explain.trace import first_of, only_iteration
from engine.files import load_scenario
from engine.program.scenario import Scenario
from engine.walking.changes import ChangeError, changed
from engine.walking.session import Session
from tui.commands.messages import OptionError


def scenario_of(options: argparse.Namespace) -> Scenario:
    """The scenario, with the values that `--set` gives.

    Raises:
        OptionError: `--set` gives something that cannot be set.
        ScenarioError: the file cannot be used.
    """
    try:
        return changed(load_scenario(options.scenario), options.changes)
    except ChangeError as error:
        raise OptionError(f"--set {error}") from error


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
