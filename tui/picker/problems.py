"""A file with problems: each with its place and its remedy. It is mended in an editor, and read again from here."""

from collections.abc import Callable
from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from engine.program.scenario import Scenario
from engine.told import Told
from tui.picker.catalogue import Reading
from tui.picker.words import headline, problems_of
from tui.terminal.beside import Beside
from tui.terminal.closing import Dialog
from tui.words.progress import progress_words

HINT = "r or enter reads it again   ↑ ↓ scroll   escape closes"


class FileProblems(Dialog[Scenario | None]):
    """Stays until the file is fine (its scenario is the result), or until it is closed."""

    BINDINGS = [
        ("r", "again", "read again"),
        ("enter", "again", "read again"),
        ("escape", "dismiss", "close"),
        ("q", "dismiss", "close"),
    ]

    def __init__(self, path: Path, reading: Reading, read: Callable[[Path, Told], Reading]) -> None:
        super().__init__()
        self._path, self._reading, self._read = path, reading, read

    def compose(self) -> ComposeResult:
        """Which file, what is wrong with it, what can be done here."""
        with Vertical(classes="dialog", id="problems") as dialog:
            dialog.border_title = Content("this file can't be opened yet")
            dialog.border_subtitle = Content(HINT)
            yield Label("", id="which", markup=False)
            with VerticalScroll():
                yield Static("", markup=False)

    def on_mount(self) -> None:
        """The problems."""
        self.query_one(VerticalScroll).focus()
        self._show(self._reading)

    def _show(self, reading: Reading) -> None:
        self._reading = reading
        self.query_one("#which", Label).update(Content.styled(headline(reading.problems, self._path), "bold"))
        self.query_one("VerticalScroll Static", Static).update(problems_of(reading.problems, self._path))

    def _tell(self, done: int, of: int | None, what: str) -> None:
        """How far it is read; who closes this has stopped it."""
        if self.is_there:
            words = f"{progress_words(done, of, what)} …   escape closes"
            self.query_one("#problems").border_subtitle = Content(words)

    @work(exclusive=True)
    async def action_again(self) -> None:
        """Reads the file again; what is wrong now, if anything is."""
        before = self._reading.problems
        reading = await Beside(lambda told: self._read(self._path, told), self._tell).result()
        if self.is_there:
            self.query_one("#problems").border_subtitle = Content(HINT)
        if not self.is_active:  # it was closed in the meantime, or the palette is over it
            return
        if reading.scenario is not None:
            self.dismiss(reading.scenario)
            return
        self._show(reading)
        if reading.problems == before:
            self.notify("It is as it was: mend it in an editor, save it, then r.", timeout=3, markup=False)
