"""What a screen needs so that numbers can be changed on the way, and every walk that comes of it can be returned to."""

from typing import TYPE_CHECKING

from textual.reactive import reactive

from engine.walking.branch import branch_at, edited
from engine.walking.changes import RATE
from engine.walking.session import Session
from engine.walking.tree import Branch
from tui import dialogs
from tui.chart.legend import Curves
from tui.panels.header import Header
from tui.stepper.selecting import SelectingScreen
from tui.view.selection import what_is_edited
from tui.words.branches import branch_name, branch_short, branch_title

if TYPE_CHECKING:
    from tui.dialogs.branches import Choice

ALONE = "There is only this walk: e changes a number and starts a branch."


class BranchingScreen(SelectingScreen):
    """A screen that edits and knows branches."""

    session: reactive[Session]
    """Where the walk stands, and the tree of its branches."""

    def __init__(self) -> None:
        super().__init__()
        self._compared: int | None = None
        """The branch whose errors are drawn beside those of the walk: the one that was left last, or was chosen."""

    # Editing

    def action_edit(self) -> None:
        """Asks for a new value of what is selected, or first what is to be changed."""
        if self.busy():
            return
        view = self.view
        names = what_is_edited(self.session, self._selected, self._shown_example)
        if names is not None:
            self._ask_value(names)
            return
        chooser = dialogs.choose_what(self.session, self._selected, self._shown_example, view.notation, view.digits)
        self.app.push_screen(chooser, self._edit_named)

    def on_header_picked(self, message: Header.Picked) -> None:
        """A click on the header's learning rate."""
        if not self.busy():
            self._ask_value((RATE,))

    @property
    def _shown_example(self) -> int:
        """The example that is shown, its number in the file."""
        view = self.view
        return view.source.values.examples[view.example]

    def _edit_named(self, name: str | None) -> None:
        names = what_is_edited(self.session, name, self._shown_example)
        if names is not None:
            self._ask_value(names)

    def _ask_value(self, names: tuple[str, ...]) -> None:
        view = self.view
        shown = 0 if view.previewed else view.example
        self.app.push_screen(dialogs.ask_value(self.session, names, shown, view.notation), self.edit)

    def edit(self, values: dict[str, float] | None) -> None:
        """Gives numbers other values at the start of this iteration; None if nobody wants that."""
        if values is None:
            return
        before, changed = self.session, edited(self.session, values)
        if changed is before:
            self.notify("It is so already: nothing is changed.", timeout=3, markup=False)
            return
        self.enter_branch(changed)
        branch, view = changed.tree.branch, self.view
        title = branch_title(branch, view.notation, view.digits)
        if not branch.edits or branch.number == before.tree.current:
            words = f"Now {title}." if branch.edits else "Every edit is taken back: this is main again."
        elif any(other.number == branch.number for other in before.tree.branches):
            words = f"Back in a branch that has these edits. {title}."
        else:
            words = f"Branch {title}. b returns to {branch_name(before.tree.branch)}."
        self.notify(words, timeout=6, markup=False)

    # Branches

    def action_branches(self) -> None:
        """Lists them."""
        if self.busy():
            return
        if len(self.session.tree.branches) == 1:
            self.notify(ALONE, timeout=4, markup=False)
            return
        view = self.view
        screen = dialogs.Branches(self.session, self._compared_number, view.notation, view.digits)
        self.app.push_screen(screen, self._choose_branch)

    def _choose_branch(self, choice: "Choice | None") -> None:
        if choice is None:
            return
        name = branch_name(self.session.tree.numbered(choice.number))
        if choice.how == "compare":
            self._compare(choice.number, name)
        elif choice.number == self.session.tree.current:
            self.notify(f"You are in {name}.", timeout=2, markup=False)
        else:
            self.enter_branch(branch_at(self.session, choice.number, same_place=choice.how == "same place"))
            self.notify(f"{name.capitalize()}.", timeout=2, markup=False)

    def _compare(self, number: int, name: str) -> None:
        if number == self.session.tree.current:
            self._compared = None
            self.notify("The chart shows this walk alone.", timeout=3, markup=False)
        else:
            self._compared = number
            self.notify(f"The chart shows {name} beside this walk.", timeout=3, markup=False)
        self._draw()

    def enter_branch(self, session: Session) -> None:
        """Goes to a place in another branch; the one that is left stays in the chart, for comparison."""
        if session.tree.current != self.session.tree.current:
            self._compared = self.session.tree.current
        self._returns = []  # those places are of the walk that is left
        self.session = session

    @property
    def _compared_number(self) -> int | None:
        """The branch to compare with, if it is still there and another one than the present."""
        tree = self.session.tree
        known = any(branch.number == self._compared for branch in tree.branches)
        return self._compared if known and self._compared != tree.current else None

    def curves(self, rival: Branch) -> Curves:
        """What the two curves of the chart are called."""
        view = self.view
        own, other = (branch_short(branch, view.notation, view.digits) for branch in (self.session.tree.branch, rival))
        return Curves(own, other)

    @property
    def rival(self) -> Branch | None:
        """The branch to compare with."""
        number = self._compared_number
        return None if number is None else self.session.tree.numbered(number)
