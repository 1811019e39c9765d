"""The Textual app: themes, the palette, and the screens: one to choose a scenario, one that walks."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand
from textual.screen import Screen

from engine.scenario import Scenario
from engine.session import Position, Session
from tui.palette import commands
from tui.stepper import StepperScreen
from tui.theme import DARK, THEMES, theme_variables

if TYPE_CHECKING:
    from tui.picker.catalogue import Catalogue

INTERRUPTED = 130


class GradstepApp(App[None]):
    """Walks one scenario at a time; without one, begins with the picker."""

    TITLE = "gradstep"
    CSS_PATH = "styles.tcss"
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(
        self, session: Session | None = None, *, canonical: bool = False, destination: Position | None = None
    ) -> None:
        super().__init__()
        self._session, self._canonical, self._destination = session, canonical, destination
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The quantities' colours on whatever theme is active."""
        return theme_variables(self.current_theme)

    @cached_property
    def catalogue(self) -> "Catalogue":
        """What is known of the scenarios there are."""
        from tui.picker.catalogue import Catalogue  # here, because most walks begin with a scenario

        return Catalogue()

    def on_mount(self) -> None:
        """Opens the walk, or the picker."""
        if self._session is not None:
            self.push_screen(StepperScreen(self._session, canonical=self._canonical, destination=self._destination))
            return
        from tui.picker.screen import Picker

        self.push_screen(Picker(self.catalogue), self._chosen)

    def _chosen(self, scenario: Scenario | None) -> None:
        if scenario is not None:
            self.open_session(Session.open(scenario))

    def open_session(self, session: Session, destination: Position | None = None) -> StepperScreen:
        """Opens a walk in the place of the present one; gives its screen."""
        screen = StepperScreen(session, canonical=self._canonical, destination=destination)
        if isinstance(self.screen, StepperScreen):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)
        return screen

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every action of the screen's keys, every shipped scenario, and Textual's own."""
        yield from commands(screen)
        for command in super().get_system_commands(screen):
            if command.title not in ("Quit", "Keys"):  # the list has them
                yield command

    def action_help_quit(self) -> None:
        """Ctrl+C ends the app at once, as in any command."""
        self.exit(return_code=INTERRUPTED)
