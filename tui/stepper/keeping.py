"""What a screen needs to see as a person has chosen, on this day or another."""

from textual.screen import Screen

from tui.view.host import Host, host
from tui.view.settings import Settings


class KeepingScreen(Screen[None]):
    """A screen of our app; the app has the settings, and no screen a copy."""

    @property
    def host(self) -> Host:
        """The app."""
        return host(self.app)

    @property
    def settings(self) -> Settings:
        """What was chosen."""
        return self.host.kept.settings

    def choose(self, **changes: object) -> None:
        """Keeps other settings."""
        self.host.choose(**changes)
