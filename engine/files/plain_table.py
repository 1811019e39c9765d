"""Tables as programs write them, read by numpy: commas, no quotes, one row in each line.

It is taken only where it gives what reading cell by cell gives; all else, and all that is wrong, is left to that.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.files import cells
from engine.told import Told, untold

SELDOM = 100
"""Rows between two words of how many are read: one row may be of a thousand numbers, or of two."""


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
    words: list[list[str]] = [[] for _ in chosen[numbers:]]
    known: dict[str, str] = {}
    rows, of = 0, text.count("\n", begin)

    def lines() -> Iterator[str]:
        nonlocal rows
        start = begin
        while start < len(text):
            stop = text.find("\n", start)
            stop = len(text) if stop < 0 else stop
            line = text[start:stop]
            rows += 1
            if line.count(",") != headings - 1 or rows >= cells.MAX_LINES:
                raise ValueError
            for column, kept in zip(chosen[numbers:], words, strict=True):
                word = line.split(",", column + 1)[column].strip()
                if not word:
                    raise ValueError
                kept.append(known.setdefault(word, word))
            yield line
            if not rows % SELDOM:
                told(rows, of, what)
            start = stop + 1

    try:
        columns = None if list(chosen[:numbers]) == list(range(headings)) else chosen[:numbers]
        found = np.loadtxt(lines(), delimiter=",", comments=None, usecols=columns, ndmin=2)
    except ValueError:
        return None
    if not rows or found.shape != (rows, numbers) or not np.isfinite(found).all():
        return None
    return Table(range(2, rows + 2), found, words)


_OTHER_ENDS = "\r\v\f\x1c\x1d\x1e"
"""What ends lines, too, elsewhere."""
