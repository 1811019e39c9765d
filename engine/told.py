"""Who is told how far a work is: whatever may take longer than a moment tells it, and whoever is told may end it.

It says what it does as often as it likes, hundreds of times a second; it knows neither a clock nor a screen. What is
raised there ends the work where it stands, and what was whole before is whole afterwards.
"""

from collections.abc import Callable

Told = Callable[[int, int | None, str], object]
"""Is told how much is done, of how much, of what: 43, 1000, "iterations". Where nobody knows of how much, None; where
nothing can be counted, 0, None and what is done: "reading data.csv"."""


def untold(done: int, of: int | None, what: str) -> None:
    """Nobody waits."""
