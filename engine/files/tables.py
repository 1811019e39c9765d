"""Numbers from CSV files in the scenario's folder: matrices of weights, and columns of examples."""

import csv
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from engine.files.disk import read_text
from engine.files.problems import MOST_SHOWN, Problems, ScenarioError, nearest, shown

MAX_BYTES = 64 * 2**20


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
        rows.append(_numbers(cells, line, name, place, problems))
    return rows if len(problems.found) == before else None


class Table:
    """The chosen columns of a file with a header.

    Attributes:
        lines: the line number of each row, counted from 1.
        rows: the cells as text, without the space around them, one for each column chosen.
    """

    def __init__(self, lines: list[int], rows: list[tuple[str, ...]]) -> None:
        self.lines = lines
        self.rows = rows


def read_columns(folder: Path, name: str, columns: Sequence[str], place: str, problems: Problems) -> Table | None:
    """The cells of these columns, or None after noting why there are none. Arguments as in `read_matrix`."""
    text = _text(folder, name, place, problems)
    if text is None:
        return None
    before, lines, rows = len(problems.found), [], []
    content = _lines(text, name, place, problems)
    header = next(content, (0, []))[1]
    if len(problems.found) > before:
        return None
    if not header:
        problems.add(place, f"{shown(name)} is empty", "give a header and rows of numbers")
        return None
    counts = Counter(header)
    for column in dict.fromkeys(columns):
        if counts[column] != 1:
            message = f"there is {'more than one' if counts[column] else 'no'} column {shown(column)} in {shown(name)}"
            problems.add(place, message, nearest(column, map(shown, header[:MOST_SHOWN])))
        if len(problems.found) > before + MOST_SHOWN:
            break
    if len(problems.found) > before:
        return None
    place_of = {column: index for index, column in enumerate(header)}
    chosen = [place_of[column] for column in columns]
    for line, cells in content:
        if len(cells) != len(header):
            message = f"{shown(name)} line {line} has {len(cells)} cells, but the header has {len(header)}"
            problems.add(place, message, "give one cell per column")
            if len(problems.found) > before + MOST_SHOWN:
                break
            continue
        lines.append(line)
        rows.append(tuple(cells[index] for index in chosen))
    if not rows and len(problems.found) == before:
        problems.add(place, f"{shown(name)} has no rows", "give at least one below the header")
    return Table(lines, rows) if len(problems.found) == before else None


def number_in(cell: str) -> float | None:
    """The finite number in a cell, or None."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in cell else None


def _numbers(cells: list[str], line: int, name: str, place: str, problems: Problems) -> list[float]:
    numbers = []
    for column, cell in enumerate(cells, 1):
        number = number_in(cell)
        if number is None:
            message = f'{shown(name)} line {line}, number {column}: "{shown(cell)}" is not a finite number'
            problems.add(place, message, "give one like 0.5")
        numbers.append(number or 0.0)
    return numbers


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


def _lines(text: str, name: str, place: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The line number and the cells of each line that is not empty."""
    reader = csv.reader(text.splitlines())
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        message = f"{shown(name)} line {reader.line_num}: it is not CSV ({shown(error)})"
        problems.add(place, message, "give commas between cells")
