"""Layers as equations: x = W·y + b, y = f(x), and E of each output.

Layer l makes the values `x{l}` and `y{l}` from `W{l}` and `b{l}`, those of the layer that owns them where layers are
tied. `y0` are the inputs that come into layer 1, `inputs{l}` those that stand beside layer l, `t` the targets, `E` the
parts of the outputs in the error.
"""

from collections.abc import Sequence

import numpy as np

from engine.formula.activation import Activation
from engine.formula.functions import ADD, MULTIPLY
from engine.formula.tree import ATOM, CHOICE, Formula, Function, Ref, Writing, of_slopes
from engine.program.across.arrangement import JOIN
from engine.program.across.by_node import by_node
from engine.program.across.joined import reduction
from engine.program.across.products import MATRIX_PRODUCT
from engine.program.across.rows import Rows, by_row
from engine.program.equations import Equation, Given, Program
from engine.program.network import Network
from engine.program.operations import Array, Shape

SUM = reduction("sum")
WEIGHTS = "class_weights"
"""What of the program the class weights are."""
OF_EXAMPLE = "weight"
"""What of it the weight of an example is, once for each output."""


def expand(network: Network) -> Program:
    """The program of a layered network."""
    shapes: dict[str, Shape] = {"t": (len(network.outputs),)}
    names: dict[str, tuple[str, Sequence[str]]] = {"t": ("t", network.outputs)}
    parameters: dict[str, slice] = {}
    equations: list[Equation] = []
    given = {"t": Given("targets", tuple(range(len(network.outputs))))}
    for number in range(network.depth + 1):
        beside = len(network.nodes(number)) - len(network.computed(number))
        if beside or not number:
            shapes[beside_of(number)] = (beside,)
            given[beside_of(number)] = Given("inputs", network.input_places[number])
            names[beside_of(number)] = ("y", network.nodes(number)[len(network.computed(number)) :])
    for number, layer in enumerate(network.layers, 1):
        if network.owns(number):
            span, (n_out, n_in) = network.spans[number - 1], layer.shape
            middle = span.start + n_out * n_in
            shapes[f"W{number}"], parameters[f"W{number}"] = layer.shape, slice(span.start, middle)
            names[f"W{number}"] = ("w", layer.weights)
            if layer.bias_names:
                shapes[f"b{number}"] = () if layer.shared_bias else (n_out,)
                names[f"b{number}"], parameters[f"b{number}"] = ("w", layer.bias_names), slice(middle, span.stop)
        owner = network.uses(number)[0]
        total = MATRIX_PRODUCT(Ref(f"W{owner}"), _into(network, number))
        equations.append(Equation(f"x{number}", ADD(total, Ref(f"b{owner}")) if layer.bias_names else total))
        equations.append(Equation(f"y{number}", _function(layer.activation)(Ref(f"x{number}"))))
        shapes[f"x{number}"] = shapes[f"y{number}"] = (len(layer.nodes),)
        names[f"x{number}"], names[f"y{number}"] = ("x", layer.nodes), ("y", layer.nodes)
    shapes["E"], names["E"] = shapes["t"], ("E", network.outputs)
    last = network.depth
    x, y, t = Ref(f"x{last}"), Ref(f"y{last}"), Ref("t")
    loss, m = network.loss, len(network.outputs)
    part = loss.function(m)
    fused = network.fused(last)
    weights, constants = loss.settings.class_weights, dict[str, Array]()
    if weights:
        constants[WEIGHTS], shapes[WEIGHTS] = np.array([weights], dtype=np.float64), shapes["t"]
    if network.weighted:
        shapes[OF_EXAMPLE], names[OF_EXAMPLE] = shapes["t"], ("weight", network.outputs)
        given[OF_EXAMPLE] = Given("weights", given["t"].columns)

    def weighted(part: Formula, *, of_class: bool = True) -> Formula:
        """Behind the weights of class and example, where there are some."""
        part = loss.weighted(part, Ref(WEIGHTS)) if of_class else part
        return MULTIPLY(Ref(OF_EXAMPLE), part) if network.weighted else part

    if fused is None:
        plain = (*equations, Equation("E", weighted(part(y, t))))
        return Program(
            *(shapes, names, parameters, plain, ("E",), (y.name,), given),
            constants=constants,
            shared=frozenset(parameters),
        )
    written = Writing("{0}", ATOM, (CHOICE,))
    errors = Function(
        name=f"errors of {loss.name}",
        writing=written,
        across=Rows(fused.parts, fused.parts_of_rows, fused),
        scripts=fused.scripts,
    )
    slopes = Rows(
        lambda x, y, t, f: fused.slopes_as_written(y, t) if f.of_outputs else fused.slopes(x, y, t),
        fused.slopes_of_rows,
        fused,
    )
    difference = Function(
        name=f"slopes of {loss.name}",
        formula=lambda x, y, t: fused.slope_formula(y, t, SUM(t) if fused.of_any else None),
        writing=written,
        across=slopes,
        scripts=of_slopes(fused.scripts),
    )
    equations.append(Equation("E", weighted(part(y, t)), weighted(errors(x, t))))
    targets = MULTIPLY(Ref(WEIGHTS), t) if fused.of_classes else t
    direct = {x.name: weighted(difference(x, y, targets), of_class=not fused.of_classes)}
    return Program(
        shapes,
        names,
        parameters,
        tuple(equations),
        ("E",),
        (y.name,),
        given,
        constants=constants,
        shared=frozenset(parameters),
        direct=direct,
        passed=frozenset({y.name}),
    )


def node_value(network: Network, layer: int, node: int) -> Ref:
    """What of the program a node's output is."""
    computed = len(network.computed(layer))
    return Ref(f"y{layer}", node) if node < computed else Ref(beside_of(layer), node - computed)


def beside_of(number: int) -> str:
    """The value of the inputs that stand in the column of layer `number`."""
    return f"inputs{number}" if number else "y0"


def _into(network: Network, number: int) -> Formula:
    """What comes into layer `number`: the values of `network.sources(number)`."""
    before = number - 1
    beside = len(network.nodes(before)) > len(network.computed(before))
    y = Ref(f"y{before}")
    return JOIN(y, Ref(beside_of(before))) if before and beside else y


def _function(activation: Activation | tuple[Activation, ...]) -> Function:
    if isinstance(activation, tuple):
        return by_node(activation)
    return activation.function if activation.joint is None else by_row(activation)
