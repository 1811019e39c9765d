"""Draws where the next key may lead, while nobody waits: one step on, one step back.

A drawing follows from the place alone, so one that is made ahead is the one that a key would make. It is made in
parts, a panel each, and a key that comes in between waits for one part at most.
"""

from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter, thread_time

from textual.timer import Timer

from engine.walking.session import Session
from tui.graph.pictures import picture_of
from tui.graph.widget import NetworkGraph
from tui.panels.equation import EquationPanel
from tui.panels.tables import NodeTable, ParameterTable
from tui.stepper.host import Stepper
from tui.stepper.play import Play
from tui.stepper.predict import Predict
from tui.stepper.run import Run
from tui.view.seen import View

WAIT = 0.02
"""Seconds after a step until drawing begins: the step's own drawing has been sent by then."""
SLICE, PAUSE = 0.004, 0.001
"""Seconds of drawing, and between two such, in which a key is taken: a timer costs as much as a small part."""
LONGEST = 0.012
"""Seconds that a part may take: where one takes longer, a key would wait for it, and no more is drawn from here."""

LARGEST = 200_000
"""Parameters times examples of a batch up to which a step takes so little that nobody waits for one made ahead."""


class Ahead:
    """The places next to the present one, drawn before somebody goes there."""

    def __init__(self, screen: Stepper, predict: Predict, run: Run, play: Play) -> None:
        self.screen, self.predict, self.run, self.play = screen, predict, run, play
        self.at_work = False
        """Whether there is more to draw."""
        self._parts: Iterator[Callable[[], None]] = iter(())
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Forgets what is left of another place, and begins once the screen is at rest."""
        if self._timer is not None:
            self._timer.stop()
        self._parts = self._neighbours(self.screen.session)
        self._timer = self.screen.textual.set_timer(WAIT, self._next)
        self.at_work = True

    def _next(self) -> None:
        """As many parts as a key may wait for; then one is taken, if there is one."""
        begun = perf_counter()
        while self.at_work and perf_counter() - begun < SLICE:
            clock, own = perf_counter(), thread_time()
            part = next(self._parts, None) if self._nobody_waits else None
            if part is not None:
                part()
            # its own, as others may have had the processor meanwhile; some clocks of one's own time are coarse
            taken = min(perf_counter() - clock, thread_time() - own)
            self.at_work = part is not None and taken < LONGEST
        if self.at_work:
            self._timer = self.screen.textual.set_timer(PAUSE, self._next)

    @property
    def _nobody_waits(self) -> bool:
        """Whether the walk stands, and what would be drawn is what a key leads to."""
        moving = self.play.speed is not None or self.run.journey is not None or self.screen.waits
        return self.screen.textual.is_active and not (moving or self.predict.on or self.screen.chosen.lecturing)

    def _neighbours(self, session: Session) -> Iterator[Callable[[], None]]:
        """What is to be drawn of a step on and a step back, part by part."""
        if len(session.scenario.theta) * len(session.values.examples) > LARGEST:
            return
        for move in (Session.forward, Session.back):
            if move is Session.back and _is_far_back(session):
                continue
            there = move(session)
            if there is not session:
                yield from self._panels(self.screen.view_of(there))

    def _panels(self, view: View) -> Iterator[Callable[[], None]]:
        one = self.screen.textual.query_one
        yield lambda: one(NetworkGraph).prepare(picture_of(view), view.drawings)
        yield partial(one(EquationPanel).prepare, view)
        for table in (one(NodeTable), one(ParameterTable)):
            yield lambda table=table: table.prepare(table.shown(view))  # type: ignore[misc]


def _is_far_back(session: Session) -> bool:
    """Whether one step back is the end of an iteration that takes a while to be walked again."""
    before = session.iteration - 1
    is_last = session.done == 1 and before >= session.first
    return is_last and session.timeline.takes_long(before, len(session.timeline.steps.rows))
