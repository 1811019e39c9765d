"""The branches of a walk: which there are, how far each went, and which to go to or to compare with."""

from typing import Literal, NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList

from engine.formula.quantity import Quantity
from engine.program.notation import Notation
from engine.walking.branch import history_of
from engine.walking.session import Session
from engine.walking.tree import Branch, Tree
from tui.terminal.choices import Choices
from tui.terminal.closing import Dialog
from tui.words.branches import branch_title
from tui.words.format import number

HERE, COMPARED = "● ", "⠄⠠"
"""Before the branch that one is in, and before the one whose curve is in the chart, dotted as it is there."""


class Choice(NamedTuple):
    """What to do with which branch: go to where it was left, go to it at the place shown now, or compare with it."""

    number: int
    how: Literal["left", "same place", "compare"]


class Branches(Dialog[Choice | None]):
    """The tree; its result is what was chosen."""

    BINDINGS = [
        ("escape", "dismiss", "close"),
        ("b", "dismiss", "close"),
        ("q", "dismiss", "close"),
        ("h", "choose('same place')", "same place"),
        ("c", "choose('compare')", "compare"),
    ]

    def __init__(self, session: Session, compared: int | None, notation: Notation, digits: int | None) -> None:
        super().__init__()
        self._session, self._compared, self._notation, self._digits = session, compared, notation, digits
        self._listed = [branch for branch, _ in in_order(session.tree)]

    def compose(self) -> ComposeResult:
        """The list, and what the keys do."""
        current = self._session.tree.current
        with Vertical(classes="dialog", id="branches") as dialog:
            dialog.border_title = "branches"
            dialog.border_subtitle = "escape closes"
            listed = Choices(markup=False)
            yield listed
            listed.add_options(self._lines())
            listed.highlighted = next(i for i, branch in enumerate(self._listed) if branch.number == current)
            yield Label("enter goes to where it was left, h to the same place as now", classes="hint", markup=False)
            yield Label(f"c compares: its errors beside those of the walk ({COMPARED})", classes="hint", markup=False)

    def _lines(self) -> list[Content]:
        """A line for each branch, a child below its parent, and how far each went."""
        tree, symbol = self._session.tree, self._notation.symbol(Quantity("E"))
        lines = []
        for branch, stem in in_order(tree):
            mark = HERE if branch.number == tree.current else COMPARED if branch.number == self._compared else "  "
            history = history_of(self._session, branch)
            last = self._session.first + len(history) - 1
            reached = f"no {symbol} yet"
            if len(history):
                reached = f"{symbol} {number(float(history[-1]), self._digits)} at iteration {last:,}"
            title = branch_title(branch, self._notation, self._digits)
            style = "bold" if branch.number == tree.current else ""
            below = " " * (len(mark) + 1 + len(stem))
            lines.append(Content.assemble((mark, "$primary"), f" {stem}", (title, style), f"\n{below}{reached}"))
        return lines

    def action_choose(self, how: Literal["same place", "compare"]) -> None:
        """What a key does with the highlighted branch."""
        row = self.query_one(OptionList).highlighted
        if row is not None:
            self.dismiss(Choice(self._listed[row].number, how))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """To where it was left."""
        self.dismiss(Choice(self._listed[event.option_index].number, "left"))


def in_order(tree: Tree) -> list[tuple[Branch, str]]:
    """Every branch, its children right below it, with the lines that join it to its parent."""

    def below(branch: Branch, stem: str) -> list[tuple[Branch, str]]:
        children = tree.children(branch.number)
        found = []
        for child in children:
            last = child is children[-1]
            found.append((child, f"{stem}{'└ ' if last else '├ '}"))
            found += below(child, f"{stem}{'  ' if last else '│ '}")
        return found

    return [(tree.main, ""), *below(tree.main, "")]
