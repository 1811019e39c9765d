"""A wrong number made on purpose, and what the makers of such numbers share."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from engine.explain.parts import Part
from engine.formula.activation import Activation
from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.quantity import Quantity
from engine.formula.tree import Leaf, Operand
from engine.predict.question import Question

MOST_PATHS = 12
"""Of a sum over more paths than this, nobody forgets just one, and one of so many may agree with any answer."""


class Slip(Struct, frozen=True):
    """A wrong number.

    Attributes:
        value: the number.
        named: what the mistake's words name, in their order.
        whole: whether of an update it is the number itself that is compared, and not its distance from the old value.
    """

    value: float
    named: tuple[Quantity | str, ...] = ()
    whole: bool = False


def terms(question: Question) -> list[tuple[Part, float]]:
    """The summands with their numbers, where the calculation is a sum."""
    return [(part, part.value) for part in question.explanation.parts if part.value is not None]


def paths(question: Question) -> list[tuple[Part, float]]:
    """The summands where each comes another way; not those of different examples, and not very many."""
    found = terms(question)
    of_one = question.examples == 1 or question.row.per_example
    return found if of_one and len(found) <= MOST_PATHS else []


def operands(part: Part) -> list[Quantity]:
    """What a summand's operands are, in reading order."""
    return [operand.quantity for operand in part.operands]


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
    return (total / question.explanation.divisor, first) if first else None


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
    return question.network.node_index[question.name]


def activation(question: Question) -> Activation:
    """The activation function of the row's layer."""
    return question.network.layer(question.row.layer).activation


def others(question: Question) -> list[str]:
    """The row's other nodes; of parameters, those that leave the same node or lead to the same one, and the biases."""
    row, network = question.row, question.network
    if row.per_example:
        near = set(row.items)
    else:
        names = network.layer(row.layer).weight_names
        lines = [line for line in (*names, *zip(*names, strict=True)) if question.name in line]
        near = {name for line in lines or names[:1] for name in line} | set(network.layer(row.layer).bias_names)
    return [name for name in row.items if name in near and name != question.name]
