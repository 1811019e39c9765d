"""The screen that walks: it owns the session, and a key replaces the session by another.

Panels draw from what they are shown and keep no history: each `show` gives the same picture for the same view. What a
person can do here is done by controllers, each in its own module: `run.on` in the list of keys is `on` of `run`.
"""

from inspect import isawaitable
from typing import cast

from msgspec.structs import replace
from textual import events
from textual.actions import parse
from textual.app import ComposeResult
from textual.css.query import NoMatches
from textual.reactive import reactive
from textual.widgets import Input, Label

from engine.ask.notes import notes_at
from engine.program.graph import Graph
from engine.program.notation import Notation
from engine.walking.changes import RATE
from engine.walking.preview import preview
from engine.walking.session import Position, Session
from tui.chart.widget import ErrorChart
from tui.graph.pictures import picture_of, wanted_by
from tui.graph.widget import NetworkGraph
from tui.map.widget import MapPanel
from tui.panels.big_number import BigNumber
from tui.panels.equation import EquationPanel
from tui.panels.header import Header
from tui.panels.key_line import KeyLine
from tui.panels.run_line import RunLine
from tui.panels.step_bar import StepBar
from tui.panels.table import NumberTable
from tui.panels.tables import NodeTable, ParameterTable
from tui.stepper import room
from tui.stepper.ahead import Ahead
from tui.stepper.branch import Branching
from tui.stepper.explore import Explore
from tui.stepper.history import History
from tui.stepper.maps import Maps
from tui.stepper.notes import Notes
from tui.stepper.open import EVERY, Open
from tui.stepper.play import Play
from tui.stepper.predict import Predict
from tui.stepper.ready import Ready
from tui.stepper.run import Run
from tui.stepper.save import Save
from tui.stepper.see import See
from tui.stepper.select import Select
from tui.stepper.wait import Wait
from tui.stepper.walk import Walk
from tui.terminal.borders import label
from tui.terminal.changes import QuickScreen
from tui.terminal.covered import Below, Beside
from tui.terminal.opening import Opening
from tui.view.chosen import Chosen
from tui.view.host import Host, host
from tui.view.kept import Places
from tui.view.keys import FOOTER, KEYS, LECTURE, bindings
from tui.view.seen import View
from tui.words.origins import in_short

FITTING_DIGITS = {"narrow": 4, "normal": 6, "wide": 9}
LARGE_DIGITS = {"narrow": 6, "normal": 9, "wide": 9}
"""Digits that suit the width, and those for a panel that has it all."""


