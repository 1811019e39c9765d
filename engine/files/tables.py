"""Numbers from CSV files in the scenario's folder: matrices of weights, and columns of examples."""

from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path, PureWindowsPath
from typing import TypeVar

import numpy as np
from msgspec import Struct

from engine.files.cells import DECIMAL_REMEDY, Cells, number_in
from engine.files.data_parts import MAX_NUMBERS
from engine.files.disk import read_content, read_text
from engine.files.plain_table import Table, read_plainly
from engine.files.problems import MOST_SHOWN, Problems, ScenarioError, nearest, plural, shown

MAX_BYTES = 512 * 2**20


def read_matrix(folder: Path, name: str, most: int, where: str, problems: Problems) -> list[list[float]] | None:
    """The rows of a file of numbers without a header, or None after noting why there are none.

    Args:
        folder: the scenario's.
        name: the file's name in it.
        most: the most numbers that can be needed; reading ends beyond.
        where: in the scenario file, where `name` stands.
        problems: gets what is wrong.
    """
    text = _text(folder, name, where, problems)
    if text is None:
        return None
    cells = Cells(text, name, where, problems)
    before, rows, count = len(problems.found), list[list[float]](), 0
    for line, row in cells:
        count += len(row)
        if count > most:
            problems.add(where, f"{shown(name)} holds more than {most:,} numbers", "give one per weight")
        elif not rows and all(not cell or cell[0].isalpha() for cell in row):
            word = next(filter(None, row))
            cells.note(line, f'it begins with words ("{shown(word)}")', "take the header out: all rows are numbers")
            break
        if count > most or cells.hopeless:
            break
        rows.append([cells.number(cell, line, f"number {column}") for column, cell in enumerate(row, 1)])
    return rows if len(problems.found) == before else None


def read_columns(
    folder: Path, name: str, columns: Sequence[str], words: Sequence[str], where: str, problems: Problems
) -> Table | None:
    """The cells of these columns, or None after noting why there are none.

    Args:
        folder: the scenario's.
        name: the file's name in it.
        columns: the headings of the columns of numbers.
        words: the headings of more columns, whose cells are no numbers.
        where: in the scenario file, where `name` stands.
        problems: gets what is wrong.
    """
    text = _text(folder, name, where, problems)
    if text is None:
        return None
    before = len(problems.found)
    cells = Cells(text, name, where, problems)
    content = iter(cells)
    first, header = next(content, (0, []))
    if len(problems.found) > before:
        return None
    if not header:
        problems.add(where, f"{shown(name)} is empty", "give a header and rows of numbers")
        return None
    wanted = [*columns, *words]
    if not cells.found and any(column not in header for column in wanted):
        cells.note(first, "there is no , or ; or tab between the headings", "put one of them between all cells")
        return None
    if not _are_in(header, wanted, name, where, problems):
        return None
    index_of = {column: index for index, column in enumerate(header)}
    if cells.separator == ",":
        plain = read_plainly(
            text,
            first,
            len(header),
            [index_of[column] for column in wanted],
            len(columns),
            problems.told,
            f"rows of {shown(name)}",
        )
        if plain is not None and plain.numbers.size <= MAX_NUMBERS:
            return plain
    chosen = [(index_of[column], f"column {shown(column)}") for column in columns]
    # as they come, each number in 8 bytes: as text in lists they would take ten times the file
    lines, numbers, cells_of_words, known = array("L"), array("d"), [list[str]() for _ in words], dict[str, str]()
    index = None
    for line, row in content:
        if not lines:
            index = _index(row, header)
        if index is not None and index.goes_on(row, len(lines)):
            row = row[1:]
        elif index is not None or len(row) != len(header):
            message = f"{plural(len(row), 'cell')}, but the header has {len(header)}"
            cells.note(line, message, _remedy(row, header, cells.separator))
            if cells.hopeless or _splits_numbers(row, header, cells.separator):  # every row would say the same
                break
            continue
        lines.append(line)
        numbers.extend([cells.number(row[at], line, column) for at, column in chosen])
        for heading, kept in zip(words, cells_of_words, strict=True):
            word = cells.word(row[index_of[heading]], line, f"column {shown(heading)}")
            kept.append(known.setdefault(word, word))
        if len(numbers) > MAX_NUMBERS:
            problems.add(where, *too_many_numbers(name))
            break
        if cells.hopeless:
            break
    if not lines and len(problems.found) == before:
        problems.add(where, f"{shown(name)} has no rows", "give at least one below the header")
    if len(problems.found) > before:
        return None
    return Table(lines, np.array(numbers, dtype=np.float64).reshape(len(lines), len(chosen)), cells_of_words)


