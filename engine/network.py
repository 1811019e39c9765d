"""The shape and the names of a feed-forward network, and where each parameter stands in one flat array.

All parameters of a network live in one vector θ (layer by layer: the weights row by row, then the biases), so that a
checkpoint is one row of an array and an optimizer's rule is one line. A layer's matrix is a view of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.activations import Activation
from engine.losses import Loss

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """One layer of nodes with the weights that come into it.

    Attributes:
        nodes: the names of its n_out nodes.
        activation: the function from a node's total input x to its output y.
        weight_names: n_out rows of n_in names; `weight_names[j][i]` is the weight from i to j.
        bias_names: no name (no bias), one (shared by the layer, if `shared_bias`), or one per node.
        shared_bias: whether one bias serves every node: then it is *one* parameter.
    """

    nodes: tuple[str, ...]
    activation: Activation
    weight_names: tuple[tuple[str, ...], ...]
    bias_names: tuple[str, ...] = ()
    shared_bias: bool = False

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """Every parameter of the layer: the weights row by row, then the biases."""
        return tuple(name for row in self.weight_names for name in row) + self.bias_names

    @property
    def shape(self) -> tuple[int, int]:
        """(n_out, n_in), the shape of the weight matrix W."""
        return len(self.weight_names), len(self.weight_names[0])

    def bias_name(self, node: int) -> str | None:
        """The name of the bias of the layer's node number `node`, or None where it has none."""
        if not self.bias_names:
            return None
        return self.bias_names[0 if self.shared_bias else node]


@dataclass(frozen=True)
class Network:
    """A feed-forward network: layer 0 is the inputs, layers 1…L compute.

    `layers[l - 1]` is layer l, as the design counts them; use `layer(l)`.
    """

    inputs: tuple[str, ...]
    layers: tuple[Layer, ...]
    loss: Loss

    @property
    def depth(self) -> int:
        """L, the number of layers that compute."""
        return len(self.layers)

    def layer(self, number: int) -> Layer:
        """Layer `number`, counted from 1."""
        return self.layers[number - 1]

    def nodes(self, number: int) -> tuple[str, ...]:
        """The names of the nodes of layer `number`, 0 being the inputs."""
        return self.inputs if number == 0 else self.layers[number - 1].nodes

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the last layer's nodes."""
        return self.layers[-1].nodes

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The number of nodes of each layer, inputs first: (2, 2, 2) for Mazur's network."""
        return tuple(len(self.nodes(number)) for number in range(self.depth + 1))

    @cached_property
    def spans(self) -> tuple[slice, ...]:
        """The slice of θ that belongs to layer l, at index l - 1."""
        spans, start = [], 0
        for layer in self.layers:
            spans.append(slice(start, start + len(layer.parameter_names)))
            start = spans[-1].stop
        return tuple(spans)

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """Every parameter in the order of θ."""
        return tuple(name for layer in self.layers for name in layer.parameter_names)

    @cached_property
    def parameter_index(self) -> dict[str, int]:
        """Where in θ a parameter of this name stands."""
        return {name: index for index, name in enumerate(self.parameter_names)}

    @cached_property
    def node_index(self) -> dict[str, tuple[int, int]]:
        """(layer, number within the layer) of the node of this name."""
        return {
            name: (number, index) for number in range(self.depth + 1) for index, name in enumerate(self.nodes(number))
        }

    def weights(self, theta: Array, number: int) -> Array:
        """W of layer `number` with shape (n_out, n_in): a view of `theta`."""
        n_out, n_in = self.layer(number).shape
        start = self.spans[number - 1].start
        return theta[start : start + n_out * n_in].reshape(n_out, n_in)

    def biases(self, theta: Array, number: int) -> Array:
        """The biases of layer `number` with shape (0,), (1,) when shared, or (n_out,): a view of `theta`."""
        span = self.spans[number - 1]
        return theta[span.stop - len(self.layer(number).bias_names) : span.stop]

    def layer_of(self, parameter: int) -> int:
        """The number of the layer to which the parameter at index `parameter` of θ belongs."""
        return next(number for number, span in enumerate(self.spans, 1) if parameter < span.stop)

    def node_into(self, parameter: str) -> tuple[int, int]:
        """(layer, number within it) of the node that a parameter leads into; of a shared bias the layer's first."""
        number = self.layer_of(self.parameter_index[parameter])
        layer = self.layer(number)
        if parameter in layer.bias_names:
            return number, layer.bias_names.index(parameter)
        return number, next(j for j, row in enumerate(layer.weight_names) if parameter in row)

    def edges(self, number: int) -> Iterator[tuple[int, int, int]]:
        """(source, target, index in θ) for each weight into layer `number`, row by row."""
        n_out, n_in = self.layer(number).shape
        start = self.spans[number - 1].start
        return ((i, j, start + j * n_in + i) for j in range(n_out) for i in range(n_in))
