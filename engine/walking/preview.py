"""The same place with other data: an example outside the batch, or the parameters that the update made."""

from msgspec.structs import replace

from engine.walking.advance import advance, begin_with
from engine.walking.session import Session


def preview(session: Session, example: int) -> Session:
    """The session with the numbers of one example of the file by itself, short of updates, in which it takes no part.

    Args:
        session: the place.
        example: the example's number in the file, from 0.
    """
    start, rows = session.values.beginning, session.timeline.steps.rows
    scenario = session.scenario.without_penalty
    values = begin_with(scenario, start.steps, start.iteration, start.theta, start.state, (example,))
    while len(values.results) < len(session.values.results) and values.event is None:
        if rows[len(values.results)].quantity == "w+":
            return replace(session, values=values, hidden=0)
        values = advance(scenario, values)
    return replace(session, values=values, hidden=0 if values.event else session.hidden)


def error_after_update(session: Session) -> float | None:
    """E of the iteration's batch with the parameters that its update made; None before it is done."""
    values = session.values
    if not values.complete or session.hidden or session.timeline.steps.ends:
        return None
    after = begin_with(session.scenario, values.steps, values.iteration, values.theta, values.state, values.examples)
    while after.error is None and after.event is None:
        after = advance(session.scenario, after)
    return after.error
