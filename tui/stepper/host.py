"""The screen of a walk, as far as its controllers know it."""

from typing import Protocol

from engine.walking.session import Session
from tui.terminal.changes import QuickScreen
from tui.view.chosen import Chosen
from tui.view.host import Host
from tui.view.seen import View


class Stepper(Protocol):
    """What a controller may ask of the screen.

    Attributes:
        session: where the walk stands; setting it draws every panel.
        chosen: what a person has chosen to see; `redraw` shows what was changed in it.
    """

    session: Session
    chosen: Chosen

    @property
    def host(self) -> Host:
        """The app."""

    @property
    def textual(self) -> QuickScreen[None]:
        """The screen as Textual has it: its panels, their classes, what it does meanwhile."""

    @property
    def view(self) -> View:
        """What is to be seen now."""

    def view_of(self, session: Session) -> View:
        """What is to be seen once the walk stands there."""

    @property
    def waits(self) -> bool:
        """Whether something takes a moment, in which the walk stays where it is."""

    def busy(self) -> bool:
        """Whether nothing may move the walk, which it then says."""

    def say(self, words: str, seconds: float = 2) -> None:
        """Tells something for so many seconds."""

    def redraw(self) -> None:
        """Draws every panel."""

    def rearrange(self) -> None:
        """Shares the room out anew, and draws."""
