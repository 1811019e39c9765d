"""Names as people write them, and what they mean: `W1`, `dZ1`, `grad_W1`, `0.weight.grad`, `q.grad`, a document's own.

A name of numbers says three things: of what (weights, biases, total inputs, outputs, an error), whether it is the thing
itself, dE/d(it) or what the update made of it, and of which layer. Whether people count layers from 0 or from 1 no
single name says; `Meaning` therefore keeps the number as it was written.
"""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from engine.comparison.slots import Role, Slot
from engine.formula.quantity import SPELLINGS, Quantity
from engine.program.expression import Expression, ExpressionError, check_quantity, parse_expression, parse_quantity
from engine.program.quantity_check import check_rule
from engine.program.scenario import Scenario
from engine.program.steps import Steps

Family = Literal["weight", "bias", "x", "y"]


class Meaning(Struct, frozen=True):
    """What the numbers of layers are called by a name.

    Attributes:
        family: whether weights, biases, total inputs or outputs.
        role: the thing itself, its derivative, or what the update made of it.
        number: of the layer, as it was written; None where none was.
        module: whether it is written as frameworks do, where functions between layers may be counted as well.
        last: whether a word says that it is the last layer.
        hidden: whether one says that it is the hidden layer, which tells it where there is but one.
        bare: whether there is but a layer's name, as in `l1`: it may mean anything else, too.
    """

    family: Family
    role: Role
    number: int | None = None
    module: bool = False
    last: bool = False
    hidden: bool = False
    bare: bool = False


_WORDS: dict[str, Family] = {
    **dict.fromkeys(("w", "weight", "weights", "kernel", "theta", "syn", "synapse"), "weight"),
    **dict.fromkeys(("b", "bias", "biases"), "bias"),
    **dict.fromkeys(("z", "x", "net", "pre", "preactivation", "logits", "s", "zs"), "x"),
    **dict.fromkeys(("a", "y", "h", "out", "act", "activation", "activations", "output"), "y"),
}
_MODULES = frozenset(
    [
        "layer",
        "layers",
        "fc",
        "linear",
        "lin",
        "dense",
        "l",
        "model",
        "net",
        "module",
        "self",
        "params",
        "param",
        "sequential",
        "seq",
        "features",
        "hidden",
        "out",
        "output",
    ]
)
_LAST = frozenset(["out", "output", "o", "head"])
_BARE = frozenset(["l", "layer"])
_BETWEEN = {**dict.fromkeys(("h", "ih", "xh"), "hidden"), **dict.fromkeys(("o", "ho", "hy"), "out")}
"""Of which layer something is, by the letters of the layers that it connects: input, hidden, output."""
_JOINED: dict[str, tuple[Family, str]] = {
    **dict.fromkeys(("wih", "wxh", "wh"), ("weight", "hidden")),
    **dict.fromkeys(("who", "why", "wo"), ("weight", "out")),
    "bh": ("bias", "hidden"),
    **dict.fromkeys(("bo", "by"), ("bias", "out")),
}
"""The same, written together with what it is."""
_NEW = frozenset(["new", "next", "updated", "after", "plus"])
_GRADIENT = frozenset(
    [
        "grad",
        "grads",
        "gradient",
        "gradients",
        "d",
        "nabla",
        "∇",
        "de",
        "dl",
        "dc",
        "dj",
        "dloss",
        "dcost",
        "∂e",
        "∂l",
        "∂c",
        "∂j",
        "∂",
    ]
)
_OF = re.compile(r"(?:d|∂|grad)(?:(?:e|l|c|j|loss|cost)(?:d|∂))?(\w+)")
_ERRORS = frozenset(["e", "loss", "cost", "error", "j", "l", "c", "e_total", "total_error", "total_loss"])
_INPUTS = frozenset(["x", "input", "inputs", "a0", "data"])
_TARGETS = frozenset(["y", "t", "target", "targets", "label", "labels", "y_true"])
_OUTPUTS = frozenset(
    [
        "yhat",
        "y_hat",
        "y_pred",
        "ypred",
        "pred",
        "preds",
        "prediction",
        "predictions",
        "output",
        "outputs",
        "out",
        "probs",
        "o",
        "ŷ",
    ]
)
_HIDDEN = frozenset(["hidden", "hidden_layer", "hidden_output", "hidden_outputs", "hidden_layer_output"])
"""The outputs of the hidden layer, where there is but one."""
_TOKENS = re.compile(r"[^\W\d_]+|\d+|\+|ŷ")


