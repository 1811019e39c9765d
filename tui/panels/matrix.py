"""The calculation as matrices side by side, each with its symbol above and its shape below.

Pure functions from a view and a size to lines. Where there is little room, the names at the sides go first, then
digits, then rows and columns, for which `…` stands.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content

from engine.ask.lookup import value_at
from engine.explain.batch_terms import BatchTerms
from engine.explain.matrices import matrix_forms
from engine.explain.matrix import Matrix, MatrixForm, MatrixPiece
from engine.explain.parts import Explanation, Part
from engine.formula.quantity import SPELLINGS, Quantity
from engine.formula.tree import Operand
from tui.view.seen import View
from tui.words.columns import Column
from tui.words.format import UNKNOWN, number
from tui.words.kinds import role_style
from tui.words.matrices import symbol_of
from tui.words.names import ELLIPSIS, centred, shorten_name

GAP = 2
APART = "      "
"""Cells between two columns, and what is between two equations."""
BRACKETS = 2
"""Cells of those around a row."""
CELLS = (24, 16, 12, 10, 9, 8, 7, 6, 5)
"""The widths of a number that are tried, best first."""
ELIDED = tuple((cell, most) for most in (32, 24, 16, 12, 10, 8, 6, 5, 4, 3) for cell in (7, 5))
"""(width of a number, columns) to try where not all columns fit."""
LONGEST_LABEL = 8


class Fit(NamedTuple):
    """How a form is drawn: a number's width, what is between two, the most columns and rows, and whether with names."""

    cell: int
    gap: int
    columns: int
    rows: int
    row_names: bool
    column_names: bool


class Block(Struct, frozen=True, eq=False, dict=True):
    """A matrix or what stands between two: a line each for symbol, names and shape, and one per row.

    Attributes:
        rows: one line, in the middle, for what is no matrix.
    """

    symbol: Content
    names: Content
    rows: list[Content]
    shape: Content

    @cached_property
    def width(self) -> int:
        """The widest line's."""
        return max(line.cell_length for line in (self.symbol, self.names, self.shape, *self.rows))


def matrix_lines(view: View, width: int, height: int) -> tuple[list[Content], list[Quantity]] | None:
    """The lines in at most `width` × `height` cells, and the numbers of the step that the matrices do not show.

    None where the step has no such form or there is no room for one.
    """
    if view.session.row is None:
        return None
    row = matrix_forms(view.source, view.session.row, view.example)
    painter = _Painter(view)
    forms = sorted(row.forms, key=lambda form: painter.focused(form.result) is None)
    if not forms:
        return None
    lines = painter.draw(forms[0], width, height)
    if lines is None:
        return None
    for form in forms[1:]:
        beside = painter.draw(form, width - _width(lines) - len(APART), len(lines))
        below = painter.draw(form, width, height - len(lines))
        if beside is not None:
            lines = _beside(lines, beside)
        elif below is not None:
            lines += below
        elif len(lines) < height:
            lines.append(
                Content.styled("and ", "$text-muted") + painter.in_one_line(form).truncate(width, ellipsis=True)
            )
    if row.words and len(lines) < height:
        lines.append(Content.styled(row.words, "$text-muted italic").truncate(width, ellipsis=True))
    return lines, [quantity for quantity in row.rest if value_at(view.source, quantity, view.example) is not None]


