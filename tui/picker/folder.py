"""What a folder holds that can be opened: scenario files, and folders to go on to. Nothing in it is opened or read.

A folder may hold anything: a million files, pipes and devices, links that lead round in circles, names with control
characters. Only what is a regular file or a folder, links followed, is listed, and only so many entries are looked at.
"""

import os
from itertools import islice
from pathlib import Path

from msgspec import Struct

MOST_LOOKED_AT = 20_000
"""Entries of a folder that are looked at, in the order in which the system gives them."""
ENDING = ".toml"


class Folder(Struct, frozen=True):
    """A folder's contents, each part sorted.

    Attributes:
        path: the folder.
        folders: the names of folders in it.
        files: the names of scenario files in it.
        all_seen: whether every entry was looked at.
        problem: why it can't be listed; empty if it can.
    """

    path: Path
    folders: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    all_seen: bool = True
    problem: str = ""


def read_folder(path: Path, most: int = MOST_LOOKED_AT) -> Folder:
    """The contents of a folder; whatever is wrong with it is said in the result."""
    folders, files, count = [], [], 0
    try:
        with os.scandir(path) as entries:
            for entry in islice(entries, most + 1):
                count += 1
                if count > most:
                    break
                kind = _kind(entry)
                if kind == "folder":
                    folders.append(entry.name)
                elif kind == "file" and entry.name.endswith(ENDING):
                    files.append(entry.name)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else None
        return Folder(path, problem=reason or "it is no path")
    return Folder(path, _in_order(folders), _in_order(files), all_seen=count <= most)


def _kind(entry: os.DirEntry[str]) -> str:
    try:
        return "folder" if entry.is_dir() else "file" if entry.is_file() else "other"
    except OSError:  # a link that leads round in a circle, or to where nobody may look
        return "other"


def _in_order(names: list[str]) -> tuple[str, ...]:
    """As people sort: capitals beside small letters; hidden ones last."""
    return tuple(sorted(names, key=lambda name: (name.startswith("."), name.casefold(), name)))
