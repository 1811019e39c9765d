"""Whole iterations of a small network as straight-line Python, for running on and for replays.

For a handful of nodes nearly all of numpy's time is spent on calls, so the iteration is written out as one function of
local variables, from the same records and in the same order of arithmetic as `advance`: a test proves it equal to the
last bit. It does what is common and small; all else is left to `advance`, as is whatever is not finite.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.formula.field import REAL
from engine.program.batches import batch_of
from engine.program.network import Network
from engine.program.optimizers import Sgd
from engine.program.scenario import Scenario
from engine.walking.advance import fused_loss, is_fused

Array = NDArray[np.float64]

LARGEST = 400
"""Parameters above which numpy is the faster way."""

LOSSES = {"half_squared_error": ("0.5 * (({y} - {t}) * ({y} - {t}))", "({y} - {t})")}
"""Losses written out, and their slopes: a call costs several times the arithmetic. The others are called."""

Run = Callable[[list[float], int, int, float, list[float]], tuple[list[float], int]]
"""(θ, first, last, below, errors) → (θ, k): iterations first … k − 1 done, their E appended to `errors`. It ends before
`last` after an E below the bound, or before an iteration that may not be finite."""


def straight_run(scenario: Scenario) -> Run | None:
    """The scenario's iterations as one function, or None where `advance` has to do them."""
    training, network = scenario.training, scenario.network
    if len(scenario.theta) > LARGEST or not isinstance(training.optimizer, Sgd):
        return None
    if any(layer.activation.joint for layer in network.layers) or (training.immediate and training.batch > 1):
        return None
    names: dict[str, Any] = {"R": REAL, "exp": REAL.exp, "rate": training.learning_rate, "batch": _batches(scenario)}
    for number, layer in enumerate(network.layers, 1):
        names[f"f{number}"], names[f"slope{number}"] = layer.activation.value, layer.activation.slope
    names["loss"], names["loss_slope"] = network.loss.value, network.loss.slope
    fused = fused_loss(scenario, network.depth)
    if fused is not None:
        names["fused"], names["fused_slopes"] = fused.errors, fused.slopes
    exec("\n".join(_Writer(scenario).program()), names)  # our own text: nothing of a file is in it
    run: Run = names["run"]
    return run


def _batches(scenario: Scenario) -> Callable[[int], list[tuple[list[float], list[float]]]]:
    inputs = scenario.inputs.tolist()
    outputs = len(scenario.network.outputs)
    targets = [[0.0] * outputs] * len(inputs) if scenario.targets is None else scenario.targets.tolist()
    examples = list(zip(inputs, targets, strict=True))
    if len(examples) == 1:
        return lambda _: examples
    return lambda k: [examples[example] for example in batch_of(scenario, k)]


