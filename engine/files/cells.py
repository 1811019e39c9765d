"""The cells of CSV files as people have them: `,` `;` or tabs between, quotes, numbers with a point or a comma."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from engine.files.problems import MOST_SHOWN, Problems, shown

if TYPE_CHECKING:
    from csv import Error

MAX_LINES = 1_000_001
"""A million rows and a header."""
MAX_CELLS = 1_000_000
"""In a line."""
PIECE = 1 << 16
ABSENT = ("na", "n/a", "nan", "null", "none", "?", "-")
"""What programs write where there is no number."""
ENOUGH = 5
"""Cells of one column that are told to be wrong: a column of words would fill the screen."""
_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_LINE_END = f"\r\n|[{_LINE_ENDS}]"
_QUOTED = '"(?:[^"]++|"")*+"'
_SPREADSHEETS_OWN = r"(?i)sep=([,;\t])\s*"
"""A first line that tells spreadsheets what separates the cells."""
_DECIMAL_COMMA = r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?"
DECIMAL_REMEDY = "where the comma is a decimal comma, put ; between the cells"
SEPARATORS = (";", "\t", ",")
"""What separates cells. The comma comes last: between semicolons or tabs it may stand in a number, or in a word."""


class Cells:
    """The cells of a file, line by line; iterating over them notes what is wrong, and ends there.

    A quote is as RFC 4180 has it: around a whole cell, twice where it is meant itself. A decimal comma is one where the
    cells are not separated by commas.

    Attributes:
        separator: what stands between cells.
        found: whether there is a separator in the first line at all.
    """

    def __init__(self, text: str, name: str, where: str, problems: Problems) -> None:
        """Looks at how the file is written.

        Args:
            text: its content.
            name: what messages call it.
            where: in the scenario file, where it is named.
            problems: gets what is wrong.
        """
        self._text, self._name, self._where, self._problems = text, name, where, problems
        first = next(_split(text), "")
        own = re.fullmatch(_SPREADSHEETS_OWN, first)
        self._skipped = 0 if own is None else 1
        self.separator, self.found = (own[1], True) if own else _separator(text)
        self._sign: tuple[str, int] | None = None
        """The decimal sign of the first number that has one, and its line."""
        self._wrong: Counter[str] = Counter()
        """How often something is wrong in a column, or in a line as such."""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """The line number and the cells of each line that is not empty, without the space around them."""
        from csv import Error, reader  # here: most scenarios have no tables

        rows = reader(self._within_limits(), delimiter=self.separator, strict=True, skipinitialspace=True)
        begun, of, what = self._skipped + 1, self._text.count("\n"), f"lines of {shown(self._name)}"
        try:
            for cells in rows:
                self._problems.told(begun, max(begun, of), what)
                if any(cell.strip() for cell in cells):
                    yield begun, [cell.strip() for cell in cells]
                begun = self._skipped + rows.line_num + 1
        except _TooLargeError as error:
            self._problems.add(self._where, f"{shown(self._name)} {error}", "give a smaller table")
        except Error as error:
            self._note_quote(begun, error)

    @property
    def hopeless(self) -> bool:
        """Whether so much is wrong that reading on would tell nothing more."""
        return self._wrong.total() > MOST_SHOWN

    def note(self, line: int, message: str, remedy: str, column: str = "") -> None:
        """Notes what is wrong in a line, and where in it."""
        self._wrong[column] += 1
        line_of = f"{shown(self._name)} line {line}" + (f", {column}" if column else "")
        self._problems.add(self._where, f"{line_of}: {message}", remedy)

    def number(self, cell: str, line: int, column: str) -> float:
        """The number in a cell; 0 after noting that there is none."""
        sign = "" if self.separator == "," else "," if "," in cell else "." if "." in cell else ""
        plain = cell.replace("−", "-")
        number = number_in(plain.replace(",", ".") if sign == "," and "." not in cell else plain)
        if number is None and self.separator == "," and re.fullmatch(_DECIMAL_COMMA, plain):
            self._note_cell(line, column, f'"{shown(cell)}" has a decimal comma', DECIMAL_REMEDY)
        elif number is None:
            self._note_cell(line, column, *_no_number(cell))
        elif sign and self._sign is None:
            self._sign = (sign, line)
        elif sign and self._sign is not None and sign != self._sign[0]:
            here, there = ("comma", "point") if sign == "," else ("point", "comma")
            message = f'"{shown(cell)}" has a {here}, but the numbers from line {self._sign[1]} on a decimal {there}'
            self._note_cell(line, column, message, "write all numbers in the same way")
        return number or 0.0

    def word(self, cell: str, line: int, column: str) -> str:
        """The word in a cell, after noting what is wrong with it."""
        if not cell:
            self._note_cell(line, column, "the cell is empty", "give a word or a number, or leave the row out")
        elif "\n" in cell or "\r" in cell:
            self._note_cell(line, column, *_TORN)
        return cell

    def _note_cell(self, line: int, column: str, message: str, remedy: str) -> None:
        if self._wrong[column] >= ENOUGH or len(self._problems.found) >= 10 * MOST_SHOWN:  # a line may hold a million
            self._wrong[column] += 1
            return
        if self._wrong[column] == ENOUGH - 1:
            remedy += "; there may be more of this in the lines below"
        self.note(line, message, remedy, column)

    def _note_quote(self, begun: int, error: "Error") -> None:
        """Notes where the quote opens that is not closed as it should be, in the row that begins in this line."""
        rows = "".join(islice(_split(self._text), begun - 1, None))
        line = begun
        for column, cell in enumerate(_cell(self.separator).finditer(rows), 1):
            lines_on = len(re.findall(_LINE_END, cell["quoted"] or ""))
            if cell["quoted"] is not None and not cell["closed"]:
                self.note(line, "the quote that opens here is not closed", 'close it with "', f"column {column}")
                return
            if cell["quoted"] is not None and cell["rest"]:
                after = f" in line {line + lines_on}" if lines_on else ""
                message = f"after the quotes that open here and close{after}, the cell goes on"
                self.note(line, message, 'put " at its end only, and "" for a " in it', f"column {column}")
                return
            if not cell["end"]:
                break
            line += lines_on
        remedy = "give one row per line, and the same separator between all cells"
        self.note(begun, f"it is not CSV ({shown(error)})", remedy)

    def _within_limits(self) -> Iterator[str]:
        """The lines of the text, before they are taken apart."""
        for number, line in enumerate(_split(self._text), 1):
            if number > MAX_LINES:
                raise _TooLargeError(f"has more than {MAX_LINES:,} lines")
            if line.count(self.separator) >= MAX_CELLS:
                raise _TooLargeError(f"line {number} has more than {MAX_CELLS:,} cells")
            if number > self._skipped:
                yield line


_TORN = (
    "its quotes close in a later line",
    'close them with " in this line: a row of numbers has one line',
)


class _TooLargeError(ValueError):
    """A table of too many lines or cells; the message says which."""


def number_in(cell: str) -> float | None:
    """The finite number in a cell, or None."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in cell else None


