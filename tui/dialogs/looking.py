"""Looking about in a drawing: the keys that move, come nearer and take what was moved to, the same in each.

What takes long is computed beside the app, which goes on: the frame says how far it is, and what is not known yet is
shown as that.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from textual.binding import BindingType
from textual.content import Content

from engine.told import Told
from tui.terminal.beside import BETWEEN, Beside
from tui.terminal.changes import QuickScreen
from tui.words.progress import progress_words

T = TypeVar("T")

CLOSES = "escape closes"

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

    def by(self, times: int, screen: QuickScreen[Any]) -> bool:
        """Comes nearer (below 0) or goes away; where that is not possible it is said, and nothing happens."""
        if abs(self._times + times) > MOST:
            screen.notify("That is as near as it goes." if times < 0 else "That is as far as it goes.", timeout=2)
            return False
        self._times += times
        return True


class Computing:
    """Says on a dialog's frame how far it is with what is computed beside the app, once that takes a moment."""

    def __init__(self, screen: QuickScreen[Any], frame: str) -> None:
        self._screen, self._frame = screen, frame
        self._begun = monotonic()

    @property
    def is_seen(self) -> bool:
        """Whether the dialog can be drawn."""
        return self._screen.is_there

    async def result(self, work: Callable[[Told], T]) -> T:
        """What comes of a work; whoever waits for it no more, as a worker that is cancelled, has stopped it."""
        return await Beside(work, self.tell).result()

    def tell(self, done: int, of: int | None, what: str) -> None:
        """As of `engine.told.Told`."""
        if monotonic() - self._begun >= BETWEEN:
            self._say(f"computing: {progress_words(done, of, what)} …   {CLOSES}")

    def over(self) -> None:
        """Says no more."""
        self._say(CLOSES)

    def _say(self, words: str) -> None:
        if self.is_seen:
            self._screen.query_one(self._frame).border_subtitle = Content(words)
