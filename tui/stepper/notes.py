"""A teacher's notes, which appear on the way, and lectures: from note to note, large."""

from engine.ask.notes import noted_place, notes_at
from engine.program.scenario import Note
from engine.walking.session import Session
from tui.panels.equation import EquationPanel
from tui.stepper.host import Stepper
from tui.stepper.run import Run


class Notes:
    """A note takes the place of the calculation, until `escape` or a selection asks for that.

    `i` reads on in a long note, puts all notes away, and brings them back.
    """

    def __init__(self, screen: Stepper, run: Run) -> None:
        self.screen, self.run = screen, run

    @property
    def here(self) -> tuple[Note, ...]:
        """The notes of this place."""
        return notes_at(self.screen.session)

    @property
    def page(self) -> int | None:
        """Which page of them is read; None where the calculation is shown."""
        return self.page_at(self.screen.session)

    def page_at(self, session: Session) -> int | None:
        """The page that is read once the walk stands there: of the notes of another place the first."""
        chosen, there = self.screen.chosen, session is not self.screen.session
        if not notes_at(session) or not self._appear or chosen.selected is not None:
            return None
        if there:
            return 0
        return None if chosen.note_closed else chosen.note_page

    @property
    def _appear(self) -> bool:
        return self.screen.host.kept.settings.notes

    def wait_here(self) -> bool:
        """Whether there is something to be read here before it goes on."""
        return self.screen.chosen.lecturing and bool(self.here)

    def open(self) -> None:
        """Another place: its notes appear."""
        self.screen.chosen.note_closed, self.screen.chosen.note_page = False, 0

    def turn(self) -> None:
        """Reads on; puts the notes away, or brings them back."""
        page, screen, pages = self.page, self.screen, self.pages
        if not self.here:
            words = "Notes are put away" if self._appear else "Notes appear where the walk reaches them"
            screen.say(f"{words}; there is none at this step.")
            screen.host.choose(notes=not self._appear)
            return
        if page is None:
            screen.chosen.selected = None
            self.open()
            screen.host.choose(notes=True)
        elif page + 1 < pages:
            self.turn_to(page + 1)
            return
        else:
            screen.say("Notes are put away: i brings them back.")
            screen.host.choose(notes=False)
        screen.redraw()

    @property
    def pages(self) -> int:
        """How many pages this place's notes take; 0 where the calculation is shown."""
        if self.page is None:
            return 0
        # a key may come before the panels
        return max((panel.pages(self.screen.view) for panel in self.screen.textual.query(EquationPanel)), default=1)

    def turn_to(self, page: int) -> None:
        """Shows a page, from 0."""
        self.screen.chosen.note_page = page
        self.screen.redraw()

    # Lectures

    def lecture(self) -> None:
        """Large and from note to note, or as usual again."""
        self.screen.chosen.lecturing = lecturing = not self.screen.chosen.lecturing
        self.screen.textual.set_class(lecturing, "lecture")
        if lecturing:
            self.screen.host.kept.override(notes=True)  # not for good: a lecture is for its notes
        if not lecturing:
            words = "The lecture is over: → takes one step."
        elif self.screen.session.scenario.notes:
            words = "Lecture: → and ← go from note to note, m ends it."
        else:
            words = "Lecture: this scenario has no notes, so → takes one step; m ends it."
        self.screen.say(words, 3)
        self.screen.textual.refresh_bindings()
        self.screen.rearrange()

    def to_note(self, direction: int) -> bool:
        """In a lecture, to the next note (1) or the one before (−1); False where one step is to be taken instead."""
        lecturing = self.screen.chosen.lecturing
        place = noted_place(self.screen.session, direction) if lecturing else None
        if place is None:
            if lecturing and self.here:
                which = "last note: → goes on step by step" if direction > 0 else "first note: ← goes back step by step"
                self.screen.say(f"That was the {which}.", 3)
            return False
        self.screen.chosen.selected = None
        self.open()
        self.run.go_far(place)
        return True