class _Writer:
    """Writes the function.

    Its names: w3 is θ[3], g3 its derivative, n3 its new value; x1_0, y1_0 and c1_0 belong to node 0 of layer 1, a1_0
    and d1_0 are its dE/dy and dE/dx. p2_3 is what the use in layer 2 gives to g3, where θ[3] has several.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.network = scenario, scenario.network
        self.single = scenario.training.batch == 1
        self.parameters = range(len(scenario.theta))

    def program(self) -> Iterator[str]:
        thetas = "".join(f"w{i}, " for i in self.parameters)
        yield "def run(theta, first, last, below, errors):"
        yield f"    {thetas} = theta"
        yield "    for k in range(first, last):"
        body = self._single() if self.single else self._batch()
        yield from (f"        {line}" for line in body)
        # one sum is not finite if any of its terms is not: then `advance` looks closer
        yield f"        if ({' + '.join(self._checked())}) * 0.0 != 0.0:"
        yield f"            return [{thetas}], k"
        for i in self._trained():
            yield f"        w{i} = n{i}"
        yield "        errors.append(E)"
        yield "        if E < below:"
        yield f"            return [{thetas}], k + 1"
        yield f"    return [{thetas}], last"

    def _trained(self) -> list[int]:
        return [i for i in self.parameters if i not in self.scenario.training.frozen]

    def _checked(self) -> list[str]:
        frozen = self.scenario.training.frozen
        total_inputs = [f"x{number}_{j}" for number, j in self._nodes()] if self.single else ["seen"]
        return [*total_inputs, "E", *(f"g{i}" if i in frozen else f"n{i}" for i in self.parameters)]

    def _nodes(self) -> Iterator[tuple[int, int]]:
        for number in range(1, self.network.depth + 1):
            for j in range(len(self.network.computed(number))):
                yield number, j

    def _tied(self, number: int) -> bool:
        return len(self.network.uses(number)) > 1

    def _slot(self, number: int, i: int) -> str:
        """The name of what a layer gives to the derivative by θ[i]."""
        return f"p{number}_{i}" if self._tied(number) else f"g{i}"

    def _slots(self) -> list[str]:
        layers = enumerate(self.network.spans, 1)
        return [self._slot(number, i) for number, span in layers for i in range(span.start, span.stop)]

    def _sums_over_uses(self, number: int) -> Iterator[str]:
        """dE/dw of tied parameters, at the layer that owns them: the last to be reached."""
        if self._tied(number) and self.network.owns(number):
            span, uses = self.network.spans[number - 1], self.network.uses(number)
            for i in range(span.start, span.stop):
                yield f"g{i} = " + " + ".join(self._slot(use, i) for use in uses) + " + 0.0"

    def _single(self) -> Iterator[str]:
        """One example: every gradient is its own; updates may come right after them."""
        yield "(inputs, targets), = batch(k)"
        yield from self._forward()
        yield "E = e + 0.0"
        network, immediate = self.network, self.scenario.training.immediate
        updated: set[int] = set()
        for number in range(network.depth, 0, -1):
            yield from self._backward(number, updated)
            for i, gradient in self._gradients(number):
                yield f"{self._slot(number, i)} = {gradient} + 0.0"
            yield from self._sums_over_uses(number)
            if immediate and network.owns(number):
                yield from self._update(number)
                updated.add(number)
        if not immediate:
            yield from self._updates()

    def _batch(self) -> Iterator[str]:
        """Several examples: gradients are added up one after the other."""
        network = self.network
        yield "examples = batch(k)"
        yield "E = seen = " + " = ".join(self._slots()) + " = 0.0"
        yield "for inputs, targets in examples:"
        inner = [*self._forward(), "E = E + (e + 0.0)"]
        for number in range(network.depth, 0, -1):
            inner += self._backward(number, set())
            inner += [f"{self._slot(number, i)} = {self._slot(number, i)} + {g}" for i, g in self._gradients(number)]
        inner.append(f"seen = seen + {' + '.join(f'x{number}_{j}' for number, j in self._nodes())}")
        yield from (f"    {line}" for line in inner)
        if self.scenario.training.reduction == "mean":
            yield "count = len(examples)"
            yield "E = E / count"
            yield from (f"{slot} = {slot} / count" for slot in self._slots())
        for number in range(network.depth, 0, -1):
            yield from self._sums_over_uses(number)
        yield from self._updates()

    def _forward(self) -> Iterator[str]:
        network = self.network
        yield (
            "".join(f"y{layer}_{i}, " for layer, i in (network.node_index[name] for name in network.inputs))
            + "= inputs"
        )
        yield "".join(f"t{j}, " for j in range(len(network.outputs))) + "= targets"
        for number, layer in enumerate(network.layers, 1):
            products: dict[int, list[str]] = {j: [] for j in range(len(layer.nodes))}
            for source, target, index in network.edges(number):
                products[target].append(f"w{index} * y{number - 1}_{source}")
            for j, terms in products.items():
                bias = _bias_index(network, number, j)
                yield f"x{number}_{j} = {' + '.join(terms)} + 0.0" + ("" if bias is None else f" + w{bias}")
                if layer.activation.name == "sigmoid":
                    yield from _sigmoid(f"{number}_{j}")
                else:
                    yield f"y{number}_{j} = f{number}(x{number}_{j}, R)"
        last, m = network.depth, len(network.outputs)
        if is_fused(self.scenario, last):
            yield f"e = fused([{', '.join(f'x{last}_{j}' for j in range(m))}], targets, R)"
            yield "e = " + " + ".join(f"e[{j}]" for j in range(m))
        else:
            yield "e = " + " + ".join(self._loss(0, j) for j in range(m))

    def _backward(self, number: int, updated: set[int]) -> Iterator[str]:
        """dE/dy and dE/dx of a layer; the error goes back through new weights where those are updated already."""
        network, sigmoid = self.network, self.network.layer(number).activation.name == "sigmoid"
        back: dict[int, list[str]] = {j: [] for j in range(len(network.computed(number)))}
        if number < network.depth:
            frozen = self.scenario.training.frozen
            for source, target, index in network.edges(number + 1):
                weight = "n" if number + 1 in updated and index not in frozen else "w"
                if source in back:  # the rest are inputs
                    back[source].append(f"{weight}{index} * d{number + 1}_{target}")
        if is_fused(self.scenario, number):
            d, x, y = ("".join(f"{letter}{number}_{j}, " for j in back) for letter in "dxy")
            yield f"{d}= fused_slopes([{x}], [{y}], targets)"
            return
        for j, terms in back.items():
            node = f"{number}_{j}"
            yield f"a{node} = " + (f"{' + '.join(terms)} + 0.0" if terms else self._loss(1, j))
            slope = f"y{node} * c{node}" if sigmoid else f"slope{number}(x{node}, R)"
            yield f"d{node} = {slope} * a{node}"

    def _loss(self, which: int, j: int) -> str:
        """The part of output j in E (`which` is 0), or its slope (1)."""
        y, loss = f"y{self.network.depth}_{j}", self.network.loss.name
        if loss in LOSSES:
            return LOSSES[loss][which].format(y=y, t=f"t{j}")
        return f"{('loss', 'loss_slope')[which]}({y}, t{j}, {len(self.network.outputs)}, R)"

    def _gradients(self, number: int) -> Iterator[tuple[int, str]]:
        """(index in θ, one example's dE/dw) for each parameter of a layer."""
        network, layer = self.network, self.network.layer(number)
        for source, target, index in network.edges(number):
            yield index, f"d{number}_{target} * y{number - 1}_{source}"
        nodes = range(len(layer.nodes))
        if layer.shared_bias:
            yield network.spans[number - 1].stop - 1, "(" + " + ".join(f"d{number}_{j}" for j in nodes) + " + 0.0)"
        elif layer.bias_names:
            start = network.spans[number - 1].stop - len(nodes)
            yield from ((start + j, f"d{number}_{j}") for j in nodes)

    def _updates(self) -> Iterator[str]:
        for number in range(self.network.depth, 0, -1):
            if self.network.owns(number):
                yield from self._update(number)

    def _update(self, number: int) -> Iterator[str]:
        span, frozen = self.network.spans[number - 1], self.scenario.training.frozen
        yield from (f"n{i} = w{i} - rate * g{i}" for i in range(span.start, span.stop) if i not in frozen)


def _sigmoid(node: str) -> Iterator[str]:
    """y = σ(x) of a node, and c = σ(−x) = 1 − y, without another call of exp, by which its slope is y·c."""
    yield f"if x{node} >= 0:"
    yield f"    power = exp(-x{node})"
    yield f"    y{node} = 1 / (1 + power)"
    yield f"    c{node} = power / (1 + power)"
    yield "else:"
    yield f"    power = exp(x{node})"
    yield f"    y{node} = power / (1 + power)"
    yield f"    c{node} = 1 / (1 + power)"


def _bias_index(network: Network, number: int, node: int) -> int | None:
    name = network.layer(number).bias_name(node)
    return None if name is None else network.parameter_index[name]
