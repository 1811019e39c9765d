"""The calculation of a number that is asked for by its name."""

from engine.ask.whereabouts import named_place, place_of
from engine.explain.parts import Explanation
from engine.explain.terms import explain
from engine.program.quantity_check import check_rule
from engine.walking.session import Session


def explained(session: Session, name: str, example: int = 0) -> Explanation:
    """The calculation of a number.

    Example:
        >>> from engine import Session, explained, load_scenario
        >>> start = Session.open(load_scenario("mazur"))
        >>> explained(start.seek(0, start.count), "dE/dw[w5]")
        <dE/dw[w5] = 0.0821670405642308>

    Args:
        session: the place.
        name: a quantity (`dE/dw[w5]`), or one of another iteration, `3:dE/dw[w5]`, which is gone to.
        example: the example's number within the batch, from 0.

    Raises:
        ExpressionError: the name is none of a quantity.
        LookupError: the network has no such node or parameter, or the walk no such place.
    """
    iteration, quantity = named_place(name, session.scenario.network)
    if quantity is None:
        raise LookupError(f"{name} is a place, and no quantity: name one, dE/dw[w5] for instance")
    if problem := check_rule(quantity, session.scenario.training):
        raise LookupError(problem)
    if iteration is not None:
        session = session.seek_position(place_of(session, iteration, quantity))
    return explain(session, quantity, example)
