"""What a text says of a scenario's shape, of a row of its walk, and of where that stands."""

from engine.program.scenario import Scenario
from engine.program.steps import Row
from engine.walking.session import Session


def shape_words(scenario: Scenario) -> str:
    """`Layers 2-2-2`; `5 nodes` of a graph."""
    return scenario.shape if scenario.graph is not None else f"Layers {scenario.shape}"


def rate_counts(scenario: Scenario) -> bool:
    """Whether the learning rate changes anything: not of a graph in which nothing is trained."""
    return scenario.graph is None or len(scenario.training.frozen) < len(scenario.theta)


def subject_of(row: Row, scenario: Scenario, *, the_inputs: str = "inputs") -> str:
    """Of what a row is: `layer 2`, of a graph a node; `the_inputs` is what the first row is of."""
    if scenario.graph is None:
        return the_inputs if row.layer == 0 else scenario.network.called(row.layer)
    return row.node or ("the error" if row.quantity == "E" else the_inputs)


def place_words(session: Session) -> str:
    """`Mazur: two inputs …: iteration 0, step 9 of 14`: what is seen in a picture."""
    return f"{session.scenario.title}: iteration {session.iteration:,}, step {session.done} of {session.count}"
