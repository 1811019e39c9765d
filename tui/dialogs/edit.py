"""What a person answers to "which number, and what is its new value?"."""

import math

from engine.ask.lookup import value_at
from engine.formula.quantity import Quantity
from engine.program.expression import check_quantity, parse_expression
from engine.program.graph import Graph, operands_of
from engine.program.network import Network
from engine.program.notation import Notation
from engine.program.scenario import Scenario
from engine.program.tokens import shown as quoted
from engine.walking.branch import joins, standing
from engine.walking.changes import RATE, STRENGTHS, spot_of, value_of, with_values
from engine.walking.session import Session
from tui.dialogs.ask import Ask
from tui.dialogs.find import Find, Named, named
from tui.view.selection import what_is_edited
from tui.words.branches import OF_PENALTY, name_of
from tui.words.format import number

STARTS = "A branch starts here, and the walk as it was stays: b returns to it."
JOINS = "It joins the other edits of this branch, which has not gone on yet."


def choose_what(session: Session, name: str | None, example: int, notation: Notation, digits: int | None) -> Find:
    """Asks which number to edit: of those that lead into a computed node if one is selected, else of all there are."""
    network, scenario = session.scenario.network, standing(session)
    rate = [Named(RATE, f"{notation.symbol(Quantity('learning_rate'))}, the learning rate")]
    if session.timeline.steps.ends:  # nothing is trained
        rate = []
    if scenario.training.penalty is not None:
        taken = {*network.parameter_index, *network.node_index}
        rate += [Named(one, f"{OF_PENALTY[one]}, the penalty's") for one in STRENGTHS if one not in taken]
    names, question = named(network), "Edit which number?"
    if isinstance(network, Graph):
        names += [Named(target, "target") for target in network.targets]
    if name is not None:
        made = None if scenario.preparation is None else scenario.preparation.sources(name)
        leading = leading_into(network, name) if made is None else {*made}
        names = [entry for entry in names if entry.name in leading]
        question = f"{name} is computed. Edit which of the numbers that make it?"
    targets = () if isinstance(network, Graph) else network.outputs
    entries = [
        entry._replace(meaning=f"target of {entry.name}") if entry.name in targets else entry
        for entry in names
        if what_is_edited(session, entry.name, example) is not None
    ]

    def value(of: str) -> str:
        first = (what_is_edited(session, of, example) or ())[0]
        spot = spot_of(scenario, f"{of}@{example + 1}" if of in targets else first)
        return number(value_of(scenario, spot), digits)

    return Find([*rate, *entries], "edit", question, value)


def leading_into(network: Network | Graph, name: str) -> set[str | None]:
    """What is given and leads into a computed node: weights and bias, or what its formula uses."""
    if isinstance(network, Graph):
        value = network.value_of_element[name].name
        used = operands_of(network.node[value].formula)
        return {element for operand in used for element in network.elements(operand)}
    layer, node = network.node_index[name]
    definition = network.layer(layer)
    return {*definition.weight_names[node], definition.bias_name(node)}


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
    like = names if of_parameter else (*scenario.network.parameter_names, *scenario.network.inputs)
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
