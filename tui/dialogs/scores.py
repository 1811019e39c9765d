"""How predicting went: right answers by kind, and what to practise."""

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from engine.formula.quantity import Quantity
from engine.predict.lesson import Lesson
from engine.predict.words import advice, skill_words
from engine.program.notation import Notation
from tui.terminal.closing import Dialog
from tui.words.kinds import role_style

BAR = 10
DONE, MISSED = "━", "─"


def table(lesson: Lesson, notation: Notation) -> list[tuple[str, str, str, str, str]]:
    """A row for each kind: its symbol, what it is, right of asked, a bar of that, the canonical kind."""
    rows = []
    for skill, score in lesson.scores.items():
        if score.asked:
            full = round(BAR * score.right / score.asked)
            bar = DONE * full + MISSED * (BAR - full)
            symbol = notation.symbol(Quantity(skill.quantity))
            rows.append((symbol, skill_words(skill), f"{score.right} of {score.asked}", bar, skill.quantity))
    return rows


class Scores(Dialog[None]):
    """The summary when predict mode is left."""

    BINDINGS = [("escape,enter,space,q,t", "dismiss", "close")]

    def __init__(self, lesson: Lesson, notation: Notation) -> None:
        super().__init__()
        self._lesson, self._notation = lesson, notation

    def compose(self) -> ComposeResult:
        """One text."""
        with VerticalScroll(classes="dialog", id="scores") as dialog:
            dialog.border_title = "predicting"
            dialog.border_subtitle = "t goes on later   escape closes"
            yield Static(self._text())

    def _text(self) -> Content:
        rows = table(self._lesson, self._notation)
        left, middle, right = (max(cell_len(row[i]) for row in rows) for i in range(3))
        lines = [
            Content.styled(f"{self._lesson.right} of {self._lesson.asked} right at once, without a hint", "bold"),
            Content(""),
        ]
        for symbol, words, score, bar, kind in rows:
            lines.append(
                Content.assemble(
                    (symbol + " " * (left - cell_len(symbol)), f"bold {role_style(kind)}"),
                    f"  {words:{middle}}  {score:>{right}}  ",
                    (bar.replace(MISSED, ""), "$text-success"),
                    (bar.replace(DONE, ""), "$text-disabled"),
                )
            )
        lines += [Content(""), *(Content(sentence) for sentence in advice(self._lesson, self._notation))]
        return Content("\n").join(lines)
