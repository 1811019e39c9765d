"""A node or a parameter is selected, and gone to where its number was computed."""

from engine.ask.whereabouts import place_of
from engine.explain.origin import made_by_update, origin
from engine.formula.quantity import Quantity
from engine.walking.session import Position, Session
from tui import dialogs
from tui.stepper.host import Stepper
from tui.stepper.predict import Predict
from tui.stepper.wait import Wait
from tui.view.named import named
from tui.view.selection import moved, moved_across
from tui.words.calculation import operands_of

MOST_RETURNS = 100
"""Places that are kept to return to."""


class Select:
    """The selection: keys, clicks and names set it, stepping keeps it, `escape` clears it.

    Attributes:
        returns: where `enter` was pressed, and what was selected there: `backspace` goes back.
    """

    def __init__(self, screen: Stepper, predict: Predict, wait: Wait) -> None:
        self.screen, self.predict, self.wait = screen, predict, wait
        self.returns: list[tuple[Position, str | None]] = []

    def name(self, name: str | None) -> None:
        """Selects it, or nothing."""
        if not self.predict.answer_first() and name != self.screen.chosen.selected:
            self.screen.chosen.selected = name
            self.screen.redraw()

    def move(self, direction: str) -> None:
        """Moves the selection, or begins with what is explained now."""
        move, by = {"up": (moved, -1), "down": (moved, 1), "left": (moved_across, -1), "right": (moved_across, 1)}[
            direction
        ]
        self.name(move(self.screen.session.scenario.network, self.screen.view.focus_name, by))

    def find(self) -> None:
        """Asks for a name."""
        names = named(self.screen.session.scenario.network)
        self.screen.host.push_screen(dialogs.Find(names), lambda name: self.name(name) if name else None)

    # To where a number was computed

    def trace(self) -> None:
        """To the step that computed the number in focus; at that step, to that of one of its operands."""
        view = self.screen.view
        if self.screen.busy():
            return
        if view.focus is None or view.explanation is None:
            self.screen.say("Nothing is computed yet: → takes the first step.")
            return
        used = operands_of(view.explanation, of_each_name=True)  # those of other examples are made at the same steps
        operands = [operand for operand in used if not self._is_given(operand.quantity)]
        if view.focus_is_fresh and operands:
            question = dialogs.Operands(view.explanation, operands, view.notation, view.digits)
            self.screen.host.push_screen(question, lambda operand: self._go_to_step_of(operand and operand.quantity))
        else:
            self._go_to_step_of(view.focus)

    def _go_to_step_of(self, quantity: Quantity | None) -> None:
        """Goes there and selects its node or parameter; says why not, where there is no such step."""
        if quantity is None:
            return
        iteration: int | None = None
        session = self.screen.session
        symbol = self.screen.view.notation.symbol(quantity)
        if self._is_given(quantity):
            words = origin(session, quantity.subject or "")
            self.screen.say(f"No step computed {symbol}: it is {words}.", 3)
            return
        if quantity.kind == "w":
            iteration, quantity = session.iteration - 1, Quantity("w+", quantity.subject)
        try:
            place = place_of(session, iteration, quantity)
        except LookupError as error:
            self.screen.say(f"{error.args[0]}.", 3)
            return
        subject = quantity.subject

        def go(there: Session) -> None:
            chosen = self.screen.chosen
            if there is session:
                self.screen.say(f"This is the step that computes {symbol}.")
                return
            self.returns = [*self.returns, (session.position, chosen.selected)][-MOST_RETURNS:]
            chosen.selected = subject
            self.screen.session = there

        self.wait.then(session.timeline, place, lambda: session.seek_position(place), go)

    def _is_given(self, quantity: Quantity) -> bool:
        """Whether it is a parameter that no update has made."""
        return quantity.kind == "w" and not made_by_update(self.screen.session, quantity.subject or "")

    def go_back(self) -> None:
        """Back to where `enter` was pressed."""
        if self.screen.busy():
            return
        if not self.returns:
            self.screen.say("There is no place to return to: enter goes to where a number was computed.")
            return
        session, (*left, (position, selected)) = self.screen.session, self.returns
        place = position if session.detail == "scalar" else position._replace(hidden=0)

        def go(there: Session) -> None:
            self.returns, self.screen.chosen.selected = left, selected
            if there is session:
                self.screen.redraw()
            self.screen.session = there

        self.wait.then(session.timeline, place, lambda: session.seek_position(place), go)
