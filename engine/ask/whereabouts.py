"""Where in a walk a number is computed, for `--at` and the key `g`."""

from engine.ask.lookup import row_before_error_goes_back
from engine.formula.quantity import KINDS, Quantity
from engine.program.batches import batches_per_epoch
from engine.program.expression import check_quantity, parse_place
from engine.program.network import Network
from engine.program.tokens import MAX_ITERATIONS
from engine.walking.session import Position, Session


def named_place(text: str, network: Network) -> tuple[int | None, Quantity | None]:
    """The place that a person names: `1000`, `3:dE/dw[w5]`, `x[h1]`.

    Raises:
        ExpressionError: it is no place.
        LookupError: the network has no such node or parameter; the message says which there are.
    """
    iteration, quantity = parse_place(text)
    if quantity is not None and quantity.subject is not None:
        problem = check_quantity(quantity, network, text)
        if problem:
            raise LookupError(problem)
    return iteration, quantity


def go_to(session: Session, iteration: int | None, quantity: Quantity | None) -> Session:
    """The session at the place where a quantity is computed; arguments and errors as of `place_of`."""
    return session.seek_position(place_of(session, iteration, quantity))


def place_of(session: Session, iteration: int | None, quantity: Quantity | None) -> Position:
    """The place where a quantity is computed; nothing is walked for it.

    Args:
        session: any place of the walk.
        iteration: k, or None for the present one.
        quantity: without it, the iteration's first step. Without a subject, the first row of its kind.

    Raises:
        KeyError: the network has no such node or parameter.
        LookupError: the iteration has no such step, or the walk begins after it.
    """
    if quantity is not None and quantity.epoch is not None:
        return _end_of_epoch(session, iteration, quantity, quantity.epoch)
    k = session.iteration if iteration is None else iteration
    start = session.place(k, 1)
    if quantity is None or not (kind := KINDS[quantity.kind].row):  # given: known as soon as the iteration begins
        return start
    steps, network = session.timeline.steps, session.scenario.network
    subject, layer = quantity.subject, None
    if subject is None:
        index = next((i for i, row in enumerate(steps.rows) if row.quantity == kind), None)
    else:
        if KINDS[kind].of != "parameter":
            layer = network.node_index[subject][0]
        elif quantity.through is not None:
            layer = network.node_index[quantity.through][0]
        else:  # the row with which it is whole
            layer = network.layer_of(network.parameter_index[subject])
        index = steps.row(kind, layer)
    if kind == "dE/dy" and subject is not None and layer is not None and network.is_input(subject):
        index = row_before_error_goes_back(session.scenario, steps, layer) - 1
    if kind == "w+" and subject is not None and (index is None or subject not in steps.rows[index].items):
        raise LookupError(f"{subject} is frozen: it gets no new value")
    if index is None:
        raise LookupError(f"{quantity} is not computed in this walk")
    items = steps.rows[index].items
    whole = session.detail == "layer" or subject not in items
    hidden = 0 if whole else len(items) - 1 - items.index(subject or "")
    return Position(k, index + 1, hidden)


def _end_of_epoch(session: Session, iteration: int | None, quantity: Quantity, epoch: int) -> Position:
    """The row E of the epoch's last iteration, which completes its error."""
    if iteration is not None:
        raise LookupError(f"{quantity} says by itself at which iteration it is: leave {iteration}: out")
    last = (epoch + 1) * batches_per_epoch(session.scenario) - 1
    if last > MAX_ITERATIONS:
        raise LookupError(f"{quantity} is complete at iteration {last:,}: {MAX_ITERATIONS:,} is the last")
    return place_of(session, last, Quantity("E"))
