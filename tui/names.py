"""Names and texts in so many cells: a name may hold wide and combining characters, so its length is not that."""

from collections.abc import Callable
from functools import lru_cache

from rich.cells import cell_len

ELLIPSIS = "…"

_LEAST_BOTH_ENDS = 4
"""Cells from which both ends of a name are kept."""


def shorten(text: str, width: int) -> str:
    """The text in at most so many cells, with a sign where something is cut off."""
    if cell_len(text) <= width:
        return text
    return _start(text, width - 1) + ELLIPSIS if width > 0 else ""


@lru_cache(maxsize=4096)
def shorten_name(name: str, width: int) -> str:
    """As `shorten`, but the end stays, where names that are alike differ: `h…12`, `w_hidd…_cat`."""
    if cell_len(name) <= width or width < _LEAST_BOTH_ENDS:
        return shorten(name, width)
    end = _end(name, max(2, (width - 1) // 2))
    return _start(name, width - 1 - cell_len(end)) + ELLIPSIS + end


def in_cells(text: str, width: int, cut: Callable[[str, int], str] = shorten_name) -> str:
    """A name in exactly so many cells; words are rather `cut` by `shorten`."""
    short = cut(text, width)
    return short + " " * (width - cell_len(short))


def _start(text: str, width: int) -> str:
    """As much of the text from its start as is so wide; a combining character stays with its letter."""
    kept = ""
    for character in text:
        if cell_len(kept + character) > width:
            break
        kept += character
    return kept


def _end(text: str, width: int) -> str:
    """As much of the text to its end as is so wide; it never begins with a combining character."""
    for place in range(len(text)):
        if cell_len(text[place:]) <= width and cell_len(text[place]) > 0:
            return text[place:]
    return ""
