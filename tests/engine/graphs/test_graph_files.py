from pathlib import Path

import numpy as np
import pytest

from engine.ask.lookup import value_of
from engine.formula.quantity import Quantity
from engine.program.expression import parse_quantity
from engine.program.scenario import Scenario
from engine.walking.session import Session
from engine.walking.values import Values
from tests.engine.graphs.files import ATTENTION, CIRCUIT, RECURRENT, WK, problems_of, read, walked


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


def graph_of(nodes: str, more: str = "", head: str = 'inputs = ["x"]') -> Scenario:
    return read(f'title = "g"\n[graph]\n{head}\nnodes = [{nodes}]\n{more}\n[[example]]\ninputs = [0.5]\n')


def names_and_texts(scenario: Scenario) -> list[str]:
    assert scenario.graph is not None
    return [f"{node.name} = {node.text}" for node in scenario.graph.graph_nodes]


def test_repetitions_go_up_and_down_and_nest() -> None:
    scenario = graph_of(
        '{ for = "t = 3..1", nodes = ["r{t} = s{t+1} * {t}",'
        ' { for = "k = 1..{t}", nodes = ["m{t}_{k} = r{t} + {k-2}"] }, "s{t} = m{t}_{t} - 1"] },'
        ' "E = m3_1 + m3_2 + m2_1 + s1"',
        'error = "E"\nconstants = { s4 = 2 }',
    )
    assert names_and_texts(scenario) == [
        *("r3 = s4 * 3", "m3_1 = r3 + -1", "m3_2 = r3 + 0", "m3_3 = r3 + 1", "s3 = m3_3 - 1"),
        *("r2 = s3 * 2", "m2_1 = r2 + -1", "m2_2 = r2 + 0", "s2 = m2_2 - 1"),
        *("r1 = s2 * 1", "m1_1 = r1 + -1", "s1 = m1_1 - 1", "E = m3_1 + m3_2 + m2_1 + s1"),
    ]


def test_elements_in_repetitions() -> None:
    scenario = graph_of(
        '{ for = "t = 1..2", nodes = ["h{t} = v.{t} * M.{t}.{t+1} * x"] }, "E = h1 + h2"',
        'error = "E"\nconstants = { v = [2, 3], M = [[1, 2, 3], [4, 5, 6]] }',
    )
    assert walked(scenario).error == 0.5 * (2 * 2 + 3 * 6)


def test_errors_of_a_list_are_added() -> None:
    scenario = graph_of('"a = x * 2", "b = a * a"', 'error = ["a", "b"]')
    values = walked(scenario)
    assert values.error == 2.0
    assert numbers(scenario, values, "E", "E[a]", "E[b]", "dE/dy[a]", "dE/dy[x]") == [2.0, 1.0, 1.0, 3.0, 6.0]


def test_shown_nodes_have_a_row_and_nothing_comes_back() -> None:
    scenario = graph_of('"a = x * 2", "side = a * 3", "aside = side + x", "E = a"', 'error = "E"\nshown = ["aside"]')
    values = walked(scenario)
    assert numbers(scenario, values, "y[aside]", "dE/dy[x]") == [3.5, 2.0]
    assert ("dE/dy", "aside") not in values.steps.index


def test_names_of_signs_and_functions_are_nodes() -> None:
    scenario = graph_of(
        '"σ = x + 1", "ln = σ * 2", "output = tanh(ln) * exp", "E = e * output + ln(σ(σ))"',
        'error = "E"\nparameters = { e = 2, exp = 3 }\n[training]\nfrozen = ["exp"]',
    )
    sigmoid = 1 / (1 + np.exp(-1.5))
    values = walked(scenario)
    assert values.error == pytest.approx(2 * 3 * np.tanh(3.0) + np.log(sigmoid), rel=1e-15)
    assert scenario.training.frozen == {1}


