"""Another scenario is opened, the file of this one is looked at, and read again when it has changed."""

from pathlib import Path

from engine.files.problems import shown
from engine.program.scenario import Scenario
from engine.walking.journey import set_out
from engine.walking.session import Position, Session
from tui.stepper.host import Stepper
from tui.stepper.save import Save
from tui.stepper.wait import Wait
from tui.stepper.watch import Watch

EVERY = 1.5
"""Seconds from one look at the file to the next."""


class Open:
    """`o` opens another scenario, `ctrl+r` reads this one's file again, and a changed file is told.

    Attributes:
        watch: the scenario's file, if it has one.
    """

    def __init__(self, screen: Stepper, save: Save, wait: Wait) -> None:
        self.screen, self.save, self.wait = screen, save, wait
        path = screen.session.scenario.path
        self.watch = None if path is None else Watch(path)

    # The file

    @property
    def file_changed(self) -> bool:
        """Whether there is something else to be read now than what is walked."""
        return self.watch is not None and self.watch.changed

    def look(self) -> None:
        """Tells a change once; whoever ignores it walks on."""
        if self.watch is None or self.screen.textual not in self.screen.host.screen_stack:
            return
        news = self.watch.look()
        if news is None:
            return
        name = shown(self.watch.path.name)
        changed = f"{name} has changed: ctrl+r reads it again and stays here."
        self.screen.say(changed if news == "changed" else f"{name} is gone; the walk goes on with what was read.", 8)
        self.screen.redraw()

    # Opening

    def choose(self) -> None:
        """To the picker."""
        if not self.screen.busy():
            from tui.picker.screen import Picker

            picker = Picker(self.screen.host.catalogue, self.screen.session.scenario.path, returns=True)
            self.screen.host.push_screen(picker, self._leave_for)

    def shipped(self, name: str) -> None:
        """Opens the shipped scenario of this name: the palette has one command for each."""
        if not self.screen.busy():
            from engine.files import load_scenario

            self._leave_for(load_scenario(name))

    def _leave_for(self, scenario: Scenario | None) -> None:
        if scenario is not None:
            self.save.unless_lost(lambda: self.screen.host.open_session(Session.open(scenario)))

    def reload(self) -> None:
        """Reads the file again; what is wrong with it is shown."""
        path = self.screen.session.scenario.path
        if path is None:
            self.screen.say("This scenario has no file.")
        elif not self.screen.busy():
            self.screen.textual.run_worker(self._read(path), group="reload", exclusive=True)

    async def _read(self, path: Path) -> None:
        host = self.screen.host
        reading = await self.wait.for_(lambda told: host.catalogue.read(path, told))
        if reading is None or not self.screen.textual.is_active:  # something was opened in the meantime
            return
        if reading.scenario is not None:
            self._reloaded(reading.scenario)
            return
        from tui.picker.problems import FileProblems  # here: few files have problems

        host.push_screen(FileProblems(path, reading, host.catalogue.read), self._reloaded)

    def _reloaded(self, scenario: Scenario | None) -> None:
        """The same place of the scenario as it is now."""
        if scenario is None or self.screen.busy():
            return

        def go() -> None:
            host, there = self.screen.host, set_out(*same_place(self.screen.session, scenario))
            host.open_session(*there, self.screen.chosen.lasting(scenario.network))
            name = shown(Path(scenario.path or "").name)
            host.notify(f"{name} is read again.", timeout=3, markup=False)

        self.save.unless_lost(go)


def same_place(before: Session, scenario: Scenario) -> tuple[Session, Position]:
    """A walk of the scenario, and the place in it where another walk stands, as far as it has that one."""
    session = Session.open(scenario, before.detail)
    iteration = max(before.iteration, session.first)  # one that was saved on its way may begin later
    done = min(before.done, session.count)
    return session, session.place(iteration, done if iteration == session.first else max(1, done))
