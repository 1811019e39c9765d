"""Names and texts in so many cells: a name may hold wide and combining characters, so its length is not that.

Names that stand beside each other never become alike: of those that would, what differs stays.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from rich.cells import cell_len

ELLIPSIS = "…"
"""Stands for rows as well: the sign with three dots above each other is missing in many fonts."""

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


@lru_cache(maxsize=512)
def shorten_names(names: tuple[str, ...], widths: tuple[int, ...]) -> tuple[str, ...]:
    """Names that are seen together, each in its cells: of those that would become alike, what tells them apart.

    Where there is no room for that, `#` and the place of the name in the list, as long as there is for it.
    """
    shown = [shorten_name(name, width) for name, width in zip(names, widths, strict=True)]
    clashes = _clashes(names, shown)
    for cut in _cuts(max(widths, default=0), max(map(len, names), default=0)) if clashes else ():
        trial = list(shown)
        for place in clashes:
            trial[place] = cut(names[place], widths[place])
        worse = set(_clashes(names, trial)) | {place for place in clashes if trial[place] in shown}
        for place in clashes:
            if place not in worse and trial[place].strip(ELLIPSIS):
                shown[place] = trial[place]
        clashes = _clashes(names, shown)
        if not clashes:
            break
    for place in clashes:
        number = f"#{names.index(names[place]) + 1}"
        shown[place] = number if len(number) <= widths[place] and number not in names else shorten("……", widths[place])
    return tuple(shown)


def _clashes(names: Sequence[str], shown: Sequence[str]) -> list[int]:
    """The places of cut names that look like another one."""
    meant = defaultdict[str, set[str]](set)
    for name, text in zip(names, shown, strict=True):
        meant[text].add(name)
    pairs = enumerate(zip(names, shown, strict=True))
    return [place for place, (name, text) in pairs if name != text and len(meant[text]) > 1]


def _cuts(width: int, longest: int) -> Iterator[Callable[[str, int], str]]:
    """Ways to cut a name: both ends of it, from the middle on to the one side and the other; then what is between."""

    def ends(head: int) -> Callable[[str, int], str]:
        def cut(name: str, width: int) -> str:
            begin = _start(name, min(head, width - 1))
            return begin + ELLIPSIS + _end(name, width - 1 - cell_len(begin))

        return cut

    def between(skipped: int) -> Callable[[str, int], str]:
        def cut(name: str, width: int) -> str:
            middle = _start(name[skipped:], width - 2)
            return ELLIPSIS + middle + ELLIPSIS if skipped + len(middle) < len(name) else ELLIPSIS

        return cut

    yield from (ends(head) for head in sorted(range(width), key=lambda head: abs(head - width // 2)))
    yield from (between(skipped) for skipped in range(1, longest))


def in_cells(text: str, width: int, cut: Callable[[str, int], str] = shorten_name) -> str:
    """A name in exactly so many cells; words are rather `cut` by `shorten`."""
    short = cut(text, width)
    return short + " " * (width - cell_len(short))


def centred(text: str, width: int) -> str:
    """A text in the middle of exactly so many cells, as `str.center` has it."""
    return text.center(width - cell_len(text) + len(text))


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
