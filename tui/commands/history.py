"""The error of every iteration as a CSV file, which takes the place of an older one only when it is whole."""

import csv
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

HEADER = ("iteration", "error")


class HistoryError(Exception):
    """The file can't be written; the message says why."""


class HistoryFile:
    """A file that will be written: a place for it is sought before the run, not after it."""

    def __init__(self, name: str) -> None:
        """Raises HistoryError where no file can be written."""
        self._path = Path(name)
        self._beside: Path | None = None
        with _in_words():
            try:
                mode = self._path.stat().st_mode
            except FileNotFoundError:
                mode = stat.S_IFREG
            if stat.S_ISDIR(mode):
                raise HistoryError("it is a folder")
            if stat.S_ISREG(mode):  # else it is a pipe or a device, and stays one
                self._path = Path(os.path.realpath(name))
                beside = self._path.parent / f".{token_hex(8)}.tmp"
                beside.touch(exist_ok=False)
                self._beside = beside

    def write(self, errors: Iterable[float], first: int) -> None:
        """Writes the errors of iterations `first`, `first` + 1 … Raises HistoryError."""
        with _in_words():
            with (self._beside or self._path).open("w", encoding="utf-8", newline="") as file:
                table = csv.writer(file, lineterminator="\n")
                table.writerow(HEADER)
                table.writerows(enumerate(errors, first))
            if self._beside is not None:
                self._beside.replace(self._path)
                self._beside = None

    def close(self) -> None:
        """Leaves nothing behind of what was not written."""
        if self._beside is not None:
            self._beside.unlink(missing_ok=True)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else "it is no path"
        raise HistoryError(reason or str(error)) from error
