"""The screen that walks: it owns the session, and a key replaces the session by another.

Panels draw from what they are shown and keep no history: each `show` gives the same picture for the same view.
"""

from typing import cast

from textual.app import ComposeResult
from textual.css.query import NoMatches
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Label

from engine.check.marks import go_to_figure
from engine.formula.quantity import Quantity
from engine.program.batches import batches_per_epoch
from engine.program.notation import CANONICAL, Notation
from engine.program.scenario import Published
from engine.program.steps import DETAILS
from engine.walking.branch import branch_at, history_of
from engine.walking.preview import error_after_update, preview
from engine.walking.session import Position, Session
from tui import dialogs
from tui.chart.widget import ErrorChart
from tui.graph.from_view import picture_of
from tui.graph.picture import shape_of
from tui.graph.widget import NetworkGraph
from tui.panels.big_number import BigNumber
from tui.panels.equation import EquationPanel
from tui.panels.header import Header
from tui.panels.key_line import KeyLine
from tui.panels.run_line import RunLine
from tui.panels.step_bar import StepBar
from tui.panels.tables import NodeTable, ParameterTable
from tui.stepper import room
from tui.stepper.exploring import ExploringScreen
from tui.stepper.opening import OpeningScreen
from tui.stepper.predicting import PredictingScreen
from tui.stepper.saving import SavingScreen
from tui.terminal.borders import label
from tui.terminal.covered import Below, Beside
from tui.terminal.quick_start import tidy
from tui.view.keys import FOOTER, bindings
from tui.view.seen import PANEL_KEYS, View
from tui.words.branches import branch_name
from tui.words.format import next_digits, number

FITTING_DIGITS = {"narrow": 4, "normal": 6, "wide": 9}
LARGE_DIGITS = {"narrow": 6, "normal": 9, "wide": 9}
"""Digits that suit the width, and those for a panel that has it all."""

IDLE = 0.5
"""Seconds without a step, after which there is time to tidy up."""


