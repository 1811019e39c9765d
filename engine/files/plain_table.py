"""Tables as programs write them, read by numpy: commas, no quotes, one row in each line.

It is taken only where it gives what reading cell by cell gives; all else, and all that is wrong, is left to that.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.files import cells
from engine.told import Told, untold

PIECE = 1 << 18
"""Characters that are split into lines at once, between two words of how many lines are read."""
BLOCK = 1024
"""Rows of whole numbers that are converted at once."""


class Table(Struct, frozen=True, eq=False):
    """The chosen columns of a file with a header.

    Attributes:
        lines: the line number of each row, counted from 1.
        numbers: shape (rows, columns of numbers).
        words: of each chosen column of words its cells, without the space around them.
    """

    lines: Sequence[int]
    numbers: NDArray[np.float64]
    words: Sequence[list[str]]


def read_plainly(
    text: str,
    first: int,
    headings: int,
    chosen: Sequence[int],
    numbers: int,
    told: Told = untold,
    what: str = "rows",
) -> Table | None:
    """The chosen columns of a plain table with commas; None where it is not plain, or not all right.

    Args:
        text: of the file.
        first: the line of the header, counted from 1.
        headings: how many the header has.
        chosen: the columns, from 0: those of numbers, then those of words.
        numbers: how many of them are of numbers.
        told: is told how many rows are read.
        what: how it is told what they are.
    """
    if first != 1 or '"' in text or not text.isascii() or not numbers or any(sign in text for sign in _OTHER_ENDS):
        return None
    begin = text.find("\n") + 1
    if not begin or not text[begin : begin + 1].strip():  # numpy would warn of a table without rows
        return None
    rows = text.count("\n", begin) + (not text.endswith("\n"))
    if rows >= cells.MAX_LINES:
        return None
    columns = list(chosen[:numbers])
    together = slice(columns[0], columns[0] + numbers)
    whole = sorted(chosen) == [*range(headings)] == [*range(columns[0]), *columns, *range(together.stop, headings)]
    kinds = (np.float64,) if any(text.find(sign, begin) >= 0 for sign in ".-") else (np.int64, np.float64)
    for kind in kinds:
        words = _Words(chosen[numbers:])
        lines = chain.from_iterable(_pieces(text, begin, lambda done: told(done, rows, what)))
        try:
            with warnings.catch_warnings():
                # of a number that is not whole, numpy only said so for a while
                warnings.filterwarnings("error", "loadtxt", DeprecationWarning)
                if whole:  # then numpy sees for itself that each row has as many cells as the first
                    found = _loaded(lines, kind, converters=words.converters)
                    found = found[:, together] if found.shape[1] == headings else found[:0]
                else:
                    found = _loaded(words.taken(lines, headings), kind, usecols=columns)
        except (ValueError, DeprecationWarning):
            continue
        if found.shape != (rows, numbers) or not words.are_there(rows):
            return None
        if kind is np.float64 and not np.isfinite(found).all():
            return None
        return Table(range(2, rows + 2), found, words.kept)
    return None


_OTHER_ENDS = "\r\v\f\x1c\x1d\x1e"
"""What ends lines, too, elsewhere."""


def _pieces(text: str, begin: int, told: Callable[[int], object]) -> Iterator[list[str]]:
    """The lines from there on, many at a time; how many are read is told."""
    done = 0
    while begin < len(text):
        end = text.find("\n", begin + PIECE) + 1 or len(text)
        lines = text[begin:end].splitlines()
        yield lines
        begin, done = end, done + len(lines)
        told(done)


def _loaded(lines: Iterator[str], kind: type[np.int64 | np.float64], **options: Any) -> NDArray[np.float64]:
    """What numpy reads. Whole numbers take it two thirds of the time, and then become others in the same place: a copy
    would take as long as all the rest.
    """
    found: NDArray[Any] = np.loadtxt(lines, dtype=kind, delimiter=",", comments=None, ndmin=2, **options)
    if kind is np.float64:
        found += 0.0  # -0, which is 0 here
        return found
    numbers = found.view(np.float64)
    for start in range(0, len(found), BLOCK):
        block = slice(start, start + BLOCK)
        numbers[block] = found[block].astype(np.float64)
    return numbers


class _Words:
    """The cells of columns of words.

    Attributes:
        kept: of each column, as they are read.
        converters: of each column what keeps a cell; numpy gets a number in its place.
    """

    def __init__(self, columns: Sequence[int]) -> None:
        self._known: dict[str, str] = {}
        self.kept: list[list[str]] = [[] for _ in columns]
        self.converters: dict[int, Callable[[str], int]] = {
            column: partial(self._keep, kept) for column, kept in zip(columns, self.kept, strict=True)
        }

    def _keep(self, kept: list[str], cell: str) -> int:
        word = cell.strip()
        kept.append(self._known.setdefault(word, word))
        return 0

    def taken(self, lines: Iterator[str], headings: int) -> Iterator[str]:
        """The lines, of which the words are kept; raises a ValueError at one that has not as many cells as headings."""
        for line in lines:
            if line.count(",") != headings - 1:
                raise ValueError
            for column, keep in self.converters.items():
                keep(line.split(",", column + 1)[column])
            yield line

    def are_there(self, rows: int) -> bool:
        """Whether each row has some."""
        return all(len(kept) == rows and all(kept) for kept in self.kept)
