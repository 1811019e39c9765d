"""Names and texts in so many cells: a name may hold wide and combining characters, so its length is not that.

Names that stand beside each other never become alike: of those that would, what differs stays.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from rich.cells import cell_len

ELLIPSIS = "…"
"""Stands for rows as well: the sign with three dots above each other is missing in many fonts."""

MOST_OF_A_CELL = 16
"""Characters of a cell's width that are looked at for a text's end: a letter with what is combined with it."""
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
    alike = [names[place] for place in clashes]
    for cut in (*_cuts(max(widths), max(map(len, names))), _differing(alike)) if clashes else ():
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


def _differing(names: Sequence[str]) -> Callable[[str, int], str]:
    """Of names that begin and end alike the places where they differ: of weights from one long name to another two."""
    groups = defaultdict[str, list[str]](list)
    for name in names:
        groups[_ends(name)].append(name)
    shared = {
        ends: (_shared(group), _shared([name[::-1] for name in group]))
        for ends, group in groups.items()
        if len(set(group)) > 1
    }

    def cut(name: str, width: int) -> str:
        before, after = shared.get(_ends(name), (0, 0))
        last = len(name) - after
        head = _start(name[before:last], (width - 3) // 2)
        tail = _end(name[before + len(head) : last], width - 3 - cell_len(head))
        if not head or cell_len(head[0]) == 0:  # a combining character is none without its letter
            return ELLIPSIS
        if not tail:
            begin = _start(name, 2)
            return begin + ELLIPSIS + _end(name[len(begin) : last], width - cell_len(begin) - 2) + ELLIPSIS
        return ELLIPSIS + head + ELLIPSIS + tail + ELLIPSIS

    return cut


def _ends(name: str) -> str:
    return name[:2] + name[-2:]


def _shared(names: Sequence[str]) -> int:
    """With how many characters that are the same in all of them names begin."""
    columns = enumerate(zip(*names, strict=False))
    return next((place for place, letters in columns if len(set(letters)) > 1), min(map(len, names)))


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
    for place in range(max(0, len(text) - MOST_OF_A_CELL * width), len(text)):
        if cell_len(text[place:]) <= width and cell_len(text[place]) > 0:
            return text[place:]
    return ""
