"""What screens and the palette ask of the app: so they need not know it, who knows them all."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from engine.walking.session import Position, Session
from tui.terminal.app import TerminalApp
from tui.view.chosen import Chosen
from tui.view.settings import Kept

if TYPE_CHECKING:
    from tui.picker.catalogue import Catalogue


class Host(TerminalApp):
    """The app, as far as screens know it."""

    kept: Kept

    @property
    def catalogue(self) -> "Catalogue":
        """What is known of the scenarios there are."""
        raise NotImplementedError

    def open_session(
        self, session: Session, destination: Position | None = None, chosen: Chosen | None = None
    ) -> Screen[None]:
        """Opens a walk in the place of the present one, and what was chosen to be seen; gives its screen."""
        raise NotImplementedError

    def choose(self, **changes: object) -> None:
        """Keeps settings for the next walk; says so if they can't be kept."""
        raise NotImplementedError


def host(app: object) -> Host:
    """The app of a screen, which is ours."""
    assert isinstance(app, Host)
    return app