def single_quantity(scenario: Scenario, name: str) -> tuple[Quantity, int | None] | None:
    """The one number that a name says, canonical or the document's, and of which example where it says that: `@2`.

    The names of parameters and nodes by themselves are none of these: they may be those of arrays.
    """
    text, sign, example = name.rpartition("@")
    of_example = int(example) - 1 if sign and example.isdigit() and int(example) else None
    text = text if of_example is not None else name
    try:
        quantity = parse_quantity(text)
    except ExpressionError:
        found = _of_document(scenario).get(_bare(text))
        if found is None:
            return None
        quantity = found
    problem = check_quantity(quantity, scenario.network, text) or check_rule(quantity, scenario.training)
    if problem is not None or quantity.epoch is not None:
        return None
    return quantity, of_example


def single_expression(scenario: Scenario, name: str) -> Expression | None:
    """The arithmetic over quantities that a name says; None where it is one quantity, or anything else."""
    try:
        expression = parse_expression(name)
    except ExpressionError:
        return None
    quantities = expression.quantities()
    training = scenario.training
    known = all(
        check_quantity(one, scenario.network, name) is None and check_rule(one, training) is None and one.epoch is None
        for one in quantities
    )
    return expression if known and quantities and len(expression.program) > 1 else None


def whole_slot(steps: Steps, scenario: Scenario, name: str) -> Slot | None:
    """What `dE/dw:2` or `dE/db:2` says; of a graph `y:A`, or `dE/dw:WQ`."""
    kind, sign, subject = name.rpartition(":")
    symbol = SPELLINGS.get(kind.strip())
    subject = subject.strip()
    if not sign or symbol is None:
        return None
    role: Role = "derivative" if symbol.startswith("dE/") else "new" if symbol == "w+" else "value"
    program = steps.program
    if steps.of_graph:
        return Slot(role, subject) if subject in program.names else None
    letter = (
        "b" if kind.strip() in ("b", "b+", "dE/db") else {"w": "W", "w+": "W", "dE/dw": "W"}.get(symbol, symbol[-1])
    )
    if symbol == "t":
        return Slot("value", "t")
    if symbol == "E":
        return Slot("value", "E")
    if not subject.isdigit():
        return None
    return layer_slot(scenario, {"W": "weight", "b": "bias"}.get(letter, letter), role, int(subject))  # type: ignore[arg-type]


def layer_slot(scenario: Scenario, family: Family, role: Role, layer: int) -> Slot | None:
    """The numbers of a layer, or None where it has none."""
    network = scenario.layered
    if not (0 if family == "y" and role != "new" else 1) <= layer <= network.depth:
        return None
    if family in ("x", "y"):
        return Slot(role, f"{family}{layer}") if role != "new" else None
    owner = network.uses(layer)[0]
    if family == "bias" and not network.layer(layer).bias_names:
        return None
    return Slot(role, f"{'W' if family == 'weight' else 'b'}{owner}")


def other_slots(scenario: Scenario, name: str) -> list[Slot]:
    """What a name without a layer's number may mean in layers: inputs, targets, the last outputs, or the error."""
    if name in ("W", "w"):
        return []
    tokens = re.sub(r"[\s.]+", "_", name.strip()).lower()
    role: Role = "value"
    if match := re.fullmatch(r"(?:d|grad_|∂)(.+)|(.+?)_?grad", tokens):
        role, tokens = "derivative", match[1] or match[2]
    last = scenario.layered.depth
    found: list[Slot] = []
    if role == "value" and tokens in _ERRORS:
        found += [Slot("total", "E"), Slot("value", "E"), Slot("errors", "E")]
    if tokens in _TARGETS and role == "value" and scenario.targets is not None:
        found.append(Slot("value", "t"))
    if tokens in _INPUTS:
        found.append(Slot(role, "y0"))
    if tokens in _OUTPUTS or tokens in ("y", "a"):
        found.append(Slot(role, f"y{last}"))
    if tokens in ("logits", "z"):
        found.append(Slot(role, f"x{last}"))
    if tokens in _HIDDEN and last == 2:
        found.append(Slot(role, "y1"))
    return found


