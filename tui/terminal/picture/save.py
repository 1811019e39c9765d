"""A picture of the screen as a file in the working folder: never over one that is there."""

import re
from pathlib import Path

from engine.files.create import create
from engine.files.problems import shown_path


class PictureError(Exception):
    """Why there is no picture, in words for a person."""


def save_picture(stem: str, svg: str) -> Path:
    """Writes it to the first free name: `mazur-0-9.svg`, `mazur-0-9-2.svg` …

    Raises:
        PictureError: it can't be written.
    """
    stem = re.sub(r"[^\w.+-]", "-", stem).strip(".-") or "gradstep"
    number = 1
    while True:
        name = Path(f"{stem}.svg" if number == 1 else f"{stem}-{number}.svg")
        try:
            create(name, svg)
        except FileExistsError:
            number += 1
        except OSError as error:
            raise PictureError(f"No picture can be written to {_here()}: {error.strerror}.") from error
        else:
            return name.absolute()


def _here() -> str:
    try:
        return shown_path(Path.cwd())
    except OSError:
        return "this folder"
