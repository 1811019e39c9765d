"""E with one parameter shifted, of many parameters: what a numeric derivative asks for, without `advance`.

A shifted parameter changes nothing before its layer, and there only the nodes that it leads into. So the unshifted
numbers are kept, a pass begins at the parameter's layer, and the shifts of one layer go on together. A sum that holds
the shifted parameter, every activation and every loss are plain Python. The other sums are added up in the same order
for all shifts at once, of numpy only products and sums element by element: the numbers are those of a pass through the
whole network for each shift, to the last bit.

Weights that are not shifted are real, so real and imaginary parts go on by themselves. (Rejected: numpy's product of
complex numbers, which on some processors rounds once where Python rounds twice.)
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, Generic

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.activations import Activation
from engine.formula.field import Functions, Number
from engine.program.scenario import Scenario

Either = NDArray[Any]
"""An array over the field: float64 or complex128. A column of it is one example under one shift."""

CELLS = 1 << 14
"""Numbers of a layer that are held at once: few, so that others get their turn between one pass and the next."""


class Shifted(Struct, Generic[Number], frozen=True, eq=False):
    """What comes of several shifts.

    Attributes:
        errors: E of the batch, one per shift.
        kink_distances: how far each total input from the layer on lies from its activation's kink, where there is one;
            shape (total inputs, shifts).
    """

    errors: list[Number]
    kink_distances: Either


class Unshifted(Generic[Number]):
    """The numbers of a batch over one field, where the passes with a shifted parameter begin."""

    def __init__(
        self, scenario: Scenario, theta: Sequence[Number], examples: tuple[int, ...], f: Functions[Number]
    ) -> None:
        self._scenario, self._network = scenario, scenario.layered
        self._f: Functions[Number] = f
        self._theta: list[Number] = list(theta)
        self._zero: Number = theta[0] - theta[0]
        self._real_theta = np.array([value.real for value in theta])
        self._examples = examples
        self._x: list[Either] = []
        """Total inputs of layer l, at index l − 1; shape (nodes, examples)."""
        self._y: list[Either] = []
        """Outputs, likewise."""
        self._columns: list[Either] = []
        """What comes into layer l: the outputs of the layer before and inputs; shape (n_in, examples)."""
        y: Either = np.zeros((0, len(examples)))
        for number, layer in enumerate(self._network.layers, 1):
            column = np.concatenate((y, self._inputs(number))) + self._zero
            x = self._totals(number, column)
            y = self._outputs(layer.activation, x)
            self._columns.append(column)
            self._x.append(x)
            self._y.append(y)

    @property
    def at_once(self) -> int:
        """How many shifts one pass should have at most."""
        return max(1, CELLS // (len(self._examples) * max(self._network.shape)))

    def shifted(self, owner: int, shifts: Sequence[tuple[int, Number]]) -> Shifted[Number]:
        """A pass for each shift.

        Args:
            owner: the number of the layer that owns the parameters.
            shifts: where in θ each parameter stands, and its shifted value.
        """
        network = self._network
        distances: list[Either] = [np.zeros((0, len(shifts)))]
        x, y = (np.repeat(kept[owner - 1], len(shifts), axis=1) for kept in (self._x, self._y))
        for number in range(owner, network.depth + 1):
            activation = network.layer(number).activation
            if number == owner:
                column = np.repeat(self._columns[owner - 1], len(shifts), axis=1)
                changed = self._shift(x, number, column, shifts)
                if activation.joint:
                    y = self._outputs(activation, x)
                else:
                    y[changed] = self._outputs(activation, x[changed])
            else:
                column = np.concatenate((y, np.repeat(self._inputs(number), len(shifts), axis=1)))
                x = self._totals(number, column)
                if owner in network.uses(number):
                    self._shift(x, number, column, shifts)
                y = self._outputs(activation, x)
            distances += [(x - kink).reshape(-1, len(shifts)) for kink in activation.kinks]
        return Shifted(self._errors(x, y, len(shifts)), np.concatenate(distances))

    def _inputs(self, number: int) -> Either:
        """The inputs that come into a layer beside the nodes of the layer before; shape (inputs, examples)."""
        return self._scenario.inputs[list(self._examples)][:, list(self._network.input_places[number - 1])].T

    def _shift(
        self, x: Either, number: int, column: Either, shifts: Sequence[tuple[int, Number]]
    ) -> tuple[list[int], list[int]]:
        """Puts the totals that a shifted parameter changes into x; where they are."""
        names = self._network.parameter_names
        rows: list[list[Number]] = column.T.tolist()
        changed: tuple[list[int], list[int]] = ([], [])
        for example, (i, (index, value)) in product(range(len(self._examples)), enumerate(shifts)):
            at = example * len(shifts) + i
            for j, _ in self._network.places(names[index], number):
                x[j, at] = self._total(number, j, rows[at], index, value)
                changed[0].append(j)
                changed[1].append(at)
        return changed

    def _total(self, number: int, j: int, column: Iterable[Number], shifted: int, value: Number) -> Number:
        """Total input of node j of a layer, where the parameter at index `shifted` of θ has another value."""
        layer, span = self._network.layer(number), self._network.spans[number - 1]
        n_in = layer.shape[1]
        start = span.start + j * n_in
        weights = self._theta[start : start + n_in]
        if start <= shifted < start + n_in:
            weights[shifted - start] = value
        total: Number = self._zero
        for weight, output in zip(weights, column, strict=True):
            total = total + weight * output
        if layer.bias_names:
            bias = span.stop - len(layer.bias_names) + (0 if layer.shared_bias else j)
            total = total + (value if bias == shifted else self._theta[bias])
        return total

    def _totals(self, number: int, column: Either) -> Either:
        """Total inputs of a layer from unshifted parameters: Σ_i w[j, i]·y[i], from the first i to the last."""
        weights = self._network.weights(self._real_theta, number)
        x = np.zeros((len(weights), column.shape[1]), column.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            for total, part in ((x.real, column.real), (x.imag, column.imag)) if np.iscomplexobj(x) else ((x, column),):
                for factors, outputs in zip(weights.T[:, :, np.newaxis], part, strict=True):
                    total += factors * outputs
        if self._network.layer(number).bias_names:
            x += self._network.biases(self._real_theta, number)[:, np.newaxis]
        return x

    def _outputs(self, activation: Activation, x: Either) -> Either:
        """The activation's outputs, one call for each number, or of softmax for each column."""
        if activation.joint:
            return np.array([activation.joint.outputs(column, self._f) for column in x.T.tolist()]).T
        return np.array([activation.value(value, self._f) for value in x.ravel().tolist()]).reshape(x.shape)

    def _errors(self, x: Either, y: Either, shifts: int) -> list[Number]:
        """E of the batch under each shift, from the last layer's total inputs and outputs."""
        loss, f, targets = self._network.loss, self._f, self._scenario.targets
        fused = self._network.fused(self._network.depth)
        totals = [self._zero] * shifts
        for column, (x_column, y_column) in enumerate(zip(x.T.tolist(), y.T.tolist(), strict=True)):
            example, shift = divmod(column, shifts)
            own = [0.0] * len(y) if targets is None else targets[self._examples[example]].tolist()
            if fused is not None:
                parts = fused.errors(x_column, own, f)
            else:
                parts = [loss.value(output, target, len(y), f) for output, target in zip(y_column, own, strict=True)]
            for part in parts:
                totals[shift] = totals[shift] + part
        if self._scenario.training.reduction == "mean":
            return [total / len(self._examples) for total in totals]
        return totals
