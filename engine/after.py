"""Did the update help? The error of the same examples with the new parameters: a forward pass that is no step."""

from engine.advance import advance, begin_with
from engine.session import Session


def error_after_update(session: Session) -> float | None:
    """E of the iteration's batch with the parameters that its update made; None before the update is done."""
    values = session.values
    if not values.complete or session.hidden:
        return None
    after = begin_with(session.scenario, values.steps, values.iteration, values.theta, values.state, values.examples)
    while after.error is None and after.event is None:
        after = advance(session.scenario, after)
    return after.error
