"""A way to a far place in slices, so that whoever waits for it can look, and stop it, on the way.

It leads to where `Session.fast_forward` and `Session.seek_position` lead, and what it records on the way is kept.
"""

import numpy as np

from engine.program.scenario import Stop
from engine.walking.run import extended, watch_of
from engine.walking.session import Position, Session

AT_ONCE = 0.03
"""Seconds after which a way is so long that its progress is to be shown."""


class Journey:
    """From a session to a place, or on to the error step of an iteration: the last, or the first with E below a bound.

    Attributes:
        origin: where it starts.
        last: the iteration at which it ends at the latest.
        below: the bound, or None.
        watch: what looks at it once an epoch, or None.
    """

    def __init__(
        self,
        origin: Session,
        last: int,
        *,
        below: float | None = None,
        place: Position | None = None,
        epochs: int | None = None,
        epoch_error: float | None = None,
    ) -> None:
        """Before anything is recorded.

        Args:
            origin: where it starts.
            last: the iteration at which it ends at the latest.
            below: a bound to an iteration's E, or None.
            place: a chosen place to which it leads, or None.
            epochs: how long the error of the test part need not fall, or None.
            epoch_error: a bound to the errors of an epoch, or None.
        """
        self.origin, self.last, self.below = origin, last, below
        stop = Stop(patience=epochs, epoch_error=epoch_error)
        self.watch = watch_of(stop, origin.timeline, origin.iteration)
        self._place, self._timeline = place, origin.timeline
        self._hit: int | None = None
        if below is not None:
            known = self._timeline.errors(min(last, self._timeline.recorded), origin.iteration)
            found = np.flatnonzero(known < below)
            self._hit = origin.iteration + int(found[0]) if len(found) else None

    @property
    def is_run(self) -> bool:
        """Whether it leads on, not to a chosen place."""
        return self._place is None

    @property
    def recorded(self) -> int:
        """The iteration up to which all is known."""
        return self._timeline.recorded

    @property
    def error(self) -> float | None:
        """E of the last iteration that is recorded."""
        known = self._timeline.errors(self.recorded)
        return float(known[-1]) if len(known) else None

    @property
    def below_bound(self) -> bool:
        """Whether an iteration's E was found below the bound."""
        return self._hit is not None

    @property
    def over(self) -> bool:
        """Whether there is nothing left to record."""
        if self._hit is not None or self._timeline.over:
            return True
        if self.watch is not None and (self.watch.over or self.watch.next <= self.last):
            return self.watch.over
        return self.recorded >= self.last

    def go_on(self, seconds: float) -> bool:
        """Records for about so long; whether it is over."""
        if not self.over:
            self._hit = extended(self._timeline, self.last, self.below, self.watch, seconds)
        return self.over

    def here(self, session: Session) -> Session:
        """The session at the last recorded place on the way: a run's error step, else the step where it stands."""
        reached = min(self.recorded, self.last)
        return session.run_end(reached) if self.is_run else session.seek(reached, max(1, session.done))

    def arrived(self) -> Session:
        """The origin at the end of the way; where it was stopped before, at the last recorded place."""
        if not self.over:
            return self.here(self.origin)
        if self._place is not None:
            return self.origin.seek_position(self._place)
        if self.watch is not None and self.watch.over:
            return self.origin.run_end(self.watch.next)
        return self.origin.run_end(self.last if self._hit is None else self._hit)


def set_out(session: Session, place: Position) -> tuple[Session, Position | None]:
    """Goes to a place if that takes no time worth mentioning.

    Returns:
        the session there and None; for a far place the session as it was and the place, which is still to be gone to.
    """
    journey = Journey(session, place.iteration, place=place)
    return (journey.arrived(), None) if journey.go_on(AT_ONCE) else (session, place)
