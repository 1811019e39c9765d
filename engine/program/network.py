"""The shape and the names of a layered network, and where each parameter stands in one flat array.

All parameters of a network live in one vector θ (layer by layer: the weights row by row, then the biases), so that a
checkpoint is one row of an array and an optimizer's rule is one line. A layer's matrix is a view of it.

**A recurrent network is a scenario of this format, unrolled in time**: layer t is the hidden layer at time t. That
takes two things more than a feed-forward network, and both are said by names alone:

- *Ties.* Layers with the same parameter names use the same parameters: these are in θ once, and the layers' matrices
  are the same view of it. Whole layers are tied, not single weights: it is what unrolling means, the shapes are checked
  once, and every row of the walk stays one quantity of one layer. The first of the tied layers *owns* the parameters:
  there stands the row `w+`, once. The derivative is the sum over the uses. Going back, the row dE/dw of each layer adds
  that layer's use to those of the layers after it (always summed in the order of the layers), so it is whole at the
  owner, the last to be reached; what one use gives is `dE/dw[w<-h2]`, as `dE/dy[h1<-o1]` is what comes back through o1.
  So a dE/dw row still holds one number per parameter name, and the last one of a name is dE/dw: nothing of an untied
  walk changes. (Rejected: a row of parts and a row of totals. It would give one quantity two meanings in every panel
  and in the JSON, or every panel a quantity more.)
- *Inputs that come in later.* x₂ is a node beside the hidden ones of time 1: with an output that the example gives, and
  no total input. A layer says which inputs come into it (`Layer.inputs`); they follow the nodes of the layer before, so
  each layer is still fully connected to one column of nodes. (Rejected: handing x₂ on through identity nodes with
  frozen weights 1 and 0. It needs nothing new, but of the 21 weights of three time steps with one node, 14 would be
  such constants, each with a dE/dw that means nothing, in every table and every worksheet.)
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.formula.activation import Activation
from engine.formula.cancelling import Fused
from engine.formula.loss import Loss
from engine.program.names import Pairs, joined, places_of

Array = NDArray[np.float64]


class Layer(Struct, frozen=True, dict=True):
    """One layer of nodes with the weights that come into it.

    Attributes:
        nodes: the names of its n_out nodes.
        activation: the function from a node's total input x to its output y, or one for each node.
        weight_names: n_out rows of n_in names; `weight_names[j][i]` is the weight from i to j.
        bias_names: no name (no bias), one (shared by the layer, if `shared_bias`), or one per node.
        shared_bias: whether one bias serves every node: then it is *one* parameter.
        inputs: the names of inputs that come into this layer, beside the nodes of the layer before.
        label: what stands above the layer in a drawing, as `t = 1`.
    """

    nodes: tuple[str, ...]
    activation: Activation | tuple[Activation, ...]
    weight_names: Sequence[Sequence[str]]
    bias_names: tuple[str, ...] = ()
    shared_bias: bool = False
    inputs: tuple[str, ...] = ()
    label: str = ""

    @cached_property
    def weights(self) -> Sequence[str]:
        """The names of the weights row by row."""
        rows = self.weight_names
        return rows.flat if isinstance(rows, Pairs) else tuple(name for row in rows for name in row)

    @cached_property
    def parameter_names(self) -> Sequence[str]:
        """Every parameter of the layer: the weights row by row, then the biases."""
        return joined([self.weights, self.bias_names]) if self.bias_names else self.weights

    @property
    def activations(self) -> tuple[Activation, ...]:
        """The function of each node."""
        return self.activation if isinstance(self.activation, tuple) else (self.activation,) * len(self.nodes)

    def activation_of(self, node: int) -> Activation:
        """The function of the layer's node number `node`."""
        return self.activation[node] if isinstance(self.activation, tuple) else self.activation

    @property
    def joint(self) -> bool:
        """Whether an output depends on the total inputs of the whole layer."""
        return not isinstance(self.activation, tuple) and self.activation.joint is not None

    @property
    def function_name(self) -> str:
        """What the function is called; where each node has its own, all of their names."""
        of_nodes = self.activation if isinstance(self.activation, tuple) else (self.activation,)
        return ", ".join(own.called for own in of_nodes)

    @cached_property
    def shape(self) -> tuple[int, int]:
        """(n_out, n_in), the shape of the weight matrix W."""
        return len(self.weight_names), len(self.weight_names[0])

    def bias_name(self, node: int) -> str | None:
        """The name of the bias of the layer's node number `node`, or None where it has none."""
        if not self.bias_names:
            return None
        return self.bias_names[0 if self.shared_bias else node]


