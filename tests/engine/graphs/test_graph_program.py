"""What a graph's program does beyond its formulas: losses that cancel with what is before them, given derivatives."""

import numpy as np
import pytest

from engine.explain.terms import explain
from engine.files import parse_scenario
from engine.formula.quantity import Quantity
from engine.program.formulas import program_of
from engine.program.graph import TOTAL_OF_UPSTREAM, UPSTREAM
from engine.walking.session import Session
from tests.engine.graphs.files import read, walked

LAYERED = """
title = "layers"
[network]
inputs = ["a", "b"]
loss = "{loss}"
[[network.layer]]
nodes = ["o1", "o2", "o3"]
activation = "{activation}"
weights = [[0.3, -0.7], [1.1, 0.2], [0.5, 0.9]]
bias = [0.1, 0.2, -0.3]
[training]
batch = 2
[[example]]
inputs = [0.5, -1.5]
targets = [0, 1, 0]
[[example]]
inputs = [9.5, 2.5]
targets = [0.25, 0.5, 0.25]
"""
GRAPH = """
title = "formulas"
[graph]
inputs = {{ x = [2] }}
targets = {{ t = [3] }}
nodes = [{nodes}]
error = "E"
[graph.parameters]
W = [[0.3, -0.7], [1.1, 0.2], [0.5, 0.9]]
b = [0.1, 0.2, -0.3]
[training]
batch = 2
[[example]]
inputs = [[0.5, -1.5]]
targets = [[0, 1, 0]]
[[example]]
inputs = [[9.5, 2.5]]
targets = [[0.25, 0.5, 0.25]]
"""
PAIRS = [("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")]


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
@pytest.mark.parametrize("inline", [True, False])
def test_a_loss_cancels_as_in_layers_to_the_last_bit(activation: str, loss: str, inline: bool) -> None:
    z = '"z = W @ x + b"'
    of_node = f'{z}, "p = {activation}(z)", "E = {loss}(p, t)"'
    scenario = read(GRAPH.format(nodes=f'{z}, "E = {loss}({activation}(z), t)"' if inline else of_node))
    layered = parse_scenario(LAYERED.format(loss=loss, activation=activation), "layers.toml")
    graph, layers = walked(scenario), walked(layered)
    assert graph.error == layers.error
    assert graph.need("dE/dy", "z").tolist() == layers.need("dE/dx", 1).tolist()
    both = np.concatenate([graph.need("dE/dw", "W"), graph.need("dE/dw", "b")])
    assert both.tolist() == layers.need("dE/dw", 1).tolist()
    if not inline:
        assert graph.need("dE/dy", "p").tolist() == layers.need("dE/dy", 1).tolist()


@pytest.mark.parametrize(
    ("line", "nodes"),
    [
        ("E = cross_entropy(softmax(x), t)", ""),
        ("E = cross_entropy(p, t)", '"p = softmax(x)", '),
        ("E = binary_cross_entropy(sigmoid(x), t)", ""),
        ("E = binary_cross_entropy(p, t)", '"p = sigmoid(x)", '),
    ],
)
def test_nothing_overflows_where_they_cancel(line: str, nodes: str) -> None:
    text = f"""
title = "far out"
[graph]
inputs = {{ x = [2] }}
targets = {{ t = [2] }}
nodes = [{nodes}"{line}"]
error = "E"
[[example]]
inputs = [[1000, -1000]]
targets = [[0, 1]]
"""
    values = walked(read(text))
    assert values.event is None
    assert values.error == 2000.0
    assert values.need("dE/dy", "x").tolist() == [[1.0, -1.0]]
    if nodes:
        assert not np.isfinite(values.need("dE/dy", "p")).all()  # shown, and no event


def test_targets_of_softmax_need_not_sum_to_1() -> None:
    text = """
title = "counts"
[graph]
inputs = { z = [2, 3] }
targets = { t = [2, 3] }
nodes = ["E = cross_entropy(softmax(z), t)"]
error = "E"
[[example]]
inputs = [[[0.5, 1.0, -2.0], [0.0, 3.0, 1.0]]]
targets = [[[2, 0, 1], [0, 0, 0.5]]]
"""
    scenario = read(text)
    values = walked(scenario)
    assert scenario.targets is not None
    z, t = scenario.inputs.reshape(2, 3), scenario.targets.reshape(2, 3)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    expected = p * t.sum(axis=1, keepdims=True) - t
    assert np.allclose(values.need("dE/dy", "z").reshape(2, 3), expected, rtol=1e-14)
    assert values.error == pytest.approx(-(t * np.log(p)).sum(), rel=1e-14)


