"""Quantities of graphs by the names of the file."""

import pytest

from engine.ask.lookup import value_at
from engine.explain.parts import Explanation
from engine.explain.terms import explain
from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.quantity import Quantity
from engine.formula.tree import Operand, leaves
from engine.program.graph_notation import Fraction, names_of
from engine.program.notation import CANONICAL, NOTATIONS, own_notation
from engine.walking.session import Session
from tests.engine.graphs.files import CIRCUIT, read
from tui.words.calculation import numbers_of, rule, symbols_of, text_of

BATCH_NORM = """
title = "Batch normalization"
[graph]
inputs = ["x"]
targets = ["t"]
nodes = [
  "z = w * x", "m = batch_mean(z)", "v = batch_var(z)", "n = (z - m) / sqrt(v + 1e-5)",
  "a = sigmoid(g * n + b)", "L = binary_cross_entropy(a, t)",
]
error = "L"
parameters = { w = 0.8, g = 0.6, b = -0.2 }
[training]
learning_rate = 0.1
batch = "all"
reduction = "sum"
[[example]]
inputs = [1]
targets = [0]
[[example]]
inputs = [0.5]
targets = [1]
[[example]]
inputs = [-0.5]
targets = [1]
"""
SOFTMAX = """
title = "Softmax"
[graph]
inputs = { x = [2] }
targets = { t = [3] }
nodes = ["z = W @ x", "p = softmax(z)", "L = cross_entropy(p, t)", "q = norm(x)"]
shown = ["q"]
error = "L"
[graph.parameters]
W = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]
[[example]]
inputs = { x = [1, -2] }
targets = { t = [1, 0, 0] }
"""
UPSTREAM = """
title = "Derivatives that are given"
[graph]
inputs = { x = [2] }
nodes = ["y = W @ x", "s = y ** 3", "r = tanh(s)"]
upstream = { s = [1, -2], r = [0, 3] }
[graph.parameters]
W = [[1, 2], [3, 4]]
[[example]]
inputs = { x = [1, -1] }
"""


def at_end(text: str) -> Session:
    start = Session.open(read(text))
    return start.seek(0, start.count)


def lines(session: Session, quantity: Quantity, example: int = 0) -> list[str]:
    """The rule, the names and the numbers."""
    names, found = session.scenario.names(canonical=True), explain(session, quantity, example)
    return [text_of(rule(found, names)), text_of(symbols_of(found, names)), text_of(numbers_of(found, 4))]


@pytest.mark.parametrize(
    ("quantity", "name"),
    [
        (Quantity("y", "q"), "q"),
        (Quantity("E", "f"), "f"),
        (Quantity("E"), "f"),
        (Quantity("dE/dy", "q"), "∂f/∂q"),
        (Quantity("dE/dy", "q", "f"), "∂f/∂q through f"),
        (Quantity("dy/dy", "f", "q"), "∂f/∂q"),
        (Quantity("dE/dw", "W.1.2"), "∂f/∂W.1.2"),
        (Quantity("w", "W.1.2"), "W.1.2"),
        (Quantity("w+", "W.1.2"), "W.1.2⁺"),
        (Quantity("v+", "W.1.2"), "v⁺_W.1.2"),
        (Quantity("learning_rate"), "α"),
        (Quantity("dE/dy"), "∂f/∂·"),
        (Quantity("y"), "value"),
    ],
)
def test_names_are_those_of_the_file(quantity: Quantity, name: str) -> None:
    graph = read(CIRCUIT).graph
    assert graph is not None
    assert names_of(graph, CANONICAL).symbol(quantity) == name


def test_a_document_s_own_symbols_count_where_a_graph_has_such_things() -> None:
    two = CIRCUIT.replace('error = "f"', 'error = ["q", "f"]')
    graph = read(two).graph
    assert graph is not None
    names = names_of(graph, own_notation({"E": "J", "α": "η", "w+": "w_new", "dE/dw": "δJ/δw"}))
    assert names.symbol(Quantity("dE/dy", "q")) == "δJ/δq"
    assert names.symbol(Quantity("learning_rate")) == "η"
    assert names.symbol(Quantity("w+", "u")) == "u_new"
    assert names_of(graph, NOTATIONS["mazur"]).symbol(Quantity("E")) == "E_total"
    assert names_of(graph, CANONICAL).fraction(Quantity("dE/dy", "q", "f")) == Fraction("∂", "E", "q", "f")


def test_layers_keep_their_names() -> None:
    from tests.networks import mazur

    scenario = mazur()
    assert scenario.names(canonical=True) is CANONICAL
    assert scenario.names(canonical=False) is scenario.notation


