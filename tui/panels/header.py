"""The header line: which scenario, where in the walk, what is being computed."""

from textual.content import Content
from textual.widgets import Static

from engine.quantity import Quantity
from engine.steps import Row
from tui.format import number
from tui.view import View

PHASE_WORDS = {"forward": "▸ forward", "error": "◆ error", "backward": "◂ backward", "update": "✚ update"}
QUANTITY_WORDS = {
    "y": "outputs",
    "x": "total inputs",
    "E": "the error",
    "dE/dy": "error by output",
    "dE/dx": "error by total input",
    "dE/dw": "error by parameter",
    "w+": "new parameters",
}
"""What a row computes, in words short enough for the header."""


def purpose(view: View, row: Row) -> str:
    """`x  total inputs of layer 1`: what a row computes."""
    name = view.notation.symbol(Quantity(row.quantity))
    if row.quantity == "E":
        return f"{name}  the error"
    if row.quantity == "y" and row.layer == 0:
        return f"{name}  the inputs"
    return f"{name}  {QUANTITY_WORDS[row.quantity]} of layer {row.layer}"


class Header(Static):
    """One line."""

    def show(self, view: View) -> None:
        """Draws the view's place."""
        self.update(self._line(view))

    def _line(self, view: View) -> Content:
        session, width = view.session, self.app.size.width
        batch = view.source.values.examples
        example = f"example {batch[view.example] + 1}/{len(session.scenario.inputs)}"
        if view.previewed:
            example += " (preview)"
        rate = f"{view.notation.symbol(Quantity('learning_rate'))} {number(session.scenario.training.learning_rate, 4)}"
        row = session.row
        if row is None:
            phase, what = "", "nothing computed yet"
        else:
            phase, what = PHASE_WORDS[row.phase], purpose(view, row)
        place = f"iteration {session.iteration}"
        step = f"step {session.done}/{session.count}"
        title = session.scenario.title if width >= 130 else session.scenario.name
        parts = [title, place, example, step] if width >= 100 else [title, f"it. {session.iteration}", step]
        left = Content("   ".join(parts[1:]))
        line = Content.assemble(
            (parts[0], "bold"), "   ", left, "   ", (phase, "bold $role-lit"), "  " if phase else "", what
        )
        gap = width - 2 - line.cell_length - len(rate)
        return line + Content(" " * max(2, gap)) + Content(rate)
