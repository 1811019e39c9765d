"""What a screen needs so that the walk goes far, or goes on by itself, and can be stopped at any time.

A run works in slices on the event loop: between two of them keys are heard and the screen is drawn. A thread was
rejected: the timeline has one writer, and Python would give the two of them the same processor in turn anyway.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from textual import events
from textual.reactive import reactive
from textual.screen import Screen

from engine.ask.whereabouts import named_place, place_of
from engine.files.problems import plural
from engine.formula.quantity import Quantity
from engine.program.notation import Notation
from engine.program.scenario import Stop
from engine.program.tokens import MAX_ITERATIONS
from engine.walking.journey import AT_ONCE, Journey
from engine.walking.run import Measured, measure
from engine.walking.session import Position, Session
from tui import dialogs
from tui.chart.widget import ErrorChart
from tui.panels.run_line import Progress, Result, RunLine, way_to
from tui.panels.step_bar import StepBar
from tui.stepper.playing import Playing, speed_words
from tui.view.keys import KEYS
from tui.words.format import number

SLICE = 0.002
"""Seconds of work between two looks at the keyboard."""
DRAWN_EVERY = 0.25
"""Seconds from one drawing of a run to the next."""

ENTRIES = {key: entry for entry in KEYS for key in entry.keys}
STEPPING = {entry.action for entry in KEYS if entry.group == "Walk"} - {"go_to", "run_on"}
"""Actions whose keys stop a walk that plays, and do nothing else: one presses them to look at what is there."""
SPEEDS = ("play", "faster", "slower")
BUSY = "The run goes on: escape stops it and keeps what is done."


class RunningScreen(Screen[None]):
    """A screen that runs on and plays.

    Attributes:
        clock: the time, in seconds.
        breathe: lets everything else have its turn between two slices.
    """

    session: reactive[Session]
    """Where the walk stands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.clock: Callable[[], float] = monotonic
        self.breathe = _breathe
        self.playing = Playing(self._play_on, self.set_timer)
        self._journey: Journey | None = None
        self._stopping = False

    @property
    def names(self) -> Notation:
        """The names that are shown."""
        raise NotImplementedError

    def _draw(self) -> None:
        """Draws every panel."""
        raise NotImplementedError

    def _move(self, session: Session, why_not: str) -> None:
        """Goes there; a move that leads nowhere says why."""
        raise NotImplementedError

    def waits_here(self) -> bool:
        """Whether there is something to be read here before it goes on."""
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        """During a run and while playing, keys that move the walk stop it, or say what does."""
        entry = ENTRIES.get(event.key)
        action = None if entry is None else entry.action
        if self._journey is not None:
            if event.key == "escape":
                self._stopping = True
            elif entry is None or entry.group in ("View", "gradstep"):
                return
            else:
                self.busy()
            event.stop()
        elif self.playing.on and (event.key == "escape" or (entry is not None and entry.group != "View")):
            if action in SPEEDS:
                return
            self.stop_playing()
            if event.key == "escape" or action in STEPPING:
                event.stop()

    def busy(self) -> bool:
        """Whether a run goes on; if so, it says what stops it."""
        if self._journey is not None:
            self._say(BUSY)
        return self._journey is not None

    def _say(self, words: str, seconds: float = 2) -> None:
        self.notify(words, timeout=seconds, markup=False)

    # Going far

    def action_go_to(self) -> None:
        """Asks for a place and goes there."""

        def read(answer: str) -> Position:
            return place_of(self.session, *named_place(answer, self.session.scenario.network))

        question = dialogs.Ask[Position](
            "go to",
            "Go to which iteration or place?",
            "1000 is an iteration, 3:dE/dw[w5] a place in one, x[h1] a place in this one",
            "goes there",
            read,
        )
        self.app.push_screen(question, lambda place: None if place is None else self.go_far(place))

    def action_run_on(self) -> None:
        """Asks how far, and runs."""
        if not self.busy():
            self.app.push_screen(dialogs.ask_how_far(self.session, self.names), self._run_on)

    def _run_on(self, stop: Stop | None) -> None:
        if stop is not None:
            last = MAX_ITERATIONS if stop.iterations is None else self.session.iteration + stop.iterations
            self._set_out(Journey(self.session, last, below=stop.error), told=True, counted=stop.iterations is not None)

    def go_far(self, place: Position) -> None:
        """Goes to a place: at once, or where it is far with the progress shown."""
        self._set_out(Journey(self.session, place.iteration, place=place), told=False, counted=True)

    def _set_out(self, journey: Journey, *, told: bool, counted: bool) -> None:
        """Begins a run.

        Args:
            journey: where it leads.
            told: whether it says where it has come to.
            counted: whether it is iterations that end it.
        """
        if self.busy():
            return
        if journey.over or journey.go_on(AT_ONCE):
            self._arrive(journey, told=told)
        else:
            self._journey, self._stopping = journey, False
            self.run_worker(self._run(journey, told=told, counted=counted), exclusive=True, group="run")

    async def _run(self, journey: Journey, *, told: bool, counted: bool) -> None:
        """Slices, and now and then a drawing, until it is over or stopped."""
        begun, first, drawn = self.clock(), journey.recorded, -DRAWN_EVERY
        error_first = journey.error
        self.add_class("running")
        while not (self._stopping or journey.over):
            if self.clock() - begun - drawn >= DRAWN_EVERY:
                drawn = self.clock() - begun
                speed = (journey.recorded - first) / drawn if drawn else 0.0
                self.query_one(RunLine).show(self._progress(journey, error_first, speed, counted=counted))
                self.session = journey.here(self.session)
            await self.breathe()
            journey.go_on(SLICE)
        self.remove_class("running")
        self._journey = None
        self._arrive(journey, told=told)

    def _progress(self, journey: Journey, error_first: float | None, speed: float, *, counted: bool) -> Progress:
        start = journey.origin.iteration
        done, total = journey.recorded - start, journey.last - start
        fraction, error = done / max(1, total) if counted else 0.0, journey.error
        if journey.below is not None and error is not None and error_first is not None:
            fraction = max(fraction, way_to(error_first, error, journey.below))
        return Progress(
            done,
            total if counted else None,
            fraction,
            error,
            self.names.symbol(Quantity("E")),
            (total - done) / speed if counted and speed else None,
        )

    def _arrive(self, journey: Journey, *, told: bool) -> None:
        """To the end of the way, or to where it was stopped."""
        there = journey.arrived().with_detail(self.session.detail)
        reason, brief = self._why_over(journey, there)
        if told:
            self.session = there
            self.run_worker(self._tell(journey.origin, there, reason, brief), exclusive=True, group="result")
            return
        moved = there.position != self.session.position
        self.session = there
        if not moved or not journey.over or there.event is not None:
            self._say(reason, 4)

    def _why_over(self, journey: Journey, there: Session) -> tuple[str, str]:
        """Why it has come to an end, in a sentence and in few words."""
        symbol, bound = self.names.symbol(Quantity("E")), number(journey.below or 0, None)
        if not journey.over:
            return f"Stopped at iteration {there.iteration:,}; what is done is kept.", "stopped"
        if there.event is not None:
            return f"The walk ends here: {there.event}.", f"{there.event}"
        if journey.below_bound:
            return f"{symbol} is below {bound} at iteration {there.iteration:,}.", f"{symbol} < {bound}"
        if journey.below is not None:
            return f"Iteration {there.iteration:,}: {symbol} is still not below {bound}.", f"{symbol} not < {bound}"
        if journey.is_run:
            done = there.iteration - journey.origin.iteration
            return f"{plural(done, 'iteration').capitalize()} done.", "done"
        return "You are there.", "there"

    async def _tell(self, origin: Session, there: Session, reason: str, brief: str) -> None:
        """What a run came to, in the place of the step bar until the next move."""
        before, after = await self._measured(origin), await self._measured(there)
        if not _same_place(there, self.session):
            return
        symbol, batch = self.names.symbol(Quantity("E")), len(there.values.examples)
        self.query_one(RunLine).show(Result(reason, brief, symbol, before, after, batch))
        self.add_class("ran")

    async def _measured(self, session: Session) -> Measured:
        measuring = measure(session.scenario, session.values.beginning)
        while (found := next(measuring)) is None:
            await self.breathe()
        return found

    def leave_result(self, before: Session) -> None:
        """Another place than before: the step bar is back."""
        if not _same_place(before, self.session):
            self.remove_class("ran")

    # Playing by itself

    def action_play(self) -> None:
        """Plays, or stops."""
        if self.busy():
            return
        if self.playing.on:
            self.stop_playing()
        elif self.session.event is not None:
            self._say(f"The walk ends here: {self.session.event}.")
        else:
            self.playing.start()
            self._draw()

    def stop_playing(self) -> None:
        """Lets the walk stand."""
        self.playing.stop()
        self._draw()

    def _play_on(self) -> bool:
        """One step of playing; whether there will be another. It waits while something else is on the screen."""
        if self.app.screen is not self:
            return True
        self.session = self.session.forward()
        if self.session.event is None and not self.waits_here():
            return True
        self.stop_playing()
        if self.session.event is None:
            return False
        self._say(f"The walk ends here: {self.session.event}.", 4)
        return False

    def action_faster(self) -> None:
        """A higher speed."""
        self._change_speed(1)

    def action_slower(self) -> None:
        """A lower speed."""
        self._change_speed(-1)

    def _change_speed(self, by: int) -> None:
        words = speed_words(self.playing.speed)
        if not self.playing.change_speed(by):
            self._say(f"{words.capitalize()} is the {'highest' if by > 0 else 'lowest'} speed.")
            return
        words = speed_words(self.playing.speed)
        self._say(f"{words.capitalize()}." if self.playing.on else f"a plays {words}.")
        self._draw()

    # By mouse

    def on_error_chart_iteration_picked(self, message: ErrorChart.IterationPicked) -> None:
        """A click on the chart: to the step that computed this E."""
        self._go_by_mouse(Position(message.iteration, self.session.error_row + 1))

    def on_step_bar_picked(self, message: StepBar.Picked) -> None:
        """A click on a mark of the step bar."""
        self._go_by_mouse(self.session.place(self.session.iteration, message.step))

    def _go_by_mouse(self, place: Position) -> None:
        if self.busy():
            return
        if self.playing.on:
            self.stop_playing()
        self._move(self.session.seek_position(place), "You are there.")


def _same_place(one: Session, other: Session) -> bool:
    """Whether both stand at one place of one branch."""
    return one.position == other.position and one.timeline is other.timeline


async def _breathe() -> None:
    await asyncio.sleep(0)