class StepperScreen(PredictingScreen, SavingScreen, ExploringScreen, OpeningScreen):
    """Header, step bar, network, tables, equation and error history of one walk."""

    BLANK = True  # the panels cover it
    BINDINGS = bindings()
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (room.NORMAL, "-normal"), (room.WIDE, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (16, "-short"), (room.TALL, "-tall")]

    session: reactive[Session] = reactive(cast(Session, None), repaint=False, init=False)
    """Where the walk stands; setting it draws every panel."""

    def __init__(self, session: Session, *, destination: Position | None = None) -> None:
        super().__init__()
        self.set_reactive(StepperScreen.session, session)
        self._example: int | None = None
        """Which example of the file is shown, from 0; None for the first of whatever batch it is."""
        self._logarithmic = False
        self._destination = destination
        self._large: str | None = None
        self._tidying: Timer | None = None
        """Until the next key; none before the first drawing, which a key may come before."""

    def compose(self) -> ComposeResult:
        """The panels."""
        yield Header()
        yield StepBar()
        yield RunLine(markup=False)
        with Beside(id="middle"):
            yield NetworkGraph(id="graph")
            with Below(id="tables"):
                yield NodeTable("nodes")
                yield ParameterTable("parameters")
        with Beside(id="bottom"):
            yield EquationPanel(id="equation")
            yield BigNumber(id="number")
            yield ErrorChart(id="history")
        yield Label("gradstep needs a little more room: at least 60 columns and 16 rows", id="room", markup=False)
        yield KeyLine(FOOTER)

    def on_mount(self) -> None:
        """The graph takes the keys."""
        self.query_one(NetworkGraph).focus()
        self._tidying = self.set_interval(IDLE, self._tidy, pause=True)
        self.rearrange()
        if self._destination is not None:
            self.call_after_refresh(self.go_far, self._destination)

    def on_resize(self) -> None:
        """Another size may have room for more digits and words."""
        self.rearrange()

    def watch_session(self, before: Session, now: Session) -> None:
        """Another place: everything is drawn from it."""
        if before.position != now.position:
            self.open_notes()
        self.leave_result(before)
        self._draw()
        if self._tidying is not None:
            self._tidying.reset()

    def _tidy(self) -> None:
        """Nobody has pressed a key for a while."""
        if self._tidying is not None:
            self._tidying.pause()
        tidy()

    @property
    def view(self) -> View:
        """What is to be seen now."""
        session, batch = self.session, self.session.values.examples
        source, example = session, 0
        if self._example in batch:
            example = batch.index(self._example)
        elif self._example is not None:
            source = preview(session, self._example)
        wide, question = self._width_class == "wide", self.question
        return View(
            session,
            source,
            example,
            self.names,
            self._digits,
            wide=wide,
            matrices=self._matrices,
            selected=question.name if question else self._selected,
            playing=self.playing.speed if self.playing.on else None,
            large=self._large,
            file_changed=self.file_changed,
            score=self.score,
            remark=self.remark,
            notes=self.notes,
            # what changes every second can't be read: only a lecture stops at it
            note_page=self.note_page if self.lecturing or not self.playing.on else None,
            lecturing=self.lecturing,
        )

    def waits_here(self) -> bool:
        """Whether there is something to be read here before it goes on."""
        return self.lecturing and bool(self.notes)

    @property
    def names(self) -> Notation:
        """The names that are shown."""
        return CANONICAL if self.settings.names == "canonical" else self.session.scenario.notation

    @property
    def _width_class(self) -> str:
        return "wide" if self.size.width >= room.WIDE else "normal" if self.size.width >= room.NORMAL else "narrow"

    @property
    def _digits(self) -> int | None:
        """The digits that were chosen, or as many as suit the width."""
        chosen = self.settings.digits
        if chosen == "fitting":
            digits = LARGE_DIGITS if self._large else FITTING_DIGITS
            return FITTING_DIGITS["narrow"] if self.lecturing else digits[self._width_class]
        return None if chosen == "all" else chosen

    def rearrange(self) -> None:
        """Shares the room out anew, and draws."""
        self._share_room()
        self.call_after_refresh(self._draw)

    def _share_room(self) -> None:
        """Gives each panel its part of the screen; one that is shown large takes all, a lecture has its own."""
        try:
            tables, nodes, bottom = (self.query_one(f"#{part}") for part in ("tables", "nodes", "bottom"))
        except NoMatches:  # a key may come before the panels
            return
        if self._large:
            tables.styles.width = nodes.styles.height = bottom.styles.height = None
            return
        network, size, shape = self.session.scenario.network, self.app.size, shape_of(picture_of(self.view))
        if self.lecturing:
            number = self.query_one(BigNumber)
            number.styles.width, bottom.styles.height = room.share_of_lecture(size.width, size.height, shape)
            return
        shares = room.share(size.width, size.height, shape, len(network.parameter_names))
        tables.styles.width, nodes.styles.height, bottom.styles.height = shares

    def _draw(self) -> None:
        if not self.is_mounted or self not in self.app.screen_stack:  # not there yet, or another has its place
            return
        view = self.view
        with self.app.batch_update():
            self.query_one(Header).show(view)
            self.query_one(StepBar).show(view)
            graph = self.query_one(NetworkGraph)
            graph.picture = picture_of(view)
            back = view.way_back("graph")
            label(graph, " network " if back else "", f" {back} " if back else "")
            self.query_one(NodeTable).show_view(view)
            self.query_one(ParameterTable).show_view(view)
            self.query_one(EquationPanel).show(view)
            if self.lecturing:
                self.query_one(BigNumber).show(view)
            self._show_history(view)
            self._draw_question()

    def _show_history(self, view: View) -> None:
        chart, session = self.query_one(ErrorChart), self.session
        # what was walked before, here or in another branch, would tell the answer
        done = session.errors_done
        rival = None if self._predicting else self.rival
        chart.show(
            session.history[:done] if self._predicting else session.history,
            done,
            first=session.first,
            batches=batches_per_epoch(session.scenario),
            logarithmic=self._logarithmic,
            other=None if rival is None else history_of(session, rival),
            curves=None if rival is None else self.curves(rival),
        )
        title = f"{view.notation.symbol(Quantity('E'))} by iteration{', logarithmic' if self._logarithmic else ''}"
        after = error_after_update(session)
        helped = ""
        if after is not None and session.values.error is not None:
            before, now = number(session.values.error, view.digits), number(after, view.digits)
            helped = f"this update: {before} → {now}"
        label(chart, title, "   ".join(filter(None, (view.way_back("history"), helped))))

    def _move(self, session: Session, why_not: str) -> None:
        """Goes there; a move that leads nowhere says why, and none is made during a run."""
        if self.busy():
            return
        if session is self.session:
            self.notify(why_not, timeout=2, markup=False)
        self.session = session

    def looks_like(self, other: OpeningScreen) -> None:
        """Takes over axis, form of calculation and selection."""
        if not isinstance(other, StepperScreen):
            return
        self._logarithmic, self._matrices = other._logarithmic, other._matrices
        network = self.session.scenario.network
        if other._selected in network.node_index or other._selected in network.parameter_index:
            self._selected = other._selected

    def leave_preview(self) -> None:
        """The example is of the batch, whose numbers the steps compute."""
        if self._example not in self.session.values.examples:
            self._example = None

    # Walking

    def action_forward(self) -> None:
        """One step on; in predict mode a question first, in a lecture to the next note."""
        if not (self.asked_first() or self.to_note(1)):
            self._move(self.session.forward(), f"The walk ends here: {self.session.event}.")

    def action_back(self) -> None:
        """One step back; in a lecture to the note before."""
        if not self.to_note(-1):
            self._move(self.session.back(), "This is the start.")

    def action_next_phase(self) -> None:
        """To the next phase."""
        self._move(self.session.next_phase(), f"The walk ends here: {self.session.event}.")

    def action_previous_phase(self) -> None:
        """To the phase before."""
        self._move(self.session.previous_phase(), "This is the start.")

    def action_next_iteration(self) -> None:
        """To the next iteration."""
        self._move(self.session.next_iteration(), f"The walk ends here: {self.session.event}.")

    def action_previous_iteration(self) -> None:
        """To the iteration before."""
        self._move(self.session.previous_iteration(), "This is the first iteration.")

    def action_home(self) -> None:
        """To the start."""
        self._move(self.session.home(), "This is the start.")

    def action_end(self) -> None:
        """To the furthest step reached."""
        self._move(self.session.end(), "This is the furthest step reached.")

    # Seeing

    def action_detail(self) -> None:
        """Layer or scalar steps."""
        detail = DETAILS[1 - DETAILS.index(self.session.detail)]
        self.session = self.session.with_detail(detail)
        self.notify("One step is one number." if detail == "scalar" else "One step is a whole layer.", timeout=2)

    def action_example(self) -> None:
        """The next example."""
        count = len(self.session.scenario.inputs)
        if count == 1:
            self.notify("This scenario has only one example.", timeout=2)
            return
        batch = self.session.values.examples
        order = [*batch, *(example for example in range(count) if example not in batch)]
        here = order.index(batch[0] if self._example is None else self._example)
        self._example = order[here + 1] if here + 1 < count else None
        self._draw()

    def action_notation(self) -> None:
        """Canonical names, or the document's."""
        own = self.session.scenario.notation
        if own is CANONICAL:
            self.notify("This scenario uses the canonical names.", timeout=2)
            return
        self.choose(names="canonical" if self.names is own else "document")
        self._draw()

    def action_digits(self) -> None:
        """4, 6, 9 or all digits."""
        digits = next_digits(self._digits)
        self.notify("All digits." if digits is None else f"{digits} digits.", timeout=2)
        self.choose(digits="all" if digits is None else digits)
        self._draw()

    def action_logarithmic(self) -> None:
        """The chart's axis."""
        self._logarithmic = not self._logarithmic
        self._draw()

    def action_large(self, panel: str) -> None:
        """Shows one panel large, or all of them again."""
        self._large = None if self._large == panel else panel
        self.set_class(self._large is not None, "large")
        for name in PANEL_KEYS:
            self.set_class(self._large == name, f"large-{name}")
        self.rearrange()

    def action_unselect(self) -> None:
        """Back to what the step computed, from a note or a selection; without one, back to all panels."""
        if self._large is not None and self._selected is None and self.note_page is None:
            self.action_large(self._large)
        else:
            super().action_unselect()

    # Checking

    def action_verify(self) -> None:
        """The published figures, which are of the walk without edits; the chosen one's place."""
        mark = None if self.view.focus is None else self.view.marks.get(self.view.focus)
        screen = dialogs.Verify(self.session.tree.main.timeline.scenario, self.names, mark.figure if mark else None)
        self.app.push_screen(screen, self._show_figure)

    def _show_figure(self, figure: Published | None) -> None:
        if figure is None:
            return
        here = self.session
        try:
            session = go_to_figure(branch_at(here, 0), figure)
        except LookupError as error:
            self.notify(str(error.args[0]), timeout=4, markup=False)
            return
        self._example = None if figure.example is None else figure.example - 1
        if here.tree.current:
            self.enter_branch(session)
            self.notify(f"Figures are of main; b returns to {branch_name(here.tree.branch)}.", timeout=4, markup=False)
        else:
            self._move(session, "You are there.")
        self._draw()

    def action_gradients(self) -> None:
        """Every derivative, three times."""
        self.app.push_screen(dialogs.Gradients(self.session))

    def action_help(self) -> None:
        """Every key."""
        self.app.push_screen(dialogs.Help(self.names))
