"""A walk written down: one record per step, for programs."""

from collections.abc import Iterator
from typing import Any

from engine.ask.lookup import value_at
from engine.ask.whereabouts import named_place
from engine.explain.parts import Explanation
from engine.explain.terms import explain
from engine.formula.quantity import Quantity
from engine.program.graph import TOTAL_OF_UPSTREAM
from engine.walking.session import Session


def first_of(session: Session, wanted: int | None) -> int:
    """The iteration at which a trace begins: the walk's first, if none is wanted.

    Raises:
        IndexError: the walk begins after it.
    """
    first = session.first if wanted is None else wanted
    session.place(first, 1)
    return first


def walk(session: Session, first: int, iterations: int) -> Iterator[Session]:
    """The session after each step of the iterations `first` … `first + iterations − 1`.

    Where a number leaves the finite ones, the step that shows it is the last. Before `first`, it is the only one.

    Example:
        >>> from engine import Session, load_scenario, read, walk
        >>> steps = list(walk(Session.open(load_scenario("mazur")), 0, 2))
        >>> len(steps)
        28
        >>> [round(read(step, "E"), 9) for step in steps if step.row.quantity == "E"]
        [0.298371109, 0.291027774]
    """
    session = session.seek(first, 1)
    yield session
    rows = len(session.timeline.steps.rows)
    while session.event is None and session.position != (first + iterations - 1, rows, 0):
        later = session.forward()
        if later is session:  # nothing is trained: there is no other iteration
            return
        session = later
        yield session


def narrowing(session: Session, text: str) -> Quantity:
    """The quantity, or the kind of quantities, to which a trace is narrowed.

    Raises:
        ExpressionError: it is no quantity.
        LookupError: no step computes it; the message says what steps compute.
    """
    network, rows = session.scenario.network, session.timeline.steps.rows
    frozen = session.scenario.training.frozen
    iteration, quantity = named_place(text, network)
    kinds = list(dict.fromkeys(row.quantity for row in rows))
    if quantity is None or iteration is not None:
        raise LookupError(
            f"it is no quantity: name one of {', '.join(kinds)}, or one of a node: x[{network.outputs[0]}]"
        )
    if quantity.kind == "w+" and quantity.subject and network.parameter_index[quantity.subject] in frozen:
        raise LookupError(f"{quantity.subject} is frozen: it gets no new value")
    items = {item for row in rows if row.quantity == quantity.kind for item in row.items}
    if quantity.kind not in kinds or quantity.through or (quantity.subject and quantity.subject not in items):
        raise LookupError(f"no step computes {quantity} by itself: steps compute {', '.join(kinds)}")
    return quantity


def names(session: Session, only: Quantity | None = None) -> tuple[str, ...]:
    """What the session's last step computed, as far as it is asked for: nodes, or parameters."""
    if session.row is None or (only is not None and only.kind != session.row.quantity):
        return ()
    return tuple(name for name in session.fresh if only is None or only.subject in (None, name))


def record(session: Session, only: Quantity | None = None) -> dict[str, Any] | None:
    """What the session's last step computed.

    Args:
        session: a place where something is computed.
        only: a quantity, or a kind of them, to which the record is narrowed.

    Returns:
        iteration, step (from 0), phase, quantity, layer, examples (numbers in the file, from 0), and `values`: by node
        a list with one number per example of the batch, or by parameter one number. Of E also `total`, once known. Of
        dE/dw of tied parameters also `uses`, the layers whose uses are in the sum; it is whole with the last of them.
        Of a graph also `node`, None where a row is about several; what is one for the whole batch is a list of one, and
        the layer is the rank. None where the step computed nothing that is asked for.
    """
    row, chosen = session.row, names(session, only)
    if row is None or not chosen:
        return None
    batch = range(len(session.values.results[-1])) if row.per_example else ()
    of_graph = session.timeline.steps.of_graph

    def numbers(name: str) -> Any:
        quantity = Quantity(row.quantity, name)
        return [value_at(session, quantity, e) for e in batch] if row.per_example else value_at(session, quantity)

    result: dict[str, Any] = {
        "iteration": session.iteration,
        "step": session.done - 1,
        "phase": row.phase,
        "quantity": row.quantity,
        **({"node": row.node or None} if of_graph else {}),
        "layer": row.layer,
        "examples": list(session.values.examples),
        "values": {name: numbers(name) for name in chosen if name != TOTAL_OF_UPSTREAM},
    }
    if row.quantity == "E" and not session.hidden:
        result["total"] = session.values.error
    if row.quantity == "dE/dw" and not of_graph and len(uses := session.scenario.layered.uses(row.layer)) > 1:
        result["uses"] = [use for use in uses if use >= row.layer]
    return result


def explanations(session: Session, chosen: tuple[str, ...]) -> Iterator[tuple[Explanation, int | None]]:
    """The calculations of these items of the session's last row, and of the total of E once that is known.

    Beside each: where it is of one of several examples, the example's number in the file, from 1.
    """
    row, examples = session.row, session.values.examples
    if row is None:
        return
    shared = not row.per_example or len(session.values.results[-1]) < len(examples)
    for i, example in enumerate(examples[:1] if shared else examples):
        of = example + 1 if not shared and len(examples) > 1 else None
        for name in chosen:
            yield explain(session, Quantity(row.quantity, name), i), of
    if row.quantity == "E" and not session.hidden:
        yield explain(session, Quantity("E")), None


COLUMNS = ("iteration", "step", "phase", "quantity", "layer", "example", "name", "value")
"""Of a walk as a table."""


def rows(step: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """A record as rows of a table with `COLUMNS`, one for each number.

    The example is its number in the file, from 0, and None for parameters and for the total of E, whose name is
    `total`.
    """
    place = tuple(step[column] for column in COLUMNS[:5])
    for name, value in step["values"].items():
        if isinstance(value, list):
            shared = len(value) < len(step["examples"])
            for example, number in zip([None] if shared else step["examples"], value, strict=True):
                yield (*place, example, name, number)
        else:
            yield (*place, None, name, value)
    if "total" in step:
        yield (*place, None, "total", step["total"])
