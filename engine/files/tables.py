"""Numbers from CSV files in the scenario's folder: matrices of weights, and columns of examples."""

import csv
import math
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.files.disk import read_text
from engine.files.problems import MOST_SHOWN, Problems, ScenarioError, nearest, shown

MAX_BYTES = 64 * 2**20
MAX_LINES = 1_000_001
"""A million rows and a header."""
MAX_CELLS = 1_000_000
"""In a line."""
MAX_NUMBERS = 10_000_000
"""The most that one table gives to examples: 80 MB."""
PIECE = 1 << 16
_LINE_END = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")


def read_matrix(folder: Path, name: str, most: int, place: str, problems: Problems) -> list[list[float]] | None:
    """The rows of a file of numbers without a header, or None after noting why there are none.

    Args:
        folder: the scenario's.
        name: the file's name in it.
        most: the most numbers that can be needed; reading ends beyond.
        place: in the scenario file, where `name` stands.
        problems: gets what is wrong.
    """
    text = _text(folder, name, place, problems)
    if text is None:
        return None
    before, rows, count = len(problems.found), [], 0
    for line, cells in _lines(text, name, place, problems):
        count += len(cells)
        if count > most:
            problems.add(place, f"{shown(name)} holds more than {most:,} numbers", "give one per weight")
        if count > most or len(problems.found) > before + MOST_SHOWN:
            break
        where = f"{shown(name)} line {line}, number"
        rows.append([_number(cell, f"{where} {column}", place, problems) for column, cell in enumerate(cells, 1)])
    return rows if len(problems.found) == before else None


class Table(Struct, frozen=True, eq=False):
    """The chosen columns of a file with a header.

    Attributes:
        lines: the line number of each row, counted from 1.
        numbers: shape (rows, columns of numbers).
        words: of each row the cell of the column of words, without the space around it; empty if none was chosen.
    """

    lines: Sequence[int]
    numbers: NDArray[np.float64]
    words: list[str]


def read_columns(
    folder: Path, name: str, columns: Sequence[str], words: str | None, place: str, problems: Problems
) -> Table | None:
    """The cells of these columns, or None after noting why there are none.

    Args:
        folder: the scenario's.
        name: the file's name in it.
        columns: the headings of the columns of numbers.
        words: the heading of one more column, whose cells are no numbers, or None.
        place: in the scenario file, where `name` stands.
        problems: gets what is wrong.
    """
    text = _text(folder, name, place, problems)
    if text is None:
        return None
    before = len(problems.found)
    content = _lines(text, name, place, problems)
    header = next(content, (0, []))[1]
    if len(problems.found) > before:
        return None
    if not header:
        problems.add(place, f"{shown(name)} is empty", "give a header and rows of numbers")
        return None
    wanted = [*columns, *([] if words is None else [words])]
    if not _are_in(header, wanted, name, place, problems):
        return None
    place_of = {column: index for index, column in enumerate(header)}
    chosen = [place_of[column] for column in columns]
    # as they come, each number in 8 bytes: as text in lists they would take ten times the file
    lines, numbers, cells_of_words, known = array("L"), array("d"), list[str](), dict[str, str]()
    for line, cells in content:
        if len(cells) != len(header):
            message = f"{shown(name)} line {line} has {len(cells)} cells, but the header has {len(header)}"
            problems.add(place, message, "give one cell per column")
        else:
            lines.append(line)
            where = f"{shown(name)} line {line}"
            numbers.extend(_number(cells[index], where, place, problems) for index in chosen)
            if words is not None:
                word = cells[place_of[words]]
                cells_of_words.append(known.setdefault(word, word))
        if len(numbers) > MAX_NUMBERS:
            problems.add(place, *too_many_numbers(name))
            break
        if len(problems.found) > before + MOST_SHOWN:
            break
    if not lines and len(problems.found) == before:
        problems.add(place, f"{shown(name)} has no rows", "give at least one below the header")
    if len(problems.found) > before:
        return None
    return Table(lines, np.array(numbers, dtype=np.float64).reshape(len(lines), len(chosen)), cells_of_words)


def too_many_numbers(name: str) -> tuple[str, str]:
    """What is wrong with a table of too many numbers, and a remedy."""
    return f"{shown(name)} makes more than {MAX_NUMBERS:,} numbers", "give fewer rows"


def _are_in(header: list[str], columns: Sequence[str], name: str, place: str, problems: Problems) -> bool:
    """Whether each column is there once; notes those that are not."""
    before, counts = len(problems.found), Counter(header)
    for column in dict.fromkeys(columns):
        if counts[column] != 1:
            message = f"there is {'more than one' if counts[column] else 'no'} column {shown(column)} in {shown(name)}"
            problems.add(place, message, nearest(column, map(shown, header[:MOST_SHOWN])))
        if len(problems.found) > before + MOST_SHOWN:
            break
    return len(problems.found) == before


def number_in(cell: str) -> float | None:
    """The finite number in a cell, or None."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in cell else None


def _number(cell: str, where: str, place: str, problems: Problems) -> float:
    """The number in a cell; 0 after noting that there is none."""
    number = number_in(cell)
    if number is None and len(problems.found) < 10 * MOST_SHOWN:  # a line may hold a million of them
        problems.add(place, f'{where}: "{shown(cell)}" is not a finite number', "give one like 0.5")
    return number or 0.0


def _text(folder: Path, name: str, place: str, problems: Problems) -> str | None:
    # only the scenario's own folder: a scenario from elsewhere must not make gradstep read other files
    pure = PurePosixPath(name)
    if not name or pure.is_absolute() or ".." in pure.parts:
        problems.add(place, f'"{shown(name)}" is not in the scenario\'s folder', "give the name of a file beside it")
        return None
    try:
        return read_text(folder / name, shown(name), MAX_BYTES, "put it beside the scenario")
    except ScenarioError as error:
        for problem in error.problems:
            problems.add(place, f"{problem.file}: {problem.message}", problem.remedy)
        return None


class _TooLargeError(ValueError):
    """A table of too many lines or cells; the message says which."""


def _lines(text: str, name: str, place: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The line number and the cells of each line that is not empty."""
    reader = csv.reader(_within_limits(text))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except _TooLargeError as error:
        problems.add(place, f"{shown(name)} {error}", "give a smaller table")
    except csv.Error as error:
        message = f"{shown(name)} line {reader.line_num}: it is not CSV ({shown(error)})"
        problems.add(place, message, "give commas between cells")


def _within_limits(text: str) -> Iterator[str]:
    """The lines of a text, before they are taken apart."""
    for number, line in enumerate(_split(text), 1):
        if number > MAX_LINES:
            raise _TooLargeError(f"has more than {MAX_LINES:,} lines")
        if line.count(",") >= MAX_CELLS:
            raise _TooLargeError(f"line {number} has more than {MAX_CELLS:,} cells")
        yield line


def _split(text: str) -> Iterator[str]:
    """As `text.splitlines()`, a piece of the text at a time."""
    start = 0
    while start < len(text):
        match = _LINE_END.search(text, start + PIECE)
        end = match.end() if match else len(text)
        yield from text[start:end].splitlines()
        start = end
