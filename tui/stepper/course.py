"""What is measured of a walk for its chart, besides E of the batches: E of the test part, and accuracy."""

import math

from engine.walking.session import Session
from engine.walking.tested import Point, Points, Tested
from engine.walking.timeline import Timeline
from tui.chart.shown import Accuracy, Test
from tui.words.progress import progress_words


def has_accuracy(session: Session) -> bool:
    """Whether there are classes of which a chart can be drawn."""
    return Course(session, 0).has_accuracy


class Course:
    """What is measured on the way of a session, as far as it is known, along so many of its iterations."""

    def __init__(self, session: Session, known: int, *, accurate: bool = False) -> None:
        """A course.

        Args:
            session: where the walk stands.
            known: how many iterations of it are drawn.
            accurate: whether accuracy is, and measured of the training examples, too.
        """
        self.accurate = accurate
        self._timeline: Timeline = session.timeline
        self.here, self._known, self._there = session.iteration, known, bool(session.errors_done)
        self._until = min(self._timeline.first + known - 1, self._timeline.recorded)
        measured = session.scenario.test is not None and not self._timeline.steps.ends
        self.tested: Tested | None = self._timeline.tested if measured else None
        self._parts = [part for part in (self.tested, self._timeline.trained if accurate else None) if part is not None]

    def is_same(self, other: "Course | None") -> bool:
        """Whether both are of one place, and what is to be measured is the same."""
        return other is not None and self._what == other._what

    @property
    def _what(self) -> tuple[object, ...]:
        return self._timeline, self.here, self._until, self._there, self._parts

    # Measuring

    @property
    def _sought(self) -> list[tuple[Tested, int, int]]:
        """What is measured, where, and up to where: before anything is computed nothing is."""
        here = self.here if self._there else self._timeline.first
        return [(part, here, self._until) for part in self._parts] if self._known else []

    @property
    def is_known(self) -> bool:
        """Whether nothing is left to measure."""
        return all(part.is_known(here, until) for part, here, until in self._sought)

    def _is_known(self, of: Tested) -> bool:
        return all(part.is_known(here, until) for part, here, until in self._sought if part is of)

    @property
    def is_cheap(self) -> bool:
        """Whether that takes no time worth mentioning."""
        return all(part.is_cheap for part in self._parts)

    def go_on(self, *, here_first: bool) -> None:
        """Measures a small part of what is left."""
        for part, here, until in self._sought:
            if not part.is_known(here, until):
                part.go_on(here, until, here_first=here_first)
                return

    @property
    def progress(self) -> str:
        """How far the first of them is that is not known, in words."""
        for part, here, until in self._sought:
            if part.known_at(here) is None:
                return progress_words(part.measured_at(here), part.examples, "examples")
            if not part.is_known(here, until):
                return progress_words(*part.count(until), "points of its curve")
        return ""

    # What is known

    @property
    def has_accuracy(self) -> bool:
        """Whether there are classes, and few enough examples to look at all of them now and then."""
        trained = self._timeline.trained
        shown = not self._timeline.steps.ends and trained.is_cheap
        return shown and trained.at(self._timeline.first).accuracy is not None

    def test(self) -> Test | None:
        """E of the test part along the course; None where there is none."""
        if self.tested is None or not self._known:
            return None
        points, first = self._points(self.tested), self._timeline.first
        places = tuple(int(k) - first for k in points.iterations)
        return Test(places, tuple(points.errors.tolist()), whole=self._is_known(self.tested))

    @property
    def test_here(self) -> float | None:
        """That E; None where it is not known, or not finite."""
        found = self.tested.known_at(self.here) if self.tested is not None and self._there else None
        return None if found is None or not math.isfinite(found.error) else found.error

    @property
    def lacks_test_here(self) -> bool:
        """Whether it is not measured."""
        return self.tested is not None and self._there and self.tested.known_at(self.here) is None

    def accuracy(self) -> Accuracy | None:
        """Likewise the accuracy, in percent."""
        if not self._known:
            return None
        tested, trained = self.tested, self._timeline.trained
        points = self._points(trained)
        of_test = None if tested is None else self._points(tested)
        return Accuracy(
            tuple(map(int, points.iterations)),
            tuple((100 * points.accuracy).tolist()),
            () if of_test is None else tuple(map(int, of_test.iterations)),
            () if of_test is None else tuple((100 * of_test.accuracy).tolist()),
            self.here,
            _percent(trained.known_at(self.here)),
            math.nan if tested is None else _percent(tested.known_at(self.here)),
            whole=self._is_known(trained),
            test_whole=tested is None or self._is_known(tested),
        )

    def _points(self, of: Tested) -> Points:
        return of.known(self._until)


def _percent(found: Point | None) -> float:
    return math.nan if found is None or found.accuracy is None else 100 * found.accuracy
