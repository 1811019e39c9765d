"""What a person chose to see, kept from one day to the next: theme, digits, names, and whether notes appear.

A small file of JSON in the folder where a system keeps such files. A person may have changed it, a newer gradstep may
have written it, it may be anything: what can't be used of it is passed over and said, and the rest counts. Writing
keeps what is not understood. An option on the command line wins over it, for that walk.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import fields, replace

from engine.files import system
from engine.files.disk import read_text
from engine.files.problems import ScenarioError, shown, shown_path

VARIABLE = "GRADSTEP_SETTINGS"
"""Names another file; where it is empty, settings are neither read nor kept."""
LIMIT = 2**20
"""Bytes of a file that is read."""

Digits = Literal["fitting", "all", 4, 6, 9]
"""`fitting`: as many as suit the width."""


class Settings(Struct, frozen=True):
    """What was chosen.

    Attributes:
        theme: a theme's name; an unknown one is not used.
        digits: significant digits of numbers.
        names: the document's, or the canonical ones.
        notes: whether a teacher's notes appear.
    """

    theme: str = ""
    digits: Digits = "fitting"
    names: Literal["document", "canonical"] = "document"
    notes: bool = True


class Kept:
    """Settings and where they are kept.

    Attributes:
        path: the file, or None where they last as long as the app.
        settings: as they are now.
        problem: what was passed over when they were read; empty if nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Reads them."""
        self.path = path
        self.settings, self.problem = Settings(), ""
        if path is not None:
            try:
                self.settings, wrong = understood(_read(path))
                self.problem = f"{shown_path(path)}: {wrong}; passed over." if wrong else ""
            except ValueError as error:
                self.problem = f"{shown_path(path)}: {error}; passed over."

    def override(self, **changes: object) -> None:
        """Other settings for as long as the app runs."""
        self.settings = replace(self.settings, **changes)

    def choose(self, **changes: object) -> str:
        """Other settings from now on; gives why they can't be kept, or nothing."""
        self.override(**changes)
        if self.path is None:
            return ""
        try:
            known = _read(self.path)  # again: another walk may have changed something else
        except ValueError:
            known = {}
        return self._write(known | changes)

    def forget(self) -> str:
        """All as in the beginning; gives why that can't be kept, or nothing."""
        self.settings = Settings()
        if self.path is None:
            return ""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            return f"{shown_path(self.path)} can't be removed: {error.strerror}."
        return ""

    def _write(self, content: Mapping[str, object]) -> str:
        from engine.files.create import put  # here, because what it needs takes as long to import as all the rest

        assert self.path is not None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists() and not self.path.is_file():  # a pipe would wait for whoever reads it
                raise OSError(None, "it is not a file")
            put(self.path, [msgspec.json.format(msgspec.json.encode(content), indent=2).decode(), "\n"])
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            reason = getattr(error, "strerror", None) or "it is no path"
            return f"{shown_path(self.path)} can't be written: {reason}. What you choose lasts until you leave."
        return ""


def users() -> Kept:
    """The user's."""
    return Kept(place(os.environ, system.PLATFORM))


def place(environment: Mapping[str, str], platform: str) -> Path | None:
    """Where a system keeps the settings; None where they are not kept."""
    if VARIABLE in environment:
        return Path(environment[VARIABLE]) if environment[VARIABLE] else None
    folder = system.settings_folder(environment, platform)
    return None if folder is None else folder / "gradstep" / "settings.json"


def understood(content: Mapping[str, Any]) -> tuple[Settings, str]:
    """The settings of a file as far as they can be used, and what can't be."""
    usable: dict[str, Any] = {}
    wrong = []
    for field in fields(Settings):
        if field.name in content:
            try:
                usable[field.name] = msgspec.convert(content[field.name], field.type)
            except msgspec.ValidationError:
                wrong.append(f"{field.name} can't be {shown(msgspec.json.encode(content[field.name]).decode())}")
    return Settings(**usable), " and ".join(wrong)


def _read(path: Path) -> dict[str, Any]:
    """What is in the file; nothing if there is none. Raises ValueError, whose message says what is wrong."""
    if not os.path.lexists(path):
        return {}
    try:
        content = msgspec.json.decode(read_text(path, path.name, LIMIT))
    except ScenarioError as error:
        raise ValueError(error.problems[0].message) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(content, dict):
        raise ValueError("it is no JSON object")
    return content
