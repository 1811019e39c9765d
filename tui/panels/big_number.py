"""The number in focus, large, for a room to read."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Digits, Label

from tui.borders import label
from tui.format import UNKNOWN, fit
from tui.formula import ROLES
from tui.meanings import meaning
from tui.view import View

CELLS = 3
"""Cells that a digit takes across."""


def large_text(value: float | None, columns: int, digits: int | None) -> str:
    """The number as large digits show it, in so many cells: they have an ASCII minus only."""
    return fit(value, max(5, columns // CELLS), digits).replace("−", "-")


class BigNumber(Vertical):
    """Its name on the border, its digits, and what it tells."""

    def compose(self) -> ComposeResult:
        """Digits and a line."""
        yield Digits(UNKNOWN)
        yield Label("", markup=False)

    def show(self, view: View) -> None:
        """Draws the number of the view's focus."""
        focus = view.focus
        kind = None if focus is None else focus.kind
        for role in set(ROLES.values()):  # several kinds share one
            self.set_class(ROLES.get(kind or "") == role, f"role-{role}")
        value = None if view.explanation is None else view.explanation.value
        self.query_one(Digits).update(large_text(value, self.content_size.width, view.digits))
        network = view.session.scenario.network
        self.query_one(Label).update("" if focus is None else meaning(focus, network, view.notation))
        label(self, "" if focus is None else view.notation.symbol(focus))
