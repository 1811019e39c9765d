"""A script that recomputes one iteration: what its kinds have in common, which is the numbers that it holds."""

import math
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_CEILING, Context
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from engine.ask.arrays import LayerArrays, column_d_error_d_y, layer_arrays
from engine.check.uncertainty import uncertainties
from engine.formula.activation import Activation
from engine.program.network import Layer
from engine.walking.session import Session

Array = NDArray[np.float64]

TOLERANCE = "1e-9"
WIDTH = 110
NAMED = 12
"""The most names that stand beside a row of numbers."""


class Script(ABC):
    """Writes the script of a session at the end of an iteration, part by part."""

    array: str
    """What makes an array of nested lists."""
    library: str
    slopes_from_outputs: bool

    def __init__(self, session: Session) -> None:
        self.session, self.scenario = session, session.scenario
        self.network, self.training = session.scenario.layered, session.scenario.training
        self.depth = self.network.depth
        self.layers = [layer_arrays(session, number) for number in range(self.depth + 1)]
        self.start = session.values.beginning
        self.mean = self.training.reduction == "mean" and len(self.start.examples) > 1
        self.fused = self.network.fused(self.depth)
        self.owners = [number for number in range(1, self.depth + 1) if self.network.owns(number)]
        self.late = any(layer.inputs for layer in self.network.layers)
        self._lines: list[str] = []
        self._spread = uncertainties(session, slopes_from_outputs=self.slopes_from_outputs)

    def text(self) -> str:
        """The whole script."""
        examples = ", ".join(str(example + 1) for example in self.start.examples)
        self.write(
            f"# {self.scenario.title}",
            f"# Iteration {self.session.iteration}, example {examples}: recomputed with {self.library}, and held",
            "# against every number that gradstep has.",
            f"# Made by gradstep {version('gradstep')}. It needs nothing but {self.library}.",
            "",
        )
        self.head()
        self.write("", "", "# The examples, a row for each")
        inputs = self.numbers(self.start.inputs, [self.network.inputs])
        if self.late:  # some come in beside the nodes of a layer
            self.write(f"inputs = {inputs}", f"y0 = {self.inputs_of(0)}")
        else:
            self.write(f"y0 = {inputs}")
        if self.start.targets is not None:
            self.write(f"t = {self.numbers(self.start.targets, [self.network.outputs])}")
        self.write("", "# The parameters: in W, a row for each node, a column for each node of the layer before")
        for number in self.owners:
            self._parameters(number)
        self.write(f"learning_rate = {self.training.learning_rate!r}")
        self.body()
        self.write("", "# Every number as gradstep has it")
        self._comparisons()
        self.write(f'print("{self.library} and gradstep agree")')
        return "\n".join(self._lines) + "\n"

    @abstractmethod
    def head(self) -> None:
        """The imports and functions."""

    @abstractmethod
    def body(self) -> None:
        """The iteration."""

    def write(self, *lines: str) -> None:
        """Adds lines."""
        self._lines += lines

    def layer(self, number: int) -> Layer:
        """Layer `number`, from 1."""
        return self.network.layer(number)

    def activations(self) -> Iterable[Activation]:
        """Those of the layers, each once."""
        return dict.fromkeys(layer.activation for layer in self.network.layers)

    def numbers(self, values: Array, names: Sequence[Sequence[str]] = ()) -> str:
        """An array in the script's own terms.

        Args:
            values: of one axis or two.
            names: of what stands in a row: one list for all rows, or one for each.
        """
        return f"{self.array}({_literal(values, names)})"

    def owner(self, number: int) -> int:
        """The first layer with the parameters of this one: what the script calls them by."""
        return self.network.uses(number)[0]

    def later_use(self, number: int) -> int | None:
        """The next layer that uses the parameters of this one, if any does."""
        return next((use for use in self.network.uses(number) if use > number), None)

    def inputs_of(self, number: int) -> str:
        """The inputs in the column of a layer."""
        return f"inputs[:, {list(self.network.input_places[number])!r}]"

    def changed_before(self, number: int) -> bool:
        """Whether a layer's weights are updated before the error goes back through them."""
        return self.training.immediate and self.network.owns(number)

    def has_sum_of_uses(self, number: int) -> bool:
        """Whether the script knows dE/dw of a layer's parameters as the row of this layer has it."""
        return True

    def trained(self, number: int) -> list[tuple[str, Array]]:
        """Of W and b of a layer, as far as there are any: the name, and where it is trained."""
        span = self.network.spans[number - 1]
        flags = np.array([index not in self.training.frozen for index in range(span.start, span.stop)])
        n_out, n_in = self.layer(number).shape
        parts = [(f"W{number}", flags[: n_out * n_in].reshape(n_out, n_in))]
        if self.layer(number).bias_names:
            parts.append((f"b{number}", flags[n_out * n_in :]))
        return parts

    def memories(self, number: int, slot: int) -> list[Array]:
        """What the optimizer remembers of W and b of a layer at the start, in the order of `trained`."""
        flat = self.start.state[slot, self.network.spans[number - 1]]
        n_out, n_in = self.layer(number).shape
        return [flat[: n_out * n_in].reshape(n_out, n_in), flat[n_out * n_in :]]

    def _parameters(self, number: int) -> None:
        arrays, layer = self.layers[number], self.layer(number)
        assert arrays.weights is not None
        assert arrays.biases is not None
        self.write(f"W{number} = {self.numbers(arrays.weights, layer.weight_names)}")
        if layer.bias_names:
            names = "one for the whole layer" if layer.shared_bias else ", ".join(layer.bias_names[:NAMED])
            self.write(f"b{number} = {self.numbers(arrays.biases)}  # {names}")

    def _comparisons(self) -> None:
        errors = self.session.values.example_errors
        assert errors is not None
        self._compare("e", errors, ("E", self.depth))
        self._compare("E", np.array(self.session.values.error), ("E", self.depth))
        for number, arrays in enumerate(self.layers):
            for name, array, quantity in self._named(number, arrays):
                if array is not None and array.size:
                    self._compare(name, array, (quantity, number))

    def _named(self, number: int, arrays: LayerArrays) -> Iterator[tuple[str, Array | None, str]]:
        """The script's names of a layer's arrays, and the rows they are from."""
        if number:
            yield f"x{number}", arrays.x, "x"
            yield f"y{number}", self.session.values.get("y", number), "y"
        yield f"dE_dy{number}", column_d_error_d_y(self.session, number), "dE/dy"
        yield f"dE_dx{number}", arrays.d_error_d_x, "dE/dx"
        if number and self.has_sum_of_uses(number):
            yield f"dE_dW{number}", arrays.d_error_d_weights, "dE/dw"
            yield f"dE_db{number}", arrays.d_error_d_biases, "dE/dw"
        if number in self.owners:
            yield f"W{number}_new", arrays.new_weights, "w+"
            yield f"b{number}_new", arrays.new_biases, "w+"

    def _compare(self, name: str, expected: Array, row: tuple[str, int]) -> None:
        largest = float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))
        spread = self._spread.get(row, 0.0)
        if math.isinf(spread):
            self.write(f"# {name}: rounding may do anything to it")
            return
        within = f", within={_upward(spread)}" if spread > float(TOLERANCE) * largest else ""
        self.write(f'agree("{name}", {name}, {_literal(expected)}{within})')


def _upward(number: float) -> str:
    """A number to one digit, never less than it is."""
    return f"{Context(prec=1, rounding=ROUND_CEILING).create_decimal(number):.0e}"


def _literal(values: Array, names: Sequence[Sequence[str]] = ()) -> str:
    """An array as nested lists, a line for each row where it has several, with the names beside."""
    if values.ndim < 2:
        row = _row(values)
        return row if len(row) < WIDTH else f"[\n{_wrapped(row[1:-1], '    ')}\n]"
    if len(values) == 1 and not names and len(_row(values)) < WIDTH:
        return _row(values)
    rows = []
    for i, row_of in enumerate(values):
        beside = names[i if len(names) > 1 else 0] if names else ()
        comment = f"  # {', '.join(beside)}" if 0 < len(beside) <= NAMED and (i == 0 or len(names) > 1) else ""
        rows.append(_wrapped(f"{_row(row_of)},", "    ") + comment)
    return "[\n" + "\n".join(rows) + "\n]"


def _row(values: Array) -> str:
    return repr(values.tolist()).replace("nan", 'float("nan")').replace("inf", 'float("inf")')


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + " ", break_on_hyphens=False)
