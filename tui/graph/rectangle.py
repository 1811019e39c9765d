"""What a drawn node stands in, of layers and of formulas alike."""

from msgspec import Struct


class Rectangle(Struct, frozen=True):
    """Cells across and rows. One row high it is a pill or a bead, else its first and last rows are borders.

    Attributes:
        x: its first column.
        y: its first row.
        width: its cells across.
        height: its rows.
    """

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column after it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row after it."""
        return self.y + self.height

    @property
    def flat(self) -> bool:
        """Whether it has no border."""
        return self.height == 1

    @property
    def inside(self) -> range:
        """The rows that hold numbers, where lines end and begin."""
        return range(self.y, self.y + 1) if self.flat else range(self.y + 1, self.bottom - 1)
