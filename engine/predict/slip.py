"""A wrong number made on purpose, and what the makers of such numbers share."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from engine.explain.parts import Part
from engine.formula.activation import Activation
from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.quantity import Quantity
from engine.formula.tree import Formula, Leaf, Operand
from engine.predict.question import Question
from engine.program.graph import Graph

MOST_PATHS = 12
"""Of a sum over more paths than this, nobody forgets just one, and one of so many may agree with any answer."""


Thing = Quantity | Formula | str
Named = Thing | tuple[Thing, ...]
"""What a mistake's words may name: a quantity, a part of a formula, a word, or several of them."""


class Slip(Struct, frozen=True):
    """A wrong number.

    Attributes:
        value: the number.
        named: what the mistake's words name, in their order.
        whole: whether of an update it is the number itself that is compared, and not its distance from the old value.
    """

    value: float
    named: tuple[Named, ...] = ()
    whole: bool = False


def terms(question: Question) -> list[tuple[Part, float]]:
    """The summands with their numbers, where the calculation is a sum."""
    return [(part, part.value) for part in question.explanation.parts if part.value is not None]


def paths(question: Question) -> list[tuple[Part, float]]:
    """The summands where each comes another way; not those of different examples, and not very many."""
    found = terms(question)
    of_one = question.examples == 1 or question.per_example
    return found if of_one and len(found) <= MOST_PATHS else []


def by_example(question: Question) -> dict[int, list[float]]:
    """The summands by the example that they are of; none where that can't be said of each."""
    found: dict[int, list[float]] = {}
    for part, value in terms(question):
        examples = {operand.example for operand in part.operands if operand.quantity.kind not in ("w", "w+")}
        if len(examples) != 1:
            return {}
        found.setdefault(examples.pop(), []).append(value)
    return found


def operands(part: Part) -> list[Quantity]:
    """What a summand's operands are, in reading order."""
    return [operand.quantity for operand in part.operands]


MOST_OTHERS = 16
"""Likewise of numbers that may be mixed up."""

Exchange = Mapping[str, str | Callable[[Operand], float | None] | None]
"""By the kind of a factor what is put in its place: another quantity of the same node or parameter, nothing (the factor
is forgotten), or a number."""


def exchanged(question: Question, exchange: Exchange) -> tuple[float, tuple[Quantity, Quantity]] | None:
    """The calculation with other factors in the places of some, and the first that was exchanged: with what, and it.

    An input has no total input: where that is put in, it stays what it is.

    Returns:
        None where nothing is exchanged, or a number of it is not known.
    """
    total, first = 0.0, None
    network = question.network
    for part in question.explanation.parts:
        numbers: dict[Leaf, float | None] = {operand: operand.value for operand in part.operands}
        for operand in part.operands:
            kind, name = operand.quantity.kind, operand.quantity.subject or ""
            other = exchange.get(kind, kind)
            if other == kind or (other == "x" and network.is_input(name)):
                continue
            if isinstance(other, str):
                numbers[operand] = question.number(other, name, example=operand.example)
            else:
                numbers[operand] = 1.0 if other is None else other(operand)
            first = first or (Quantity(other if isinstance(other, str) else kind, name), Quantity(kind, name))
        if any(number is None for number in numbers.values()):
            return None
        total += number_of(part.formula, numbers, REAL)
    return (total / question.explanation.divisor + question.beside, first) if first else None


def exchanging(question: Question, exchange: Exchange) -> Iterator[Slip]:
    """The same as a wrong number, which names what was exchanged."""
    found = exchanged(question, exchange)
    if found is not None:
        yield Slip(*found)


def summed(values: Iterable[float]) -> float:
    """The sum from the left to the right."""
    total = 0.0
    for value in values:
        total += value
    return total


def node_index(question: Question) -> tuple[int, int]:
    """(layer, number within it) of the node that is asked about."""
    return question.layered.node_index[question.name]


def activation(question: Question) -> Activation:
    """The activation function of the node that is asked about."""
    layer, node = node_index(question)
    return question.layered.layer(layer).activation_of(node)


def others(question: Question) -> list[str]:
    """The row's other nodes; of parameters, those that leave the same node or lead to the same one, and the biases.

    Of a graph the elements of the same value, and the numbers that stand beside it in a formula or the same rank.
    """
    if question.graph is not None:
        return _others_of_graph(question, question.graph)
    row, network = question.row, question.layered
    if row.per_example:
        near = set(row.items)
    else:
        names = network.layer(row.layer).weight_names
        lines = [line for line in (*names, *zip(*names, strict=True)) if question.name in line]
        near = {name for line in lines or names[:1] for name in line} | set(network.layer(row.layer).bias_names)
    return [name for name in row.items if name in near and name != question.name]


def _others_of_graph(question: Question, graph: Graph) -> list[str]:
    """At most so many as nobody mixes up more."""
    of, of_parameter = graph.value_of_element[question.name].name, question.row.kind.of == "parameter"
    beside = [name for use in question.program.consumers[of] for name in use.operands]
    beside += [
        node.name for node in graph.graph_nodes if of in graph.node and graph.ranks[node.name] == graph.ranks[of]
    ]
    known = [value for value in dict.fromkeys(beside) if value in graph.shapes]  # not a derivative that is given
    values = [value for value in known if (value in graph.parameter_shapes) is of_parameter]
    if question.row.quantity == "dE/dy":
        values = [value for value in values if value in question.after.timeline.steps.backward]
    numbers = [value for value in values if not graph.shapes[value]]
    names = list(dict.fromkeys((*question.row.items, *numbers)))
    return [name for name in names if name != question.name] if len(names) <= MOST_OTHERS else []