def test_a_path_is_what_comes_back_times_the_local_derivative() -> None:
    session = at_end(CIRCUIT)
    assert lines(session, Quantity("dE/dy", "q")) == ["∂f/∂q = ∂f/∂f·z", "∂f/∂f·z", "1·(−4)"]
    assert lines(session, Quantity("y", "f"))[0] == "f = q * z"  # as the file has it
    assert lines(session, Quantity("dy/dy", "f", "q"))[1:] == ["z", "−4"]


def test_slopes_are_written_with_the_node_s_own_value() -> None:
    text = CIRCUIT.replace('"f = q * z"', '"a = sigmoid(q)", "c = a ** 2 / z", "f = exp(c) * sin(a)"')
    session = at_end(text)
    assert lines(session, Quantity("dE/dy", "q"))[1] == "∂f/∂a·a·(1 − a)"
    assert lines(session, Quantity("dE/dy", "z"))[1] == "∂f/∂c·(−c / z)"
    assert lines(session, Quantity("dE/dy", "a"))[1] == "∂f/∂c·2·a / z + ∂f/∂f·e^c·cos(a)"


def test_no_derivative_is_explained_by_itself() -> None:
    session = at_end(CIRCUIT.replace("q * z", "exp(q)").replace(', "z"', "").replace(", -4]", "]"))
    assert lines(session, Quantity("dE/dy", "q"))[0] == "∂f/∂q = ∂f/∂f·f"


def test_the_first_number_of_a_power_has_brackets() -> None:
    session = at_end(CIRCUIT.replace("x + y", "x ** 2").replace('"y", ', "").replace("5, ", ""))
    assert lines(session, Quantity("y", "q"))[2] == "(−2)²"


def test_of_a_batch_only_what_differs_has_its_example() -> None:
    session = at_end(BATCH_NORM)
    assert lines(session, Quantity("y", "m"))[1:] == ["(z⁽¹⁾ + z⁽²⁾ + z⁽³⁾) / 3", "(0.8 + 0.4 + (−0.4)) / 3"]
    whole, names, _ = lines(session, Quantity("dE/dy", "v"))
    assert whole.startswith("∂L/∂v = Σ ")
    assert names.startswith("∂L/∂n⁽¹⁾·(−n⁽¹⁾ / √(v + 1e−05)) / (2·√(v + 1e−05)) + ")
    assert lines(session, Quantity("dE/dy", "z"), 1)[1].endswith(" + ∂L/∂n⁽²⁾ / √(v + 1e−05)")
    assert lines(session, Quantity("dE/dw", "g"))[0] == "∂L/∂g = Σ n·(a − t)·∂L/∂L"


def test_what_cancels_is_shown_as_it_is_computed() -> None:
    session = at_end(SOFTMAX)
    assert lines(session, Quantity("dE/dy", "z.1"))[:2] == [
        "∂L/∂z = ∂L/∂L·(p·Σt − t)",
        "∂L/∂L·(p.1·(t.1 + t.2 + t.3) − t.1)",
    ]
    assert lines(session, Quantity("E", "L"))[1] == "−t.1·ln p.1 − t.2·ln p.2 − t.3·ln p.3"


def test_given_derivatives_have_names() -> None:
    session = at_end(UPSTREAM)
    assert lines(session, Quantity("E"))[:2] == [
        "E = Σ upstream_s·s + Σ upstream_r·r",
        "upstream_s.1·s.1 + upstream_s.2·s.2 + upstream_r.1·r.1 + upstream_r.2·r.2",
    ]
    assert lines(session, Quantity("dE/dy", "r.1")) == ["∂E/∂r = as the scenario gives it", "upstream_r.1", "0"]
    assert lines(session, Quantity("dE/dy", "s.2"))[1] == "∂E/∂r.2·(1 − r.2²) + upstream_s.2"


def parts_add_up(session: Session, found: Explanation) -> None:
    """The parts as they are shown, computed from the operands as they are shown, come to the number."""
    values = [
        number_of(part.formula, {leaf: leaf.value for leaf in leaves(part.formula) if isinstance(leaf, Operand)}, REAL)
        for part in found.parts
    ]
    assert sum(values) / found.divisor == pytest.approx(found.value, rel=1e-9, abs=1e-12)
    for part in found.parts:
        for operand in part.operands:
            assert operand.value == value_at(session, operand.quantity, operand.example)


@pytest.mark.parametrize("text", [CIRCUIT, BATCH_NORM, SOFTMAX, UPSTREAM])
def test_every_calculation_comes_to_its_number(text: str) -> None:
    session = at_end(text)
    for row in session.timeline.steps.rows:
        for name in row.items:
            for example in range(len(session.values.examples)):
                found = explain(session, Quantity(row.quantity, name), example)
                if found.parts:
                    parts_add_up(session, found)
