"""Asks where to save; stays until the file is written, or `escape`."""

from pathlib import Path
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label
from textual.widgets.input import Selection

from engine.files.save.saver import Saver
from engine.files.save.where import SaveError, TakenError, path_of
from engine.program.scenario import Scenario
from engine.told import Told
from tui.terminal.answer_line import TypedLine
from tui.terminal.beside import Beside, StoppedError
from tui.terminal.closing import Dialog
from tui.words.progress import progress_words

AGAIN = "enter replaces it, another name keeps it"


class Written(NamedTuple):
    """A file that was written.

    Attributes:
        path: the file.
        kept: whether all that the author of the old file wrote is in it.
    """

    path: Path
    kept: bool


class Save(Dialog[Written | None]):
    """A line for the path, what will be in the file, and what is in the way."""

    BINDINGS = [("escape", "cancel", "cancel")]

    def __init__(self, scenario: Scenario, proposed: Path, what: str, saver: Saver) -> None:
        """Asks.

        Args:
            scenario: what is saved.
            proposed: where.
            what: what the file will hold, in words.
            saver: writes it.
        """
        super().__init__()
        self.beside: type[Beside[bool]] = Beside
        self._scenario, self._proposed, self._what, self._saver = scenario, proposed, what, saver
        self._work: Beside[bool] | None = None
        self._written: Written | None = None

    def compose(self) -> ComposeResult:
        """Question, what will be in the file, line, message."""
        with Vertical(classes="dialog", id="save") as dialog:
            dialog.border_title = Content("save")
            dialog.border_subtitle = Content("enter writes it   escape closes")
            yield Label("Save the walk to which new scenario file?", markup=False)
            yield TypedLine(str(self._proposed), select_on_focus=False)
            yield Label("", classes="problem", markup=False)
            yield Label(f"a path, .toml may be left out; it will hold {self._what}", classes="hint", markup=False)

    def on_mount(self) -> None:
        """The name is selected, so that another one replaces it; the folder stays."""
        self._saver.forget()  # what was said when this was asked before
        line = self.query_one(TypedLine)
        line.selection = Selection(len(line.value) - len(self._proposed.name), len(line.value))

    def on_input_changed(self) -> None:
        """Another name: what was said of the last one no longer holds."""
        self._saver.forget()
        self._say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Writes, or says why not."""
        if self._work is not None:
            return
        try:
            path = path_of(event.value)
        except SaveError as error:
            self._say(str(error))
            return
        self._say("Writing …")

        def work(told: Told) -> bool:
            kept = self._saver.save(self._scenario, path, told)
            self._written = Written(path, kept)
            return kept

        self._work = self.beside(work, self._tell)
        self.run_worker(self._write(self._work))

    async def _write(self, work: Beside[bool]) -> None:
        try:
            await work.result()
        except StoppedError:
            if self._written is None:
                self._say("Stopped: nothing is written.")
        except TakenError as error:
            self._say(f"{error}: {AGAIN}" if error.seen else str(error))
        except SaveError as error:
            self._say(str(error))
        finally:
            self._work = None
        self._close()  # once it is written, that it was stopped comes too late

    def _tell(self, done: int, of: int | None, what: str) -> None:
        """As of `engine.told.Told`."""
        if self._work is not None and self.is_there:
            stops = "stopping …" if self._work.stopped else "escape stops"
            self._say(f"{progress_words(done, of, what)} …   {stops}")

    def _close(self) -> None:
        """Closes once the file is written, unless something is asked on top of this."""
        if self._written is not None and self.is_active:
            self.dismiss(self._written)

    def on_screen_resume(self) -> None:
        """What was on top is gone."""
        self._close()

    def _say(self, words: str) -> None:
        self.query_one(".problem", Label).update(words)

    def action_cancel(self) -> None:
        """Closes; while the file is being made stops that."""
        if self._work is None:
            self.dismiss(None)
        else:
            self._work.stop()