def _no_number(cell: str) -> tuple[str, str]:
    """What is wrong with a cell that holds no number, and a remedy."""
    if not cell:
        return "the cell is empty", "give a number like 0.5, or leave the row out"
    if "\n" in cell or "\r" in cell:
        return _TORN
    if len(numbers := cell.split()) > 1 and all(number_in(number) is not None for number in numbers):
        return f'"{shown(cell)}" are {len(numbers)} numbers', "put , or ; or a tab between them"
    if re.fullmatch(r"[+-]?\d{1,3}(?:\.\d{3})+,\d*|[+-]?\d{1,3}(?:,\d{3})+\.\d*", cell):
        return f'"{shown(cell)}" has two kinds of signs', "write it without one between thousands"
    remedy = "give one like 0.5"
    if cell.lower() in ABSENT:
        remedy += ", or leave the row out"
    elif cell[0].isalpha():
        remedy += "; a column of words can be the targets, with one_hot = true"
    return f'"{shown(cell)}" is not a finite number', remedy


def _cell(separator: str) -> re.Pattern[str]:
    """A cell up to the separator or the end of the row, with the quotes around it and what comes after them."""
    quoted = '(?:(?P<quoted>"(?:[^"]++|"")*+)(?P<closed>"?))?'
    return re.compile(f" *{quoted}(?P<rest>[^{separator}{_LINE_ENDS}]*+)(?P<end>{separator}?)")


def _separator(text: str) -> tuple[str, bool]:
    """What separates the cells, by the first two lines that are not empty; and whether there is any."""
    lines = list(islice((re.sub(_QUOTED, "", line) for line in _split(text[: 4 * PIECE]) if line.strip()), 2))
    there = [separator for separator in SEPARATORS if lines and separator in lines[0]]
    # with an index the first line may have one less
    alike = (s for s in there if 0 <= lines[-1].count(s) - lines[0].count(s) <= 1)
    return next(alike, there[0] if there else ","), bool(there)


def _split(text: str) -> Iterator[str]:
    """As `text.splitlines(keepends=True)`, a piece of the text at a time."""
    start, line_end = 0, re.compile(_LINE_END)
    while start < len(text):
        match = line_end.search(text, start + PIECE)
        end = match.end() if match else len(text)
        yield from text[start:end].splitlines(keepends=True)
        start = end
