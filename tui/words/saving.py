"""What is said of a walk that is saved, on the screen and in plain sentences."""

import os
from pathlib import Path

from engine.files import system
from engine.files.problems import shown_path
from engine.program.notation import Notation
from engine.walking.session import Session
from engine.walking.unsaved import Saved
from tui.words.branches import branch_name, change_words

LONGEST = 200
"""Characters of a command that is told: one that is cut off would be of no use."""


def written(path: Path, *, kept: bool) -> str:
    """A file was written; `kept` says whether all that the author of the old one wrote is in it."""
    words = f"{shown_path(path)} is written"
    command = command_for(path)
    words += f"; {command} goes on from here." if len(command) <= LONGEST else "."
    return words if kept else f"{words} Comments of the old file could not be kept."


def what_is_saved(session: Session) -> str:
    """What a file of this place holds, in words."""
    optimizer = session.scenario.training.optimizer
    where = f"iteration {session.iteration:,}"
    if len(session.tree.branches) > 1:
        where += f" of {branch_name(session.tree.owner(session.iteration))}"
    words = f"the start of {where}"
    if optimizer.slots and session.iteration > 0:
        words += f" with {optimizer.name}'s {' and '.join(optimizer.slots)}"
    return words + ("; published figures are left out" if session.tree.main.timeline.scenario.published else "")


def command_for(path: Path) -> str:
    """What to type to open a file."""
    name = str(path)
    return system.typed(["gradstep", f".{os.sep}{name}" if name.startswith("-") else name])


def in_no_file(saved: Saved, session: Session, notation: Notation, digits: int | None) -> list[str]:
    """The edits that are not saved: `w5 0.4 → 0.41 at iteration 3`."""
    return [
        f"{change_words(branch.timeline.scenario, edit, notation, digits)} at iteration {branch.iteration:,}"
        for branch, edit in saved.missing(session)
    ]
