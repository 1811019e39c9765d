"""Reading a file's text: never blocking, never more than the limit, whatever is at the path."""

import errno
import os
import stat
from pathlib import Path
from typing import NamedTuple

from engine.files import system
from engine.files.problems import Problem, ScenarioError, shown


class Signature(NamedTuple):
    """What changes with a file's contents."""

    changed: int
    size: int
    file: int


def signature_of(path: Path) -> Signature | None:
    """A file's, or None where there is none to be seen."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return Signature(status.st_mtime_ns, status.st_size, status.st_ino)


_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_text(path: Path, name: str, limit: int, remedy: str = "give the path of a scenario file") -> str:
    """The text of a regular file.

    Args:
        path: the file.
        name: what messages call it.
        limit: the most bytes; more are not read.
        remedy: what to do if there is no such file.

    Raises:
        ScenarioError: it is no regular file, cannot be read, is too large or not UTF-8.
    """
    content = read_content(path, name, limit, remedy)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _error(name, f"line {line} is not UTF-8 (byte {error.start + 1})", "save it as UTF-8 text") from error


def read_content(path: Path, name: str, limit: int, remedy: str) -> bytes:
    """The bytes of a regular file; arguments as of `read_text`.

    Raises:
        ScenarioError: it is no regular file, cannot be read or is too large.
    """
    try:
        return _content(path, name, limit)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        missing = isinstance(error, OSError) and error.errno in (errno.ENOENT, errno.ENOTDIR)
        reason = (error.strerror if isinstance(error, OSError) else None) or "it is no path"
        message = "there is no such file" if missing else f"it cannot be read ({shown(reason)})"
        raise _error(name, message, remedy) from error


def _content(path: Path, name: str, limit: int) -> bytes:
    # what it is comes first: opening a pipe waits for its other end, and opening a device may do anything
    _check_kind(path.stat().st_mode, name)
    descriptor = system.open_to_read(path)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _check_kind(status.st_mode, name)  # again: it may have been replaced
        content = b"" if status.st_size > limit else file.read(limit + 1)
    if status.st_size > limit or len(content) > limit:
        raise _error(name, "it is too large", f"{limit // 2**20} MiB are the most")
    return content


def _check_kind(mode: int, name: str) -> None:
    if not stat.S_ISREG(mode):
        kind = next((word for is_kind, word in _KINDS if is_kind(mode)), "not a file")
        raise _error(name, f"it is {kind}", "give a file")


def _error(name: str, message: str, remedy: str) -> ScenarioError:
    return ScenarioError([Problem(name, "", message, remedy)])
