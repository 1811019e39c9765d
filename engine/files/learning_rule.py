"""The `rule` of a `[training]`: a rule that learns without derivatives, and what has no place beside it."""

from engine.files.model import TrainingPart, VariantPart
from engine.files.parts import Partial
from engine.files.problems import Problems
from engine.program.graph import Graph
from engine.program.learning_rules import LEARNING_RULES
from engine.program.network import Network

_BESIDE = {
    "optimizer": "it takes the place of an optimizer",
    "clip": "there are no derivatives to clip",
    "penalty": "there is no E of which a penalty could be a part: E is only shown",
    "weight_decay": "weights do not decay with it",
}
"""What cannot stand beside a rule without derivatives, and why."""
_NONE = {"optimizer": "sgd", "clip": None, "penalty": None, "weight_decay": None}


def check_learning_rule(
    part: Partial[TrainingPart] | Partial[VariantPart],
    where: str,
    network: Network | Graph | None,
    weighted: bool,
    problems: Problems,
) -> None:
    """Notes a rule without derivatives that this network cannot have, or that has something beside it.

    Args:
        part: the settings.
        where: in the file.
        network: what learns, as far as it is known.
        weighted: whether examples have weights.
        problems: gets what is wrong.
    """
    if not part.good("rule") or part.value.rule not in LEARNING_RULES:
        return
    name, rule = part.value.rule, LEARNING_RULES[part.value.rule]
    for key, why in _BESIDE.items():
        if part.good(key) and key in part.raw and getattr(part.value, key) != _NONE[key]:
            problems.add(f"{where}.{key}", f'with rule = "{name}" {why}', "take it out")
    if weighted:
        message = "examples have weights, which are factors of their parts in E: it goes by no E"
        problems.add(f"{where}.rule", message, "take the weights out, or the rule")
    if isinstance(network, Graph):
        problems.add(f"{where}.rule", f"{name} is a rule for a layer, and a graph has none", "take it out")
    elif network is not None and network.depth > 1:
        message = f"{name} is a rule for a single layer: nothing goes back to the layer before, and there are "
        problems.add(f"{where}.rule", f"{message}{network.depth}", "take it out, or all layers but one")
    elif network is not None:
        layer = network.layers[0]
        known = {activation.name for activation in layer.activations} if not layer.joint else {layer.function_name}
        for other in sorted(known.difference(rule.activations)):
            *first, last = rule.activations
            remedy = f"give {', '.join(first)} or {last}; with {other} leave rule out: gradient descent has its slope"
            problems.add(f"{where}.rule", f"{name} is no rule for outputs of {other}", remedy)
        if not network.loss.needs_targets:
            message = f"{name} goes by targets, and the loss {network.loss.name} has none"
            problems.add(f"{where}.rule", message, 'give another, like "half_squared_error"')
