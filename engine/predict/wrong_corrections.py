"""Wrong updates by a rule that learns without derivatives: each function makes one usual mistake."""

from collections.abc import Iterator

from engine.formula.quantity import Quantity
from engine.predict.question import Question
from engine.predict.slip import Slip


def sign_turned(question: Question) -> Iterator[Slip]:
    """(y − t) for (t − y)."""
    rule = question.training.learning_rule
    if rule is not None:
        yield Slip(2 * question.base - question.value, (f"t − {rule.compared}",))


def other_compared(question: Question) -> Iterator[Slip]:
    """The total input held against the target instead of the output, or the other way round."""
    rule = question.training.learning_rule
    if rule is not None:
        other = "x" if rule.compared == "y" else "y"
        yield from _changed(question, other, (_of(question, other), _of(question, rule.compared)))


def input_forgotten(question: Question) -> Iterator[Slip]:
    """α·(t − y) for α·(t − y)·input."""
    rule = question.training.learning_rule
    if rule is not None and (source := _source(question)):
        yield from _changed(question, rule.compared, (Quantity("y", source),), without_input=True)


def _changed(
    question: Question, compared: str, named: tuple[Quantity, ...], *, without_input: bool = False
) -> Iterator[Slip]:
    """The update of one example, where the parameter leads to one node."""
    node, source = _node(question), _source(question)
    if question.examples > 1 or node is None:
        return
    t, other = question.number("t", node), question.number(compared, node)
    incoming = question.number("y", source) if source and not without_input else 1.0
    if t is not None and other is not None and incoming is not None:
        rate = question.training.rate(question.after.iteration)
        yield Slip(question.base + rate * ((t - other) * incoming), named)


def _of(question: Question, kind: str) -> Quantity:
    return Quantity(kind, _node(question) or question.network.outputs[0])


def _node(question: Question) -> str | None:
    """The only node to which the parameter leads."""
    layer = question.layered.layers[0]
    for node, names in zip(layer.nodes, layer.weight_names, strict=True):
        if question.name in names:
            return node
    if layer.shared_bias:
        return layer.nodes[0] if len(layer.nodes) == 1 else None
    return layer.nodes[layer.bias_names.index(question.name)]


def _source(question: Question) -> str:
    """The input from which a weight leads; empty of a bias."""
    layer, inputs = question.layered.layers[0], question.layered.sources(1)
    found = (source for names in layer.weight_names for source, name in zip(inputs, names, strict=True))
    places = [name for names in layer.weight_names for name in names]
    return next((source for source, name in zip(found, places, strict=True) if name == question.name), "")
