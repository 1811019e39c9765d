"""Any number of a walk by what a person calls it, for programs that use the engine as a library."""

from engine.ask.lookup import value_at
from engine.formula.quantity import Quantity
from engine.program.expression import check_quantity, parse_expression
from engine.walking.session import Session


class _NotYetError(Exception):
    """A number that is asked for is not computed."""


def read(session: Session, text: str, example: int = 0) -> float | None:
    """The number of a quantity, or of plain arithmetic over quantities, at the session's place.

    Quantities are those of scenario files: `x[h1]`, `y[h1]`, `t[o1]`, `dy/dx[h1]`, `E`, `E[o1]`, `dE/dy[h1]`,
    `dE/dy[h1<-o1]`, `dE/dx[h1]`, `dE/dw[w5]`, `w[w5]`, `w+[w5]` and `learning_rate`. Weights, biases and targets have
    no unit but what the scenario's author gives them.

    Args:
        session: the place.
        text: `dE/dw[w5]`, or arithmetic like `-learning_rate * dE/dw[w5]`.
        example: of quantities of nodes, the example's number within the batch, from 0.

    Returns:
        the number, to the last bit the one that the app shows; None while it is not computed.

    Raises:
        ExpressionError: the text is no quantity and no arithmetic.
        LookupError: the network has no such node or parameter, or the batch no such example; it says which there are.

    Example:
        >>> from engine import Session, load_scenario, read
        >>> start = Session.open(load_scenario("mazur"))
        >>> read(start.seek(0, start.count), "dE/dw[w5]")
        0.0821670405642308
        >>> print(read(start, "dE/dw[w5]"))
        None
    """
    network, count = session.scenario.layered, len(session.values.examples)
    if not 0 <= example < count:
        raise LookupError(f"there is no example {example} in this batch: they are numbered from 0 to {count - 1}")

    def number(quantity: Quantity) -> float:
        if quantity.epoch is not None:
            raise LookupError(f"{quantity} is not of one place: sum the E of the epoch's iterations, Session.history")
        problem = check_quantity(quantity, network, text)
        if problem:
            raise LookupError(problem)
        value = value_at(session, quantity, example)
        if value is None:
            raise _NotYetError
        return value

    try:
        return parse_expression(text).evaluate(number)
    except _NotYetError:
        return None
