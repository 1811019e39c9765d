"""The error of every iteration as a CSV file, which takes the place of an older one only when it is whole."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.files.create import check_target, put

HEADER = "iteration,error\n"


class HistoryError(Exception):
    """The file can't be written; the message says why."""


class HistoryFile:
    """A file that will be written: a place for it is sought before the run, not after it."""

    def __init__(self, name: str) -> None:
        """Raises HistoryError where no file can be written."""
        self._path = Path(name)
        with _in_words():
            check_target(self._path)

    def write(self, errors: Iterable[float], first: int) -> None:
        """Writes the errors of iterations `first`, `first` + 1 … Raises HistoryError."""
        with _in_words():
            put(self._path, _lines(errors, first))


def _lines(errors: Iterable[float], first: int) -> Iterator[str]:
    yield HEADER
    for iteration, error in enumerate(errors, first):
        yield f"{iteration},{error!r}\n"


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else "it is no path"
        raise HistoryError(reason or str(error)) from error
