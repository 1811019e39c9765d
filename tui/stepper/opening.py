"""What a screen needs so that another scenario can be opened from it, and its file read again when it has changed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual import work
from textual.reactive import reactive

from engine.files.problems import shown
from engine.program.scenario import Scenario
from engine.walking.journey import set_out
from engine.walking.session import Position, Session
from tui.picker.watch import Watch
from tui.stepper.keeping import KeepingScreen

EVERY = 1.5
"""Seconds from one look at the file to the next."""


class OpeningScreen(KeepingScreen):
    """A screen with a walk: `o` opens another, `ctrl+r` reads its file again, and a changed file is told."""

    session: reactive[Session]
    """Where the walk stands."""

    def __init__(self) -> None:
        super().__init__()
        self.file_watch: Watch | None = None
        """The scenario's file."""

    def _draw(self) -> None:
        """Draws every panel."""
        raise NotImplementedError

    def busy(self) -> bool:
        """Whether a run goes on, in which nothing may move the walk; if so, it says what stops it."""
        raise NotImplementedError

    def unless_lost(self, go: Callable[[], object]) -> None:
        """Makes room for another walk, after asking where something would be lost."""
        raise NotImplementedError

    def looks_like(self, other: "OpeningScreen") -> None:
        """Takes over what was chosen to be seen on another screen, as far as this walk has it."""
        raise NotImplementedError

    # The file

    def on_mount(self) -> None:
        """Begins to look at the file."""
        path = self.session.scenario.path
        if path is not None:
            self.file_watch = Watch(path)
            self.set_interval(EVERY, self.look_at_file)

    @property
    def file_changed(self) -> bool:
        """Whether there is something else to be read now than what is walked."""
        return self.file_watch is not None and self.file_watch.changed

    def look_at_file(self) -> None:
        """Tells a change once; whoever ignores it walks on."""
        if self.file_watch is None or self not in self.app.screen_stack:
            return
        news = self.file_watch.look()
        if news is None:
            return
        name = shown(self.file_watch.path.name)
        if news == "changed":
            self.notify(f"{name} has changed: ctrl+r reads it again and stays here.", timeout=8, markup=False)
        else:
            self.notify(f"{name} is gone; the walk goes on with what was read.", timeout=8, markup=False)
        self._draw()

    # Opening

    def action_open_scenario(self) -> None:
        """To the picker."""
        if not self.busy():
            from tui.picker.screen import Picker

            screen = Picker(self.host.catalogue, self.session.scenario.path, returns=True)
            self.app.push_screen(screen, self._leave_for)

    def action_open_shipped(self, name: str) -> None:
        """Opens the shipped scenario of this name: the palette has one command for each."""
        if not self.busy():
            from engine.files import load_scenario

            self._leave_for(load_scenario(name))

    @work(exclusive=True, group="reload")
    async def action_reload(self) -> None:
        """Reads the file again; what is wrong with it is shown."""
        path = self.session.scenario.path
        if path is None:
            self.notify("This scenario has no file.", timeout=2, markup=False)
            return
        if self.busy():
            return
        catalogue = self.host.catalogue
        reading = await asyncio.to_thread(catalogue.read, path)
        if not self.is_active:  # something was opened in the meantime
            return
        if reading.scenario is not None:
            self._reloaded(reading.scenario)
            return
        from tui.picker.problems import FileProblems  # here: few files have problems

        self.app.push_screen(FileProblems(path, reading, catalogue.read), self._reloaded)

    def _reloaded(self, scenario: Scenario | None) -> None:
        """The same place of the scenario as it is now."""
        if scenario is None or self.busy():
            return

        def go() -> None:
            there, far = set_out(*same_place(self.session, scenario))
            screen = self.host.open_session(there, far)
            assert isinstance(screen, OpeningScreen)
            screen.looks_like(self)
            screen.notify(f"{shown(Path(scenario.path or '').name)} is read again.", timeout=3, markup=False)

        self.unless_lost(go)

    def _leave_for(self, scenario: Scenario | None) -> None:
        if scenario is not None:
            self.unless_lost(lambda: self.host.open_session(Session.open(scenario)))


def same_place(before: Session, scenario: Scenario) -> tuple[Session, Position]:
    """A walk of the scenario, and the place in it where another walk stands, as far as it has that one."""
    session = Session.open(scenario, before.detail)
    iteration = max(before.iteration, session.first)  # one that was saved on its way may begin later
    done = min(before.done, session.count)
    return session, session.place(iteration, done if iteration == session.first else max(1, done))
