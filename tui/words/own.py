"""Somebody's own numbers in words and signs, as the app shows them beside the computed ones."""

from collections import Counter
from collections.abc import Sequence

from engine.comparison.compared import Comparison
from engine.comparison.verdicts import RowVerdict, Verdict
from engine.program.notation import Notation
from tui.words.quoted import in_notation
from tui.words.verdicts import Word

SHOWN_AS: dict[Verdict, Word] = {"agrees": "match", "float32": "match", "follows": "rounded", "wrong": "mismatch"}
"""The verdict on a printed figure whose sign and colour a number of one's own has."""
CALLED: dict[Verdict, str] = {
    "agrees": "right",
    "float32": "right to float32",
    "follows": "follows from those before",
    "wrong": "wrong",
}
BESIDE: dict[Word, str] = {"match": "yours too", "rounded": "yours follows", "mismatch": "yours wrong"}
"""The same in few words, beside the numbers."""


def counted(rows: Sequence[RowVerdict]) -> dict[Verdict, int]:
    """How many numbers have each verdict, the worst first."""
    counts = Counter(row.verdict for row in rows)
    order: tuple[Verdict, ...] = ("wrong", "follows", "float32", "agrees")
    return {verdict: counts[verdict] for verdict in order if counts[verdict]}


def causes_of(comparison: Comparison, notation: Notation) -> list[str]:
    """What was done, in sentences."""
    if not comparison.causes:
        return [] if comparison.first is None else ["What was done to get the first wrong number is not found."]
    return [in_notation(f"{cause.cause}, at {cause.at}: {cause.words}.", notation) for cause in comparison.causes]
