"""Whole iterations of a large network with one example each, on arrays that are there already.

For some thousand parameters the arithmetic of a row takes a few microseconds, and `advance` several times that to keep
every row and to name each number. Nothing is kept here but θ, what the optimizer remembers, and E; the order of
arithmetic is that of `advance`, and a test proves it equal to the last bit. What is not finite, or not common, is left
to it. (Rejected: the equations and their pulls as they stand. It needs a third of the lines, but for a network of
16-64-64-10 nodes two and a half times as long: most of it goes into finding out what to do, and into new arrays.)
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.formula.arithmetic import locked
from engine.formula.field import REAL
from engine.program.batches import batch_of
from engine.program.layers import expand
from engine.program.network import Layer
from engine.program.scenario import Scenario
from engine.program.steps import Steps
from engine.walking.advance import first_state, pack, penalty_of, unpack
from engine.walking.fast.straight import straight_run
from engine.walking.fast.straight_graph import straight_graph_run

Array = NDArray[np.float64]

ArrayRun = Callable[[Array, int, int, float, list[float]], tuple[Array, int]]
"""As `Run` of the straight line, with what `pack` makes; the array that is given back is read-only."""


def fast_run(scenario: Scenario) -> ArrayRun | None:
    """The scenario's iterations by whichever is the faster way, or None where `advance` has to do them."""
    if not scenario.training.arithmetic.exact:
        return None
    graph = scenario.graph
    straight = straight_run(scenario) if graph is None else straight_graph_run(scenario, graph)
    if straight is None:
        return array_run(scenario) if graph is None else None

    def run(packed: Array, first: int, last: int, below: float, errors: list[float]) -> tuple[Array, int]:
        numbers, reached = straight(packed.tolist(), first, last, below, errors)
        return locked(np.array(numbers)), reached

    return run


def array_run(scenario: Scenario) -> ArrayRun | None:
    """The scenario's iterations on arrays, or None where `advance` has to do them."""
    network, training = scenario.layered, scenario.training
    common = training.batch == 1 and not training.immediate
    equation = expand(network).equation
    plain = all(  # what `_Layer` computes, and nothing else
        {*equation[f"x{number}"].operands} <= {f"W{number}", f"b{number}", f"y{number - 1}"}
        and equation[f"y{number}"].operands == (f"x{number}",)
        and equation[f"y{number}"].by_element
        for number in range(1, network.depth + 1)
    )
    # the sum over a single node is another one: see `ordered_sum`
    return _Arrays(scenario).run if common and plain and min(network.shape) > 1 else None


class _Layer:
    """One layer's part of θ and of dE/dθ as views, and room for its products and sums."""

    def __init__(self, layer: Layer, theta: Array, gradients: Array, *, fused: bool) -> None:
        n_out, n_in = layer.shape
        weights = n_out * n_in
        self.layer, self.fused = layer, fused
        self.weights, self.biases = theta[:weights].reshape(n_out, n_in), theta[weights:]
        self.d_weights, self.d_biases = gradients[:weights].reshape(n_out, n_in), gradients[weights:]
        self.forward_terms, self.backward_terms = np.empty((n_in, n_out)), np.empty((n_out, n_in))
        self.x, self.d_inputs = np.empty(n_out), np.empty(n_in)
        self.before = self.y = self.slopes = self.d = np.empty(0)

    def forward(self, before: Array) -> Array:
        """y of the layer before → y; x and the slopes are kept."""
        self.before = before
        np.multiply(before[:, np.newaxis], self.weights.T, out=self.forward_terms)
        np.add.reduce(self.forward_terms, axis=0, initial=0.0, out=self.x)
        if self.biases.size:
            np.add(self.x, self.biases, out=self.x)
        activation = self.layer.activation
        if not isinstance(activation, tuple) and activation.arrays:
            self.y, self.slopes = activation.arrays(self.x)
        else:
            nodes = list(zip(self.layer.activations, self.x.tolist(), strict=True))
            self.y = np.array([own.value(x, REAL) for own, x in nodes])
            self.slopes = np.array([own.slope(x, REAL) for own, x in nodes])
        return self.y

    def backward(self, d_error_d_y: Array) -> None:
        """dE/dy → dE/dx, and the layer's part of dE/dθ. Where loss and activation cancel, y − t is given as dE/dy."""
        self.d = d_error_d_y if self.fused else self.slopes * d_error_d_y
        np.multiply(self.d[:, np.newaxis], self.before, out=self.d_weights)
        if self.layer.shared_bias:
            self.d_biases[0] = np.add.accumulate(self.d)[-1]
        elif self.biases.size:
            self.d_biases[:] = self.d

    def error_back(self) -> Array:
        """dE/dx → dE/dy of the layer before."""
        np.multiply(self.d[:, np.newaxis], self.weights, out=self.backward_terms)
        return np.asarray(np.add.reduce(self.backward_terms, axis=0, initial=0.0, out=self.d_inputs))


