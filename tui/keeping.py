"""What a screen needs to see as a person has chosen, on this day or another."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from tui.settings import Settings

if TYPE_CHECKING:
    from tui.app import GradstepApp


class KeepingScreen(Screen[None]):
    """A screen of our app; the app has the settings, and no screen a copy."""

    @property
    def _gradstep(self) -> "GradstepApp":
        from tui.app import GradstepApp

        assert isinstance(self.app, GradstepApp)
        return self.app

    @property
    def settings(self) -> Settings:
        """What was chosen."""
        return self._gradstep.kept.settings

    def choose(self, **changes: object) -> None:
        """Keeps other settings."""
        self._gradstep.choose(**changes)