def meaning_of(name: str) -> Meaning | None:
    """What a name with a layer's number says, or a word in its place; None where it says nothing that is known."""
    role: Role = "value"
    family: Family | None = None
    numbers: list[int] = []
    words: list[str] = []
    before_it = ""
    for token in _TOKENS.findall(name.replace("'", " new ").removesuffix(":0")):
        word = token.lower()
        if token.isdigit():
            numbers.append(int(token))
        elif word in _NEW or token == "+":
            role = "new"
        elif word in _GRADIENT:
            role = "derivative"
        elif word in ("delta", "deltas", "δ"):
            if family is not None and (said := _BETWEEN.get(before_it, before_it)) in ("hidden", *_LAST):
                words.append(said)  # output_delta
            role, family = "derivative", "x"
        elif word in _MODULES and (family is not None or word not in _WORDS or _has_more(name, word)):
            words.append(word)
        elif family is None and word in _WORDS:
            family = _WORDS[word]
        elif family is None and word in _JOINED:
            family, where = _JOINED[word]
            words.append(where)
        elif (match := _OF.fullmatch(word)) and match[1] in (_WORDS.keys() | _JOINED.keys()) and family is None:
            role = "derivative"
            family, where = _JOINED.get(match[1], (_WORDS.get(match[1]), ""))
            words += [where] if where else []
        elif word in _BETWEEN and family is not None and (family in ("weight", "bias") or role == "derivative"):
            words.append(_BETWEEN[word])
        elif word not in ("old", "value", "numpy", "t"):
            return None
        before_it = word
    bare = family is None and len(numbers) == 1 and bool(words) and _BARE.issuperset(words)
    family = "y" if bare else family
    if family is None or len(numbers) > 1:
        return None
    hidden = not numbers and ("hidden" in words or (family == "y" and before_it in ("h", "dh")))
    module = bool(words) or bool(re.match(r"\W*\d", name))
    last = bool(_LAST & set(words))
    return Meaning(family, role, numbers[0] if numbers else None, module, last, hidden, bare)


def graph_slots(steps: Steps, name: str) -> list[Slot]:
    """What a name may mean in a graph: a value, dE/d(it), what the update makes of it, or the error."""
    program = steps.program
    found = [Slot("value", name)] if name in program.names else []
    for role, base in derived_names(name):
        if base in program.names:
            found.append(Slot(role, base))
    if not found and name.lower() in _ERRORS:
        found.append(Slot("total", "E"))
    return found


def derived_names(name: str) -> Iterator[tuple[Role, str]]:
    """What dE/d(a name), or what the update makes of it, is called, taken apart: which of the two, and the name."""
    for pattern in (
        r"(.+?)[._ ]?grad(?:ient)?",
        r"grad(?:ient)?[_ ]?(?:of )?(.+)",
        r"(?:d|∂)(?:E|L|J|C|loss|f)?\s*/?_?\s*(?:d|∂)(.+)",
        r"[d∂∇](.+)",
    ):
        if match := re.fullmatch(pattern, name):
            yield "derivative", match[1]
    for pattern in (r"(.+?)(?:_new|\.new|_updated|\+|⁺)", r"new_(.+)"):
        if match := re.fullmatch(pattern, name):
            yield "new", match[1]


def _has_more(name: str, word: str) -> bool:
    """Whether another word of the name says what it is, so that this one says where."""
    others = [token.lower() for token in _TOKENS.findall(name)]
    return any(other in ("weight", "weights", "kernel", "bias", "w", "b") for other in others if other != word)


def _of_document(scenario: Scenario) -> dict[str, Quantity]:
    """The quantities by what the scenario's document calls them."""
    network, notation = scenario.network, scenario.notation.with_outputs(scenario.network.outputs)
    if notation.name == "canonical" or len(network.parameter_names) > 2000:
        return {}
    found: dict[str, Quantity] = {}
    quantities = [Quantity(kind, name) for kind in ("dE/dw", "w+") for name in network.parameter_names]
    quantities += [
        Quantity(kind, node) for kind in ("x", "y", "dE/dx", "dE/dy", "E", "t") for node in network.node_index
    ]
    for quantity in [*quantities, Quantity("E")]:
        if check_quantity(quantity, network) is None:
            found.setdefault(_bare(notation.symbol(quantity)), quantity)
    return found


def _bare(text: str) -> str:
    """A name without what people leave out or write in several ways."""
    return re.sub(r"[\s{}\\]", "", text).replace("⁺", "+").replace("partial", "∂")
