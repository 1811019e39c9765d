"""What a screen needs so that a walk can be saved, and is not lost by leaving."""

import shlex
from pathlib import Path

from rich.text import Text

from engine.branch import standing
from engine.files.save.place import proposed
from engine.session import Session
from engine.unsaved import Saved
from tui.branch_words import branch_name, change_words
from tui.branching import BranchingScreen
from tui.dialogs.leave import Leave
from tui.dialogs.save import Save, Written


class SavingScreen(BranchingScreen):
    """A screen whose walk can be saved; it asks before it is left with edits that are in no file."""

    def __init__(self) -> None:
        super().__init__()
        self._saved = Saved()
        self._leaving: int | None = None
        """With which exit code the app is left once every edit is saved; None where it is to stay."""

    # Saving

    def action_save(self) -> None:
        """Asks where to, and saves the walk as it stands at the start of this iteration."""
        if not self.busy():
            self._leaving = None
            self._ask_where()

    def _ask_where(self) -> None:
        scenario = standing(self.session)
        self.app.push_screen(Save(scenario, proposed(scenario), what_is_saved(self.session)), self._note_saved)

    def _note_saved(self, written: Written | None) -> None:
        if written is None:
            self._leaving = None
            return
        self._saved = self._saved.with_file_of(self.session)
        words = f"{written.path} is written; {command_for(written.path)} goes on from here."
        if not written.kept:
            words += " Comments of the old file could not be kept."
        if self._leaving is not None and not self._saved.missing(self.session):
            self.app.exit(return_code=self._leaving, message=Text(words))
            return
        self.notify(words, timeout=8, markup=False)
        if self._leaving is not None:
            self.leave(self._leaving)

    # Leaving

    def action_quit(self) -> None:
        """Leaves; asks before, if an edit is in no file."""
        self.leave()

    def leave(self, code: int = 0) -> None:
        """Leaves with this exit code, after asking where edits would be lost."""
        edits = self._edits_in_no_file()
        if not edits:
            self.app.exit(return_code=code)
            return
        self.app.push_screen(Leave(edits), lambda answer: self._leave_or_stay(answer, code))

    def _edits_in_no_file(self) -> list[str]:
        names, digits = self.view.notation, self.view.digits
        return [
            f"{change_words(branch.timeline.scenario, edit, names, digits)} at iteration {branch.iteration:,}"
            for branch, edit in self._saved.missing(self.session)
        ]

    def leaving_loses(self) -> str | None:
        """The question before this walk makes room for another, if edits are in no file."""
        edits = self._edits_in_no_file()
        if not edits:
            return None
        more = f"; and {len(edits) - 1} more" if len(edits) > 1 else ""
        return f"Not saved: {edits[0]}{more}. Leave this walk without saving?"

    def _leave_or_stay(self, answer: str | None, code: int) -> None:
        if answer == "leave":
            self.app.exit(return_code=code)
        elif answer == "save" and not isinstance(self.app.screen, Save) and not self.busy():
            self._leaving = code
            self.enter_branch(self._saved.where_to_save(self.session))
            self._ask_where()


def what_is_saved(session: Session) -> str:
    """What a file of this place holds, in words."""
    optimizer = session.scenario.training.optimizer
    where = f"iteration {session.iteration:,}"
    if len(session.tree.branches) > 1:
        where += f" of {branch_name(session.tree.owner(session.iteration))}"
    words = f"the start of {where}"
    if optimizer.slots and session.iteration > 0:
        words += f" with {optimizer.name}'s {' and '.join(optimizer.slots)}"
    return words + ("; published figures are left out" if session.tree.main.timeline.scenario.published else "")


def command_for(path: Path) -> str:
    """What to type to open a file."""
    name = str(path)
    return f"gradstep {shlex.quote(f'./{name}' if name.startswith('-') else name)}"
