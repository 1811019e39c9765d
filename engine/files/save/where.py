"""Where a walk is saved: a name to propose, and the path that an answer means."""

import os
import re
from pathlib import Path

from engine.files import system
from engine.files.disk import signature_of
from engine.files.problems import shown_path
from engine.files.shipped import shipped_path
from engine.program.scenario import Scenario


class SaveError(Exception):
    """Why a file can't be written, in words for a person."""


class TakenError(SaveError):
    """Something has the name already.

    Attributes:
        seen: the file as it is now, which another may replace; None where it is no file.
    """

    def __init__(self, path: Path, words: str = "is there already") -> None:
        self.seen = signature_of(path) if path.is_file() else None
        super().__init__(f"{shown_path(path)} {words if self.seen else 'is there already and is not a file'}")


def proposed(scenario: Scenario) -> Path:
    """A free name for the next version: `net-2.toml` beside `net.toml`; of a shipped one in the working directory."""
    own = scenario.path
    folder = Path() if own is None or own == shipped_path(scenario.name) else own.parent
    stem = re.sub(r"-\d{1,6}$", "", Path(scenario.name).name) or "scenario"
    number = 2
    while os.path.lexists(folder / f"{stem}-{number}.toml"):
        number += 1
    return folder / f"{stem}-{number}.toml"


def path_of(answer: str) -> Path:
    """The path that someone means: `~` is the home folder, `.toml` may be left out.

    Raises:
        SaveError: it can be no file's.
    """
    answer = answer.strip()
    if not answer:
        raise SaveError("Give a name for the file")
    try:
        path = Path(answer).expanduser()
    except (RuntimeError, ValueError) as error:  # ValueError: it holds a NUL
        raise SaveError(f"{shown_path(answer)}: there is no such user") from error
    if answer[-1] in system.separators() or _is_folder(path):
        raise SaveError(f"{shown_path(answer)} is a folder: give the name of a file in it")
    if path.suffix != ".toml":
        path = path.with_name(f"{path.name}.toml")
        if _is_folder(path):
            raise SaveError(f"{shown_path(path)} is a folder: give the name of a file")
    if why_not := system.why_no_name(path.name):
        raise SaveError(f"{shown_path(path)} can't be written: {why_not}: give another name")
    return path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # longer than names may be, or holding a NUL: writing says so
        return False
