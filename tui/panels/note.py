"""A teacher's words, in the place of the calculation: wrapped, in pages where they are long."""

from collections.abc import Sequence

from textual.content import Content

from engine.program.notation import Notation
from engine.program.scenario import Note
from tui.words.notes import set_words

WIDEST = 88
"""Cells of a line beyond which the eye loses the next one."""


def note_lines(notes: Sequence[Note], notation: Notation, width: int) -> list[Content]:
    """The words in lines of at most `width` cells, a blank one between two notes."""
    lines: list[Content] = []
    for note in notes:
        lines += [Content("")] if lines else []
        lines += set_words(note, notation).wrap(max(1, min(width, WIDEST)))
    return lines


def page_count(lines: Sequence[Content], height: int) -> int:
    """Pages that these lines take."""
    return max(1, -(-len(lines) // max(1, height)))


def page_of(lines: Sequence[Content], height: int, page: int) -> list[Content]:
    """One of them, from 0; past the last one the last."""
    height = max(1, height)
    start = min(page, page_count(lines, height) - 1) * height
    return list(lines[start : start + height])


def note_title(notes: Sequence[Note], page: int, pages: int, room: int) -> str:
    """`note 1/2   i: goes on, esc: calculation` in so many cells, the keys as far as they fit."""
    title = "note" if len(notes) == 1 else "notes"
    if pages > 1:
        title += f" {min(page, pages - 1) + 1}/{pages}"
    on = "i: goes on" if page + 1 < pages else "i: notes off"
    for keys in (f"   esc: calculation, {on}", f"   {on}", "   i"):
        if len(title + keys) <= room:
            return title + keys
    return title
