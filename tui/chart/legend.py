"""What the curves of the error history are, in words above it: it covers none of them."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from tui.chart.canvas import Canvas
from tui.chart.series import Series
from tui.chart.shown import Accuracy, Curves
from tui.words.format import number

_LEAST_COLUMNS = 20
_SHORTEST = 4
_APART = 2
"""Cells between two entries."""
_CURVE, _DASHES, _DOTS, _TEST, _THIN = "⠤⠤⠤", "⠤ ⠤", "⠕⢕⢅", "⠤⠠⠄", "⠄⠠ ⠄"
"""Samples, drawn as in the chart."""


class Entry(NamedTuple):
    """A sample in a style, and what it is."""

    sample: str
    style: str
    words: str


Lines = tuple[tuple[Entry, ...], ...]


def legend(
    history: Series,
    reached: int,
    curves: Curves | None,
    columns: int,
    rows: int,
    digits: int | None,
    test: str | None = None,
) -> Lines:
    """The lines to write above a chart of so many cells: as many as are needed and as it has room for.

    Where there is a curve of the test part, `test` is E of it here, in words, or empty.
    """
    most = min(2, (rows - 5) // 2)
    choices = _choices(history, reached, curves, digits, test)
    if not choices or most < 1 or columns < _LEAST_COLUMNS:
        return ()
    for allowed in range(1, most + 1):
        for entries in choices:
            lines = _filled(entries, columns)
            if len(lines) <= allowed:
                return lines
    shortened = (
        _filled([entry._replace(words=_cut(entry.words, width)) for entry in choices[-1]], columns)
        for width in range(columns, _SHORTEST - 1, -1)
    )
    return next((lines for lines in shortened if len(lines) <= most), ())


def accuracy_legend(found: Accuracy, columns: int, rows: int, *, tested: bool) -> Lines:
    """The same above a chart of accuracy, `tested` if it has a curve of the test part."""
    entries = [Entry(_CURVE, "line", _words("training", found.now, whole=found.whole))]
    if tested:
        entries.append(Entry(_THIN, "test", _words("test", found.test_now, whole=found.test_whole)))
    lines = _filled(entries, columns)
    return lines if rows >= 7 and len(lines) == 1 else ()


def _words(of: str, part: float, *, whole: bool) -> str:
    percent = "" if part != part else f"{part:.1f} %"
    return " ".join(filter(None, (of, percent, "" if whole else "…")))


def draw_legend(canvas: Canvas, lines: Lines, left: int) -> None:
    """Writes them from the top, beginning at a column."""
    for row, entries in enumerate(lines):
        column = left
        for entry in entries:
            canvas.write(row, column, entry.sample, entry.style)
            canvas.write(row, column + _room(entry) - cell_len(entry.words), entry.words, "label")
            column += _room(entry) + _APART


def _choices(
    history: Series, reached: int, curves: Curves | None, digits: int | None, test: str | None
) -> list[list[Entry]]:
    """What to say, at most and at least."""
    named = [] if curves is None else [Entry(_CURVE, "line", curves.own), Entry(_DASHES, "other", curves.other)]
    epochs = history.epochs
    tested = [] if test is None else [Entry(_TEST, "test", f"test {test}".strip())]
    briefly = [entry._replace(words="test") for entry in tested]
    if epochs is None:
        named = [Entry(_CURVE, "line", "training")] if tested and not named else named
        return [[*named, *tested], [*named, *briefly]] if named else []
    over = epochs.until(reached)
    mean = "mean of an epoch"
    last = number(float(epochs.means[over - 1]), digits) if over else ""
    full = f"{mean} (epoch {epochs.number + over - 1:,}: {last})" if over else mean
    sample = ("", "label") if named else (_CURVE, "line")
    batches = Entry(_DOTS, "band", "band: its batches")
    return [
        [*named, Entry(*sample, full), batches, *tested],
        [*named, Entry(*sample, mean), batches, *tested],
        [*named, Entry(*sample, "epoch mean"), batches._replace(words="batches"), *tested],
        [*named, Entry(*sample, "epoch mean"), batches._replace(words="batches"), *briefly],
    ]


def _cut(words: str, width: int) -> str:
    return words if cell_len(words) <= width else set_cell_size(words, width - 1) + "…"


def _room(entry: Entry) -> int:
    return len(entry.sample) + bool(entry.sample) + cell_len(entry.words)


def _filled(entries: Sequence[Entry], columns: int) -> Lines:
    """Entries in as few lines as they take."""
    lines: list[list[Entry]] = []
    room = 0
    for entry in entries:
        if not lines or _room(entry) > room:
            lines.append([])
            room = columns
        lines[-1].append(entry)
        room -= _room(entry) + _APART
    return tuple(map(tuple, lines))
