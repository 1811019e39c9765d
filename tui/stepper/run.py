"""What goes far: to a place, for iterations, until the error is small; it can be stopped at any time.

A run works in slices on the event loop: between two of them keys are heard and the screen is drawn. A thread was
rejected: the timeline has one writer, and Python would give the two of them the same processor in turn anyway.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic

from textual import events

from engine.ask.whereabouts import place_called
from engine.files.problems import plural
from engine.formula.quantity import Quantity
from engine.program.graph import Graph
from engine.program.scenario import Stop
from engine.program.tokens import MAX_ITERATIONS, like
from engine.walking.journey import AT_ONCE, Journey
from engine.walking.run import Measured, measure
from engine.walking.session import ALL_THERE_IS, Position, Session
from tui import dialogs
from tui.panels.run_line import Progress, Result, RunLine, Working, way_to
from tui.stepper.host import Stepper
from tui.stepper.predict import Predict
from tui.stepper.wait import Wait
from tui.terminal.beside import BETWEEN
from tui.view.keys import BY_KEY
from tui.words.format import number

SLICE = 0.002
"""Seconds of work between two looks at the keyboard."""
MEASURING = 0.002
"""Likewise of what is measured after a run."""
DRAWN_EVERY = 0.25
"""Seconds from one drawing of a run to the next."""


class Run:
    """Runs on.

    Attributes:
        journey: the run that goes on, if one does.
        clock: the time, in seconds.
        breathe: lets everything else have its turn between two slices.
    """

    def __init__(self, screen: Stepper, predict: Predict, wait: Wait) -> None:
        self.screen, self.predict, self.wait = screen, predict, wait
        self.journey: Journey | None = None
        self.clock: Callable[[], float] = monotonic
        self.breathe: Callable[[], Awaitable[object]] = partial(asyncio.sleep, 0)
        self._stopping = False
        self._told_since: float | None = None
        """Since when it is measured what a run came to, while it is."""

    def takes(self, event: events.Key) -> bool:
        """During a run, escape stops it, and keys that would move the walk say so; the others do what they do.

        After it escape stops what is measured of it, where that is shown.
        """
        if event.key == "escape" and self.journey is None and self._is_long:
            self._leave_unmeasured()
            return True
        entry = BY_KEY.get(event.key)
        if self.journey is None or entry is None or entry.group in ("View", "gradstep"):
            return False
        if event.key == "escape":
            self._stopping = True
        else:
            self.goes_on()
        return True

    def goes_on(self) -> bool:
        """Whether a run goes on; if so, it says what stops it."""
        if self.journey is not None:
            self.screen.say("The run goes on: escape stops it and keeps what is done.")
        return self.journey is not None

    # Going far

    def to(self) -> None:
        """Asks for a place and goes there."""

        def read(answer: str) -> Position:
            return place_called(self.screen.session, answer)

        question = dialogs.Ask[Position](
            "go to",
            "Go to which iteration or place?",
            self._places(),
            "goes there",
            read,
        )
        self.screen.host.push_screen(question, lambda place: None if place is None else self.go_far(place))

    def _places(self) -> str:
        """What can be typed, with names that the walk has."""
        network = self.screen.session.scenario.network
        some, kind = like(network), "y" if isinstance(network, Graph) else "x"
        if self.screen.session.timeline.steps.ends:
            return f"{some.quantity} and {kind}[{some.node}] are places"
        return f"1000 is an iteration, 3:{some.quantity} a place in one, {kind}[{some.node}] a place in this one"

    def on(self) -> None:
        """Asks how far, and runs."""
        if self.screen.session.timeline.steps.ends:
            self.screen.say(f"There is no run: {ALL_THERE_IS}.", 4)
        elif not (self.predict.refuses() or self.screen.busy()):
            self.screen.host.push_screen(
                dialogs.ask_how_far(self.screen.session, self.screen.view.notation), self._run_on
            )

    def _run_on(self, stop: Stop | None) -> None:
        if stop is not None:
            last = MAX_ITERATIONS if stop.iterations is None else self.screen.session.iteration + stop.iterations
            journey = Journey(
                self.screen.session, last, below=stop.error, epochs=stop.patience, epoch_error=stop.epoch_error
            )
            self._set_out(journey, counted=stop.iterations is not None)

    def go_far(self, place: Position) -> None:
        """Goes to a place: at once, or where it is far with the progress shown."""
        session = self.screen.session
        journey = Journey(session, place.iteration, place=place)
        if not (self.screen.busy() or place.iteration > journey.recorded):  # it is only to be walked again
            self.wait.then(session.timeline, place, journey.arrived, lambda there: self._arrive(journey, there))
        else:
            self._set_out(journey, counted=True)

    def _set_out(self, journey: Journey, *, counted: bool) -> None:
        """Begins a run, which may be `counted`: iterations end it."""
        if self.screen.busy():
            return
        if journey.over or journey.go_on(AT_ONCE):
            self._arrive(journey)
        else:
            self.journey, self._stopping = journey, False
            self.screen.textual.run_worker(self._run(journey, counted=counted), group="run", exclusive=True)

    async def _run(self, journey: Journey, *, counted: bool) -> None:
        """Slices, and now and then a drawing, until it is over or stopped."""
        begun, first, drawn = self.clock(), journey.recorded, -DRAWN_EVERY
        error_first = journey.error
        self.screen.textual.set_class(True, "running")
        while not (self._stopping or journey.over):
            if self.clock() - begun - drawn >= DRAWN_EVERY:
                drawn = self.clock() - begun
                speed = (journey.recorded - first) / drawn if drawn else 0.0
                self.screen.textual.query_one(RunLine).show(
                    self._progress(journey, error_first, speed, counted=counted)
                )
                self.screen.session = journey.here(self.screen.session)
            await self.breathe()
            journey.go_on(SLICE)
        self.screen.textual.set_class(False, "running")
        self.journey = None
        self._arrive(journey)

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
            self.screen.view.notation.symbol(Quantity("E")),
            (total - done) / speed if counted and speed else None,
        )

    def _arrive(self, journey: Journey, there: Session | None = None) -> None:
        """To the end of the way, or to where it was stopped."""
        there = (there or journey.arrived()).with_detail(self.screen.session.detail)
        reason, brief = self._why_over(journey, there)
        if there is self.screen.session:  # which has the chart drawn all the same
            self.screen.redraw()
        if journey.is_run:
            self.screen.session = there
            self.screen.textual.run_worker(
                self._tell(journey.origin, there, reason, brief), group="result", exclusive=True
            )
            return
        moved = there.position != self.screen.session.position
        self.screen.session = there
        if not moved or not journey.over or there.ending is not None:
            self.screen.say(reason, 4)

    def _why_over(self, journey: Journey, there: Session) -> tuple[str, str]:
        """Why it has come to an end, in a sentence and in few words."""
        symbol, bound = self.screen.view.notation.symbol(Quantity("E")), number(journey.below or 0, None)
        if not journey.over:
            return f"Stopped at iteration {there.iteration:,}; what is done is kept.", "stopped"
        if there.ending is not None:
            return f"The walk ends here: {there.ending}.", there.ending
        if journey.below_bound:
            return f"{symbol} is below {bound} at iteration {there.iteration:,}.", f"{symbol} < {bound}"
        if journey.watch is not None and journey.watch.over:
            if journey.watch.best is None:
                reason = f"The errors of the epoch before iteration {there.iteration:,} are together below the bound."
                return reason, f"{symbol} of an epoch < its bound"
            at, least = journey.watch.best
            reason = f"Test {symbol} falls no more: its least was {number(least, 4)}, at iteration {at:,}."
            return reason, f"test {symbol} falls no more"
        if journey.below is not None:
            return f"Iteration {there.iteration:,}: {symbol} is still not below {bound}.", f"{symbol} not < {bound}"
        if journey.is_run:
            done = there.iteration - journey.origin.iteration
            return f"{plural(done, 'iteration').capitalize()} done.", "done"
        return "You are there.", "there"

    async def _tell(self, origin: Session, there: Session, reason: str, brief: str) -> None:
        """What a run came to, in the place of the step bar until the next move."""
        self._told_since = self.clock()
        before, after = await self._measured(origin), await self._measured(there)
        test = None
        if there.scenario.test is not None and origin.scenario.test is not None:
            test = await self._measured(origin, test=True), await self._measured(there, test=True)
        self._told_since = None
        symbol, batch = self.screen.view.notation.symbol(Quantity("E")), len(there.values.examples)
        self._show_result(Result(reason, brief, symbol, before, after, batch, test))

    async def _measured(self, session: Session, *, test: bool = False) -> Measured:
        said = (0, None, "examples measured")

        def told(*words: object) -> None:
            nonlocal said
            said = words  # type: ignore[assignment]

        measuring = measure(session.scenario, session.values.beginning, test=test, told=told)
        begun = shown = self.clock()
        while (found := next(measuring)) is None:
            if self.clock() - begun < MEASURING:
                continue
            begun = self.clock()
            if self._is_long and begun - shown >= BETWEEN:
                shown = begun
                self._show_result(Working(*said))
            await self.breathe()
        return found

    @property
    def _is_long(self) -> bool:
        """Whether what a run came to takes so long to measure that this is shown."""
        return self._told_since is not None and self.clock() - self._told_since >= BETWEEN

    def _show_result(self, shown: Result | Working) -> None:
        if not self.screen.textual.is_there:
            return
        self.screen.textual.query_one(RunLine).show(shown)
        self.screen.textual.set_class(True, "ran")

    def _leave_unmeasured(self) -> None:
        """What a run came to is told no more."""
        self._told_since = None
        self.screen.textual.workers.cancel_group(self.screen.textual, "result")
        self.screen.textual.set_class(False, "ran")

    def leave_result(self, before: Session) -> None:
        """Another place than before: the step bar is back."""
        if not _same_place(before, self.screen.session):
            self._leave_unmeasured()


def _same_place(one: Session, other: Session) -> bool:
    """Whether both stand at one place of one branch."""
    return one.position == other.position and one.timeline is other.timeline
