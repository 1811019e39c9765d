"""A walk written down: one record per step, for programs."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from engine.ask.lookup import value_at
from engine.ask.whereabouts import named_place, place_of
from engine.explain.parts import Explanation
from engine.explain.terms import explain, explainer
from engine.formula.quantity import Quantity
from engine.formula.tree import Symbol
from engine.program.graph import TOTAL_OF_UPSTREAM
from engine.program.layers import beside_of
from engine.program.steps import Row
from engine.walking.session import Session


class Entry(Struct, frozen=True, eq=False):
    """What a trace says at one place of the walk.

    Attributes:
        session: the place.
        row: what is computed there.
        names: of that, what is asked for: nodes, or parameters.
        step: the number of the step that computed it, from 1; None of what no step computes.
    """

    session: Session
    row: Row
    names: Sequence[str]
    step: int | None

    @property
    def numbers(self) -> int:
        """How many numbers each name has: one for every example, or one for all of them; of parameters none of each."""
        if not self.row.per_example:
            return 0
        return len(self.session.values.examples if self.step is None else self.session.values.results[-1])

    @property
    def has_total(self) -> bool:
        """Whether the total of E is known with it."""
        return self.row.quantity == "E" and not self.session.hidden


def first_of(session: Session, wanted: int | None) -> int:
    """The iteration at which a trace begins: the walk's first, if none is wanted.

    Raises:
        IndexError: the walk begins after it.
    """
    first = session.first if wanted is None else wanted
    session.place(first, 1)
    return first


def only_iteration(session: Session, iterations: int | None) -> str | None:
    """Why there are not so many iterations, if there are not: a graph in which nothing is trained has one."""
    if session.timeline.steps.ends and (iterations or 1) > 1:
        return "nothing is trained in this graph: one iteration is all there is"
    return None


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
        kind = "y" if session.timeline.steps.of_graph else "x"
        raise LookupError(
            f"it is no quantity: name one of {', '.join(kinds)}, or one of a node: {kind}[{network.outputs[0]}]"
        )
    if quantity.kind == "w+" and quantity.subject and network.parameter_index[quantity.subject] in frozen:
        raise LookupError(f"{quantity.subject} is frozen: it gets no new value")
    items = [row.items for row in rows if row.quantity == quantity.kind]
    if quantity.kind == "dE/dy":
        items.append(network.inputs)
    known = not quantity.subject or any(quantity.subject in names for names in items)
    if quantity.kind not in kinds or quantity.through or not known:
        raise LookupError(f"no step computes {quantity} by itself: steps compute {', '.join(kinds)}")
    return quantity


def entries(session: Session, only: Quantity | None = None, *, inputs: bool = False) -> Iterator[Entry]:
    """What a trace says at a place: what the last step computed, and where they are known the derivatives by inputs.

    Args:
        session: the place.
        only: a quantity, or a kind of them, to which the trace is narrowed.
        inputs: whether derivatives by the inputs are asked for, which in a layered network no step computes.
    """
    if session.row is None:
        return
    found = [Entry(session, session.row, session.fresh, session.done)]
    if inputs or (only is not None and only.subject in session.scenario.network.inputs):
        found += _by_inputs(session)
    for entry in found:
        if only is None or only.kind == entry.row.quantity:
            names = entry.names
            chosen = names if only is None else tuple(name for name in names if only.subject in (None, name))
            if chosen:
                yield Entry(session, entry.row, chosen, entry.step)


def _by_inputs(session: Session) -> list[Entry]:
    """The derivatives by the inputs of a layered network, at the place where all of them are known."""
    steps, inputs = session.timeline.steps, session.scenario.network.inputs
    if steps.of_graph or session.hidden:
        return []
    known = max(place_of(session, session.iteration, Quantity("dE/dy", name)).rows for name in inputs)
    if len(session.values.results) != known:
        return []
    columns = map(beside_of, range(session.scenario.layered.depth))
    row = Row("dE/dy", 0, inputs, tuple(column for column in columns if column in steps.program.shapes))
    return [Entry(session, row, inputs, None)]


def record(entry: Entry) -> dict[str, Any]:
    """An entry of a trace as data.

    Returns:
        iteration, step (from 0; None of what no step computes), phase, quantity, layer, examples (numbers in the file,
        from 0), and `values`: by node a list with one number per example of the batch, or by parameter one number. Of E
        also `total`, once known, and of a penalty in it `penalty`. Of dE/dw of tied parameters also `uses`, the layers
        whose uses are in the sum; it is whole with the last of them. Of a graph also `node`, None where a row is about
        several; what is one for the whole batch is a list of one, and the layer is the rank.
    """
    session, row = entry.session, entry.row
    of_graph = session.timeline.steps.of_graph

    result: dict[str, Any] = {
        "iteration": session.iteration,
        "step": None if entry.step is None else entry.step - 1,
        "phase": row.phase,
        "quantity": row.quantity,
        **({"node": row.node or None} if of_graph else {}),
        "layer": row.layer,
        "examples": list(session.values.examples),
        "values": _numbers(entry),
    }
    if entry.has_total:
        result["total"] = session.values.error
        if session.values.penalty is not None:
            result["penalty"] = session.values.penalty
    if row.quantity == "dE/dw" and not of_graph and len(uses := session.scenario.layered.uses(row.layer)) > 1:
        result["uses"] = [use for use in uses if use >= row.layer]
    return result


def _numbers(entry: Entry) -> dict[str, Any]:
    """The numbers of an entry, by their names; of a whole row of layers without looking up each of thousands."""
    session, row, names = entry.session, entry.row, entry.names
    if not session.timeline.steps.of_graph and entry.step is not None and names is row.items and not session.hidden:
        result = session.values.results[-1]
        if result.shape[-1] == len(names):  # an update of frozen parameters, too, is longer
            return dict(zip(names, result.T.tolist(), strict=True))
    quantities = {name: Quantity(row.quantity, name) for name in names if name != TOTAL_OF_UPSTREAM}
    if not row.per_example:
        return {name: value_at(session, quantity) for name, quantity in quantities.items()}
    examples = range(entry.numbers)
    return {name: [value_at(session, of, example) for example in examples] for name, of in quantities.items()}


def whole_row(entry: Entry) -> Explanation:
    """A calculation that has the rule of an entry: that of its first item.

    Of the inputs of a graph, and of several terms of its error, it is of all together.
    """
    session, row = entry.session, entry.row
    if session.timeline.steps.of_graph and not row.node and row.quantity == "E":
        return explain(session, Quantity("E"))
    if session.timeline.steps.of_graph and not row.node and len(entry.names) > 1:
        return Explanation(Quantity("y"), None, 0, Symbol("as the example gives them"), ())
    return explain(session, Quantity(row.quantity, entry.names[0]))


def explanations(entry: Entry) -> Iterator[tuple[Explanation, int | None]]:
    """The calculations of an entry, and of the total of E once that is known.

    Beside each: where it is of one of several examples, the example's number in the file, from 1. Of a graph's only
    error the total of one example is that error.
    """
    session, examples = entry.session, entry.session.values.examples
    shared = entry.numbers < len(examples)
    for i, example in enumerate(examples[:1] if shared else examples):
        of, of_this = example + 1 if not shared and len(examples) > 1 else None, explainer(session, i)
        for name in entry.names:
            if name != TOTAL_OF_UPSTREAM:
                yield of_this.explain(Quantity(entry.row.quantity, name)), of
    penalized = session.values.penalty is not None
    is_total = session.timeline.steps.of_graph and entry.row.node and len(examples) == 1 and not penalized
    if entry.has_total and penalized:
        yield explain(session, Quantity("E_penalty")), None
    if entry.has_total and not is_total:
        yield explain(session, Quantity("E")), None


COLUMNS = ("iteration", "step", "phase", "quantity", "layer", "example", "name", "value")
"""Of a walk as a table."""


def rows(step: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """A record as rows of a table with `COLUMNS`, one for each number.

    The example is its number in the file, from 0, and None for parameters, for the total of E, whose name is `total`,
    and for the `penalty` in it.
    """
    place = tuple(step[column] for column in COLUMNS[:5])
    for name, value in step["values"].items():
        if isinstance(value, list):
            shared = len(value) < len(step["examples"])
            for example, number in zip([None] if shared else step["examples"], value, strict=True):
                yield (*place, example, name, number)
        else:
            yield (*place, None, name, value)
    yield from ((*place, None, name, step[name]) for name in ("total", "penalty") if name in step)
