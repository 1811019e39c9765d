"""What a person answers to "which number, and what is its new value?"."""

import math
from collections.abc import Sequence
from itertools import chain

from engine.ask.lookup import value_at
from engine.formula.quantity import Quantity
from engine.program.expression import check_quantity, parse_expression
from engine.program.graph import Graph, operands_of, value_name
from engine.program.names import joined
from engine.program.network import Network
from engine.program.notation import Notation
from engine.program.scenario import Scenario
from engine.program.tokens import shown as quoted
from engine.walking.branch import joins, standing
from engine.walking.changes import RATE, STRENGTHS, spot_of, value_of, with_values
from engine.walking.session import Session
from tui.dialogs.ask import Ask
from tui.dialogs.find import Find
from tui.view.named import NameIndex, meaning_in
from tui.view.selection import columns_of, used_first, what_is_edited
from tui.words.branches import OF_PENALTY, name_of
from tui.words.format import number

STARTS = "A branch starts here, and the walk as it was stays: b returns to it."
JOINS = "It joins the other edits of this branch, which has not gone on yet."


def choose_what(session: Session, name: str | None, example: int, notation: Notation, digits: int | None) -> Find:
    """Asks which number to edit: of those that lead into a computed node if one is selected, else of all there are."""
    network, scenario = session.scenario.network, standing(session)
    others: dict[str, str] = (
        {} if session.timeline.steps.ends else {RATE: f"{notation.symbol(Quantity(RATE))}, the learning rate"}
    )
    if scenario.training.penalty is not None:
        untaken = (one for one in STRENGTHS if one not in network.parameter_index and one not in network.node_index)
        others |= {one: f"{OF_PENALTY[one]}, the penalty's" for one in untaken}
    question = "Edit which number?"
    if name is not None:
        question = f"{name} is computed. Edit which of the numbers that make it?"
    targets = {*(network.targets if isinstance(network, Graph) else network.outputs)}
    is_what = meaning_in(network)

    def meaning(of: str) -> str:
        target = "target" if isinstance(network, Graph) else f"target of {of}"
        return others.get(of) or (target if of in targets else is_what(of))

    def value(of: str) -> str:
        first = (what_is_edited(session, of, example) or ())[0]
        spot = spot_of(scenario, f"{of}@{example + 1}" if of in targets else first)
        return number(value_of(scenario, spot), digits)

    names = NameIndex(joined([tuple(others), _editable(session, name, example)]), meaning)
    return Find(names, "edit", question, value)


def _editable(session: Session, name: str | None, example: int) -> Sequence[str]:
    """The names of what can be edited, in the order of the graph: all, or what leads into a computed node.

    There may be a million parameters, each of which can: they are not looked at one by one.
    """
    network, preparation = session.scenario.network, session.scenario.preparation
    made = None if name is None or preparation is None else preparation.sources(name)
    if made is not None:
        nodes = chain.from_iterable(map(network.nodes, range(network.depth + 1)))
        return [one for one in nodes if one in made and what_is_edited(session, one, example)]
    if isinstance(network, Graph):
        parameters = chain.from_iterable(used_first(network).values())
        given = [*network.input_shapes, *parameters, *network.target_shapes]
        leading = given if name is None else {*operands_of(network.node[value_name(name)].formula)}
        return joined([network.elements(value) for value in given if value in leading])
    if name is not None:
        return leading_into(network, name)
    found: list[Sequence[str]] = []
    for column in columns_of(network):
        of_parameters = bool(column) and column[0] in network.parameter_index
        found.append(column if of_parameters else [one for one in column if what_is_edited(session, one, example)])
    return joined(found)


def leading_into(network: Network, name: str) -> list[str]:
    """What leads into a computed node of a layer: weights and bias."""
    number, node = network.node_index[name]
    layer = network.layer(number)
    bias = layer.bias_name(node)
    return [*layer.weight_names[node], *([] if bias is None else [bias])]


def ask_value(session: Session, names: tuple[str, ...], shown: int, notation: Notation) -> Ask[dict[str, float]]:
    """Asks for the new value of these numbers; the result holds them by name.

    Args:
        session: the place.
        names: as `engine.walking.changes` has them.
        shown: the example that arithmetic is about, its number in the batch.
        notation: the names of quantities.
    """
    scenario = standing(session)
    spots, k = [spot_of(scenario, name) for name in names], f"{session.iteration:,}"
    called = ", ".join(name_of(scenario, name, notation) for name in names)
    present = ", ".join(repr(value_of(scenario, spot)) for spot in spots)
    of_parameter = spots[0].part == "theta"
    like = names if of_parameter else (*scenario.network.parameter_names[:1], *scenario.network.inputs)
    how = f"a number, or arithmetic: {like[0]} + 0.01"
    every = _all_targets(scenario, names)
    if len(names) > 1:
        how = "numbers with commas between them, which sum to 1"
    elif every:
        how += f"\nor all {len(every)} targets with commas between them, as those of classes sum to 1"
    hint = f"now {present}: give {how}\n{JOINS if joins(session) else STARTS}"

    def read(text: str) -> dict[str, float]:
        parts = text.split(",")
        named = every if len(parts) == len(every) else names
        if len(parts) != len(named):
            ways = ["one number, like 0.41"] if len(names) == 1 else []
            ways += [
                f"{len(several)} numbers with commas between them" for several in (every, names) if len(several) > 1
            ]
            raise ValueError(f"Give {', or '.join(ways)}")
        values = {name: _value(session, part, shown) for name, part in zip(named, parts, strict=True)}
        with_values(scenario, values)
        return values

    when = f"at the start of iteration {k}" if of_parameter else f"from iteration {k} on"
    return Ask("edit", f"New value of {called} {when}", hint, "sets it", read, present)


def _all_targets(scenario: Scenario, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of all targets of the example whose target is edited, where outputs are probabilities; else none."""
    network, (name, *_) = scenario.network, names
    output, _, example = name.rpartition("@")
    if isinstance(network, Graph) or not network.loss.shares or output not in network.outputs:
        return ()
    return tuple(f"{one}@{example}" for one in network.outputs) if len(network.outputs) > 1 else ()


def _value(session: Session, text: str, shown: int) -> float:
    """A finite number, or arithmetic over what is computed at this place, of one example of the batch."""
    if not text.strip():
        raise ValueError("It is empty: give a number like 0.41; escape keeps the old one")

    def lookup(quantity: Quantity) -> float:
        problem = check_quantity(quantity, session.scenario.network, text)
        value = None if problem or quantity.epoch is not None else value_at(session, quantity, shown)
        if value is None:
            raise ValueError(problem or f"{quantity} is not known at this step")
        return value

    value = parse_expression(text, names=session.scenario.network).evaluate(lookup)
    if not math.isfinite(value):
        raise ValueError(f"{quoted(text.strip())} is not a finite number")
    return value
