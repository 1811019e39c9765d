"""Messages to whoever typed the command: on standard error, so that the output stays clean."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

MISTAKE = 2
"""The exit code of the user's mistakes."""
MOST_SHOWN = 1_000
"""Characters of a message: it may quote what was typed, and that may be a whole file."""


OURS = ("engine", "tui", "scenarios")
"""Our own packages."""


class OptionError(Exception):
    """What an option asks for cannot be had; each message names it and says why."""


class Parser(argparse.ArgumentParser):
    """Reads options; its messages quote what was typed as text."""

    def __init__(self, *, configure: Callable[["Parser"], None], **options: Any) -> None:
        """A parser with the options that `configure` adds."""
        # each option that is added is tried in a text of help, and a text that is given no width imports shutil to
        # ask the terminal for it, and with it what compresses files
        super().__init__(**options, formatter_class=partial(argparse.HelpFormatter, width=80), allow_abbrev=False)
        configure(self)
        self.formatter_class = argparse.RawDescriptionHelpFormatter

    def error(self, message: str) -> NoReturn:
        """Says what is wrong, and ends."""
        super().error(_one_line(message))


def complain(*messages: str) -> int:
    """Says what the user's mistakes are, one to a line, on standard error; gives the exit code for it."""
    for message in messages:
        print(f"gradstep: {_one_line(message)}", file=sys.stderr)
    return MISTAKE


def needs_extra(name: str, error: ModuleNotFoundError) -> int:
    """Says that a command needs what comes with an extra only, and how that is had; gives the exit code for it.

    Which of the extra's packages is looked for first is not for us to know: it is any but our own.

    Raises:
        ModuleNotFoundError: it is a part of ours that is missing.
    """
    if (error.name or "").partition(".")[0] in OURS:
        raise error
    return complain(f"this needs the extra `{name}`: in the clone of gradstep, pip install '.[{name}]'")


def _one_line(message: str) -> str:
    """A message as a terminal can take it: of what it quotes neither control characters, nor line ends, nor all."""
    from engine.files.problems import printable  # here, because most commands have nothing to complain of

    line = printable(message)
    if len(line) <= MOST_SHOWN:
        return line
    half = MOST_SHOWN // 2  # what is wrong may be said before the quotation, or after it
    return f"{line[:half]} … {line[-half:]}"
