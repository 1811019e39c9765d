"""Where in a walk a number is computed, for `--at` and the key `g`."""

import re

from engine.ask.lookup import VALUES, leads, row_before_error_goes_back
from engine.formula.quantity import Quantity, kind_of
from engine.program.batches import batches_per_epoch, iteration_in
from engine.program.expression import ExpressionError, check_quantity, parse_place
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.quantity_check import check_rule
from engine.program.tokens import MAX_ITERATIONS, like
from engine.walking.session import Position, Session


def named_place(text: str, network: Network | Graph) -> tuple[int | None, Quantity | None]:
    """The place that a person names: `1000`, `3:dE/dw[w5]`, `x[h1]`.

    Raises:
        ExpressionError: it is no place.
        LookupError: the network has no such node or parameter; the message says which there are.
    """
    usual = like(network)
    try:
        iteration, quantity = parse_place(text, usual)
    except ExpressionError as error:
        remedy = f": give an iteration like 1000, or a place like 3:{usual.quantity}" if _lacks_remedy(error) else ""
        raise ExpressionError(f"{error}{remedy}") from None
    if quantity is not None:
        problem = check_quantity(quantity, network, text)
        if problem:
            raise LookupError(problem)
    return iteration, quantity


def _lacks_remedy(error: ExpressionError) -> bool:
    return str(error).endswith("is not known")


_NUMBER = r"(?:\s*=\s*|\s+)(\d{1,9})"  # `epoch3` may be a node
_ABOUT_EPOCHS = r"(?i)\s*(epoch|example)[\s=:]"
_IN_EPOCHS = rf"(?ia)epoch{_NUMBER}(?:[\s,]+example{_NUMBER})?\s*(?::(.*))?"


def place_called(session: Session, text: str) -> Position:
    """The place that a person names in a walk: as `named_place`, or `epoch 10, example 3: dE/dw[w5]`.

    Raises:
        ExpressionError: it is no place.
        KeyError: the network has no such node or parameter.
        LookupError: there is no such place; the message says which there are.
    """
    scenario = session.scenario
    if in_epochs := re.fullmatch(_IN_EPOCHS, text.strip()):
        epoch, example, quantity = in_epochs.groups()
        number = None if example is None else int(example)
        iteration = iteration_in(scenario.training, len(scenario.inputs), int(epoch), number)
        text = f"{iteration}" if quantity is None else f"{iteration}:{quantity}"
    elif re.match(_ABOUT_EPOCHS, text):
        raise ExpressionError("an epoch or an example is written like epoch 2, example 3:dE/dw[w5], or without example")
    return place_of(session, *named_place(text, scenario.network))


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
    if quantity is None or not (kind := kind_of(quantity.kind).row):  # given: known as soon as the iteration begins
        return start
    if problem := check_rule(quantity, session.scenario.training):
        raise LookupError(problem)
    steps, subject = session.timeline.steps, quantity.subject
    index = _row_of(session, quantity, kind)
    if kind == "w+" and subject is not None and (index is None or subject not in steps.rows[index].items):
        raise LookupError(f"{subject} is frozen: it gets no new value")
    if index is None:
        raise LookupError(f"{quantity} is not computed in this walk")
    items = steps.rows[index].items
    whole = session.detail == "layer" or subject not in items
    hidden = 0 if whole else len(items) - 1 - items.index(subject or "")
    return Position(k, index + 1, hidden)


def _row_of(session: Session, quantity: Quantity, kind: str) -> int | None:
    """The index of the row that computes a quantity; without a subject, the first row of this kind."""
    steps, network, subject = session.timeline.steps, session.scenario.network, quantity.subject
    program = steps.program
    if subject is None:
        return next((i for i, row in enumerate(steps.rows) if row.quantity == kind), None)
    if kind_of(kind).of == "parameter":
        value = program.parameter(network.parameter_index[subject]).name
        rows = [row for row, _ in (steps.derivatives if kind == "dE/dw" else steps.updates)[value]]
        if quantity.through is None:  # the row with which it is whole
            return rows[-1] if rows else None
        back = next(
            steps.backward[use.target][0] for use in program.consumers[value] if leads(program, use, quantity.through)
        )
        return next(row for row in rows if row > back)
    of = program.known_elements[VALUES.get(kind, kind), subject]
    if kind in VALUES:
        at = row_before_error_goes_back(session.scenario, steps, of.name)
        return at if of.name in steps.backward or kind != "dE/dy" else at - 1
    return steps.error_row if kind == "E" else steps.forward[of.name][0]


def _end_of_epoch(session: Session, iteration: int | None, quantity: Quantity, epoch: int) -> Position:
    """The row E of the epoch's last iteration, which completes its error."""
    if iteration is not None:
        raise LookupError(f"{quantity} says by itself at which iteration it is: leave {iteration}: out")
    last = (epoch + 1) * batches_per_epoch(session.scenario) - 1
    if last > MAX_ITERATIONS:
        raise LookupError(f"{quantity} is complete at iteration {last:,}: {MAX_ITERATIONS:,} is the last")
    return place_of(session, last, Quantity("E"))
