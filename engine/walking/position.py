"""A place in a walk."""

from typing import NamedTuple


class Position(NamedTuple):
    """A place in a walk: iteration, rows computed, and how many items of the last row are not shown yet.

    The same place has the same position at either detail; (k, rows, −hidden) orders them.
    """

    iteration: int
    rows: int
    hidden: int = 0

    @property
    def order(self) -> tuple[int, int, int]:
        """Earlier places are smaller."""
        return self.iteration, self.rows, -self.hidden