def test_frozen_takes_parameters_and_elements() -> None:
    scenario = graph_of(
        '"E = sum(W) + sum(v) + b + x"',
        'error = "E"\nparameters = { W = [[1, 2], [3, 4]], v = [5, 6], b = 7 }\n[training]\nfrozen = ["W", "v.2"]',
    )
    assert scenario.training.frozen == {0, 1, 2, 3, 5}
    rows = [(row.node, row.items) for row in walked(scenario).steps.rows if row.quantity == "w+"]
    assert rows == [("v", ("v.1",)), ("b", ("b",))]


def test_parameters_are_drawn_by_their_number() -> None:
    scenario = graph_of(
        '"E = sum(a) + sum(b) + sum(c) + sum(d) + x"',
        """error = "E"
[graph.parameters]
a = { init = "uniform", low = 0, high = 2, shape = [3], seed = 5 }
b = { init = "he_normal", shape = [2, 3], seed = 5, fan_in = 2 }
c = { init = "xavier_uniform", shape = [2, 3], seed = 5, fan_in = 3 }
d = { init = "xavier_uniform", shape = [4, 2, 3, 3], seed = 5, fan_in = 18 }
[training]""",
    )

    def generator(number: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([5, number]))

    expected = [
        generator(1).uniform(0, 2, 3),
        generator(2).normal(0, np.sqrt(2 / 2), (2, 3)),
        generator(3).uniform(-np.sqrt(6 / 5), np.sqrt(6 / 5), (2, 3)),
        generator(4).uniform(-np.sqrt(6 / (18 + 36)), np.sqrt(6 / (18 + 36)), (4, 2, 3, 3)),
    ]
    assert scenario.theta.tolist() == np.concatenate([array.ravel() for array in expected]).tolist()


def test_parameters_alone_need_no_example() -> None:
    text = 'title = "p"\n[graph]\nnodes = ["E = (w - 3)²"]\nerror = "E"\nparameters = { w = 1 }\n'
    scenario = read(text)
    assert scenario.inputs.shape == (1, 0)
    assert walked(scenario).error == 4.0


def test_batch_statistics_need_no_single_example() -> None:
    text = """
title = "normalized"
[graph]
inputs = ["x"]
nodes = ["y = (x - batch_mean(x)) / sqrt(batch_var(x) + 1e-5)", "E = w * y²"]
error = "E"
parameters = { w = 2 }
[training]
batch = {batch}
""" + "".join(f"[[example]]\ninputs = [{x}]\n" for x in (1, 2, 4))
    values = walked(read(text.replace("{batch}", '"all"')))
    x = np.array([1.0, 2.0, 4.0])
    y = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    assert values.error == pytest.approx((2 * y * y).mean(), rel=1e-14)
    assert [problem.where for problem in problems_of(text.replace("{batch}", "2"))] == ["training.batch"]
    assert "the last batch of 3 examples has one" in str(problems_of(text.replace("{batch}", "2"))[0])


def test_limits() -> None:
    def told(nodes: str, more: str = "") -> str:
        text = f'title = "g"\n[graph]\ninputs = {{ v = [1000] }}\nnodes = [{nodes}]\nerror = "E"\n{more}\n'
        return "\n".join(map(str, problems_of(text + f"[[example]]\ninputs = [{[0] * 1000}]\n")))

    assert "1,000,000 are the most of one value" in told(
        '"a = reshape(v, 1000, 1) @ reshape(concat(v, v), 1, 2000)", "E = sum(a)"'
    )
    outer = '"a = reshape(v, 1000, 1) @ reshape(v, 1, 1000)"'
    assert told(f'{outer}, "E = sum(a)"') == ""
    assert "an example makes 1,000,000,000 numbers in one step" in told(f'{outer}, "E = sum(a @ a)"')
    wide = "{ init = 'normal', seed = 1, shape = [1000, 600] }"
    two = f"parameters = {{ A = {wide}, B = {wide} }}"
    assert "they are 1,200,000 numbers: 1,000,000 are the most" in told('"E = sum(A) + sum(B) + sum(v)"', two)
