"""The Textual app: themes, the palette, and the screen that walks."""

from collections.abc import Iterable

from textual.app import App, SystemCommand
from textual.screen import Screen

from engine.session import Position, Session
from tui.keys import KEYS
from tui.stepper import StepperScreen
from tui.theme import DARK, THEMES, theme_variables

INTERRUPTED = 130


class GradstepApp(App[None]):
    """Walks one scenario."""

    TITLE = "gradstep"
    CSS_PATH = "styles.tcss"
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(
        self, session: Session, *, canonical: bool = False, destination: Position | None = None, notes: bool = True
    ) -> None:
        super().__init__()
        self._session, self._canonical, self._destination, self._notes = session, canonical, destination, notes
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The quantities' colours on whatever theme is active."""
        return theme_variables(self.current_theme)

    def on_mount(self) -> None:
        """Opens the stepper."""
        self.push_screen(
            StepperScreen(self._session, canonical=self._canonical, destination=self._destination, notes=self._notes)
        )

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every action of the list of keys, and Textual's own."""
        if isinstance(screen, StepperScreen):
            for entry in KEYS:
                name, _, argument = entry.action.partition("(")
                action = entry.action if argument else f"{name}()"
                yield SystemCommand(
                    entry.label.capitalize(), entry.purpose, lambda action=action: screen.run_action(action)
                )
        for command in super().get_system_commands(screen):
            if command.title not in ("Quit", "Keys"):  # the list has them
                yield command

    def action_help_quit(self) -> None:
        """Ctrl+C ends the app at once, as in any command."""
        self.exit(return_code=INTERRUPTED)
