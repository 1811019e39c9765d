"""How the walk is seen: names, digits, examples, which panel is large."""

from engine.program.notation import CANONICAL
from engine.program.steps import DETAILS
from engine.walking.session import ALL_THERE_IS, Session
from tui.panels.equation import EquationPanel
from tui.stepper.course import has_accuracy
from tui.stepper.host import Stepper
from tui.stepper.maps import Maps
from tui.stepper.notes import Notes
from tui.stepper.select import Select
from tui.view.keys import PANEL_KEYS
from tui.words.format import next_digits


class See:
    """Shows the same place in another way."""

    def __init__(self, screen: Stepper, notes: Notes, select: Select, maps: Maps) -> None:
        self.screen, self.notes, self.select, self.maps = screen, notes, select, maps

    def unselect(self) -> None:
        """Back to what the step computed, from a note or a selection; without one, back to all panels.

        Quiet where all is shown already, for people press `escape` to be sure.
        """
        chosen = self.screen.chosen
        if self.notes.page is not None:
            chosen.note_closed = True
            self.screen.redraw()
        elif chosen.large is not None and chosen.selected is None:
            self.large(chosen.large)
        else:
            self.select.name(None)

    def detail(self) -> None:
        """Layer or scalar steps."""
        session = self.screen.session
        detail = DETAILS[1 - DETAILS.index(session.detail)]

        def go(there: Session) -> None:
            self.screen.session = there
            self.screen.say("One step is one number." if detail == "scalar" else "One step is a whole layer.")

        place = session.last_whole
        self.select.wait.then(session.timeline, place, lambda: session.with_detail(detail), go)

    def example(self) -> None:
        """The next example."""
        session, chosen = self.screen.session, self.screen.chosen
        count, batch = len(session.scenario.inputs), session.values.examples
        if count == 1:
            self.screen.say("This scenario has only one example.")
            return
        order = [*dict.fromkeys((*batch, *range(count)))]  # those of the batch first
        here = order.index(batch[0] if chosen.example is None else chosen.example)
        chosen.example = order[here + 1] if here + 1 < count else None
        self.screen.redraw()

    def notation(self) -> None:
        """Canonical names, or the document's."""
        scenario = self.screen.session.scenario
        if scenario.notation is CANONICAL:
            canonical = "the canonical names" if scenario.graph is None else "the names of its formulas"
            self.screen.say(f"This scenario uses {canonical}.")
            return
        shown = self.screen.host.kept.settings.names
        self.screen.host.choose(names="document" if shown == "canonical" else "canonical")
        self.screen.redraw()

    def digits(self) -> None:
        """4, 6, 9 or all digits."""
        digits = next_digits(self.screen.view.digits)
        self.screen.say("All digits." if digits is None else f"{digits} digits.")
        self.screen.host.choose(digits="all" if digits is None else digits)
        self.screen.redraw()

    def matrices(self) -> None:
        """The calculation as matrices, or number by number."""
        chosen = self.screen.chosen
        panels = self.screen.textual.query(EquationPanel)  # none if a key comes before them
        chosen.matrices = not chosen.matrices
        view = self.screen.view
        words = "Calculations number by number."
        if chosen.matrices:
            here = any(panel.has_matrices(view) for panel in panels)
            words = f"Calculations as matrices{'' if here else '; this one has no such form here'}."
        self.screen.say(words)
        if self.notes.page is not None and not any(panel.has_room_below_note(view) for panel in panels):
            chosen.note_closed = True
        self.screen.redraw()

    def logarithmic(self) -> None:
        """What the chart shows: errors on a linear axis, on a logarithmic one, and where there are classes accuracy."""
        if self._lacks("history"):
            return
        chosen = self.screen.chosen
        linear = not (chosen.logarithmic or chosen.accuracy)
        to_accuracy = chosen.logarithmic and has_accuracy(self.screen.session)
        chosen.logarithmic, chosen.accuracy = linear, to_accuracy
        self.screen.redraw()

    def lacking(self, panel: str) -> str:
        """Why there is nothing for a panel to show; empty if there is something."""
        session = self.screen.session
        if panel == "map":
            return self.maps.lacking
        lacking = {
            "parameters": (not session.scenario.network.parameter_names, "There are no parameters here."),
            "history": (session.timeline.steps.ends, f"There is no error history: {ALL_THERE_IS}."),
        }
        lacks, why = lacking.get(panel, (False, ""))
        return why if lacks else ""

    def _lacks(self, panel: str) -> bool:
        """Whether there is nothing for a panel to show, which it then says."""
        if why := self.lacking(panel):
            self.screen.say(why, 4)
        return bool(why)

    def large(self, panel: str) -> None:
        """Shows one panel large, or all of them again."""
        if self._lacks(panel):
            return
        self.screen.chosen.large = large = None if self.screen.chosen.large == panel else panel
        self.screen.textual.set_class(large is not None, "large")
        for name in PANEL_KEYS:
            self.screen.textual.set_class(large == name, f"large-{name}")
        self.screen.rearrange()