class _Arrays:
    """The network's layers on one θ and one dE/dθ, which every iteration overwrites."""

    def __init__(self, scenario: Scenario) -> None:
        network = scenario.layered
        self._scenario, self._loss = scenario, network.loss
        self._packed, self._gradients = (
            pack(scenario.theta, first_state(scenario)).copy(),
            np.empty(len(scenario.theta)),
        )
        self._theta, self._state = unpack(self._packed, len(scenario.theta))
        self._fused, self._weights = scenario.layered.fused(network.depth), self._loss.settings.class_weights
        self._layers = [
            _Layer(layer, self._theta[span], self._gradients[span], fused=scenario.layered.fused(number) is not None)
            for number, (layer, span) in enumerate(zip(network.layers, network.spans, strict=True), 1)
        ]
        outputs = len(network.outputs)
        self._targets = np.zeros((len(scenario.inputs), outputs)) if scenario.targets is None else scenario.targets
        self._frozen = sorted(scenario.training.frozen)
        steps, clip = Steps(network, scenario.training), scenario.training.clip
        self._together = () if clip is None else steps.together(clip)
        self._norms = np.zeros(len(scenario.theta))

    def run(self, packed: Array, first: int, last: int, below: float, errors: list[float]) -> tuple[Array, int]:
        """Iterations `first` … `last` − 1, or fewer: see `ArrayRun`."""
        self._packed[:] = packed
        with np.errstate(all="ignore"):  # `advance` names what is not finite
            for k in range(first, last):
                error = self._iterate(k)
                if error is None:
                    return locked(self._packed.copy()), k
                errors.append(error)
                if error < below:
                    return locked(self._packed.copy()), k + 1
        return locked(self._packed.copy()), last

    def _iterate(self, k: int) -> float | None:
        """E of an iteration, and θ after it; None, and θ as it was, where a number may not be finite."""
        example, training = batch_of(self._scenario, k)[0], self._scenario.training
        y, targets = self._scenario.inputs[example], self._targets[example].tolist()
        for layer in self._layers:
            y = layer.forward(y)
        error = self._error(targets)
        back = self._d_error_d_y(targets)
        for layer in reversed(self._layers):
            layer.backward(back)
            if layer is not self._layers[0]:
                back = layer.error_back()
        np.add(self._gradients, 0.0, out=self._gradients)  # no −0, as sums have none
        penalty = training.penalty
        if penalty is not None:
            error += penalty_of(self._scenario, self._theta, 1) or 0.0
            self._gradients[penalty.indices] += penalty.slope_of_array(self._theta[penalty.indices], 1)
        rate, rule = training.rate(k), training.optimizer
        gradients = self._gradients
        if training.clip is not None:
            for group in self._together:
                self._norms[group] = training.clip.size(gradients[group])
            gradients = training.clip.clipped(gradients, self._norms)
        new, memory = rule.update(self._theta, gradients, self._state, rate, k + 1)
        # one sum is not finite if any of its terms is not: then `advance` looks closer
        sums = (float(one.sum()) for one in (self._gradients, new, memory, *(layer.x for layer in self._layers)))
        if sum(sums, error) * 0.0 != 0.0:
            return None
        if self._frozen:
            new[self._frozen], memory[:, self._frozen] = self._theta[self._frozen], self._state[:, self._frozen]
        self._theta[:], self._state[:] = new, memory
        return error

    def _error(self, targets: list[float]) -> float:
        last = self._layers[-1]
        if self._fused is not None:
            parts = self._fused.parts(last.x.tolist(), targets, REAL)
        else:
            m = len(targets)
            parts = [self._loss.value(y, t, m, REAL) for y, t in zip(last.y.tolist(), targets, strict=True)]
            if self._weights:
                parts = [weight * part for weight, part in zip(self._weights, parts, strict=True)]
        error = parts[0]
        for part in parts[1:]:
            error += part
        return error + 0.0

    def _d_error_d_y(self, targets: list[float]) -> Array:
        last, m = self._layers[-1], len(targets)
        y = last.y.tolist()
        if self._fused is not None:
            return np.array(self._fused.slopes(last.x.tolist(), y, targets))
        slope = self._loss.slope
        slopes = np.array([slope(output, target, m, REAL) for output, target in zip(y, targets, strict=True)])
        return slopes * self._weights if self._weights else slopes
