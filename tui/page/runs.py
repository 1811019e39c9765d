"""Text in colours, as the page has it: a flat list of texts, each with the name of its colour after it."""

from collections.abc import Iterable, Sequence

from tui.words.calculation import Run
from tui.words.kinds import role_style
from tui.words.notes import Said

MUTED = ""
"""Text that names no quantity."""
BOLD = "+"
"""After a colour: the text is bold."""

Runs = list[str]


def ink_of(kind: str | None) -> str:
    """The colour of a kind of quantity, by its variable."""
    return role_style(kind).removeprefix("$") if kind else MUTED


def flat(runs: Iterable[Run]) -> Runs:
    """Runs of a calculation, those beside each other of one colour as one."""
    return joined((run.text, ink_of(run.kind)) for run in runs)


def flat_words(parts: Sequence[Said]) -> Runs:
    """A note's words."""
    return joined((part.text, ink_of(part.kind) + (BOLD if part.bold else "")) for part in parts)


def joined(pieces: Iterable[tuple[str, str]]) -> Runs:
    """Pieces of text with their colours, flat."""
    found: Runs = []
    for text, ink in pieces:
        if found and found[-1] == ink:
            found[-2] += text
        elif text:
            found += [text, ink]
    return found
