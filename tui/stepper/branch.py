"""Numbers are changed on the way, and every walk that comes of it can be returned to."""

from functools import partial
from typing import TYPE_CHECKING

from engine.walking.branch import branch_at, in_tree, with_edits
from engine.walking.session import Session
from engine.walking.tree import Branch
from tui import dialogs
from tui.chart.shown import Curves
from tui.stepper.host import Stepper
from tui.stepper.select import Select
from tui.stepper.wait import Wait
from tui.view.selection import what_is_edited
from tui.words.branches import branch_name, branch_short, branch_title

if TYPE_CHECKING:
    from tui.dialogs.branches import Choice

ALONE = "There is only this walk: e changes a number and starts a branch."


class Branching:
    """Edits, and knows branches."""

    def __init__(self, screen: Stepper, select: Select, wait: Wait) -> None:
        self.screen, self.select, self.wait = screen, select, wait

    # Editing

    def edit(self) -> None:
        """Asks for a new value of what is selected, or first what is to be changed."""
        if self.screen.busy():
            return
        selected, view = self.screen.chosen.selected, self.screen.view
        example = view.source.values.examples[view.example]
        if what_is_edited(view.session, selected, example) is None:
            chooser = dialogs.choose_what(view.session, selected, example, view.notation, view.digits)
            self.screen.host.push_screen(chooser, self.ask_value)
        else:
            self.ask_value(selected)

    def ask_value(self, name: str | None) -> None:
        """Asks for the new value of a node, a parameter or the learning rate, where that can be edited."""
        view = self.screen.view
        names = what_is_edited(view.session, name, view.source.values.examples[view.example])
        if names is not None:
            shown = 0 if view.previewed else view.example
            self.screen.host.push_screen(dialogs.ask_value(view.session, names, shown, view.notation), self.set)

    def set(self, values: dict[str, float] | None) -> None:
        """Gives numbers other values at the start of this iteration; None if nobody wants that."""
        if values is None:
            return
        session = self.screen.session
        tree = with_edits(session, values)
        if tree is None:
            self.screen.say("It is so already: nothing is changed.", 3)
            return
        timeline, there = tree.branch.timeline, partial(in_tree, session, tree)
        self.wait.then(timeline, session.position, there, lambda changed: self._changed(session, changed))

    def _changed(self, before: Session, changed: Session) -> None:
        """Enters the branch of an edit, and says which it is."""
        self.enter(changed)
        branch, view = changed.tree.branch, self.screen.view
        title = branch_title(branch, view.notation, view.digits)
        if not branch.edits or branch.number == before.tree.current:
            words = f"Now {title}." if branch.edits else "Every edit is taken back: this is main again."
        elif any(other.number == branch.number for other in before.tree.branches):
            words = f"Back in a branch that has these edits. {title}."
        else:
            words = f"Branch {title}. b returns to {branch_name(before.tree.branch)}."
        self.screen.say(words, 6)

    # Branches

    def choose(self) -> None:
        """Lists them."""
        if self.screen.busy():
            return
        session, view = self.screen.session, self.screen.view
        if len(session.tree.branches) == 1:
            self.screen.say(ALONE, 4)
            return
        rival = self.rival
        compared = None if rival is None else rival.number
        listed = dialogs.Branches(session, compared, view.notation, view.digits)
        self.screen.host.push_screen(listed, self._chosen)

    def _chosen(self, choice: "Choice | None") -> None:
        if choice is None:
            return
        session = self.screen.session
        name = branch_name(session.tree.numbered(choice.number))
        if choice.how == "compare":
            self._compare(choice.number, name)
        elif choice.number == session.tree.current:
            self.screen.say(f"You are in {name}.")
        else:
            branch, same = session.tree.numbered(choice.number), choice.how == "same place"
            there = partial(branch_at, session, choice.number, same_place=same)
            place = session.position if same else branch.left
            self.wait.then(branch.timeline, place, there, lambda there: self._arrived(there, name))

    def _arrived(self, there: Session, name: str) -> None:
        self.enter(there)
        self.screen.say(f"{name.capitalize()}.")

    def _compare(self, number: int, name: str) -> None:
        alone = number == self.screen.session.tree.current
        self.screen.chosen.compared = None if alone else number
        self.screen.say("The chart shows this walk alone." if alone else f"The chart shows {name} beside this walk.", 3)
        self.screen.redraw()

    def enter(self, session: Session) -> None:
        """Goes to a place in another branch; the one that is left stays in the chart, for comparison."""
        left = self.screen.session.tree.current
        if session.tree.current != left:
            self.screen.chosen.compared = left
        self.select.returns = []  # those places are of the walk that is left
        self.screen.session = session

    @property
    def rival(self) -> Branch | None:
        """The branch to compare with, if it is still there and another one than the present."""
        tree, compared = self.screen.session.tree, self.screen.chosen.compared
        if compared == tree.current:
            return None
        return next((branch for branch in tree.branches if branch.number == compared), None)

    def curves(self, rival: Branch) -> Curves:
        """What the two curves of the chart are called."""
        view = self.screen.view
        own, other = (branch_short(branch, view.notation, view.digits) for branch in (view.session.tree.branch, rival))
        return Curves(own, other)
