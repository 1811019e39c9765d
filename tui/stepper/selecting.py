"""What a screen needs so that a person can select a node or a parameter, and go to where its number was computed."""

from textual.reactive import reactive
from textual.screen import Screen

from engine.ask.whereabouts import go_to
from engine.explain.origin import made_by_update, origin
from engine.formula.quantity import Quantity
from engine.walking.session import Position, Session
from tui import dialogs
from tui.graph.widget import NetworkGraph
from tui.panels.table import NumberTable
from tui.view.seen import View
from tui.view.selection import moved, moved_across
from tui.words.calculation import operands_of

MOST_RETURNS = 100
"""Places that are kept to return to."""


class SelectingScreen(Screen[None]):
    """A screen with a selection: keys, clicks and names set it, stepping keeps it, `escape` clears it."""

    session: reactive[Session]
    """Where the walk stands."""

    def __init__(self) -> None:
        super().__init__()
        self._selected: str | None = None
        """The selected node or parameter."""
        self._returns: list[tuple[Position, str | None]] = []
        """Where `enter` was pressed, and what was selected there: `backspace` goes back."""

    @property
    def view(self) -> View:
        """What is to be seen now."""
        raise NotImplementedError

    def _draw(self) -> None:
        """Draws every panel."""
        raise NotImplementedError

    def busy(self) -> bool:
        """Whether a run goes on, in which nothing may move the walk; if so, it says what stops it."""
        raise NotImplementedError

    def _select(self, name: str | None) -> None:
        if name != self._selected:
            self._selected = name
            self._draw()

    # By keys

    def action_select(self, direction: str) -> None:
        """Moves the selection, or begins with what is explained now."""
        view, network = self.view, self.session.scenario.network
        move, by = {"up": (moved, -1), "down": (moved, 1), "left": (moved_across, -1), "right": (moved_across, 1)}[
            direction
        ]
        self._select(move(network, view.focus_name, by))

    def action_unselect(self) -> None:
        """Back to what the step computed; quiet where it is shown already, for people press `escape` to be sure."""
        self._select(None)

    def action_find(self) -> None:
        """Asks for a name."""
        names = dialogs.named(self.session.scenario.network)
        self.app.push_screen(dialogs.Find(names), lambda name: self._select(name) if name else None)

    # By mouse

    def on_network_graph_node_selected(self, message: NetworkGraph.NodeSelected) -> None:
        """A click on a node."""
        self._select(self.session.scenario.network.nodes(message.node.layer)[message.node.index])

    def on_network_graph_edge_selected(self, message: NetworkGraph.EdgeSelected) -> None:
        """A click on a weight."""
        gap, source, target = message.edge
        self._select(self.session.scenario.network.layer(gap + 1).weight_names[target][source])

    def on_number_table_selected(self, message: NumberTable.Selected) -> None:
        """A click on a row of a table."""
        self._select(message.name)

    # To where a number was computed

    def action_to_operand(self) -> None:
        """To the step that computed the number in focus; at that step, to that of one of its operands."""
        view = self.view
        if self.busy():
            return
        if view.focus is None or view.explanation is None:
            self.notify("Nothing is computed yet: → takes the first step.", timeout=2, markup=False)
            return
        operands = [operand for operand in operands_of(view.explanation) if not self._is_given(operand.quantity)]
        if view.focus_is_fresh and operands:
            screen = dialogs.Operands(view.focus, operands, view.notation, view.digits)
            self.app.push_screen(
                screen, lambda chosen: None if chosen is None else self._go_to_step_of(chosen.quantity)
            )
        else:
            self._go_to_step_of(view.focus)

    def _go_to_step_of(self, quantity: Quantity) -> None:
        """Goes there and selects its node or parameter; says why not, where there is no such step."""
        iteration: int | None = None
        symbol = self.view.notation.symbol(quantity)
        if self._is_given(quantity):
            words = origin(self.session, quantity.subject or "")
            self.notify(f"No step computed {symbol}: it is {words}.", timeout=3, markup=False)
            return
        if quantity.kind == "w":
            iteration, quantity = self.session.iteration - 1, Quantity("w+", quantity.subject)
        try:
            there = go_to(self.session, iteration, quantity)
        except LookupError as error:
            self.notify(f"{error.args[0]}.", timeout=3, markup=False)
            return
        if there is self.session:
            self.notify(f"This is the step that computes {symbol}.", timeout=2, markup=False)
            return
        self._returns = [*self._returns, (self.session.position, self._selected)][-MOST_RETURNS:]
        self._selected = quantity.subject
        self.session = there

    def _is_given(self, quantity: Quantity) -> bool:
        """Whether it is a parameter that no update has made."""
        return quantity.kind == "w" and not made_by_update(self.session, quantity.subject or "")

    def action_return(self) -> None:
        """Back to where `enter` was pressed."""
        if self.busy():
            return
        if not self._returns:
            self.notify("There is no place to return to: enter goes to where a number was computed.", timeout=2)
            return
        *self._returns, (position, selected) = self._returns
        self._selected = selected
        there = self.session.seek_position(position if self.session.detail == "scalar" else position._replace(hidden=0))
        if there is self.session:
            self._draw()
        self.session = there
