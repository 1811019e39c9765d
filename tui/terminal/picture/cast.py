"""Shots one after the other as a terminal's recording: asciinema's format 2.

Its first line is an object that says how large the terminal is; each other one is `[seconds, "o", what is sent]`. Of a
shot only what differs from the one before is sent.
"""

import json
from collections.abc import Iterator

from rich.cells import cell_len
from rich.segment import Segment

from tui.terminal.picture.shot import Shot, for_terminals

BEGIN = "\x1b[?25l\x1b[0m\x1b[2J"
"""No cursor, and an empty screen."""
END = "\x1b[0m"
"""Changes nothing, and says how long the last shot is seen."""


class Recording:
    """Shots and how long each is seen."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.seconds = 0.0
        """How long all of it takes."""
        self._last: Shot | None = None
        self._sent: list[tuple[float, str]] = []

    def add(self, shot: Shot, seconds: float) -> None:
        """A shot that is seen for so many seconds; one that looks like the last only makes that longer."""
        if data := difference(self._last, shot):
            self._sent.append((self.seconds, data))
        self._last = shot
        self.seconds += seconds

    def lines(self) -> Iterator[str]:
        """The file, line by line."""
        last = self._last
        if last is None:
            raise ValueError("nothing was recorded")
        yield _line(
            {
                "version": 2,
                "width": last.columns,
                "height": last.rows,
                "duration": round(self.seconds, 6),
                "title": self.title,
                "env": {"TERM": "xterm-256color"},
            }
        )
        for seconds, data in (*self._sent, (self.seconds, END)):
            yield _line([round(seconds, 6), "o", data])


def _line(what: object) -> str:
    return json.dumps(what, ensure_ascii=False) + "\n"


def difference(before: Shot | None, now: Shot) -> str:
    """What makes of a terminal that shows one shot one that shows another; of the first all."""
    sent = [] if before is not None else [BEGIN]
    for row, line in enumerate(now.lines):
        there = set() if before is None else set(_placed(before.lines[row]))
        at = None
        for column, segment in _placed(line):
            if (column, segment) in there:
                continue
            if column != at:
                sent.append(f"\x1b[{row + 1};{column + 1}H")
            sent.append(for_terminals([segment]))
            at = column + cell_len(segment.text)
    return "".join(sent)


def _placed(line: tuple[Segment, ...]) -> Iterator[tuple[int, Segment]]:
    column = 0
    for segment in line:
        yield column, segment
        column += cell_len(segment.text)
