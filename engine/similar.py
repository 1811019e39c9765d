"""Which known name a mistyped one is most like."""

from collections.abc import Iterable
from difflib import get_close_matches
from heapq import nlargest
from itertools import islice

MOST = 5000
"""Known names that are looked at."""
COMPARED = 50
"""Of these, as many are compared letter by letter: that takes a hundred times as long."""


def most_similar(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, or None if none is."""
    name, names = name[:60], list(islice(known, MOST))
    if len(names) > COMPARED:
        names = nlargest(COMPARED, names, key=lambda other: _shared_ends(name, other))
    return next(iter(get_close_matches(name, names, 1)), None)


def _shared_ends(a: str, b: str) -> int:
    """How many letters are the same from the beginning and from the end, less what the lengths differ by."""
    count = -abs(len(a) - len(b))
    for one, other in ((a, b), (a[::-1], b[::-1])):
        for left, right in zip(one, other, strict=False):
            if left != right:
                break
            count += 1
    return count
