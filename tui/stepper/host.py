"""The screen of a walk, as far as its controllers know it."""

from collections.abc import Coroutine, Iterable
from typing import Any, Protocol, TypeVar

from textual.widget import Widget

from engine.walking.session import Session
from tui.view.chosen import Chosen
from tui.view.host import Host
from tui.view.seen import View

Panel = TypeVar("Panel", bound=Widget)


class Stepper(Protocol):
    """What a controller may ask of the screen; the last few are Textual's.

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
    def view(self) -> View:
        """What is to be seen now."""

    def busy(self) -> bool:
        """Whether nothing may move the walk, which it then says."""

    def say(self, words: str, seconds: float = 2) -> None:
        """Tells something for so many seconds."""

    def redraw(self) -> None:
        """Draws every panel."""

    def rearrange(self) -> None:
        """Shares the room out anew, and draws."""

    @property
    def is_active(self) -> bool:
        """Whether nothing else is on top of it."""

    def query(self, selector: type[Panel], /) -> Iterable[Panel]:
        """The panels of a kind; none if a key comes before them."""

    def query_one(self, selector: type[Panel], /) -> Panel:
        """The panel of a kind."""

    def mount(self, widget: Widget, /, *, after: str) -> Any:
        """Adds a panel; awaiting it waits for it."""

    def set_class(self, add: bool, name: str, /) -> object:
        """Has the stylesheet show panels otherwise."""

    def refresh_bindings(self) -> None:
        """Other keys do something now."""

    def run_worker(self, work: Coroutine[Any, Any, None], /, *, group: str, exclusive: bool) -> object:
        """Does something meanwhile, in the place of what its group is doing."""
