"""Networks made for tests: any shape, activation, loss and way of training, with weights from a seed."""

import numpy as np

from engine.formula.activations import ACTIVATIONS
from engine.formula.loss import SIGNS
from engine.formula.losses import LOSSES
from engine.program.network import Layer, Network
from engine.program.scenario import Scenario, Training

POSITIVE = ("sigmoid", "softmax", "softplus", "exp")


def goes_with(last, loss):
    """Whether a loss takes all outputs of an activation: others are an event, or no number."""
    if LOSSES[loss].shares:
        return last == "softmax"
    if loss == "binary_cross_entropy":
        return last in ("sigmoid", "softmax")
    return loss != "poisson" or last in POSITIVE


def function_of(given, n_out):
    """An activation by its name, or as it is; of a list each node's own, from the first on again."""
    if isinstance(given, list):
        each = tuple(function_of(given[j % len(given)], 1) for j in range(n_out))
        return each if len(set(map(id, each))) > 1 else each[0]
    return ACTIVATIONS[given] if isinstance(given, str) else given


def make(
    shape=(2, 2, 2),
    hidden="sigmoid",
    last="sigmoid",
    loss="half_squared_error",
    *,
    examples=1,
    bias="each",
    seed=1,
    scale=1.0,
    **training,
):
    """A scenario; functions are names or records, or lists of them for the nodes; `bias` is each, shared or none."""
    random = np.random.default_rng(seed)
    layers = []
    for number, (n_in, n_out) in enumerate(zip(shape, shape[1:], strict=False), 1):
        final = number == len(shape) - 1
        letter = "o" if final else f"h{number}_"
        layers.append(
            Layer(
                tuple(f"{letter}{j + 1}" for j in range(n_out)),
                function_of(last if final else hidden, n_out),
                tuple(tuple(f"w{number}_{i + 1}_{j + 1}" for i in range(n_in)) for j in range(n_out)),
                {
                    "each": tuple(f"b{number}_{j + 1}" for j in range(n_out)),
                    "shared": (f"b{number}",),
                    "none": (),
                }[bias],
                bias == "shared",
            )
        )
    network = Network(tuple(f"i{i + 1}" for i in range(shape[0])), tuple(layers), LOSSES[loss])
    theta = random.normal(size=len(network.parameter_names)) * scale
    targets = random.uniform(0.1, 0.9, size=(examples, shape[-1]))
    if LOSSES[loss].shares:
        targets /= targets.sum(axis=1, keepdims=True)
    if LOSSES[loss].targets is SIGNS:
        targets = np.where(targets > 0.5, 1.0, -1.0)
    return Scenario(
        "made",
        "a made network",
        network,
        theta,
        Training(**({"learning_rate": 0.5} | training)),
        random.normal(size=(examples, shape[0])),
        None if loss == "output" else targets,
    )


def unrolled(steps=3, hidden=2, inputs=1, *, bias="each", activation="tanh", tied=True, examples=1, seed=1, **training):
    """A recurrent network of so many time steps with an output layer. Untied, it has the same parameters in copies."""
    random = np.random.default_rng(seed)
    before = tuple(f"h0_{j + 1}" for j in range(hidden))
    given = [tuple(f"x{t}_{i + 1}" for i in range(inputs)) for t in range(1, steps + 1)]
    n_in = hidden + inputs
    layers = []
    for t in range(1, steps + 1):
        of = "" if tied else f"_{t}"
        names = {"each": tuple(f"b{j + 1}{of}" for j in range(hidden)), "shared": (f"b{of}",), "none": ()}[bias]
        layers.append(
            Layer(
                tuple(f"h{t}_{j + 1}" for j in range(hidden)),
                ACTIVATIONS[activation],
                tuple(tuple(f"w{i + 1}_{j + 1}{of}" for i in range(n_in)) for j in range(hidden)),
                names,
                bias == "shared",
                given[t - 1],
                f"t = {t}",
            )
        )
    layers.append(Layer(("o1",), ACTIVATIONS["sigmoid"], (tuple(f"v{j + 1}" for j in range(hidden)),)))
    network = Network(before + sum(given, ()), tuple(layers), LOSSES["half_squared_error"])
    recurrent = random.normal(size=len(layers[0].parameter_names))
    theta = np.concatenate((*[recurrent] * (1 if tied else steps), random.normal(size=hidden)))
    return Scenario(
        "unrolled",
        "an unrolled network",
        network,
        theta,
        Training(**({"learning_rate": 0.5} | training)),
        random.normal(size=(examples, len(network.inputs))),
        random.uniform(0.1, 0.9, size=(examples, 1)),
    )


def mazur(**training):
    """Mazur's network, written down here by hand: the tests' own copy of the document's numbers."""
    layers = (
        Layer(("h1", "h2"), ACTIVATIONS["sigmoid"], (("w1", "w2"), ("w3", "w4")), ("b1",), True),
        Layer(("o1", "o2"), ACTIVATIONS["sigmoid"], (("w5", "w6"), ("w7", "w8")), ("b2",), True),
    )
    network = Network(("i1", "i2"), layers, LOSSES["half_squared_error"])
    theta = np.array([0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60])
    options = {"learning_rate": 0.5, "frozen": frozenset({4, 9})} | training
    return Scenario(
        "mazur", "Mazur", network, theta, Training(**options), np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])
    )
