"""A walk is saved, and is not lost by leaving: edits that are in no file are asked about before."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.text import Text

from engine.files.save.saver import Saver
from engine.files.save.where import proposed
from engine.walking.branch import standing
from engine.walking.session import Session
from engine.walking.unsaved import Saved
from tui import dialogs
from tui.stepper.branch import Branching
from tui.stepper.host import Stepper
from tui.words import saving as save_words

if TYPE_CHECKING:
    from tui.dialogs.save import Written


class Save:
    """Saves and leaves."""

    def __init__(self, screen: Stepper, branch: Branching) -> None:
        self.screen, self.branch = screen, branch
        self._saved = Saved()
        self._saver: Saver | None = None
        self._leaving: Callable[[str], object] | None = None
        """How the walk is left once every edit is saved, given what is to be said then; None where it is to stay."""

    # Saving

    def ask(self) -> None:
        """Asks where to, and saves the walk as it stands at the start of this iteration."""
        if not self.screen.busy():
            self._leaving = None
            self._ask_where()

    def _ask_where(self) -> None:
        scenario = standing(self.screen.session)
        self._saver = self._saver or Saver(scenario)
        what = save_words.what_is_saved(self.screen.session)
        self.screen.host.push_screen(dialogs.Save(scenario, proposed(scenario), what, self._saver), self._note_saved)

    def _note_saved(self, written: "Written | None") -> None:
        if written is None:
            self._leaving = None
            return
        self._saved = self._saved.with_file_of(self.screen.session)
        words = save_words.written(written.path, kept=written.kept)
        leaving = self._leaving
        if leaving is not None and not self._saved.missing(self.screen.session):
            leaving(words)
            return
        self.screen.say(words, 8)
        if leaving is not None:
            self._leave(leaving)

    # Leaving

    def quit(self, code: int = 0) -> None:
        """Ends the app with this exit code, after asking where edits would be lost."""
        self._leave(lambda words: self.screen.host.exit(return_code=code, message=Text(words) if words else None))

    def unless_lost(self, go: Callable[[], object]) -> None:
        """Makes room for another walk, after asking where edits would be lost."""

        def leave(words: str) -> None:
            go()
            if words:
                self.screen.host.notify(words, timeout=8, markup=False)

        self._leave(leave)

    def _leave(self, leave: Callable[[str], object]) -> None:
        view = self.screen.view
        edits = save_words.in_no_file(self._saved, self.screen.session, view.notation, view.digits)
        if edits:
            self.screen.host.push_screen(dialogs.Leave(edits), lambda answer: self._leave_or_stay(answer, leave))
        else:
            leave("")

    def _leave_or_stay(self, answer: str | None, leave: Callable[[str], object]) -> None:
        if answer == "leave":
            leave("")
        elif answer == "save" and not isinstance(self.screen.host.screen, dialogs.Save) and not self.screen.busy():
            session = self.screen.session
            branch, _ = self._saved.missing(session)[0]

            def go(there: Session) -> None:
                self._leaving = leave
                self.branch.enter(there)
                self._ask_where()

            self.branch.wait.then(branch.timeline, branch.left, lambda: self._saved.where_to_save(session), go)
