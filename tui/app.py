"""The Textual app: themes, the palette, and the screens: one to choose a scenario, one that walks."""

from collections.abc import Iterable
from functools import cached_property
from io import StringIO
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding
from textual.command import CommandPalette
from textual.reactive import Reactive
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, Theme

from engine.files.problems import shown_path
from engine.program.scenario import Scenario
from engine.walking.session import Position, Session
from tui import dialogs
from tui.stepper.screen import StepperScreen
from tui.terminal.ending import end_on_signals
from tui.terminal.theme import DARK, THEMES, theme_variables
from tui.view.chosen import Chosen
from tui.view.host import Host
from tui.view.settings import Kept
from tui.words.rows import place_words

if TYPE_CHECKING:
    from tui.picker.catalogue import Catalogue
    from tui.view.signs import Own

INTERRUPTED = 130


class GradstepApp(Host):
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
        kept: Kept | None = None,
        canonical: bool | None = None,
        destination: Position | None = None,
        notes: bool | None = None,
        own: "Own | None" = None,
    ) -> None:
        """An app.

        Args:
            session: what is walked; None to choose.
            kept: the settings; without them what is chosen lasts as long as the app.
            canonical: whether names are the canonical ones, whatever is kept.
            destination: where the walk goes at once.
            notes: whether a teacher's notes appear, whatever is kept.
            own: somebody's own numbers, which are shown beside the walk's.
        """
        self.kept = kept or Kept()
        theme = self.kept.settings.theme
        if theme in BUILTIN_THEMES or theme in (ours.name for ours in THEMES):
            self.set_reactive(GradstepApp.theme, theme)  # before Textual reads its styles
        super().__init__()
        self._session, self._destination, self._own = session, destination, own
        if canonical is not None:
            self.kept.override(names="canonical" if canonical else "document")
        if notes is not None:
            self.kept.override(notes=notes)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's, and ours, which are there before any is looked for."""
        return super().available_themes | {theme.name: theme for theme in THEMES}

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The quantities' colours on whatever theme is active."""
        return theme_variables(self.current_theme, colourless=self.no_color)

    @cached_property
    def catalogue(self) -> "Catalogue":
        """What is known of the scenarios there are."""
        from tui.picker.catalogue import Catalogue  # here, because most walks begin with a scenario

        return Catalogue()

    def on_mount(self) -> None:
        """Opens the walk, or the picker."""
        if self.kept.problem:
            self.notify(self.kept.problem, severity="warning", timeout=8, markup=False)
        end_on_signals(lambda code: self.exit(return_code=code), self.action_help_quit)
        if self._session is not None:
            self.open_session(self._session, self._destination, Chosen(own=self._own))
            return
        from tui.picker.screen import Picker

        self.push_screen(Picker(self.catalogue), self._chosen)

    def _chosen(self, scenario: Scenario | None) -> None:
        if scenario is not None:
            self.open_session(Session.open(scenario))

    def open_session(
        self, session: Session, destination: Position | None = None, chosen: Chosen | None = None
    ) -> StepperScreen:
        """Opens a walk in the place of the present one, and what was chosen to be seen; gives its screen."""
        screen = StepperScreen(session, destination, chosen)
        screen.fit(self.size)
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
            from tui.palette import Actions  # here, and below: a walk begins without it
            from tui.terminal.closing import Palette

            # without an id: the last one may still be closing
            self.push_screen(Palette(providers=[Actions], placeholder="search for a command, by any word"))

    def search_themes(self) -> None:
        """Opens the palette of themes."""
        from tui.palette import Themes
        from tui.terminal.closing import Palette

        self.push_screen(Palette(providers=[Themes], placeholder="search for a theme: dark, light, or a name"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette has."""
        from tui.palette import commands

        for command in commands(self, screen):
            yield SystemCommand(command.title, command.purpose, command.run, command.listed)

    # What is kept

    def choose(self, **changes: object) -> None:
        """Keeps settings for the next walk; says so if they can't be kept."""
        self._tell(self.kept.choose(**changes))

    def watch_theme(self, theme: str) -> None:
        """Another theme was chosen."""
        if self.is_running and theme != (self.kept.settings.theme or DARK.name):
            self.choose(theme=theme)

    def action_forget_settings(self) -> None:
        """Everything as in the beginning."""
        problem = self.kept.forget()
        self.theme = DARK.name
        for screen in self.screen_stack:
            if isinstance(screen, StepperScreen):
                screen.rearrange()
        self._tell(problem or "Settings are as in the beginning.")

    def _tell(self, words: str) -> None:
        if words:
            self.notify(words, timeout=6, markup=False)

    # Pictures

    def action_picture(self) -> None:
        """A picture of what is seen, without messages; once the palette, if it was asked there, is gone."""
        self.clear_notifications()
        self.call_after_refresh(self._save_picture)

    def _save_picture(self) -> None:
        from tui.terminal.picture.save import PictureError, save_picture
        from tui.terminal.picture.shot import taken
        from tui.terminal.picture.svg import svg

        walk = next((screen for screen in self.screen_stack if isinstance(screen, StepperScreen)), None)
        stem = title = "gradstep"
        if walk is not None:
            stem = f"{walk.session.scenario.name}-{walk.session.iteration}-{walk.session.done}"
            title = place_words(walk.session)
        picture = svg(taken(self), title)
        if self.is_web:  # it goes to who looks at the page
            self.deliver_text(
                StringIO(picture), save_filename=f"{stem}.svg", open_method="browser", mime_type="image/svg+xml"
            )
            return
        try:
            self._tell(f"The picture is {shown_path(save_picture(stem, picture))}")
        except PictureError as error:
            self.notify(str(error), severity="error", timeout=6, markup=False)

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
        walk = next((screen for screen in self.screen_stack if isinstance(screen, StepperScreen)), None)
        # from the walk itself the dialog is not asked for: to name it would import it
        if walk is None or (self.screen is not walk and isinstance(self.screen, dialogs.Leave)):
            self.exit(return_code=code)
        else:
            walk.save.quit(code)


def _is_text(letter: str) -> bool:
    return letter.isprintable() or letter in "\r\n"  # a line of a question takes the first of several
