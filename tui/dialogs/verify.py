"""The figures that the document prints beside the computed ones, in reading order."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from engine.check.audit import Checks
from engine.check.verdict import FigureCheck
from engine.files.problems import plural
from engine.program.notation import Notation
from engine.program.scenario import Published, Scenario
from engine.told import Told
from tui.terminal.beside import Beside
from tui.terminal.choices import Choices
from tui.terminal.closing import Dialog
from tui.words.format import number
from tui.words.names import in_cells, shorten
from tui.words.verdicts import (
    SIGNS,
    STYLES,
    agrees,
    called,
    computed,
    counted,
    quantity_of,
    remedy,
    under_variant,
    when,
    word_of,
)

HEADINGS = ("", "verdict", "quantity", "printed", "computed", "difference", "where")
QUANTITY, WHERE = 2, 6
NUMBERS = (3, 4, 5)
COLUMNS = ((0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4, 5), (0, 2, 3, 4, 5), (0, 2, 3, 4))
"""Which columns are shown, the first of these that fits; the sign says the verdict as well."""
LEAST_WHERE, LEAST_QUANTITY, FORMULA = 16, 14, 34
"""Cells of a column at least; a formula has more than the third of these once the places have theirs."""
SLICE = 0.05
"""Seconds between one word of how far it is and the next; it can be stopped at each."""
GAP = "  "
SCROLLBAR = 2
WEAK = "so few digits say little of it"
NONE = "This scenario has no published figures: no document prints numbers to hold it against."


class Verify(Dialog[Published | None]):
    """The audit of one scenario's figures. The result is the figure to go to, or None."""

    BINDINGS = [("escape", "dismiss", "close"), ("v", "dismiss", "close"), ("q", "dismiss", "close")]

    def __init__(
        self,
        scenario: Scenario,
        notation: Notation,
        start: Published | None = None,
        begun: Checks | None = None,
        keep: Callable[[Checks], None] = lambda checks: None,
    ) -> None:
        """An audit.

        Args:
            scenario: whose.
            notation: how numbers are called.
            start: the figure on which the list begins.
            begun: the checks, as far as they are done; nobody else goes on with them.
            keep: is given them once all are.
        """
        super().__init__()
        self._scenario, self._notation, self._start = scenario, notation, start
        self._begun, self._keep = begun or Checks(scenario), keep
        self._checks: list[FigureCheck] = []

    def compose(self) -> ComposeResult:
        """A heading, the list, and what there is to say of the selected figure."""
        with Vertical(classes="dialog", id="verify") as dialog:
            dialog.border_title = Content("published figures")
            dialog.border_subtitle = Content("enter goes there   escape closes")
            yield Label(Content(NONE) if not self._scenario.published else "checking …", id="summary", markup=False)
            yield Static("", id="headings", markup=False)
            yield Choices(id="figures", markup=False)
            with VerticalScroll(id="figure", can_focus=False):
                yield Static("", markup=False)

    def on_mount(self) -> None:
        """Starts the check; 10,000 updates take a moment."""
        if not self._scenario.published:
            self.query_one("#verify").add_class("empty")
            return
        self.query_one(OptionList).focus()
        if self._begun.over:
            self.call_after_refresh(self._show)
        else:
            self._check()

    @work(exclusive=True)
    async def _check(self) -> None:
        """Beside the app, which goes on; once the dialog is closed it ends, in the middle of a long walk too."""
        checks, count = self._begun, len(self._scenario.published)

        def work(told: Told) -> None:
            while not checks.go_on(SLICE):
                told(len(checks.done), count, "figures")

        await Beside(
            work, lambda *_: self._say(f"checking … {len(checks.done):,} of {plural(count, 'figure')}")
        ).result()
        self._show()

    def _say(self, words: str) -> None:
        if self.is_there:
            self.query_one("#summary", Label).update(Content(words))

    def _show(self) -> None:
        if not self.is_there:
            return
        self._checks = self._begun.done
        self._keep(self._begun)
        self.query_one("#summary", Label).update(_summary(self._checks))
        self._fill()

    def on_resize(self) -> None:
        """Another width has room for other columns."""
        if self._checks:
            self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        figures = self.query_one(OptionList)
        chosen = figures.highlighted
        if chosen is None:
            published = self._scenario.published
            chosen = next((i for i, figure in enumerate(published) if figure is self._start), 0)
        heading, rows = table(self._checks, self._notation, figures.container_size.width - SCROLLBAR)
        self.query_one("#headings", Static).update(heading)
        figures.clear_options()
        figures.add_options([Option(row) for row in rows])
        figures.highlighted = chosen

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Says more of this figure."""
        words = details(self._checks[event.option_index], self._notation)
        self.query_one("#figure Static", Static).update(words)
        self.query_one("#figure", VerticalScroll).scroll_home(animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Goes to where the walk computes it."""
        self.dismiss(self._checks[event.option_index].figure)


