"""To another place near by: a step, a phase, an iteration, or where someone clicked."""

from textual import events

from engine.walking.session import Position, Session
from tui.stepper.host import Stepper
from tui.stepper.notes import Notes
from tui.stepper.play import Play
from tui.stepper.predict import Predict
from tui.stepper.wait import Wait
from tui.words.ending import no_iteration_after

END, START, THERE = "The walk ends here: {ending}.", "This is the start.", "You are there."
WAYS = {
    "step": (Session.forward, END),
    "back": (Session.back, START),
    "phase": (Session.next_phase, END),
    "phase back": (Session.previous_phase, START),
    "iteration": (Session.next_iteration, "{last}"),
    "iteration back": (Session.previous_iteration, "This is the first iteration."),
    "start": (Session.home, START),
    "furthest": (Session.end, "This is the furthest step reached."),
}
"""As the keys are called, each with what is said where it leads nowhere."""


class Walk:
    """Moves the walk: in predict mode after a question, in a lecture from note to note."""

    def __init__(self, screen: Stepper, predict: Predict, notes: Notes, play: Play, wait: Wait) -> None:
        self.screen, self.predict, self.notes, self.play, self.wait = screen, predict, notes, play, wait

    def takes(self, event: events.Key) -> bool:
        """In predict mode, between two questions, enter asks on and escape leaves."""
        if not self.predict.on or self.screen.chosen.selected is not None or event.key not in ("enter", "escape"):
            return False
        if event.key == "enter":
            self.forward()
        else:
            self.predict.leave()
        return True

    def forward(self) -> None:
        """One step on; in predict mode a question first, in a lecture to the next note."""
        if not (self.predict.asked_first() or self.notes.to_note(1)):
            self.go("step")

    def back(self) -> None:
        """One step back; in a lecture to the note before."""
        if not self.notes.to_note(-1):
            self.go("back")

    def go(self, way: str) -> None:
        """One of the ways, whatever mode it is."""
        if self.screen.busy():
            return
        move, why_not = WAYS[way]
        session = self.screen.session
        words = why_not.format(ending=session.ending, last=no_iteration_after(session))
        place = place_of_way(way, session)
        self.wait.then(session.timeline, place, lambda: move(session), lambda there: self.to(there, words))

    def to(self, session: Session, why_not: str = THERE) -> None:
        """Goes there; a move that leads nowhere says why."""
        if self.screen.busy():
            return
        if session is self.screen.session:
            self.screen.say(why_not)
        self.screen.session = session

    def by_mouse(self, place: Position) -> None:
        """To a place that was clicked on."""
        if not self.screen.busy():
            self.play.stop()
            session = self.screen.session
            self.wait.then(session.timeline, place, lambda: session.seek_position(place), self.to)


def place_of_way(way: str, session: Session) -> Position:
    """Where a way leads, as far as it does not end before, and not nearer than there."""
    k, rows, starts = session.iteration, session.position.rows, session.timeline.steps.phase_starts
    every = len(session.timeline.steps.rows)
    match way:
        case "furthest":
            return session.furthest
        case "start":
            return Position(session.first, 0)
        case "step":
            return Position(k + 1, 1) if session.values.complete else Position(k, rows + 1)
        case "back":
            return Position(k - 1, every) if session.done <= 1 else Position(k, rows)
        case "phase":
            start = next((start for start in starts if start >= rows), None)
            return Position(k + 1, 1) if start is None else Position(k, start + 1)
        case "phase back" if rows > 1 or session.hidden:
            return Position(k, rows)
        case "phase back":
            return Position(k - 1, every)
        case "iteration back":
            return Position(k - 1, rows)
        case _:
            return Position(k + 1, max(1, rows))
