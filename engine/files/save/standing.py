"""What a walk has come to, as a scenario that begins there."""

from dataclasses import replace

from engine.scenario import Resume, Scenario
from engine.session import Session


def standing(session: Session) -> Scenario:
    """The scenario as it stands at the start of the present iteration: its numbers, and what the optimizer remembers.

    It has no published figures: they are of the walk from its first beginning.
    """
    start = session.values.beginning
    resume = Resume(start.iteration, start.state) if start.iteration or start.state.any() else None
    return replace(session.scenario, theta=start.theta, published=(), resume=resume)
