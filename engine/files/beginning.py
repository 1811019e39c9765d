"""A scenario file to start from: every part that is needed with a comment, and what else there may be."""

from collections.abc import Sequence

from engine.files.initial import made_weights
from engine.files.made_data import KINDS
from engine.files.weight_parts import MadeWeights
from engine.formula.activations import ACTIVATIONS
from engine.formula.losses import LOSSES

LISTED = 16
"""A layer with more nodes gets them by their number, and its weights drawn."""

SEED = 1

HEAD = """\
# A scenario for gradstep: a network, how it learns, and its examples. Change what you like.

title = "{title}"
# document = "Where it is from"
# topics = ["beginner"]              # words by which the picker finds it
# notation = "mazur"                 # the document's symbols: canonical, google, datamapu, baeldung, four-layer, mazur

[network]
inputs = {inputs}
loss = "{loss}"
"""

LAYER = """
[[network.layer]]                    # layer {number}{role}
{nodes}
activation = "{activation}"
weights = {weights}
bias = {bias}
"""

TRAINING = """
[training]
learning_rate = {rate}
optimizer = "sgd"                    # or {{ name = "momentum", momentum = 0.9 }}, {{ name = "adam", as = "keras" }}
batch = 1                            # examples per update, or "all"
# frozen = ["{parameter}"]{gap}# parameters that are not trained
stop = {{ iterations = 1000 }}         # where a run ends by itself; error = 1e-6 is possible, too
"""

FEATURES = """\
# features = {{ f1 = "{0}**2", f2 = "{0} * {1}" }}  # further inputs, made of those
"""

DATA_TRAINING = """
[training]
learning_rate = {rate}
optimizer = {{ name = "momentum", momentum = 0.9 }}
batch = 20                           # examples per update, or "all"
shuffle = {{ seed = 1 }}               # a new order each epoch
# frozen = ["{parameter}"]{gap}# parameters that are not trained
stop = {{ epochs = 500 }}              # where a run ends by itself; patience = 50 waits for the test error
"""

DATA = """
[data]
make = {{ kind = "{kind}", count = 200, noise = 0.1, seed = 1 }}
test = 0.3                           # this part is never trained on
standardize = true                   # every input less its mean, divided by its standard deviation
"""

EXAMPLE = """
[[example]]
inputs = {inputs}
"""

TAIL = """
# A figure that a document prints, exactly as printed; gradstep check recomputes it.
# [[published]]
# quantity = "y[{output}]"
# value = "0.751"

# Words that appear when the walk reaches a place.
# [[note]]
# at = "x[{output}]"
# text = "The total input is the weighted sum of what comes in."
"""

GRAPH = """\
# A scenario for gradstep: formulas of your own, differentiated step by step. Change what you like.

title = "A neuron, written out"
# document = "Where it is from"
# topics = ["beginner"]              # words by which the picker finds it

[graph]
inputs = ["x1", "x2"]                # numbers; { x = [2], X = [3, 4] } are a vector and a matrix
targets = ["t"]
# constants = { h0 = 0 }             # given, neither trained nor differentiated
nodes = [                            # in the order of the walk; each uses what stands above it
  "z = w1 * x1 + w2 * x2 + b",
  "y = sigmoid(z)",
  "E = half_squared_error(y, t)",
  # { for = "t = 1..3", nodes = ["h{t} = tanh(w * h{t-1})"] },   # a repetition
]
error = "E"                          # the number that is differentiated; a list is a sum
# gates = true                       # each operation is a node of its own
# shown = ["z"]                      # nodes that the error does not use

[graph.parameters]                   # what is trained, where it begins
w1 = 0.5
w2 = -0.3
b = 0.1
# W = [[0.1, 0.2], [0.3, 0.4]]       # a matrix, used like W @ x
# W = { init = "normal", shape = [2, 2], seed = 1 }

[training]
learning_rate = 0.5
optimizer = "sgd"                    # or { name = "momentum", momentum = 0.9 }, { name = "adam", as = "keras" }
batch = 1                            # examples per update, or "all"
# frozen = ["b"]                     # parameters that are not trained
stop = { iterations = 1000 }         # where a run ends by itself; error = 1e-6 is possible, too

[[example]]
inputs = [1.0, 0.5]                  # in the order above, or { x1 = 1.0, x2 = 0.5 }
targets = [1.0]

[[example]]
inputs = [0.2, 0.8]
targets = [0.0]

# A figure that a document prints, exactly as printed; gradstep check recomputes it.
# [[published]]
# quantity = "dE/dw[w1]"
# value = "-0.0926"

# Words that appear when the walk reaches a place.
# [[note]]
# at = "dE/dy[z]"
# text = "What comes back, times the slope of the sigmoid."
"""
"""A scenario of formulas that can be used as it is."""