class _Painter:
    """Draws forms of one view."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._used = _Used(view.explanation)
        self._focused: dict[Matrix, tuple[int, int] | None] = {}
        self._columns: dict[tuple[Matrix, tuple[int | None, ...], int], Column] = {}

    def focused(self, matrix: Matrix) -> tuple[int, int] | None:
        """Row and column of the first number that the calculation in focus makes or uses."""
        if matrix not in self._focused:
            rows, columns = matrix.shape
            cells = ((i, j) for i in range(rows) for j in range(columns))
            self._focused[matrix] = next(
                (cell for cell in cells if self._is_focus(matrix, *cell) or self._is_used(matrix, *cell)), None
            )
        return self._focused[matrix]

    def _is_focus(self, matrix: Matrix, i: int, j: int) -> bool:
        return matrix.place(i, j) == (self.view.focus, self.view.example)

    def _is_used(self, matrix: Matrix, i: int, j: int) -> bool:
        return matrix.place(i, j) in self._used

    def draw(self, form: MatrixForm, width: int, height: int) -> list[Content] | None:
        """The form's lines, or None where there is no room."""
        for fit in _fits(form, width, height - 2):
            blocks = self._blocks(form, fit, width)
            if blocks is not None:
                return _assembled(blocks, named=fit.column_names)
        return None

    def in_one_line(self, form: MatrixForm) -> Content:
        """Symbols and shapes only."""
        fit = Fit(CELLS[-1], GAP, 1, 1, row_names=False, column_names=False)
        blocks = [self._block(piece, fit) for piece in form.pieces]
        symbols, shapes = (Content("").join([getattr(block, line) for block in blocks]) for line in ("symbol", "shape"))
        return symbols + Content("   ") + shapes

    def _blocks(self, form: MatrixForm, fit: Fit, width: int) -> list[Block] | None:
        """The pieces, or None where they are wider; names beside one matrix are not repeated beside the next."""
        fits: list[Fit] = []
        seen_rows: list[tuple[str, ...]] = [("",)]
        seen_columns: list[tuple[str, ...]] = [("",)]
        for piece in form.pieces:
            own = fit
            if isinstance(piece, Matrix):
                rows, columns = tuple(piece.rows), tuple(piece.columns)
                own = fit._replace(
                    row_names=fit.row_names and rows not in seen_rows,
                    column_names=fit.column_names and columns not in seen_columns,
                )
                seen_rows.append(rows)
                seen_columns.append(columns)
            width -= self._width(piece, own, width)
            if width < 0:
                return None
            fits.append(own)
        return [self._block(piece, own) for piece, own in zip(form.pieces, fits, strict=True)]

    def _width(self, piece: MatrixPiece, fit: Fit, enough: int) -> int:
        """The width of the piece's block, of a matrix counted only until it is clear that it is more than enough."""
        if not isinstance(piece, Matrix):
            return self._block(piece, fit).width
        rows, columns = self._visible(piece, fit)
        margin = self._margin(piece, rows, fit)
        total = margin + BRACKETS - fit.gap
        for j in columns:
            total += fit.gap + self._column_width(piece, rows, j, fit)
            if total > enough:
                return total
        return max(total, margin + max(cell_len(self._symbol(piece)), len(_shape(piece))))

    def _margin(self, matrix: Matrix, rows: Sequence[int | None], fit: Fit) -> int:
        """Cells of the rows' names, and the blank beside them."""
        if not fit.row_names:
            return 0
        longest = max(cell_len(matrix.rows[i]) for i in rows if i is not None)
        return min(LONGEST_LABEL, longest) + 1 if longest else 0

    def _column_width(self, matrix: Matrix, rows: tuple[int | None, ...], j: int | None, fit: Fit) -> int:
        if j is None:
            return 1
        width = len(self._numbers(matrix, rows, j).block(fit.cell)[0])
        # `…` for rows that are left out is never wider
        return max(width, min(cell_len(matrix.columns[j]), fit.cell)) if fit.column_names else width

    def _visible(self, matrix: Matrix, fit: Fit) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """The rows and the columns that are shown."""
        i, j = self.focused(matrix) or (0, 0)
        return tuple(visible(matrix.shape[0], fit.rows, i)), tuple(visible(matrix.shape[1], fit.columns, j))

    def _block(self, piece: MatrixPiece, fit: Fit) -> Block:
        notation = self.view.notation
        if isinstance(piece, Matrix):
            return self._matrix(piece, fit)
        if isinstance(piece, Operand):
            value = UNKNOWN if piece.value is None else number(piece.value, self.view.digits)
            symbol = Content.styled(notation.symbol(piece.quantity), "$text")
            return Block(symbol, Content(""), [Content.styled(value, "$text")], symbol)
        text = Content.styled(" · " if piece == "·" else piece, "$text-muted")
        return Block(text, Content(""), [text], text)

    def _matrix(self, matrix: Matrix, fit: Fit) -> Block:
        rows, columns = self._visible(matrix, fit)
        widths = [self._column_width(matrix, rows, j, fit) for j in columns]
        drawn = [
            [_centred(cell, width) for cell in self._column(matrix, rows, j, fit.cell)]
            for j, width in zip(columns, widths, strict=True)
        ]
        names = [_cut("" if j is None else matrix.columns[j], width) for j, width in zip(columns, widths, strict=True)]
        margin, gap = self._margin(matrix, rows, fit), Content(" " * fit.gap)
        lines = []
        for i, (row, cells) in enumerate(zip(rows, zip(*drawn, strict=True), strict=True)):
            left, right = _brackets(i, len(rows))
            label = "" if row is None else matrix.rows[row]
            beside = Content.styled(_cut(label, margin - 1) + " ", "$text-muted") if margin else Content("")
            lines.append(Content.assemble(beside, (left, "$text-muted"), gap.join(cells), (right, "$text-muted")))
        above = Content.styled(" " * (margin + 1) + (" " * fit.gap).join(names) + " ", "$text-muted")
        symbol, shape = (
            Content.assemble(" " * margin, (text, style))
            for text, style in (
                (self._symbol(matrix), f"bold {role_style(self._kind(matrix))}"),
                (_shape(matrix), "$text-muted"),
            )
        )
        return Block(symbol, above if fit.column_names else Content(""), lines, shape)

    def _symbol(self, matrix: Matrix) -> str:
        return symbol_of(matrix, self.view.notation)

    def _kind(self, matrix: Matrix) -> str:
        return SPELLINGS[matrix.kind]

    def _numbers(self, matrix: Matrix, rows: tuple[int | None, ...], j: int) -> Column:
        """The numbers of a column; each is looked up once, however many ways to draw the matrix are tried."""
        key = matrix, rows, j
        if key not in self._columns:
            numbers = [matrix.place(i, j) for i in rows if i is not None]
            values = [value_at(self.view.source, quantity, example) for quantity, example in numbers]
            self._columns[key] = Column(values, self.view.digits)
        return self._columns[key]

    def _column(self, matrix: Matrix, rows: tuple[int | None, ...], j: int | None, width: int) -> list[Content]:
        """The cells of a column, lined up by the decimal point; `…` where rows or the column are left out."""
        if j is None:
            return [Content.styled(ELLIPSIS, "$text-muted") for _ in rows]
        cells = iter(self._numbers(matrix, rows, j).block(width))
        return [
            Content.styled(ELLIPSIS, "$text-muted")
            if i is None
            else Content.styled(next(cells), self._style(matrix, i, j))
            for i in rows
        ]

    def _style(self, matrix: Matrix, i: int, j: int) -> str:
        quantity, example = matrix.place(i, j)
        if value_at(self.view.source, quantity, example) is None:
            return "$text-disabled"
        colour = role_style(quantity.kind)
        if quantity.subject is not None and self.view.is_lit(quantity.kind, quantity.subject):
            bold = "bold " if self._is_focus(matrix, i, j) else ""
            return f"{bold}{colour} on {role_style(quantity.kind, 'lit')}"
        return f"bold {colour}" if self._is_used(matrix, i, j) else colour


