"""What the chart shows besides E of the batches: E of the test part, and accuracy."""

import math

from engine.walking.run import Measured
from engine.walking.session import Session
from engine.walking.tested import Points, Tested
from engine.walking.timeline import Timeline
from tui.chart.shown import Accuracy, Test


def has_accuracy(session: Session) -> bool:
    """Whether there are classes of which a chart can be drawn."""
    return History(session).has_accuracy


class History:
    """What was measured on the way of a session, found when it is asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._timeline: Timeline = session.timeline

    @property
    def has_accuracy(self) -> bool:
        """Whether there are classes, and few enough examples to look at all of them now and then."""
        trained = self._timeline.trained
        shown = not self._timeline.steps.ends and trained.is_cheap
        return shown and trained.at(self._timeline.first).right is not None

    def test(self, known: int) -> Test | None:
        """E of the test part along the first so many iterations; None where there is none."""
        tested, first = self._tested, self._timeline.first
        if tested is None or not known:
            return None
        points = self._points(tested, known)
        return Test(tuple(int(k) - first for k in points.iterations), tuple(points.errors.tolist()))

    @property
    def tested(self) -> float | None:
        """E of the test part at the start of the present iteration."""
        error = math.nan if self._tested is None else self._tested.at(self._session.iteration).error
        return error if self._session.errors_done and math.isfinite(error) else None

    def accuracy(self, known: int) -> Accuracy | None:
        """Likewise the accuracy, in percent."""
        if not known:
            return None
        tested, trained, here = self._tested, self._timeline.trained, self._session.iteration
        points = self._points(trained, known)
        of_test = None if tested is None else self._points(tested, known)
        return Accuracy(
            tuple(map(int, points.iterations)),
            tuple((100 * points.accuracy).tolist()),
            () if of_test is None else tuple(map(int, of_test.iterations)),
            () if of_test is None else tuple((100 * of_test.accuracy).tolist()),
            here,
            _percent(trained.at(here)),
            math.nan if tested is None else _percent(tested.at(here)),
        )

    @property
    def _tested(self) -> Tested | None:
        there = self._session.scenario.test is not None and not self._timeline.steps.ends
        return self._timeline.tested if there else None

    def _points(self, of: Tested, known: int) -> Points:
        return of.until(min(self._timeline.first + known - 1, self._timeline.recorded))


def _percent(found: Measured) -> float:
    return math.nan if found.accuracy is None else 100 * found.accuracy
