"""Somebody's own numbers beside the computed ones, in the order of the walk, and what was done to get wrong ones."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from engine.comparison.verdicts import RowVerdict
from engine.comparison.words import named
from engine.files.problems import plural, shown_path
from engine.formula.quantity import Quantity
from engine.program.notation import Notation
from engine.told import Told
from tui.terminal.beside import Beside, StoppedError
from tui.terminal.choices import Choices
from tui.terminal.closing import Dialog
from tui.words.format import number
from tui.words.names import in_cells, shorten
from tui.words.own import CALLED, SHOWN_AS, causes_of, counted
from tui.words.quoted import in_notation
from tui.words.verdicts import SIGNS, STYLES

if TYPE_CHECKING:
    from tui.view.signs import Own

HEADINGS = ("", "quantity", "yours", "computed", "verdict")
CLOSES, STOPS = "enter goes there   escape closes", "enter goes there   escape stops the search"
STOPPED = "The search for what was done was stopped: u begins it anew."
GAP = "  "
SCROLLBAR = 2
LEAST = 10
"""Cells of a quantity's name at least."""
MOST_ROWS = 1000
"""Numbers that are listed: of many more, those that are not right, and then the first."""


class OwnNumbers(Dialog[RowVerdict | None]):
    """The comparison. The result is the number to go to, or None."""

    BINDINGS = [("escape", "stop", "close"), ("u", "dismiss", "close"), ("q", "dismiss", "close")]

    def __init__(
        self,
        own: "Own",
        notation: Notation,
        start: Quantity | None = None,
        keep: "Callable[[Own], None]" = lambda own: None,
    ) -> None:
        """A list.

        Args:
            own: the numbers.
            notation: how they are called.
            start: the number on which it begins, where none is wrong.
            keep: is given them with what was done to get wrong ones, once that is found.
        """
        super().__init__()
        self._notation, self._keep = notation, keep
        self._search: Beside[Own] | None = None
        self._tried = 0
        self._own, self._rows = own, _listed(own.comparison.rows)
        self._start = None if start is None else str(start)

    def compose(self) -> ComposeResult:
        """A heading, the list, and what there is to say of it."""
        comparison = self._own.comparison
        with Vertical(classes="dialog", id="own") as dialog:
            dialog.border_title = Content(f"your numbers: {shorten(shown_path(self._own.file), 40)}")
            dialog.border_subtitle = Content(CLOSES)
            yield Label(_summary(comparison.rows, len(self._rows)), id="summary", markup=False)
            yield Static("", id="headings", markup=False)
            yield Choices(id="numbers", markup=False)
            with VerticalScroll(id="cause", can_focus=False):
                yield Static("", markup=False)

    def on_mount(self) -> None:
        """Shows the list, on the number in focus or the first wrong one."""
        self.query_one(OptionList).focus()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """The list, and then the search, which would hold it up."""
        self._fill()
        if not self._own.searched:
            self.query_one("#own").border_subtitle = Content(STOPS)
            self._search = Beside(partial(_search, self._own), self._say_tried)
            self._explain(self._search)

    @work(exclusive=True)
    async def _explain(self, search: "Beside[Own]") -> None:
        """Looks for what was done to get wrong numbers, beside the app; once the dialog is closed it ends."""
        with suppress(StoppedError):
            self._found(await search.result())

    def _say_tried(self, tried: int, *_: object) -> None:
        """Says how many mistakes are tried."""
        self._tried = tried
        self._redetail()

    def _found(self, own: "Own") -> None:
        self._keep(own)
        if self.is_there:
            self._search, self._own, self._rows = None, own, _listed(own.comparison.rows)
            self.query_one("#own").border_subtitle = Content(CLOSES)
            self.query_one("#summary", Label).update(_summary(own.comparison.rows, len(self._rows)))
            self._fill()

    def action_stop(self) -> None:
        """While it is searched, stops that; else closes."""
        if self._search is None:
            self.dismiss()
            return
        self._search.stop()
        self._search = None
        self.query_one("#own").border_subtitle = Content(CLOSES)
        self._redetail()

    def _redetail(self) -> None:
        """Says again what there is to say of the chosen number."""
        chosen = self.query_one(OptionList).highlighted if self.is_there else None
        if chosen is not None:
            self.query_one("#cause Static", Static).update(self._details(self._rows[chosen]))

    def on_resize(self) -> None:
        """Another width has room for other digits."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        numbers = self.query_one(OptionList)
        chosen = numbers.highlighted
        if chosen is None:
            chosen = self._first()
        heading, lines = table(self._rows, self._notation, numbers.container_size.width - SCROLLBAR)
        self.query_one("#headings", Static).update(heading)
        numbers.clear_options()
        numbers.add_options([Option(line) for line in lines])
        numbers.highlighted = chosen

    def _first(self) -> int:
        """The first wrong number; where there is none, the one in focus."""
        first = self._own.comparison.first
        if first is not None and first in self._rows:
            return self._rows.index(first)
        return next((i for i, row in enumerate(self._rows) if row.quantity == self._start), 0)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Says more of this number, and what was done."""
        self.query_one("#cause Static", Static).update(self._details(self._rows[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Goes to where the walk computes it."""
        self.dismiss(self._rows[event.option_index])

    def _details(self, row: RowVerdict) -> Content:
        comparison = self._own.comparison
        word, name = SHOWN_AS[row.verdict], in_notation(named(row), self._notation)
        lines = [
            Content.assemble((f"{SIGNS[word]} {name}", f"bold {STYLES[word]}"), f"   {CALLED[row.verdict]}"),
            Content(f"yours {row.given!r}   computed {row.computed!r}"),
        ]
        if row.verdict == "wrong" and row.follows != row.computed:
            lines.append(Content(f"from your own numbers before it follows {row.follows!r}"))
        lines += [Content(words) for words in self._causes()]
        lines += [Content.styled(words, "$text-muted") for words in comparison.said]
        return Content("\n").join(lines)

    def _causes(self) -> list[str]:
        """What was done, as far as it is known."""
        if self._own.searched:
            return causes_of(self._own.comparison, self._notation)
        if self._search is None:
            return [STOPPED]
        return [f"Looking for what was done to get the wrong numbers … {plural(self._tried, 'mistake')} tried"]


def _search(own: "Own", told: Told) -> "Own":
    """The same numbers with what was done to get those that are wrong."""
    from tui.view.signs import explained  # here: the view's signs are of a walk that is on the screen

    tried = count(1)
    return explained(own, lambda: told(next(tried), None, "mistakes tried"))


def _listed(rows: Sequence[RowVerdict]) -> Sequence[RowVerdict]:
    """All rows, or of very many those that are not right and some of the others, in their order."""
    if len(rows) <= MOST_ROWS:
        return rows
    off = {i for i, row in enumerate(rows) if not row.ok}
    kept = sorted([*sorted(off)[:MOST_ROWS], *[i for i in range(len(rows)) if i not in off][: MOST_ROWS - len(off)]])
    return [rows[i] for i in kept]


def table(rows: Sequence[RowVerdict], notation: Notation, width: int) -> tuple[Content, list[Content]]:
    """The heading and a line for each number, in at most `width` cells."""
    digits = 9 if width >= 70 else 6
    cells = [_cells(row, notation, digits) for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(HEADINGS, *cells, strict=True)]
    spare = width - sum(widths) - len(GAP) * (len(widths) - 1)
    if spare < 0:
        widths[1] = max(LEAST, widths[1] + spare)
    lines = []
    styles = ["$text-muted", *[STYLES[SHOWN_AS[row.verdict]] for row in rows]]
    for texts, style in zip([HEADINGS, *cells], styles, strict=True):
        parts = [
            (in_cells(text, size, shorten) + GAP, style if place in (0, 4) or style == "$text-muted" else "$text")
            for place, (text, size) in enumerate(zip(texts, widths, strict=True))
        ]
        lines.append(Content.assemble(*parts).truncate(width))
    return lines[0], lines[1:]


def _cells(row: RowVerdict, notation: Notation, digits: int) -> tuple[str, ...]:
    numbers = (number(value, digits) for value in (row.given, row.computed))
    return SIGNS[SHOWN_AS[row.verdict]], in_notation(named(row), notation), *numbers, CALLED[row.verdict]


def _summary(rows: Sequence[RowVerdict], listed: int) -> Content:
    parts = [
        Content.styled(f"{SIGNS[SHOWN_AS[verdict]]} {count:,} {CALLED[verdict]}", STYLES[SHOWN_AS[verdict]])
        for verdict, count in counted(rows).items()
    ]
    left_out = Content.styled(f"   {listed:,} of them listed", "$text-muted") if listed < len(rows) else Content("")
    return Content.assemble(f"{plural(len(rows), 'number')}:  ", Content("   ").join(parts), left_out)