@pytest.mark.parametrize(
    "nodes",
    [
        '"p = softmax(W @ x)", "E = cross_entropy(p, t) + p.1"',  # another use in the formula
        '"p = softmax(W @ x)", "q = 2 * p", "E = cross_entropy(p, t) + sum(q)"',  # in another node
        '"z = W @ x", "p = softmax(z)", "E = cross_entropy(p, t) + sum(z)"',  # z comes in by itself too
        '"z = W @ x", "p = softmax(z)", "E = cross_entropy(p, t * z)"',
        '"z = W @ x", "p = sigmoid(z)", "E = cross_entropy(p, t)"',  # no pair
        '"z = W @ x", "p = softmax(z)", "E = cross_entropy(p, 0.5)"',  # one target for all
    ],
)
def test_what_does_not_cancel_is_walked_as_it_is_written(nodes: str) -> None:
    scenario = read(GRAPH.format(nodes=nodes).replace("b = [0.1, 0.2, -0.3]\n", ""))
    assert scenario.graph is not None
    program = program_of(scenario.graph)
    assert not program.instead
    assert not program.passed
    assert all(equation.stable is None for equation in program.equations)


def test_gates_of_a_loss_cancel_too() -> None:
    text = GRAPH.format(nodes='"E = cross_entropy(softmax(W @ x + b), t)"').replace(
        "[graph.par", "gates = true\n[graph.par"
    )
    scenario = read(text)
    assert scenario.graph is not None
    assert [(node.name, node.text) for node in scenario.graph.graph_nodes] == [
        ("E_1", "W @ x"),
        ("E_2", "E_1 + b"),
        ("E_3", "softmax(E_2)"),
        ("E", "cross_entropy(E_3, t)"),
    ]
    assert program_of(scenario.graph).passed == {"E_3"}


UPSTREAM_OF_GRAPH = """
title = "given"
[graph]
inputs = ["a", "b"]
nodes = ["u = a * b", "v = concat(a, u)", "w = v * v"]
upstream = {{ u = 3, {more} }}
{shown}
[[example]]
inputs = [2, 5]
{own}
"""


def test_derivatives_are_given_in_place_of_an_error() -> None:
    scenario = read(UPSTREAM_OF_GRAPH.format(more="w = [0.5, -1]", shown="", own=""))
    values = walked(scenario)
    a, b, u = 2.0, 5.0, 10.0
    assert values.error == 3 * u + 0.5 * a * a - u * u
    by_u = 3 - 2 * u
    assert values.need("dE/dy", "u").tolist() == [[by_u]]  # its other uses are added
    assert values.need("dE/dy", "w").tolist() == [[0.5, -1.0]]
    assert values.need("dE/dy", "a").tolist() == [[by_u * b + 0.5 * 2 * a]]
    assert values.need("dE/dy", "b").tolist() == [[by_u * a]]
    rows = [(row.quantity, row.node) for row in values.steps.rows]
    assert rows[:5] == [("y", ""), ("y", "u"), ("y", "v"), ("y", "w"), ("E", "")]
    assert values.steps.program.errors == (TOTAL_OF_UPSTREAM,)


def test_each_example_may_give_its_own() -> None:
    text = UPSTREAM_OF_GRAPH.replace("upstream = {{ u = 3, {more} }}\n", "").format(
        shown="", own="upstream = { w = [1, 2] }"
    )
    text += '[[example]]\ninputs = [1, 1]\nupstream = { w = [0, 1] }\n[training]\nbatch = 2\nreduction = "sum"\n'
    scenario = read(text)
    assert scenario.targets is not None
    assert scenario.targets.tolist() == [[1.0, 2.0], [0.0, 1.0]]
    values = walked(scenario)
    assert values.given(UPSTREAM + "w").tolist() == [[1.0, 2.0], [0.0, 1.0]]
    assert values.error == 4 + 2 * 100 + 1
    assert values.need("dE/dy", "b").tolist() == [[2 * 2 * 10 * 2.0], [2.0]]


def test_a_loss_goes_back_to_its_targets_where_they_are_computed() -> None:
    text = """
title = "an autoencoder"
[graph]
inputs = ["x"]
nodes = ["y = w * x", "E = half_squared_error(y, x) + cross_entropy(0.5, y) + binary_cross_entropy(0.25, y)"]
error = "E"
parameters = { w = 0.5 }
[[example]]
inputs = [2]
"""
    values = walked(read(text))
    y, x, w = 1.0, 2.0, 0.5
    by_y = (y - x) - np.log(0.5) - np.log(0.25) + np.log(0.75)
    assert values.need("dE/dy", "y")[0, 0] == pytest.approx(by_y, rel=1e-15)
    assert values.need("dE/dy", "x")[0, 0] == pytest.approx(by_y * w - (y - x), rel=1e-15)


def test_an_error_of_parameters_alone_counts_once_per_example() -> None:
    text = """
title = "decay"
[graph]
nodes = ["E = w²"]
error = "E"
parameters = { w = 3 }
[training]
batch = 2
[[example]]
[[example]]
"""
    values = walked(read(text))
    assert values.error == 9.0
    assert values.need("dE/dy", "E").tolist() == [[2.0]]
    assert values.need("dE/dw", "w").tolist() == [6.0]


def test_what_stands_for_the_error_is_explained() -> None:
    session = Session.open(read(UPSTREAM_OF_GRAPH.format(more="w = [0.5, -1]", shown="", own="")))
    for _ in range(5):
        session = session.forward()
    explained = explain(session, Quantity("E", TOTAL_OF_UPSTREAM))
    assert explained == explain(session, Quantity("E"))
    assert len(explained.parts) == 3
