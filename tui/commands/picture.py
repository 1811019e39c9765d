"""Make a picture of the screen at a place of the walk: a drawing (.svg, .png) or text (.txt; .ans with its colours).

It looks as `gradstep SCENARIO --at PLACE` does, or, with --panel, as that panel does when its key shows it large. What
FILE ends with says what is written. The same picture has the same bytes. A .png needs the extra `picture`: in the
clone, pip install '.[picture]'.

Example:
  gradstep picture mazur --at 'dE/dw[w5]' --theme gradstep-light -o mazur.svg
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.files.problems import printable
from engine.walking.session import Session
from tui.commands.messages import OptionError, complain, needs_extra
from tui.commands.progress import waiting
from tui.commands.stage import (
    Stage,
    add_options,
    check_file,
    play,
    session_of,
    told_end,
    write,
)
from tui.terminal.picture import LackingError
from tui.words.rows import place_words

if TYPE_CHECKING:
    from tui.stepper.screen import StepperScreen
    from tui.terminal.picture.shot import Shot

LANDSCAPE = "landscape"
PANELS = ("graph", "nodes", "parameters", "equation", "history", "map", LANDSCAPE)
"""Those that a key shows large, as the list of keys has them, here once more, for the options need no Textual; and what
`w`, and in it `w` again, shows."""
KINDS = (".svg", ".png", ".txt", ".ans")


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    add_options(parser)
    parser.add_argument("--panel", choices=PANELS, help="one of them large, as its key in the app shows it")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the picture: .svg, .png, .txt or .ans")


def run(options: argparse.Namespace) -> int:
    """Writes the picture; 1 if the walk ends before the place because a number left the finite ones."""
    kind = Path(options.output).suffix.lower()
    if kind not in KINDS:
        return complain(f"-o {options.output!r} is no picture: let it end with {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    try:
        written = _written(kind)
        with waiting() as sign:
            session = session_of(options, sign)
            check_file(options.output)
            sign(0, None, "drawing the picture")
            shot = _shot(session, options)
            write(options.output, written(shot, place_words(session)))
    except LackingError as error:
        return complain(f"the font of .png pictures lacks {error}: write an .svg, for which readers have their own")
    except ModuleNotFoundError as error:
        return needs_extra("picture", error)
    print(f"{printable(options.output)} is written")
    return told_end(session)


def _shot(session: Session, options: argparse.Namespace) -> "Shot":
    """What is seen."""
    found: list[Shot | str] = []

    async def look(stage: Stage) -> None:
        await stage.settled()
        why = "" if options.panel is None else _shown(stage.walk, options.panel)
        if not why:
            await stage.settled()  # what is computed beside it has begun then
            await stage.app.workers.wait_for_complete()
        found.append(why or await stage.seen())

    play(session, options, look, notes=not options.no_notes)
    (shot,) = found
    if isinstance(shot, str):
        raise OptionError(f"--panel {options.panel}: {shot}")
    return shot


def _shown(screen: "StepperScreen", panel: str) -> str:
    """Shows a panel large, or why it can't be: the landscape over the place's parameter and the one that suits it."""
    if panel != LANDSCAPE:
        why = screen.see.lacking(panel)
        if not why:
            screen.see.large(panel)
        return why
    from tui import dialogs

    names = dialogs.could_differ(screen.session.scenario.network)
    if len(names) < 2:
        return "There are no two parameters here."
    focus = screen.view.focus_name
    first = focus if focus is not None and focus in names else names[0]
    screen.explore.landscape((first, dialogs.second_of(screen.session, first)))
    return ""


def _written(kind: str) -> "Callable[[Shot, str], str | bytes]":
    """What makes a file of this kind."""
    if kind == ".svg":
        from tui.terminal.picture.svg import svg

        return svg
    if kind == ".png":
        from tui.terminal.picture.png import png

        return png
    if kind == ".ans":
        from tui.terminal.picture.shot import for_terminals

        return lambda shot, _: "".join(f"{for_terminals(line)}\n" for line in shot.lines)
    return lambda shot, _: shot.text
