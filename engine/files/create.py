"""Writing a file: whole or not at all, and what was there before keeps its mode, its owner and its links."""

import os
import re
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO
from zlib import crc32

from engine.files import system

_BESIDE = re.compile(r"\.gradstep-([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{8}\.tmp")
"""A file on its way to its name: of which computer, of which process."""
_FORGOTTEN = 24 * 3600.0
"""Seconds after which one of another computer will not be finished any more."""
_ANYONE = 0o666
"""The mode of a new file, of which the system takes away what the user wants it to."""


def create(path: Path, text: str) -> None:
    """Writes a file that is not there yet.

    The text goes to a file beside it that then gets the name: nobody ever sees half of it.

    Raises:
        FileExistsError: something has that name.
        OSError: it can't be written.
    """
    with _beside(path, _ANYONE) as (beside, file):
        _write(file, [text])
        system.give_name(beside, path)


def put(path: Path, pieces: Iterable[str | bytes]) -> None:
    """Writes a file, in the place of the one that is there, if one is.

    A link stays one, and what it leads to is written. A file keeps its mode, its owner and its other names; what has
    other names or an owner whom nobody may give away is written where it stands, after all of it is on the disk beside
    it. A pipe or a device is written to.

    Args:
        path: the file.
        pieces: its text, or what stands in it.

    Raises:
        OSError: it can't be written; what was there is there still.
    """
    path, before = _target(path)
    if before is None:
        with _beside(path, _ANYONE) as (beside, file):
            _write(file, pieces)
            beside.replace(path)
    elif stat.S_ISREG(before.st_mode):
        _replace(path, before, pieces)
    else:
        with path.open("wb") as file:
            file.writelines(map(_encoded, pieces))


def check_target(path: Path) -> None:
    """Raises an OSError where `put` could not write: before a long run, not after it."""
    path, before = _target(path)
    if before is not None and stat.S_ISDIR(before.st_mode):
        raise IsADirectoryError(None, "it is a folder", str(path))
    if before is None or stat.S_ISREG(before.st_mode):
        if before is not None:
            _check_writable(path)
        with _beside(path, _ANYONE):
            pass


def _target(path: Path) -> tuple[Path, os.stat_result | None]:
    """Where links lead, and what is there; a pipe or a device stays as it is called, for it may have no other name."""
    try:
        before = path.stat()
    except FileNotFoundError:
        before = None
    is_file = before is None or stat.S_ISREG(before.st_mode)
    return Path(os.path.realpath(path)) if is_file else path, before


def _replace(path: Path, before: os.stat_result, pieces: Iterable[str | bytes]) -> None:
    _check_writable(path)
    # at first for nobody else's eyes: the old file may be
    with _beside(path, stat.S_IMODE(before.st_mode) & 0o700) as (beside, file):
        _write(file, pieces)
        if before.st_nlink == 1 and _is_given_to_owner(beside, before):
            shutil.copystat(path, beside)
            os.utime(beside)  # but its time is now
            beside.replace(path)
        else:
            _overwrite(path, beside)


def _check_writable(path: Path) -> None:
    """To replace a file nobody needs a right to it: who took the right away meant that it stays."""
    if not os.access(path, os.W_OK):
        with path.open("r+b"):  # for the system's own words
            pass


def _is_given_to_owner(beside: Path, before: os.stat_result) -> bool:
    """Gives a file the owner and the group of another one, if it may."""
    status = beside.stat()
    if (status.st_uid, status.st_gid) == (before.st_uid, before.st_gid):
        return True
    try:
        os.chown(beside, before.st_uid, before.st_gid)
    except (OSError, AttributeError):
        return False
    return True


def _overwrite(path: Path, beside: Path) -> None:
    """Writes a file's contents into another; if that fails, what was there is put back.

    Whoever is killed meanwhile leaves the whole of it beside the half: under a name that is never swept.
    """
    before, whole = path.read_bytes(), path.parent / f".gradstep-{token_hex(4)}.whole"
    beside.rename(whole)
    try:
        _copy(whole.read_bytes(), path)
    except OSError:
        with suppress(OSError):
            _copy(before, path)
        raise
    finally:
        whole.unlink()


def _copy(content: bytes, path: Path) -> None:
    with path.open("r+b") as file:
        file.write(content)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _beside(path: Path, mode: int) -> Iterator[tuple[Path, BinaryIO]]:
    """A file in the same folder, to be written; it is gone afterwards, unless it has got another name."""
    _sweep(path.parent)
    beside = path.parent / f".gradstep-{_computer()}-{os.getpid()}-{token_hex(4)}.tmp"

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, mode)

    try:
        # in bytes: a file's lines end as its text says, on every system
        with open(beside, "xb", opener=opener) as file:
            yield beside, file
    finally:
        beside.unlink(missing_ok=True)


def _encoded(piece: str | bytes) -> bytes:
    return piece.encode() if isinstance(piece, str) else piece


def _write(file: BinaryIO, pieces: Iterable[str | bytes]) -> None:
    """All of a file, to the disk."""
    file.writelines(map(_encoded, pieces))
    file.flush()
    os.fsync(file.fileno())
    file.close()  # Windows renames none that is open


def _sweep(folder: Path) -> None:
    """Takes away what was left on its way by those who were killed: only what is ours, and of whom is no more."""
    with suppress(OSError, ValueError):
        for entry in list(os.scandir(folder)):
            found = _BESIDE.fullmatch(entry.name)
            if found is None:
                continue
            with suppress(OSError):
                touched = entry.stat(follow_symlinks=False).st_mtime
                ours = found[1] == _computer() and system.has_ended(int(found[2]), touched)
                if ours or time.time() - touched > _FORGOTTEN:
                    Path(entry.path).unlink()


def _computer() -> str:
    import platform  # here, because only writing needs it

    return f"{crc32(platform.node().encode()):08x}"