def visible(count: int, room: int, keep: int) -> list[int | None]:
    """Which of `count` rows or columns are shown in so much `room`, `keep` among them; None is where some are left."""
    if count <= room:
        return list(range(count))
    if room < 3:
        return [keep]
    if keep < room - 2:
        return [*range(room - 2), None, count - 1]
    if keep >= count - room + 2:
        return [0, None, *range(count - room + 2, count)]
    if room < 5:
        return [None, keep, None]
    return [0, None, *range(keep - room + 5, keep + 1), None, count - 1]


def _fits(form: MatrixForm, width: int, height: int) -> Iterator[Fit]:
    """The ways to draw a form, best first."""
    most_rows = max(matrix.shape[0] for matrix in form.matrices)
    all_columns = max(matrix.shape[1] for matrix in form.matrices)
    if height < min(most_rows, 3):
        return
    named = any(any(matrix.columns) for matrix in form.matrices) and most_rows + 1 <= height
    rows = height - 1 if named else height
    if all_columns * 2 <= width:
        for cell in CELLS:
            if cell >= 7:
                yield Fit(cell, GAP, all_columns, rows, row_names=True, column_names=named)
            yield Fit(cell, GAP, all_columns, rows, row_names=False, column_names=named)
        for cell in CELLS[-3:]:
            yield Fit(cell, 1, all_columns, rows, row_names=False, column_names=named)
    for cell, columns in ELIDED:
        if columns < all_columns:
            yield Fit(cell, GAP, columns, rows, row_names=False, column_names=named)


