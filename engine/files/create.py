"""Writing a file: whole or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex


def create(path: Path, text: str) -> None:
    """Writes a file that is not there yet.

    The text goes to a file beside it that then gets the name: nobody ever sees half of it.

    Raises:
        FileExistsError: something has that name.
        OSError: it can't be written.
    """
    with _beside(path, text) as beside:
        _name(beside, path)


def put(path: Path, text: str) -> None:
    """Writes a file in the place of the one that is there, if one is. Raises OSError."""
    with _beside(path, text) as beside:
        beside.replace(path)


@contextmanager
def _beside(path: Path, text: str) -> Iterator[Path]:
    """A whole file in the same folder; it is gone afterwards, unless it has got another name."""
    beside = path.parent / f".{token_hex(8)}.tmp"
    try:
        with beside.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def _name(beside: Path, path: Path) -> None:
    try:
        os.link(beside, path)  # not a rename: that would replace what has the name
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        # a file system without links: nearly as safe
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        beside.rename(path)
