"""Where a parameter's value at the start of an iteration comes from."""

from engine.formula.quantity import Quantity
from engine.walking.session import Session


def made_by_update(session: Session, name: str) -> bool:
    """Whether the update of the iteration before made the value with which this one starts."""
    trained = session.scenario.network.parameter_index[name] not in session.scenario.training.frozen
    return trained and session.iteration > session.first and not set_by_hand(session, name)


def set_by_hand(session: Session, name: str) -> bool:
    """Whether it is an edit at the start of this very iteration."""
    branch = session.tree.owner(session.iteration)
    return branch.iteration == session.iteration and any(edit.name == name for edit in branch.edits)


def origin(session: Session, name: str) -> str:
    """In a few words."""
    if set_by_hand(session, name):
        return "as you set it"
    if made_by_update(session, name):
        return f"made by the update of iteration {session.iteration - 1:,}"
    return "as the scenario gives it" if session.iteration == session.first else "frozen, no update changes it"


def is_given(session: Session, quantity: Quantity) -> bool:
    """Whether a number is what the scenario gives, which nothing computes: it has no calculation."""
    scenario, subject = session.scenario, quantity.subject or ""
    if quantity.kind == "w":
        return not made_by_update(session, subject)
    return quantity.kind == "y" and scenario.preparation is None and scenario.network.is_input(subject)