def table(checks: Sequence[FigureCheck], notation: Notation, width: int) -> tuple[Content, list[Content]]:
    """The heading and a line for each figure, in at most `width` cells; what does not fit, the details say too."""
    cells = [_cells(check, notation) for check in checks]
    columns = [[heading, *texts] for heading, *texts in zip(HEADINGS, *cells, strict=True)]
    for index in NUMBERS:
        columns[index] = _by_point(columns[index])
    widths = [max(map(cell_len, column)) for column in columns]
    least = {WHERE: LEAST_WHERE, QUANTITY: min(widths[QUANTITY], LEAST_QUANTITY)}
    shown = next(
        (chosen for chosen in COLUMNS if _total([least.get(i, widths[i]) for i in chosen]) <= width), COLUMNS[-1]
    )
    wanted = {QUANTITY: widths[QUANTITY], WHERE: widths[WHERE]}
    widths = [least.get(i, width) for i, width in enumerate(widths)]
    for index, most in ((QUANTITY, FORMULA), (WHERE, wanted[WHERE]), (QUANTITY, wanted[QUANTITY])):
        rest = width - _total([widths[i] for i in shown])
        widths[index] = max(widths[index], min(wanted[index], most, widths[index] + rest))
    lines = []
    for row, style in enumerate(["$text-muted", *[STYLES[word_of(check)] for check in checks]]):
        texts = [in_cells(columns[i][row], widths[i], shorten) + GAP for i in shown]
        styles = [style if row == 0 or i < QUANTITY else "$text" for i in shown]
        lines.append(Content.assemble(*zip(texts, styles, strict=True)).truncate(width))
    return lines[0], lines[1:]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _cells(check: FigureCheck, notation: Notation) -> list[str]:
    figure = check.figure
    difference = check.computed - figure.number
    return [
        SIGNS[word_of(check)],
        word_of(check),
        quantity_of(figure, notation) + when(figure),
        figure.value,
        computed(check),
        number(difference, 2, plus=True),
        figure.where,
    ]


def _summary(checks: Sequence[FigureCheck]) -> Content:
    parts = [
        Content.styled(f"{SIGNS[word]} {count} {called(word, count)}", STYLES[word])
        for word, count in counted(checks).items()
    ]
    return Content.assemble(f"{plural(len(checks), 'figure')}:  ", Content("   ").join(parts))


def details(check: FigureCheck, notation: Notation) -> Content:
    """What there is to say of one figure."""
    figure = check.figure
    lines = [
        Content.assemble(
            (f"{SIGNS[word_of(check)]} {word_of(check)}", f"bold {STYLES[word_of(check)]}"),
            f"   {quantity_of(figure, notation)}{when(figure)}",
            (f"   {figure.where}", "$text-muted"),
        ),
        Content(f"printed {figure.value}   computed {check.computed!r}"),
    ]
    if check.under_variant is not None:
        lines.append(Content(f"under the other settings {under_variant(check)}"))
    if figure.note:
        lines.append(Content(" ".join(figure.note.split())))
    if words := agrees(check):
        lines.append(Content.styled(f"It {words}.", "$text-muted"))
    elif check.verdict == "match" and not figure.note:
        same = "Rounded as it is printed, the computed number is the same"
        weak = f", but {WEAK}" if check.weak else ""
        lines.append(Content.styled(f"{same}{weak}.", "$text-muted"))
    if not check.ok:
        lines.append(Content.styled(remedy(check), "$text-error"))
    return Content("\n").join(lines)


def _by_point(texts: Sequence[str]) -> list[str]:
    """A heading, and numbers with their decimal points under each other."""
    heading, *numbers = texts
    before = [cell_len(text.partition(".")[0]) for text in numbers]
    placed = [" " * (max(before) - start) + text for start, text in zip(before, numbers, strict=True)]
    width = max(map(cell_len, placed))
    spare = max(0, cell_len(heading) - width) // 2
    return [heading, *[" " * spare + text for text in placed]]
