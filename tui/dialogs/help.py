"""Every key by group, and what the signs and colours mean."""

import textwrap
from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from engine.formula.quantity import Quantity
from engine.program.notation import Notation
from tui.graph.nodes import SIGN
from tui.terminal.closing import Dialog
from tui.view.keys import KEYS, PICKER_KEYS, Key, groups, shown
from tui.words.kinds import SHOWN, in_words, role_style
from tui.words.verdicts import MEANINGS as MEANINGS_OF_MARKS

DIALOG_WIDTH, MARGIN, LEFT = 84, 8, 22
"""The dialog's width in the stylesheet, what of it is border and padding, and the width of the left column."""

SIGNS = (
    ("● ◉ ◌ ○", "step done, the last one, walked before, not walked yet"),
    ("┏━━┓", "the node whose calculation is shown"),
    ("·····  - - -", "an edge that this step does not use; one with a negative weight is dashed"),
    (
        "shade",
        "of a node in one row: how large its output is within its layer, going back its dE/dx; negative ones "
        "have another colour",
    ),
    (
        "▁▃▅▇",
        "under a network of which not all layers are shown in full: the largest |dE/dx| of each layer, "
        "logarithmic: equal factors are equal heights",
    ),
    ("—", "not computed yet"),
    (SIGN, "an ailing node: dead, saturated, vanishing or exploding; selected, it says why"),
    *MEANINGS_OF_MARKS,
)


class Help(Dialog[None]):
    """The list of keys, scrollable."""

    BINDINGS = [
        ("escape", "dismiss", "close"),
        ("question_mark", "dismiss", "close"),
        ("q", "dismiss", "close"),
    ]

    def __init__(self, notation: Notation, keys: Iterable[Key] = KEYS) -> None:
        """The help.

        Args:
            notation: the names of quantities.
            keys: those of the screen it is for, which come first.
        """
        super().__init__()
        self._notation = notation
        self._groups = list(groups([*keys, *(entry for entry in (*KEYS, *PICKER_KEYS) if entry not in set(keys))]))

    def compose(self) -> ComposeResult:
        """Keys, quantities, signs."""
        with VerticalScroll(classes="dialog", id="help") as dialog:
            dialog.border_title = "help"
            dialog.border_subtitle = "↑ ↓ scroll   escape closes"
            yield Static(self._text())

    def _text(self) -> Content:
        lines: list[Content] = []
        for heading, entries in self._groups:
            lines += [Content.styled(heading, "bold")]
            for entry in entries:
                lines += self._entry("  ".join(shown(key) for key in entry.keys), entry.purpose)
            lines.append(Content(""))
        lines.append(Content.styled("Quantities and their colours", "bold"))
        for kind in (kind for kind, shown_as in SHOWN.items() if shown_as.role and shown_as.meaning):
            name = self._notation.symbol(Quantity(kind))
            lines += self._entry(name, in_words(kind, self._notation), f"bold {role_style(kind)}")
        lines += [Content(""), Content.styled("Signs", "bold")]
        for sign, meaning in SIGNS:
            lines += self._entry(sign, meaning)
        return Content("\n").join(lines)

    def _entry(self, left: str, right: str, style: str = "") -> list[Content]:
        """Two columns, the right one wrapped."""
        width = min(DIALOG_WIDTH, self.app.size.width * 95 // 100) - MARGIN - LEFT
        wrapped = textwrap.wrap(right, max(20, width))
        return [
            Content.assemble((f"  {left if i == 0 else '':{LEFT - 2}}", style), line) for i, line in enumerate(wrapped)
        ]
