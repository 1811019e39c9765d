"""The numbers of a calculation in thick digits, for a room to read: broken before operators, as any line is."""

import re
from collections.abc import Sequence

from textual.content import Content

from tui.words.calculation import Run, text_of
from tui.words.kinds import role_style
from tui.words.thick import Dot, dots_wide, has_thick, thick

DOTS = (Dot(3, 4), Dot(2, 3), Dot(2, 2), Dot(1, 2), Dot(1, 1))
"""What is tried, the largest first."""
BREAKS = ((" + ", " − "), (" + ", " − ", " · ", " / "))
"""Before which operators lines are broken: before those of a product only where a term is too long for a line."""
MOST_LINES = 3
"""Beyond which thick digits are a wall, and not a calculation."""
_WRITTEN = str.maketrans({"½": "1/2"})
"""Signs that are too fine to be thick."""


def thick_lines(runs: Sequence[Run], columns: int, dot: Dot) -> list[Content] | None:
    """The lines in dots of this size, a blank one between two; None where they do not fit, or have other signs."""
    runs = [run._replace(text=re.sub(" +", " ", run.text.translate(_WRITTEN))) for run in runs]
    if not has_thick(text_of(runs)):
        return None
    for operators in BREAKS:
        lines = _broken(_words(runs, operators), columns, dot)
        if len(lines) <= MOST_LINES and all(_wide(line, dot) <= columns for line in lines):
            drawn: list[Content] = []
            for line in lines:
                drawn += [*[Content("")] * bool(drawn), *_drawn(line, dot)]
            return drawn
    return None


def _broken(words: Sequence[Sequence[Run]], columns: int, dot: Dot) -> list[list[Run]]:
    """The words in lines, as many as fit into each."""
    lines: list[list[Run]] = [[]]
    for word in words:
        if lines[-1] and _wide([*lines[-1], *word], dot) > columns:
            lines.append([])
        lines[-1] += word if lines[-1] else _without_blanks(word)
    return lines


def _words(runs: Sequence[Run], operators: tuple[str, ...]) -> list[list[Run]]:
    """The parts between which a line may be broken."""
    words: list[list[Run]] = [[]]
    for run in runs:
        if run.kind is None and run.text.startswith(operators) and words[-1]:
            words.append([])
        words[-1].append(run)
    return words


def _wide(runs: Sequence[Run], dot: Dot) -> int:
    return dots_wide(text_of(runs)) * dot.wide


def _without_blanks(word: Sequence[Run]) -> list[Run]:
    """A word as it begins a line."""
    first, *others = word
    return [first._replace(text=first.text.lstrip()), *others]


def _drawn(runs: Sequence[Run], dot: Dot) -> list[Content]:
    """One line: what is between numbers is calm, for the numbers are what is read."""
    gap = " " * dot.wide
    parts = [(thick(run.text, dot), role_style(run.kind) if run.kind else "$text-muted") for run in runs if run.text]
    return [
        Content(gap).join(Content.styled(rows[row], style) for rows, style in parts).rstrip() for row in range(dot.rows)
    ]
