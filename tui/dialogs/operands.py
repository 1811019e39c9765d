"""Which of a calculation's operands to go to: each is a number that an earlier step computed."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList

from engine.formula.quantity import Quantity
from engine.formula.tree import Operand
from engine.program.notation import Notation
from tui.terminal.choices import Choices
from tui.terminal.closing import Dialog
from tui.words.calculation import symbol
from tui.words.format import UNKNOWN, number
from tui.words.kinds import role_style


class Operands(Dialog[Operand | None]):
    """Asks which operand to follow; its result is the chosen one."""

    BINDINGS = [("escape", "dismiss", "cancel")]

    def __init__(self, of: Quantity, operands: Sequence[Operand], notation: Notation, digits: int | None) -> None:
        super().__init__()
        self._of, self._operands, self._notation, self._digits = of, operands, notation, digits

    def compose(self) -> ComposeResult:
        """Question and list."""
        with Vertical(classes="dialog", id="operands") as dialog:
            dialog.border_title = Content("trace")
            dialog.border_subtitle = Content("↑ ↓ choose   enter goes there   escape closes")
            yield Label(
                f"What {self._notation.symbol(self._of)} is made of: go to the step that computed …", markup=False
            )
            names = [symbol(operand.quantity, self._notation).text for operand in self._operands]
            width = max(map(cell_len, names))
            lines = [
                Content.assemble(
                    (name + " " * (width - cell_len(name) + 2), role_style(operand.quantity.kind)),
                    UNKNOWN if operand.value is None else number(operand.value, self._digits),
                )
                for name, operand in zip(names, self._operands, strict=True)
            ]
            yield Choices(*lines, markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """The chosen one."""
        self.dismiss(self._operands[event.option_index])
