"""Print a shell's completion of commands, options and scenarios, to be read when the shell starts.

It is made once and costs gradstep nothing when it runs. It needs the extra `completion`: in the clone, pip install
'.[completion]'. For bash, put into ~/.bashrc: eval "$(gradstep completion bash)".

Example:
  gradstep completion bash
"""

import argparse
from importlib import import_module

from engine.files import shipped_names
from tui.commands.messages import needs_extra
from tui.paper.encodings import for_programs

SHELLS = ("bash", "zsh")


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("shell", choices=SHELLS, help="the shell")


def run(options: argparse.Namespace) -> int:
    """Prints it."""
    try:
        import shtab
    except ModuleNotFoundError as error:
        return needs_extra("completion", error)
    names = " ".join(shipped_names())
    scenarios = {
        "bash": f'_gradstep_scenario() {{ compgen -W "{names}" -- "$1"; compgen -f -- "$1"; }}',
        "zsh": f"_gradstep_scenario() {{ _alternative 'names:scenario:({names})' 'files:file:_files' }}",
    }
    parser = _everything()
    for part in _parsers(parser):
        for action in part._actions:  # argparse has no other way to ask a parser what it takes
            if action.metavar == "SCENARIO":
                action.complete = dict.fromkeys(SHELLS, "_gradstep_scenario")  # type: ignore[attr-defined]
            elif action.metavar in ("FILE", "FILE.cast", "FILE.csv"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    for_programs()
    print(shtab.complete(parser, options.shell, preamble=scenarios))  # type: ignore[arg-type]
    return 0


def _everything() -> argparse.ArgumentParser:
    """One parser of all commands; a shipped scenario's name is one, too, with the options of the app."""
    from tui.command_line import COMMANDS
    from tui.commands import walk

    parser = argparse.ArgumentParser(prog="gradstep")
    parser.add_argument("--version", action="version", version="")
    commands = parser.add_subparsers()
    for name, purpose in COMMANDS.items():
        import_module(f"tui.commands.{name}").configure(commands.add_parser(name, help=purpose))
    for name in shipped_names():
        walk.configure(commands.add_parser(name, help="walk through it"))
    return parser


def _parsers(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return [part for group in groups for part in group.choices.values()]