class StepperScreen(Opening):
    """Header, step bar, network, tables, equation and error history of one walk."""

    BLANK = True  # the panels cover it
    KEYS = KEYS
    BINDINGS = bindings()
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (room.NORMAL, "-normal"), (room.WIDE, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (16, "-short"), (room.TALL, "-tall")]

    session: reactive[Session] = reactive(cast(Session, None), repaint=False, init=False)
    """Where the walk stands; setting it draws every panel."""

    def __init__(self, session: Session, destination: Position | None = None, chosen: Chosen | None = None) -> None:
        super().__init__()
        self.set_reactive(StepperScreen.session, session)
        self.set_class(not session.scenario.network.parameter_names, "no-parameters")
        self.set_class(session.timeline.steps.ends, "one-iteration")
        self.chosen = chosen or Chosen()
        self._destination = destination
        self._places = Places(len(session.scenario.network.parameter_names))
        self._to_be_drawn = False
        self.predict = Predict(self)
        self.wait = Wait(self)
        self.run = Run(self, self.predict, self.wait)
        self.notes = Notes(self, self.run)
        self.play = Play(self, self.predict, self.notes)
        self.walk = Walk(self, self.predict, self.notes, self.play, self.wait)
        self.select = Select(self, self.predict, self.wait)
        self.maps = Maps(self, self.predict, self.run)
        self.see = See(self, self.notes, self.select, self.maps)
        self.branch = Branching(self, self.select, self.wait)
        self.history = History(self, self.predict, self.run, self.branch, self.wait)
        self.explore = Explore(self, self.branch, self.walk)
        self.save = Save(self, self.branch)
        self.open = Open(self, self.save, self.wait)
        self.ahead = Ahead(self, self.predict, self.run, self.play)
        self.ready = Ready(self, self.run, self.play)

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
            yield MapPanel(id="map")
        with Beside(id="bottom"):
            yield EquationPanel(id="equation")
            yield BigNumber(id="number")
            yield ErrorChart(id="history")
        yield Label("gradstep needs a little more room: at least 60 columns and 16 rows", id="room", markup=False)
        yield KeyLine(FOOTER, instead=lambda: LECTURE if self.chosen.lecturing else ())

    def on_mount(self) -> None:
        """The graph takes the keys."""
        self.query_one(NetworkGraph).focus()
        self.ready.begin()
        self.set_interval(EVERY, self.open.look)
        self.rearrange()
        if words := in_short(self.session.scenario):
            self.say(f"{words}: gradstep check tells each.", 8)
        if self._destination is not None:
            self.call_after_refresh(self.run.go_far, self._destination)

    def on_resize(self) -> None:
        """Another size may have room for more digits and words."""
        self.rearrange()

    def watch_session(self, before: Session, now: Session) -> None:
        """Another place: everything is drawn from it."""
        if before.position != now.position:
            self.notes.open()
        self.run.leave_result(before)
        self.redraw()

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Before a key does what the list says, it is offered to what goes on now; the first that takes it has it.

        That is what takes a moment, an open question, a map that has the screen, a run, a walk that plays, predict mode
        between two questions, and what is measured for the chart, in this order.
        """
        parts = (self.wait, self.predict, self.maps, self.run, self.play, self.walk, self.history)
        if any(part.takes(event) for part in parts):
            event.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a question is open, keys do only what can't tell its answer."""
        return action != "do" or self.predict.allows(str(parameters[0]))

    async def action_do(self, does: str) -> None:
        """What a key of the list does."""
        controller, method, arguments = parse(does)
        done = getattr(getattr(self, controller), method)(*arguments)
        if isawaitable(done):
            await done

    @property
    def waits(self) -> bool:
        """Whether something takes a moment, in which the walk stays where it is."""
        return self.wait.work is not None

    def busy(self) -> bool:
        """Whether nothing may move the walk, which it then says: a question is open, or something goes on."""
        return self.predict.answer_first() or self.run.goes_on() or self.wait.goes_on()

    def say(self, words: str, seconds: float = 2) -> None:
        """Tells something for so many seconds."""
        self.notify(words, timeout=seconds, markup=False)

    # Clicks, and answers

    def on_header_picked(self) -> None:
        """On the learning rate."""
        if not self.busy():
            self.branch.ask_value(RATE)

    def on_network_graph_node_selected(self, message: NetworkGraph.NodeSelected) -> None:
        """On a node."""
        self.select.name(self.session.scenario.layered.nodes(message.node.layer)[message.node.index])

    def on_network_graph_edge_selected(self, message: NetworkGraph.EdgeSelected) -> None:
        """On a weight."""
        gap, source, target = message.edge
        self.select.name(self.session.scenario.layered.layer(gap + 1).weight_names[target][source])

    def on_network_graph_value_selected(self, message: NetworkGraph.ValueSelected) -> None:
        """On a value of a graph, or an element of one; a constant or a target has no calculation."""
        network = self.session.scenario.network
        if isinstance(network, Graph):
            name = network.elements(message.value)[message.item]
            if name in network.node_index or name in network.parameter_index:
                self.select.name(name)

    def on_number_table_selected(self, message: NumberTable.Selected) -> None:
        """On a row of a table."""
        self.select.name(message.name)

    def on_error_chart_iteration_picked(self, message: ErrorChart.IterationPicked) -> None:
        """On the chart: to the step that computed this E."""
        self.walk.by_mouse(Position(message.iteration, self.session.error_row + 1))

    def on_map_panel_picked(self, message: MapPanel.Picked) -> None:
        """On a point of the map."""
        self.maps.picked(message.at)

    def on_step_bar_picked(self, message: StepBar.Picked) -> None:
        """On a mark of the step bar."""
        self.walk.by_mouse(self.session.place(self.session.iteration, message.step))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The answer to a question."""
        self.predict.answered(event)

    # What is seen

    @property
    def host(self) -> Host:
        """The app."""
        return host(self.app)

    @property
    def textual(self) -> QuickScreen[None]:
        """This."""
        return self

    @property
    def view(self) -> View:
        """What is to be seen now."""
        return self.view_of(self.session)

    def view_of(self, session: Session) -> View:
        """What is to be seen once the walk stands there."""
        chosen, batch = self.chosen, session.values.examples
        source, example = session, 0
        if chosen.example in batch:
            example = batch.index(chosen.example)
        elif chosen.example is not None:
            source = preview(session, chosen.example)
        question, speed = self.predict.question, self.play.speed
        view = View(
            session,
            source,
            example,
            self.names,
            self._digits,
            wide=self._width_class == "wide",
            matrices=chosen.matrices,
            selected=question.name if question else chosen.selected,
            playing=speed,
            large=chosen.large,
            file_changed=self.open.file_changed,
            score=self.predict.score,
            remark=self.predict.remark,
            notes=notes_at(session),
            # what changes every second can't be read: only a lecture stops at it
            note_page=self.notes.page_at(session) if chosen.lecturing or speed is None else None,
            lecturing=chosen.lecturing,
            own=chosen.own,
            map=self.maps.shown,
            shading=self.host.shading,
        )
        return replace(view, drawings=self._places.at(view.place))

    @property
    def names(self) -> Notation:
        """The names that are shown."""
        return self.session.scenario.names(canonical=self.host.kept.settings.names == "canonical")

    @property
    def _width_class(self) -> str:
        return "wide" if self.size.width >= room.WIDE else "normal" if self.size.width >= room.NORMAL else "narrow"

    @property
    def _digits(self) -> int | None:
        """The digits that were chosen, or as many as suit the width."""
        chosen = self.host.kept.settings.digits
        if chosen == "fitting":
            digits = LARGE_DIGITS if self.chosen.large else FITTING_DIGITS
            return FITTING_DIGITS["narrow"] if self.chosen.lecturing else digits[self._width_class]
        return None if chosen == "all" else chosen

    def rearrange(self) -> None:
        """Shares the room out anew, and draws, once for all reasons to."""
        self._share_room()
        if not self._to_be_drawn:
            self._to_be_drawn = True
            self.call_after_refresh(self.redraw)

    def _share_room(self) -> None:
        """Gives each panel its part of the screen; one that is shown large takes all, a lecture has its own."""
        try:
            tables, nodes, bottom, area = (self.query_one(f"#{part}") for part in ("tables", "nodes", "bottom", "map"))
        except NoMatches:  # a key may come before the panels
            return
        self.set_class(self.maps.shown is not None, "mapping")
        if self.chosen.large:
            tables.styles.width = nodes.styles.height = bottom.styles.height = area.styles.width = None
            return
        size, wanted = self.app.size, wanted_by(picture_of(self.view))
        if self.chosen.lecturing:
            number = self.query_one(BigNumber)
            number.styles.width, below = room.share_of_lecture(size.width, size.height, wanted)
            bottom.styles.height, area.styles.width = below, room.share_of_map(size.width, size.height - below)
            return
        shares = room.share(size.width, size.height, wanted, len(self.session.scenario.network.parameter_names))
        tables.styles.width, nodes.styles.height, bottom.styles.height = shares
        area.styles.width = room.share_of_map(size.width, size.height - shares.bottom)
        if not self.session.scenario.network.parameter_names:  # the nodes have all the room beside the graph
            nodes.styles.height = None

    def redraw(self) -> None:
        """Draws every panel."""
        self._to_be_drawn = False
        if not self.is_there:  # not there yet, or another has its place
            return
        if self.waits:  # it may be at work on what would be drawn
            self.wait.drawn_later = True
            return
        view = self.view
        with self.app.batch_update():
            self.query_one(Header).show(view)
            self.query_one(StepBar).show(view)
            graph = self.query_one(NetworkGraph)
            graph.show(picture_of(view), view.drawings)
            back = view.way_back("graph")
            label(graph, " network " if back else "", f" {back} " if back else "")
            self.query_one(NodeTable).show_view(view)
            self.query_one(ParameterTable).show_view(view)
            self.query_one(EquationPanel).show(view)
            if self.chosen.lecturing:
                self.query_one(BigNumber).show(view)
            self.history.show(view)
            self.maps.draw(view)
            self.predict.draw()
        self.ahead.begin()
        self.ready.again()
