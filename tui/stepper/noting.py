"""What a screen needs so that a teacher's notes appear on the way, and for lectures: from note to note, large."""

from engine.ask.notes import noted_place, notes_at
from engine.program.scenario import Note
from engine.walking.session import Position
from tui.panels.equation import EquationPanel
from tui.stepper.keeping import KeepingScreen
from tui.stepper.selecting import SelectingScreen


class NotingScreen(SelectingScreen, KeepingScreen):
    """A screen on which a note takes the place of the calculation, until `escape` or a selection asks for that.

    `i` reads on in a long note, puts all notes away, and brings them back.
    """

    def __init__(self) -> None:
        super().__init__()
        self._note_closed = False
        """Whether this place's note has made way for the calculation."""
        self._note_page = 0
        self._matrices = False
        """Whether calculations are shown as matrices where they have that form."""
        self.lecturing = False
        """Whether the walk goes from note to note, with few and large panels."""

    def rearrange(self) -> None:
        """Shares the room out anew, and draws."""
        raise NotImplementedError

    def go_far(self, place: Position) -> None:
        """Goes to a place."""
        raise NotImplementedError

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes of this place."""
        return notes_at(self.session)

    @property
    def note_page(self) -> int | None:
        """Which page of the notes is read; None where the calculation is shown."""
        shown = self.notes and self.settings.notes and not self._note_closed and self._selected is None
        return self._note_page if shown else None

    def open_notes(self) -> None:
        """Another place: its notes appear."""
        self._note_closed, self._note_page = False, 0

    def close_note(self) -> None:
        """This place's note makes way for the calculation."""
        self._note_closed = True

    def action_unselect(self) -> None:
        """Back to what the step computed: from a note, or from a selection."""
        if self.note_page is None:
            super().action_unselect()
        else:
            self.close_note()
            self._draw()

    def action_note(self) -> None:
        """Reads on; puts the notes away, or brings them back."""
        page = self.note_page
        # a key may come before the panels
        pages = max((panel.pages(self.view) for panel in self.query(EquationPanel)), default=1)
        if not self.notes:
            words = "Notes are put away" if self.settings.notes else "Notes appear where the walk reaches them"
            self.notify(f"{words}; there is none at this step.", timeout=2)
            self.choose(notes=not self.settings.notes)
            return
        if page is None:
            self._selected = None
            self.open_notes()
            self.choose(notes=True)
        elif page + 1 < pages:
            self._note_page = page + 1
        else:
            self.notify("Notes are put away: i brings them back.", timeout=2)
            self.choose(notes=False)
        self._draw()

    def action_matrices(self) -> None:
        """The calculation as matrices, or number by number."""
        self._matrices = not self._matrices
        view, panels = self.view, self.query(EquationPanel)  # none if a key comes before them
        words = "Calculations number by number."
        if self._matrices:
            here = any(panel.has_matrices(view) for panel in panels)
            words = f"Calculations as matrices{'' if here else '; this one has no such form here'}."
        self.notify(words, timeout=2, markup=False)
        if self.note_page is not None and not any(panel.has_room_below_note(view) for panel in panels):
            self.close_note()
        self._draw()

    # Lectures

    def action_lecture(self) -> None:
        """Large and from note to note, or as usual again."""
        self.lecturing = not self.lecturing
        self.set_class(self.lecturing, "lecture")
        if self.lecturing:
            self.host.kept.override(notes=True)  # not for good: a lecture is for its notes
        if not self.lecturing:
            words = "The lecture is over: → takes one step."
        elif self.session.scenario.notes:
            words = "Lecture: → and ← go from note to note, m ends it."
        else:
            words = "Lecture: this scenario has no notes, so → takes one step; m ends it."
        self.notify(words, timeout=3, markup=False)
        self.rearrange()

    def to_note(self, direction: int) -> bool:
        """In a lecture, to the next note (1) or the one before (−1); False where one step is to be taken instead."""
        place = noted_place(self.session, direction) if self.lecturing else None
        if place is None:
            if self.lecturing and self.notes:
                which = "last note: → goes on step by step" if direction > 0 else "first note: ← goes back step by step"
                self.notify(f"That was the {which}.", timeout=3, markup=False)
            return False
        self._selected = None
        self.open_notes()
        self.go_far(place)
        return True