class _Index(Struct, frozen=True):
    """A first column without a heading, as statistics programs write it: words, or the numbers of the rows.

    Attributes:
        columns: that have a heading.
        start: the number of the first row, or None where it is a word.
    """

    columns: int
    start: int | None

    def goes_on(self, row: list[str], rows: int) -> bool:
        """Whether a row, with so many before it, begins with its cell of this column."""
        number = None if self.start is None else self.start + rows
        return len(row) == self.columns + 1 and bool(row[0]) and number_in(row[0]) == number


def _index(row: list[str], header: list[str]) -> _Index | None:
    """The column of the first row's first cell, if there is no heading above it."""
    if len(header) < 2:  # else a decimal comma would be taken for it
        return None
    known = (_Index(len(header), start) for start in (None, 0, 1))
    return next((index for index in known if index.goes_on(row, 0)), None)


def _splits_numbers(row: list[str], header: list[str], separator: str) -> bool:
    """Whether decimal commas seem to have been taken for separators."""
    return separator == "," and len(row) == 2 * len(header)


def _remedy(row: list[str], header: list[str], separator: str) -> str:
    """What to do about a row of too few cells, or too many."""
    if _splits_numbers(row, header, separator):
        return f"give one cell per column; {DECIMAL_REMEDY}"
    if len(row) == len(header) + 1:
        return "give one cell per column, with a name in the header for each"
    return "give one cell per column"


def too_many_numbers(name: str) -> tuple[str, str]:
    """What is wrong with a table of too many numbers, and a remedy."""
    return f"{shown(name)} makes more than {MAX_NUMBERS:,} numbers", "give fewer rows"


def _are_in(header: list[str], columns: Sequence[str], name: str, where: str, problems: Problems) -> bool:
    """Whether each column is there once; notes those that are not."""
    before, counts = len(problems.found), Counter(header)
    for column in dict.fromkeys(columns):
        if counts[column] > 1:
            message = f"there is more than one column {shown(column)} in {shown(name)}"
            problems.add(where, message, "give each a heading of its own")
        elif not counts[column]:
            message = f"there is no column {shown(column)} in {shown(name)}"
            problems.add(where, message, nearest(column, map(shown, header[:MOST_SHOWN])))
        if len(problems.found) > before + MOST_SHOWN:
            break
    return len(problems.found) == before


def content_of(folder: Path, name: str, most: int, where: str, problems: Problems) -> bytes | None:
    """The bytes of a file of the scenario's folder, or None after noting why there are none.

    Args:
        folder: the scenario's.
        name: the file's name in it.
        most: the most bytes.
        where: in the scenario file, where `name` stands.
        problems: gets what is wrong.
    """
    return _read(folder, name, where, problems, lambda path: read_content(path, shown(name), most, _BESIDE))


_BESIDE = "put it beside the scenario"
T = TypeVar("T")


def _text(folder: Path, name: str, where: str, problems: Problems) -> str | None:
    return _read(folder, name, where, problems, lambda path: read_text(path, shown(name), MAX_BYTES, _BESIDE))


def _read(folder: Path, name: str, where: str, problems: Problems, read: Callable[[Path], T]) -> T | None:
    # only the scenario's own folder: a scenario from elsewhere must not make gradstep read other files
    # nor have Windows look on another computer; the same everywhere, for files travel
    pure = PureWindowsPath(name)
    if not name or pure.anchor or ".." in pure.parts:
        problems.add(where, f'"{shown(name)}" is not in the scenario\'s folder', "give the name of a file beside it")
        return None
    problems.told(0, None, f"reading {shown(name)}")
    try:
        return read(folder / name)
    except ScenarioError as error:
        for problem in error.problems:
            problems.add(where, f"{problem.file}: {problem.message}", problem.remedy)
        return None
