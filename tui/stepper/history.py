"""The chart: E of the batches, which the walk knows, and E of the test part and accuracy, which are measured for it.

Many examples of a large network take seconds. They are measured in slices on the event loop, as a run works, once
nobody presses a key; meanwhile the chart shows what is known, and says what is not. Whatever moves the walk goes first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic

from rich.cells import cell_len
from textual import events
from textual.timer import Timer
from textual.widget import Widget

from engine.formula.quantity import Quantity
from engine.program.batches import batches_per_epoch
from engine.walking.branch import history_of
from engine.walking.preview import error_after_update
from tui.chart.widget import ErrorChart
from tui.stepper.branch import Branching
from tui.stepper.course import Course, has_accuracy
from tui.stepper.host import Stepper
from tui.stepper.predict import Predict
from tui.stepper.run import Run
from tui.stepper.wait import Wait
from tui.terminal.beside import BETWEEN
from tui.terminal.borders import label
from tui.view.seen import View
from tui.words.format import number

AT_ONCE = 0.02
"""Seconds that a drawing may wait for what takes no time worth mentioning, and during a run for the rest."""
WAIT = 0.03
"""Seconds after a drawing until measuring begins: a key that is held down moves on before."""
SLICE = 0.002
"""Seconds of it between two looks at the keyboard."""
STOPS = "escape stops"


class History:
    """Shows the chart, and has measured what it lacks.

    Attributes:
        at_work: whether something is left to measure, and will be.
        clock: the time, in seconds.
        breathe: lets everything else have its turn between two slices.
    """

    def __init__(self, screen: Stepper, predict: Predict, run: Run, branch: Branching, wait: Wait) -> None:
        self.screen, self.predict, self.run, self.branch, self.wait = screen, predict, run, branch, wait
        self.at_work = False
        self.clock: Callable[[], float] = monotonic
        self.breathe: Callable[[], Awaitable[object]] = partial(asyncio.sleep, 0)
        self._course: Course | None = None
        self._stopped = False
        self._since = 0.0
        """When it began to be measured."""
        self._timer: Timer | None = None

    def show(self, view: View) -> None:
        """Draws it, with what can be measured at once; what can't be comes later."""
        session = self.screen.session
        done = session.errors_done
        # what was walked before, here or in another branch, would tell the answer
        known = done if self.predict.on else len(session.history)
        course = Course(session, known, accurate=self.screen.chosen.accuracy and has_accuracy(session))
        if not course.is_same(self._course):
            self._course, self._stopped, self._since = course, False, self.clock()
        self._begin(course)
        self._draw(course, view)

    # Measuring

    def takes(self, event: events.Key) -> bool:
        """Where it says so, escape stops it; until the walk is somewhere else, the rest stays unknown."""
        if event.key != "escape" or not self._told:
            return False
        self._stopped = True
        self.screen.redraw()
        return True

    def _begin(self, course: Course) -> None:
        if self._timer is not None:
            self._timer.stop()
        running, begun = self.run.journey is not None, self.clock()
        while (course.is_cheap or running) and not course.is_known and self.clock() - begun < AT_ONCE:
            course.go_on(here_first=not running)
        self.at_work = self._is_seen and not (running or self._stopped or course.is_known)
        if self.at_work:
            self._timer = self.screen.textual.set_timer(WAIT, partial(self._set_to_work, course))

    @property
    def _is_seen(self) -> bool:
        """Whether there is room for it, and no other panel is large."""
        return all(one.display for one in self._chart.ancestors_with_self if isinstance(one, Widget))

    @property
    def _chart(self) -> ErrorChart:
        return self.screen.textual.query_one(ErrorChart)

    def _set_to_work(self, course: Course) -> None:
        self.screen.textual.run_worker(self._measure(course), group="measure", exclusive=True)

    async def _measure(self, course: Course) -> None:
        """Slices, and now and then a drawing, until all is known or the chart is of something else."""
        drawn = self.clock()
        while self.at_work and course.is_same(self._course) and self.screen.textual.is_there:
            if self.screen.waits:  # it may be at work on the same course
                self.wait.drawn_later, self.at_work = True, False
                return
            if self.run.journey is None:
                self._slice(course)
            self.at_work = not course.is_known
            if not self.at_work or self.clock() - drawn >= BETWEEN:
                drawn = self.clock()
                self._draw(course, self.screen.view)
            await self.breathe()

    def _slice(self, course: Course) -> None:
        begun = self.clock()
        while not course.is_known:
            course.go_on(here_first=True)
            if self.clock() - begun >= SLICE:
                return

    # Drawing

    @property
    def _told(self) -> bool:
        """Whether it takes so long that it is said."""
        return self.at_work and self.clock() - self._since >= BETWEEN

    def _draw(self, course: Course, view: View) -> None:
        session, chosen = self.screen.session, self.screen.chosen
        chart, rival = self._chart, None if self.predict.on else self.branch.rival
        done = session.errors_done
        chart.show(
            session.history[:done] if self.predict.on else session.history,
            done,
            first=session.first,
            batches=batches_per_epoch(session.scenario),
            logarithmic=chosen.logarithmic,
            other=None if rival is None else history_of(session, rival),
            curves=None if rival is None else self.branch.curves(rival),
            test=course.test(),
            tested=course.test_here,
            accuracy=course.accuracy() if course.accurate else None,
        )
        axis = ", logarithmic" if chosen.logarithmic else ""
        symbol = view.notation.symbol(Quantity("E"))
        whole = "" if session.scenario.training.penalty is None else ", its penalty included"
        title = "accuracy by iteration, %" if course.accurate else f"{symbol} by iteration{whole}{axis}"
        label(chart, title, self._below(course, view, symbol, chart.size.width))

    def _below(self, course: Course, view: View, symbol: str, width: int) -> str:
        """What stands below it: E of the test part, and how far that is; what the update makes of E."""
        back, test = view.way_back("history"), self._test(course, view, symbol)
        if self._told:
            signs = (f"{test}   {course.progress}, {STOPS}", f"{course.progress}, {STOPS}", STOPS)
            return next((sign for sign in signs if cell_len(sign) <= width), STOPS)
        session = self.screen.session
        after, helped = error_after_update(session), ""
        if after is not None and session.values.error is not None:
            before, now = number(session.values.error, view.digits), number(after, view.digits)
            helped = f"this update: {before} → {now}"
        return "   ".join(filter(None, (back, test, helped)))

    def _test(self, course: Course, view: View, symbol: str) -> str:
        if course.lacks_test_here:
            return f"test {symbol} not measured" if self._stopped else f"test {symbol} …"
        return "" if course.test_here is None else f"test {symbol} {number(course.test_here, view.digits)}"
