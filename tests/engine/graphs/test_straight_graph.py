"""Straight-line code of a graph is bit-equal to stepping, for whatever it takes on."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.program.optimizers import OPTIMIZERS
from engine.walking.advance import first_state, pack
from engine.walking.fast.straight import straight_run
from engine.walking.timeline import Timeline
from tests.engine.graphs.files import read
from tests.engine.test_straight import packed, stepped

NUMBERS = ["x", "y", "w", "c", "t"]
VECTORS = ["u", "v", "h.1", "M.2"]
"""A vector of two, or what is picked of one: see `_value`."""


@st.composite
def formulas(draw, numbers, vectors, depth=2):
    """The text of a formula that makes a number (from numbers) or a vector (from vectors and numbers)."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(numbers)), False
    one, of_vector = draw(formulas(numbers, vectors, depth - 1))
    other, too = draw(formulas(numbers, vectors, depth - 1))
    kind = draw(st.integers(0, 5))
    if kind == 0 and vectors:
        return draw(st.sampled_from(vectors)), True
    if kind == 1:
        name = draw(st.sampled_from(["sigmoid", "tanh", "sin", "abs", "relu", "silu", "exp", "square"]))
        return (f"({one})**2" if name == "square" else f"{name}({one})"), of_vector
    if kind == 2 and of_vector and draw(st.booleans()):
        whole = draw(st.sampled_from(["softmax", "log_softmax"]))
        return f"{whole}({one})", True
    if kind == 3 and draw(st.booleans()):
        return f"({one}) ** {draw(st.sampled_from(['2', '3', '0.5', '(-1)', 'w']))}", of_vector
    if kind == 2 and of_vector:
        return draw(st.sampled_from([f"sum({one})", f"mean({one})", f"dot({one}, {one})"])), False
    operator = draw(st.sampled_from(["+", "-", "*", "/"]))
    return f"({one}) {operator} ({other})", of_vector or too


@st.composite
def scenarios(draw):
    """A random graph of numbers and vectors with parameters, in a file's words."""
    numbers, vectors, nodes, terms = ["x1", "x2", "w", "c", "t"], ["u", "p", "M.2", "M.T.1"], [], []
    vectors.pop()
    for number in range(draw(st.integers(1, 5))):
        text, of_vector = draw(formulas(numbers, vectors))
        if of_vector and draw(st.booleans()):
            text = draw(st.sampled_from([f"M @ ({text})", f"({text}) @ M", f"reshape({text}, 2)"]))
        (vectors if of_vector else numbers).append(f"n{number}")
        nodes.append(f"n{number} = {text}")
        terms.append(f"sum(n{number})")
    weight, frozen = draw(st.sampled_from([0.5, -1.25])), draw(st.booleans())
    batch = draw(st.integers(1, 3))
    losses = {
        "": "",
        "softmax in it": " + cross_entropy(softmax(u * p), s)",
        "softmax before it": " + cross_entropy(y, s)",
        "softmax of a product, and computed targets": " + cross_entropy(y, smooth)",
        "sigmoid in it": " + binary_cross_entropy(sigmoid(u * p), s / 2)",
        "sigmoid before it": " + binary_cross_entropy(q, 0.25)",
        "of a matrix": " + cross_entropy(softmax(M), N)",
    }  # fmt: skip
    loss = draw(st.sampled_from([*losses]))
    if loss in ("softmax before it", "softmax of a product, and computed targets"):
        nodes.append(f"y = softmax({'M @ u + p' if 'product' in loss else 'u + p'})")
    if "smooth" in losses[loss]:
        nodes.append("smooth = 0.75 * s + 0.125 * w")
    if loss == "sigmoid before it":
        nodes.append("q = sigmoid(w * x1 + x2)")
    nodes.append(
        f"E = half_squared_error(w * x1, t) + {' + '.join(terms)} + sum(p * M.1) + c * x2 + sum(u){losses[loss]}"
    )
    optimizer, reduction = draw(st.sampled_from(sorted(OPTIMIZERS))), draw(st.sampled_from(["mean", "sum"]))
    clips = ("", "clip = { value = 0.125 }", "clip = { norm = 0.25 }", 'clip = { norm = 0.25, over = "parameter" }')
    clip = draw(st.sampled_from(clips))
    penalty = draw(st.sampled_from(["", 'penalty = { l2 = 0.3, l1 = 0.1, per = "example" }', "penalty = { l1 = 0.2 }"]))
    lines = "\n".join(f'  "{node}",' for node in nodes)
    examples = "\n".join(
        f"""[[example]]
inputs = {{ x1 = {1.5 - e}, x2 = {0.25 * e - 0.5}, u = [{e}.5, -0.75] }}
targets = {{ t = {0.1 * e}, s = [{1 - 0.25 * e}, {0.25 * e}] }}
"""
        for e in range(3)
    )
    return f"""title = "random"
[graph]
inputs = {{ x1 = [], x2 = [], u = [2] }}
targets = {{ t = [], s = [2] }}
constants = {{ c = 0.5, N = [[0.5, 1], [0, 1]] }}
nodes = [
{lines}
]
error = "E"
[graph.parameters]
w = {weight}
p = [0.25, -0.5]
M = [[0.1, 0.2], [-0.3, 0.4]]
[training]
learning_rate = 0.0625
optimizer = "{optimizer}"
batch = {batch}
reduction = "{reduction}"
{penalty}
frozen = [{'"p.2"' if frozen else ""}]
{clip}
{examples}
"""


