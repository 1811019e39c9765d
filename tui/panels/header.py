"""The header line: which scenario, where in the walk, what is being computed."""

from textual.content import Content
from textual.widgets import Static

from engine.quantity import Quantity
from engine.steps import Row
from tui.format import number
from tui.formula import short_symbol
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

PLAYING = "▶"
"""Before the speed, while the walk goes on by itself."""


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
        width = self.app.size.width - 2
        rate = view.session.scenario.training.learning_rate
        right = f"{view.notation.symbol(Quantity('learning_rate'))} {number(rate, 4)}"
        if view.playing is not None:
            right = f"{PLAYING} {view.playing:g}/s   {right}"
        if view.lecturing:
            right = f"lecture   {right}"
        lines = [_line(view, full=True), _line(view, full=False)]
        left = next((line for line in lines if line.cell_length + len(right) + 2 <= width), lines[-1])
        left = left.truncate(max(1, width - len(right) - 2), ellipsis=True)
        self.update(left + Content(" " * (width - left.cell_length - len(right)) + right), layout=False)


def _line(view: View, *, full: bool) -> Content:
    """The line, in full or in the fewest words."""
    session = view.session
    row, batch = session.row, view.source.values.examples
    example = f"example {batch[view.example] + 1}/{len(session.scenario.inputs)}"
    if view.previewed:
        example += " (preview)"
    if row is None:
        phase, what = "", "nothing computed yet"
    else:
        phase = PHASE_WORDS[row.phase]
        brief = f"{short_symbol(row.quantity, view.notation)} of layer {row.layer}"
        what = purpose(view, row) if full or row.quantity == "E" else brief
    place = f"iteration {session.iteration}"
    step = f"step {session.done}/{session.count}"
    parts = [place, example, step] if full else [f"it. {session.iteration}", step]
    if not full and (view.previewed or len(session.scenario.inputs) > 1):
        parts.insert(1, f"ex. {batch[view.example] + 1}" + (" (preview)" if view.previewed else ""))
    title = session.scenario.title if full and view.wide else session.scenario.name
    return Content.assemble(
        (title, "bold"), "   ", "   ".join(parts), "   ", (phase, "bold"), "  " if phase else "", what
    )
