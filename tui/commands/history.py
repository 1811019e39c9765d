"""The error of every iteration as a CSV file, which takes the place of an older one only when it is whole."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.files.create import check_target, put
from engine.told import Told

HEADER = "iteration,error"


class HistoryError(Exception):
    """The file can't be written; the message says why."""


class HistoryFile:
    """A file that will be written: a place for it is sought before the run, not after it."""

    def __init__(self, name: str) -> None:
        """Raises HistoryError where no file can be written."""
        self._path = Path(name)
        with _in_words():
            check_target(self._path)

    def write(self, errors: Sequence[float], penalties: Sequence[float], first: int, told: Told) -> None:
        """Writes the errors of iterations `first`, `first` + 1 …, and the penalty in each. Raises HistoryError."""
        with _in_words():
            put(self._path, _lines(errors, penalties, first, told))


def _lines(errors: Sequence[float], penalties: Sequence[float], first: int, told: Told) -> Iterator[str]:
    yield f"{HEADER},penalty\n" if penalties else f"{HEADER}\n"
    for number, error in enumerate(errors):
        told(number, len(errors), "errors written")
        yield f"{first + number},{error!r}{f',{penalties[number]!r}' if penalties else ''}\n"


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else "it is no path"
        raise HistoryError(reason or str(error)) from error
