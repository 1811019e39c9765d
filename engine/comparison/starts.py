"""Where the iterations begin that are held against somebody's numbers: on their batch, or on one example by itself."""

from engine.program.batches import batch_of
from engine.walking.advance import begin_with
from engine.walking.timeline import Timeline
from engine.walking.values import Values


def alone(timeline: Timeline, ours: Values) -> tuple[int, ...] | None:
    """The examples of an iteration, where they are not its batch."""
    return None if ours.examples == batch_of(timeline.scenario, ours.iteration) else ours.examples


def start_of(timeline: Timeline, iteration: int, examples: tuple[int, ...] | None = None) -> Values:
    """An iteration with nothing computed.

    Args:
        timeline: of the walk.
        iteration: which.
        examples: what it is to be asked of; None: of its batch.

    Raises:
        IndexError: the walk does not get there.
    """
    return on(timeline, timeline.start(iteration), examples)


def on(timeline: Timeline, start: Values, examples: tuple[int, ...] | None) -> Values:
    """The same iteration on other examples; None: on its own."""
    if examples is None:
        return start
    scenario = timeline.scenario_at(start.iteration)
    return begin_with(scenario, start.steps, start.iteration, start.theta, start.state, examples)
