"""The command line: finds the command, turns a user's mistake into one message, and gives the exit code.

A command's module is imported only when it is called: `gradstep trace` needs no Textual. Nor is anything of the other
packages before it is known that they are gradstep's own: their names are common ones, and where it shares its place
with other programs, another package of such a name may come first, or may have been installed into the same folder.
"""

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path

from tui import __version__
from tui.commands.messages import MISTAKE, OptionError, Parser, complain
from tui.paper.encodings import made_safe
from tui.terminal.quick_start import without_collection

COMMANDS = {
    "list": "the scenarios that come with gradstep",
    "trace": "print every step of an iteration with its numbers",
    "value": "print single numbers, or arithmetic over them, in full precision",
    "compare": "hold your own numbers against the computed ones: which is wrong first",
    "worksheet": "an iteration with blanks to fill in, and the answer key",
    "page": "a walk as one file for a browser, to hand out",
    "train": "run on, and print what comes out",
    "picture": "a picture of the screen at a place: SVG, PNG, text",
    "record": "a walk as a recording that asciinema plays",
    "export": "a numpy or PyTorch script that recomputes an iteration and compares",
    "new": "write a scenario to start from",
    "schema": "the JSON Schema of scenario files, for editors",
    "completion": "what a shell completes when you type a tab",
    "serve": "the app in a web page, for a projector",
    "check": "hold printed figures against computed ones, check every derivative",
}
"""What there is besides opening the app, each in `tui.commands`."""

EXAMPLE = """\
Example:
  gradstep mazur --at '3:dE/dw[w5]'
"""

INTERRUPTED = 130

OTHERS = ("engine", "scenarios")
"""The packages of gradstep besides this one."""


def run(words: list[str]) -> int:
    """Runs the command that these words name, or opens the app; the exit code, as `tui.cli.main` tells it."""
    _make_output_safe()
    for name in OTHERS:
        if taken := _taken(name):
            return _not_alone(taken)
    try:
        code = _command(words[0], words[1:]) if words and words[0] in COMMANDS else _open(words)
        sys.stdout.flush()  # here, where what goes wrong is still caught
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("tui", *OTHERS):
            raise
        return _not_alone(f"something else was installed into its package {error.name}: {error}")
    except OSError as error:
        if error.filename is not None:
            raise
        from engine.files.system import is_closed_pipe

        _discard_output()
        if is_closed_pipe(error):  # `gradstep trace … | head`: whoever read has enough
            return 0
        return complain(f"the output can't be written: {error.strerror}")


def _taken(name: str) -> str:
    """What stands where one of gradstep's packages should; nothing if it is there."""
    spec = find_spec(name)
    if spec is None:
        return f"its package {name} is missing"
    found = Path(spec.origin or next(iter(spec.submodule_search_locations or ()), name)).resolve()
    own = Path(__file__).resolve().parents[1] / name / "__init__.py"
    return "" if found == own else f"another package called {name} hides gradstep's own: {found}"


def _not_alone(message: str) -> int:
    """Says why gradstep can't run here, without `complain`, which needs the engine."""
    remedy = "install gradstep in a place of its own: pipx install . (or uv tool install .) from its clone"
    print(f"gradstep: {message}: {remedy}", file=sys.stderr)
    return MISTAKE


def _make_output_safe() -> None:
    """A closed stream is an empty one; what is typed or printed in no encoding, or another, raises nothing."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open()  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
    if sys.stderr is None:  # else print() would put messages into the output
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    sys.stdout, sys.stderr = made_safe(sys.stdout), made_safe(sys.stderr)


def _discard_output() -> None:
    """What is still buffered can't be written either: it must not be tried again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _command(name: str, words: list[str]) -> int:
    with without_collection():
        module = import_module(f"tui.commands.{name}")
    parser = Parser(prog=f"gradstep {name}", description=module.__doc__, configure=module.configure)
    # a command says so where its words may begin with a minus
    arranged: Callable[[list[str]], list[str]] = getattr(module, "arranged", list)
    return _parsed_and_run(parser, arranged(words), module.run)


def _open(words: list[str]) -> int:
    with without_collection():
        from tui.commands import walk

    commands = "\n".join(f"  gradstep {name:10} {purpose}" for name, purpose in COMMANDS.items())
    parser = Parser(
        prog="gradstep",
        usage="gradstep [SCENARIO] [options]\n       gradstep COMMAND …",
        description=f"{walk.__doc__}\ncommands, which need no terminal (each has --help):\n{commands}",
        epilog=f"a SCENARIO is a file's path, or the name of a shipped one: mazur\n\n{EXAMPLE}",
        configure=partial(_configure, words),
    )
    return _parsed_and_run(parser, words, walk.run)


def _configure(words: list[str], parser: Parser) -> None:
    """Adds the options of no command."""
    from tui.commands import walk

    version_help = "the version; with --verbose, how it computes here"
    parser.add_argument("--version", action="version", version=_versions(words), help=version_help)
    if "--version" in words:
        parser.add_argument("--verbose", action="store_true", help=argparse.SUPPRESS)
    walk.configure(parser)


def _versions(words: list[str]) -> str:
    """What `--version` prints, if it is asked for."""
    if not {"--version", "--verbose"} <= set(words):
        return f"gradstep {__version__}"
    import platform
    from importlib.metadata import version

    from engine.formula.exact import ways_in_use

    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "msgspec", "textual"))
    system = f"Python {platform.python_version()}, {libraries}, {platform.system()} {platform.machine()}"
    return "\n".join((f"gradstep {__version__}", system, *ways_in_use()))


def _parsed_and_run(parser: argparse.ArgumentParser, words: list[str], run: Callable[[argparse.Namespace], int]) -> int:
    from engine.files import ScenarioError

    try:
        options = parser.parse_args(words)
    except SystemExit as exit_:  # --help, --version, or a bad option: argparse has said what
        return int(exit_.code or 0)
    try:
        return run(options)
    except OptionError as error:
        return complain(*error.args)
    except ScenarioError as error:
        from difflib import get_close_matches  # here, because most scenarios are found

        near = get_close_matches(words[0], COMMANDS, 1) if words else []
        return complain(*str(error).splitlines(), *(f"or did you mean: gradstep {name}?" for name in near))
