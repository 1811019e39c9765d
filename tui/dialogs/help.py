"""Every key by group, and what the signs and colours mean."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.notation import Notation
from engine.quantity import Quantity
from tui.formula import role_style
from tui.keys import groups, shown

MEANINGS = (
    ("x", "total input of a node: its weighted inputs and its bias, summed"),
    ("y", "output of a node: its activation function at x"),
    ("E", "error: how far the outputs are from their targets"),
    ("dE/dy", "how E changes with a node's output"),
    ("dE/dx", "how E changes with a node's total input"),
    ("dE/dw", "how E changes with a weight or a bias"),
)
SIGNS = (
    ("● ◉ ◌ ○", "step done, the last one, walked before, not walked yet"),
    ("┏━━┓", "the node whose calculation is shown"),
    ("·····  - - -", "an edge that this step does not use; one with a negative weight is dashed"),
    ("—", "not computed yet"),
)


class Help(ModalScreen[None]):
    """The list of keys, scrollable."""

    BINDINGS = [
        ("escape", "dismiss", "close"),
        ("question_mark", "dismiss", "close"),
        ("q", "dismiss", "close"),
    ]

    def __init__(self, notation: Notation) -> None:
        super().__init__()
        self._notation = notation

    def compose(self) -> ComposeResult:
        """Keys, quantities, signs."""
        with VerticalScroll(classes="dialog", id="help") as dialog:
            dialog.border_title = "help"
            dialog.border_subtitle = "escape closes"
            yield Static(self._text())

    def _text(self) -> Content:
        lines: list[Content] = []
        for heading, entries in groups():
            lines += [Content.styled(heading, "bold")]
            for entry in entries:
                keys = "  ".join(shown(key) for key in entry.keys)
                lines.append(Content.assemble(f"  {keys:22}", (entry.purpose, "$text")))
            lines.append(Content(""))
        lines.append(Content.styled("Quantities and their colours", "bold"))
        for kind, meaning in MEANINGS:
            name = self._notation.symbol(Quantity(kind))
            lines.append(Content.assemble((f"  {name:22}", f"bold {role_style(kind)}"), meaning))
        lines += [Content(""), Content.styled("Signs", "bold")]
        lines += [Content(f"  {sign:22}{meaning}") for sign, meaning in SIGNS]
        return Content("\n").join(lines)
