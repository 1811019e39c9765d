"""Gets ready, while nobody presses a key, what would take a while when it is first asked for.

The dialogs' modules and styles are read, the published figures checked, the shipped scenarios read: in parts, and a key
that comes in between waits for one at most. What was asked for before that is done as it would be without.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from time import perf_counter, thread_time

from textual.timer import Timer

from tui.stepper.host import Stepper
from tui.stepper.play import Play
from tui.stepper.run import Run
from tui.terminal.quick_start import tidy

IDLE = 0.5
"""Seconds without a step, after which there is time for it."""
PAUSE = 0.02
"""Seconds from one part to the next, in which a key is taken."""
SLICE = 0.004
"""Seconds of a check of figures that is one part."""
LONGEST, MOST = 0.02, 0.3
"""Seconds of the processor that a slice of it may take, however short it was to be, and all of them: the figures of
some scenarios are far away, and wait until they are asked for."""
LARGEST = 200_000
"""Parameters times examples of a batch up to which no figure takes so long that a key would wait."""
LATER = (
    "engine.check.kept",
    "tui.dialogs.verify",
    "engine.check.gradients",
    "tui.dialogs.gradient",
    "tui.picker.catalogue",
    "tui.picker.screen",
)
"""Modules that take some milliseconds each, those they are built on before them."""


class Ready:
    """Does these things once, and tidies up whenever somebody has gone on."""

    def __init__(self, screen: Stepper, run: Run, play: Play) -> None:
        self.screen, self.run, self.play = screen, run, play
        self._timer: Timer | None = None
        """Until the first part; none before the first drawing, which a key may come before."""
        self._at_work = False
        self._parts = self._all()

    def begin(self) -> None:
        """There is a screen, which somebody looks at."""
        self._timer = self.screen.textual.set_interval(IDLE, self._rested)

    def again(self) -> None:
        """Somebody did something: it goes on once they have done nothing for a while."""
        self._at_work = False
        if self._timer is not None:
            self._timer.reset()

    def _rested(self) -> None:
        if self._timer is not None and self._nobody_waits:
            self._timer.pause()
            self._at_work = True
            self._next()

    def _next(self) -> None:
        """One part; the garbage of all is looked for after the last."""
        if not self._at_work:
            return
        if not self._nobody_waits:
            self.again()
        elif next(self._parts, None) is None:
            self._at_work = False
            tidy()
        else:
            self.screen.textual.set_timer(PAUSE, self._next)

    @property
    def _nobody_waits(self) -> bool:
        """Whether the walk stands, and nothing covers it."""
        moving = self.play.speed is not None or self.run.journey is not None or self.screen.waits
        return self.screen.textual.is_active and not moving

    def _all(self) -> Iterator[str]:
        """What there is to do, part by part: what was done."""
        for name in LATER:
            if name not in sys.modules:
                import_module(name)
                yield name
        from tui.terminal.closing import ClosingScreen  # here, as of the modules above it is one of them

        self.screen.host.read_styles(ClosingScreen.CSS_PATH)
        yield "styles"
        yield from self._figures()
        yield from self._shipped()

    def _figures(self) -> Iterator[str]:
        """Of the walk without edits, which has them."""
        scenario, audits = self.screen.session.tree.main.timeline.scenario, self.screen.host.catalogue.audits
        if len(scenario.theta) * scenario.training.batch > LARGEST:
            return
        spent = taken = 0.0
        while not audits.of(scenario).over and taken < LONGEST and spent < MOST:  # asked each time: they may be taken
            clock, own = perf_counter(), thread_time()
            audits.of(scenario).go_on(SLICE)
            # its own, as others may have had the processor meanwhile; some clocks of one's own time are coarse
            taken = min(perf_counter() - clock, thread_time() - own)
            spent += taken
            yield "figures"

    def _shipped(self) -> Iterator[str]:
        """What the picker lists first."""
        from engine.files import shipped_names, shipped_path

        catalogue = self.screen.host.catalogue
        paths = [shipped_path(name) for name in shipped_names()]
        for path in paths:
            if not catalogue.is_current(path):
                catalogue.read(path)
                yield path.stem
        for path in paths:
            while not catalogue.check(path, SLICE):
                yield path.stem
