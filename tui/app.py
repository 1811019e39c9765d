"""The Textual app: themes, the palette, and the screens: one to choose a scenario, one that walks."""

import codecs
import sys
from collections.abc import Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.command import CommandPalette
from textual.driver import Driver
from textual.reactive import Reactive
from textual.screen import Screen
from textual.theme import Theme, ThemeProvider

from engine.scenario import Scenario
from engine.session import Position, Session
from tui import dialogs
from tui.ending import end_on_signals
from tui.palette import Palette, commands
from tui.saving import SavingScreen
from tui.stepper import StepperScreen
from tui.terse import TerseUpdate
from tui.theme import DARK, THEMES, theme_variables

if TYPE_CHECKING:
    from tui.picker.catalogue import Catalogue

INTERRUPTED = 130


class GradstepApp(App[None]):
    """Walks one scenario at a time; without one, begins with the picker."""

    TITLE = "gradstep"
    CSS_PATH = "styles.tcss"
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS = [Binding("ctrl+z", "suspend_process", show=False, system=True)]
    ALLOW_SELECT = False  # terminals select text themselves; ctrl+C leaves, and a click on what just went would raise

    theme: Reactive[str] = Reactive(DARK.name)
    """From the first on: another one that is set later has Textual read all styles twice."""

    def __init__(
        self,
        session: Session | None = None,
        *,
        canonical: bool = False,
        destination: Position | None = None,
        notes: bool = True,
    ) -> None:
        super().__init__()
        self._session, self._canonical, self._destination, self._notes = session, canonical, destination, notes

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's, and ours, which are there before any is looked for."""
        return super().available_themes | {theme.name: theme for theme in THEMES}

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The quantities' colours on whatever theme is active."""
        return theme_variables(self.current_theme, colourless=self.no_color)

    def get_driver_class(self) -> type[Driver]:
        """What reads the keyboard: a byte that is no UTF-8, an ü of another terminal, is a key that does nothing.

        Textual's readers raise there, and the walk would be lost. There is no public place to tell them otherwise.
        """
        driver = super().get_driver_class()
        module = sys.modules[driver.__module__]
        if hasattr(module, "getincrementaldecoder"):  # that of Windows gets letters, not bytes
            setattr(module, "getincrementaldecoder", _tolerant_decoder)  # noqa: B010 for mypy
        return driver

    def _display(self, screen: Screen[object], renderable: object) -> None:
        """Sends less to the terminal. There is no public place to do so."""
        if isinstance(renderable, ChopsUpdate | LayoutUpdate):
            renderable = TerseUpdate(renderable)
        super()._display(screen, renderable)  # type: ignore[arg-type]

    @cached_property
    def catalogue(self) -> "Catalogue":
        """What is known of the scenarios there are."""
        from tui.picker.catalogue import Catalogue  # here, because most walks begin with a scenario

        return Catalogue()

    def on_mount(self) -> None:
        """Opens the walk, or the picker."""
        end_on_signals(lambda code: self.exit(return_code=code), self.action_help_quit)
        if self._session is not None:
            self.open_session(self._session, self._destination)
            return
        from tui.picker.screen import Picker

        self.push_screen(Picker(self.catalogue), self._chosen)

    def _chosen(self, scenario: Scenario | None) -> None:
        if scenario is not None:
            self.open_session(Session.open(scenario))

    def open_session(self, session: Session, destination: Position | None = None) -> StepperScreen:
        """Opens a walk in the place of the present one; gives its screen."""
        screen = StepperScreen(session, canonical=self._canonical, destination=destination, notes=self._notes)
        if isinstance(self.screen, StepperScreen):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)
        return screen

    async def on_event(self, event: events.Event) -> None:
        """Whatever comes from the terminal; of what is pasted only the text, for the palette's line is Textual's."""
        if isinstance(event, events.Paste) and not event.text.isprintable():
            event = events.Paste("".join(filter(_is_text, event.text)))
        await super().on_event(event)

    def action_command_palette(self) -> None:
        """Opens the palette."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette())  # without an id: the last one may still be closing

    def search_themes(self) -> None:
        """Opens the palette of themes."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every action of the screen's keys, every shipped scenario, and Textual's own."""
        yield from commands(screen)
        for command in super().get_system_commands(screen):
            # the keys have them: 1 shows the graph alone; maximized beside another large panel it would hide both
            if command.title not in ("Quit", "Keys", "Maximize"):
                yield command

    def notify(self, message: str, **options: Any) -> None:
        """Tells something, in the place of what was told before: two messages would hide more than the keys."""
        self.clear_notifications()
        super().notify(message, **options)

    async def action_quit(self) -> None:
        """Ctrl+Q is Textual's own key: it does what `q` does."""
        self._leave(0)

    def action_help_quit(self) -> None:
        """Ctrl+C does what `q` does; a second time it ends the app at once."""
        self._leave(INTERRUPTED)

    def key_ctrl_c(self) -> None:
        """The same over a question: the app's bindings don't reach there."""
        self.action_help_quit()

    def key_ctrl_z(self) -> None:
        """Likewise."""
        self.action_suspend_process()

    def _leave(self, code: int) -> None:
        """Leaves; the walk asks before, once, if edits would be lost."""
        walk = next((screen for screen in self.screen_stack if isinstance(screen, SavingScreen)), None)
        if walk is None or isinstance(self.screen, dialogs.Leave):
            self.exit(return_code=code)
        else:
            walk.quit(code)


def _tolerant_decoder(encoding: str) -> "partial[codecs.IncrementalDecoder]":
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


def _is_text(letter: str) -> bool:
    return letter.isprintable() or letter in "\r\n"  # a line of a question takes the first of several