def beginning(shape: Sequence[int], activation: str, loss: str, data: str | None = None) -> str:
    """The text of a scenario file that can be used as it is.

    Args:
        shape: the number of nodes of each layer, inputs first; two layers at least.
        activation: of the hidden layers, and of the outputs unless the loss needs another one there. With softmax
            for the outputs, hidden layers get sigmoid. Of outputs that learn numbers of made data, identity.
        loss: a loss's name.
        data: the kind of examples that are made, or None for two that are listed.
    """
    nodes = [_names(number, len(shape), count) for number, count in enumerate(shape)]
    title = "-".join(map(str, shape)) + (f" on {data}" if data else "")
    text = HEAD.format(title=title, inputs=_quoted(nodes[0]), loss=loss)
    if data is not None:
        text += FEATURES.format(nodes[0][0], nodes[0][-1])
    usual = activation if data is None or KINDS[data].classes else "identity"
    last, outputs = len(shape) - 1, next(iter(LOSSES[loss].fused), LOSSES[loss].suits or usual)
    for number in range(1, last + 1):
        own = outputs if number == last else _hidden_activation(activation)
        text += _layer(number, shape, nodes[number], own, drawn=data is not None)
    first = f"w_{nodes[0][0]}_{nodes[1][0]}"
    rate, gap = _rate(activation, outputs), " " * max(1, 22 - len(first))
    if data is not None:
        many = DATA_TRAINING.format(rate=min(rate, 0.1), parameter=first, gap=gap) + DATA.format(kind=data)
        return text + many + TAIL.format(output=nodes[-1][0])
    text += TRAINING.format(rate=rate, parameter=first, gap=gap)
    for example in range(2):
        text += EXAMPLE.format(inputs=[(37 * (i + 1 + 2 * example)) % 100 / 100 for i in range(shape[0])])
        if LOSSES[loss].needs_targets:
            text += f"targets = {_targets(shape[-1], example, loss)}\n"
    return text + TAIL.format(output=nodes[-1][0])


def _names(number: int, layers: int, count: int) -> list[str]:
    """As the reader of scenario files gives them to nodes without names."""
    if number == 0:
        prefix = "i"
    elif number == layers - 1:
        prefix = "o"
    else:
        prefix = "h" if layers == 3 else f"h{number}_"
    return [f"{prefix}{k}" for k in range(1, count + 1)]


def _quoted(names: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _rate(*activations: str) -> float:
    return 0.01 if any(ACTIVATIONS[name].steep for name in activations) else 0.5


def _hidden_activation(activation: str) -> str:
    return next(iter(ACTIVATIONS)) if ACTIVATIONS[activation].joint else activation


def _layer(number: int, shape: Sequence[int], nodes: Sequence[str], activation: str, *, drawn: bool) -> str:
    n_in, n_out = shape[number - 1], shape[number]
    made = MadeWeights(init="xavier_uniform", seed=SEED)
    if drawn or max(n_in, n_out) > LISTED:
        weights = f'{{ init = "{made.init}", seed = {made.seed} }}  # drawn, the same each time'
    else:
        numbers = (made_weights(made, number, n_out, n_in).round(2) + 0.0).tolist()
        rows = [str(row) + (",", "]")[j == n_out - 1] for j, row in enumerate(numbers)]
        hints = ["one row per node of this layer,", "one column per node of the layer before"]
        hints = [" ".join(hints)] if n_out == 1 else hints
        if number == 1:
            rows = [f"{row}  # {hints[j]}" if j < len(hints) else row for j, row in enumerate(rows)]
        weights = "[" + "\n           ".join(rows)
    many, note = (
        n_out > LISTED,
        "  # one number, without brackets, is one bias shared by the layer" if number == 1 else "",
    )
    return LAYER.format(
        number=number,
        role=": the outputs" if number == len(shape) - 1 else "",
        nodes=f"units = {n_out}" if many else f"nodes = {_quoted(nodes)}",
        activation=activation,
        weights=weights,
        bias="0.1  # shared by the layer" if many else f"{[0.1] * n_out}{note}",
    )


def _targets(count: int, example: int, loss: str) -> list[int] | list[float]:
    if LOSSES[loss].shares:
        return [int(i == example % count) for i in range(count)]
    low, high = LOSSES[loss].targets.example
    return [high if (i + example) % 2 == 0 else low for i in range(count)]
