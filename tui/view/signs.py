"""The signs beside numbers: of those that the document prints, and of somebody's own."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from engine.ask.lookup import is_partial, value_at
from engine.comparison.compared import Comparison, compare_numbers, read_file
from engine.comparison.containers import Numbers
from engine.comparison.verdicts import RowVerdict
from engine.formula.quantity import Quantity
from engine.walking.session import Session
from tui.words.own import BESIDE, SHOWN_AS
from tui.words.verdicts import Sign


def compared(session: Session, path: str) -> "Own":
    """The numbers of a file beside those of the session's iteration; what was done to get wrong ones is not searched.

    Raises:
        NumbersError: they cannot be read, or none of them is a number of this scenario.
    """
    numbers = read_file(Path(path).expanduser())
    comparison = compare_numbers(session, numbers, search=False)
    return Own(comparison, path, numbers, session, searched=comparison.agrees)


def explained(own: "Own", searching: Callable[[], object]) -> "Own":
    """The same numbers with what was done to get those that are wrong.

    Args:
        own: them.
        searching: is called again and again meanwhile; what it raises ends the search.
    """
    comparison = compare_numbers(own.session, own.numbers, searching=searching)
    return Own(comparison, own.file, own.numbers, own.session, searched=True)


class Own(Struct, frozen=True, eq=False, dict=True):
    """Somebody's own numbers, compared.

    Attributes:
        comparison: with ours.
        file: where they are from.
        numbers: as they were read.
        session: of which iteration they are.
        searched: whether it is known what was done to get wrong ones, or that it is not found.
    """

    comparison: Comparison
    file: str
    numbers: Numbers
    session: Session
    searched: bool

    @cached_property
    def rows(self) -> dict[tuple[str, int | None], RowVerdict]:
        """The numbers by what they are, and of which example of the file (from 1)."""
        return {(row.quantity, row.example): row for row in self.comparison.rows}

    def sign(self, session: Session, quantity: Quantity, example: int) -> Sign | None:
        """The sign of a number at a place of the walk, once it is shown; of the walk without edits.

        Args:
            session: the place.
            quantity: what it is.
            example: which example of the batch is looked at, from 0.
        """
        if session.iteration != self.comparison.iteration or session.tree.current:
            return None
        name = str(quantity)
        row = self.rows.get((name, session.values.examples[example] + 1)) or self.rows.get((name, None))
        if row is None or is_partial(session, quantity) or value_at(session, quantity, example) is None:
            return None
        word = SHOWN_AS[row.verdict]
        return Sign(word, f"yours {row.given!r}", BESIDE[word])
