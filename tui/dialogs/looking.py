"""Looking about in a drawing: the keys that move, come nearer and take what was moved to, the same in each."""

from typing import Any

from textual.binding import BindingType
from textual.screen import Screen

NEARER = 2.0
"""By how much nearer one comes at a time."""
MOST = 24
"""How often one may come nearer, or go away."""
BIGGER = 5
"""How many times as far as a move is one with shift."""

ACROSS = {"left": "move(-{0})", "right": "move({0})"}
BOTH_WAYS = {"left": "move(-{0}, 0)", "right": "move({0}, 0)", "up": "move(0, {0})", "down": "move(0, -{0})"}
"""Keys of moves, and what they do: by so many at a time."""


def keys_of(moves: dict[str, str]) -> list[BindingType]:
    """The keys of a drawing in which these are moves."""
    return [
        ("escape,q", "dismiss", "close"),
        *((key, action.format(1), "move") for key, action in moves.items()),
        *((f"shift+{key}", action.format(BIGGER), "move far") for key, action in moves.items()),
        ("home", "home", "back to where the walk stands"),
        ("plus", "zoom(-1)", "nearer"),
        ("minus", "zoom(1)", "farther"),
        ("enter", "take", "take"),
    ]


class Zoom:
    """How near one looks."""

    def __init__(self) -> None:
        self._times = 0

    @property
    def factor(self) -> float:
        """How many times as far as at first the drawing goes."""
        return NEARER**self._times

    def by(self, times: int, screen: Screen[Any]) -> bool:
        """Comes nearer (below 0) or goes away; where that is not possible it is said, and nothing happens."""
        if abs(self._times + times) > MOST:
            screen.notify("That is as near as it goes." if times < 0 else "That is as far as it goes.", timeout=2)
            return False
        self._times += times
        return True