def _assembled(blocks: Sequence[Block], *, named: bool) -> list[Content]:
    """The blocks side by side, centred vertically."""
    most = max(len(block.rows) for block in blocks)
    lines = [Content("") for _ in range(most + (3 if named else 2))]
    first = 2 if named else 1
    for block in blocks:
        top = (most - len(block.rows)) // 2
        if len(block.rows) == 1 and most > 1:
            top = (most - 1) // 2
        filled = {0: block.symbol, len(lines) - 1: block.shape}
        filled |= {first + top + i: row for i, row in enumerate(block.rows)}
        if named:
            filled[first + top - 1] = block.names
        for y in range(len(lines)):
            lines[y] += _centred(filled.get(y, Content("")), block.width)
    return [line.rstrip() for line in lines]


def _beside(left: Sequence[Content], right: Sequence[Content]) -> list[Content]:
    width = _width(left)
    padded = [line.pad_right(width - line.cell_length) for line in left]
    rest = [*right, *[Content("")] * (len(left) - len(right))]
    return [line + Content(APART) + other for line, other in zip(padded, rest, strict=True)]


def _width(lines: Sequence[Content]) -> int:
    return max(line.cell_length for line in lines)


def _centred(line: Content, width: int) -> Content:
    spare = max(0, width - line.cell_length)
    return line.pad_left(spare // 2).pad_right(spare - spare // 2)


def _brackets(row: int, count: int) -> tuple[str, str]:
    if count == 1:
        return "[", "]"
    return ("⎡", "⎤") if row == 0 else ("⎣", "⎦") if row == count - 1 else ("⎢", "⎥")


def _shape(matrix: Matrix) -> str:
    return "({}×{})".format(*matrix.shape)


def _cut(text: str, width: int) -> str:
    """The text in exactly `width` cells, in their middle, with `…` where it is cut."""
    short = shorten_name(text, width)
    return centred(short, width)


class _Used:
    """The numbers that a calculation uses, each with its example.

    A sum over a large batch uses of every example what it uses of the first: its tens of thousands of terms are not
    made to see that.
    """

    def __init__(self, explanation: Explanation | None) -> None:
        self._of_every = explanation is not None and isinstance(explanation.summands, BatchTerms)
        parts: Sequence[Part] = [] if explanation is None else explanation.of_each_name
        operands = [piece for part in parts for piece in part.pieces if isinstance(piece, Operand)]
        self._known = {(operand.quantity, 0 if self._of_every else operand.example) for operand in operands}

    def __contains__(self, place: object) -> bool:
        if not isinstance(place, tuple):
            return False
        quantity, example = place
        return (quantity, 0 if self._of_every else example) in self._known