class Network(Struct, frozen=True, dict=True):
    """A network: layer 0 is inputs, layers 1…L compute.

    `layers[l - 1]` is layer l, as the design counts them; use `layer(l)`.

    Attributes:
        inputs: the names of all inputs, in the order in which an example gives them.
        layers: the layers that compute. Two with the same parameter names are tied.
        loss: the error of one example.
        weighted: whether each example has a weight, a factor of its part in E.
    """

    inputs: tuple[str, ...]
    layers: tuple[Layer, ...]
    loss: Loss
    weighted: bool = False

    target_is: ClassVar[str] = "output"
    targets_are: ClassVar[str] = "targets of outputs"

    @property
    def depth(self) -> int:
        """L, the number of layers that compute."""
        return len(self.layers)

    def layer(self, number: int) -> Layer:
        """Layer `number`, counted from 1."""
        return self.layers[number - 1]

    def fused(self, number: int) -> Fused | None:
        """How E is computed from x, and dE/dx as y − t, of a layer where loss and activation cancel; None elsewhere."""
        activation = self.layer(number).activation
        if number < self.depth or isinstance(activation, tuple):
            return None
        return self.loss.fused_with(activation.name, len(self.outputs))

    def taking(self, targets: Array | None) -> "Network":
        """The network with its loss as it is written of such targets."""
        loss = self.loss if targets is None else self.loss.taking(targets)
        return self if loss is self.loss else replace(self, loss=loss)

    def called(self, number: int) -> str:
        """What a text calls layer `number`: `layer 2`, and its label if it has one."""
        label = self.layer(number).label if number else ""
        return f"layer {number}, {label}" if label else f"layer {number}"

    def nodes(self, number: int) -> tuple[str, ...]:
        """The names of the nodes in the column of layer `number`: those it computes, then inputs on their way on.

        Column 0 has the inputs that come into layer 1; one that no layer names comes in there.
        """
        return self._columns[number]

    def sources(self, number: int) -> tuple[str, ...]:
        """The names of what comes into layer `number`, in the order of its weights."""
        return self.nodes(number - 1)

    def computed(self, number: int) -> tuple[str, ...]:
        """The names of the nodes that layer `number` computes, the first ones of its column; none of layer 0."""
        return self.layers[number - 1].nodes if number else ()

    @cached_property
    def _columns(self) -> tuple[tuple[str, ...], ...]:
        named = {name for layer in self.layers for name in layer.inputs}
        first = tuple(name for name in self.inputs if name not in named)
        before = (first, *(layer.nodes for layer in self.layers))
        return (*(nodes + layer.inputs for nodes, layer in zip(before, self.layers, strict=False)), self.outputs)

    @cached_property
    def input_places(self) -> tuple[tuple[int, ...], ...]:
        """Of the inputs in the column of layer l, at index l, where an example gives them."""
        place = {name: index for index, name in enumerate(self.inputs)}
        inputs = (self.nodes(number)[len(self.computed(number)) :] for number in range(self.depth + 1))
        return tuple(tuple(place[name] for name in names) for names in inputs)

    def is_input(self, name: str) -> bool:
        """Whether a node's output is given by the example."""
        layer, index = self.node_index[name]
        return index >= len(self.computed(layer))

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the last layer's nodes."""
        return self.layers[-1].nodes

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of what an example gives targets of: the outputs."""
        return self.outputs

    def target_problem(self, targets: Sequence[float]) -> tuple[str, str] | None:
        """Why an example cannot have these targets, and a remedy; or None."""
        return self.loss.target_problem(targets)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The number of nodes of each layer, inputs first: (2, 2, 2) for Mazur's network."""
        return tuple(len(self.nodes(number)) for number in range(self.depth + 1))

    @cached_property
    def spans(self) -> tuple[slice, ...]:
        """The slice of θ that layer l uses, at index l - 1; of tied layers the same."""
        spans: dict[Sequence[str], slice] = {}
        start = 0
        for layer in self.layers:
            names = layer.parameter_names
            if names not in spans:
                spans[names] = slice(start, start + len(names))
                start += len(names)
        return tuple(spans[layer.parameter_names] for layer in self.layers)

    @cached_property
    def _uses(self) -> tuple[tuple[int, ...], ...]:
        by_start: dict[int, tuple[int, ...]] = {}
        for number, span in enumerate(self.spans, 1):
            by_start[span.start] = (*by_start.get(span.start, ()), number)
        return tuple(by_start[span.start] for span in self.spans)

    def uses(self, number: int) -> tuple[int, ...]:
        """The layers that use the parameters of layer `number`, itself among them; the first one owns them."""
        return self._uses[number - 1]

    @property
    def tied(self) -> bool:
        """Whether any layers use the same parameters."""
        return any(len(uses) > 1 for uses in self._uses)

    def owns(self, number: int) -> bool:
        """Whether layer `number` is the first, or the only one, with its parameters."""
        return self.uses(number)[0] == number

    @cached_property
    def parameter_names(self) -> Sequence[str]:
        """Every parameter in the order of θ, once."""
        names = joined(list(dict.fromkeys(layer.parameter_names for layer in self.layers)))
        return tuple(dict.fromkeys(names)) if isinstance(names, tuple) else names

    @cached_property
    def parameter_index(self) -> Mapping[str, int]:
        """Where in θ a parameter of this name stands."""
        return places_of(self.parameter_names)

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
        """The number of the layer to which the parameter at index `parameter` of θ belongs: of tied ones the first."""
        return next(number for number, span in enumerate(self.spans, 1) if parameter < span.stop)

    def places(self, name: str, number: int) -> list[tuple[int, int | None]]:
        """(target, source) of each place in layer `number` where a parameter of this name is used.

        They are numbers within their columns. A bias has no source; a shared one is used at every node.
        """
        layer = self.layer(number)
        n_out, n_in = layer.shape
        row, column = divmod(self.parameter_index[name] - self.spans[number - 1].start, n_in)
        if row < n_out:
            return [(row, column)]
        return [(j, None) for j in range(n_out) if layer.bias_name(j) == name]

    def node_into(self, parameter: str) -> tuple[int, int]:
        """(layer, number within it) of the node that a parameter leads into; of a shared bias the layer's first."""
        number = self.layer_of(self.parameter_index[parameter])
        return number, self.places(parameter, number)[0][0]
