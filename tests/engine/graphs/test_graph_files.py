from pathlib import Path

import numpy as np
import pytest

from engine.ask.lookup import value_of
from engine.formula.quantity import Quantity
from engine.program.expression import parse_quantity
from engine.program.scenario import Scenario
from engine.walking.session import Session
from engine.walking.values import Values
from tests.engine.graphs.files import ATTENTION, CIRCUIT, RECURRENT, WK, read, walked


@pytest.fixture
def attention(tmp_path: Path) -> Scenario:
    (tmp_path / "wk.csv").write_text(WK)
    return read(ATTENTION, tmp_path / "attention.toml")


def numbers(scenario: Scenario, values: Values, *quantities: str) -> list[float | None]:
    return [value_of(scenario, values, parse_quantity(quantity)) for quantity in quantities]


def test_the_circuit_of_the_documentation() -> None:
    scenario = read(CIRCUIT)
    values = walked(scenario)
    found = numbers(
        scenario, values, "y[q]", "y[f]", "E", "dE/dy[q]", "dE/dy[z]", "dE/dy[y]", "dE/dy[x]", "dy/dy[f<-q]", "E[f]"
    )
    assert found == [3.0, -12.0, -12.0, -4.0, 3.0, -4.0, -4.0, -4.0, -12.0]
    rows = [(row.quantity, row.node, row.layer) for row in values.steps.rows]
    assert rows == [
        ("y", "", 0),
        ("y", "q", 1),
        ("E", "f", 2),
        ("dE/dy", "f", 2),
        ("dE/dy", "q", 1),
        ("dE/dy", "z", 0),
        ("dE/dy", "y", 0),
        ("dE/dy", "x", 0),
    ]


def test_a_circuit_is_stepped_through() -> None:
    session = Session.open(read(CIRCUIT))
    for _ in range(len(session.timeline.steps.rows)):
        session = session.forward()
    assert session.values.complete
    assert session.forward() is session  # nothing is trained


def test_attention_of_the_documentation(attention: Scenario) -> None:
    values = walked(attention)
    x0 = attention.inputs.reshape(3, 4)
    assert attention.targets is not None
    targets = attention.targets.reshape(3, 2)
    wq0, wk0, wv0 = attention.theta.reshape(3, 4, 2)
    assert wq0.tolist() == [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, 0.8]]
    assert wk0.tolist() == [[0.1, 0.2], [0.3, 0.1], [-0.5, 0.2], [0.4, 0.4]]
    assert (np.random.Generator(np.random.PCG64([3, 3])).normal(0.0, 1.0, (4, 2)) == wv0).all()

    def error(x: np.ndarray, wq: np.ndarray, wk: np.ndarray, wv: np.ndarray) -> float:
        scores = (x @ wq) @ (x @ wk).T / np.sqrt(2)
        powers = np.exp(scores)
        return float((((powers / powers.sum(axis=1, keepdims=True)) @ (x @ wv) - targets) ** 2).sum() / 2)

    assert values.error == pytest.approx(error(x0, wq0, wk0, wv0), rel=1e-14)
    step = 1e-6
    for name, of in (("X", 0), ("WQ", 1), ("WK", 2), ("WV", 3)):
        arrays = [x0, wq0, wk0, wv0]
        derivative = values.get("dE/dw" if of else "dE/dy", name)
        assert derivative is not None
        for number, found in enumerate(derivative.ravel()):
            shifted = np.zeros(arrays[of].size)
            shifted[number] = step
            up, down = ([*arrays], [*arrays])
            up[of] = arrays[of] + shifted.reshape(arrays[of].shape)
            down[of] = arrays[of] - shifted.reshape(arrays[of].shape)
            assert found == pytest.approx((error(*up) - error(*down)) / (2 * step), rel=1e-6, abs=1e-8)


def test_a_repetition_of_the_documentation() -> None:
    scenario = read(RECURRENT)
    graph = scenario.graph
    assert graph is not None
    assert [node.name for node in graph.graph_nodes] == ["z1", "h1", "E1", "z2", "h2", "E2", "z3", "h3", "E3", "E"]
    assert graph.node["z2"].text == "wx * x2 + wh * h1 + b"
    values = walked(scenario)
    wx, wh, b = scenario.theta.tolist()
    h, total = 0.0, 0.0
    for x, t in zip((1.0, 2.0, 3.0), (0.1, 0.2, 0.3), strict=True):
        h = float(np.tanh(wx * x + wh * h + b))
        total += (h - t) ** 2 / 2
    assert values.error == pytest.approx(total, rel=1e-14)
    quantity = Quantity("dE/dw", "wh")
    parts = [value_of(scenario, values, Quantity("dE/dw", "wh", f"z{t}")) for t in (1, 2, 3)]
    assert value_of(scenario, values, quantity) == pytest.approx(sum(part or 0.0 for part in parts), rel=1e-14)
