"""Which of a calculation's operands to go to: each is a number that an earlier step computed."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList

from engine.explain.parts import Explanation
from engine.formula.tree import Operand
from engine.program.notation import Notation
from tui.terminal.choices import Choices
from tui.terminal.closing import Dialog
from tui.words.calculation import symbol
from tui.words.format import UNKNOWN, number
from tui.words.kinds import role_style
from tui.words.names import in_cells


class Operands(Dialog[Operand | None]):
    """Asks which operand to follow; its result is the chosen one."""

    BINDINGS = [("escape", "dismiss", "cancel")]

    def __init__(self, of: Explanation, operands: Sequence[Operand], notation: Notation, digits: int | None) -> None:
        """A list.

        Args:
            of: the calculation.
            operands: of those that it uses which are listed.
            notation: how they are called.
            digits: with how many they are shown.
        """
        super().__init__()
        self._of, self._operands, self._notation, self._digits = of, operands, notation, digits

    def compose(self) -> ComposeResult:
        """Question and list."""
        with Vertical(classes="dialog", id="operands") as dialog:
            dialog.border_title = Content("trace")
            dialog.border_subtitle = Content("↑ ↓ choose   enter goes there   escape closes")
            made = self._notation.symbol(self._of.quantity)
            yield Label(f"What {made} is made of: go to the step that computed …", markup=False)
            if len(self._of.of_each_name) < len(self._of.summands):
                words = "Those of one example stand for all: the same steps compute the others."
                yield Label(words, classes="hint", markup=False)
            lines = [
                Content.assemble(
                    ("  ".join([*told, ""]), role_style(operand.quantity.kind)),
                    UNKNOWN if operand.value is None else number(operand.value, self._digits),
                )
                for told, operand in zip(self._told(), self._operands, strict=True)
            ]
            yield Choices(*lines, markup=False)

    def _told(self) -> Iterator[tuple[str, ...]]:
        """What each is called, and the example that it is of where there are several, in columns."""
        examples = [self._of.example_of(operand) for operand in self._operands]
        columns = [[symbol(operand.quantity, self._notation).text for operand in self._operands]]
        if any(examples):
            columns.append(["" if example is None else f"example {example}" for example in examples])
        widths = [max(map(cell_len, column)) for column in columns]
        for texts in zip(*columns, strict=True):
            yield tuple(in_cells(text, width) for text, width in zip(texts, widths, strict=True))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """The chosen one."""
        self.dismiss(self._operands[event.option_index])