@settings(max_examples=150, deadline=None)
@given(text=scenarios())
def test_bit_equal_to_stepping(text):
    scenario = read(text)
    run = straight_run(scenario)
    if run is None:
        return
    start = pack(scenario.theta, first_state(scenario))
    expected, errors, until = stepped(scenario, 4)
    found_errors: list[float] = []
    found, reached = run(start.tolist(), 0, 4, -np.inf, found_errors)
    assert reached <= until  # it may leave more than it must to `advance`
    expected, errors, _ = stepped(scenario, reached)
    assert found_errors == errors
    assert np.array_equal(np.array(found), packed(*_unpacked(expected, scenario)))
    whole = Timeline(scenario)
    whole.extend(until)
    assert np.array_equal(whole.errors(until), stepped(scenario, until)[1])


def _unpacked(numbers, scenario):
    count = len(scenario.theta)
    return np.array(numbers[:count]), np.array(numbers[count:])


def test_a_derivative_that_nothing_uses_may_be_infinite():
    """√t at 0: nothing is differentiated by a target, but its row is an event."""
    scenario = read(
        """title = "infinite"
[graph]
inputs = ["x"]
targets = ["t"]
nodes = ["n = t", "E = w * x + sqrt(n)"]
error = "E"
parameters = { w = 0.5 }
[[example]]
inputs = [1]
targets = [0]
"""
    )
    assert straight_run(scenario)([0.5], 0, 1, -np.inf, [])[1] == stepped(scenario, 1)[2] == 0


def test_most_graphs_are_taken():
    text = """title = "cell"
[graph]
inputs = ["x"]
targets = ["t"]
nodes = ["f = sigmoid(wf * x + b)", "g = tanh(wg * x + b)", "h = f * g", "E = half_squared_error(h, t)"]
error = "E"
parameters = { wf = 0.5, wg = 0.25, b = 0.1 }
[[example]]
inputs = [1]
targets = [0.5]
"""
    scenario = read(text)
    assert straight_run(scenario) is not None


def test_given_derivatives_of_what_is_trained():
    """E has no row of its own there, and its formula's parts have derivatives all the same."""
    scenario = read(
        """title = "given"
[graph]
inputs = { X = [2, 2] }
nodes = ["Y = X @ W"]
upstream = { Y = [[1, 2], [3, 4]] }
[graph.parameters]
W = [[1, 0.5], [-1, 2]]
[[example]]
inputs = { X = [[1, 2], [3, 4]] }
"""
    )
    timeline = Timeline(scenario)
    timeline.extend(3)
    assert np.array_equal(timeline.start(3).theta, stepped(scenario, 3)[0])
